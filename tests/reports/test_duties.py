"""What is owed about reports, and that people are reminded of it: once, in their language, and not of what is done."""

import datetime as dt

import pytest

from accounts.roles import Role
from core import duties, outbox
from core.dates import at_noon
from core.models import Message
from grants.workflow import PROJECT
from reports import duties as mine
from reports.workflow import REPORT
from tests.factories_groups import make_appointment, make_group
from tests.factories_reports import answer, make_call, make_project, plan_reports, report_at, the_officer

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 19)


def day(number: int) -> dt.date:
    """So many days after the due date."""
    return DUE + dt.timedelta(days=number)


def reminders(today: dt.date) -> dict[str, str]:
    """Runs the daily job of a day; answers the new messages: person → the title of the first line."""
    before = set(Message.objects.values_list("pk", flat=True))
    duties.remind(today, at_noon(today))
    return {
        message.recipient.email: message.context["first"]["title"]
        for message in Message.objects.filter(template="reminders").exclude(pk__in=before)
    }


def titles(user, today: dt.date) -> list[str]:
    return [duty.words() for duty in duties.of(user, today)]


def test_the_reporter_is_reminded_at_each_step_and_once():
    report = report_at("due")
    representative, officer = report.group.representative, the_officer(report.project)
    told = {}
    # Each step, its neighbours, and the last day; the simulated year goes day by day.
    for number in (-9, -8, -7, -6, -2, -1, 0, 1, 2, 6, 7, 8, 13, 14, 15, 19):
        for _again in range(2):
            for email, title in reminders(day(number)).items():
                told.setdefault(email, []).append((number, title))
    # It fell due 9 days before its date: the step of 14 days is told on the first day.
    assert told[representative.email] == [(n, "Send Report 1") for n in (-9, -7, -1, 0, 1, 7, 14)]
    assert told[officer.email] == [(n, "Report 1 is late") for n in (7, 14)]


def test_the_reminder_leads_to_the_form_and_speaks_the_language():
    report = report_at("due")
    representative = report.group.representative
    representative.language = "es"
    representative.save()
    reminders(day(-7))
    message = Message.objects.get(recipient=representative, template="reminders")
    assert message.language == "es"
    assert message.context["url"].endswith(f"/reports/{report.pk}/write/")
    assert message.case == report.case
    assert outbox.letter_of(message).subject.startswith(report.case.reference)


def test_the_coordinator_owes_it_while_there_is_one(person):
    project = make_project()
    coordinator = person("coordinator")
    make_appointment(
        project.group,
        coordinator,
        "ended",
        confirmed_from=dt.date(2025, 12, 1),
        ended_on=dt.date(2026, 3, 15),
    )
    report_at("due", project)
    assert titles(coordinator, dt.date(2026, 3, 15)) == ["Send Report 1"]
    assert titles(project.group.representative, dt.date(2026, 3, 15)) == []
    assert titles(coordinator, dt.date(2026, 3, 16)) == []
    assert titles(project.group.representative, dt.date(2026, 3, 16)) == ["Send Report 1"]


def test_nothing_is_owed_before_it_falls_due_or_after_it_was_sent():
    project = make_project()
    report = plan_reports(project)[0]
    representative = project.group.representative
    assert titles(representative, day(0)) == []
    report = report_at("due", project)
    assert titles(representative, day(0)) == ["Send Report 1"]
    report = answer(report, by=representative, now=at_noon(day(0)))
    assert titles(representative, day(0)) == ["Send Report 1"]
    REPORT.apply(report, "submit", by=representative, now=at_noon(day(0)))
    assert titles(representative, day(0)) == []


@pytest.mark.parametrize("name", ["skip", "cancel"])
def test_what_was_left_out_is_owed_no_more(name):
    report = report_at("due")
    REPORT.apply(
        report, name, by=the_officer(report.project), now=at_noon(day(0)), data={"reason": "A strike."}
    )
    assert reminders(day(0)) == {}


def test_a_report_that_was_moved_reminds_of_its_new_date():
    report = report_at("due")
    representative = report.group.representative
    reminders(day(0))
    new = {"due_on": day(20), "reason": "Floods."}
    REPORT.apply(report, "move", by=the_officer(report.project), now=at_noon(day(0)), data=new)
    assert reminders(day(1)) == {}
    assert reminders(day(6)) == {representative.email: "Send Report 1"}
    line = Message.objects.filter(template="reminders").latest("id").context["first"]
    assert line["due_on"] == f"{day(20):%d/%m/%Y}"


def test_while_the_project_is_suspended_nobody_is_reminded():
    report = report_at("due")
    PROJECT.apply(
        report.project,
        "suspend",
        by=the_officer(report.project),
        now=at_noon(day(-1)),
        data={"reason": "A flood."},
    )
    # But for the office, of the letter of suspension.
    assert list(reminders(day(0))) == [the_officer(report.project).email]
    assert titles(report.group.representative, day(0)) == []


def test_a_submitted_report_is_owed_by_its_officer():
    report = report_at("submitted", now=at_noon(DUE))
    officer = the_officer(report.project)
    assert titles(officer, day(0)) == ["Look at, and accept or return: Report 1"]
    assert [duty.due_on for duty in duties.of(officer, day(0))] == [day(10)]
    REPORT.apply(report, "return_report", by=officer, now=at_noon(day(0)), data={"reason": "Show it."})
    assert titles(officer, day(1)) == []
    assert titles(report.group.representative, day(1)) == ["Send Report 1"]


def test_when_its_officer_has_left_every_officer_hears(staff):
    report = report_at("submitted", now=at_noon(DUE))
    officer = the_officer(report.project)
    other = staff("officer", Role.OFFICER)
    assert titles(other, day(0)) == []
    officer.role_grants.update(valid_to=at_noon(day(-3)))
    officer.forget_roles()
    assert titles(other, day(0)) == ["Look at, and accept or return: Report 1"]
    assert titles(officer, day(0)) == []


def test_an_observation_is_owed_until_it_is_met():
    from reports.actions import meet_observation

    row = {"text": "Send the invoice", "due_on": day(10)}
    report = report_at("accepted", observations=(row,))
    representative, officer = report.group.representative, the_officer(report.project)
    assert titles(representative, day(0)) == ["Meet an observation on Report 1"]
    assert titles(officer, day(17)) == ["An observation on Report 1 is late"]
    meet_observation(by=officer, observation=report.observations.get(), now=at_noon(day(1)))
    assert titles(representative, day(0)) == []


def test_others_owe_nothing(person, staff):
    report = report_at("due")
    for user in (person("stranger"), staff("finance", Role.FINANCE), staff("officer", Role.OFFICER)):
        assert titles(user, day(20)) == []
    assert titles(report.group.representative, day(20)) == ["Send Report 1"]


def test_sources_keep_to_the_dates_that_they_are_asked_for():
    """Both included."""
    report = report_at("due")
    asked = {"today": DUE, "user": report.group.representative}
    assert len(list(mine.reports_due(due_from=DUE, due_to=DUE, **asked))) == 1
    assert list(mine.reports_due(due_from=day(1), due_to=day(9), **asked)) == []
    assert list(mine.reports_due(due_from=day(-9), due_to=day(-1), **asked)) == []
    submitted = report_at("submitted", make_project(make_group(name="Other")), now=at_noon(DUE))
    officer = the_officer(submitted.project)
    asked = {"today": DUE, "user": officer}
    assert len(list(mine.reports_to_check(due_from=day(10), due_to=day(10), **asked))) == 1
    assert list(mine.reports_to_check(due_from=day(11), due_to=day(20), **asked)) == []
    assert list(mine.reports_to_check(due_from=day(0), due_to=day(9), **asked)) == []


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("source", [mine.reports_due, mine.reports_to_check, mine.observations_due])
def test_a_source_costs_the_same_with_one_and_with_six(source, number, django_assert_num_queries):
    group = make_group()
    state = {mine.reports_due: "due", mine.reports_to_check: "submitted"}.get(source, "accepted")
    rows = ({"text": "Send the invoice", "due_on": day(10)},) if state == "accepted" else ()
    for _number in range(number):
        report_at(state, make_project(group, call=make_call()), observations=rows)
    # The officers, and the rows.
    with django_assert_num_queries(2):
        assert len({duty.key for duty in source(today=DUE)}) == number
