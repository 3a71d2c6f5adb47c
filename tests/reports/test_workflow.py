"""Every move of a report: the literal table, and the refusal of every other."""

import datetime as dt

import pytest

from accounts.roles import Role
from core.dates import at_noon
from core.models import Event, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants.models import Project
from reports.models import Observation, ProgressReport
from reports.workflow import REPORT
from tests.factories_groups import give_place, make_appointment, make_group
from tests.factories_reports import answer, make_project, make_report, report_at, the_officer

pytestmark = pytest.mark.django_db

# from → {transition: to}. PROGRAMME 5, Progress report.
GRID = {
    "planned": {
        "fall_due": "due",
        "move": "planned",
        "skip": "skipped",
        "cancel": "cancelled",
        "void": "cancelled",
    },
    "due": {"write": "draft", "move": "due", "skip": "skipped", "cancel": "cancelled", "void": "cancelled"},
    "draft": {
        "submit": "submitted",
        "move": "draft",
        "skip": "skipped",
        "cancel": "cancelled",
        "void": "cancelled",
    },
    "submitted": {"return_report": "returned", "accept": "accepted", "void": "cancelled"},
    "returned": {
        "submit": "submitted",
        "move": "returned",
        "skip": "skipped",
        "cancel": "cancelled",
        "void": "cancelled",
    },
    "accepted": {},
    "skipped": {},
    "cancelled": {},
}
NAMES = ("fall_due", "write", "submit", "return_report", "accept", "move", "skip", "cancel", "void")
SYSTEM = {"fall_due", "void"}
OFFICE = {"return_report", "accept", "move", "skip", "cancel"}
AFTER = at_noon(dt.date(2026, 3, 10))  # the day after the first period


def data_of(name: str) -> dict:
    if name == "move":
        return {"reason": "Floods.", "due_on": dt.date(2026, 5, 1)}
    return {"reason": "Because."} if name in OFFICE - {"accept"} else {}


def test_the_grid_names_every_state_and_every_transition():
    assert set(GRID) == set(ProgressReport.Status.values)
    assert set(NAMES) == set(REPORT.by_name)


@pytest.mark.parametrize("state", list(GRID))
def test_every_allowed_move_and_no_other(state):
    from django.db import transaction

    report = report_at(state)
    representative, officer = report.group.representative, the_officer(report.project)
    for name in NAMES:
        by = None if name in SYSTEM else officer if name in OFFICE else representative
        if name in GRID[state]:
            with transaction.atomic():
                moved = REPORT.apply(report, name, by=by, now=AFTER, data=data_of(name))
                assert moved.status == GRID[state][name], name
                event = Event.objects.latest("id")
                if name not in ("submit", "accept"):  # those write more events
                    assert (event.from_state, event.to_state) == (state, moved.status)
                transaction.set_rollback(True)
        else:
            with pytest.raises(TransitionRefused):
                REPORT.apply(report, name, by=by, now=AFTER, data=data_of(name))
        report.refresh_from_db()
        assert report.status == state


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_moves_it(name):
    state = next(state for state in GRID if name in GRID[state])
    report = report_at(state)
    group = report.group
    from tests.cast import make_person

    member, viewer, stranger = make_person("member"), make_person("viewer"), make_person("stranger")
    give_place(group, member, Role.MEMBER)
    give_place(group, viewer, Role.VIEWER)
    others = [member, viewer, stranger]
    if name in OFFICE or name in SYSTEM:
        others.append(group.representative)
    if name not in OFFICE:
        others.append(the_officer(report.project))
    for person in others:
        with pytest.raises(NotAllowed):
            REPORT.apply(report, name, by=person, now=AFTER, data=data_of(name))


def test_a_stale_version_changes_nothing():
    report = report_at("submitted")
    with pytest.raises(StaleObject):
        REPORT.apply(
            report, "accept", by=the_officer(report.project), now=AFTER, version=report.version - 1, data={}
        )
    report.refresh_from_db()
    assert report.status == "submitted"


def test_it_falls_due_on_the_day_after_its_period_in_buenos_aires():
    report = make_report()
    last = dt.datetime.combine(report.period_to, dt.time(23, 59), at_noon(report.period_to).tzinfo)
    with pytest.raises(TransitionRefused, match="Its period ends on"):
        REPORT.apply(report, "fall_due", by=None, now=last)
    assert REPORT.apply(report, "fall_due", by=None, now=last + dt.timedelta(minutes=1)).status == "due"


# --- Who reports -------------------------------------------------------------------------------------


def test_while_there_is_a_coordinator_the_representative_does_not_report(person):
    project = make_project()
    coordinator = person("coordinator")
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    report = report_at("due", project)
    with pytest.raises(TransitionRefused, match="Coordinator coordinates this project"):
        REPORT.apply(report, "write", by=project.group.representative, now=AFTER)
    assert REPORT.apply(report, "write", by=coordinator, now=AFTER).status == "draft"


def test_when_the_coordinator_has_left_the_representative_reports(person):
    project = make_project()
    make_appointment(
        project.group,
        person("coordinator"),
        "ended",
        confirmed_from=dt.date(2025, 12, 1),
        ended_on=dt.date(2026, 3, 9),
    )
    report = report_at("due", project)
    assert REPORT.apply(report, "write", by=project.group.representative, now=AFTER).status == "draft"


def test_an_officer_does_not_judge_what_they_submitted():
    """The coordinator left, and became an officer: their own report is for somebody else."""
    report = report_at("submitted")
    officer = the_officer(report.project)
    ProgressReport.objects.filter(pk=report.pk)
    report.submitted_by_id = officer.pk
    from reports import guards

    assert "another officer" in guards.is_another_person(report, by=officer, now=AFTER, data={})


# --- What a report needs -------------------------------------------------------------------------------


def test_every_activity_that_lives_is_answered_before_it_is_sent():
    report = report_at("due")
    representative = report.group.representative
    report = REPORT.apply(report, "write", by=representative, now=AFTER)
    with pytest.raises(
        TransitionRefused, match="2 activities have no answer yet, the first is: Buy the kiln"
    ):
        REPORT.apply(report, "submit", by=representative, now=AFTER)
    report = answer(report, by=representative, now=AFTER)
    assert REPORT.apply(report, "submit", by=representative, now=AFTER).status == "submitted"


def test_a_summary_is_asked():
    report = report_at("draft")
    ProgressReport.objects.filter(pk=report.pk).update(summary=" ")
    with pytest.raises(TransitionRefused, match="how the period went"):
        REPORT.apply(report, "submit", by=report.group.representative, now=AFTER)


def test_far_behind_the_plan_a_reason_is_asked():
    """The call lets 15 points pass: 35 of 50 needs no reason, 34 does."""
    report = report_at("draft")
    row = report.activities.get(activity__name="Train the operators")
    representative = report.group.representative
    row.done_percent = 34
    row.save()
    with pytest.raises(TransitionRefused, match="Say why this activity is behind: Train the operators"):
        REPORT.apply(report, "submit", by=representative, now=AFTER)
    row.done_percent = 35
    row.save()
    assert REPORT.apply(report, "submit", by=representative, now=AFTER).status == "submitted"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(Project.Status.SUSPENDED, "The project is suspended"), (Project.Status.TERMINATED, "has ended")],
)
def test_nothing_moves_while_the_project_stands_still(status, sentence):
    project = make_project(status=status)
    report = make_report(project)
    ProgressReport.objects.filter(pk=report.pk).update(status="due")
    report.refresh_from_db()
    with pytest.raises(TransitionRefused, match=sentence):
        REPORT.apply(report, "write", by=project.group.representative, now=AFTER)


# --- The officer's acts ----------------------------------------------------------------------------------


def test_a_return_says_what_to_change():
    report = report_at("submitted")
    with pytest.raises(TransitionRefused, match="Say what to change"):
        REPORT.apply(report, "return_report", by=the_officer(report.project), now=AFTER, data={"reason": " "})


def test_a_return_keeps_what_was_handed_over():
    report = report_at("returned")
    kept = report.returns.get()
    assert kept.sha256 == report.sha256
    assert kept.snapshot["activities"][0]["what_was_done"] == "Bought and installed."
    assert kept.note == "Show the invoice."
    message = Message.objects.get(template="report_returned")
    assert message.recipient == report.group.representative
    assert message.context["note"] == "Show the invoice."


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        (None, "on which day"),
        (dt.date(2026, 3, 9), "in the past"),
        (dt.date(2026, 3, 19), "on that day already"),
    ],
)
def test_a_date_that_does_not_hold_is_refused(due_on, sentence):
    report = report_at("due")
    with pytest.raises(TransitionRefused, match=sentence):
        REPORT.apply(
            report,
            "move",
            by=the_officer(report.project),
            now=AFTER,
            data={"due_on": due_on, "reason": "Floods."},
        )


def test_a_move_needs_a_reason_and_is_told():
    report, officer = report_at("due"), None
    officer = the_officer(report.project)
    new = {"due_on": dt.date(2026, 5, 1)}
    with pytest.raises(TransitionRefused, match="Say why"):
        REPORT.apply(report, "move", by=officer, now=AFTER, data=new)
    moved = REPORT.apply(report, "move", by=officer, now=AFTER, data={**new, "reason": "Floods."})
    assert (moved.status, moved.due_on) == ("due", dt.date(2026, 5, 1))
    event = Event.objects.get(action="progressreport.move")
    assert event.data == {"number": 1, "due_on": "2026-05-01", "was_due_on": "2026-03-19"}
    assert event.text.text == "Floods."
    assert Message.objects.filter(template="report_moved").count() == 1


@pytest.mark.parametrize("name", ["skip", "cancel"])
def test_the_final_report_is_never_left_out(name):
    report = make_report(number=4)
    assert report.is_final
    with pytest.raises(TransitionRefused, match="final report"):
        REPORT.apply(report, name, by=the_officer(report.project), now=AFTER, data={"reason": "Because."})


# --- Acceptance -------------------------------------------------------------------------------------------


def test_acceptance_opens_the_tranche_that_waits_for_it_and_asks_for_the_document():
    report = report_at("accepted")
    first, second = report.project.tranches.order_by("number")
    assert first.opened_at is not None
    assert second.opened_at is not None
    job = report.case.jobs.get(kind="progress_report")
    assert (job.key, job.params) == (f"progress_report.{report.pk}", {"report": report.pk})
    assert Message.objects.filter(template="report_accepted").count() == 1


def test_another_report_opens_nothing():
    project = make_project(tranches=((1, 40, 0), (2, 60, 2)))
    report_at("accepted", project)
    assert project.tranches.get(number=2).opened_at is None


def test_observations_hold_the_money_that_they_name_and_no_other():
    project = make_project(tranches=((1, 40, 0), (2, 30, 1), (3, 30, 1)))
    held = project.tranches.get(number=2)
    rows = (
        {"text": "Send the invoice", "due_on": dt.date(2026, 4, 1), "tranche": held.pk},
        {"text": "Photograph the kiln", "due_on": dt.date(2026, 4, 2), "tranche": None},
    )
    report = report_at("accepted", project, observations=rows)
    assert [row.text for row in report.observations.all()] == ["Send the invoice", "Photograph the kiln"]
    assert project.tranches.get(number=2).opened_at is None
    assert project.tranches.get(number=3).opened_at is not None
    assert report.snapshot["accepted"]["observations"][0] == {
        "text": "Send the invoice",
        "due_on": "2026-04-01",
        "tranche": 2,
    }


def test_meeting_the_observation_lets_the_money_go(person):
    from reports.actions import meet_observation

    project = make_project(tranches=((1, 40, 0), (2, 60, 1)))
    held = project.tranches.get(number=2)
    rows = tuple({"text": text, "due_on": dt.date(2026, 4, 1), "tranche": held.pk} for text in ("One", "Two"))
    report_at("accepted", project, observations=rows)
    one, two = Observation.objects.order_by("id")
    officer = the_officer(project)
    with pytest.raises(NotAllowed):
        meet_observation(by=project.group.representative, observation=one, now=AFTER)
    meet_observation(by=officer, observation=one, now=AFTER)
    assert project.tranches.get(number=2).opened_at is None
    meet_observation(by=officer, observation=two, now=AFTER)
    assert project.tranches.get(number=2).opened_at == AFTER
    with pytest.raises(TransitionRefused, match="already"):
        meet_observation(by=officer, observation=two, now=AFTER)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"text": " ", "due_on": dt.date(2026, 4, 1)}, "still to be done"),
        ({"text": "x", "due_on": dt.date(2026, 3, 10)}, "date to come"),
        ({"text": "x", "due_on": None}, "date to come"),
        ({"text": "x", "due_on": dt.date(2026, 4, 1), "tranche": 1}, "open already, or is not of this"),
    ],
)
def test_an_observation_that_does_not_hold_is_refused(row, sentence):
    report = report_at("submitted")
    if "tranche" in row:
        row = {**row, "tranche": report.project.tranches.get(number=1).pk}  # open since the start
    with pytest.raises(TransitionRefused, match=sentence):
        REPORT.apply(
            report, "accept", by=the_officer(report.project), now=AFTER, data={"observations": [row]}
        )
    assert not Observation.objects.exists()


def test_a_tranche_of_another_project_cannot_be_held():
    other = make_project(make_group(name="Other"), tranches=((1, 40, 0), (2, 60, 1)))
    report = report_at("submitted")
    row = {
        "text": "x",
        "due_on": dt.date(2026, 4, 1),
        "tranche": other.tranches.get(number=2).pk,
    }
    with pytest.raises(TransitionRefused, match="not of this project"):
        REPORT.apply(
            report, "accept", by=the_officer(report.project), now=AFTER, data={"observations": [row]}
        )
