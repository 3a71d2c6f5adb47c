"""The locks under which one application is written on, in the order of the transitions: its case, then itself."""

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import Application
from core.models import Case
from core.workflow import StaleObject


def locked(application: Application) -> Application:
    """The application afresh, its case and itself locked. Its `case` is the locked one, for
    `timeline.record(…, locked=True)`."""
    case = Case.objects.select_for_update().get(pk=application.case_id)
    fresh = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call", "group", "officer")
        .get(pk=application.pk)
    )
    fresh.case = case
    return fresh


def locked_for(application: Application, by: User, action: Action, version: int | None = None) -> Application:
    """The same for somebody who may, on the version that their page showed; None skips the comparison.

    Raises NotAllowed or StaleObject.
    """
    fresh = locked(application)
    require(by, action, fresh)
    same_version(version, fresh.version)
    return fresh


def same_version(shown: int | None, present: int) -> None:
    """Raise StaleObject when a page showed another version than there is."""
    if shown is not None and shown != present:
        raise StaleObject
