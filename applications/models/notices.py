"""How and when a group was notified of an act, with its proof: from that day its days count (PROGRAMME 4, 11).

The columns stand here once; each act that is notified has rows of its own (below, and in grants.models.letters).
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.review import Decision
from core.models import Document


class Notice(models.Model):
    """One notification. Never changed: of several the last that was written down counts."""

    class Means(models.TextChoices):
        EMAIL = "email", _("E-mail, with the answer or the receipt")
        PLATFORM = "platform", _("Electronic address of the procedures platform (TAD)")
        LETTER = "letter", _("Registered letter")
        IN_PERSON = "in_person", _("In person, with a signature")
        GAZETTE = "gazette", _("Official gazette")

    means = models.CharField(_("How"), max_length=10, choices=Means)
    notified_on = models.DateField(_("On which day the group was notified"))
    # The paper that proves it.
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.means} {self.notified_on}"


class DecisionNotice(Notice):
    """How the group was notified of a decision on its application."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="notices")
