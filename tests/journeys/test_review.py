"""A reviewer at their desk: what is half written is kept without a click, and nothing typed is lost."""

import pytest
from django.contrib.sessions.models import Session

from applications.models import Review
from applications.workflow import REVIEW
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at
from tests.journeys.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def review(time_machine, officer, reviewer1, reviewer2, approver) -> Review:
    """Of reviewer1, who has said that they have no interest."""
    time_machine.move_to(NOON, tick=True)
    found = application_at("in_review").reviews.get(reviewer=OFFICE.reviewers[0])
    return REVIEW.apply(found, "declare_interest", by=found.reviewer, now=NOON, data={"no_interest": True})


def at_the_desk(make, review: Review, **how) -> Person:
    reviewer = make("reviewer1@lsp.example", **how)
    reviewer.sign_in()
    reviewer.open(f"/reviews/{review.pk}/")
    return reviewer


def value_of(person: Person, name: str) -> str:
    return person.page.locator(f"main [name={name}]").input_value()


def test_what_is_half_written_is_kept_and_a_session_that_ended_loses_nothing(person, review):
    learning, plan = review.application.call.criteria.all()
    reviewer = at_the_desk(person, review)
    reviewer.sees("Before you can send it, fill in:", "Plan: the score")
    reviewer.write(**{f"score_{learning.pk}": "7"})
    reviewer.page.locator(f"main [name=reason_{learning.pk}]").focus()
    reviewer.sees("Saved 12:0")
    assert review.scores.get(criterion=learning).score == 7
    reviewer.write(**{f"score_{plan.pk}": "9"})
    reviewer.page.locator("main [name=comment]").focus()
    reviewer.sees("Total: 78")
    reviewer.look()
    Session.objects.all().delete()
    reviewer.write(comment="Un plan claro.")
    reviewer.page.locator(f"main [name=reason_{plan.pk}]").focus()
    reviewer.sees("Not saved: the connection or your session was lost.")
    assert reviewer.page.locator("main [name=login]").count() == 0, "no page of log-in inside this one"
    reviewer.sign_in()
    reviewer.open(f"/reviews/{review.pk}/")
    assert value_of(reviewer, "comment") == "Un plan claro."
    reviewer.sees("What you typed here earlier")
    reviewer.page.locator("main button[name=act][value=save]").click()
    reviewer.page.wait_for_selector("[data-saved]")
    review.refresh_from_db()
    assert review.comment == "Un plan claro."


def test_two_windows_of_one_review_lose_nothing(person, review):
    first, second = (at_the_desk(person, review, width=width) for width in (1280, 320))
    for one, text in ((first, "Un plan claro."), (second, "Un plan caro.")):
        one.write(comment=text)
        one.page.locator("main [name=advice]").first.focus()
        one.sees("Saved 12:0" if one is first else "You saved this from another window")
    second.sees("Un plan claro.")
    assert value_of(second, "comment") == "Un plan caro."
    review.refresh_from_db()
    assert review.comment == "Un plan claro."


def test_without_scripts_a_draft_is_saved_and_declined(person, review):
    learning = review.application.call.criteria.first()
    reviewer = at_the_desk(person, review, width=320, language="es-AR", javascript=False)
    reviewer.write(**{f"score_{learning.pk}": "7", "comment": "Un plan claro."})
    reviewer.press_at("button[name=act][value=save]")
    assert value_of(reviewer, "comment") == "Un plan claro."
    reviewer.open("/reviews/")
    reviewer.press_at(f"a[href='/reviews/{review.pk}/decline/']")
    reviewer.write(interest="none", reason="No tengo tiempo.")
    reviewer.press_at("form[method=post] button[type=submit]")
    review.refresh_from_db()
    assert review.status == "declined"
