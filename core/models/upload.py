"""A file on its way: sent in parts, so that an interrupted upload goes on where it stopped."""

import uuid

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """Parts of one file of one person, in order. A form takes it over once it is whole; otherwise it is swept."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    # Where the parts that came stand in the storage of uploads.
    path = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__gt=0, received__lte=models.F("size")), name="upload_within_its_size"
            )
        ]
        indexes = [models.Index(fields=["updated_at"])]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_whole(self) -> bool:
        """Whether every byte has come."""
        return self.received == self.size
