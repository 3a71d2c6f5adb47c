"""Conditions of an approval with a day: written with it, owed by the representative, met before an officer."""

import datetime as dt

import pytest
from django.urls import reverse

from applications import conditions, duties, letter
from applications.models import Application, DecisionCondition
from applications.workflow import APPLICATION
from core import duties as owed
from core import timeline
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, approval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "recommended_stands")]
TODAY = dt.date(2026, 3, 10)
DAY = dt.timedelta(days=1)
TWO = [("Insure the kiln", TODAY + 10 * DAY), ("Show the deed", TODAY + 30 * DAY)]


def approved(*rows) -> Application:
    application = application_at("recommended")
    data = approval(application, dated_conditions=list(rows or TWO))
    return APPLICATION.apply(application, "approve", by=OFFICE.approver, now=NOON, data=data)


def conditions_of(application: Application) -> list[DecisionCondition]:
    return list(DecisionCondition.objects.filter(decision__application=application))


def meet(condition: DecisionCondition, by=None, **more) -> DecisionCondition:
    asked = {"met_on": TODAY, "proof": "The policy of 9 March.", "now": NOON, **more}
    return conditions.meet(by=by or OFFICE.officer, condition=condition, **asked)


def typed(application: Application, **more) -> dict:
    lines = {f"amount_{line.pk}": str(line.programme_share) for line in application.lines.all()}
    base = {"decision": "approve", "resolution": "RES-1", "reason": "It fits.", **lines}
    return {**base, "condition_1": "Insure the kiln", "condition_1_on": "2026-03-20", **more}


# --- Deciding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "sentence", "field"),
    [
        ({"condition_1_on": ""}, "Say by when the group does it.", "condition_1_on"),
        ({"condition_1": ""}, "Say what the group does by this day.", "condition_1"),
        ({"condition_1_on": "2026-03-10"}, "The day of a condition has to be after today.", "condition_1_on"),
        ({"condition_1_on": "2020-01-01"}, "The day of a condition has to be after today.", "condition_1_on"),
        ({"condition_1_on": "31/02/2027"}, "", "condition_1_on"),
        ({"condition_6": "Last", "condition_6_on": ""}, "Say by when", "condition_6_on"),
    ],
)
def test_a_condition_that_is_not_whole_is_said_at_its_field(more, sentence, field):
    application = application_at("recommended")
    page = post(
        OFFICE.approver,
        "decide",
        application.pk,
        version=application.version,
        step="check",
        **typed(application, **more),
    )
    assert page.status_code == 422
    assert sentence in problems(page)
    assert f'href="#id_{field}"' in page.text


def test_conditions_live_through_the_letter_and_a_change_and_stand_in_it():
    application = application_at("recommended")
    sent = typed(application, condition_3="Show the deed", condition_3_on="09/04/2026")
    checked = post(
        OFFICE.approver, "decide", application.pk, version=application.version, step="check", **sent
    )
    assert "Until 20/03/2026: Insure the kiln" in words(checked)
    assert "Until 09/04/2026: Show the deed" in words(checked)
    for name in ("condition_1", "condition_1_on", "condition_3", "condition_3_on"):
        assert f'name="{name}" value="{sent[name]}"' in checked.text
    changed = post(
        OFFICE.approver, "decide", application.pk, version=application.version, step="change", **sent
    )
    assert 'value="Show the deed"' in changed.text
    signed = post(OFFICE.approver, "decide", application.pk, version=application.version, step="sign", **sent)
    assert signed.status_code == 302
    decision = application.decisions.get()
    rows = [(row.order, row.text, row.due_on) for row in decision.dated_conditions.all()]
    assert rows == [(1, "Insure the kiln", TODAY + 10 * DAY), (2, "Show the deed", TODAY + 30 * DAY)]
    assert [each.text for each in letter.content(decision).dated_conditions] == [
        "Insure the kiln",
        "Show the deed",
    ]
    assert "with 2 conditions that have a day" in timeline.rows(application.case, OFFICE.officer)[0].sentence


def test_a_rejection_has_no_conditions_whatever_stands_in_their_fields():
    application = application_at("recommended")
    sent = typed(application, decision="reject", condition_1_on="never")
    answer = post(OFFICE.approver, "decide", application.pk, version=application.version, step="sign", **sent)
    assert answer.status_code == 302
    assert not DecisionCondition.objects.exists()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("Insure it", TODAY)], "after today"),
        ([("", TODAY + DAY)], "what the group does"),
        ([("Insure it", "tomorrow")], "by when"),
        ([("Insure it", TODAY + DAY)] * 7, "at most 6"),
    ],
)
def test_the_transition_itself_refuses_them_too(rows, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        approved(*rows)


# --- Owing -----------------------------------------------------------------------------------------------


def keys(user, day: dt.date) -> list[tuple[str, bool]]:
    return [(duty.key, duty.officer) for duty in owed.of(user, day) if duty.key.startswith("condition.")]


def test_the_representative_owes_each_and_officers_watch_from_seven_days_late():
    application = approved()
    first, second = conditions_of(application)
    representative, officer = application.group.representative, OFFICE.officer
    assert keys(representative, TODAY) == [
        (f"condition.{first.pk}", False),
        (f"condition.{second.pk}", False),
    ]
    assert keys(officer, first.due_on + 6 * DAY) == []
    assert keys(officer, first.due_on + 7 * DAY) == [(f"condition.{first.pk}", True)]
    everybody = list(duties.conditions_owed(today=TODAY))
    assert {duty.user_id for duty in everybody if not duty.officer} == {representative.pk}
    meet(first)
    assert keys(representative, TODAY) == [(f"condition.{second.pk}", False)]


@pytest.mark.parametrize("how", ["annul", "renounce"])
def test_an_approval_that_does_not_stand_any_more_asks_for_nothing(how):
    application = approved()
    by = OFFICE.approver if how == "annul" else application.group.representative
    data = {"reason": "An error of form.", "resolution": "ANN-1"}
    application = APPLICATION.apply(application, how, by=by, now=NOON, data=data)
    assert list(duties.conditions_owed(today=TODAY)) == []
    with pytest.raises(TransitionRefused, match="does not stand any more"):
        meet(conditions_of(application)[0])
    page = get(OFFICE.officer, "decision_detail", conditions_of(application)[0].decision_id)
    assert "nothing is owed for it" in page.text
    assert "Mark as met" not in page.text


# --- Meeting ---------------------------------------------------------------------------------------------


def test_an_officer_marks_one_as_met_once_with_what_shows_it():
    application = approved()
    condition = conditions_of(application)[0]
    page = reverse("condition_met", args=[condition.pk])
    client = browser(OFFICE.officer)
    assert "Insure the kiln" in client.get(page).text
    empty = client.post(page, {"met_on": "2026-03-10"})
    assert empty.status_code == 422
    late = client.post(page, {"met_on": "2026-03-11", "proof": "The policy."})
    assert late.status_code == 409
    assert "The policy." in late.text
    assert client.post(page, {"met_on": "2026-03-10", "proof": "The policy."}).status_code == 302
    condition.refresh_from_db()
    assert (condition.met_on, condition.met_by) == (TODAY, OFFICE.officer)
    row = timeline.rows(application.case, OFFICE.officer)[0]
    assert (row.sentence, row.details) == ("Condition 1 of the approval was met on 10/03/2026", "The policy.")
    assert client.post(page, {"met_on": "2026-03-10", "proof": "Again."}).status_code == 409
    group = get(application.group.representative, "decision_detail", condition.decision_id)
    assert "Met on 10/03/2026" in words(group)
    assert "Mark as met" not in group.text


def test_nobody_else_marks_it():
    condition = conditions_of(approved())[0]
    with pytest.raises(NotAllowed):
        meet(condition, by=OFFICE.approver)
    assert browser(OFFICE.approver).get(reverse("condition_met", args=[condition.pk])).status_code == 403
