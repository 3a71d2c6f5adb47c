"""What a call asks besides the usual, and what a group answers (PROGRAMME 4, extra questions)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from core import bilingual
from core.models import Document


class Question(models.Model):
    """A question of a call, in both languages. One may depend on the answer to an earlier one ("only if …").

    A declaration is a sentence that the representative has to accept; it stands in a section of its own.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Short text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of several")
        CHOICES = "choices", _("Several of a list")
        YES_NO = "yes_no", _("Yes or no")
        FILE = "file", _("File")
        DECLARATION = "declaration", _("Declaration to accept")

    call = models.ForeignKey(Call, models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("Kind of answer"), max_length=12, choices=Kind)
    text_en = models.CharField(_("Question in English"), max_length=500)
    text_es = models.CharField(_("Question in Spanish"), max_length=500)
    help_en = models.CharField(_("Help in English"), max_length=500, blank=True)
    help_es = models.CharField(_("Help in Spanish"), max_length=500, blank=True)
    required = models.BooleanField(_("It has to be answered"), default=True)
    # For `choice` and `choices`: [{"code": "a", "en": "…", "es": "…"}, …].
    options = models.JSONField(default=list, blank=True)
    # Asked only if that earlier question (choice, choices, yes_no) has one of these answers (codes; "yes", "no").
    only_if = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="follow_ups")
    only_if_answers = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "order"], name="question_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(only_if=F("id")), name="question_not_of_itself"),
        ]

    def __str__(self) -> str:
        return bilingual.text(self, "text")

    @property
    def help(self) -> str:
        return bilingual.text(self, "help")

    def choices(self) -> list[tuple[str, str]]:
        """The options as (code, words) in the reader's language."""
        return [(option["code"], option[bilingual.language()]) for option in self.options]


class Answer(models.Model):
    """A group's answer. `value` as people would write it down: text; a number `1234.50`; a day `2026-11-24`; the code
    of a choice, or several with commas between; `yes` or `no`; for a declaration `yes`. A file is in `document`."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.TextField(blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["question__order", "id"]
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.question_id}"
