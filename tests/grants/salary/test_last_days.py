"""The months of an extension, and the days of a month that was not finished: earned by day, kept, paid after the end; never for
a day without an appointment, and never above the line and the call's cap."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from applications.calls import scales
from core.dates import add_months, at_noon
from core.models import Message
from core.money import ZERO, format_money, total
from core.workflow import TransitionRefused
from grants import actions as project_actions
from grants import effects
from grants.letters import content
from grants.models import Project, ProjectLetter, SalaryLine, Tranche
from grants.prices.working import work_out
from grants.salary import actions, guards
from grants.salary import arithmetic as sums
from grants.workflow import PROJECT, SALARY
from groups.workflow import APPOINTMENT
from tests.applications.staff_pages import get, words
from tests.clock import NOON
from tests.factories_amendments import amended
from tests.factories_applications import OFFICE
from tests.factories_grants import DAY, finance, finance2, hear, order, treasury
from tests.grants.prices.rows import clause, figure, issued
from tests.grants.salary.rows import counted, own_account, paid_project, said
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paid_stands")]

Kind = ProjectLetter.Kind
PAY = Decimal("300000.00")
# The first month ends on 9 April; twelve days of the second one are until 21 April.
END = at_noon(dt.date(2026, 4, 21))
TWELVE_DAYS = Decimal("120000.00")


def at(month: int, day: int, year: int = 2026) -> dt.datetime:
    return at_noon(dt.date(year, month, day))


def rows(project) -> list[tuple[int, int, int, Decimal, str]]:
    """(month, days, of days, amount, state)."""
    found = project.salary_months.order_by("number", "person_id")
    return [(row.number, row.days, row.of_days, row.amount, row.status) for row in found]


def ended(project, name: str = "terminate", now: dt.datetime = END) -> Project:
    by = project.group.representative if name == "renounce" else OFFICE.approver
    if name == "terminate":
        hear(project, now=now)
    return PROJECT.apply(project, name, by=by, now=now, data={"reason": "The group parted."})


def committed(project) -> Decimal:
    return total(project.application.entries, "amount")


# --- More months ----------------------------------------------------------------------------------------


def without_months(project, first: dt.date, back: dt.date) -> None:
    """The coordinator leaves, and comes back."""
    post = project.group.appointments.get()
    data = {"ended_on": first - DAY, "reason": "Left."}
    APPOINTMENT.apply(post, "end", by=OFFICE.officer, now=at_noon(first), data=data)
    post.pk, post.status, post.confirmed_from, post.ended_on = None, "confirmed", back, None
    post._state.adding = True
    post.save()


def test_months_of_an_extension_earn_what_the_line_has_left(frozen):
    project = paid_project()
    without_months(project, dt.date(2026, 5, 10), dt.date(2026, 7, 10))
    amended(project, "extension", months=3)
    actions.count_months(at(6, 11, 2027))
    # Ten months of the year and two of the extension use the line up: nobody gets a thirteenth.
    found = rows(project)
    assert [row[0] for row in found] == [1, 2, *range(5, 15)]
    assert sum(row[3] for row in found) == Decimal("3600000.00")
    assert SalaryLine.objects.get(project=project).next_month is None


def test_days_until_a_later_last_day_are_worth_their_part(frozen):
    project = paid_project()
    without_months(project, dt.date(2026, 5, 10), dt.date(2026, 7, 10))
    # Ten days after the twelfth month, of the 31 that a thirteenth would have.
    amended(project, "dates", last_day="2027-03-19")
    actions.count_months(at(3, 20, 2027))
    assert rows(project)[-1] == (13, 10, 31, Decimal("96774.19"), "accrued")


# --- A month that was not finished ------------------------------------------------------------------------


def test_a_project_that_is_terminated_pays_the_days_until_then():
    project = paid_project()
    counted(project)
    project = ended(project)
    assert rows(project) == [(1, 31, 31, PAY, "accrued"), (2, 12, 30, TWELVE_DAYS, "accrued")]
    month = project.salary_months.get(number=2)
    assert (month.last_on, month.due_on) == (END.date(), END.date() + 10 * DAY)
    # What the coordinator earned is kept of the call's money, the rest goes back.
    assert committed(project) == PAY + TWELVE_DAYS
    assert project.case.events.get(action="project.terminate").data["released"] == str(
        project.approved_amount - PAY - TWELVE_DAYS
    )


def test_the_letters_say_that_it_is_paid_and_what_is_not():
    project = paid_project()
    counted(project)
    project = ended(project)
    asked, told = (
        content.meaning(project.letters.get(kind=kind)) for kind in (Kind.HEARING, Kind.TERMINATION)
    )
    given_up = project.approved_amount - PAY - TWELVE_DAYS
    assert any(words.startswith(f"{format_money(given_up)} of ") for words in told)
    assert any(words.endswith(f"is paid: {format_money(PAY + TWELVE_DAYS)}.") for words in told)
    # At the proposal only the whole month was counted.
    assert any(
        words.startswith(f"If it is terminated, {format_money(given_up + TWELVE_DAYS)} ") for words in asked
    )
    assert any(words.endswith(f"is paid: {format_money(PAY)}.") for words in asked)


def test_days_without_an_appointment_are_not_among_them():
    project = paid_project()
    post = project.group.appointments.get()
    data = {"ended_on": dt.date(2026, 4, 12), "reason": "Left."}
    APPOINTMENT.apply(post, "end", by=OFFICE.officer, now=at(4, 13), data=data)
    project = ended(project)
    assert rows(project)[-1] == (2, 3, 30, Decimal("30000.00"), "accrued")


def test_days_of_a_suspension_that_never_ended_are_not_among_them():
    project = paid_project()
    project = PROJECT.apply(project, "suspend", by=OFFICE.officer, now=at(4, 15), data={"reason": "A flood."})
    project = ended(project, "terminate")
    assert rows(project)[-1] == (2, 5, 30, Decimal("50000.00"), "accrued")
    assert [(row.first_day, row.days) for row in project.pauses.all()] == [(dt.date(2026, 4, 15), 7)]


def test_what_was_earned_is_handed_in_accepted_and_paid_after_the_end(frozen):
    project = paid_project()
    project = ended(project)
    frozen.move_to(END)
    own_account(project)
    for month in project.salary_months.order_by("number"):
        month = actions.hand_in(by=month.person, month=month, now=END, **said(month))
        month = SALARY.apply(month, "accept", by=OFFICE.officer, now=END)
        payment = order(month.tranche, now=END)
        project_actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=END, **treasury(payment, now=END)
        )
    assert project.paid() == committed(project) == PAY + TWELVE_DAYS
    # Of the grant nothing is paid any more.
    grant = project.tranches.of_the_grant().first()
    with pytest.raises(TransitionRefused):
        project_actions.order_disbursement(by=finance(), tranche=grant, now=END)
    assert set(Tranche.objects.to_order().filter(project=project)) == set()


def test_what_nobody_hands_in_goes_back_to_the_call():
    project = ended(paid_project())
    actions.lapse_months(END + 9 * DAY)
    assert {row[4] for row in rows(project)} == {"accrued"}
    actions.lapse_months(END + 11 * DAY)
    assert {row[4] for row in rows(project)} == {"void"}
    assert committed(project) == ZERO
    assert project.case.events.filter(action="salarymonth.lapse").count() == 2


def test_a_month_that_lapsed_says_so_and_why_and_the_person_is_told():
    project = paid_project()
    counted(project)
    project = ended(project)
    actions.lapse_months(END + 11 * DAY)
    month = project.salary_months.get(number=1)
    assert (month.lapsed_on, month.state_label) == (END.date() + 11 * DAY, "Lapsed")
    told = Message.objects.get(template="salary_lapsed", recipient=month.person, context__number=1)
    assert told.context["due_on"] == "01/05/2026"
    page = words(get(month.person, "salary_month", month.pk))
    assert "This month has lapsed" in page
    assert "on 02/05/2026 the amount went back to the call" in page
    assert "Nobody earned it" not in page
    assert "Nobody earned it" not in words(get(OFFICE.officer, "project_salary", project.pk))
    # Only what is void has lapsed.
    assert "salary_lapsed_is_void" in refused_by(
        "UPDATE grants_salarymonth SET status = 'accrued' WHERE id = %s", month.pk
    )


def test_a_month_that_nobody_earned_has_not_lapsed():
    project = paid_project()
    month = counted(project)
    SALARY.apply(month, "void", by=None, now=at(4, 11))
    month.refresh_from_db()
    assert (month.lapsed_on, month.state_label) == (None, "Nobody earned it")
    assert not Message.objects.filter(template="salary_lapsed").exists()


def test_a_month_that_was_late_before_the_end_has_its_days_after_it():
    project = paid_project()
    counted(project)
    # The first month was to be handed in by 19 April.
    month = project.salary_months.get()
    assert month.due_on < END.date()
    project = ended(project)
    assert set(project.salary_months.values_list("due_on", flat=True)) == {END.date() + 10 * DAY}
    actions.lapse_months(END + 10 * DAY)
    assert {row[4] for row in rows(project)} == {"accrued"}


def test_a_month_that_came_back_has_days_anew(frozen):
    project = ended(paid_project())
    month = project.salary_months.get(number=2)
    month = actions.hand_in(by=month.person, month=month, now=END, **said(month))
    late = END + 30 * DAY
    month = SALARY.apply(month, "return", by=OFFICE.officer, now=late, data={"remark": "The date."})
    assert month.due_on == late.date() + 10 * DAY
    actions.lapse_months(late + DAY)
    assert project.salary_months.get(number=2).status == "returned"


def test_a_group_that_renounces_still_has_its_coordinator_paid():
    project = ended(paid_project(), "renounce")
    assert rows(project)[-1][:4] == (2, 12, 30, TWELVE_DAYS)


def test_a_project_does_not_close_while_somebody_earns():
    project = paid_project()
    refusal = guards.no_salary_unpaid(project, by=OFFICE.officer, now=END, data={})
    assert "Month 2 of the coordinator's salary is counted when it ends, on 09/05/2026" in refusal
    over = at(3, 10, 2027)
    assert guards.no_salary_unpaid(project, by=OFFICE.officer, now=over, data={}) == ""


def test_what_nobody_handed_in_is_not_kept_when_a_project_closes():
    project = paid_project()
    counted(project)
    data = {}
    effects.end("close")(project, by=None, now=END, data=data)
    assert data["released"] == project.approved_amount
    assert committed(project) == ZERO


# --- Never above the cap -----------------------------------------------------------------------------------

WEEKS = st.integers(0, 80)


@given(
    months=st.integers(1, 18),
    scale=st.lists(
        st.tuples(WEEKS, st.decimals("0.01", 10**6, places=2)), max_size=4, unique_by=lambda row: row[0]
    ),
    stops=st.lists(st.tuples(WEEKS, st.integers(1, 40)), max_size=2, unique_by=lambda row: row[0]),
    ended_after=st.none() | st.integers(0, 500),
    most=st.decimals("0.01", 10**7, places=2),
)
def test_no_scale_extension_or_end_earns_more_than_the_line(months, scale, stops, ended_after, most):
    first = dt.date(2026, 3, 10)
    held = [sums.Stop(first + 7 * week * DAY, first + (7 * week + length) * DAY) for week, length in stops]
    if len(held) == 2 and held[0].last >= held[1].first and held[1].last >= held[0].first:
        held.pop()
    end = None if ended_after is None else first + ended_after * DAY
    found = sums.months(first, months, held, ended_on=end)
    rates = [sums.Rate(dt.date.min, PAY), *(sums.Rate(first + 7 * week * DAY, pay) for week, pay in scale)]
    post = sums.Post(1, first, first + 300 * DAY)
    earned = [each for month in found for each in sums.earned(month, [post], rates)]
    assert sum(sums.within([each.amount for each in earned], most)) <= most
    assert sum(each.days for each in earned) <= 301
    assert all(month.last <= (end or dt.date.max) for month in found)
    for month in found:
        # A part of a month is never worth more than its days.
        for each in sums.earned(month, [post], [sums.Rate(dt.date.min, PAY)]):
            assert each.amount <= PAY * each.days / month.length + Decimal("0.01")


def test_a_scale_an_extension_and_an_update_leave_the_line_and_its_cap_as_they_are(frozen):
    project = paid_project(salary_cap=Decimal("3600000.00"), **clause())
    connection.check_constraints()
    call = project.call
    scales.set_scale(
        by=OFFICE.admin,
        call=call,
        valid_from=dt.date(2026, 4, 10),
        per_month=Decimal("500000.00"),
        resolution="RES-7",
        now=NOON,
    )
    amended(project, "extension", months=3)
    # Only the other line follows the index.
    assert work_out(call, figure(call)).raised[0].rest == Decimal("500000.00")
    issued(call)
    project = Project.objects.get(pk=project.pk)
    assert project.approved_amount == Decimal("4225000.00")
    line = SalaryLine.objects.get(project=project)
    assert (line.amount, line.most) == (Decimal("3600000.00"), Decimal("3600000.00"))
    actions.count_months(at_noon(add_months(project.first_day, 16)))
    assert sum(row[3] for row in rows(project)) == line.most


def test_the_database_pays_no_salary_above_the_cap():
    project = ended(paid_project())
    sql = """
        INSERT INTO grants_tranche (project_id, kind, basis, number, amount, after_report, proof_percent, needs_surety,
            opened_at, version) VALUES (%s, 'salary', 'salary', 9, %s, 0, 0, false, now(), 0)
    """
    assert "above the line and its cap" in refused_by(sql, project.pk, Decimal("3600000.01"))
    assert "month that was accepted" in refused_by(sql, project.pk, TWELVE_DAYS)
