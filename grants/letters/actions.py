"""After a letter was signed: how the group was notified, with the proof, and what it answers. Each is one transaction, on the
timeline."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from applications.notices import why_not_on
from core import documents, timeline
from core.dates import day_of
from core.models import Case
from core.workflow import TransitionRefused
from grants.letters import emails
from grants.letters.papers import ANSWER, PROOF
from grants.models import HearingAnswer, ProjectLetter, ProjectNotice, Refund


def first_day_of(about: ProjectLetter | Refund) -> dt.date:
    """The day before which nobody can have been notified of it."""
    return day_of(about.signed_at if isinstance(about, ProjectLetter) else about.asked_at)


@transaction.atomic
def notify(
    *, by, about: ProjectLetter | Refund, means: str, notified_on: dt.date, upload: Any, now: dt.datetime
) -> ProjectNotice:
    """Write down how and when the group was notified of a letter or of a refund; its days count from then on.

    Raises NotAllowed or TransitionRefused.
    """
    case = Case.objects.select_for_update().get(pk=about.case.pk)
    require(by, Action.RECORD_NOTICE, about)
    if sentence := why_not_on(notified_on, first=first_day_of(about), today=day_of(now)):
        raise TransitionRefused(sentence)
    document = documents.store(
        case=case, kind=PROOF, owner_id=about.project.pk, upload=upload, by=by, now=now
    )
    notice = ProjectNotice.objects.create(
        letter=about if isinstance(about, ProjectLetter) else None,
        refund=about if isinstance(about, Refund) else None,
        means=means,
        notified_on=notified_on,
        document=document,
        recorded_by=by,
        recorded_at=now,
    )
    data: dict[str, Any] = {"number": about.number, "on": notified_on, "means": means}
    if isinstance(about, Refund):
        data["due_on"] = _count_again(about, notice)
    timeline.record(
        case,
        "refund.notified" if isinstance(about, Refund) else "projectletter.notified",
        by=by,
        now=now,
        obj=about,
        **data,
    )
    return notice


def _count_again(refund: Refund, notice: ProjectNotice) -> dt.date:
    """The group has as many days from the notification on as it was given; never fewer than it had."""
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund.pk)
    earlier = refund.notices.exclude(pk=notice.pk).first()
    since = earlier.notified_on if earlier else day_of(refund.asked_at)
    due_on = max(refund.due_on, notice.notified_on + (refund.due_on - since))
    if refund.status == Refund.Status.ASKED and due_on != refund.due_on:
        refund.due_on, refund.version = due_on, refund.version + 1
        refund.save(update_fields=["due_on", "version"])
    return refund.due_on


def why_not_answered(letter: ProjectLetter, today: dt.date) -> str:
    """Why the group cannot answer a letter now; "" when it can."""
    if letter.answer_by is None:
        return _("This letter asks for no answer.")
    if letter.is_withdrawn:
        return _("The proposal was taken back: it asks for no answer any more.")
    if letter.answered is not None:
        return _("The group answered already.")
    if not letter.project.is_open:
        return _("The project has ended.")
    if today > letter.answer_by:
        return _("The days to answer are over: the last was %(day)s.") % {
            "day": f"{letter.answer_by:%d/%m/%Y}"
        }
    return ""


@transaction.atomic
def answer(*, by, letter: ProjectLetter, text: str, upload: Any, now: dt.datetime) -> HearingAnswer:
    """Put what the group says on the record. Raises NotAllowed or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=letter.case.pk)
    letter = ProjectLetter.objects.with_case().with_answers().get(pk=letter.pk)
    require(by, Action.ANSWER_HEARING, letter)
    if sentence := why_not_answered(letter, day_of(now)):
        raise TransitionRefused(sentence)
    if not text.strip():
        raise TransitionRefused(_("Write what the group says."))
    document = None
    if upload:
        document = documents.store(
            case=case, kind=ANSWER, owner_id=letter.project_id, upload=upload, by=by, now=now
        )
    said = HearingAnswer.objects.create(
        letter=letter, text=text.strip(), document=document, answered_by=by, answered_at=now
    )
    timeline.record(
        case, "projectletter.answered", by=by, now=now, obj=letter, text=said.text, number=letter.number
    )
    emails.answered(letter, now=now)
    return said
