"""The catalogues that an admin keeps: the norms' ceilings and the activities. Each change is on the system's timeline.

A norm is all the rows of one first day. It is written whole or not at all, and one that is or was in force is never
deleted: sizes of its days were judged by it, and a later one takes over.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import Refusal, StaleObject, TransitionRefused
from groups.models import Branch, EconomicActivity, HeadcountCeiling, Size, SizeCeiling


class DayRefused(Refusal):
    """This first day does not fit among the norms: the sentence belongs at the day."""


class Ceilings(Enum):
    """The two tables of ceilings. The value is their name in addresses."""

    SALES = "sales"
    PEOPLE = "people"

    @property
    def model(self) -> type[models.Model]:
        return SizeCeiling if self is Ceilings.SALES else HeadcountCeiling

    @property
    def column(self) -> str:
        """The column of the ceiling itself."""
        return "yearly_sales" if self is Ceilings.SALES else "people"

    @property
    def label(self) -> str | Promise:
        return LABELS[self]

    @property
    def rows(self) -> models.QuerySet:
        return self.model._default_manager.all()


LABELS: dict[Ceilings, Promise] = {
    Ceilings.SALES: gettext_lazy("Ceilings of yearly sales"),
    Ceilings.PEOPLE: gettext_lazy("Ceilings of people employed"),
}


@dataclass(frozen=True)
class Norm:
    """All the rows of one first day."""

    valid_from: dt.date
    name: str
    provisional: bool
    in_force: bool
    sizes: tuple[Size, ...]
    # For each branch its ceilings, one for each of `sizes`; None where the norm has none.
    grid: tuple[tuple[Branch, tuple[Any, ...]], ...]


# --- Reading -----------------------------------------------------------------------------------------


def norms(kind: Ceilings, today: dt.date) -> list[Norm]:
    """All norms of a table, newest first, those in force today marked. One query."""
    by_day: dict[dt.date, list[Any]] = {}
    for row in kind.rows.order_by("-valid_from", "branch"):
        by_day.setdefault(row.valid_from, []).append(row)
    ruling: dict[str, dt.date] = {}
    for day, rows in by_day.items():
        for row in rows:
            if day <= today:
                ruling.setdefault(row.branch, day)
    return [_norm(kind, rows, in_force=day in ruling.values()) for day, rows in by_day.items()]


def _norm(kind: Ceilings, rows: list[Any], *, in_force: bool) -> Norm:
    amounts = {(row.branch, row.size): getattr(row, kind.column) for row in rows}
    sizes = tuple(size for size in Size if any(key[1] == size for key in amounts))
    grid = tuple(
        (branch, tuple(amounts.get((branch, size)) for size in sizes))
        for branch in Branch
        if any(key[0] == branch for key in amounts)
    )
    first = rows[0]
    return Norm(first.valid_from, first.norm, any(row.provisional for row in rows), in_force, sizes, grid)


def rises(amounts: Iterable[Decimal | int]) -> bool:
    """Whether each ceiling is above the one before: a larger size never has a lower one."""
    row = list(amounts)
    return all(before < after for before, after in pairwise(row))


# --- Ceilings ----------------------------------------------------------------------------------------


@transaction.atomic
def add_norm(
    *,
    by: User,
    kind: Ceilings,
    name: str,
    valid_from: dt.date,
    provisional: bool,
    ceilings: Mapping[tuple[str, str], Decimal | int],
    now: datetime,
) -> list[models.Model]:
    """A new norm, whole: `ceilings` by (branch, size), the same sizes for each branch, rising by size.

    Raises NotAllowed, DayRefused, or TransitionRefused for a grid that is not whole or does not rise.
    """
    require(by, Action.EDIT_CATALOGUES)
    case = _lock(now)
    sizes = [size for size in Size if any(key[1] == size for key in ceilings)]
    whole = {(str(branch), str(size)) for branch in Branch for size in sizes}
    if not ceilings or {(str(branch), str(size)) for branch, size in ceilings} != whole:
        raise TransitionRefused(_("A norm has a ceiling for every branch and every size."))
    for branch in Branch:
        if not rises(ceilings[(branch, size)] for size in sizes):
            raise TransitionRefused(
                _("The ceilings of %(branch)s must rise from one size to the next.")
                % {"branch": branch.label}
            )
    if kind.rows.filter(valid_from=valid_from).exists():
        raise DayRefused(_taken(valid_from))
    rows = [
        kind.model(
            valid_from=valid_from,
            provisional=provisional,
            norm=name,
            branch=branch,
            size=size,
            **{kind.column: amount},
        )
        for (branch, size), amount in ceilings.items()
    ]
    try:
        with transaction.atomic():
            kind.model._default_manager.bulk_create(rows)
    except IntegrityError as error:
        raise DayRefused(_taken(valid_from)) from error
    _record(case, "norm.added", kind, rows[0], by=by, now=now, text=name, valid_from=valid_from)
    return rows


@transaction.atomic
def confirm_norm(*, by: User, kind: Ceilings, valid_from: dt.date, day: dt.date, now: datetime) -> None:
    """Confirm the first day of a provisional norm, or correct it to `day`: it stays between the norm before it and the
    one after. Raises NotAllowed, DayRefused or TransitionRefused."""
    require(by, Action.EDIT_CATALOGUES)
    case = _lock(now)
    rows = list(kind.rows.select_for_update().filter(valid_from=valid_from).order_by("pk"))
    if not any(row.provisional for row in rows):  # type: ignore[attr-defined]
        raise TransitionRefused(_("Somebody confirmed or moved this norm already. Look at the list again."))
    others = kind.rows.exclude(valid_from=valid_from).order_by("valid_from")
    if others.filter(valid_from=day).exists():
        raise DayRefused(_taken(day))
    between = sorted((valid_from, day))
    if passed := others.filter(valid_from__range=between).first():
        raise DayRefused(
            _("Between the two days another norm begins: %(norm)s, on %(day)s. Their order must stay.")
            % {"norm": passed.norm, "day": f"{passed.valid_from:%d/%m/%Y}"}
        )
    try:
        with transaction.atomic():
            kind.rows.filter(valid_from=valid_from).update(valid_from=day, provisional=False)
    except IntegrityError as error:
        raise DayRefused(_taken(day)) from error
    name = rows[0].norm  # type: ignore[attr-defined]
    _record(
        case, "norm.confirmed", kind, rows[0], by=by, now=now, text=name, valid_from=day, before=valid_from
    )


@transaction.atomic
def delete_norm(*, by: User, kind: Ceilings, valid_from: dt.date, now: datetime) -> None:
    """Delete a norm that has not begun. One that is or was in force stays: a later one takes over."""
    require(by, Action.EDIT_CATALOGUES)
    case = _lock(now)
    if valid_from <= day_of(now):
        raise TransitionRefused(
            _("This norm is or was in force: sizes were judged by it. Add a later one, which takes over.")
        )
    rows = list(kind.rows.select_for_update().filter(valid_from=valid_from))
    if not rows:
        raise TransitionRefused(_("This norm is not there any more."))
    name = rows[0].norm  # type: ignore[attr-defined]
    _record(case, "norm.deleted", kind, rows[0], by=by, now=now, text=name, valid_from=valid_from)
    kind.rows.filter(valid_from=valid_from).delete()


def _lock(now: datetime) -> Case:
    """Changes of the catalogues queue up behind the system's case."""
    return timeline.locked_system_case(now)


def _taken(day: dt.date) -> str:
    return _("Another norm begins on %(day)s.") % {"day": f"{day:%d/%m/%Y}"}


def _record(case: Case, action: str, kind: Ceilings, row: models.Model, **said: Any) -> None:
    timeline.record(case, action, obj=row, table=kind.value, **said)


# --- Activities --------------------------------------------------------------------------------------


@transaction.atomic
def edit_activity(
    *, by: User, activity: EconomicActivity, seen: str, branch: str, people_decide: bool, now: datetime
) -> EconomicActivity:
    """Say which branch's ceilings an activity takes, and whether people decide. `seen` is what the page showed
    (`as_seen`). Raises NotAllowed or StaleObject."""
    require(by, Action.EDIT_CATALOGUES)
    case = _lock(now)
    activity = EconomicActivity.objects.select_for_update().get(pk=activity.pk)
    if as_seen(activity) != seen:
        raise StaleObject
    before = (activity.branch, activity.people_decide)
    if before == (branch, people_decide):
        return activity
    activity.branch, activity.people_decide = branch, people_decide
    activity.save(update_fields=["branch", "people_decide"])
    timeline.record(
        case,
        "activity.edited",
        by=by,
        now=now,
        obj=activity,
        text=f"{activity.code} {activity.name_es}",
        before=before,
        after=(branch, people_decide),
    )
    return activity


def as_seen(activity: EconomicActivity) -> str:
    """What a page shows of an activity, in a word: it stands for a version."""
    return f"{activity.branch}.{int(activity.people_decide)}"
