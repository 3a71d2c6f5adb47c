"""Forms around the call editor: a new call, one row of it, and what is done to a published one."""

import re
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.calls import rows
from applications.forms.call_page import writing
from applications.models import Call, Line, Question
from applications.questions import in_words
from applications.readiness import DECIDING, FEWEST_OPTIONS
from core.forms import Form, MomentField, MoneyField, WholeNumberField
from core.money import ZERO

CODE = re.compile(r"^[A-Z0-9][A-Z0-9-]{1,19}$")
MOST_OPTIONS = 40
LONGEST_OPTION = 120


class NewCallForm(Form):
    """What a call has from its first minute on; the rest is written page by page."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy(
            "Short, for example G-2027-1: capital letters, figures and hyphens. It stays: it stands in the address."
        ),
        max_length=20,
        widget=forms.TextInput({"class": "answer-20", "autocomplete": "off", "spellcheck": "false"}),
    )
    line = forms.ChoiceField(
        label=gettext_lazy("Line of action"), choices=Line.choices, widget=forms.RadioSelect
    )
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    title_es = forms.CharField(label=gettext_lazy("Title in Spanish"), max_length=200)
    opens_at = MomentField(
        label=gettext_lazy("Opens"),
        help_text=gettext_lazy("Buenos Aires. It can be changed until the call is published."),
    )

    def __init__(self, *args: Any, former: Call | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if former is not None:
            # A copy has the line of its model: its rules hang on it.
            del self.fields["line"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if not CODE.match(code):
            raise forms.ValidationError(
                _("Use capital letters, figures and hyphens, 2 to 20 of them, for example G-2027-1.")
            )
        return code


class DocumentForm(Form):
    """A document that groups attach."""

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    name_es = forms.CharField(label=gettext_lazy("Name in Spanish"), max_length=120)
    help_en = forms.CharField(label=gettext_lazy("Help in English"), max_length=300, required=False)
    help_es = forms.CharField(label=gettext_lazy("Help in Spanish"), max_length=300, required=False)
    required = forms.BooleanField(label=gettext_lazy("It has to be attached"), required=False, initial=True)
    most_files = WholeNumberField(
        label=gettext_lazy("Most files"),
        min_value=1,
        max_value=20,
        initial=5,
    )


class CheckForm(Form):
    """A line of the checklist of officers."""

    name_en = forms.CharField(label=gettext_lazy("What is checked, in English"), max_length=200)
    name_es = forms.CharField(label=gettext_lazy("What is checked, in Spanish"), max_length=200)
    help_en = forms.CharField(label=gettext_lazy("Help in English"), max_length=300, required=False)
    help_es = forms.CharField(label=gettext_lazy("Help in Spanish"), max_length=300, required=False)


def anchor(label: Any) -> forms.CharField:
    """What a point of a scale means, in words: reviewers read it beside the score."""
    return forms.CharField(label=label, max_length=200, required=False)


class CriterionForm(Form):
    """A criterion of the reviews, with what the points of its scale mean where the call says so."""

    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    name_es = forms.CharField(label=gettext_lazy("Name in Spanish"), max_length=120)
    help_en = forms.CharField(
        label=gettext_lazy("What the reviewer asks, in English"), max_length=300, required=False
    )
    help_es = forms.CharField(
        label=gettext_lazy("What the reviewer asks, in Spanish"), max_length=300, required=False
    )
    weight = WholeNumberField(
        label=gettext_lazy("Weight"),
        help_text=gettext_lazy("Relative to the sum of all weights."),
        min_value=1,
        max_value=1000,
    )
    max_score = WholeNumberField(
        label=gettext_lazy("Highest score"),
        min_value=1,
        max_value=100,
        initial=10,
    )
    low_en = anchor(gettext_lazy("What no point at all means, in English"))
    low_es = anchor(gettext_lazy("What no point at all means, in Spanish"))
    middle_en = anchor(gettext_lazy("What half of the points means, in English"))
    middle_es = anchor(gettext_lazy("What half of the points means, in Spanish"))
    high_en = anchor(gettext_lazy("What the highest score means, in English"))
    high_es = anchor(gettext_lazy("What the highest score means, in Spanish"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for point in ("low", "middle", "high"):
            english, spanish = data.get(f"{point}_en"), data.get(f"{point}_es")
            if bool(english) != bool(spanish) and {f"{point}_en", f"{point}_es"} <= set(data):
                self.add_error(
                    f"{point}_es" if english else f"{point}_en",
                    _("Write it in both languages, or in neither."),
                )
        return data


class QuestionForm(Form):
    """A question in both languages. Its condition names answers of one earlier question: no circle can come of it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of answer"), choices=Question.Kind.choices, widget=forms.RadioSelect
    )
    text_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=500, widget=writing(2))
    text_es = forms.CharField(label=gettext_lazy("Question in Spanish"), max_length=500, widget=writing(2))
    help_en = forms.CharField(
        label=gettext_lazy("Help in English"), max_length=500, required=False, widget=writing(2)
    )
    help_es = forms.CharField(
        label=gettext_lazy("Help in Spanish"), max_length=500, required=False, widget=writing(2)
    )
    required = forms.BooleanField(label=gettext_lazy("It has to be answered"), required=False, initial=True)
    options = forms.CharField(
        label=gettext_lazy("Options"),
        help_text=gettext_lazy(
            "Only for “one of several” and “several of a list”: one a line, in English and Spanish with a bar between, "
            "for example: Yes, abroad | Sí, al exterior"
        ),
        max_length=10000,
        required=False,
        widget=writing(5),
    )
    condition = forms.MultipleChoiceField(
        label=gettext_lazy("Ask it only if"),
        help_text=gettext_lazy(
            "Answers of one earlier question; with none chosen it is always asked. Only questions with options, or of yes "
            "or no, can decide."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, call: Call, question: Question | None = None, **kwargs: Any):
        if question is not None:
            kwargs["initial"] = initial_of(question)
        super().__init__(*args, **kwargs)
        self.question = question
        earlier = call.questions.filter(kind__in=DECIDING).order_by("order")
        if question is not None:
            earlier = earlier.filter(order__lt=question.order)
        self.earlier = {each.pk: each for each in earlier}
        choices = [
            (f"{each.pk}:{code}", f"{each.order}. {each} → {in_words(each, code)}")
            for each in self.earlier.values()
            for code in rows.codes_of(each)
        ]
        condition = self.fields["condition"]
        assert isinstance(condition, forms.MultipleChoiceField)
        condition.choices = choices
        if not choices:
            del self.fields["condition"]

    def clean_options(self) -> list[dict[str, str]]:
        """What stands in the column: the code, and the words in both languages."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if len(lines) > MOST_OPTIONS:
            raise forms.ValidationError(_("These are too many: %(most)s at most.") % {"most": MOST_OPTIONS})
        pairs = []
        for line in lines:
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 2 or not all(parts):
                raise forms.ValidationError(
                    _("Write each option in both languages with one bar between: “%(line)s”.")
                    % {"line": line[:60]}
                )
            if max(map(len, parts)) > LONGEST_OPTION:
                raise forms.ValidationError(_("This option is too long: “%(line)s…”.") % {"line": line[:60]})
            pairs.append((parts[0], parts[1]))
        for words in zip(*pairs, strict=True):
            if len(set(words)) < len(words):
                raise forms.ValidationError(_("Two options read the same."))
        return with_codes(pairs, self.question.options if self.question else [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, options = data.get("kind"), data.get("options")
        chosen = kind in (Question.Kind.CHOICE, Question.Kind.CHOICES)
        if kind and options is not None:
            if chosen and len(options) < FEWEST_OPTIONS:
                self.add_error("options", _("Write two options at least."))
            if not chosen and options:
                self.add_error("options", _("Leave it empty: this kind of answer has no options."))
        if len({value.partition(":")[0] for value in data.get("condition", [])}) > 1:
            self.add_error("condition", _("Choose answers of one question only."))
        return data

    def values(self) -> dict[str, Any]:
        """What to write into the row."""
        data = dict(self.cleaned_data)
        condition = data.pop("condition", [])
        before, codes = None, []
        for value in condition:
            pk, _colon, code = value.partition(":")
            before = self.earlier[int(pk)]
            codes.append(code)
        # A declaration is there to be accepted.
        required = data["required"] or data["kind"] == Question.Kind.DECLARATION
        return {**data, "required": required, "only_if": before, "only_if_answers": codes}


def initial_of(question: Question) -> dict[str, Any]:
    """A question as the form shows it."""
    return {
        **{
            name: getattr(question, name)
            for name in ("kind", "text_en", "text_es", "help_en", "help_es", "required")
        },
        "options": "\n".join(f"{option['en']} | {option['es']}" for option in question.options),
        "condition": [f"{question.only_if_id}:{code}" for code in question.only_if_answers],
    }


def with_codes(pairs: list[tuple[str, str]], former: list[dict[str, str]]) -> list[dict[str, str]]:
    """Options with their codes: one that was there keeps its own, wherever it stands now; when only the words of some
    changed, those take over the codes of the ones that are gone, in their order. New ones get one of their own."""
    old = {option["code"]: option for option in former}

    def known(english: str, spanish: str) -> str:
        return next((code for code, o in old.items() if english == o["en"] or spanish == o["es"]), "")

    codes = []
    for english, spanish in pairs:
        code = known(english, spanish)
        codes.append(code if code and code not in codes else "")
    left = [code for code in old if code not in codes]
    if codes.count("") == len(left):
        codes = [code or left.pop(0) for code in codes]
    taken = {*old, *codes}
    for place, (english, _spanish) in enumerate(pairs):
        if not codes[place]:
            base = slugify(english)[:30] or "option"
            code, number = base, 2
            while code in taken:
                code, number = f"{base}-{number}", number + 1
            codes[place] = code
            taken.add(code)
    return [
        {"code": code, "en": english, "es": spanish}
        for code, (english, spanish) in zip(codes, pairs, strict=True)
    ]


# --- A published call --------------------------------------------------------------------------------

REASON = gettext_lazy("Reason")


class ReasonedForm(Form):
    """Something with its reason, for the timeline."""

    reason = forms.CharField(label=REASON, max_length=2000, widget=writing(3))


class ExtendForm(ReasonedForm):
    """When the call closes now."""

    closes_at = MomentField(label=gettext_lazy("New closing day and hour"))
    field_order = ("closes_at", "reason")

    def __init__(self, *args: Any, call: Call, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.call = call

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        if self.call.closes_at is not None and closes <= self.call.closes_at:
            raise forms.ValidationError(
                _("Choose a moment after the present closing: a call is only extended.")
            )
        return closes


class EnvelopeForm(ReasonedForm):
    """How much there is now."""

    envelope = MoneyField(label=gettext_lazy("New envelope"), min_value=ZERO)
    field_order = ("envelope", "reason")


class CutAddForm(ReasonedForm):
    """One more cut."""

    at = MomentField(label=gettext_lazy("Day and hour of the further cut"))
    field_order = ("at", "reason")
