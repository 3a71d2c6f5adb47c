"""The page of a meeting of reviewers: what it shows to whom, what is wrong at its field, what a second officer reads; and
where one finds it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Consensus
from core import duties
from core.dates import day_of
from reports import monday
from tests import standing
from tests.applications.agreement import agree, apart, meeting_call
from tests.applications.decision_pages import all_reviewed, fresh
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.applications.test_envelope import race
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, application_at, send_review, staff_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = NOON.date()


apart_stands = standing.made_once(apart)


@pytest.fixture
def application(apart_stands):
    return standing.again(apart_stands)


def typed(application, **changes) -> dict:
    """The form as an officer fills it in."""
    scores = {f"score_{criterion.pk}": "7" for criterion in application.call.criteria.all()}
    return {
        "held_on": "10/03/2026",
        "present": [str(person.pk) for person in OFFICE.reviewers],
        "text": "The plan is sound.",
        **scores,
        **changes,
    }


def sent(application, by=None, version=None, **changes):
    version = application.version if version is None else version
    data = typed(application, **changes)
    return post(by or OFFICE.officer, "application_consensus", application.pk, version=version, **data)


# --- The page ---------------------------------------------------------------------------------------------


def test_an_officer_sees_the_reviews_beside_each_other_and_records_what_they_agreed_on(application):
    page = words(get(OFFICE.officer, "application_consensus", application.pk))
    assert "10 / 10" in page
    assert "6 / 10" in page
    assert "Agreed score for “Learning”, from 0 to 10" in page
    assert "Reviewer1: 10 · Reviewer2: 6" in page
    assert "Scores too far apart" in page
    assert "Passes" not in page  # the mean would, and does not count
    assert "Put it on record" in page
    answer = sent(application)
    assert answer.status_code == 302
    consensus = Consensus.objects.get()
    assert consensus.total == 70
    page = words(get(OFFICE.officer, "application_consensus", application.pk)).replace("\xa0", " ")
    assert "Agreed when the reviewers met: 70 %, which counts instead of the mean of 80 %" in page
    assert "Officer, 10/03/2026" in page
    assert "Put it on record" not in page


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("held_on", "", "Fill in"),
        ("held_on", "31/02/2026", "Write a day that exists"),
        ("held_on", "11/03/2026", "cannot lie in the future"),
        ("held_on", "09/03/2026", "They can have met from 10/03/2026 on"),
        ("present", [], "Say who was there."),
        ("present", ["0"], "0"),
        ("present", ["x"], "x"),
        ("text", "   ", "Fill in"),
        ("text", "x" * 4001, "4000"),
        ("score", "", "Fill in"),
        ("score", "11", "“Learning”: a score from 0 to 10."),
        ("score", "-1", "“Learning”: a score from 0 to 10."),
        ("score", "7.5", "“Learning”: a whole number from 0 to 10."),
        ("score", "NaN", "whole number"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(application, name, value, sentence):
    if name == "score":
        name = f"score_{application.call.criteria.first().pk}"
    answer = sent(application, **{name: value})
    assert answer.status_code == 422
    assert sentence in problems(answer)
    assert f'href="#id_{name}' in answer.text
    assert not Consensus.objects.exists()


def test_one_alone_and_a_missing_third_are_said_at_their_fields():
    third = staff_member("reviewer3", Role.REVIEWER)
    application = apart((10, 6, 8), reviewers=[*OFFICE.reviewers, third])
    answer = sent(application, present=[str(third.pk)])
    assert answer.status_code == 422
    assert "At least two reviewers have to be there." in problems(answer)
    answer = sent(application)
    assert answer.status_code == 422
    assert "Not all reviewers were there: say why." in problems(answer)
    assert 'href="#id_why_missing"' in answer.text
    assert sent(application, why_missing="She is ill.").status_code == 302
    assert "She is ill." in words(get(OFFICE.officer, "application_consensus", application.pk))


def test_a_stale_page_keeps_what_was_typed(application):
    answer = sent(application, version=application.version - 1)
    assert answer.status_code == 409
    assert "Somebody changed this" in problems(answer)
    assert "The plan is sound." in answer.text
    assert not Consensus.objects.exists()


def test_the_second_officer_reads_who_was_first_and_finds_what_they_wrote(application):
    version = application.version
    assert sent(application).status_code == 302
    answer = sent(application, by=staff_member("officer2", Role.OFFICER), version=version, text="Mine.")
    assert answer.status_code == 409
    assert "Officer recorded it already: 70 %." in problems(answer)
    assert "Mine." in answer.text
    assert Consensus.objects.count() == 1


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: application_at("in_review"), "does not ask the reviewers to meet"),
        (lambda: application_at("recommended"), "the state is “Recommended”"),
        (lambda: all_reviewed((9, 8), call=meeting_call()), "nobody has to meet"),
        (lambda: application_at("in_review", call=meeting_call()), "Not all reviews are in: 0 of 2"),
    ],
)
def test_where_nobody_has_to_meet_the_page_says_why_and_nothing_is_recorded(make, sentence):
    application = make()
    page = get(OFFICE.officer, "application_consensus", application.pk)
    assert page.status_code == 200
    assert sentence in words(page)
    assert "Put it on record" not in page.text
    answer = sent(application)
    assert answer.status_code == 409
    assert sentence in problems(answer)


def test_others_read_it_and_do_not_write(application):
    agree(application)
    page = get(OFFICE.approver, "application_consensus", application.pk)
    assert page.status_code == 200
    assert sent(application, by=OFFICE.approver).status_code == 403
    assert get(OFFICE.reviewers[0], "application_consensus", application.pk).status_code == 403
    for person, code in ((OFFICE.admin, 403), (application.group.representative, 403)):
        assert get(person, "application_consensus", application.pk).status_code == code


def test_the_total_follows_what_is_typed(application):
    answer = post(OFFICE.officer, "consensus_total", application.pk, **typed(application))
    assert answer.status_code == 200
    assert "Total: 70\xa0%" in answer.text
    assert "<html" not in answer.text
    first = application.call.criteria.first()
    answer = post(
        OFFICE.officer, "consensus_total", application.pk, **typed(application, **{f"score_{first.pk}": "x"})
    )
    assert "Score every criterion to see the total." in answer.text
    assert post(OFFICE.approver, "consensus_total", application.pk).status_code == 403


def test_who_was_there_reads_at_their_review_what_was_recorded_and_nothing_of_the_others():
    third = staff_member("reviewer3", Role.REVIEWER)
    application = apart((10, 6, 8), reviewers=[*OFFICE.reviewers, third])
    reviews = {review.reviewer: review for review in application.reviews.all()}
    before = words(get(third, "review_detail", reviews[third].pk))
    assert "What the reviewers agreed on" not in before
    agree(application, present=[OFFICE.reviewers[0].pk, third.pk], why_missing="Ill.", text="We met halfway.")
    page = words(get(third, "review_detail", reviews[third].pk)).replace("\xa0", " ")
    assert "When they met on 10/03/2026: 70 %." in page
    assert "7 / 10" in page
    assert "We met halfway." in page
    assert "10 / 10" not in page
    assert "Reviewer1" not in page
    absent = OFFICE.reviewers[1]
    assert "We met halfway." not in words(get(absent, "review_detail", reviews[absent].pk))


# --- Where one finds it ------------------------------------------------------------------------------------


def test_the_case_page_leads_to_it_before_and_after(application):
    url = reverse("application_consensus", args=[application.pk])
    page = get(OFFICE.officer, "application_detail", application.pk)
    assert f'href="{url}"' in page.text
    assert "the reviewers must meet and agree" in words(page)
    assert "Record what the reviewers agree on" in words(page)
    assert "Record what the reviewers agree on" not in words(
        get(OFFICE.approver, "application_detail", application.pk)
    )
    agree(application)
    page = words(get(OFFICE.officer, "application_detail", application.pk)).replace("\xa0", " ")
    assert "10/03/2026, agreed on 70 %" in page
    assert "The reviewers met on 10/03/2026 and agreed on 70 %" in page
    assert "Waits for an officer: recommend." in page


def test_the_group_reads_nothing_of_the_meeting_before_the_decision(application):
    agree(application)
    page = words(get(application.group.representative, "application_detail", application.pk))
    assert "agreed on" not in page


def test_the_page_of_the_recommendation_leads_to_it(application):
    url = reverse("application_consensus", args=[application.pk])
    assert f'href="{url}"' in get(OFFICE.officer, "recommend", application.pk).text
    agree(application)
    page = get(OFFICE.officer, "recommend", application.pk)
    assert "See what the reviewers agreed on" in words(page)
    assert "Recommend to the approver" in page.text
    assert "Scores too far apart" not in page.text


def test_the_ranking_gives_a_place_with_what_was_agreed(application):
    page = words(get(OFFICE.officer, "call_ranking", application.call.code))
    assert "1 application in review has no place yet" in page
    assert f"their reviewers must meet: {application.case.reference}" in page
    agree(application)
    page = words(get(OFFICE.officer, "call_ranking", application.call.code)).replace("\xa0", " ")
    assert "Agreed when they met: 70 %" in page


def test_the_monday_list_names_the_step_and_its_day(application):
    row = next(
        row
        for row in monday.rows(OFFICE.officer, monday.ALL, NOON)[0]
        if row.application.pk == application.pk
    )
    assert row.turn.step == "consensus"
    assert row.turn.due_on == TODAY + application.call.days_to_review * DAY
    assert [link.url for link in row.acts] == [reverse("application_consensus", args=[application.pk])]
    agree(application)
    row = next(
        row
        for row in monday.rows(OFFICE.officer, monday.ALL, NOON)[0]
        if row.application.pk == application.pk
    )
    assert row.turn.step == "recommend"


# --- The duty ---------------------------------------------------------------------------------------------


def owed(user) -> list:
    """The meetings that somebody owes."""
    return [duty for duty in duties.of(user, day_of(NOON)) if duty.kind == "application.consensus"]


def test_officers_owe_the_record_until_it_is_there(application):
    (duty,) = owed(OFFICE.officer)
    assert duty.due_on == TODAY + application.call.days_to_review * DAY
    assert duty.since == TODAY
    assert duty.url == reverse("application_consensus", args=[application.pk])
    assert duty.words() == "The reviewers must meet: record what they agree on"
    assert duties.kind_words(duty) == "Reviewers who must meet"
    assert "Reviewers who must meet" in words(get(OFFICE.officer, "inbox"))
    assert owed(OFFICE.approver) == []
    agree(application)
    assert owed(OFFICE.officer) == []


def test_the_officer_in_charge_owes_it_alone(application):
    other = staff_member("officer2", Role.OFFICER)
    application.officer = other
    application.save()
    assert owed(OFFICE.officer) == []
    assert len(owed(other)) == 1


def test_nobody_owes_a_meeting_that_nothing_asks_for(application):
    agree(application)
    all_reviewed((9, 8), call=meeting_call())
    all_reviewed((10, 6))
    half = application_at("in_review", call=meeting_call())
    send_review(half.reviews.first(), 10)
    assert owed(OFFICE.officer) == []


def test_many_meetings_cost_what_one_costs(application):
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            owed(OFFICE.officer)
        return len(found)

    one = cost()
    apart(call=application.call)
    apart()
    assert cost() == one
    assert len(owed(OFFICE.officer)) == 3


def test_the_page_costs_the_same_with_more_reviews(application):
    third = staff_member("reviewer3", Role.REVIEWER)
    more = apart((10, 6, 8), reviewers=[*OFFICE.reviewers, third])

    def cost(of) -> int:
        client = browser(OFFICE.officer)
        client.get(reverse("application_consensus", args=[of.pk]))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("application_consensus", args=[of.pk]))
        return len(found)

    assert cost(application) == cost(more) <= 40


# --- At once ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_is_on_record_and_the_other_reads_why():
    application = apart()
    first, second = OFFICE.officer, staff_member("officer2", Role.OFFICER)

    def recorded(by):
        agree(fresh(application), by=by, version=application.version)
        return fresh(application)

    outcomes = race(lambda: recorded(first), lambda: recorded(second))
    assert "in_review" in outcomes
    (refused,) = [outcome for outcome in outcomes if outcome != "in_review"]
    assert re.search("recorded it already: 70", refused)
    assert Consensus.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_recommendation_at_the_same_moment_waits_for_the_meeting_or_is_refused():
    """Whatever comes first: nothing is ever recommended with a mean that the call does not let count."""
    application = apart()
    amounts = {f"amount_{line.pk}": "1000" for line in application.lines.all()}

    def recorded():
        agree(application)
        return fresh(application)

    def recommended():
        answer = browser(OFFICE.officer).post(
            reverse("recommend", args=[application.pk]),
            {**amounts, "reason": "Good.", "version": application.version},
        )
        assert answer.status_code in (302, 409)
        return fresh(application)

    race(recorded, recommended)
    assert Consensus.objects.count() == 1
    assert all(row.score == 70 for row in fresh(application).recommendations.all())
