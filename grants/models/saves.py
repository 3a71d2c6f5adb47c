"""Forms that were saved: whoever sends one again, because the answer got lost on its way, hears the same and saves nothing."""

from django.conf import settings
from django.db import models


class FormSave(models.Model):
    """One save of a form, under the key that the page gave it (grants.saving). Forgotten after some days."""

    # None: whoever answers by the secret in a link, without an account.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=32)
    # Where the person was led.
    led_to = models.CharField(max_length=500, blank=True)
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="form_saved_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"
