"""What is owed about letters (PROGRAMME 7, 11): answering a proposal, and writing down how the group was notified. Each source
is one bounded query, and one for who the officers are."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import charge
from accounts.roles import Role
from core import dates
from core.duties import Duty, Reading
from grants.models import Project, ProjectLetter
from groups.models import GroupPerson

IN_CHARGE = ("project__application__officer", "project__opened_by")
# How long the office has to write down a notification; no call says it.
DAYS_TO_NOTIFY = 10


def proposals_to_answer(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Proposals on which the group is heard: of its representative. There are few: their days, which count from a
    notification and may be working days, are worked out here."""
    group = OuterRef("project__application__group_id")
    places = GroupPerson.objects.filter(group_id=group, role=Role.REPRESENTATIVE, until=None)
    rows: Any = ProjectLetter.objects.proposals().filter(answer=None, project__status__in=Project.OPEN)
    rows = rows.annotate(representative_id=Subquery(places.values("user_id")[:1]))
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
            title=partial(_title, _to_answer, letter.project.title),
            due_on=due_on,
            url=reverse("hearing_answer", args=[letter.pk]),
            since=dates.day_of(letter.signed_at),
        )


def notices_to_record(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Letters of which no notification is proven: of the project's officer."""
    after = dt.timedelta(days=DAYS_TO_NOTIFY)
    rows: Any = ProjectLetter.objects.filter(notices=None)
    if due_from:
        rows = rows.filter(signed_at__gt=dates.end_of(due_from - after - dt.timedelta(days=1)))
    if due_to:
        rows = rows.filter(signed_at__lte=dates.end_of(due_to - after))
    officers = charge.officers(today, user)
    found = officers.bounded(rows, user, *IN_CHARGE).select_related("project__application")
    return Reading(found, partial(_notices_to_record, officers=officers, user=user))


def _notices_to_record(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_NOTIFY)
    for letter in rows:
        for officer, covered in officers.whose(letter.in_charge_id, user):
            yield Duty(
                key=f"notice.{letter.pk}",
                user_id=officer,
                case_id=letter.project.application.case_id,
                title=partial(_title, _to_record, letter.project.application.title),
                due_on=dates.day_of(letter.signed_at) + after,
                url=reverse("letter_notice", args=[letter.pk]),
                since=dates.day_of(letter.signed_at),
                covered_id=covered,
            )


def _title(words: Any, title: str) -> str:
    """In the reader's language, of the moment at which it is asked."""
    return str(words() % {"title": title})


def _to_answer() -> str:
    return _("Answer the proposal to terminate “%(title)s”")


def _to_record() -> str:
    return _("Write down how the group of “%(title)s” was notified of a letter")


SOURCES = {"hearings": proposals_to_answer, "notices": notices_to_record}
# The headings of the inbox.
KINDS = {
    "hearing": gettext_lazy("Proposals to answer"),
    "notice": gettext_lazy("Notifications to write down"),
}
