"""When a statement or an expense may move: each guard answers "" or the sentence that the person reads."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates, scanning
from core.models import Document
from core.scanning import NOT_PASSED
from grants.expenses.checks import Books, Finding, findings
from grants.models import Expense, Project, Statement

# What somebody has to look at while it is written, and what keeps it from being verified.
BEFORE_VERIFYING = ("it_is_paid", "supplier_is_another", "quotes_are_shown")


def project_runs(obj: Statement | Expense, *, by, now, data) -> str:
    """Nothing is written, handed in or judged while the project stands still or has ended."""
    project = obj.project
    if project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    return "" if project.is_running else _("The project has ended.")


def reports_for_the_group(obj: Statement | Expense, *, by, now, data) -> str:
    """The coordinator in office hands in; while there is none, the representative does (PROGRAMME 5, 12)."""
    reporter = obj.project.reporter_on(dates.day_of(now))
    if reporter is None or by is None or reporter.pk == by.pk:
        return ""
    return _("%(person)s coordinates this project, and hands in its expenses.") % {"person": reporter}


def is_complete(statement: Statement, *, by, now, data) -> str:
    """At least one expense, and none of which a rule fails."""
    rows = list(statement.expenses.prefetch_related("credit_notes", "payments", "quotes"))
    if not rows:
        return _("There is nothing in this statement yet.")
    books = Books(statement.project, dates.day_of(now))
    books.look_up(rows)
    wrong = [row for row in rows if any(each.fails for each in findings(row, books))]
    if not wrong:
        return ""
    return ngettext(
        "%(n)s expense has something to mend: %(name)s.",
        "%(n)s expenses have something to mend, the first is: %(name)s.",
        len(wrong),
    ) % {"n": len(wrong), "name": wrong[0].description}


def files_are_scanned(statement: Statement, *, by, now, data) -> str:
    """Nothing is handed in that the virus scanner, where there is one, has not passed."""
    shown = statement.expenses.filter(document__isnull=False).values("document")
    return scanning.why_not_sent(
        list(Document.objects.filter(pk__in=shown, scan__in=NOT_PASSED).order_by("pk"))
    )


def all_judged(statement: Statement, *, by, now, data) -> str:
    """Each expense is verified or rejected."""
    return _("Not every expense was judged yet.") if statement.expenses.open().exists() else ""


def says_what(expense: Expense, *, by, now, data) -> str:
    """Asking and rejecting say what about."""
    if data and not str(data.get("remark", "")).strip():
        return _("Say what it is about: the group reads it.")
    return ""


def holds(expense: Expense, *, by, now, data) -> str:
    """What is verified keeps every rule, is paid, and has an officer's ground where its supplier is of the group."""
    found = findings(expense, Books(expense.project, dates.day_of(now)))
    return why_not_verified(found)


def why_not_verified(found: list[Finding]) -> str:
    """The first of what was found of an expense that keeps it from being verified; "" for none."""
    return next((each.sentence for each in found if each.fails or each.rule in BEFORE_VERIFYING), "")


def can_be_handed_in(expense: Expense, *, by, now, data) -> str:
    """An answer goes back when no rule fails any more."""
    found = findings(expense, Books(expense.project, dates.day_of(now)))
    return next((each.sentence for each in found if each.fails), "")


def says_the_answer(expense: Expense, *, by, now, data) -> str:
    """What the group says to what was asked."""
    if data and not str(data.get("answer", "")).strip():
        return _("Answer what was asked.")
    return ""
