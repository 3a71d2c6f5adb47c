"""Recommending: amounts per line, what is missing, and the comparison of what was reviewed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.comparison import compare
from tests.applications.decision_pages import all_reviewed, fresh, typed_amounts
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.factories_applications import (
    OFFICE,
    application_at,
    make_call,
    send_review,
    write_review,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "in_review_stands")]


# --- Recommending -------------------------------------------------------------------------------------


def test_an_officer_sees_the_scores_side_by_side_and_recommends_an_amount_per_line():
    application = all_reviewed((9, 6))
    page = words(get(OFFICE.officer, "recommend", application.pk)).replace("\xa0", " ")
    assert "9 / 10" in page
    assert "6 / 10" in page
    assert "Mean 75 %; the call's pass mark is 60 %." in page.replace("&#x27;", "'")
    assert "30 %" in page  # the spread of the totals
    data = typed_amounts(application, "2.000.000,00", "0")
    answer = post(
        OFFICE.officer,
        "recommend",
        application.pk,
        version=application.version,
        reason="A good plan.",
        **data,
    )
    assert answer.status_code == 302
    recommendation = application.recommendations.get()
    assert recommendation.amount == Decimal("2000000.00")
    assert recommendation.grounds == "A good plan."
    assert fresh(application).status == "recommended"


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        (("2500000.01", "0"), "The amount must be at most $ 2.500.000,00."),
        (("-1", "0"), "The amount cannot be negative."),
        (("NaN", "0"), "Write an amount in pesos"),
        (("1e308", "0"), "Write an amount in pesos"),
        (("9" * 30, "0"), "This amount is too large."),
        (("", "0"), "Fill in “Amount for “Drying kiln””."),
    ],
)
def test_a_wrong_amount_is_said_at_its_line(amounts, sentence):
    application = all_reviewed()
    data = typed_amounts(application, *amounts)
    page = post(
        OFFICE.officer, "recommend", application.pk, version=application.version, reason="Good.", **data
    )
    assert page.status_code == 422
    assert sentence in problems(page)
    assert f'href="#id_amount_{application.lines.first().pk}"' in page.text
    assert not application.recommendations.exists()


def test_a_recommendation_needs_grounds_and_a_fresh_page():
    application = all_reviewed()
    data = typed_amounts(application)
    path = ["recommend", application.pk]
    page = post(OFFICE.officer, *path, version=application.version, **data)
    assert page.status_code == 422
    assert "Fill in “Grounds”." in problems(page)
    page = post(OFFICE.officer, *path, version=application.version - 1, reason="Good.", **data)
    assert page.status_code == 409
    assert "Good." in page.text


def test_before_all_reviews_are_in_the_page_says_what_is_missing():
    application = application_at("in_review")
    send_review(application.reviews.first())
    page = get(OFFICE.officer, "recommend", application.pk)
    assert "Not all reviews are in: 1 of 2." in page.text
    assert "Recommend to the approver" not in page.text
    data = typed_amounts(application)
    page = post(
        OFFICE.officer, "recommend", application.pk, version=application.version, reason="Good.", **data
    )
    assert page.status_code == 409
    assert "Not all reviews are in: 1 of 2." in problems(page)


def test_scores_too_far_apart_ask_for_one_more():
    application = all_reviewed((10, 6), call=make_call(max_spread=20))
    page = words(get(OFFICE.officer, "recommend", application.pk))
    assert "Scores too far apart" in page
    assert "one more review is needed" in page


def test_the_total_of_the_amounts_follows_what_is_typed():
    application = all_reviewed()
    page = post(
        OFFICE.officer, "amounts_total", application.pk, **typed_amounts(application, "1.000,50", "2")
    )
    assert page.status_code == 200
    assert "$\xa01.002,50" in page.text
    assert "<html" not in page.text
    page = post(OFFICE.officer, "amounts_total", application.pk, **typed_amounts(application, "x", "2"))
    assert "$\xa02,00" in page.text
    assert post(OFFICE.reviewers[0], "amounts_total", application.pk).status_code == 403


# --- Figures ------------------------------------------------------------------------------------------


def test_the_comparison_counts_sent_reviews_only():
    application = application_at("in_review")
    first, second = application.reviews.order_by("pk")
    assert compare(application).mean is None
    write_review(second, 2)
    send_review(first, 9)
    found = compare(application)
    assert [review.pk for review in found.reviews] == [first.pk]
    assert (found.mean, found.spread, found.passes) == (Decimal("90.00"), 0, True)


def test_the_pages_of_the_decision_ask_the_same_number_of_questions(django_assert_num_queries):
    call = make_call()
    application = application_at("recommended", call=call)
    client = browser(OFFICE.approver)
    address = reverse("decide", args=[application.pk])
    client.get(address)
    with django_assert_num_queries(QUERIES_OF_DECISION):
        client.get(address)
    for _number in range(5):
        application_at("recommended", call=call)
    with django_assert_num_queries(QUERIES_OF_DECISION):
        assert client.get(address).status_code == 200


# Four transitions ask their guards; the rest is the reviews, the money, the lines and the frame.
QUERIES_OF_DECISION = 40
