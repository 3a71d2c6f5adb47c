"""The programme's figures: what counts is said here and nowhere else. Read only, from live rows.

A project counts once its agreement was signed and it became active, whatever became of it afterwards: closed, suspended
or terminated early, the State took part in it. One that only awaits its agreement does not count yet, and one that was
never signed never did. It counts in the year of its first day, in the province and sector of its group.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from applications.models import Submission, SubmissionMember
from core.money import ZERO
from grants.models import Project
from groups.models import Sector
from groups.provinces import Province
from reports.models import Certification, Training


@dataclass(frozen=True)
class Only:
    """Which projects are asked for; nothing set is all of them."""

    year: int | None = None
    line: str = ""
    province: str = ""

    def without_province(self) -> "Only":
        return Only(self.year, self.line)


EVERYTHING = Only()


def projects(only: Only = EVERYTHING):
    """The projects that count."""
    found = Project.objects.filter(first_day__isnull=False)
    if only.year:
        found = found.filter(first_day__range=(dt.date(only.year, 1, 1), dt.date(only.year, 12, 31)))
    if only.line:
        found = found.filter(application__call__line=only.line)
    if only.province:
        found = found.filter(application__group__province=only.province)
    return found


def by_province(only: Only = EVERYTHING) -> list[tuple[Province, int]]:
    """How many projects in each province that has any, by name."""
    counts = dict(_counted(only, "application__group__province"))
    return [(province, counts[province]) for province in Province if province in counts]


def by_sector(only: Only = EVERYTHING) -> list[tuple[Sector, int]]:
    """How many projects in each sector that has any, in the programme's order."""
    counts = dict(_counted(only, "application__group__sector"))
    return [(sector, counts[sector.pk]) for sector in Sector.objects.order_by("order") if sector.pk in counts]


def by_line(only: Only = EVERYTHING) -> dict[str, int]:
    """How many projects in each line of action that has any."""
    return dict(_counted(only, "application__call__line"))


def _counted(only: Only, column: str) -> Iterable[tuple[Any, int]]:
    rows = projects(only).order_by().values_list(column)
    return rows.annotate(n=Count("pk")).values_list(column, "n")


@dataclass(frozen=True)
class Totals:
    """The programme in a few figures."""

    projects: int
    firms: int
    trained: int
    certifications: int
    money: Decimal


def totals(only: Only = EVERYTHING) -> Totals:
    """Four queries. Firms are those of each project's last submission, each once in the whole; people trained and
    certifications are those of the ledgers of accepted reports (a renewal is no new one); money is what was approved."""
    found = projects(only)
    sums = found.aggregate(n=Count("pk"), money=Sum("approved_amount"))
    last = (
        Submission.objects.filter(application__in=found.values("application_id"))
        .order_by("application_id", "-number")
        .distinct("application_id")
        .values("pk")
    )
    firms = SubmissionMember.objects.filter(submission__in=last).aggregate(n=Count("firm", distinct=True))
    return Totals(
        projects=sums["n"],
        firms=firms["n"],
        trained=Training.objects.counted().filter(report__project__in=found).totals()["people"],
        certifications=Certification.objects.counted().filter(report__project__in=found).count(),
        money=sums["money"] or ZERO,
    )


def years() -> list[int]:
    """The years in which projects began, newest first."""
    return [day.year for day in projects().dates("first_day", "year", order="DESC")]
