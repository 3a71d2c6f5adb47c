"""How long the queue of the office takes to work off, from what came and went in the last weeks: pure arithmetic, which the
page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# The weeks that are looked at, and the fewest departures in them that say anything.
WEEKS = 8
FEWEST_DONE = 8
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Forecast:
    """`come` and `go` are means a week, over `weeks` weeks. `without_new`: weeks until what waits now is done if nothing
    more comes; `with_new`: if as many come as lately, None when as many come as go. Both None: it cannot be said."""

    waiting: int
    weeks: int
    arrived: int
    done: int
    come: Decimal
    go: Decimal
    without_new: Decimal | None
    with_new: Decimal | None

    @property
    def can_be_said(self) -> bool:
        """Whether there is enough to say anything."""
        return self.without_new is not None

    @property
    def shrinks(self) -> bool:
        """Whether more go than come."""
        return self.done > self.arrived

    @property
    def by_week(self) -> Decimal:
        """By how many it shrinks a week."""
        return _tenths(Decimal(self.done - self.arrived) / (self.weeks or 1))


def forecast(waiting: int, arrivals: Sequence[int], completions: Sequence[int]) -> Forecast:
    """From how many wait, and how many came and went in each of the last whole weeks (as many of one as of the other)."""
    weeks, arrived, done = len(completions), sum(arrivals), sum(completions)
    come, go = (Decimal(number) / weeks if weeks else Decimal(0) for number in (arrived, done))
    enough = weeks >= WEEKS and done >= FEWEST_DONE
    net = go - come
    return Forecast(
        waiting=waiting,
        weeks=weeks,
        arrived=arrived,
        done=done,
        come=_tenths(come),
        go=_tenths(go),
        without_new=_tenths(waiting / go) if enough else None,
        with_new=_tenths(waiting / net) if enough and net > 0 else None,
    )


def _tenths(number: Decimal) -> Decimal:
    return number.quantize(TENTH, ROUND_HALF_UP)
