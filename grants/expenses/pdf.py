"""An expense statement as a document: made by a worker; of a settled one from what was frozen, once. Before that it is a
draft, marked as such, which no page confirms."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from applications.models import BudgetCategory
from core import bilingual, documents, jobs, pdf
from core.jobs import Progress
from core.models import Document, Job
from grants.expenses import content
from grants.models import Expense, Statement

KIND = "expense_statement"


def ask(statement: Statement, *, by, now: dt.datetime) -> Job:
    """Ask a worker for the document, in the group's language. While the statement is not settled it is a draft of what it is
    now; the same state is the same draft."""
    reader = statement.project.group.representative
    return jobs.ask(
        kind=KIND,
        key=key_of(statement),
        by=by,
        now=now,
        params={"statement": statement.pk},
        case=statement.case,
        language=reader.language if reader else None,
    )


def key_of(statement: Statement) -> str:
    """The one job that makes the document of a statement as it is."""
    if statement.status == Statement.Status.SETTLED:
        return f"{KIND}.{statement.pk}"
    return f"{KIND}.{statement.pk}.{pdf.content_hash(content.snapshot_of(statement))[:16]}"


def work(job: Job, progress: Progress) -> Document | None:
    """Make the document; of a settled statement a second run answers the first one's."""
    statement = Statement.objects.with_case().select_related("pdf").get(pk=job.params["statement"])
    if statement.pdf:
        return statement.pdf
    settled = statement.status == Statement.Status.SETTLED
    snapshot = statement.snapshot if settled else content.snapshot_of(statement)
    made_at = statement.settled_at if settled else job.created_at
    assert snapshot is not None
    assert made_at is not None
    digest = statement.sha256 if settled else ""
    data = pdf.render(
        "pdf/statement.html",
        {**context_of(snapshot), "draft": not settled},
        language=job.language,
        content_hash=digest,
        made_at=made_at,
    )
    progress(1, 2)
    document = documents.store_bytes(
        case=statement.case,
        kind=KIND,
        owner_id=statement.pk,
        filename=pdf.filename(
            pgettext_lazy("file name", "expenses"),
            statement.case.reference or statement.case.pk,
            statement.number,
            language=job.language,
        ),
        content_type="application/pdf",
        data=data,
        by=None,
        now=made_at,
        content_hash=digest,
    )
    if settled:
        # Another worker may have been faster: the first document stays.
        Statement.objects.filter(pk=statement.pk, pdf=None).update(pdf=document)
        document = Statement.objects.select_related("pdf").get(pk=statement.pk).pdf or document
    progress(2, 2)
    return document


def context_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What the template shows, in the language of the moment. Nothing is read from the database."""
    expenses = [_expense(row) for row in snapshot["expenses"]]
    return {
        "title": _("Expense statement %(number)s") % {"number": snapshot["number"]},
        "subtitle": snapshot["title"],
        "reference": snapshot["reference"],
        "snapshot": snapshot,
        "call": snapshot["call"][bilingual.language()],
        "submitted": _act(snapshot["submitted"]),
        "settled_at": _moment(snapshot["settled_at"]),
        "expenses": expenses,
        "rejected": [row for row in expenses if row["status"] == Expense.Status.REJECTED],
        "few_quotes": [row for row in expenses if row.get("few_quotes")],
        "programme": sum((row["programme"] for row in expenses if row["counted"]), Decimal(0)),
        "group": sum((row["group"] for row in expenses if row["counted"]), Decimal(0)),
        "lines": [_line(row) for row in snapshot["lines"]],
        "pace": {name: Decimal(value) for name, value in snapshot["pace"].items()},
    }


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _act(act: dict[str, str] | None) -> dict[str, Any] | None:
    return {**act, "at": _moment(act["at"])} if act else None


def _expense(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {name: Decimal(row[name]) for name in ("total", "counts", "paid", "programme", "group")}
    return {
        **row,
        **amounts,
        "counted": row["status"] != Expense.Status.REJECTED,
        "issued_on": dt.date.fromisoformat(row["issued_on"]),
        "kind": str(Expense.Kind(row["kind"]).label),
        "state": str(Expense.Status(row["status"]).label),
    }


def _line(row: dict[str, Any]) -> dict[str, Any]:
    amounts = {name: Decimal(row[name]) for name in ("planned", "programme", "group", "verified")}
    return {**row, **amounts, "category": str(BudgetCategory(row["category"]).label)}
