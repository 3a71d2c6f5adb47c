"""What a transition of a statement or an expense does besides, in the same transaction, before the row is saved."""

from django.db.models import F, Sum

from core.money import ZERO
from core.pdf import content_hash
from grants.expenses import content, pdf
from grants.models import Expense, Statement


def hand_in(statement: Statement, *, by, now, data) -> None:
    """Its drafts are handed in with it: one event for all of them."""
    statement.submitted_at, statement.submitted_by = now, by
    drafts = statement.expenses.filter(status=Expense.Status.DRAFT)
    drafts.update(status=Expense.Status.SUBMITTED, version=F("version") + 1)
    write_sums(statement, by=by, now=now, data=data)


def write_sums(statement: Statement, *, by, now, data) -> None:
    """How many and how much, for the timeline."""
    rows = statement.expenses.live()
    sums = rows.aggregate(programme=Sum("programme_share"), group=Sum("group_share"))
    data |= {
        "number": statement.number,
        "expenses": rows.count(),
        "programme": sums["programme"] or ZERO,
        "group": sums["group"] or ZERO,
    }


def settle(statement: Statement, *, by, now, data) -> None:
    """All was judged: the moment stays, and what was judged as it is."""
    statement.settled_at = now
    write_sums(statement, by=by, now=now, data=data)
    statement.snapshot = content.snapshot_of(statement)
    statement.sha256 = data["sha256"] = content_hash(statement.snapshot)


def ask_for_pdf(statement: Statement, *, by, now, data) -> None:
    """A worker makes the document of a settled statement, in the group's language."""
    pdf.ask(statement, by=by, now=now)


def say_which(expense: Expense, *, by, now, data) -> None:
    """Which expense, for the timeline: ids and amounts, no words."""
    data |= {
        "statement": expense.statement.number,
        "expense": expense.pk,
        "programme": expense.programme_share,
        "group": expense.group_share,
    }


def write_remark(expense: Expense, *, by, now, data) -> None:
    """What is asked, or why it is rejected; the event holds it apart, as free text."""
    expense.remark, expense.answer = data["remark"].strip(), ""
    data["reason"] = expense.remark


def write_answer(expense: Expense, *, by, now, data) -> None:
    """What the group says."""
    expense.answer = data["answer"].strip()
    data["reason"] = expense.answer


def judged(expense: Expense, *, by, now, data) -> None:
    """Who judged it, and when."""
    expense.checked_by, expense.checked_at = by, now
