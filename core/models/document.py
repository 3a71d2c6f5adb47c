"""Files that belong to a case."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.case import Case


def random_name(_document, _filename) -> str:
    """A storage name that says nothing and cannot be guessed; the true name is a column."""
    import secrets

    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:]}"


class Document(models.Model):
    """A file as it came, or a PDF as it left. Its bytes never change: a new version is a new row."""

    class Scan(models.TextChoices):
        PENDING = "pending", _("Waits for the virus scanner")
        CLEAN = "clean", _("Scanned")
        INFECTED = "infected", _("Refused: the virus scanner found something in it")

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    # Says who may read it: the app that owns the kind registers the rule (core.documents).
    kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField(help_text="The object of the kind's app that it belongs to")
    filename = models.CharField(max_length=200)
    file = models.FileField(upload_to=random_name, max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # What a PDF prints about itself: the digest of the data that it was made from.
    content_hash = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    # What the virus scanner said; "" where none is set up, and for what the system made itself.
    scan = models.CharField(max_length=8, choices=Scan, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "kind", "owner_id"]),
            models.Index(
                fields=["content_hash"], condition=~models.Q(content_hash=""), name="document_by_content"
            ),
            models.Index(fields=["id"], condition=models.Q(scan="pending"), name="document_to_scan"),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="document_not_empty")]

    def __str__(self) -> str:
        return self.filename
