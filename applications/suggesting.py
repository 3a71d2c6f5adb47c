"""Whom an officer may ask to review an application: a suggestion. Pure: plain values in, plain values out;
applications/reviewers.py reads them, and the officer decides.

The order, which the page shows in figures beside each name:

1. Who is barred (PROGRAMME 3) is left out, with the sentence that says why.
2. Who has as much to write as they take on at once stands last, and is never suggested: an officer who needs them anyway
   can still choose them.
3. Who knows the sector comes before who does not: without that, a score is a guess.
4. Who knows the province comes next. An expert of the place knows its prices, its roads and its institutions, which
   outsiders can only read about. That neighbours may also be friends is a matter of ties, which are declared, bar by name
   and not by map, and are asked again before each review; to keep everybody of a province away would punish the provinces
   with few experts and many ties that nobody has.
5. Then who has the smaller part of what they take on: the load is shared in proportion, not by head.
6. Then who has less to write, then who came first: so that the order is total, and the same whatever that of the input.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Expert:
    """Somebody who could review: what they know (codes of sectors and provinces), how many reviews they have to write, how
    many they take on at once, and why they cannot review this one, if so."""

    id: int
    sectors: frozenset[str]
    provinces: frozenset[str]
    to_write: int
    most_open: int
    barred: str = ""

    @property
    def is_full(self) -> bool:
        """Whether they have as much to write as they take on at once; who takes on none is."""
        return self.to_write >= self.most_open


@dataclass(frozen=True)
class Need:
    """What a case asks for: its sectors and provinces, and how many reviewers are still to be found."""

    sectors: frozenset[str]
    provinces: frozenset[str]
    needed: int


@dataclass(frozen=True)
class Place:
    """The place of an expert, with what led to it."""

    expert: Expert
    knows_sector: bool
    knows_province: bool
    suggested: bool = False


@dataclass(frozen=True)
class Suggestion:
    """Everybody who can review, in order, the first of them suggested; and those who cannot."""

    places: list[Place]
    barred: list[Expert]

    @property
    def suggested(self) -> list[int]:
        """The ids of those who are suggested, the first first."""
        return [place.expert.id for place in self.places if place.suggested]


def suggest(experts: Iterable[Expert], need: Need) -> Suggestion:
    """Order the experts for a case, and suggest as many as it needs: fewer where fewer are free."""
    everybody = sorted(experts, key=lambda expert: expert.id)
    free = [expert for expert in everybody if not expert.barred]
    found = [
        Place(expert, bool(expert.sectors & need.sectors), bool(expert.provinces & need.provinces))
        for expert in free
    ]
    found.sort(key=_order)
    places = [
        Place(place.expert, place.knows_sector, place.knows_province, suggested=number < need.needed)
        if not place.expert.is_full
        else place
        for number, place in enumerate(found)
    ]
    return Suggestion(places, [expert for expert in everybody if expert.barred])


def _order(place: Place) -> tuple[Any, ...]:
    expert = place.expert
    # Of those who are full, who is least above what they take on comes first.
    load = (
        Fraction(expert.to_write - expert.most_open)
        if expert.is_full
        else Fraction(expert.to_write, expert.most_open)
    )
    return (
        expert.is_full,
        not place.knows_sector,
        not place.knows_province,
        load,
        expert.to_write,
        expert.id,
    )
