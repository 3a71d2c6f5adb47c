"""The ceilings of the norms on SMEs: which rows are in force on a day, and how a row is named (PROGRAMME 4)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class EveryNorm:
    """The rows of every day, for the sizes of many firms on different days. In the order `newest_first`."""

    sales: list[SizeCeiling]
    people: list[HeadcountCeiling]

    def on(self, day: dt.date) -> Norms:
        """Those in force on a day."""
        return Norms(_in_force(self.sales, day), _in_force(self.people, day))


def newest_first(ceilings: models.QuerySet) -> models.QuerySet:
    """By branch, and from the newest on."""
    return ceilings.order_by("branch", "-valid_from")


def ceilings_on(day: dt.date) -> dict[str, list[SizeCeiling]]:
    """The ceilings of sales in force on a day, by branch: in each branch those that began last. One query."""
    return _in_force(newest_first(SizeCeiling.objects.filter(valid_from__lte=day)), day)


def headcounts_on(day: dt.date) -> dict[str, list[HeadcountCeiling]]:
    """The same of people employed. One query."""
    return _in_force(newest_first(HeadcountCeiling.objects.filter(valid_from__lte=day)), day)


def _in_force(ceilings: Iterable[Any], day: dt.date) -> dict[str, list]:
    """Of rows `newest_first`, those in force on a day: in each branch those that began last."""
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
