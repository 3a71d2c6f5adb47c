"""The pages of a call's questions and declarations: every kind, right and wrong; what applies; two people at once."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Question
from tests.applications.staff_pages import browser, problems, words
from tests.factories_applications import (
    OFFICE,
    a_pdf,
    application_at,
    draft,
    fill,
    make_call,
    make_questions,
    return_for_changes,
    staff_member,
)
from tests.factories_groups import give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

KINDS = [kind for kind in Question.Kind.values if kind != "declaration"]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def call():
    return make_call()


@pytest.fixture
def second_writer(person) -> User:
    return person("second", "Sara Second")


def begin(call, *others: User) -> tuple[Application, User]:
    """A draft with its author, once the call has its questions; `others` write in it too."""
    application = draft(call=call)
    for user in others:
        give_place(application.group, user, Role.MEMBER)
    return application, application.group.representative


def url(application, section: str = "questions") -> str:
    return reverse("application_section", args=[application.pk, section])


def opened(user, application, section: str = "questions") -> dict:
    """What the form carries when somebody opens it."""
    text = browser(user).get(url(application, section)).text
    return {
        "version": re.search(r'name="version" value="(\d+)"', text)[1],
        "was": re.findall(r'name="was" value="([^"]+)"', text),
    }


def send(user, application, section: str = "questions", *, form=None, headers=None, **data):
    form = form or opened(user, application, section)
    return browser(user).post(url(application, section), {**form, **data}, headers=headers or {})


def name(question) -> str:
    return f"q{question.pk}"


def saved(application) -> dict[str, str]:
    return {f"q{row.question_id}": row.value for row in application.answers.all()}


# --- Every kind --------------------------------------------------------------------------------------


def test_answers_of_every_kind_are_kept_as_they_are_written_down(call):
    questions = {each.kind: each for each in make_questions(call, *KINDS)}
    application, author = begin(call)
    typed = {
        "text": "  In the shed ", "long_text": "One\r\ntwo", "number": "1.234,5", "date": "24/11/2026", "choice": "b",
        "choices": ["b", "a"], "yes_no": "no", "file": a_pdf("plan.pdf"),
    }  # fmt: skip
    answer = send(author, application, **{name(questions[kind]): value for kind, value in typed.items()})
    assert answer.headers["Location"] == url(application, "documents")
    assert [saved(application)[name(questions[kind])] for kind in KINDS] == [
        "In the shed", "One\r\ntwo", "1234.50", "2026-11-24", "b", "b,a", "no", "",
    ]  # fmt: skip
    text = browser(author).get(url(application)).text
    assert 'value="1234,5"' in text
    assert 'value="2026-11-24"' in text
    assert "plan.pdf" in text
    document = application.answers.get(document__isnull=False).document
    assert browser(author).get(reverse("document", args=[document.pk])).status_code == 200


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("text", "x" * 301, "300"),
        ("text", "x\0y", "Null"),
        ("long_text", "x" * 4001, "4000"),
        ("number", "many", "Write a number"),
        ("number", "NaN", "Write a number"),
        ("number", "1e308", "Write a number"),
        ("date", "31/02/2026", "Write a day that exists"),
        ("date", "soon", "Write a day that exists"),
        ("choice", "c", "Select a valid choice"),
        ("choice", ["a", "c"], "Select a valid choice"),
        ("choices", ["a", "' OR 1=1"], "Select a valid choice"),
        ("yes_no", "perhaps", "Select a valid choice"),
        ("file", "no file at all", None),
    ],
)
def test_an_answer_of_the_wrong_kind_is_said_at_its_field(call, kind, value, sentence):
    first, other = make_questions(call, kind, "text")
    application, author = begin(call)
    page = send(author, application, **{name(first): value, name(other): "kept as typed"})
    if sentence is None:  # a text where a file is asked for is no file
        assert page.status_code == 302
        assert name(first) not in saved(application)
        return
    assert page.status_code == 422
    assert sentence in problems(page)
    assert f'id="id_{name(first)}_error"' in page.text
    assert "kept as typed" in page.text
    assert saved(application) == {}


def test_a_bad_file_is_said_and_a_good_one_can_be_taken_out(call):
    (question,) = make_questions(call, "file")
    application, author = begin(call)
    page = send(author, application, **{name(question): a_pdf("plan.exe")})
    assert page.status_code == 422
    assert "Files of this type are not accepted." in problems(page)
    send(author, application, **{name(question): a_pdf("plan.pdf")})
    send(author, application)
    assert application.answers.get().document.filename == "plan.pdf", "saving without a file keeps it"
    send(author, application, **{f"{name(question)}_remove": "on"})
    assert not application.answers.exists()


def test_a_part_is_saved_and_an_emptied_answer_goes(call):
    first, second = make_questions(call, "text", "number")
    application, author = begin(call)
    assert send(author, application, **{name(first): "Half"}).status_code == 302
    assert saved(application) == {name(first): "Half"}
    send(author, application, **{name(first): "", name(second): "5"})
    assert saved(application) == {name(second): "5.00"}


def test_saving_the_same_again_is_no_edit(call):
    (first,) = make_questions(call, "text")
    application, author = begin(call)
    send(author, application, **{name(first): "Same"})
    application.refresh_from_db()
    events = application.case.events.count()
    send(author, application, **{name(first): "Same"})
    assert application.case.events.count() == events
    assert Application.objects.get(pk=application.pk).version == application.version


def test_words_of_an_admin_are_shown_as_they_are(call):
    make_questions(call, "text", text_en="Is <b>it</b>?", help_en="<script>alert(1)</script>")
    application, author = begin(call)
    text = browser(author).get(url(application)).text
    assert "&lt;script&gt;alert(1)" in text
    assert "Is &lt;b&gt;it" in text


# --- What applies ------------------------------------------------------------------------------------


@pytest.fixture
def depending(call):
    (first,) = make_questions(call, "yes_no")
    (second,) = make_questions(call, "text", only_if=first, only_if_answers=["yes"], text_en="Where to?")
    _application, _author = begin(call)
    return (*begin(call), first, second)


def test_without_scripts_all_are_shown_with_their_condition(depending):
    application, author, _first, _second = depending
    text = words(browser(author).get(url(application)))
    assert "Where to? Only if “Question of yes_no?” is: Yes" in text


def test_an_answer_that_does_not_apply_is_neither_checked_nor_kept(depending):
    application, author, first, second = depending
    assert send(author, application, **{name(first): "no", name(second): "x" * 999}).status_code == 302
    assert saved(application) == {name(first): "no"}
    send(author, application, **{name(first): "yes", name(second): "Chile"})
    assert saved(application) == {name(first): "yes", name(second): "Chile"}
    send(author, application, **{name(first): "no", name(second): "Chile"})
    assert saved(application) == {name(first): "no"}


def test_htmx_saves_each_answer_and_swaps_what_comes_and_goes(depending):
    application, author, first, second = depending
    answer = send(author, application, headers=HTMX, **{name(first): "yes"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "saved")
    assert "Saved 12:00" in answer.text
    assert f'id="question-{second.pk}" class="depends" hx-swap-oob="true"' in answer.text
    assert f'id="question-{first.pk}"' not in answer.text, (
        "nobody is disturbed in the field that they write in"
    )
    form = opened(author, application)
    answer = send(author, application, headers=HTMX, **{name(first): "yes", "shown": name(second)})
    assert "hx-swap-oob" not in answer.text
    answer = send(author, application, form=form, headers=HTMX, **{name(first): "no", "shown": name(second)})
    assert f'id="question-{second.pk}" class="depends not-asked"' in answer.text


def test_htmx_says_why_it_did_not_save(call):
    (question,) = make_questions(call, "number")
    application, author = begin(call)
    answer = send(author, application, headers=HTMX, **{name(question): "many"})
    assert answer.status_code == 422
    assert "Not saved:" in answer.text
    assert "HX-Trigger" not in answer.headers


def test_htmx_shows_the_file_that_came(call):
    (question,) = make_questions(call, "file")
    application, author = begin(call)
    answer = send(author, application, headers=HTMX, **{name(question): a_pdf("plan.pdf")})
    assert "plan.pdf" in answer.text
    assert f'id="question-{question.pk}"' in answer.text


# --- Two at once -------------------------------------------------------------------------------------


def test_two_write_different_answers_at_once(call, second_writer):
    one, two = make_questions(call, "text", "text")
    application, author = begin(call, second_writer)
    form = opened(author, application)
    send(second_writer, application, **{name(one): "", name(two): "Theirs"})
    page = browser(author).post(url(application), {**form, name(one): "Mine", name(two): ""}, follow=True)
    assert saved(application) == {name(one): "Mine", name(two): "Theirs"}
    assert "Somebody else changed this meanwhile, and it was kept: 2. Question of text?." in words(page)


def test_two_write_the_same_answer_and_see_both(call, second_writer):
    (question,) = make_questions(call, "choice")
    application, author = begin(call, second_writer)
    form = opened(author, application)
    send(second_writer, application, **{name(question): "a"})
    page = send(author, application, form=form, **{name(question): "b"})
    assert page.status_code == 409
    text = words(page)
    assert "Sara Second saved this on 10/03/2026 12:00" in text
    assert "Saved now: Apples You typed: Beans" in text
    assert saved(application) == {name(question): "a"}
    again = {
        "version": re.search(r'name="version" value="(\d+)"', page.text)[1],
        "was": re.findall(r'name="was" value="([^"]+)"', page.text),
        "seen": re.findall(r'name="seen" value="([^"]+)"', page.text),
    }
    auto = send(author, application, form=again, headers=HTMX, **{name(question): "b"})
    assert auto.status_code == 422, "an autosave overwrites nobody"
    assert send(author, application, form=again, **{name(question): "b"}).status_code == 302
    assert saved(application) == {name(question): "b"}


# --- Who, and when -----------------------------------------------------------------------------------


def test_declarations_are_accepted_one_by_one(call):
    one, two = make_questions(call, "declaration", "declaration")
    application, author = begin(call)
    answer = send(author, application, "declarations", **{name(one): "on"})
    assert answer.headers["Location"] == reverse("application_check", args=[application.pk])
    assert saved(application) == {name(one): "yes"}
    send(author, application, "declarations", **{name(two): "on"})
    assert saved(application) == {name(two): "yes"}, "a tick that was taken away is gone"


@pytest.mark.parametrize("section", ["questions", "declarations"])
def test_a_call_that_asks_nothing_has_no_such_page(call, section):
    application, author = begin(call)
    assert browser(author).get(url(application, section)).status_code == 404
    assert browser(author).post(url(application, section), {}).status_code == 404


@pytest.mark.parametrize("section", ["questions", "declarations"])
def test_who_only_reads_writes_nothing(call, person, stranger, section):
    (one, two) = make_questions(call, "text", "declaration")
    application, _author = begin(call)
    viewer = person("viewer")
    give_place(application.group, viewer, Role.VIEWER)
    data = {name(one): "x", name(two): "on", "version": application.version}
    assert browser(viewer).get(url(application, section)).status_code == 200
    for user, code in ((viewer, 403), (OFFICE.officer, 403), (stranger, 404)):
        assert browser(user).post(url(application, section), data).status_code == code
    assert saved(application) == {}
    adviser = staff_member("adviser", Role.ADVISER)
    application.group.advisers.add(adviser)
    assert send(adviser, application, section, **{name(one): "x", name(two): "on"}).status_code == 302


def test_a_question_of_another_call_is_none_of_ours(call):
    make_questions(call, "text")
    application, author = begin(call)
    (foreign,) = make_questions(make_call(), "text")
    send(author, application, **{name(foreign): "x"})
    assert saved(application) == {}


def test_what_was_not_returned_stays_shut(call):
    make_questions(call, "text", "declaration")
    submitted = application_at("submitted", group=make_group(name="Sent"), call=call)
    returned = return_for_changes(submitted, ("questions",))
    user = returned.group.representative
    (question,) = (each for each in call.questions.all() if each.kind == "text")
    assert send(user, returned, **{name(question): "More"}).status_code == 302
    assert saved(returned)[name(question)] == "More"
    page = browser(user).post(url(returned, "declarations"), {"version": returned.version})
    assert page.status_code == 409
    text = words(browser(user).get(url(returned, "declarations")))
    assert "was not returned" in text
    assert "Accepted" in text


def test_the_check_shows_the_answers(call):
    make_questions(call, "choice", "declaration", "file")
    application = fill(draft(group=make_group(name="Checks"), call=call))
    user = application.group.representative
    text = words(browser(user).get(reverse("application_check", args=[application.pk])))
    assert "Question of choice? Apples" in text
    assert "Question of declaration? Accepted" in text
    assert "answer.pdf" in text


def test_saving_answers_asks_few_questions(call):
    questions = make_questions(call, *["text"] * 30)
    application, author = begin(call)
    form = opened(author, application)
    client = browser(author)
    data = {**form, **{name(each): "New" for each in questions}}
    with CaptureQueriesContext(connection) as queries:
        assert client.post(url(application), data).status_code == 302
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # session, user and roles are the frame's; twelve are ours
    assert len(asked) == 3 + 12
