"""Who can review an application, who cannot and why, who is suggested; and the pool of experts with what each has to do.
Read only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from applications import guards, ties, turns
from applications.models import Application, Review, ReviewerProfile
from applications.suggesting import Expert, Need, Place, suggest
from core import dates
from groups.provinces import Province

EXPERTS_ON_A_PAGE = 25
# How far back the pool says what somebody sent.
LATELY = dt.timedelta(days=365)
USUALLY: int = ReviewerProfile._meta.get_field("most_open").default


# --- The pool --------------------------------------------------------------------------------------------


def pool(now: dt.datetime) -> QuerySet[User]:
    """Everybody who reviews for the programme, with what they take on at once (`most_open`), have to write (`to_write`),
    are late with (`late`) and sent in the last twelve months (`sent_lately`). Two queries, however many."""
    owed = Review.objects.unfinished()

    def number(rows: QuerySet) -> Coalesce:
        mine = rows.filter(reviewer=OuterRef("pk")).order_by().values("reviewer")
        return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)

    return (
        User.objects.with_role(Role.REVIEWER, now)
        .select_related("reviewer_profile")
        .prefetch_related("reviewer_profile__sectors")
        .annotate(
            most_open=Coalesce("reviewer_profile__most_open", USUALLY),
            to_write=number(owed),
            late=number(owed.filter(due_on__lt=dates.day_of(now))),
            sent_lately=number(Review.objects.sent().filter(sent_at__gte=now - LATELY)),
        )
        .order_by("full_name", "pk")
    )


def matching(people: QuerySet[User], asked: dict[str, Any]) -> QuerySet[User]:
    """Those whom the filters ask for (cleaned data of `PoolFilter`)."""
    found = people.matching(asked.get("q") or "")  # type: ignore[attr-defined]
    if sector := asked.get("sector"):
        found = found.filter(reviewer_profile__sectors=sector)
    if province := asked.get("province"):
        found = found.filter(reviewer_profile__provinces__contains=[province])
    if asked.get("room"):
        found = found.filter(to_write__lt=F("most_open"))
    return found


@dataclass(frozen=True)
class Known:
    """An expert as a page shows them: with the sectors and provinces that they know, in words."""

    person: Any
    sectors: list[str]
    provinces: list[str]

    @property
    def is_full(self) -> bool:
        """Whether they have as much to write as they take on at once."""
        return self.person.to_write >= self.person.most_open


def known(person: Any) -> Known:
    """One of `pool` as a page shows them."""
    profile = getattr(person, "reviewer_profile", None)
    if profile is None:
        return Known(person, [], [])
    provinces = sorted(str(Province(code).label) for code in profile.provinces)
    return Known(person, [str(sector) for sector in profile.sectors.all()], provinces)


# --- For one application ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidates:
    """Who can review an application: those who are free in the order of the suggestion, each with the reasons for their
    place; the ids of those who are suggested; and those who cannot, with the sentence."""

    free: list[tuple[User, str]]
    suggested: list[int]
    barred: list[tuple[User, str]]


def candidates(application: Application, now: dt.datetime) -> Candidates:
    """Everybody who reviews for the programme, as the officer who assigns sees them."""
    people = {person.pk: person for person in pool(now)}
    bars = guards.barred_from_reviewing(application)
    experts = [_expert(person, bars.get(pk, "")) for pk, person in people.items()]
    group = application.group
    need = Need(frozenset({str(group.sector_id)}), frozenset({group.province}), missing(application))
    made = suggest(experts, need)
    barred = [(people[each.id], each.barred) for each in made.barred]
    return Candidates(
        free=[(people[place.expert.id], why(place)) for place in made.places],
        suggested=made.suggested,
        barred=sorted(barred, key=lambda row: str(row[0])),
    )


def _expert(person: Any, barred: str) -> Expert:
    profile = getattr(person, "reviewer_profile", None)
    return Expert(
        person.pk,
        frozenset(str(sector.pk) for sector in profile.sectors.all()) if profile else frozenset(),
        frozenset(profile.provinces) if profile else frozenset(),
        person.to_write,
        person.most_open,
        barred,
    )


def missing(application: Application) -> int:
    """How many more reviewers an application needs: those of the call, but for the reviews that count and are free of
    ties; one more where that is what its reviews wait for."""
    live = guards.counting(application)
    tied = ties.of_one(application.pk, among=[row.reviewer_id for row in live])
    have = sum(row.reviewer_id not in tied for row in live)
    turn = turns.of(application, signed=True, live=live)
    return max(application.call.reviews_needed - have, 1 if turn.step == "reviews_assign" else 0)


def why(place: Place) -> str:
    """What led an expert to their place, in figures."""
    expert = place.expert
    parts = [
        _("knows the sector") if place.knows_sector else "",
        _("knows the province") if place.knows_province else "",
        load(expert.to_write, expert.most_open),
    ]
    words = " · ".join(part for part in parts if part)
    return _("suggested: %(why)s") % {"why": words} if place.suggested else words


def load(to_write: int, most_open: int) -> str:
    """How much somebody has to write, of what they take on at once."""
    if not most_open:
        return _("takes on no review now")
    words = {"n": to_write, "most": most_open}
    text = ngettext("%(n)s of %(most)s review to write", "%(n)s of %(most)s reviews to write", most_open)
    return text % words
