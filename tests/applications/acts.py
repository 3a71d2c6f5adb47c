"""What the tests of staff's acts share: an act at noon, and who got which message."""

from applications.models import Application
from applications.workflow import APPLICATION
from core.models import Message
from tests.clock import NOON


def messages(template: str) -> list[str]:
    """To whom messages of a template go."""
    return sorted(Message.objects.filter(template=template).values_list("recipient__email", flat=True))


def act(application: Application, name: str, by, **data) -> Application:
    return APPLICATION.apply(application, name, by=by, now=NOON, data=data)
