"""The lock under which the office writes on a case."""

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import Application
from core.models import Case


def locked(application: Application, by: User, action: Action) -> Application:
    """The application afresh, its case and itself locked in the order of the transitions, for somebody who may.

    Raises NotAllowed. Its `case` is the locked one, for `timeline.record(…, locked=True)`.
    """
    case = Case.objects.select_for_update().get(pk=application.case_id)
    fresh = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call", "group", "officer")
        .get(pk=application.pk)
    )
    fresh.case = case
    require(by, action, fresh)
    return fresh
