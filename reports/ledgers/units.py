"""In what each outcome of the catalogue is counted (PROGRAMME 1), and which firms of a group an entry can name."""

import datetime as dt
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from grants.models import Project
from groups.models import Firm
from reports.wording import figure

# The figure in words: `1 agreement`, `12,5 per cent more`.
WORDS: dict[str, Promise] = {
    "groups": ngettext_lazy("%(n)s group", "%(n)s groups", "count"),
    "technology": ngettext_lazy("%(n)s technology", "%(n)s technologies", "count"),
    "trained": ngettext_lazy("%(n)s person", "%(n)s people", "count"),
    "training": ngettext_lazy("%(n)s permanent course", "%(n)s permanent courses", "count"),
    "organisation": ngettext_lazy("%(n)s process", "%(n)s processes", "count"),
    "capacity": ngettext_lazy("%(n)s per cent more", "%(n)s per cent more", "count"),
    "links": ngettext_lazy("%(n)s agreement", "%(n)s agreements", "count"),
    "integration": ngettext_lazy("%(n)s joint activity", "%(n)s joint activities", "count"),
    "products": ngettext_lazy("%(n)s product", "%(n)s products", "count"),
    "marketing": ngettext_lazy("%(n)s action", "%(n)s actions", "count"),
    "certifications": ngettext_lazy("%(n)s certificate", "%(n)s certificates", "count"),
}


def counted(kind: str, number: Decimal | str) -> str:
    """A figure of the catalogue with its unit."""
    return _worded(kind, 1 if Decimal(number) == 1 else 2, figure(number))


def unit_of(kind: str) -> str:
    """In what an outcome of a kind is counted."""
    return _worded(kind, 2, "")


def _worded(kind: str, count: int, words: str) -> str:
    return str(WORDS[kind] % {"count": count, "n": words}).strip()


def firms_of(project: Project) -> QuerySet[Firm]:
    """The firms that were in the group at some time since the project began, by name."""
    since: dt.date | None = project.first_day
    stayed = Q(memberships__left_on=None)
    if since:
        stayed |= Q(memberships__left_on__gt=since)
    return Firm.objects.filter(stayed, memberships__group_id=project.application.group_id).distinct()
