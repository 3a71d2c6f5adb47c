"""Projects and their money for tests. `project_at(status)` and `payment_at(status)` get there through the real
transitions, as the people of the tests would: nothing is written past the rules.
"""

import datetime as dt
from typing import Any, NamedTuple

from stdnum.ar import cbu

from accounts.models import User
from accounts.roles import Role
from applications.models import Application
from core.dates import at_noon, day_of
from grants import actions
from grants.letters import actions as letters
from grants.letters.writing import propose
from grants.models import Disbursement, Payee, Project, Tranche
from grants.workflow import DISBURSEMENT, PROJECT
from groups.models import Appointment
from reports.actions import fall_due
from tests.cast import make_person
from tests.clock import NOON
from tests.core.files import PDF, upload
from tests.factories_applications import OFFICE, application_at, staff_member
from tests.factories_groups import make_appointment, make_cuit
from tests.factories_reports import report_at
from tests.standing import may_stand

DAY = dt.timedelta(days=1)


def finance() -> User:
    """Who orders payments."""
    return staff_member("finance", Role.FINANCE)


def finance2() -> User:
    """Who confirms them."""
    return staff_member("finance2", Role.FINANCE)


def make_cbu(number: int = 1) -> str:
    """The n-th CBU: 22 digits, both check digits right. The account itself is invented."""
    bank, account = "2850590", f"{40_000_000 + number:013d}"
    return f"{bank}{cbu.calc_check_digit(bank)}{account}{cbu.calc_check_digit(account)}"


def open_project(
    application: Application | None = None, *, now: dt.datetime = NOON, **kwargs: Any
) -> Project:
    """A project that awaits its agreement; `kwargs` go to `application_at`."""
    application = application or application_at("approved", now=now, **kwargs)
    return actions.open_project(by=OFFICE.officer, application=application, now=now)


def sign(project: Project, *, now: dt.datetime = NOON, state: bool = True) -> Project:
    """Sign for the group, and for the State too unless `state` is False."""
    representative = project.group.representative
    actions.sign_for_group(
        by=representative, project=project, name=representative.full_name, declared=True, now=now
    )
    if state:
        officer = OFFICE.officer
        actions.sign_for_state(by=officer, project=project, name=officer.full_name, declared=True, now=now)
    return Project.objects.get(pk=project.pk)


def appoint(project: Project, person: User | None = None, **fields: Any) -> Appointment:
    """A confirmed coordinator, in office since 1 January 2026 unless `confirmed_from` says otherwise.

    Without a `person` it makes one, `coordinator@lsp.example` (or with a number, when that one exists).
    """
    if person is None:
        taken = User.objects.filter(email__startswith="coordinator").count()
        person = make_person(f"coordinator{taken + 1 if taken else ''}", "Cora Coordinadora")
    return make_appointment(project.group, person, **fields)


def enter_payee(project: Project, *, number: int = 1, checked: bool = True, now: dt.datetime = NOON) -> Payee:
    """Say who is paid, and have the account checked unless told not to."""
    payee = actions.enter_payee(
        by=project.group.representative,
        project=project,
        name="Asociación Muebles del Norte",
        cuit=make_cuit(900_000 + number),
        cbu=make_cbu(number),
        now=now,
    )
    return actions.check_payee(by=OFFICE.officer, payee=payee, now=now) if checked else payee


def activate(project: Project, *, now: dt.datetime = NOON, first_day: dt.date | None = None) -> Project:
    """Start a signed project, today unless another day is given."""
    data = {"first_day": first_day or day_of(now)}
    return PROJECT.apply(project, "activate", by=OFFICE.officer, now=now, data=data)


class Wish(NamedTuple):
    """The wishes for a project; without any it is the usual one."""

    application: Application | None = None
    now: dt.datetime = NOON
    coordinator: User | None = None
    payee: bool = True
    # What goes to `application_at`.
    more: tuple[tuple[str, Any], ...] = ()


@may_stand
def active(how: Wish) -> Project:
    """Signed and begun, with its coordinator and its payee."""
    project = open_project(how.application, now=how.now, **dict(how.more))
    if how.coordinator or (project.must_appoint and not project.coordinator_on(day_of(how.now))):
        appoint(project, how.coordinator)
    project = activate(sign(project, now=how.now), now=how.now)
    if how.payee:
        enter_payee(project, now=how.now)
        project.refresh_from_db()
    return project


def project_at(
    status: str,
    *,
    application: Application | None = None,
    now: dt.datetime = NOON,
    coordinator: User | None = None,
    payee: bool = True,
    **kwargs: Any,
) -> Project:
    """A project in any state, reached through the real transitions at `now`.

    Its first day is that of `now`. `coordinator` is appointed before it starts (a partnership gets one anyway); with
    `payee` False nobody was named to be paid. `kwargs` (group, call, plan) go to `application_at`.
    """
    if status in ("awaiting_agreement", "terminated"):
        project = open_project(application, now=now, **kwargs)
        if status == "awaiting_agreement":
            return project
        return PROJECT.apply(project, "terminate", by=OFFICE.approver, now=now, data={"reason": "No more."})
    project = active(Wish(application, now, coordinator, payee, tuple(kwargs.items())))
    if status == "active":
        return project
    if status == "suspended":
        return PROJECT.apply(project, "suspend", by=OFFICE.officer, now=now, data={"reason": "A flood."})
    # The day after the last one: the final report is due.
    later = at_noon(project.last_day + DAY)
    if status == "closing":
        fall_due(later)
    elif status == "closed":
        accept_reports(project, now=later)
    project = PROJECT.apply(project, "start_closing", by=OFFICE.officer, now=later)
    if status == "closing":
        return project
    if status == "closed":
        return PROJECT.apply(project, "close", by=OFFICE.officer, now=later)
    raise ValueError(f"no way to {status}")


def hear(project: Project, *, by: User | None = None, now: dt.datetime = NOON) -> None:
    """The group is told why its project may end, by a notice that is proven, and answers at once: it can be terminated."""
    officer = by or OFFICE.officer
    letter = propose(
        by=officer,
        project=project,
        reason="The plan stands still.",
        days_to_answer=project.call.days_to_answer,
        now=now,
    )
    letters.notify(
        by=officer,
        about=letter,
        means="letter",
        notified_on=day_of(now),
        upload=upload("proof.pdf", PDF),
        now=now,
    )
    letters.answer(by=project.group.representative, letter=letter, text="It does.", upload=None, now=now)


def accept_reports(project: Project, *, now: dt.datetime) -> None:
    """Write, send and accept every report, the final one too."""
    reporter = project.reporter_on(day_of(now))
    for number in project.reports.order_by("number").values_list("number", flat=True):
        report_at("accepted", project, number=number, now=now, by=reporter, officer=OFFICE.officer)


def order(tranche: Tranche, *, by: User | None = None, now: dt.datetime = NOON) -> Disbursement:
    """Order the payment of an open tranche."""
    return actions.order_disbursement(by=by or finance(), tranche=tranche, now=now)


def treasury(
    disbursement: Disbursement, *, number: str = "", now: dt.datetime = NOON, **more: Any
) -> dict[str, Any]:
    """What the Treasury says: paid on the day of `now`, with nothing withheld."""
    return {
        "treasury_number": number or f"OP-{disbursement.pk}",
        "treasury_date": day_of(now),
        "gross": disbursement.amount,
        "withheld": disbursement.amount - disbursement.amount,
        "net": disbursement.amount,
        **more,
    }


def payment_at(
    status: str, *, project: Project | None = None, now: dt.datetime = NOON, **kwargs: Any
) -> Disbursement:
    """A payment of a project's first tranche, in any state; `kwargs` go to `project_at`."""
    project = project or project_at("active", now=now, **kwargs)
    tranche = project.tranches.to_order().order_by("number").first()
    assert tranche is not None
    payment = order(tranche, now=now)
    if status == "ordered":
        return payment
    if status == "paid":
        return actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=now, **treasury(payment, now=now)
        )
    name = {"failed": "fail", "cancelled": "cancel"}[status]
    return DISBURSEMENT.apply(payment, name, by=finance2(), now=now, data={"reason": "The bank refused it."})
