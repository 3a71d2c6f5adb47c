"""Which questions of a call are asked, how answers read, and what the rules say of them."""

from types import SimpleNamespace

import pytest

from applications import questions
from applications.eligibility import check, failing
from applications.models import Answer, Application, Question
from applications.questions import applies, asked, condition, in_words
from applications.sections import sections_of
from core import dates
from tests.clock import NOON
from tests.factories_applications import draft, fill, make_call, make_questions

TODAY = dates.day_of(NOON)


def question(pk: int, only_if: int | None = None, *answers: str) -> SimpleNamespace:
    return SimpleNamespace(pk=pk, only_if_id=only_if, only_if_answers=list(answers))


# --- What is asked, without a database ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "is_asked"),
    [("yes", True), ("no", False), ("", False), ("a,yes,b", True), ("yesterday", False)],
)
def test_a_question_is_asked_if_the_earlier_answer_is_one_of_its_own(given, is_asked):
    assert applies(question(2, 1, "yes", "perhaps"), {1: given}) is is_asked


def test_a_question_that_depends_on_nothing_is_always_asked():
    assert applies(question(1), {})


def test_what_depends_on_a_question_that_is_not_asked_is_not_asked_either():
    first, second, third = question(1), question(2, 1, "yes"), question(3, 2, "a")
    answers = {1: "no", 2: "a", 3: "text"}
    assert asked([first, second, third], answers) == [first]
    assert asked([first, second, third], {**answers, 1: "yes"}) == [first, second, third]


# --- In words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("text", "In the shed", "In the shed"),
        ("number", "1234.50", "1.234,50"),
        ("number", "12.00", "12"),
        ("date", "2026-11-24", "24/11/2026"),
        ("choice", "a", "Apples"),
        ("choices", "a,b", "Apples, Beans"),
        ("choice", "gone", "gone"),
        ("yes_no", "yes", "Yes"),
        ("yes_no", "no", "No"),
        ("declaration", "yes", "Accepted"),
        ("yes_no", "", ""),
    ],
)
def test_answers_read_as_people_write_them(kind, value, words):
    options = [{"code": "a", "en": "Apples", "es": "M"}, {"code": "b", "en": "Beans", "es": "P"}]
    assert in_words(Question(kind=kind, options=options), value) == words


@pytest.mark.django_db
def test_a_condition_says_on_which_answer_it_depends():
    first, second = make_questions(make_call(), "choice", "text")
    second.only_if, second.only_if_answers = first, ["a", "b"]
    sentence = "Only if “Question of choice?” is one of: Apples, Beans"
    assert condition(second, [first, second]) == sentence
    assert condition(first, [first, second]) == ""


# --- The rules ---------------------------------------------------------------------------------------


def said(application: Application, rule: str):
    fresh = Application.objects.get(pk=application.pk)
    return next(result for result in check(fresh, today=TODAY) if result.rule == rule)


@pytest.mark.django_db
def test_a_call_without_questions_has_no_such_section_and_fails_no_rule():
    application = fill(draft())
    codes = [section.code for section in sections_of(application)]
    assert {"questions", "declarations"}.isdisjoint(codes)
    assert said(application, "questions_answered").outcome == "pass"
    assert said(application, "declarations_accepted").outcome == "pass"


@pytest.mark.django_db
def test_what_has_to_be_answered_is_missed_until_it_is():
    call = make_call()
    first, second = make_questions(call, "text", "declaration")
    make_questions(call, "number", required=False)
    application = draft(call=call)
    result = said(application, "questions_answered")
    assert (result.outcome, result.sentence) == ("fail", "Answer: Question of text?")
    assert result.figures == {"answered": 0, "all": 2, "missing": [first.pk]}
    result = said(application, "declarations_accepted")
    assert (result.outcome, result.sentence) == ("fail", "Accept: Question of declaration?.")
    for each in (first, second):
        Answer.objects.create(application=application, question=each, value="yes")
    assert said(application, "questions_answered").outcome == "pass"
    assert said(application, "declarations_accepted").outcome == "pass"


@pytest.mark.django_db
def test_a_question_that_does_not_apply_is_not_missed():
    call = make_call()
    (first,) = make_questions(call, "yes_no")
    make_questions(call, "text", "declaration", only_if=first, only_if_answers=["yes"])
    application = draft(call=call)
    answer = Answer.objects.create(application=application, question=first, value="no")
    assert said(application, "questions_answered").outcome == "pass"
    assert said(application, "declarations_accepted").outcome == "pass"
    answer.value = "yes"
    answer.save()
    assert said(application, "questions_answered").outcome == "fail"
    assert said(application, "declarations_accepted").outcome == "fail"


@pytest.mark.django_db
def test_a_whole_application_answers_questions_of_every_kind():
    call = make_call()
    make_questions(call)
    application = fill(draft(call=call))
    assert failing(check(application, today=TODAY)) == []
    rows = questions.told(
        questions.questions_of(call), {row.question_id: row for row in application.answers.all()}, "questions"
    )
    assert [row.words for row in rows] == [
        "In the shed", "All of us\ntogether", "1.234,50", "24/11/2026", "Apples", "Apples, Beans", "Yes", "answer.pdf",
    ]  # fmt: skip
    assert [bool(row.document) for row in rows] == [False] * 7 + [True]


@pytest.mark.django_db
def test_the_questions_of_a_call_are_read_once(django_assert_num_queries):
    call = make_call()
    make_questions(call, "text", "declaration")
    with django_assert_num_queries(1):
        assert questions.has_questions(call)
        assert questions.has_declarations(call)
        assert len(questions.questions_of(call)) == 2
