"""The answers to a call's questions as a form: THE place where each kind is read, checked and written down.

What a kind of answer is kept as stands in models/questions.py. A draft may leave anything open: what has to be answered
is said by the rules. What does not apply, given the other answers, is neither checked nor kept.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from applications.models import Answer, Question
from applications.questions import asked, condition, field_name, given
from core.forms import DateField, DocumentField, Form, NumberField
from core.models import Document
from core.money import cents

Kind = Question.Kind
SHORT, LONG = 300, 4000
# So many choices are still read at once; more of them are a list to open.
MOST_BUTTONS = 7


@dataclass(frozen=True)
class Typed:
    """A kind of answer: the field that reads and checks it, and how what it cleans is kept as text and shown again."""

    field: Callable[[Question], forms.Field]
    to_text: Callable[[Any], str] = str
    from_text: Callable[[str], Any] = str


def _one_of(question: Question, choices: list[tuple[str, str]]) -> forms.Field:
    if len(choices) > MOST_BUTTONS:
        return forms.ChoiceField(choices=[("", "–"), *choices], required=False)
    return forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)


KINDS: dict[str, Typed] = {
    Kind.TEXT: Typed(lambda _question: forms.CharField(max_length=SHORT, required=False)),
    Kind.LONG_TEXT: Typed(
        lambda _question: forms.CharField(
            max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 5})
        )
    ),
    Kind.NUMBER: Typed(
        lambda _question: NumberField(required=False), lambda value: f"{cents(value):f}", Decimal
    ),
    Kind.DATE: Typed(lambda _question: DateField(required=False), dt.date.isoformat, dt.date.fromisoformat),
    Kind.CHOICE: Typed(lambda question: _one_of(question, question.choices())),
    Kind.CHOICES: Typed(
        lambda question: forms.MultipleChoiceField(
            choices=question.choices(), required=False, widget=forms.CheckboxSelectMultiple
        ),
        ",".join,
        lambda text: text.split(","),
    ),
    Kind.YES_NO: Typed(lambda question: _one_of(question, [("yes", _("Yes")), ("no", _("No"))])),
    Kind.FILE: Typed(lambda _question: DocumentField(required=False), lambda upload: upload.name),
    Kind.DECLARATION: Typed(
        lambda _question: forms.BooleanField(required=False), lambda _value: "yes", lambda text: text == "yes"
    ),
}


@dataclass(frozen=True)
class Row:
    """A question as the page shows it. `applies`: given what is answered now; `condition`: when it does, in words."""

    question: Question
    number: int
    field: BoundField
    applies: bool
    condition: str
    document: Document | None
    remove: BoundField | None

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def depends(self) -> bool:
        """Whether it comes and goes with another answer."""
        return self.question.only_if_id is not None


class AnswersForm(Form):
    """One section of the questions of a call: those that are asked, or its declarations."""

    # Which answers are needed stands in each label.
    hides_optional = True

    def __init__(
        self,
        *args: Any,
        questions: list[Question],
        deciding: list[Question],
        answers: Mapping[int, Answer],
        **kwargs: Any,
    ):
        """`questions` are those of the section, `deciding` all of the call, on which they may depend; `answers` all
        that are saved, by the question's id."""
        super().__init__(*args, **kwargs)
        self.questions, self.deciding, self.answers = questions, deciding, answers
        self.applying = self._applying(given(answers.values()))
        for number, question in enumerate(questions, 1):
            self._add(question, number)

    def _add(self, question: Question, number: int) -> None:
        typed, name = KINDS[question.kind], field_name(question)
        field = typed.field(question)
        field.label = question_label(question, number)
        # The hint of a file says its limits already; hints are shown as they are, so words of people are escaped.
        hints = [condition(question, self.deciding), question.help, field.help_text]
        field.help_text = format_html_join(mark_safe("<br>"), "{}", [(str(hint),) for hint in hints if hint])
        answer = self.answers.get(question.pk)
        if answer and question.kind != Kind.FILE and answer.value:
            self.initial[name] = typed.from_text(answer.value)
        self.fields[name] = field
        if answer and answer.document_id:
            self.fields[f"{name}_remove"] = forms.BooleanField(
                label=_("Take out “%(name)s”") % {"name": answer.document}, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Forget what does not apply, right or wrong."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        texts = {
            question.pk: self._text(question) for question in self.questions if question.kind != Kind.FILE
        }
        self.applying = self._applying({**given(self.answers.values()), **texts})
        for question in self.questions:
            if question.pk not in self.applying:
                self.errors.pop(field_name(question), None)
                data.pop(field_name(question), None)
        return data

    def _applying(self, texts: Mapping[int, str]) -> set[int]:
        return {question.pk for question in asked(self.deciding, texts)}

    def _text(self, question: Question) -> str:
        """What was answered, as it is kept; "" for nothing, and for what is wrong."""
        value = self.cleaned_data.get(field_name(question))
        return "" if value in (None, "", [], False) else KINDS[question.kind].to_text(value)

    @property
    def texts(self) -> dict[int, str]:
        """The answers that apply, by the question's id, as they are kept. Fields that did not come are left out."""
        return {
            question.pk: self._text(question)
            for question in self.questions
            if question.pk in self.applying and question.kind != Kind.FILE and self._came(question)
        }

    def _came(self, question: Question) -> bool:
        name = field_name(question)
        radio = isinstance(self.fields[name].widget, forms.RadioSelect)
        return radio or not self.fields[name].widget.value_omitted_from_data(self.data, self.files, name)

    @property
    def uploads(self) -> dict[int, UploadedFile | None]:
        """The files that came, by the question's id; None where one is to be taken out."""
        found: dict[int, UploadedFile | None] = {}
        for question in self.questions:
            name = field_name(question)
            if question.kind != Kind.FILE or question.pk not in self.applying:
                continue
            if upload := self.cleaned_data.get(name):
                found[question.pk] = upload
            elif self.cleaned_data.get(f"{name}_remove"):
                found[question.pk] = None
        return found

    def rows(self) -> list[Row]:
        """The questions for the page, in their order."""
        return [self._row(question, number) for number, question in enumerate(self.questions, 1)]

    def _row(self, question: Question, number: int) -> Row:
        name, answer = field_name(question), self.answers.get(question.pk)
        return Row(
            question=question,
            number=number,
            field=self[name],
            applies=question.pk in self.applying,
            condition=condition(question, self.deciding),
            document=answer.document if answer else None,
            remove=self[f"{name}_remove"] if f"{name}_remove" in self.fields else None,
        )


def question_label(question: Question, number: int) -> str:
    """`3. How many people work for you?`; a declaration stands for itself."""
    if question.kind == Kind.DECLARATION:
        return str(question)
    label = f"{number}. {question}"
    return label if question.required else _("%(question)s (optional)") % {"question": label}
