"""How the timeline of an amendment reads."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from grants.models import Amendment


def said(words) -> Callable[[Event], str]:
    """A sentence with the number of the amendment and what it changes."""
    return lambda event: (
        str(words)
        % {"number": event.data.get("number", "–"), "kind": _kind(event), "plan": event.data.get("plan", "–")}
    )


def approved(event: Event) -> str:
    words = {"number": event.data.get("number", "–"), "kind": _kind(event)}
    if plan := event.data.get("plan"):
        words["plan"] = plan
        return (
            _("Amendment %(number)s (%(kind)s) was approved: version %(plan)s of the plan is in force.")
            % words
        )
    return _("Amendment %(number)s (%(kind)s) was approved.") % words


def _kind(event: Event) -> str:
    code = str(event.data.get("kind", ""))
    label = str(Amendment.Kind(code).label) if code in Amendment.Kind.values else code
    return label[:1].lower() + label[1:]


WITHDRAWN = gettext_lazy("Amendment %(number)s (%(kind)s) was withdrawn.")
REJECTED = gettext_lazy("Amendment %(number)s (%(kind)s) was rejected.")
SENTENCES: dict[str, Any] = {
    "amendment.begin": said(gettext_lazy("Amendment %(number)s (%(kind)s) was begun.")),
    "amendment.edited": said(gettext_lazy("Amendment %(number)s was written.")),
    "amendment.submit": said(gettext_lazy("Amendment %(number)s (%(kind)s) was sent.")),
    "amendment.withdraw": said(WITHDRAWN),
    "amendment.void": said(
        gettext_lazy("Amendment %(number)s (%(kind)s) has no object any more: the project ended.")
    ),
    "amendment.return_amendment": said(gettext_lazy("Amendment %(number)s (%(kind)s) was returned.")),
    "amendment.set_anew": said(
        gettext_lazy("Amendment %(number)s (%(kind)s) went back, to be set anew on the plan of the day.")
    ),
    "amendment.advise": said(
        gettext_lazy("An officer looked at amendment %(number)s (%(kind)s) and passed it on to the approver.")
    ),
    "amendment.approve": approved,
    "amendment.resolve": approved,
    "amendment.reject": said(REJECTED),
    "amendment.refuse": said(REJECTED),
}


def register() -> None:
    """Put every event into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
