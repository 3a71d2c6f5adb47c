"""Projects that pay a coordinator, and their months in any state, for the tests of the salary."""

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from applications.models import Line
from core.dates import at_noon
from grants import actions as project_actions
from grants.models import Payee, Project, SalaryMonth
from grants.salary import actions
from grants.workflow import SALARY
from tests import standing
from tests.clock import NOON
from tests.factories_applications import OFFICE, Plan, a_pdf, make_call
from tests.factories_grants import make_cbu, project_at
from tests.factories_groups import make_cuit
from tests.standing import may_stand

# 12 months of 300,000 each, besides 500,000 of a certification.
SALARY_LINE = ("coordination", "Salary", "3600000.00", "3600000.00", None)
PLAN = Plan(lines=[SALARY_LINE, ("soft_technology", "Certification", "1000000.00", "500000.00", 1)])
# The projects begin at NOON (10 March 2026): their first month ends on 9 April.
AFTER_MONTH_1 = at_noon(dt.date(2026, 4, 10))


class How(NamedTuple):
    """The wishes for a project that pays its coordinator; without any it is the usual one."""

    plan: Plan = PLAN
    group: Any = None
    # What goes to `make_call`.
    call: tuple[tuple[str, Any], ...] = ()


@may_stand
def paid(how: How) -> Project:
    """A partnership that runs since 10 March 2026, with its coordinator in office since January."""
    # Most of it is the salary, which is paid whole.
    call = {"max_share": Decimal(95), **dict(how.call)}
    return project_at("active", call=make_call(Line.PARTNERSHIP, **call), plan=how.plan, group=how.group)


def paid_project(*, plan: Plan = PLAN, group: Any = None, **call: Any) -> Project:
    """A project that pays its coordinator; `call` goes to `make_call`."""
    return paid(How(plan, group, tuple(call.items())))


# Stands for the modules that ask for it (tests.standing).
paid_stands = standing.made_once(paid_project, "paid")


def own_account(project: Project, *, number: int = 50, checked: bool = True) -> Payee:
    """The coordinator's own account."""
    person = project.reporter_on(NOON.date())
    payee = actions.enter_account(
        by=person, line=project.salary_line, cuit=make_cuit(number, "20"), cbu=make_cbu(number), now=NOON
    )
    return project_actions.check_payee(by=OFFICE.officer, payee=payee, now=NOON) if checked else payee


def counted(project: Project, now: dt.datetime = AFTER_MONTH_1) -> SalaryMonth:
    """Count what has ended; answers the last month that was counted."""
    actions.count_months(now)
    return project.salary_months.order_by("-number", "-pk").first()


def said(month: SalaryMonth, **changes: Any) -> dict[str, Any]:
    """Invoice and note of a month."""
    return {
        "invoice_number": "0001-00000001",
        "invoice_on": month.last_on,
        "invoice_amount": month.amount,
        "note": "Two visits and a meeting.",
        "invoice": a_pdf("invoice.pdf"),
        **changes,
    }


def month_at(status: str, project: Project | None = None, now: dt.datetime = AFTER_MONTH_1) -> SalaryMonth:
    """The first month of a project that pays, reached through the real transitions."""
    project = project or paid_project()
    month = counted(project, now)
    if status == "accrued":
        return month
    month = actions.hand_in(by=month.person, month=month, now=now, **said(month))
    if status == "submitted":
        return month
    data = {"remark": "The invoice is of another month."} if status == "returned" else {}
    name = "return" if status == "returned" else "accept"
    return SALARY.apply(month, name, by=OFFICE.officer, now=now, data=data)
