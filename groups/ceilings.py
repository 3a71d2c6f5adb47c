"""The ceilings of the norms on SMEs: which rows are in force on a day, and how a row is named (PROGRAMME 4)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from groups.models import Firm, HeadcountCeiling, SizeCeiling

Ceiling = SizeCeiling | HeadcountCeiling


@dataclass(frozen=True)
class Norms:
    """The rows in force on a day, by branch: of yearly sales, and of people employed."""

    sales: dict[str, list[SizeCeiling]]
    people: dict[str, list[HeadcountCeiling]] = field(default_factory=dict)


def norms_on(day: dt.date, firms: Iterable[Firm]) -> Norms:
    """What the sizes of these firms need: one query, and one more where people decide for one of them."""
    people = headcounts_on(day) if any(firm.activity.people_decide for firm in firms) else {}
    return Norms(ceilings_on(day), people)


class EveryNorm:
    """The rows of every day, for sizes of many firms on different days: two queries, once somebody asks."""

    @cached_property
    def _rows(self) -> tuple[list[SizeCeiling], list[HeadcountCeiling]]:
        newest = ("branch", "-valid_from")
        return list(SizeCeiling.objects.order_by(*newest)), list(HeadcountCeiling.objects.order_by(*newest))

    def on(self, day: dt.date) -> Norms:
        """Those in force on a day."""
        sales, people = self._rows
        return Norms(_newest(sales, day), _newest(people, day))


def ceilings_on(day: dt.date) -> dict[str, list[SizeCeiling]]:
    """The ceilings of sales in force on a day, by branch: in each branch those that began last. One query."""
    return _in_force(SizeCeiling.objects.all(), day)


def headcounts_on(day: dt.date) -> dict[str, list[HeadcountCeiling]]:
    """The same of people employed. One query."""
    return _in_force(HeadcountCeiling.objects.all(), day)


def _in_force(ceilings: models.QuerySet, day: dt.date) -> dict[str, list]:
    return _newest(ceilings.filter(valid_from__lte=day).order_by("branch", "-valid_from"), day)


def _newest(ceilings: Iterable[Any], day: dt.date) -> dict[str, list]:
    """Of rows ordered by branch and from the newest on, those in force on a day."""
    by_branch: dict[str, list] = defaultdict(list)
    for row in ceilings:
        if row.valid_from > day:
            continue
        rows = by_branch[row.branch]
        if not rows or rows[0].valid_from == row.valid_from:
            rows.append(row)
    return dict(by_branch)


def norm_of(row: Ceiling) -> str:
    """Which norm a row is of, and since when it counts."""
    facts = {"norm": row.norm, "day": f"{row.valid_from:%d/%m/%Y}"}
    if row.provisional:
        return _("%(norm)s, in force since %(day)s, day to be confirmed") % facts
    return _("%(norm)s, in force since %(day)s") % facts
