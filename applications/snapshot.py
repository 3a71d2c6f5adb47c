"""What a submission freezes: all data of the application as one value, with its hash (PROGRAMME 6.10).

The PDF is made from the snapshot and never from the live rows, so that it can be made again years later.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import override

from applications.facts import Facts
from applications.models import (
    Activity,
    Application,
    BudgetLine,
    BudgetQuote,
    Call,
    Question,
    Submission,
    SubmissionMember,
)
from applications.questions import DECLARATION, in_words
from core import dates
from core.models import Document
from core.pdf import content_hash
from groups.models import Partner

# Grows when the shape changes; old snapshots keep theirs, and every reader takes both. Schema 2 added the partners,
# answers, declarations and confirmations, the firm or institution responsible, the kind of a cost, its firm and quotes,
# and what a member is in law.
SCHEMA = 2


def take(facts: Facts, *, number: int, reference: str, by, arrived_at: datetime) -> dict[str, Any]:
    """The application as data: ids, codes, texts and figures (money as text with two places). Nothing lazy."""
    application = facts.application
    group, members = facts.as_data()
    return {
        "schema": SCHEMA,
        "reference": reference,
        "number": number,
        "submitted_at": arrived_at.isoformat(),
        "submitted_by": {"id": by.pk, "name": str(by)},
        "call": _call(facts.call),
        "group": group,
        "members": [{**row, "certificate": _certificate(facts, row["firm_id"])} for row in members],
        "partners": [_partner(row) for row in facts.partners],
        "confirmations": list(facts.confirmations.values()),
        "project": application.texts,
        "activities": [_activity(row) for row in facts.activities],
        "lines": [_line(row, facts.quotes) for row in facts.lines],
        "totals": {
            "cost": str(facts.cost),
            "programme": str(facts.asked),
            "group": str(facts.cost - facts.asked),
        },
        "answers": [_answer(facts, row) for row in facts.asked_questions if row.kind != DECLARATION],
        "declarations": [_answer(facts, row) for row in facts.asked_questions if row.kind == DECLARATION],
        "documents": [
            {
                "requirement": row.requirement.code,
                "name_en": row.requirement.name_en,
                "name_es": row.requirement.name_es,
                **_file(row.document),
            }
            for row in facts.documents
        ],
        "declared": True,
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "id": call.pk,
        "code": call.code,
        "line": call.line,
        "title_en": call.title_en,
        "title_es": call.title_es,
        "min_firms": call.min_firms,
        "months": call.months,
        "max_share": str(call.max_share),
        "share_by_category": call.share_by_category,
        "max_per_project": str(call.max_per_project),
        "max_per_firm": None if call.max_per_firm is None else str(call.max_per_firm),
    }


def _certificate(facts: Facts, firm_id: int) -> dict[str, str] | None:
    row = facts.certificates.get(firm_id)
    if row is None:
        return None
    return {"number": row.number, "size": row.size, "valid_until": row.valid_until.isoformat()}


def _partner(row: Partner) -> dict[str, Any]:
    institution = row.institution
    return {
        "institution_id": institution.pk,
        "kind": institution.kind,
        "name": institution.name,
        "cuit": institution.cuit,
        "province": institution.province,
        "locality": institution.locality,
        "contribution": row.contribution,
    }


def _activity(row: Activity) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "first_month": row.first_month,
        "last_month": row.last_month,
        "responsible": row.responsible_name,
        "firm": row.firm_id,
        "institution": row.institution_id,
        "coordinator": row.coordinator,
        "person": row.responsible,
        "deliverable": row.deliverable,
        "indicator": row.indicator,
    }


def _line(row: BudgetLine, quotes: Iterable[BudgetQuote]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "category": row.category,
        "kind": row.kind,
        "other_kind": row.other_kind,
        "firm": row.firm_id,
        "firm_name": str(row.firm or ""),
        "activity": row.activity_id,
        "description": row.description,
        "quantity": str(row.quantity),
        "unit_cost": str(row.unit_cost),
        "cost": str(row.cost),
        "programme_share": str(row.programme_share),
        "group_share": str(row.group_share),
        "quotes": [
            {
                "supplier": quote.supplier,
                "amount": str(quote.amount),
                "valid_until": None if quote.valid_until is None else quote.valid_until.isoformat(),
                **_file(quote.document),
            }
            for quote in quotes
            if quote.line_id == row.pk
        ],
    }


def _answer(facts: Facts, question: Question) -> dict[str, Any]:
    """A question that was asked, with its answer as it was given and in the words of both languages."""
    value = facts.given.get(question.pk, "")
    answer = facts.answers.get(question.pk)
    words = {}
    for language in ("en", "es"):
        with override(language):
            words[f"words_{language}"] = in_words(question, value)
    return {
        "question": question.pk,
        "kind": question.kind,
        "text_en": question.text_en,
        "text_es": question.text_es,
        "value": value,
        **words,
        "file": _file(answer.document) if answer and answer.document else None,
    }


def _file(document: Document) -> dict[str, Any]:
    return {
        "id": document.pk,
        "filename": document.filename,
        "size": document.size,
        "sha256": document.sha256,
    }


def freeze(facts: Facts, *, number: int, reference: str, by, arrived_at: datetime) -> Submission:
    """Write the submission and its members; from here on the database refuses to change them."""
    data = take(facts, number=number, reference=reference, by=by, arrived_at=arrived_at)
    submission = Submission.objects.create(
        application=facts.application,
        number=number,
        submitted_at=arrived_at,
        submitted_by=by,
        snapshot=data,
        sha256=content_hash(data),
        amount=facts.asked,
        min_firms=facts.call.min_firms,
    )
    SubmissionMember.objects.bulk_create(
        SubmissionMember(
            submission=submission,
            firm_id=member.firm_id,
            cuit=member.cuit,
            name=member.name,
            province=member.province,
            size=member.size,
            is_sme=member.is_sme,
        )
        for member in facts.members
    )
    return submission


def is_whole(submission: Submission) -> bool:
    """Whether a snapshot still has the hash that was written beside it."""
    return content_hash(submission.snapshot) == submission.sha256


def next_reference(moment: datetime) -> str:
    """The number of a first submission, as LSP-2026-00042. A number may be skipped (a submission that failed in the
    end), and is never given twice, whoever else submits at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('applications_reference')")
        (number,) = cursor.fetchone()
    return f"LSP-{dates.day_of(moment).year}-{number:05d}"


def asked_before(application: Application) -> Decimal | None:
    """The amount of the last submission, in pesos; None before the first."""
    return application.submissions.order_by("-number").values_list("amount", flat=True).first()
