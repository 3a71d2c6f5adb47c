"""What is owed about letters (PROGRAMME 7, 11): answering a proposal, deciding on it, and writing down how the group was
notified. Each source is one bounded query, and one for who the officers or the approvers are."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import IN_CHARGE, between_days_after, representative, worded
from grants.letters.guards import why_not_heard
from grants.models import Project, ProjectLetter
from groups.duties import own_groups

# How long the office has to write down a notification; no call says it.
DAYS_TO_NOTIFY = 10
# How long the authority has to decide once the group was heard; no call says it.
DAYS_TO_DECIDE = 10


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


def terminations_to_decide(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Proposals whose group was heard: of every approver, but for those of the group. There are few, as above."""
    approvers = charge.approvers(today, user)
    if not approvers.people:
        return ()
    rows = ProjectLetter.objects.proposals().filter(project__status__in=Project.OPEN)
    rows = approvers.bounded(rows.with_case().select_related("answer"), user)
    asked = {"approvers": approvers, "today": today, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(rows, partial(_terminations_to_decide, **asked))


def _terminations_to_decide(
    rows: Any, *, approvers: charge.Holders, today, due_from, due_to, user
) -> Iterator[Duty]:
    # The guard looks at the newest proposal of a project alone.
    newest = {letter.project_id: letter for letter in sorted(rows, key=lambda letter: letter.number)}
    letters = list(newest.values())
    if not letters:
        return
    prefetch_related_objects(letters, "notices")
    groups = {letter.project.application.group_id for letter in letters}
    own = own_groups(groups, [user.pk] if user is not None else approvers.people)
    for letter in letters:
        since = _heard_on(letter)
        due_on = since + dt.timedelta(days=DAYS_TO_DECIDE)
        if why_not_heard(letter, today) or (due_from and due_on < due_from) or (due_to and due_on > due_to):
            continue
        for person, _covered in approvers.whose(None, user):
            if (letter.project.application.group_id, person) not in own:
                yield Duty(
                    key=f"termination.{letter.pk}",
                    user_id=person,
                    case_id=letter.project.application.case_id,
                    title=partial(worded, TO_DECIDE, title=letter.project.title),
                    due_on=due_on,
                    url=reverse("project_act", args=[letter.project_id, "terminate"]),
                    since=since,
                )


def _heard_on(letter: ProjectLetter) -> dt.date:
    """The first day on which the authority may decide: that of the answer, else the one after the last to answer."""
    over = (letter.answer_by or letter.counts_from) + dt.timedelta(days=1)
    if letter.answered is None:
        return over
    # An answer may come before its notification was written down.
    return min(over, max(dates.day_of(letter.answered.answered_at), letter.counts_from))


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
TO_DECIDE = gettext_lazy("Decide whether to terminate “%(title)s”")
TO_RECORD = gettext_lazy("Write down how the group of “%(title)s” was notified of a letter")

SOURCES = {
    "hearings": proposals_to_answer,
    "terminations": terminations_to_decide,
    "notices": notices_to_record,
}
# The headings of the inbox.
KINDS = {
    "hearing": gettext_lazy("Proposals to answer"),
    "termination": gettext_lazy("Terminations to decide"),
    "notice": gettext_lazy("Notifications to write down"),
}
