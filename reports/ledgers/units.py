"""In what each outcome of the catalogue is counted (PROGRAMME 1), and which firms of a group an entry can name."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grants.models import Project
from groups.models import Firm

UNITS: dict[str, Promise] = {
    "groups": _("groups"),
    "technology": _("technologies"),
    "trained": _("people"),
    "training": _("permanent courses"),
    "organisation": _("processes"),
    "capacity": _("per cent more"),
    "links": _("agreements"),
    "integration": _("joint activities"),
    "products": _("products"),
    "marketing": _("actions"),
    "certifications": _("certificates"),
}


def unit_of(kind: str) -> str:
    """In what an outcome of a kind is counted."""
    return str(UNITS.get(kind, ""))


def firms_of(project: Project) -> QuerySet[Firm]:
    """The firms that were in the group at some time since the project began, by name."""
    since: dt.date | None = project.first_day
    stayed = Q(memberships__left_on=None)
    if since:
        stayed |= Q(memberships__left_on__gt=since)
    return Firm.objects.filter(stayed, memberships__group_id=project.application.group_id).distinct()
