"""The ranking of a call: who sees it, where the money ends, what is tried and never saved, and many recommendations in one
step with a result for each."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from applications import turns
from applications.models import Application, Call, CallCut, DeclaredRelation, EnvelopeEntry
from applications.workflow import APPLICATION, CALL, REVIEW
from tests import standing
from tests.applications.staff_pages import browser, problems, words
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    amounts_of,
    application_at,
    make_call,
    send_review,
    staff_member,
    write_review,
)
from tests.factories_groups import give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
PAGE, RECOMMEND, EXPORT = "call_ranking", "ranking_recommend", "ranking_export"
MILLION = Decimal("1000000.00")


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def reviewed(call: Call, *scores: int, name: str = "", **how) -> Application:
    """In review, every review sent; three million asked."""
    application = application_at("in_review", call=call, group=make_group(name=name or "Grupo"), **how)
    for review, score in zip(application.reviews.order_by("pk"), scores or (8, 8), strict=True):
        send_review(review, score)
    return fresh(application)


def look(user, call: Call, **query):
    return browser(user).get(reverse(PAGE, args=[call.code]), query)


def post(user, name: str, call: Call, cut: int | None = None, **data):
    query = f"?cut={cut}" if cut else ""
    return browser(user).post(reverse(name, args=[call.code]) + query, data)


def pick(*applications: Application) -> list[str]:
    return [f"{each.pk}.{each.version}" for each in applications]


def order(page) -> list[int]:
    return [line.candidate.application.pk for line in page.context["lines"]]


def outcomes(page) -> list[str]:
    return [line.look for line in page.context["lines"]]


def make_three() -> list[Application]:
    """The second does not fit any more: five million, three asked by each."""
    call = make_call(envelope=5 * MILLION)
    return [
        reviewed(call, 9, 9, name="Alto"),
        reviewed(call, 8, 7, name="Medio"),
        reviewed(call, 7, 7, name="Bajo"),
    ]


three_stand = standing.made_once(make_three)


@pytest.fixture
def three(three_stand) -> list[Application]:
    return standing.again(three_stand)


@pytest.fixture
def call(request) -> Call:
    """That of the three, in a test that asks for them."""
    if "three" in request.fixturenames:
        return standing.again(request.getfixturevalue("three")[0].call)
    return make_call(envelope=5 * MILLION)


# --- Who ---------------------------------------------------------------------------------------------------


def test_who_reads_reviews_reads_the_ranking_and_only_officers_recommend(call, three):
    admin, auditor = OFFICE.admin, make_person("auditor")
    finance = staff_member("finance", Role.FINANCE)
    give_audit(auditor, call.case, by=admin)
    for user, recommends in ((OFFICE.officer, True), (OFFICE.approver, False), (auditor, False)):
        page = look(user, call)
        assert page.status_code == 200
        assert ("Recommend the chosen" in page.text) is recommends
        assert ('name="pick"' in page.text) is recommends
    for user in (admin, finance, OFFICE.reviewers[0], three[0].group.representative):
        assert look(user, call).status_code == 403
        assert browser(user).get(reverse(EXPORT, args=[call.code, "csv"])).status_code == 403
        assert post(user, RECOMMEND, call, pick=pick(three[0])).status_code == 403
    assert post(OFFICE.approver, RECOMMEND, call, pick=pick(three[0])).status_code == 403
    assert not Application.objects.filter(status="recommended").exists()


def test_who_holds_a_role_in_a_group_that_applies_sees_none_of_it(call, three):
    officer = staff_member("officer2", Role.OFFICER)
    assert look(officer, call).status_code == 200
    give_place(three[2].group, officer, Role.MEMBER)
    page = look(officer, call)
    assert page.status_code == 403
    assert "You hold a role in a group that applies to this call: its ranking is not for you." in page.text
    assert post(officer, RECOMMEND, call, step="do", pick=pick(three[0]), reason="R").status_code == 403


def test_what_is_not_there_is_not_found(call):
    user = browser(OFFICE.officer)
    assert user.get(reverse(PAGE, args=["NONE"])).status_code == 404
    assert user.get(f"/call-desk/{call.code}/ranking/export/pdf/").status_code == 404
    assert user.get(reverse(RECOMMEND, args=[call.code])).url == reverse(PAGE, args=[call.code])


# --- What it shows -----------------------------------------------------------------------------------------


def test_by_score_with_the_line_where_the_money_ends(call, three):
    page = look(OFFICE.officer, call)
    assert order(page) == [each.pk for each in three]
    assert outcomes(page) == ["pass", "warn", "reserve"]
    text = words(page)
    assert "3 applications with a place" in text
    assert "The money ends here" in text
    assert "Mean: (80 + 70) ÷ 2 = 75 %" in text.replace("\xa0", " ")
    assert "Learning: 7,5 / 10" in text
    assert f'id="case-{three[0].pk}"' in page.text


def test_who_still_waits_for_reviews_has_no_place_and_is_counted(call, three):
    application_at("in_review", call=call)
    application_at("submitted", call=call)
    page = look(OFFICE.officer, call)
    assert len(order(page)) == 3
    assert "1 application in review has no place yet: not all its reviews are in." in words(page)


def test_too_far_apart_is_not_all_in(three):
    call = make_call(max_spread=20)
    application = reviewed(call, 10, 6)
    page = look(OFFICE.officer, call)
    assert not page.context["lines"]
    assert page.context["board"].standing.reviewing == 1
    turn = turns.of(application, signed=True, live=application.reviews.all())
    assert turn.step == "reviews_assign"
    assert "one more review is needed" in turn.sentence


def test_what_was_decided_keeps_its_place_and_what_it_holds(call, three):
    approved = application_at("approved", call=call, score=10)
    reserve = application_at("reserve", call=call, score=6)
    application_at("rejected", call=call, score=10)
    page = look(OFFICE.approver, call)
    assert order(page) == [approved.pk, *[each.pk for each in three], reserve.pk]
    first = page.context["lines"][0]
    assert (first.look, first.row.entry.amount, first.row.cumulative) == ("approved", 3 * MILLION, 0)
    assert first.field is None
    # Two million are left: it does not reach the first that waits.
    assert outcomes(page) == ["approved", "warn", "reserve", "reserve", "reserve"]


def test_below_the_pass_mark_stands_apart(call, three):
    low = reviewed(call, 5, 5)
    page = look(OFFICE.officer, call)
    assert low.pk not in order(page)
    assert [line.candidate.application.pk for line in page.context["below"]] == [low.pk]
    assert "1 application below the pass mark" in words(page)


def test_a_tie_says_by_what_it_was_parted():
    call = make_call(tie_rule="criterion")
    second, first = reviewed(call, 8, 8), application_at("in_review", call=call)
    for review in first.reviews.all():
        written = write_review(review)
        # 10 × 60 % + 5 × 40 % is 80 %, as with 8 everywhere.
        written.scores.filter(criterion__order=1).update(score=10)
        written.scores.filter(criterion__order=2).update(score=5)
        REVIEW.apply(written, "send", by=written.reviewer, now=NOON)
    page = look(OFFICE.officer, call)
    assert order(page) == [first.pk, second.pk]
    assert "Equal score: less in the first criterion" in words(page)


def test_cut_by_cut():
    call = make_call(closes_at=None, intake=Call.Intake.CUTS, published=False)
    for number, days in ((1, -2), (2, 1)):
        CallCut.objects.create(call=call, number=number, at=NOON + days * DAY)
    call = CALL.apply(call, "publish", by=OFFICE.admin, now=call.opens_at - DAY)
    early, late = reviewed(call, now=NOON - 3 * DAY), reviewed(call, now=NOON - DAY)
    # The last cut that is over comes first.
    assert order(look(OFFICE.officer, call)) == [early.pk]
    page = look(OFFICE.officer, call, cut=2)
    assert order(page) == [late.pk]
    assert "More applications may come until" in words(page)
    for wrong in ("3", "0", "x", "1e9"):
        assert look(OFFICE.officer, call, cut=wrong).status_code == 404
    data = {f"amount_{late.pk}": "1.000,00", "pick": pick(late)}
    confirm = post(OFFICE.officer, RECOMMEND, call, cut=2, **data)
    assert confirm.status_code == 200
    assert f"{reverse(PAGE, args=[call.code])}?cut=2" in confirm.text
    answer = browser(OFFICE.officer).get(reverse(EXPORT, args=[call.code, "csv"]), {"cut": 2})
    assert f"ranking-{call.code}-2-" in answer["Content-Disposition"]


def test_a_reviewer_who_is_tied_since_stands_in_the_way_of_their_row_alone(call):
    tied, free = reviewed(call), reviewed(call)
    DeclaredRelation.objects.create(
        user=OFFICE.reviewers[0], group=tied.group, kind="works", declared_at=NOON
    )
    sentence = f"{OFFICE.reviewers[0]} may not review it: Declared a tie to this group."
    page = look(OFFICE.officer, call)
    assert words(page).count(sentence) == 1
    assert f'value="{pick(free)[0]}"' in page.text
    assert f'value="{pick(tied)[0]}"' not in page.text
    assert reverse("reviews_assign", args=[tied.pk]) in page.text
    # The approver only reads: what an officer has to do is not for them.
    assert sentence not in words(look(OFFICE.approver, call))
    found = results(do(call, tied, free))
    assert found[free.pk] == "Recommended"
    assert found[tied.pk].startswith(sentence)


def test_in_order_of_arrival():
    call = make_call(closes_at=None)
    late, early = reviewed(call, 10, 10, now=NOON), reviewed(call, 7, 7, now=NOON - DAY)
    page = look(OFFICE.officer, call)
    assert order(page) == [early.pk, late.pk]
    assert "In order of arrival" in words(page)


def test_without_anybody_it_says_why(call):
    assert "No application of this call has a place yet" in words(look(OFFICE.officer, call))


def test_it_costs_the_same_for_1_and_6_rows(call):
    user, url = browser(OFFICE.officer), reverse(PAGE, args=[call.code])

    def count(ask) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ask().status_code == 200
        return len(queries)

    one = reviewed(call)
    user.get(url)
    data = {f"amount_{one.pk}": "1"}
    # session, person, roles, the bell and what it counts are the frame's; the call, its cuts and criterion, the rows, the reviews,
    # and the ties of those who wrote them
    assert count(lambda: user.get(url)) == 10
    assert count(lambda: user.post(url, data)) == 10
    for _number in range(5):
        reviewed(call)
    assert count(lambda: user.get(url)) == 10
    assert count(lambda: user.post(url, data)) == 10


def test_more_than_a_screen_is_said_and_the_files_have_it_all(call, three, monkeypatch):
    monkeypatch.setattr("applications.views.ranking.MOST_SHOWN", 2)
    page = look(OFFICE.officer, call)
    assert order(page) == [each.pk for each in three[:2]]
    assert "The screen shows the first of them." in words(page)
    assert len(exported(call)) == 3


def test_more_than_can_be_ranked_is_refused_with_the_reason(call, three, monkeypatch):
    monkeypatch.setattr("applications.places.MOST_RANKED", 2)
    page = look(OFFICE.officer, call)
    assert page.status_code == 409
    assert "More than 2 applications" in words(page)


# --- What is tried -----------------------------------------------------------------------------------------


def test_other_amounts_move_the_line_and_nothing_is_saved(call, three):
    data = {
        f"amount_{each.pk}": amount
        for each, amount in zip(three, ["2.000.000", "2.000.000", "1000000,01"], strict=True)
    }
    page = post(OFFICE.approver, PAGE, call, **data)
    assert page.status_code == 200
    assert outcomes(page) == ["pass", "pass", "warn"]
    assert [line.row.cumulative for line in page.context["lines"]] == [
        2 * MILLION,
        4 * MILLION,
        Decimal("5000000.01"),
    ]
    assert 'value="1000000,01"' in page.text
    assert outcomes(look(OFFICE.approver, call)) == ["pass", "warn", "reserve"]
    assert not EnvelopeEntry.objects.exists()


def test_another_envelope(call, three):
    page = post(OFFICE.officer, PAGE, call, envelope="9.000.000,00")
    assert outcomes(page) == ["pass", "pass", "pass"]
    assert "$\xa09.000.000,00" in page.text
    call.refresh_from_db()
    assert call.envelope == 5 * MILLION


def test_an_envelope_below_what_is_committed(call, three):
    application_at("approved", call=call)
    page = post(OFFICE.officer, PAGE, call, envelope="2.999.999,99")
    assert page.status_code == 422
    assert "The amount must be at least $ 3.000.000,00." in problems(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("3.000.000,01", "The amount must be at most $ 3.000.000,00."),
        ("-1", "The amount cannot be negative."),
        ("NaN", "Write an amount in pesos"),
        ("1e308", "Write an amount in pesos"),
        ("9" * 40, "This amount is too large."),
        ("", "Write an amount; it may be zero."),
        ("1.0055", "Write an amount in pesos"),
    ],
)
def test_a_wrong_amount_is_said_at_its_field(call, three, typed, sentence):
    name = f"amount_{three[1].pk}"
    for url, more in ((PAGE, {}), (RECOMMEND, {"pick": pick(three[0])})):
        page = post(OFFICE.officer, url, call, **{name: typed}, **more)
        assert page.status_code == 422
        assert sentence in problems(page)
        assert f'href="#id_{name}"' in page.text
        assert f'value="{typed}"' in page.text or not typed
    # It counts as it was.
    assert outcomes(page) == ["pass", "warn", "reserve"]


def test_htmx_gets_the_figures_alone_and_reads_what_it_cannot_count(call, three):
    data = {f"amount_{three[0].pk}": "much", f"amount_{three[1].pk}": "2.000.000"}
    page = browser(OFFICE.officer).post(reverse(PAGE, args=[call.code]), data, headers={"hx-request": "true"})
    assert page.status_code == 200
    assert "<html" not in page.text
    assert f'<span id="sum-{three[1].pk}" hx-swap-oob="true">$\xa05.000.000,00</span>' in page.text
    assert f"count as they were: {three[0].reference}." in page.text


# --- Recommending many -------------------------------------------------------------------------------------


def do(call: Call, *applications: Application, amounts: str = "1.000.000,00", user=None, **more):
    data = {f"amount_{each.pk}": amounts for each in applications}
    values = {"step": "do", "pick": pick(*applications), "reason": "They fit.", **data, **more}
    return post(user or OFFICE.officer, RECOMMEND, call, **{k: v for k, v in values.items() if v is not None})


def results(page) -> dict[int, str]:
    assert page.status_code == 200, words(page)
    return {result.application.pk: result.sentence for result in page.context["results"]}


def test_first_they_are_shown_once_more_and_nothing_is_done(call, three):
    data = {f"amount_{three[0].pk}": "1.500.000", f"amount_{three[1].pk}": "3.000.000"}
    page = post(OFFICE.officer, RECOMMEND, call, pick=pick(*three[:2]), **data)
    assert page.status_code == 200
    text = words(page)
    assert "Recommend 2 applications" in text
    assert "is spread over the costs in proportion, to the cent" in text
    assert text.count("spread in proportion") == 1
    assert "$ 4.500.000,00" in text
    assert fresh(three[0]).status == "in_review"


def test_each_is_recommended_with_its_amount_spread_over_its_costs(call, three):
    note = {f"note_{three[1].pk}": "Less for the certificate."}
    page = do(call, *three[:2], amounts="1.000.000,01", **note)
    assert results(page) == {each.pk: "Recommended" for each in three[:2]}
    one, two = (each.recommendations.get() for each in three[:2])
    assert (one.amount, one.grounds) == (Decimal("1000000.01"), "They fit.")
    assert two.grounds == "They fit.\n\nLess for the certificate."
    # 2,5 and 0,5 million were asked.
    assert list(one.lines.values_list("amount", flat=True)) == [Decimal("833333.34"), Decimal("166666.67")]
    assert [fresh(each).status for each in three] == ["recommended", "recommended", "in_review"]
    assert one.recommended_by == OFFICE.officer


def test_below_the_pass_mark_without_money(call):
    low = reviewed(call, 4, 4)
    page = post(OFFICE.officer, RECOMMEND, call, pick=pick(low))
    assert "No money" in words(page)
    assert results(do(call, low, amounts="0")) == {low.pk: "Recommended"}
    assert low.recommendations.get().amount == 0
    other = reviewed(call, 4, 4)
    sentence = results(do(call, other, amounts="1"))[other.pk]
    assert sentence.startswith("Its score is 40")


def test_what_is_refused_says_why_and_stops_none_of_the_others(call, three):
    good, moved, taken = three
    stale = pick(moved)
    fresh_moved = fresh(moved)
    Application.objects.filter(pk=moved.pk).update(version=fresh_moved.version + 1)
    waiting = application_at("in_review", call=call)
    send_review(waiting.reviews.first())
    asked = {f"amount_{each.pk}": "1" for each in (*three, waiting)}
    picks = [*pick(good, taken, waiting), *stale]
    APPLICATION.apply(
        taken,
        "recommend",
        by=staff_member("officer2", Role.OFFICER),
        now=NOON,
        data={"amounts": amounts_of(taken), "reason": "Mine."},
    )
    page = post(OFFICE.officer, RECOMMEND, call, step="do", pick=picks, reason="All.", **asked)
    found = results(page)
    assert found[good.pk] == "Recommended"
    assert found[moved.pk].startswith("Somebody changed this since you opened the page.")
    assert "the state is now “Recommended”" in found[taken.pk]
    assert found[waiting.pk] == "Not all reviews are in: 1 of 2."
    assert taken.recommendations.get().grounds == "Mine."


def test_sent_twice_it_is_done_once(call, three):
    assert results(do(call, *three[:2])) == {each.pk: "Recommended" for each in three[:2]}
    again = results(do(call, *three[:2]))
    assert all("the state is now “Recommended”" in sentence for sentence in again.values())
    assert [each.recommendations.count() for each in three] == [1, 1, 0]


def test_a_review_voided_meanwhile_is_said(call, three):
    review = three[0].reviews.first()
    REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "A tie."})
    assert results(do(call, three[0]))[three[0].pk] == "Not all reviews are in: 1 of 2."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": " "}, "Fill in “Grounds, for all of them”."),
        ({"reason": "x" * 3001}, "at most 3000 characters"),
        ({"amounts": "3.000.000,01"}, "The amount must be at most $ 3.000.000,00."),
        ({"amounts": "x"}, "Write an amount in pesos"),
        ({"amounts": None}, "Fill in “Amount for"),
    ],
)
def test_a_mistake_on_the_second_page_does_nothing(call, three, change, sentence):
    page = do(call, three[0], **change)
    assert page.status_code == 422
    assert sentence in problems(page)
    assert "Recommend 1 application" in words(page)
    assert fresh(three[0]).status == "in_review"


def test_nothing_chosen_or_nonsense(call, three):
    other = reviewed(make_call())
    for picks in ([], ["x"], ["1"], [f"{three[0].pk}."], ["9" * 18 + ".1"], pick(other)):
        for step in ("", "do"):
            page = post(OFFICE.officer, RECOMMEND, call, pick=picks, step=step, reason="R")
            assert page.status_code == 422
            assert "Choose at least one application: tick it in the list." in problems(page)
    assert fresh(other).status == "in_review"


def test_too_many_at_once(call, three, monkeypatch):
    monkeypatch.setattr("applications.office.bulk.MOST_AT_ONCE", 2)
    for step in ("", "do"):
        page = post(OFFICE.officer, RECOMMEND, call, pick=pick(*three), step=step, reason="R")
        assert page.status_code == 422
        assert "Choose at most 2 applications at once." in problems(page)
    # What was ticked stays ticked.
    assert page.text.count(" checked") == 3


# --- Taking it along ---------------------------------------------------------------------------------------


def exported(call: Call) -> list[dict[str, str]]:
    answer = browser(OFFICE.approver).get(reverse(EXPORT, args=[call.code, "csv"]))
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_it_leaves_as_csv_and_xlsx(call, three):
    low = reviewed(call, 5, 5, name="=1+1")
    rows = exported(call)
    assert [row["Reference"] for row in rows] == [each.reference for each in (*three, low)]
    assert [row["Place"] for row in rows] == ["1", "2", "3", ""]
    assert [row["Money"] for row in rows] == [
        "Reached",
        "The money ends here",
        "Beyond the money",
        "Below the pass mark",
    ]
    assert rows[3]["Group"] == "'=1+1"
    assert rows[1]["Score"] == "75.00"
    assert rows[1]["Cumulative"] == "6000000.00"
    answer = browser(OFFICE.officer).get(reverse(EXPORT, args=[call.code, "xlsx"]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 5
    assert [cell.value for cell in sheet["B"]][1] == three[0].reference
