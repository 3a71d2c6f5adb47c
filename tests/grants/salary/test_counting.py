"""The salary from the start of a project: its line, and what each month was worth to whom."""

import datetime as dt
from decimal import Decimal

import pytest

from applications.calls import scales
from applications.models import SalaryScale
from core.dates import at_noon
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from grants.models import SalaryLine
from grants.salary import actions, counting
from grants.workflow import PROJECT
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE, Plan
from tests.factories_grants import (
    DAY,
    project_at,
)
from tests.factories_groups import make_appointment
from tests.grants.salary.rows import (
    AFTER_MONTH_1,
    counted,
    paid_project,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paid_stands")]

PAY = Decimal("300000.00")


def at(month: int, day: int, year: int = 2026) -> dt.datetime:
    return at_noon(dt.date(year, month, day))


def sums(project) -> list[tuple[int, int, Decimal, str]]:
    """(month, days, amount, state) of what was counted."""
    rows = project.salary_months.order_by("number", "person_id")
    return [(row.number, row.days, row.amount, row.status) for row in rows]


# --- The line ------------------------------------------------------------------------------------------


def test_the_salary_is_a_line_of_its_own_and_the_tranches_are_the_rest():
    project = paid_project()
    assert project.approved_amount == Decimal("4100000.00")
    assert project.salary_line.amount == project.salary_line.most == Decimal("3600000.00")
    assert [tranche.amount for tranche in project.tranches.all()] == [Decimal(200000), Decimal(300000)]
    assert project.agreement.terms["salary"] == "3600000.00"


def test_the_cap_of_the_call_is_what_may_be_earned_at_most():
    project = paid_project(salary_cap=Decimal("3600000.00"))
    assert project.salary_line.most == Decimal("3600000.00")
    line = SalaryLine(project=project, amount=Decimal(100), most=Decimal(100))
    project.call.salary_cap = Decimal(90)
    assert counting.most_of(line.project, Decimal(100)) == 90


def test_a_project_without_a_salary_has_no_line():
    assert not SalaryLine.objects.filter(project=project_at("active")).exists()


# --- Counting ------------------------------------------------------------------------------------------


def test_a_month_is_counted_on_the_day_after_it_ends_and_once():
    project = paid_project()
    actions.count_months(at(4, 9))
    assert sums(project) == []
    month = counted(project)
    assert sums(project) == [(1, 31, PAY, "accrued")]
    assert (month.first_on, month.last_on, month.due_on) == (
        dt.date(2026, 3, 10),
        dt.date(2026, 4, 9),
        dt.date(2026, 4, 19),
    )
    assert Message.objects.filter(template="salary_to_hand_in", recipient=month.person).count() == 1
    for now in (AFTER_MONTH_1, AFTER_MONTH_1 + DAY):
        actions.count_months(now)
    assert len(sums(project)) == 1
    assert project.case.events.filter(action="salarymonth.count").count() == 1
    project.salary_line.refresh_from_db()
    assert (project.salary_line.next_month, project.salary_line.next_on) == (2, dt.date(2026, 5, 9))


def test_after_weeks_without_a_scheduler_all_months_are_there():
    project = paid_project()
    actions.count_months(at(6, 20))
    assert [row[0] for row in sums(project)] == [1, 2, 3]
    # They have their days to hand in from when they were told.
    assert project.salary_months.get(number=1).due_on == dt.date(2026, 6, 29)


def test_a_year_is_the_whole_line_and_the_count_ends():
    project = paid_project()
    actions.count_months(at(3, 10, 2027))
    assert sum(row[2] for row in sums(project)) == Decimal("3600000.00")
    project.salary_line.refresh_from_db()
    assert project.salary_line.next_month is None


def test_nobody_earns_days_without_an_appointment():
    project = paid_project()
    post = project.group.appointments.get()
    APPOINTMENT.apply(
        post,
        "end",
        by=OFFICE.officer,
        now=at(3, 25),
        data={"ended_on": dt.date(2026, 3, 24), "reason": "Left."},
    )
    counted(project)
    assert sums(project) == [(1, 15, Decimal("145161.29"), "accrued")]
    actions.count_months(at(5, 10))
    assert len(sums(project)) == 1


def test_a_day_that_is_taken_back_later_changes_what_was_not_handed_in():
    project = paid_project()
    counted(project)
    post = project.group.appointments.get()
    APPOINTMENT.apply(
        post,
        "end",
        by=OFFICE.officer,
        now=at(4, 12),
        data={"ended_on": dt.date(2026, 3, 24), "reason": "Left."},
    )
    actions.count_months(at(4, 12))
    assert sums(project) == [(1, 15, Decimal("145161.29"), "accrued")]


def test_who_comes_after_shares_the_month_and_a_voided_one_may_come_back():
    project = paid_project()
    first = project.reporter_on(NOON.date())
    post = project.group.appointments.get()
    APPOINTMENT.apply(
        post,
        "end",
        by=OFFICE.officer,
        now=at(3, 25),
        data={"ended_on": dt.date(2026, 3, 24), "reason": "Left."},
    )
    second = make_person("second")
    make_appointment(project.group, second, confirmed_from=dt.date(2026, 4, 1))
    counted(project)
    assert {row.person: row.days for row in project.salary_months.all()} == {first: 15, second: 9}
    # It turns out that the second was never in office.
    Appointment.objects.filter(person=second).update(status="withdrawn")
    SalaryLine.objects.update(next_month=1, next_on=dt.date(2026, 4, 9))
    actions.count_months(at(4, 12))
    assert project.salary_months.get(person=second).status == "void"
    Appointment.objects.filter(person=second).update(status="confirmed")
    SalaryLine.objects.update(next_month=1, next_on=dt.date(2026, 4, 9))
    actions.count_months(at(4, 13))
    assert project.salary_months.get(person=second).status == "accrued"


def test_whoever_stands_in_earns_the_days_of_the_mandate():
    project = paid_project()
    stand_in = make_person("standin")
    make_appointment(
        project.group,
        stand_in,
        confirmed_from=dt.date(2026, 3, 20),
        ended_on=dt.date(2026, 3, 29),
        stand_in_from=dt.date(2026, 3, 20),
        stand_in_until=dt.date(2026, 3, 29),
        why="Illness.",
    )
    assert project.reporter_on(dt.date(2026, 3, 25)) == stand_in
    counted(project)
    assert sorted(row[1] for row in sums(project)) == [10, 21]
    assert sum(row[2] for row in sums(project)) == PAY


def test_a_scale_of_the_call_moves_it_from_its_day():
    project = paid_project()
    scales.set_scale(
        by=OFFICE.admin,
        call=project.call,
        valid_from=dt.date(2026, 4, 10),
        per_month=Decimal("400000.00"),
        resolution="RES-7",
        now=NOON,
    )
    actions.count_months(at(5, 10))
    assert [row[2] for row in sums(project)] == [PAY, Decimal("400000.00")]
    # What the line has left is the end of it: 300,000 and eight times 400,000, then 100,000.
    actions.count_months(at(3, 10, 2027))
    assert sum(row[2] for row in sums(project)) == Decimal("3600000.00")
    assert len(sums(project)) == 10


def test_where_less_was_approved_the_scale_counts_in_proportion():
    half = ("coordination", "Salary", "1800000.00", "1800000.00", None)
    project = paid_project(
        plan=Plan(lines=[half, ("soft_technology", "Other", "1000000.00", "500000.00", 1)])
    )
    SalaryScale.objects.create(
        call=project.call,
        valid_from=dt.date(2026, 4, 10),
        per_month=Decimal(400000),
        resolution="R",
        entered_on=NOON.date(),
        entered_by=OFFICE.admin,
    )
    actions.count_months(at(5, 10))
    assert [row[2] for row in sums(project)] == [Decimal("150000.00"), Decimal("200000.00")]


def test_a_scale_is_for_days_to_come():
    call = paid_project().call
    for day in (NOON.date(), NOON.date() - DAY):
        with pytest.raises(TransitionRefused, match="a day to come"):
            scales.set_scale(
                by=OFFICE.admin, call=call, valid_from=day, per_month=PAY, resolution="R", now=NOON
            )
    with pytest.raises(NotAllowed):
        scales.set_scale(
            by=OFFICE.approver,
            call=call,
            valid_from=NOON.date() + DAY,
            per_month=PAY,
            resolution="R",
            now=NOON,
        )


def test_days_of_a_suspension_belong_to_no_month():
    project = paid_project()
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=at(3, 20), data={"reason": "A flood."})
    actions.count_months(at(4, 15))
    assert sums(project) == []
    PROJECT.apply(project, "resume", by=OFFICE.officer, now=at(4, 19), data={"reason": "Dry."})
    assert [(row.first_day, row.days) for row in project.pauses.all()] == [(dt.date(2026, 3, 20), 30)]
    actions.count_months(at(4, 30))
    assert sums(project) == []
    actions.count_months(at(5, 10))
    month = project.salary_months.get()
    assert (month.last_on, month.days, month.amount) == (dt.date(2026, 5, 9), 31, PAY)
