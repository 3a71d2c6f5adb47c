"""Saving the answers to a call's questions and declarations: through `actions.editing`, and what does not apply is not
kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from applications import actions, attachments, merging
from applications.models import Answer, Application, Question
from applications.questions import asked, field_name, of_section, questions_of
from core import documents


def save(
    *,
    by: User,
    application: Application,
    section: str,
    texts: Mapping[int, str],
    files: Mapping[int, UploadedFile | None],
    was: Mapping[str, str],
    version: int,
    now: datetime,
) -> merging.Merge:
    """Write answers of the section `questions` or `declarations`, by the question's id, as they are kept.

    `texts` "" and `files` None take an answer away; `was` are digests of the values that the page was opened with
    (applications.merging). Raises what `actions.editing` raises, ValidationError for a file that cannot come in, and
    BothWrote when somebody else changed one of the answers that this person changed.
    """
    with actions.editing(application, by=by, section=section, version=None, now=now) as fresh:
        # The questions of a call that takes applications do not change.
        questions = questions_of(application.call)
        mine = {each.pk: each for each in of_section(questions, section)}
        stored = {answer.question_id: answer for answer in fresh.answers.all()}
        saved = as_saved(mine.values(), stored)
        typed = {field_name(mine[pk]): text for pk, text in texts.items() if pk in mine}
        typed |= {field_name(mine[pk]): _mark(file) for pk, file in files.items() if pk in mine}
        found = merging.merge(saved, typed, was, same_version=version == fresh.version)
        if found.both:
            raise merging.BothWrote(found)
        after = {pk: "a file" if row.document_id else row.value for pk, row in stored.items()}
        after |= {pk: typed[field_name(each)] for pk, each in mine.items() if field_name(each) in found.write}
        apply = {each.pk for each in asked(questions, after)}
        gone = [pk for pk in stored if pk not in apply or not after[pk]]
        write = [
            each for pk, each in mine.items() if field_name(each) in found.write and pk in apply and after[pk]
        ]
        if write:
            Answer.objects.bulk_create(
                [_answer(fresh, each, texts, files, by=by, now=now) for each in write],
                update_conflicts=True,
                unique_fields=["application", "question"],
                update_fields=["value", "document"],
            )
        if gone:
            fresh.answers.filter(question__in=gone).delete()
        touched = {each.pk for each in write} | set(gone)
        numbers = [number for number, pk in enumerate(mine, 1) if pk in touched]
        fresh.noted = {"questions": numbers} if touched else None
    return found


def as_saved(questions: Iterable[Question], answers: Mapping[int, Answer]) -> dict[str, str]:
    """What a form is opened with, by the name of the field: the text of each answer; of a file its id."""
    rows = ((each, answers.get(each.pk)) for each in questions)
    return {field_name(each): str(row.document_id or row.value) if row else "" for each, row in rows}


def _mark(file: UploadedFile | None) -> str:
    """Stands for a new file: it is never what is saved."""
    return f"file {file.name}" if file else ""


def _answer(
    application: Application,
    question: Question,
    texts: Mapping[int, str],
    files: Mapping[int, UploadedFile | None],
    *,
    by: User,
    now: datetime,
) -> Answer:
    file = files.get(question.pk)
    if file is None:
        return Answer(application=application, question=question, value=texts[question.pk])
    document = documents.store(
        case=application.case,
        kind=attachments.KIND,
        owner_id=application.pk,
        upload=file,
        by=by,
        now=now,
    )
    return Answer(application=application, question=question, document=document)
