"""Pages of what a call asks besides: its questions, and its declarations."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications import answering
from applications.forms.answers import AnswersForm
from applications.models import Question
from applications.questions import field_name, in_words, of_section, questions_of, told
from applications.views.frame import Frame
from applications.views.merged import saved_at, swapped
from core.conflict import carried

TEMPLATE = "applications/section_questions.html"


def section(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The questions of the call, or its declarations. With htmx every answer is saved at once, and what depends on it
    comes and goes."""
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    form = _form(frame, request)
    if request.method != "POST":
        frame.was = carried(answering.as_saved(form.questions, form.answers))
        return _page(request, frame, form)
    frame.status = 422
    saved = form.is_valid() and _save(frame, form)
    if auto:
        return _swapped(request, frame, form, saved=saved)
    if not saved:
        return _page(request, frame, form)
    for sentence in (saved_at(frame), *frame.said):
        messages.success(request, sentence)
    return (
        redirect("application_detail", pk=frame.application.pk)
        if "stay" in request.POST
        else redirect(frame.onward)
    )


def _form(frame: Frame, request: HttpRequest | None = None) -> AnswersForm:
    """The form on what is saved now, filled with what was sent."""
    sent = request is not None and request.method == "POST"
    questions = questions_of(frame.application.call)
    answers = {row.question_id: row for row in frame.application.answers.select_related("document")}
    mine = of_section(questions, frame.section.code)
    return AnswersForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        questions=mine,
        deciding=questions,
        answers=answers,
    )


def _save(frame: Frame, form: AnswersForm) -> bool:
    """Save what was answered; what refuses it stands at the form."""
    by_name = {field_name(question): question for question in form.questions}
    texts, files = form.texts, form.uploads
    typed = {field_name(question): texts[question.pk] for question in form.questions if question.pk in texts}
    typed |= {f"q{pk}": file.name or "" if file else "" for pk, file in files.items()}
    try:
        return frame.save_fields(
            lambda was, version: answering.save(
                by=frame.request.user,
                application=frame.application,
                section=frame.section.code,
                texts=texts,
                files=files,
                was=was,
                version=version,
                now=frame.now,
            ),
            form=form,
            typed=typed,
            words=lambda name, value: _words(by_name[name], value, form),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False


def _words(question: Question, value: str, form: AnswersForm) -> str:
    """An answer as people read it, in the notice of a conflict; a file that is saved by its name."""
    if question.kind != Question.Kind.FILE:
        return in_words(question, value)
    answer = form.answers.get(question.pk)
    return answer.document.filename if answer and value == str(answer.document_id) else value


def _swapped(request: HttpRequest, frame: Frame, form: AnswersForm, *, saved: bool) -> HttpResponse:
    """What changes on the page after an autosave: the note, the questions that come or go, and files that came. The
    fields that somebody may be writing in stay as they are."""
    shown = set(request.POST.getlist("shown"))
    changed = [row for row in form.rows() if row.depends and row.applies != (row.name in shown)]
    if saved and form.uploads:
        form = _form(frame)
        stored = answering.as_saved(form.questions, form.answers)
        files = {field_name(each): stored[field_name(each)] for each in form.questions if each.kind == "file"}
        frame.was = [*frame.was, *carried(files)]
        changed += [row for row in form.rows() if row.question.kind == "file"]
    context = frame.brief(form=form, saved=saved_at(frame) if saved else "", changed=changed)
    return swapped(request, f"{TEMPLATE}#saved", context, saved=saved)


def _page(request: HttpRequest, frame: Frame, form: AnswersForm) -> HttpResponse:
    more: dict[str, Any] = {"form": form, "rows": form.rows()}
    if not frame.may_write:
        more["told"] = told(questions_of(frame.application.call), form.answers, frame.section.code)
    return render(request, TEMPLATE, frame.context(**more), status=frame.status)
