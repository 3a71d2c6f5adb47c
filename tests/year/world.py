"""The programme before its year: four calls, and so many approved applications of groups of five firms.

What lies before the year is written as rows (tests.factories_reports, tests.factories_groups). From the opening of the projects
on everything happens through the actions that the pages call (lives/).
"""

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallTranche, Line
from core.money import cents
from groups.provinces import Province
from tests.cast import make_person
from tests.factories_applications import OFFICE, staff_member
from tests.factories_groups import make_group
from tests.factories_reports import approved_application, make_call

ACTIVITIES = (("Buy and install the machine", 1, 3), ("Train the operators", 2, 6))


@dataclass(frozen=True)
class Plan:
    """One of the calls: its length, its reports, and how it pays. Tranches are (per cent, after report, proof asked of those
    before in per cent, needs a surety)."""

    code: str
    line: str
    months: int
    every: int
    tranches: tuple[tuple[int, int, int, bool], ...]
    payment: str = Call.Payment.ADVANCE
    salary: bool = False

    @property
    def needs_surety(self) -> bool:
        return any(tranche[3] for tranche in self.tranches)


PARTNERSHIP = Plan("P-26", Line.PARTNERSHIP, 12, 3, ((50, 0, 0, False), (50, 1, 0, False)), salary=True)
PROVEN = Plan("G-26", Line.GRANT, 6, 2, ((40, 0, 0, False), (30, 1, 50, False), (30, 2, 80, False)))
INSURED = Plan("S-26", Line.GRANT, 8, 4, ((60, 0, 0, True), (40, 1, 60, True)))
REIMBURSED = Plan(
    "R-26",
    Line.GRANT,
    6,
    2,
    ((30, 1, 0, False), (30, 2, 0, False), (40, 3, 0, False)),
    Call.Payment.REIMBURSEMENT,
)
PLANS = (PARTNERSHIP, PROVEN, INSURED, REIMBURSED)
# How many of a hundred each call has.
SHARE = {PARTNERSHIP.code: 20, PROVEN.code: 35, INSURED.code: 25, REIMBURSED.code: 20}
# 12 months of it are a line of the budget.
SALARY = Decimal("98765.43")


def open_calls() -> dict[str, Call]:
    """One for each plan."""
    calls = {}
    for plan in PLANS:
        more = {"salary_per_month": SALARY, "salary_waits_for_report": True} if plan.salary else {}
        categories = ["fixed_investment", "soft_technology", *(["coordination"] if plan.salary else [])]
        call = make_call(
            code=plan.code,
            line=plan.line,
            months=plan.months,
            report_every_months=plan.every,
            payment=plan.payment,
            categories=categories,
            max_share=Decimal(70),
            **more,
        )
        CallTranche.objects.bulk_create(
            CallTranche(
                call=call,
                number=number,
                percent=percent,
                after_report=after,
                proof_percent=proof,
                needs_surety=surety,
            )
            for number, (percent, after, proof, surety) in enumerate(plan.tranches, 1)
        )
        calls[plan.code] = call
    return calls


class Cast:
    """The programme's people, read once: who acts in a life is asked a thousand times."""

    @cached_property
    def officer(self) -> User:
        return OFFICE.officer

    @cached_property
    def approver(self) -> User:
        return OFFICE.approver

    @cached_property
    def finance(self) -> User:
        """Orders payments."""
        return staff_member("finance", Role.FINANCE)

    @cached_property
    def finance2(self) -> User:
        """Confirms them, and what came back."""
        return staff_member("finance2", Role.FINANCE)

    @cached_property
    def checker(self) -> User:
        """Verifies expenses, and therefore orders nothing."""
        return staff_member("finance3", Role.FINANCE)

    @cached_property
    def decider(self) -> User:
        """Who approved the applications, before the year."""
        return make_person("decider", "Delia Decisora")


@transaction.atomic
def approve_many(count: int, draw: random.Random, cast: Cast) -> list[tuple[Plan, Application]]:
    """So many approved applications, each of a group of its own, of uneven amounts."""
    calls, provinces, made = open_calls(), list(Province), []
    for number in range(count):
        plan = _plan_of(number)
        group = make_group(5, sales=None, name=f"Group {number}", province=provinces[number % len(provinces)])
        lines = [
            _line("fixed_investment", "Machine", draw.randint(200_000_000, 600_000_000), draw),
            _line("soft_technology", "Training", draw.randint(50_000_000, 200_000_000), draw),
        ]
        if plan.salary:
            lines.append(("coordination", "Coordinator", 12 * SALARY, 12 * SALARY))
        amount = sum((share for _category, _what, _cost, share in lines), Decimal(0))
        title = f"Project {number}"
        call = calls[plan.code]
        made.append(
            (plan, approved_application(group, call, cast.decider, amount, ACTIVITIES, title, tuple(lines)))
        )
    return made


def _plan_of(number: int) -> Plan:
    """The calls in turn, each as often as its share says; the same whatever the draw."""
    place, before = (number * 37) % 100, 0
    for plan in PLANS:
        before += SHARE[plan.code]
        if place < before:
            return plan
    raise AssertionError("the shares of the calls are a hundred")


def _line(category: str, what: str, centavos: int, draw: random.Random) -> tuple[str, str, Decimal, Decimal]:
    """A cost of which the programme pays 45 to 60 %, to an uneven cent."""
    cost = Decimal(centavos) / 100
    return category, what, cost, cents(cost * draw.randint(45_000, 60_000) / 100_000)
