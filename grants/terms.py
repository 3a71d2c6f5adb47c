"""The terms of an agreement as data: frozen when a project is opened, and the same in every language."""

from decimal import Decimal
from typing import Any

from applications.models import Application, BudgetCategory, Call, Decision
from core.money import ZERO, total
from grants.tranches import parts_of

FORMAT = 1


def approval_of(application: Application) -> Decision | None:
    """The approval that stands."""
    return application.decisions.filter(kind=Decision.Kind.APPROVE).order_by("-pk").first()


def terms_of(application: Application, approval: Decision, *, salary_apart: bool = True) -> dict[str, Any]:
    """Parties, object, money, plan, tranches and duties. Amounts are texts with two places, days are ISO.

    The coordinator's salary is paid by month, apart from the tranches; in the agreements of before it was part of them.
    """
    call, group = application.call, application.group
    group_share = total(approval.lines.all(), "group_share")
    salary = ZERO
    if salary_apart:
        salary = total(approval.lines.filter(line__category=BudgetCategory.COORDINATION), "amount")
    assert approval.amount is not None  # constraint approval_has_amount_and_number
    submission = application.latest_submission
    assert submission is not None  # what was approved was submitted
    members = submission.members.order_by("name", "pk")
    return {
        "format": FORMAT,
        "reference": application.reference,
        "title": application.title,
        "objectives": application.objectives,
        "group": {"name": group.name, "locality": group.locality, "province": group.province},
        "firms": [{"name": firm.name, "cuit": firm.cuit} for firm in members],
        "call": {
            "code": call.code,
            "line": call.line,
            "title_en": call.title_en,
            "title_es": call.title_es,
            "payment": call.payment,
        },
        "approval": _approval(approval),
        "months": call.months,
        "amount": f"{approval.amount:.2f}",
        "group_share": f"{group_share:.2f}",
        "total": f"{approval.amount + group_share:.2f}",
        "lines": _lines(approval),
        "activities": _activities(application),
        **({"salary": f"{salary:.2f}"} if salary else {}),
        "tranches": _tranches(call, approval.amount - salary),
        "report_every_months": call.report_every_months,
        "report_due_days": call.report_due_days,
    }


def _approval(approval: Decision) -> dict[str, Any]:
    return {
        "resolution": approval.resolution,
        "file_number": approval.file_number,
        "conditions": approval.conditions,
        "dated_conditions": [
            {"text": each.text, "due_on": each.due_on.isoformat()} for each in approval.dated_conditions.all()
        ],
        "decided_at": approval.decided_at.isoformat(),
    }


def _lines(approval: Decision) -> list[dict[str, Any]]:
    return [
        {
            "category": row.line.category,
            "description": row.line.description,
            "programme": f"{row.amount:.2f}",
            "group": f"{row.group_share:.2f}",
        }
        for row in approval.lines.select_related("line")
    ]


def _activities(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "first_month": row.first_month,
            "last_month": row.last_month,
            "responsible": row.responsible_name,
            "deliverable": row.deliverable,
        }
        for row in application.activities.select_related("firm", "institution")
    ]


def _tranches(call: Call, amount: Decimal) -> list[dict[str, Any]]:
    return [
        {
            "number": part.number,
            "percent": f"{part.percent:.2f}",
            "amount": f"{part.amount:.2f}",
            "after_report": part.after_report,
            "basis": call.payment,
            "proof_percent": f"{part.proof_percent:.2f}",
            "needs_surety": part.needs_surety,
        }
        for part in parts_of(amount, call.tranches.all())
    ]
