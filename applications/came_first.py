"""Two of the authority have the page of a decision open: what the one who comes second reads (QUALITY: who, what, when).

The page carries which decision was the last one when it was opened; nobody's act is ever recorded over another's.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from applications.models import Application, Decision
from applications.workflow import APPLICATION
from core import timeline
from core.models import Event
from core.templatetags.lsp import moment

# Where the authority decides.
OPEN = frozenset(
    source for name in ("approve", "reject", "put_on_reserve") for source in APPLICATION.by_name[name].sources
)


def sentence(application: Application, sent: Mapping[str, str]) -> str:
    """Who was first: this act is not recorded; "" when nobody was."""
    last = application.decisions.select_related("decided_by").first()
    if application.status in OPEN:
        meanwhile = last is not None and "last" in sent and sent["last"] != str(last.pk)
        return _decided(last) if last is not None and meanwhile else ""
    event = (
        Event.objects.filter(case_id=application.case_id, object_kind="application")
        .exclude(to_state="")
        .select_related("actor")
        .last()
    )
    if last is not None and event is not None and event.at == last.decided_at:
        return _decided(last)
    return _moved(application, event)


def _decided(decision: Decision) -> str:
    words = (
        _("%(name)s has decided on it: %(what)s, resolution %(number)s, %(when)s.")
        if decision.resolution
        else _("%(name)s has decided on it: %(what)s, %(when)s.")
    )
    return words % {
        "name": decision.decided_by,
        "what": decision.get_kind_display(),
        "number": decision.resolution,
        "when": moment(decision.decided_at),
    }


def _moved(application: Application, event: Event | None) -> str:
    if event is None or event.actor is None or event.from_state not in OPEN:
        return _("There is nothing to decide: the state is “%(state)s”.") % {
            "state": application.get_status_display()
        }
    return _("%(name)s was faster: “%(what)s”, %(when)s.") % {
        "name": event.actor,
        "what": timeline.sentence_of(event),
        "when": moment(event.at),
    }
