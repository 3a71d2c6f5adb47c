"""The checklist of a call, the officer's judgement beside each rule, and returns that point at parts of a section."""

import pytest
from django.urls import reverse

from applications.models import Application, CallCheck, EligibilitySignOff, ReturnForChanges
from applications.workflow import APPLICATION
from core.models import Message
from core.workflow import TransitionRefused
from tests.applications.staff_pages import get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    draft,
    fill,
    make_call,
    make_questions,
    submit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def sent():
    """A submitted application of a call with two checks."""
    call = make_call()
    for order, name in enumerate(("Tax debt looked up", "Sanctions looked up"), 1):
        CallCheck.objects.create(call=call, order=order, name_en=name, name_es=f"{name} (es)")
    return submit(fill(draft(call=call)))


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def signing(application: Application, **typed):
    return post(
        OFFICE.officer, "eligibility", application.pk, version=application.version, act="sign",
        **{f"sign-{name}": value for name, value in typed.items()},
    )  # fmt: skip


# --- The checklist -----------------------------------------------------------------------------------


def test_every_check_is_answered_and_kept_as_it_was_called(sent):
    first, second = sent.call.checks.all()
    answers = {
        f"check_{first.pk}": "yes",
        f"check_{second.pk}": "no",
        f"check_note_{second.pk}": "Lifted in May.",
    }
    assert signing(sent, **answers).status_code == 302
    CallCheck.objects.filter(pk=first.pk).update(name_en="Something else")
    signed = EligibilitySignOff.objects.get()
    assert [(row["en"], row["answer"], row["note"]) for row in signed.checklist] == [
        ("Tax debt looked up", "yes", ""),
        ("Sanctions looked up", "no", "Lifted in May."),
    ]
    text = words(get(OFFICE.approver, "eligibility", sent.pk))
    assert "Tax debt looked up Yes" in text
    assert "Sanctions looked up No Lifted in May." in text


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (("yes", ""), "Answer this: Sanctions looked up"),
        (("yes", "no"), "Say why it may stand although the answer is no."),
        (("yes", "maybe"), "maybe is not one of the available choices"),
    ],
)
def test_a_check_without_an_answer_is_said_at_its_field(sent, answers, sentence):
    typed = {
        f"check_{check.pk}": answer for check, answer in zip(sent.call.checks.all(), answers, strict=True)
    }
    page = signing(sent, **typed, note="Called on Monday.")
    assert page.status_code == 422
    assert sentence in problems(page)
    assert "Called on Monday." in page.text
    assert not EligibilitySignOff.objects.exists()


def test_an_answer_to_another_calls_check_answers_nothing(sent):
    other = CallCheck.objects.create(call=make_call(code="X-1"), order=1, name_en="Other", name_es="Otra")
    assert signing(sent, **{f"check_{other.pk}": "yes"}).status_code == 422


def test_a_judgement_may_stand_beside_a_rule_that_is_met(sent):
    answers = {f"check_{check.pk}": "not_applicable" for check in sent.call.checks.all()}
    assert signing(sent, **answers, judgement_enough_smes="I saw the books of two.").status_code == 302
    signed = {row["rule"]: row["judgement"] for row in EligibilitySignOff.objects.get().results}
    assert signed["enough_smes"] == "I saw the books of two."
    assert signed["plan_months"] == ""


def test_the_checklist_is_written_in_the_call_editor(client):
    client.force_login(OFFICE.admin)
    call = make_call(code="C-9", published=False)
    data = {"version": call.version, "name_en": "Register seen", "name_es": "Registro visto"}
    assert client.post(reverse("call_row_add", args=["C-9", "checks"]), data).status_code == 302
    page = words(client.get(reverse("call_edit_page", args=["C-9", "checks"])))
    assert "Register seen" in page
    call.refresh_from_db()
    answer = client.post(
        reverse("call_row_add", args=["C-9", "checks"]), {"version": call.version, "name_en": ""}
    )
    assert answer.status_code == 422
    assert "Fill in “What is checked, in English”." in problems(answer)


# --- Returns, part by part ---------------------------------------------------------------------------


@pytest.fixture
def asking():
    """A submitted application of a call with a question."""
    call = make_call()
    question = make_questions(call, "text")[0]
    application = fill(draft(call=call))
    return submit(application), question


def returning(application: Application, **data):
    return post(
        OFFICE.officer, "application_return", application.pk, version=application.version,
        answer_by="20/03/2026", **data,
    )  # fmt: skip


def test_a_note_points_at_a_text_a_question_a_cost_and_an_activity(asking):
    application, question = asking
    line, activity = application.lines.first(), application.activities.first()
    answer = returning(
        application,
        note_budget="Too dear.",
        place_project_diagnosis="Say since when.",
        **{
            f"place_questions_q{question.pk}": "Say where.",
            f"place_budget_line{line.pk}": "Add a quote.",
            f"place_plan_activity{activity.pk}": "Who does it?",
        },
    )
    assert answer.status_code == 302
    application = fresh(application)
    assert application.open_sections == ["project", "plan", "budget", "questions"]
    back = ReturnForChanges.objects.get()
    assert back.notes == {"budget": "Too dear."}
    assert back.field_notes["project"] == {"diagnosis": "Say since when."}
    person = application.group.representative
    case = words(get(person, "application_detail", application.pk))
    assert "Where you are now : Say since when." in case
    assert f"{line.description} : Add a quote." in case
    project = words(get(person, "application_section", application.pk, "project"))
    assert project.count("Say since when.") == 2  # in the notice, and above its field
    assert "The office asks: Say since when." in project
    assert "The office asks: Say where." in words(
        get(person, "application_section", application.pk, "questions")
    )
    assert f"{activity.name} : Who does it?" in words(
        get(person, "application_section", application.pk, "plan")
    )
    assert "Add a quote." in words(get(person, "application_check", application.pk))
    letter = Message.objects.filter(template="application_returned").first()
    assert {note["section"]: note["text"] for note in letter.context["notes"]}["The budget"] == (
        f"Too dear.\n{line.description}: Add a quote."
    )
    assert "Who does it?" in words(get(OFFICE.officer, "application_return", application.pk))


def test_a_row_that_was_taken_out_since_leaves_the_note(asking):
    application, _question = asking
    line = application.lines.last()
    returning(application, **{f"place_budget_line{line.pk}": "Take it out."})
    application = fresh(application)
    line.delete()
    assert "Take it out." in words(
        get(application.group.representative, "application_detail", application.pk)
    )


def test_one_note_on_a_part_is_enough_and_none_is_not(asking):
    application, _question = asking
    assert returning(application, place_project_title="  ").status_code == 422
    assert returning(application, place_project_title="Shorter.").status_code == 302


@pytest.mark.parametrize(
    "notes",
    [
        {"project": {"made_up": "x"}},
        {"budget": {"line0": "x"}},
        {"nowhere": {"title": "x"}},
        {"project": "x"},
        ["x"],
        {"project": {"title": " "}},
    ],
)
def test_a_note_on_what_is_not_there_is_refused(asking, notes):
    application, _question = asking
    with pytest.raises(TransitionRefused):
        APPLICATION.apply(
            application, "request_changes", by=OFFICE.officer, now=NOON, data={"field_notes": notes}
        )
    assert fresh(application).status == "submitted"


def test_a_forged_place_of_another_application_says_nothing(asking):
    application, _question = asking
    other = application_at("submitted", call=make_call(code="Z-1"))
    page = returning(application, **{f"place_budget_line{other.lines.first().pk}": "Mine"})
    assert page.status_code == 422
    assert fresh(application).status == "submitted"


def test_a_note_too_long_is_said_at_its_field(asking):
    application, _question = asking
    page = returning(application, place_project_title="x" * 1001)
    assert page.status_code == 422
    assert "at most 1000" in problems(page)
    assert "x" * 1001 in page.text
