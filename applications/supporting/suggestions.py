"""What an adviser suggests for a section: a comment, and for one of the project's texts a wording that the group can adopt
as it is. The group adopts or dismisses it; nothing is written before that."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications import actions, guards
from applications.models import Application, Suggestion
from applications.sections import BY_CODE
from applications.supporting import emails
from core import timeline
from core.conflict import digest
from core.models import Case
from core.workflow import StaleObject, TransitionRefused

SUGGESTED = "application.suggested"
ADOPTED, DISMISSED = "application.suggestion_adopted", "application.suggestion_dismissed"


def texts_of(section: str) -> dict[str, str]:
    """The texts of a section for which a wording can be proposed: {name: label}."""
    return Application.text_labels() if section == "project" else {}


def label_of(suggestion: Suggestion) -> str:
    """The text that a wording is proposed for; "" for a comment alone."""
    return texts_of(suggestion.section).get(suggestion.field, "")


# --- Reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """The suggestions for a section as its page shows them, oldest first."""

    waiting: list[Suggestion]
    answered: list[Suggestion]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.answered)


def of_section(application: Application, section: str) -> Shown:
    """The suggestions for a section. One query."""
    rows = list(application.suggestions.filter(section=section).select_related("made_by", "answered_by"))
    return Shown(
        [row for row in rows if row.adopted is None], [row for row in rows if row.adopted is not None]
    )


def waiting_in(application: Application) -> list[str]:
    """The codes of the sections for which something suggested waits for an answer. One query."""
    waiting = application.suggestions.filter(answered_at=None).order_by("section")
    return list(waiting.values_list("section", flat=True).distinct())


# --- Doing -------------------------------------------------------------------------------------------


@transaction.atomic
def suggest(
    *,
    by: User,
    application: Application,
    section: str,
    comment: str,
    now: datetime,
    field: str = "",
    proposed: str = "",
) -> Suggestion:
    """An adviser suggests something. Raises NotAllowed or TransitionRefused."""
    fresh = _locked(application)
    require(by, Action.SUGGEST, fresh)
    if section not in BY_CODE or (field and field not in texts_of(section)):
        raise ValueError(f"no text {field!r} in section {section!r}")
    if sentence := guards.why_closed(fresh) or _why_not_proposed(field, proposed):
        raise TransitionRefused(sentence)
    suggestion = Suggestion.objects.create(
        application=fresh,
        section=section,
        field=field,
        proposed=proposed,
        comment=comment,
        made_by=by,
        made_at=now,
    )
    timeline.record(fresh.case, SUGGESTED, by=by, now=now, obj=suggestion, section=section, field=field)
    emails.suggested(suggestion, now=now)
    return suggestion


def too_long(field: str, proposed: str) -> str:
    """That a wording has more characters than its text takes; "" when it has not."""
    most = next(each.max_length for each in Application._meta.fields if each.name == field)
    if most is None or len(proposed) <= most:
        return ""
    return _("This text takes at most %(most)s characters; you propose %(n)s.") % {
        "most": most,
        "n": len(proposed),
    }


def _why_not_proposed(field: str, proposed: str) -> str:
    if bool(field) != bool(proposed):
        return _("Choose the text, and write the wording that you propose for it.")
    return too_long(field, proposed) if field else ""


@transaction.atomic
def adopt(
    *, by: User, application: Application, suggestion: Suggestion, was: str, now: datetime
) -> Suggestion:
    """The group adopts a suggestion; a proposed wording is written into its text. `was` is the digest
    (core.conflict) of the text that the page showed.

    Raises NotAllowed, TransitionRefused, or StaleObject when that text changed meanwhile.
    """
    require(by, Action.ANSWER_SUGGESTION, application)
    if not suggestion.field:
        return _tell(_answer(_locked(application), suggestion, adopted=True, by=by, now=now))
    with actions.editing(application, by=by, section=suggestion.section, version=None, now=now) as fresh:
        row = _answer(fresh, suggestion, adopted=True, by=by, now=now)
        if was != digest(getattr(fresh, row.field)):
            raise StaleObject(_("Somebody changed this text meanwhile. Compare again before you adopt it."))
        setattr(fresh, row.field, row.proposed)
        fresh.noted = {"suggestion": row.pk}
    return _tell(row)


@transaction.atomic
def dismiss(
    *, by: User, application: Application, suggestion: Suggestion, now: datetime, reason: str = ""
) -> Suggestion:
    """The group dismisses a suggestion, and may say why. Raises NotAllowed or TransitionRefused."""
    require(by, Action.ANSWER_SUGGESTION, application)
    return _tell(_answer(_locked(application), suggestion, adopted=False, by=by, now=now, reason=reason))


def _answer(
    fresh: Application, suggestion: Suggestion, *, adopted: bool, by: User, now: datetime, reason: str = ""
) -> Suggestion:
    """Write the answer, under the lock of the case."""
    row = Suggestion.objects.select_related("made_by").get(pk=suggestion.pk, application=fresh)
    if row.adopted is not None:
        raise TransitionRefused(
            _("It was adopted already.") if row.adopted else _("It was dismissed already.")
        )
    if sentence := guards.why_closed(fresh):
        raise TransitionRefused(sentence)
    row.application = fresh
    row.adopted, row.answered_by, row.answered_at, row.reason = adopted, by, now, reason
    row.save(update_fields=["adopted", "answered_by", "answered_at", "reason"])
    return row


def _tell(row: Suggestion) -> Suggestion:
    """On the timeline, and to who made it."""
    assert row.answered_at is not None
    action, by, now = (ADOPTED if row.adopted else DISMISSED), row.answered_by, row.answered_at
    facts: dict[str, Any] = {"section": row.section, "field": row.field}
    timeline.record(row.application.case, action, by=by, now=now, obj=row, text=row.reason, **facts)
    emails.answered(row, now=now)
    return row


def _locked(application: Application) -> Application:
    """The application afresh, its case locked."""
    Case.objects.select_for_update().get(pk=application.case_id)
    return Application.objects.with_roles().get(pk=application.pk)


def waiting_of(applications: Iterable[Application]) -> Counter[int]:
    """How many suggestions wait in each application. One query."""
    rows = Suggestion.objects.filter(application__in=[row.pk for row in applications], adopted=None)
    return Counter(rows.order_by().values_list("application_id", flat=True))
