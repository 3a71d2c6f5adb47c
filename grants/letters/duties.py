"""What is owed about letters (PROGRAMME 7, 11): answering a proposal, and writing down how the group was notified. Each source
is one bounded query, and one for who the officers are."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import IN_CHARGE, between_days_after, representative, worded
from grants.models import Project, ProjectLetter

# How long the office has to write down a notification; no call says it.
DAYS_TO_NOTIFY = 10


def proposals_to_answer(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Proposals on which the group is heard: of its representative. There are few: their days, which count from a
    notification and may be working days, are worked out here."""
    rows: Any = ProjectLetter.objects.proposals().filter(answer=None, project__status__in=Project.OPEN)
    rows = rows.annotate(representative_id=representative("project__application"))
    if user is not None:
        rows = rows.filter(representative_id=user.pk)
    return Reading(rows.with_case(), partial(_proposals_to_answer, due_from=due_from, due_to=due_to))


def _proposals_to_answer(rows: Any, *, due_from, due_to) -> Iterator[Duty]:
    letters = list(rows)
    prefetch_related_objects(letters, "notices")
    for letter in letters:
        due_on = letter.answer_by
        if (due_from and due_on < due_from) or (due_to and due_on > due_to) or not letter.representative_id:
            continue
        yield Duty(
            key=f"hearing.{letter.pk}",
            user_id=letter.representative_id,
            case_id=letter.project.application.case_id,
            title=partial(worded, TO_ANSWER, title=letter.project.title),
            due_on=due_on,
            url=reverse("hearing_answer", args=[letter.pk]),
            since=dates.day_of(letter.signed_at),
        )


def notices_to_record(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Letters of which no notification is proven: of the project's officer."""
    rows = ProjectLetter.objects.filter(notices=None)
    rows = between_days_after(rows, "signed_at", DAYS_TO_NOTIFY, due_from, due_to)
    officers = charge.officers(today, user)
    rows = officers.bounded(rows, user, *[f"project__{column}" for column in IN_CHARGE])
    found = rows.select_related("project__application")
    return Reading(found, partial(_notices_to_record, officers=officers, user=user))


def _notices_to_record(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_NOTIFY)
    for letter in rows:
        for officer, covered in officers.whose(letter.in_charge_id, user):
            yield Duty(
                key=f"notice.{letter.pk}",
                user_id=officer,
                case_id=letter.project.application.case_id,
                title=partial(worded, TO_RECORD, title=letter.project.title),
                due_on=dates.day_of(letter.signed_at) + after,
                url=reverse("letter_notice", args=[letter.pk]),
                since=dates.day_of(letter.signed_at),
                covered_id=covered,
            )


TO_ANSWER = gettext_lazy("Answer the proposal to terminate “%(title)s”")
TO_RECORD = gettext_lazy("Write down how the group of “%(title)s” was notified of a letter")

SOURCES = {"hearings": proposals_to_answer, "notices": notices_to_record}
# The headings of the inbox.
KINDS = {
    "hearing": gettext_lazy("Proposals to answer"),
    "notice": gettext_lazy("Notifications to write down"),
}
