"""The extra questions of a call: which of them are asked, given the answers so far, and how answers read. Typing and
checking answers is for forms/answers.py, saving them for answering.py.

An answer is text, as models/questions.py says: `1234.50`, `2026-11-24`, `a,c`, `yes`. Here `answers` maps the id of a
question to that text; a file counts by its name.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Answer, Call, Question
from core.models import Document
from core.money import format_money

Kind = Question.Kind
DECLARATION = Kind.DECLARATION
# What an answer to a question of these kinds may open or close further questions by.
DECIDING = (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO)


def questions_of(call: Call) -> list[Question]:
    """All questions of a call in their order, declarations too. Read once for each instance of the call."""
    prefetch_related_objects([call], "questions")
    return list(call.questions.all())


def of_section(questions: Iterable[Question], section: str) -> list[Question]:
    """Those of the section of questions, or of that of declarations."""
    return [each for each in questions if (each.kind == DECLARATION) == (section == "declarations")]


def field_name(question: Question) -> str:
    """What the field of a question is called in forms."""
    return f"q{question.pk}"


def has_questions(call: Call) -> bool:
    """Whether a call asks anything besides the usual."""
    return any(question.kind != DECLARATION for question in questions_of(call))


def has_declarations(call: Call) -> bool:
    """Whether a call has declarations of its own to accept."""
    return any(question.kind == DECLARATION for question in questions_of(call))


def applies(question: Question, answers: Mapping[int, str]) -> bool:
    """Whether a question is asked, given the answers to those before it that were asked themselves."""
    if question.only_if_id is None:
        return True
    given = answers.get(question.only_if_id, "").split(",")
    return not set(given).isdisjoint(question.only_if_answers)


def asked(questions: Iterable[Question], answers: Mapping[int, str]) -> list[Question]:
    """The questions that are asked, given all answers. One that is not asked has no answer that counts: what depends on
    it is not asked either."""
    found: list[Question] = []
    counting: dict[int, str] = {}
    for question in questions:
        if applies(question, counting):
            found.append(question)
            counting[question.pk] = answers.get(question.pk, "")
    return found


def given(answers: Iterable[Answer]) -> dict[int, str]:
    """Answers by the id of their question; a file by its name."""
    return {
        answer.question_id: answer.document.filename if answer.document else answer.value
        for answer in answers
    }


# --- In words --------------------------------------------------------------------------------------


def in_words(question: Question, value: str) -> str:
    """An answer as people read it, in the language of the page; "" for none."""
    if not value:
        return ""
    if question.kind == Kind.NUMBER:
        return "".join(format_money(Decimal(value)).replace("$", "").split()).removesuffix(",00")
    if question.kind == Kind.DATE:
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    if question.kind == Kind.YES_NO:
        return _("Yes") if value == "yes" else _("No")
    if question.kind == DECLARATION:
        return _("Accepted")
    if question.kind in (Kind.CHOICE, Kind.CHOICES):
        words = dict(question.choices())
        return ", ".join(words.get(code, code) for code in value.split(","))
    return value


def condition(question: Question, questions: Iterable[Question]) -> str:
    """`Only if “Do you export?” is: Yes`; "" for a question that is always asked."""
    earlier = next((each for each in questions if each.pk == question.only_if_id), None)
    if earlier is None:
        return ""
    answers = [in_words(earlier, code) for code in question.only_if_answers]
    sentence = ngettext(
        "Only if “%(question)s” is: %(answers)s",
        "Only if “%(question)s” is one of: %(answers)s",
        len(answers),
    )
    return sentence % {"question": earlier, "answers": ", ".join(answers)}


@dataclass(frozen=True)
class Told:
    """A question with its answer in words, for reading."""

    question: Question
    words: str
    document: Document | None


def told(questions: Iterable[Question], answers: Mapping[int, Answer], section: str) -> list[Told]:
    """What was asked in a section and answered, in the order of the questions."""
    texts = given(answers.values())
    return [
        Told(
            each,
            in_words(each, texts.get(each.pk, "")),
            answers[each.pk].document if each.pk in answers else None,
        )
        for each in of_section(asked(questions, texts), section)
    ]
