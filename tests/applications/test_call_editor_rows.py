"""Rows of a call: documents, criteria and questions; what questions may depend on; their order."""

import pytest
from django.urls import reverse

from applications import calls
from applications.calls import rows
from applications.models import Call, Question
from core import timeline
from tests.clock import NOON
from tests.factories_applications import OFFICE, draft, make_call

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

QUESTION = {"kind": "yes_no", "text_en": "Do you export?", "text_es": "¿Exportan?", "required": "on"}
OPTIONS = "Abroad | Al exterior\nAt home | En el país"


@pytest.fixture
def desk(client):
    client.force_login(OFFICE.admin)
    return client


@pytest.fixture
def call():
    return make_call(code="C-1", published=False)


def add(desk, call: Call, rows_kind: str, /, **data):
    call.refresh_from_db()
    url = reverse("call_row_add", args=[call.code, rows_kind])
    return desk.post(url, {"version": call.version, **data})


def ask(desk, call: Call, **changed) -> Question:
    """Add a question."""
    answer = add(desk, call, "questions", **{**QUESTION, **changed})
    assert answer.status_code == 302, answer.context["form"].errors
    return call.questions.last()


def edit(desk, call: Call, row: Question, **data):
    call.refresh_from_db()
    url = reverse("call_row_edit", args=[call.code, "questions", row.pk])
    return desk.post(url, {"version": call.version, **data})


def act(desk, call: Call, kind: str, row, what: str, **data):
    call.refresh_from_db()
    url = reverse(f"call_row_{what}", args=[call.code, kind, row.pk])
    return desk.post(url, {"version": call.version, **data}, follow=True)


# --- Every kind --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_a_question_of_every_kind_is_asked_in_both_languages(desk, call, kind):
    options = OPTIONS if kind in ("choice", "choices") else ""
    question = ask(desk, call, kind=kind, options=options, help_en="Say it.", help_es="Decilo.", required="")
    assert (question.kind, question.text_es, question.help_en) == (kind, "¿Exportan?", "Say it.")
    assert question.required == (kind == "declaration"), "a declaration is there to be accepted"
    assert len(question.options) == (2 if options else 0)
    for language, words in (("en", "Do you export?"), ("es", "¿Exportan?")):
        page = desk.get(reverse("call_preview", args=["C-1"]), {"language": language})
        assert words in page.text
        assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("text_es", "", "text"),
        ("text_en", "x" * 501, "text"),
        ("kind", "riddle", "text"),
        ("options", OPTIONS, "number"),
        ("options", "", "choice"),
        ("options", "Only one | Sólo una", "choice"),
        ("options", "Without Spanish\nAt home | En casa", "choices"),
        ("options", "A | B | C\nAt home | En casa", "choice"),
        ("options", "Same | Uno\nSame | Dos", "choice"),
        ("options", "x" * 121 + " | y\nAt home | En casa", "choice"),
        ("options", "\n".join(f"{n} | {n}" for n in range(41)), "choice"),
        ("condition", "1:yes", "text"),
    ],
)
def test_nonsense_in_a_question_is_refused_at_its_field(desk, call, name, value, kind):
    ask(desk, call)
    answer = add(desk, call, "questions", **{**QUESTION, "kind": kind, name: value})
    assert answer.status_code == 422
    assert f'href="#id_{name}' in answer.text
    assert call.questions.count() == 1


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("documents", "name_en", ""),
        ("documents", "most_files", "21"),
        ("documents", "help_es", "x" * 301),
        ("criteria", "weight", "0"),
        ("criteria", "max_score", "x"),
        ("criteria", "name_es", " "),
    ],
)
def test_nonsense_in_other_rows_is_refused_at_its_field(desk, call, kind, name, value):
    good = {"name_en": "A", "name_es": "B", "most_files": "2", "weight": "10", "max_score": "10"}
    answer = add(desk, call, kind, **{**good, name: value})
    assert answer.status_code == 422
    assert f'href="#id_{name}' in answer.text


def test_documents_get_a_short_name_of_their_own(desk, call):
    for _twice in range(2):
        assert (
            add(
                desk, call, "documents", name_en="Proof of work", name_es="Prueba", most_files="2"
            ).status_code
            == 302
        )
    codes = list(call.requirements.values_list("code", "order"))
    assert codes[-2:] == [("proof-of-work", 3), ("proof-of-work-2", 4)]


# --- Conditions --------------------------------------------------------------------------------------


def test_a_question_depends_on_answers_of_one_earlier_question(desk, call):
    first = ask(desk, call)
    second = ask(
        desk, call, kind="text", condition=[f"{first.pk}:yes"], text_en="Where to?", text_es="¿Adónde?"
    )
    assert (second.only_if, second.only_if_answers) == (first, ["yes"])
    assert (
        "Only if “Do you export?” is: Yes"
        in desk.get(reverse("call_edit_page", args=["C-1", "questions"])).text
    )


def test_no_question_depends_on_a_later_one_on_itself_or_on_one_that_decides_nothing(desk, call):
    first, second = ask(desk, call), ask(desk, call, text_en="Second?", text_es="¿Segunda?")
    text = ask(desk, call, kind="text", text_en="Why?", text_es="¿Por qué?")
    # The first has nothing to depend on: what is sent besides is not read.
    edit(desk, call, first, **QUESTION, condition=[f"{second.pk}:yes"])
    first.refresh_from_db()
    assert first.only_if is None
    for of in (second, text):
        assert edit(desk, call, second, **QUESTION, condition=[f"{of.pk}:yes"]).status_code == 422
    stranger = make_call(code="C-2", published=False)
    other = ask(desk, stranger)
    assert edit(desk, call, second, **QUESTION, condition=[f"{other.pk}:yes"]).status_code == 422


def test_answers_of_two_questions_are_refused(desk, call):
    first, second = ask(desk, call), ask(desk, call, text_en="Second?", text_es="¿Segunda?")
    condition = [f"{first.pk}:yes", f"{second.pk}:no"]
    answer = add(desk, call, "questions", **{**QUESTION, "condition": condition})
    assert answer.status_code == 422
    assert "Choose answers of one question only." in answer.text


def test_what_others_depend_on_is_not_taken_out_moved_past_them_or_changed_away(desk, call):
    first = ask(desk, call, kind="choice", options=OPTIONS)
    code = first.options[0]["code"]
    second = ask(
        desk, call, kind="text", condition=[f"{first.pk}:{code}"], text_en="Where?", text_es="¿Dónde?"
    )
    assert "is asked only after this question" in act(desk, call, "questions", first, "delete").text
    assert "cannot come before it" in act(desk, call, "questions", first, "move", direction="down").text
    assert "cannot come before it" in act(desk, call, "questions", second, "move", direction="up").text
    for changed in (
        {"kind": "text"},
        {"kind": "choice", "options": "At home | En el país\nNever | Nunca\nX | Y"},
    ):
        answer = edit(desk, call, first, **{**QUESTION, **changed})
        assert answer.status_code == 409
        assert "with an answer that would be gone" in answer.text
    assert list(call.questions.values_list("pk", "order")) == [(first.pk, 1), (second.pk, 2)]


def test_options_keep_their_codes_when_they_are_moved_or_mended(desk, call):
    question = ask(desk, call, kind="choice", options=OPTIONS)
    before = [option["code"] for option in question.options]
    mended = "At home | En el país\nAbroad, too | Al exterior"
    edit(desk, call, question, **{**QUESTION, "kind": "choice", "options": mended})
    question.refresh_from_db()
    assert [option["code"] for option in question.options] == list(reversed(before))
    edit(desk, call, question, **{**QUESTION, "kind": "choice", "options": mended + "\nNever | Nunca"})
    question.refresh_from_db()
    assert len({option["code"] for option in question.options}) == 3


# --- Order, taking out, two at once ------------------------------------------------------------------


def test_rows_move_by_their_buttons_and_the_history_says_so(desk, call):
    first, second = call.criteria.all()
    act(desk, call, "criteria", second, "move", direction="up")
    assert [row.pk for row in call.criteria.all()] == [second.pk, first.pk]
    act(desk, call, "criteria", second, "move", direction="up")
    assert [row.pk for row in call.criteria.all()] == [second.pk, first.pk], "above the first it stays"
    told = timeline.rows(call.case, OFFICE.admin)[0]
    assert ("Criterion “Plan”: place", "2", "1") in told.details


def test_a_row_is_taken_out(desk, call):
    row = call.requirements.first()
    assert "It was taken out." in act(desk, call, "documents", row, "delete").text
    assert [each.code for each in call.requirements.all()] == ["quotes"]
    assert act(desk, call, "documents", row, "delete").status_code == 200
    assert desk.get(reverse("call_row_edit", args=["C-1", "documents", row.pk])).status_code == 404


def test_who_saves_a_row_late_sees_both(desk, call):
    question = ask(desk, call)
    call.refresh_from_db()
    opened = call.version
    with calls.editing(call, by=OFFICE.admin, page="questions", version=opened, now=NOON) as fresh:
        rows.change(fresh, "questions", question.pk, {"text_en": "Do you sell abroad?"})
    url = reverse("call_row_edit", args=["C-1", "questions", question.pk])
    answer = desk.post(url, {"version": opened, **QUESTION, "text_en": "Do you export much?"})
    assert answer.status_code == 409
    assert "Saved now: Do you sell abroad?" in answer.text
    assert "You typed: Do you export much?" in answer.text


@pytest.mark.parametrize("kind", ["tranches", "cuts", "people"])
def test_other_kinds_have_no_pages(desk, call, kind):
    assert desk.get(reverse("call_row_add", args=["C-1", kind])).status_code == 404


def test_a_row_of_another_call_is_not_there(desk, call):
    other = make_call(code="C-2", published=False).requirements.first()
    assert desk.get(reverse("call_row_edit", args=["C-1", "documents", other.pk])).status_code == 404
    act(desk, call, "documents", other, "delete")
    other.refresh_from_db()


def test_with_applications_no_row_changes(desk):
    call = make_call(code="C-3")
    draft(call=call)
    row = call.requirements.first()
    assert add(desk, call, "documents", name_en="A", name_es="B", most_files="1").status_code == 409
    assert "stay as they are" in act(desk, call, "documents", row, "delete").text
    assert call.requirements.count() == 2


def test_more_rows_than_anybody_reads_are_refused(desk, call):
    with calls.editing(call, by=OFFICE.admin, page="questions", version=None, now=NOON) as fresh:
        for number in range(rows.MOST_ROWS):
            values = {"kind": "text", "text_en": f"Q{number}?", "text_es": f"¿P{number}?"}
            rows.add(fresh, "questions", values)
    assert add(desk, call, "questions", **QUESTION).status_code == 409
