"""What a submission freezes: all data of the application as one value, with its hash (PROGRAMME 6.10).

The PDF is made from the snapshot and never from the live rows, so that it can be made again years later.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from applications.facts import Facts
from applications.models import Application, Call, Submission, SubmissionMember
from core import dates
from core.pdf import content_hash

# Grows when the shape changes; old snapshots keep theirs.
SCHEMA = 1


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
        "members": members,
        "project": {
            "title": application.title,
            "diagnosis": application.diagnosis,
            "objectives": application.objectives,
            "learning": application.learning,
            "prior_support": application.prior_support,
        },
        "activities": [
            {
                "id": row.pk,
                "name": row.name,
                "first_month": row.first_month,
                "last_month": row.last_month,
                "responsible": row.responsible,
                "deliverable": row.deliverable,
            }
            for row in facts.activities
        ],
        "lines": [
            {
                "id": row.pk,
                "category": row.category,
                "activity": row.activity_id,
                "description": row.description,
                "quantity": str(row.quantity),
                "unit_cost": str(row.unit_cost),
                "cost": str(row.cost),
                "programme_share": str(row.programme_share),
                "group_share": str(row.group_share),
            }
            for row in facts.lines
        ],
        "totals": {
            "cost": str(facts.cost),
            "programme": str(facts.asked),
            "group": str(facts.cost - facts.asked),
        },
        "documents": [
            {
                "id": row.document_id,
                "requirement": row.requirement.code,
                "name_en": row.requirement.name_en,
                "name_es": row.requirement.name_es,
                "filename": row.document.filename,
                "size": row.document.size,
                "sha256": row.document.sha256,
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
