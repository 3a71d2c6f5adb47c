"""What a person keeps of their own reading: how far they have read a case, and the lists that they come back to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseSeen(models.Model):
    """How far a person has read a case: the number of the last event that there was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cases_seen")
    case = models.ForeignKey("core.Case", models.CASCADE, related_name="seen_by")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="case_seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.case_id}/{self.sequence}"


class SavedFilter(models.Model):
    """The filters and the order of a list under a name; a shared one stands on everybody's list."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    # The name of the list's address: "application_list".
    page = models.CharField(max_length=60)
    name = models.CharField(_("Name"), max_length=80)
    # What stands after the question mark of its address.
    query = models.CharField(max_length=1000)
    shared = models.BooleanField(_("Show it to all staff"), default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_filter_name")]

    def __str__(self) -> str:
        return self.name
