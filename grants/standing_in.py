"""Whether somebody who stands in for a coordinator does it while a project of the group goes on."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from grants.models import Project
from groups.models import Group


def days_outside(group: Group, first: dt.date, last: dt.date) -> str:
    """A warning, since what a project owes after its last day is reported then; "" when a project goes on on one of the days, or
    none has begun."""
    rows = Project.objects.filter(
        application__group=group, status__in=Project.OPEN, first_day__isnull=False, last_day__isnull=False
    )
    found: Any = list(rows.order_by("-last_day").values_list("application__title", "first_day", "last_day"))
    if not found or any(begins <= last and first <= ends for _title, begins, ends in found):
        return ""
    title, begins, ends = found[0]
    return _(
        "None of these days lies within the project “%(title)s”, which runs from %(begins)s to %(ends)s: look at the dates again."
    ) % {"title": title, "begins": f"{begins:%d/%m/%Y}", "ends": f"{ends:%d/%m/%Y}"}
