"""A statement as data: what is frozen when it is settled, and what its PDF is made from. Only texts and ids, in no language."""

from typing import Any

from core import dates
from grants.expenses.books import Books
from grants.expenses.checks import counts_for, paid_of
from grants.expenses.standing import lines_of, pace_of
from grants.models import Expense, Statement


def snapshot_of(statement: Statement) -> dict[str, Any]:
    """The statement with each expense as it was judged, the lines of the budget and the counterpart on that day."""
    project = statement.project
    rows = statement.expenses.select_related(
        "line", "firm", "document", "checked_by", "few_quotes__accepted_by"
    )
    rows = rows.prefetch_related("payments", "credit_notes")
    books = Books(project, dates.day_of(statement.settled_at or statement.opened_at))
    pace = pace_of(books)
    return {
        "reference": statement.case.reference,
        "title": project.title,
        "group": project.group.name,
        "call": {"en": project.call.title_en, "es": project.call.title_es},
        "number": statement.number,
        "status": statement.status,
        "submitted": _act(statement.submitted_at, statement.submitted_by),
        "settled_at": statement.settled_at.isoformat() if statement.settled_at else None,
        "expenses": [_expense(row, statement) for row in rows.order_by("issued_on", "id")],
        "lines": [
            {
                "category": row.line.category,
                "description": row.line.description,
                "planned": str(row.line.programme_share),
                "programme": str(row.programme),
                "group": str(row.group),
                "verified": str(row.verified),
            }
            for row in lines_of(books)
        ],
        "pace": {
            name: str(getattr(pace, name))
            for name in ("approved", "programme", "percent", "group_whole", "group", "due", "behind")
        },
    }


def _act(at: Any, by: Any) -> dict[str, str] | None:
    return {"at": at.isoformat(), "by": str(by)} if at else None


def _expense(row: Expense, statement: Statement) -> dict[str, Any]:
    few = getattr(row, "few_quotes", None)
    return {
        "id": row.pk,
        "description": row.description,
        "kind": row.kind,
        "number": row.formatted_number,
        "supplier": row.whose,
        "cuit": row.formatted_cuit,
        "issued_on": row.issued_on.isoformat(),
        "cae": row.cae,
        "line": row.line.description,
        "total": str(row.amounts.total),
        "counts": str(counts_for(row)),
        "paid": str(paid_of(row, statement.project.call)),
        "programme": str(row.programme_share),
        "group": str(row.group_share),
        "status": row.status,
        "remark": row.remark if row.status == Expense.Status.REJECTED else "",
        "checked_by": str(row.checked_by or ""),
        "few_quotes": {"ground": few.ground, "accepted_by": str(few.accepted_by)}
        if few is not None and few.is_accepted
        else None,
        "file": row.document.sha256 if row.document else "",
    }
