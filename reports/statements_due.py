"""When an expense statement has to be handed in: with the next report of its project (PROGRAMME 5, 7). Of whoever reports;
the project's officer watches."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from django.db.models import DateField, Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import between
from grants.models import Expense, Project, Statement
from reports.duties import of_reporter
from reports.models import ProgressReport


def statements_open(*, today: dt.date, due_from=None, due_to=None, user=None) -> Reading:
    """Open ones with an expense in them, of projects that run and still have a report to send."""
    reports = ProgressReport.objects.filter(
        project_id=OuterRef("project_id"), status__in=["planned", *ProgressReport.OWED]
    ).order_by("due_on")
    written = Expense.objects.filter(statement=OuterRef("pk"))
    rows: QuerySet = Statement.objects.filter(
        Exists(written), status=Statement.Status.OPEN, project__status__in=Project.RUNNING
    ).annotate(due_on=Subquery(reports.values("due_on")[:1], output_field=DateField()))
    rows = between(rows.filter(due_on__isnull=False), "due_on", due_from, due_to)
    officers = charge.officers(today, user)
    found = of_reporter(rows, "project", today, user, officers).select_related("project__application")
    return Reading(found, partial(_statements_open, officers=officers, user=user))


def _statements_open(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for statement in rows:
        owe = partial(
            Duty,
            key=f"statement.{statement.pk}",
            case_id=statement.project.application.case_id,
            title=partial(_title, statement),
            due_on=statement.due_on,
            url=reverse("statement_detail", args=[statement.pk]),
            since=dates.day_of(statement.opened_at),
        )
        if statement.reporter_id:
            yield owe(user_id=statement.reporter_id)
        for officer, covered in officers.whose(statement.in_charge_id, user):
            yield owe(user_id=officer, officer=True, covered_id=covered)


def _title(statement: Statement) -> str:
    """In the reader's language, of the moment at which it is asked."""
    words = {"statement": statement.name, "title": statement.project.application.title}
    return _("Hand in the expenses of “%(title)s”: %(statement)s") % words


KINDS = {
    "statement": gettext_lazy("Expenses to hand in"),
    "statement:late": gettext_lazy("Expenses that are handed in late"),
}
