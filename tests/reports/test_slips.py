"""What slips rolls forward with its cause, and the plan stays as it was approved."""

import datetime as dt

import pytest
from django.urls import reverse

from core.dates import at_noon
from core.workflow import TransitionRefused
from grants.amendments import in_force
from reports import actions
from reports.content import progress_of
from reports.curve import with_answers
from reports.progress import progress_of_project
from reports.workflow import REPORT
from tests.factories_reports import answer, make_project, report_at, the_officer
from tests.reports.test_database import refused, run

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))


def kiln(report):
    return report.project.activities.get(name="Buy the kiln")


def post(client, report, **sent):
    report.refresh_from_db()
    url = reverse("report_activity", args=[report.pk, kiln(report).pk])
    return client.post(url, {"version": report.version, "what_was_done": "We worked.", **sent})


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"done_percent": "90", "reason": "Late.", "expected_last_month": "3"}, "expected_last_month",
         "Month 3 is in this period or before it"),
        ({"done_percent": "90", "reason": "Late.", "expected_last_month": "13"}, "expected_last_month",
         "The project ends in month 12. To go on longer, ask for an amendment."),
        ({"done_percent": "90", "reason": "Late.", "expected_last_month": "soon"}, "expected_last_month", ""),
        ({"done_percent": "90", "reason": " ", "expected_last_month": "5"}, "reason", "Say why it slipped."),
    ],
)  # fmt: skip
def test_a_slip_says_to_which_month_and_why(signed_in, time_machine, sent, field, sentence):
    time_machine.move_to(AFTER, tick=False)
    report = report_at("due")
    response = post(signed_in(report.group.representative), report, **sent)
    assert response.status_code == 422
    text = response.content.decode()
    assert sentence in text
    assert f'href="#id_{field}"' in text
    assert not report.activities.exists()


def test_it_is_carried_into_the_next_report_and_onto_the_page_of_the_project(signed_in, time_machine):
    time_machine.move_to(AFTER, tick=False)
    project = make_project()
    report = report_at("due", project)
    client = signed_in(project.group.representative)
    sent = {"done_percent": "60", "reason": "Customs held it back.", "expected_last_month": "5"}
    assert post(client, report, **sent).status_code == 302
    report.refresh_from_db()
    report = answer_rest(report)
    report = REPORT.apply(report, "submit", by=project.group.representative, now=AFTER)
    frozen = next(row for row in report.snapshot["activities"] if row["name"] == "Buy the kiln")
    assert (frozen["expected"], frozen["rolled_from"], frozen["last_month"]) == (5, 3, 3)
    assert kiln(report).last_month == 3  # the baseline
    page = client.get(reverse("project_detail", args=[project.pk])).content.decode()
    assert "What slipped" in page
    assert "from month 3 to month 5." in page
    assert "Customs held it back." in page
    REPORT.apply(report, "accept", by=the_officer(project), now=AFTER, data={})
    later = at_noon(dt.date(2026, 6, 10))
    time_machine.move_to(later, tick=False)
    second = report_at("due", project, number=2)
    client = signed_in(project.group.representative)
    response = client.get(reverse("report_activity", args=[second.pk, kiln(second).pk]))
    assert "It slipped to month 5: Customs held it back." in response.content.decode()
    # What was done so far is filled in, for the writer to change.
    assert response.context["form"]["done_percent"].value() == 60
    assert "Slipped to month 5." in client.get(reverse("report_edit", args=[second.pk])).content.decode()
    # Months 4 to 6 are over, and with them month 5: it slips again or is done.
    again = post(client, second, done_percent="80", reason="The same.", expected_last_month="8")
    assert again.status_code == 302
    assert post(client, second, done_percent="100").status_code == 302
    assert second.activities.get(activity=kiln(second)).expected_last_month is None


def answer_rest(report):
    by = report.group.representative
    for row in progress_of(report):
        if row.is_asked and not row.is_answered:
            report = actions.save_activity(
                by=by,
                report=report,
                activity=row.activity,
                version=report.version,
                now=AFTER,
                done_percent=row.planned,
                what_was_done="We worked.",
                reason="",
            )
    return actions.save_summary(by=by, report=report, version=report.version, now=AFTER, summary="Well.")


def test_it_lives_where_it_slipped_to():
    """In months 4 to 6 the kiln is none of the plan's; it slipped to month 5, and has its page."""
    project = make_project()
    report = report_at("draft", project)
    report.activities.filter(activity=kiln(report)).update(
        done_percent=100, reason="", expected_last_month=None
    )
    second = report_at("due", project, number=2)
    assert not next(row for row in progress_of(second) if row.activity == kiln(second)).is_asked
    report.activities.filter(activity=kiln(report)).update(
        done_percent=60, reason="Customs.", expected_last_month=5
    )
    row = next(row for row in progress_of(second) if row.activity == kiln(second))
    assert row.is_asked
    assert (row.rolled_to, row.ends, row.activity.last_month) == (5, 5, 3)


def test_nothing_is_sent_that_slips_without_its_month():
    report = report_at("due")
    by = report.group.representative
    report = answer(report, by=by, now=AFTER)
    report.activities.filter(activity=kiln(report)).update(done_percent=95, reason="Customs.")
    with pytest.raises(TransitionRefused, match="Say in which month this activity will be done"):
        REPORT.apply(report, "submit", by=by, now=AFTER)


def test_at_the_end_of_the_project_there_is_nowhere_to_roll_to():
    project = make_project(activities=(("Buy the kiln", 1, 12),))
    final = report_at("due", project, number=4)
    row = progress_of(final)[0]
    assert row.last_month == row.project_months == 12
    assert not row.would_slip(40)


def test_a_forged_month_is_refused_by_the_action():
    report = report_at("due")
    held = {
        "by": report.group.representative,
        "report": report,
        "activity": kiln(report),
        "version": report.version,
        "now": AFTER,
        "done_percent": 90,
        "what_was_done": "x",
    }
    for month, reason in ((3, "Late."), (40, "Late."), (5, " ")):
        with pytest.raises(TransitionRefused):
            actions.save_activity(**held, reason=reason, expected_last_month=month)


@pytest.mark.parametrize(
    "change",
    [
        "expected_last_month = 5, done_percent = 90, reason = ''",
        "expected_last_month = 5, done_percent = 100, reason = 'Late'",
        "expected_last_month = 0, done_percent = 90, reason = 'Late'",
        "expected_last_month = 61, done_percent = 90, reason = 'Late'",
    ],
)
def test_the_database_refuses_a_slip_without_its_cause(change):
    report = report_at("draft")
    with refused("slipped_activity_says_why"):
        run(f"UPDATE reports_reportactivity SET {change} WHERE report_id = %s", report.pk)


def test_a_report_speaks_of_its_own_projects_activities():
    from tests.factories_groups import make_group

    report = report_at("draft")
    elsewhere = make_project(make_group(name="Other")).activities.first()
    with refused("another project"):
        run(
            "UPDATE reports_reportactivity SET activity_id = %s WHERE id = %s",
            elsewhere.pk,
            report.activities.first().pk,
        )


def test_curve_and_bars_of_a_project_take_one_query(django_assert_num_queries):
    project = make_project()
    report_at("accepted", project)
    report_at("submitted", project, number=2)
    plan = in_force.plan_of(project)
    with django_assert_num_queries(1):
        shown = progress_of_project(plan, with_answers(project.reports))
    assert [row["done"] for row in shown["points"]][:6] == [None, None, 50, None, None, 67]
