"""What is owed about expenses (PROGRAMME 7): verifying a statement, answering what finance asked. Each source is one bounded
query, after one for who holds the role. When a statement has to be handed in goes with the reports: reports.statements_due.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial

from django.db.models import F, Min, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import charge
from accounts.models import User
from accounts.roles import Role
from core import dates
from core.duties import Duty, Reading
from grants.duties import IN_CHARGE, between_days_after, with_reporter, worded
from grants.models import Expense, Project, Statement

# How long finance has for a statement; no call says it.
DAYS_TO_VERIFY = 10
OF_PROJECT = [f"project__{column}" for column in IN_CHARGE]


def _finance(today: dt.date, user) -> frozenset[int]:
    """Who verifies: what waits is everybody's of finance, until one of them takes it up."""
    moment = dates.moment_in(today)
    if user is not None:
        return frozenset({user.pk} if Role.FINANCE in user.staff_roles(moment) else ())
    return frozenset(User.objects.with_role(Role.FINANCE, moment).values_list("pk", flat=True))


def statements_to_verify(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Handed in, with something to judge: of finance; the project's officer watches."""
    finance, officers = _finance(today, user), charge.officers(today, user)
    if not finance and not officers.people:
        return ()
    rows = between_days_after(Statement.objects.waiting(), "submitted_at", DAYS_TO_VERIFY, due_from, due_to)
    rows = officers.bounded(rows, None if finance else user, *OF_PROJECT)
    asked = {"finance": finance, "officers": officers, "user": user}
    return Reading(rows.select_related("project__application"), partial(_statements_to_verify, **asked))


def _statements_to_verify(rows, *, finance: frozenset[int], officers: charge.Holders, user) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_VERIFY)
    for statement in rows:
        assert statement.submitted_at is not None
        owe = partial(
            Duty,
            key=f"statement_verify.{statement.pk}",
            case_id=statement.project.application.case_id,
            title=partial(_title, TO_VERIFY, statement),
            due_on=dates.day_of(statement.submitted_at) + after,
            url=reverse("statement_judge", args=[statement.pk]),
            since=dates.day_of(statement.submitted_at),
        )
        for person in sorted(finance):
            yield owe(user_id=person)
        for officer, covered in officers.whose(statement.in_charge_id, user):
            if officer not in finance:
                yield owe(user_id=officer, officer=True, covered_id=covered)


def questions_to_answer(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """What finance asked about the expenses of a statement: of whoever reports, within the call's days from the first
    question on; the project's officer watches."""
    officers = charge.officers(today, user)
    asked = Min("expenses__checked_at", filter=Q(expenses__status=Expense.Status.QUERIED))
    rows: QuerySet = Statement.objects.to_check().filter(project__status__in=Project.RUNNING)
    rows = rows.annotate(
        asked_at=asked,
        days=F("project__application__call__days_to_answer"),
        working=F("project__application__call__working_days"),
    ).filter(asked_at__isnull=False)
    rows = officers.bounded(with_reporter(rows, "project", today), None, *OF_PROJECT)
    if user is not None:
        rows = rows.filter(Q(reporter_id=user.pk) | officers.falls_to(user))
    asked_for = {"officers": officers, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(rows.select_related("project__application"), partial(_questions_to_answer, **asked_for))


def _questions_to_answer(rows, *, officers: charge.Holders, due_from, due_to, user) -> Iterator[Duty]:
    for statement in rows:
        since = dates.day_of(statement.asked_at)
        due_on = dates.add_days(since, statement.days, working=statement.working)
        if (due_from and due_on < due_from) or (due_to and due_on > due_to):
            continue
        owe = partial(
            Duty,
            key=f"statement_answer.{statement.pk}",
            case_id=statement.project.application.case_id,
            title=partial(_title, TO_ANSWER, statement),
            due_on=due_on,
            url=reverse("statement_detail", args=[statement.pk]),
            since=since,
        )
        if statement.reporter_id:
            yield owe(user_id=statement.reporter_id)
        for officer, covered in officers.whose(statement.in_charge_id, user):
            yield owe(user_id=officer, officer=True, covered_id=covered)


def _title(words: Promise, statement: Statement) -> str:
    """In the reader's language, of the moment at which it is asked."""
    return worded(words, statement=statement.name, title=statement.project.application.title)


TO_VERIFY = gettext_lazy("Verify the expenses of “%(title)s”: %(statement)s")
TO_ANSWER = gettext_lazy("Answer what was asked about the expenses of “%(title)s”: %(statement)s")

SOURCES = {"statements_to_verify": statements_to_verify, "questions_to_answer": questions_to_answer}

# The headings of the inbox.
KINDS = {
    "statement_verify": gettext_lazy("Expenses to verify"),
    "statement_verify:late": gettext_lazy("Expenses that are verified late"),
    "statement_answer": gettext_lazy("Questions about expenses to answer"),
    "statement_answer:late": gettext_lazy("Questions about expenses that a group answers late"),
}
