"""The coordinator's salary as a dated scale of the call (PROGRAMME 10): what a month is worth from a day on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from core.money import MoneyField


class SalaryScale(models.Model):
    """A month's salary from a day on, by one resolution for all projects of the call. Before the first row it is what the
    call was published with. A row counts from a day to come, so that no day that was worked changes its worth."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="salary_scales")
    valid_from = models.DateField(_("Valid from"))
    per_month = MoneyField(_("Salary per month"))
    resolution = models.CharField(_("Number of the resolution"), max_length=60)
    entered_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["call", "valid_from"], name="one_salary_a_day"),
            models.CheckConstraint(
                condition=Q(per_month__gt=0, valid_from__gt=F("entered_on")) & ~Q(resolution=""),
                name="salary_scale_to_come",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.valid_from}"
