"""A meeting of reviewers who lie too far apart (PROGRAMME 4): what can be recorded, by whom, once; and what it counts for."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.permissions import TABLE, Action
from accounts.roles import Role
from applications import agreeing, explanation, guards, letter, places, scoring, turns
from applications.comparison import compare
from applications.models import Application, Call, Consensus
from applications.workflow import APPLICATION, REVIEW
from core.models import Event, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from tests import standing
from tests.applications.agreement import agree, apart, meeting_call
from tests.applications.decision_pages import all_reviewed, fresh
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    amounts_of,
    application_at,
    approval,
    assign,
    make_call,
    return_for_changes,
    send_review,
    sign,
    staff_member,
    submit,
)
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = NOON.date()
apart_stands = standing.made_once(apart)


@pytest.fixture
def application(apart_stands):
    return standing.again(apart_stands)


def recommend(application: Application) -> Application:
    data = {"amounts": amounts_of(application), "reason": "They agree."}
    return APPLICATION.apply(application, "recommend", by=OFFICE.officer, now=NOON, data=data)


# --- What it does ----------------------------------------------------------------------------------------


def test_it_is_on_record_with_its_total_on_the_timeline_and_told_to_who_was_there(application):
    before = application.version
    criteria = list(application.call.criteria.all())
    consensus = agree(application, scores={criteria[0].pk: 9, criteria[1].pk: 5})
    assert consensus.total == Decimal("74.00")  # 9/10 × 60 + 5/10 × 40
    assert consensus.scores == {str(criteria[0].pk): 9, str(criteria[1].pk): 5}
    assert set(consensus.present.all()) == set(OFFICE.reviewers)
    assert (consensus.recorded_by, consensus.recorded_at) == (OFFICE.officer, NOON)
    assert fresh(application).version == application.version == before + 1
    event = Event.objects.get(action=agreeing.RECORDED)
    assert event.data["consensus"] == consensus.pk
    assert event.data["total"] == "74.00"
    assert event.data["present"] == [person.pk for person in OFFICE.reviewers]
    assert event.text is None
    told = Message.objects.filter(template="consensus_recorded")
    assert {message.recipient for message in told} == set(OFFICE.reviewers)


def test_until_they_met_nothing_is_recommended_and_no_further_review_helps(application):
    with pytest.raises(TransitionRefused, match=r"40 points apart.*the reviewers must meet and agree"):
        recommend(application)
    third = assign(application, reviewers=[staff_member("reviewer3", Role.REVIEWER)])[0]
    send_review(third, 8)
    with pytest.raises(TransitionRefused, match="must meet and agree"):
        recommend(application)
    people = [review.reviewer_id for review in agreeing.reviews_of(application)]
    agree(fresh(application), present=people)
    assert recommend(fresh(application)).status == "recommended"


def test_the_score_that_counts_is_the_same_everywhere():
    call = meeting_call(pass_mark=75)
    application = apart(call=call)  # the mean, 80, would pass
    agree(application)
    found = compare(application)
    assert (found.mean, found.score, found.passes, found.too_far_apart) == (80, 70, False, False)
    assert [row.agreed for row in found.rows] == [7, 7]
    assert scoring.score_of(application) == 70
    standing = places.read(call)
    assert [(each.score, each.agreed) for each in standing.candidates] == [(70, 70)]
    assert [entry.id for entry in standing.ranked(call.envelope).below] == [application.pk]
    with pytest.raises(TransitionRefused, match=r"Its score is 70 points"):
        recommend(application)


def test_what_was_agreed_goes_into_the_recommendation_the_letter_and_the_explanation(application):
    agree(application)
    data = {"reason": "It fits.", "resolution": "RES-1"}
    recommended = recommend(fresh(application))
    assert recommended.recommendations.get().score == 70
    assert letter.draft(recommended, "reject", data, by=OFFICE.approver, now=NOON).score == 70
    approved = APPLICATION.apply(
        recommended, "approve", by=OFFICE.approver, now=NOON, data=approval(recommended)
    )
    decision = approved.decisions.get()
    assert letter.content(decision).agreed == 70
    why = explanation.of(decision)
    assert why.same
    assert why.consensus.total == 70
    assert [part.points for part in why.agreed.parts] == [42, 28]
    assert any("agreed on" in again.what for again in why.again)


def test_it_is_the_officers_turn_until_it_is_recorded(application):
    live = list(application.reviews.all())
    turn = turns.of(application, signed=True, live=live)
    assert (turn.who, turn.step) == (Role.OFFICER, "consensus")
    assert turns.of(application, signed=True, live=live, met=True).step == "recommend"


def test_a_version_sent_again_starts_anew(application):
    first = agree(application)
    return_for_changes(fresh(application))
    application = submit(fresh(application))
    sign(application)
    for review in application.reviews.all():
        REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "Of the first version."})
    for review, score in zip(assign(application), (10, 6), strict=True):
        application = fresh(application)
        if application.status == "submitted" and application.reviews.live().count() == 2:
            APPLICATION.apply(application, "start_review", by=OFFICE.officer, now=NOON)
        send_review(review, score)
    application = fresh(application)
    assert scoring.score_of(application) == 80
    with pytest.raises(TransitionRefused, match="must meet and agree"):
        recommend(application)
    second = agree(fresh(application))
    assert second.submission != first.submission


# --- What is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"held_on": TODAY + DAY}, "cannot lie in the future"),
        ({"held_on": TODAY - DAY}, "They can have met from 10/03/2026 on"),
        ({"present": []}, "At least two reviewers"),
        ({"present": [0]}, "Only those whose reviews count"),
        ({"scores": {}}, "Score every criterion"),
        ({"scores": {0: 7}}, "a criterion that this call does not have"),
        ({"text": "  "}, "Say what was agreed"),
    ],
)
def test_a_record_is_whole(application, changes, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        agree(application, **changes)
    assert not Consensus.objects.exists()
    assert not Event.objects.filter(action=agreeing.RECORDED).exists()


@pytest.mark.parametrize("score", [-1, 11, None])
def test_scores_lie_within_the_scale(application, score):
    first, second = application.call.criteria.all()
    with pytest.raises(TransitionRefused, match=r"between 0 and 10|Score every"):
        agree(application, scores={first.pk: score, second.pk: 7})


def test_nobody_agrees_alone_and_nobody_else_was_there(application):
    one, _two = OFFICE.reviewers
    with pytest.raises(TransitionRefused, match="At least two"):
        agree(application, present=[one.pk, one.pk])
    stranger = staff_member("reviewer3", Role.REVIEWER)
    with pytest.raises(TransitionRefused, match="Only those whose reviews count"):
        agree(application, present=[one.pk, stranger.pk])


def test_who_was_missing_is_explained():
    third = staff_member("reviewer3", Role.REVIEWER)
    application = apart((10, 6, 8), reviewers=[*OFFICE.reviewers, third])
    with pytest.raises(TransitionRefused, match="Not all reviewers were there: say why"):
        agree(application)
    consensus = agree(application, why_missing="She is ill.")
    assert set(consensus.present.all()) == set(OFFICE.reviewers)
    assert agreeing.said_of_missing(consensus, application) == "She is ill."
    assert not Message.objects.filter(template="consensus_recorded", recipient=third).exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"max_spread": 20}, "does not ask the reviewers to meet"),
        ({"max_spread": 40, "spread_asks": "consensus"}, "within the 40 of the call: nobody has to meet"),
    ],
)
def test_only_where_the_call_asks_for_it(fields, sentence):
    application = all_reviewed((10, 6), call=Call.objects.get(pk=make_call(**fields).pk))
    with pytest.raises(TransitionRefused, match=sentence):
        agree(application)


def test_only_once_all_reviews_are_in():
    application = application_at("in_review", call=meeting_call())
    one, two = application.reviews.order_by("pk")
    send_review(one, 10)
    with pytest.raises(TransitionRefused, match="1 of 2"):
        agree(fresh(application))
    send_review(two, 6)
    assign(application, reviewers=[staff_member("reviewer3", Role.REVIEWER)])
    with pytest.raises(TransitionRefused, match="still being written"):
        agree(fresh(application))


@pytest.mark.parametrize("status", ["submitted", "changes_requested", "recommended", "withdrawn", "rejected"])
def test_only_in_review(status):
    application = application_at(status)
    with pytest.raises(TransitionRefused, match="This is not possible now"):
        agree(application)


def test_it_is_recorded_once_and_the_second_reads_by_whom(application):
    version = application.version
    agree(application)
    with pytest.raises(TransitionRefused, match=r"Officer recorded it already: 70\xa0%"):
        agree(fresh(application), version=version, by=staff_member("officer2", Role.OFFICER))
    assert Consensus.objects.count() == 1


def test_a_page_that_is_stale_records_nothing(application):
    with pytest.raises(StaleObject):
        agree(application, version=application.version - 1)


def test_the_reviews_that_were_agreed_on_stay_as_they_are():
    """A tie that shows later does not leave a score behind on which somebody agreed who may not review."""
    application = apart()
    agree(application)
    review = application.reviews.first()
    with pytest.raises(TransitionRefused, match="Return the application"):
        REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "A tie."})
    with pytest.raises(TransitionRefused, match="a further review would not count"):
        assign(fresh(application), reviewers=[staff_member("reviewer3", Role.REVIEWER)])
    return_for_changes(fresh(application))
    submit(fresh(application))
    done = REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "A tie."})
    assert done.status == "voided"


def test_nobody_who_came_to_be_tied_to_the_case_agrees_on_it(application):
    give_place(application.group, OFFICE.reviewers[0])
    with pytest.raises(TransitionRefused, match="Holds a role in this group"):
        agree(fresh(application))


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {*TABLE[Action.RECORD_CONSENSUS], Role.AUDITOR}]
)
def test_it_is_for_officers(application, role):
    if role in (Role.REPRESENTATIVE, Role.MEMBER, Role.VIEWER, Role.COORDINATOR, Role.NOMINEE):
        person = application.group.representative
    else:
        person = staff_member("somebody", role)
    with pytest.raises(NotAllowed):
        agree(application, by=person)


def test_a_reviewer_who_is_an_officer_too_does_not_record_the_own_meeting():
    one, _two = OFFICE.reviewers
    application = apart()
    staff_member("reviewer1", Role.OFFICER)
    one = type(one).objects.get(pk=one.pk)
    with pytest.raises(TransitionRefused, match="You are or were its reviewer"):
        agree(application, by=one)


def test_the_database_keeps_it_as_it_is(application):
    consensus = agree(application)
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Consensus.objects.update(total=99)
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Consensus.objects.all().delete()
    with pytest.raises(IntegrityError, match="submission"), transaction.atomic():
        Consensus.objects.create(
            submission=consensus.submission,
            held_on=TODAY,
            scores={},
            total=1,
            text="Again.",
            recorded_by=OFFICE.officer,
            recorded_at=NOON,
        )


# --- Pure -------------------------------------------------------------------------------------------------

TOTALS = st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=5)


@given(TOTALS, st.one_of(st.none(), st.decimals(0, 100, places=2)), st.booleans(), st.integers(1, 4))
def test_a_meeting_settles_just_what_lies_too_far_apart(totals, most, met, needed):
    """Of the same reviews a call that asks for a meeting is satisfied by one, and by nothing else; and one that is near
    enough needs none."""
    call = Call(max_spread=most, spread_asks="consensus", reviews_needed=needed)
    live = [Application.reviews.rel.related_model(total=total, status="sent") for total in totals]
    said = guards.why_not_all_in(call, live, met=met)
    if len(totals) < needed:
        assert "Not all reviews are in" in said
    else:
        wide = most is not None and max(totals) - min(totals) > most
        assert scoring.too_far_apart(call, totals) is wide
        assert bool(said) is (wide and not met)


@given(
    st.sets(st.integers(1, 6), max_size=6),
    st.sets(st.integers(1, 6), max_size=6),
    st.sampled_from(["", "  ", "ill"]),
)
def test_who_was_there_are_two_at_least_of_those_who_count(present, reviewers, why):
    said = agreeing.why_not_these(present, reviewers)
    assert (not said) is (len(present) >= 2 and present <= reviewers)
    assert bool(agreeing.why_missing_unsaid(present, reviewers, why)) is (
        bool(reviewers - present) and not why.strip()
    )


@given(st.dates(), st.dates(), st.dates())
def test_the_day_lies_between_the_last_review_and_today(held_on, first, today):
    assert (not agreeing.why_not_on(held_on, first=first, today=today)) is (first <= held_on <= today)


def test_they_can_have_met_from_the_day_on_which_this_version_and_the_last_review_were_there(application):
    submission = application.latest_submission
    sent = agreeing.reviews_of(application)
    assert agreeing.earliest_day(submission, sent) == TODAY
    sent[0].sent_at = NOON + dt.timedelta(days=3)
    assert agreeing.earliest_day(submission, sent) == TODAY + 3 * DAY
