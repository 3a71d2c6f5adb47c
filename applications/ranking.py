"""The ranking of a call and where its money ends, and how an amount is spread over costs. Pure: plain values in, plain
values out; applications/places.py reads them.

The order is strict (docs/adr/strict-ranking.md): the first that the money does not reach ends the line, and a smaller one
behind it does not overtake.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from core.money import CENT, ZERO

BY_ARRIVAL, BY_CRITERION, BY_AMOUNT, BY_NUMBER = "arrival", "criterion", "amount", "number"
# What parts two of one score, key by key, for each rule of a call; the last makes the order total.
RULES = {
    "arrival": (BY_ARRIVAL, BY_NUMBER),
    "criterion": (BY_CRITERION, BY_ARRIVAL, BY_NUMBER),
    "amount": (BY_AMOUNT, BY_ARRIVAL, BY_NUMBER),
}


@dataclass(frozen=True)
class Entry:
    """One application: its score in per cent, when it arrived, what it asked, what is looked at now, the mean of its
    scores in the first criterion, and whether its money is committed already (then it takes a place, and no money)."""

    id: int
    score: Decimal
    arrived: dt.datetime
    asked: Decimal
    amount: Decimal
    criterion: Decimal | None = None
    committed: bool = False

    def key(self, name: str) -> Any:
        """What one key of a rule compares: the smaller comes first."""
        return {
            BY_ARRIVAL: self.arrived,
            BY_CRITERION: -(self.criterion if self.criterion is not None else Decimal(-1)),
            BY_AMOUNT: self.asked,
            BY_NUMBER: self.id,
        }[name]


@dataclass(frozen=True)
class Row:
    """A place: from 1, what it and those before it need, whether the money reaches it, whether the line ends at it, and
    by which key it was parted from the one before, where both have one score."""

    entry: Entry
    place: int
    cumulative: Decimal
    reached: bool
    ends_line: bool = False
    parted_by: str = ""


@dataclass(frozen=True)
class Ranking:
    """Who has a place, in order; and those below the pass mark, in the same order."""

    rows: list[Row]
    below: list[Entry]
    money: Decimal

    @property
    def reached(self) -> int:
        """How many wait for money that is there."""
        return sum(row.reached and not row.entry.committed for row in self.rows)

    @property
    def beyond(self) -> int:
        """How many the money does not reach."""
        return sum(not row.reached for row in self.rows)

    @property
    def needed(self) -> Decimal:
        """What all that wait need together."""
        return self.rows[-1].cumulative if self.rows else ZERO

    def row_of(self, pk: int) -> Row | None:
        """The row of one application; None for one that has no place."""
        return next((row for row in self.rows if row.entry.id == pk), None)


def rank(
    entries: Iterable[Entry], *, money: Decimal, pass_mark: Decimal, tie_rule: str, by_arrival: bool = False
) -> Ranking:
    """Rank by score, equal scores by the call's rule; or, where a call decides so, in order of arrival.

    `money` is what is not committed, in pesos. The order is total and does not depend on that of `entries`.
    """
    keys = (BY_ARRIVAL, BY_NUMBER) if by_arrival else RULES[tie_rule]

    def order(entry: Entry) -> tuple[Any, ...]:
        # Where arrival decides, no score does.
        return (ZERO if by_arrival else -entry.score, *(entry.key(name) for name in keys))

    placed: list[Entry] = []
    below: list[Entry] = []
    for entry in sorted(entries, key=order):
        (placed if entry.committed or entry.score >= pass_mark else below).append(entry)
    rows: list[Row] = []
    needed, ended = ZERO, False
    for place, entry in enumerate(placed, 1):
        needed += ZERO if entry.committed else entry.amount
        reached = entry.committed or (not ended and needed <= money)
        row = Row(entry, place, needed, reached, ends_line=not reached and not ended)
        ended = ended or not reached
        if rows and not by_arrival and rows[-1].entry.score == entry.score:
            row = replace(row, parted_by=_parted(rows[-1].entry, entry, keys))
        rows.append(row)
    return Ranking(rows, below, money)


def _parted(first: Entry, second: Entry, keys: Iterable[str]) -> str:
    """The first key that tells two of one score apart."""
    return next(name for name in keys if first.key(name) != second.key(name))


def spread(amount: Decimal, shares: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Spread an amount over costs in proportion to what was asked for each (`shares`): to the cent, never above a share,
    and summing exactly to the amount. What rounding leaves goes to the costs that lost most by it.

    Raises ValueError for an amount below zero, with a part of a cent, or above the shares together.
    """
    whole = {pk: int(share / CENT) for pk, share in shares.items()}
    wanted, asked = int(amount / CENT), sum(whole.values())
    if not 0 <= wanted <= asked or wanted * CENT != amount:
        raise ValueError(f"{amount} cannot be spread over {asked * CENT}")
    if not asked:
        return dict.fromkeys(shares, ZERO)
    given, lost = {}, {}
    for pk, share in whole.items():
        given[pk], lost[pk] = divmod(wanted * share, asked)
    rest = wanted - sum(given.values())
    for pk in sorted(lost, key=lambda pk: (-lost[pk], pk))[:rest]:
        given[pk] += 1
    return {pk: given[pk] * CENT for pk in shares}
