"""The office decides on a case, in browsers: officer, three reviewers of whom one has an interest, approver, and the group.

Every page on the way is checked as `people.Person.look` says; narrow and wide, Spanish and English, with and without
scripts, in turn.
"""

import re

import pytest
from playwright.sync_api import expect

from applications.models import Application, CallCheck, Review
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, send_review
from tests.journeys.keyboard import KeyboardPerson
from tests.journeys.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def send(person: Person, words: str = "") -> None:
    """Press the last button of the main part, or the one that says so, in either language."""
    buttons = person.page.locator("main form[method=post] button[type=submit]")
    person.click(buttons.filter(has_text=re.compile(words)).last)
    person.look()


def log_in(make, email: str, **how) -> Person:
    one = make(email, **how)
    one.sign_in()
    return one


def declare(reviewer: Person, review: Review, interest: str = "none") -> None:
    """From the queue to the declaration."""
    reviewer.open("/reviews/")
    reviewer.press_at(f"a[href='/reviews/{review.pk}/']")
    reviewer.write(interest=interest)
    if interest == "some":
        reviewer.write(reason="My brother works in one of the firms.")
    send(reviewer)


def score(reviewer: Person, review: Review, points: str) -> None:
    """Every criterion with its reason, then sent."""
    for criterion in review.application.call.criteria.all():
        reviewer.write(**{f"score_{criterion.pk}": points, f"reason_{criterion.pk}": "Bien fundado."})
    reviewer.write(comment="Un plan claro.", advice="approve")
    reviewer.press_at("button[name=act][value=send]")
    review.refresh_from_db()
    assert review.status == "sent"


def judge(officer: Person, application: Application) -> None:
    """From the inbox to the case, its rules and the checklist of the call, and the reviewers."""
    officer.open("/")
    officer.open(f"/applications/{application.pk}/")
    officer.open(f"/applications/{application.pk}/eligibility/")
    for check in application.call.checks.all():
        officer.write(
            **{f"sign-check_{check.pk}": "yes", f"sign-check_note_{check.pk}": "Seen in the register."}
        )
    for field in officer.page.locator("main [name^='sign-judgement_']:visible").all():
        field.fill("It may stand.")
    officer.press("Sign off eligibility")
    officer.open(f"/applications/{application.pk}/reviewers/")
    for name in ("Reviewer1", "Reviewer2"):
        officer.page.get_by_label(re.compile(name)).check()
    officer.press("Assign the chosen")
    officer.press("Start the review")
    application.refresh_from_db()
    assert application.status == "in_review"


def reassign(officer: Person, application: Application, name: str) -> None:
    """Who has an interest is out; another one is chosen, and who declared it is not offered again."""
    officer.open(f"/applications/{application.pk}/reviewers/")
    officer.sees("Declined")
    assert officer.page.get_by_role("checkbox", name=re.compile("Reviewer2")).count() == 0
    officer.page.get_by_label(re.compile(name)).check()
    officer.press("Assign the chosen")


def recommend(officer: Person, application: Application) -> None:
    """By the ranking of the call."""
    officer.open(f"/call-desk/{application.call.code}/ranking/")
    officer.page.locator("main input[name=pick]").first.check()
    officer.press("Recommend the chosen")
    officer.write(reason="Both reviews agree.")
    officer.press("Recommend them to the approver")
    application.refresh_from_db()
    assert application.status == "recommended"


def approve(approver: Person, application: Application) -> None:
    """With a condition that has its day: the letter first, then the signature."""
    approver.open("/")
    approver.open(f"/applications/{application.pk}/decide/")
    approver.write(
        decision="approve", condition_1="Insure the kiln", condition_1_on="30/04/2026", resolution="184/2026",
        file_number="EX-2026-1", reason="It meets every rule.",
    )  # fmt: skip
    approver.press_at("button[name=step][value=check]")
    approver.sees("Insure the kiln")
    approver.press_at("button[name=step][value=sign]")
    application.refresh_from_db()
    assert application.status == "approved"


def ask_and_answer(officer: Person, rosa: Person, application: Application) -> None:
    """The office asks, the group answers, each on the page of the thread."""
    officer.open(f"/applications/{application.pk}/messages/")
    officer.write(text="When can you sign?")
    officer.press("Send to the group")
    rosa.open(f"/applications/{application.pk}/messages/")
    rosa.sees("When can you sign?")
    rosa.write(text="El lunes por la mañana.")
    rosa.press_at("button[name=act][value=write]")
    officer.open(f"/applications/{application.pk}/messages/")
    officer.sees("El lunes por la mañana.")


@pytest.fixture
def submitted(time_machine, officer, reviewer1, reviewer2, approver, staff) -> Application:
    """Of a call with a checklist, on the desk of the office."""
    time_machine.move_to(NOON, tick=True)
    call = make_call(code="G-1")
    CallCheck.objects.create(call=call, order=1, name_en="No tax debt", name_es="Sin deuda impositiva")
    return application_at("submitted", call=call)


@pytest.mark.slow
def test_a_case_from_the_inbox_to_the_answer_of_the_group(person, submitted, staff):
    application = submitted
    staff("reviewer3", "reviewer")
    officer = log_in(person, "officer@lsp.example")
    judge(officer, application)
    first, second = application.reviews.order_by("pk")
    declare(log_in(person, "reviewer2@lsp.example", width=320, javascript=False), second, "some")
    reassign(officer, application, "Reviewer3")
    by_keys = log_in(person, "reviewer1@lsp.example", kind=KeyboardPerson)
    declare(by_keys, first)
    score(by_keys, first, "8")
    third = application.reviews.get(reviewer__email="reviewer3@lsp.example")
    narrow = log_in(person, "reviewer3@lsp.example", width=320, language="es-AR")
    declare(narrow, third)
    score(narrow, third, "7")
    recommend(officer, application)
    approve(log_in(person, "approver@lsp.example", width=320), application)
    rosa = log_in(person, application.group.representative.email, width=320, language="es-AR")
    rosa.open(f"/decisions/{application.decisions.get().pk}/")
    rosa.sees("Insure the kiln", "184/2026")
    ask_and_answer(officer, rosa, application)


def test_an_officer_judges_and_assigns(person, submitted):
    judge(log_in(person, "officer@lsp.example", javascript=False), submitted)


def test_a_reviewer_declares_and_scores_in_spanish(person, submitted):
    review = application_at("in_review").reviews.get(reviewer=OFFICE.reviewers[0])
    narrow = log_in(person, "reviewer1@lsp.example", width=320, language="es-AR")
    declare(narrow, review)
    score(narrow, review, "8")


def test_what_is_put_back_into_the_amounts_is_counted(person, submitted):
    application = application_at("recommended")
    line = application.lines.first()
    approver = log_in(person, "approver@lsp.example")
    approver.open(f"/applications/{application.pk}/decide/")
    total = approver.page.locator(".key-figures", has_text="Total").last
    approver.write(**{f"amount_{line.pk}": "1000"})
    expect(total).to_contain_text("501.000,00")
    approver.open(f"/applications/{application.pk}/decide/")
    approver.sees("What you typed")
    expect(total).to_contain_text("501.000,00")
    approver.page.locator("[data-discard]").click()
    expect(total).to_contain_text("3.000.000,00")


def test_an_approver_decides_with_a_condition_and_the_group_reads_it(person, submitted):
    application = application_at("in_review")
    for review in application.reviews.all():
        send_review(review)
    recommend(log_in(person, "officer@lsp.example", width=320), application)
    approve(log_in(person, "approver@lsp.example"), application)
    rosa = log_in(person, application.group.representative.email, width=320, language="es-AR")
    rosa.open(f"/decisions/{application.decisions.get().pk}/")
    rosa.sees("Insure the kiln", "184/2026")
