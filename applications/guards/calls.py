"""What may happen to a call."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import readiness
from applications.guards.times import GRACE, in_words
from applications.models import Application, Call

UNDECIDED = ("submitted", "in_review", "changes_requested", "recommended", "reconsideration")


def call_is_ready(obj: Call, *, by, now, data) -> str:
    """A call is published whole: the first of what it lacks."""
    return next((lacking.sentence for lacking in readiness.missing(obj, now)), "")


def call_has_closed(obj: Call, *, by, now, data) -> str:
    if obj.closes_at is not None and obj.closes_at + GRACE > now:
        return _("The call is open until %(day)s.") % {"day": in_words(obj.closes_at)}
    return ""


def nothing_undecided(obj: Call, *, by, now, data) -> str:
    if waiting := obj.applications.filter(status__in=UNDECIDED).count():
        sentence = ngettext(
            "%(count)s application still waits for a decision.",
            "%(count)s applications still wait for a decision.",
            waiting,
        )
        return sentence % {"count": waiting}
    return ""


def nothing_submitted(obj: Call, *, by, now, data) -> str:
    live = obj.applications.live().exclude(status=Application.Status.DRAFT)
    if live.exists():
        return _("Groups have applied already: wind it up instead, once each is decided.")
    return ""
