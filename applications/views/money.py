"""You receive, you put in, when: the money of an application over the months of its plan (PROGRAMME 12)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications import flows
from applications.facts import Facts
from applications.models import Application, BudgetCategory
from applications.views.budget import budget_of, firms_of, totals_of
from core import dates
from core.money import ZERO


@dataclass(frozen=True)
class FirmMoney:
    """What a firm puts in by the budget, beside what it said that it does; `declared` is None for a firm that has not
    said an amount."""

    part: flows.FirmPart
    declared: Decimal | None
    words: str

    @property
    def short(self) -> Decimal:
        """How much less it declared than it has to put in; 0 when that is enough."""
        return max(self.part.group - self.declared, ZERO) if self.declared is not None else ZERO


@require_safe
def application_money(request: HttpRequest, pk: int) -> HttpResponse:
    """What the programme pays by tranche, what the group and each firm puts in by month, and who waits for whom."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    facts = Facts(application, today=dates.day_of(dates.now()))
    context = {"application": application, **budget_of(application, facts), **money_of(application, facts)}
    return render(request, "applications/application_money.html", context)


def money_of(application: Application, facts: Facts) -> dict[str, Any]:
    """Tranches, months and firms."""
    call = application.call
    planned = [(row.percent, row.after_report) for row in call.tranches.all()]
    parts = flows.tranches(facts.asked - facts.salary, planned, call.months, call.report_every_months)
    totals = totals_of(application, facts)
    # Nobody of the group advances a salary.
    rest = [line for line in facts.lines if line.category != BudgetCategory.COORDINATION]
    return {
        **totals,
        "tranches": parts,
        "salary": facts.salary,
        "ahead": flows.ahead(flows.by_month(rest, facts.activities, call.months), parts),
        "pays_back": call.payment == call.Payment.REIMBURSEMENT,
        "firms": [_firm(row, facts) for row in firms_of(application, facts)],
    }


def _firm(part: flows.FirmPart, facts: Facts) -> FirmMoney:
    said = facts.confirmations.get(part.firm_id)
    amount = said.get("contribution_amount") if said and said["state"] == "confirmed" else None
    words = said.get("contribution", "") if said else ""
    if said and said["state"] != "confirmed":
        words = _("It has not confirmed, or its data changed since.")
    return FirmMoney(part, None if amount is None else Decimal(amount), words)
