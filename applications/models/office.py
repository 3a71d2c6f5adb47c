"""What the office keeps for its own work: the experts whom it may ask, snippets of text, the words by which cases are
found."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from groups.models import Firm, Group, Sector
from groups.provinces import Province


class ReviewerProfile(models.Model):
    """What an expert knows, and how much they take on at once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewer_profile")
    sectors = models.ManyToManyField(Sector, blank=True, related_name="reviewers", verbose_name=_("Sectors"))
    provinces = ArrayField(
        models.CharField(max_length=4, choices=Province),
        default=list,
        blank=True,
        verbose_name=_("Provinces"),
    )
    most_open = models.PositiveSmallIntegerField(_("Most reviews at once"), default=5)
    note = models.CharField(_("What else the office should know"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.user)


class DeclaredRelation(models.Model):
    """A tie of an expert to a firm or to a group, which keeps them from reviewing its cases (PROGRAMME 3)."""

    class Kind(models.TextChoices):
        OWNS = "owns", _("Owns it, or a part of it")
        WORKS = "works", _("Works for it, or did in the last three years")
        FAMILY = "family", _("Family of somebody there")
        ADVISES = "advises", _("Advises it, or did in the last three years")
        OTHER = "other", _("Another tie")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="declared_relations")
    firm = models.ForeignKey(Firm, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("Which tie"), max_length=8, choices=Kind)
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-declared_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(firm__isnull=False, group=None) | Q(firm=None, group__isnull=False),
                name="relation_to_one",
            ),
            models.UniqueConstraint(
                fields=["user", "firm"], condition=Q(ended_at=None), name="relation_to_firm_once"
            ),
            models.UniqueConstraint(
                fields=["user", "group"], condition=Q(ended_at=None), name="relation_to_group_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.firm or self.group}"


class Snippet(models.Model):
    """A piece of text that somebody of the office writes again and again."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="snippets")
    name = models.CharField(_("Name"), max_length=80)
    text = models.TextField(_("Text"), max_length=4000)
    shared = models.BooleanField(_("Show it to all staff"), default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="snippet_name")]

    def __str__(self) -> str:
        return self.name


class ApplicationWords(models.Model):
    """The words by which an application is found: reference, title, group, place, firms and their CUITs. Triggers of the
    database write them whenever one of these changes (applications migration 0009)."""

    application = models.OneToOneField(Application, models.CASCADE, primary_key=True, related_name="words")
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="application_words")]

    def __str__(self) -> str:
        return f"words of {self.application_id}"
