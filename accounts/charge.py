"""Whose a case is: the officer in charge of it and who stands in for them; without one, every officer (PROGRAMME 12).

Being in charge says whose list a case is on and who is reminded. It gives no right: anybody of the office may act.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Case, F, FilteredRelation, Q, Value, When

from accounts.models import User
from accounts.roles import Role
from core import dates, duties


@dataclass(frozen=True)
class Holders:
    """Who holds a role on a day, and for each of them who stands in."""

    people: frozenset[int] = frozenset()
    covers: dict[int, list[int]] = field(default_factory=dict)

    def bounded(self, rows: Any, user: Any, *columns: str) -> Any:
        """The rows with `in_charge_id`, the first of these columns' people who holds the role; bounded to what falls to
        one person, when there is one."""
        whens = [When(**{f"{column}__in": self.people}, then=F(column)) for column in columns]
        nobody = Value(None, output_field=BigIntegerField())
        rows = rows.annotate(in_charge_id=Case(*whens, default=nobody, output_field=BigIntegerField()))
        return rows if user is None else rows.filter(self.falls_to(user))

    def first_of(self, *people: int | None) -> int | None:
        """The same of one row: the first of these people who holds the role."""
        return next((person for person in people if person in self.people), None)

    def falls_to(self, user: Any) -> Q:
        """What is this person's, or theirs while they stand in, or everybody's; of rows that have `in_charge_id`."""
        if user.pk not in self.people:
            return Q(pk__in=[])
        return Q(in_charge_id__in=[user.pk, *self.covered_by(user.pk)]) | Q(in_charge_id=None)

    def covered_by(self, user_id: int) -> list[int]:
        """For whom a person stands in."""
        return sorted(person for person, others in self.covers.items() if user_id in others)

    def whose(self, in_charge: int | None, user: Any = None) -> list[tuple[int, int | None]]:
        """To whom a row falls, and for whom they stand in: who is in charge and who covers them, else everybody who
        holds the role. Only this person, when one is asked for."""
        if in_charge is None:
            found: Iterable[tuple[int, int | None]] = ((person, None) for person in sorted(self.people))
        else:
            found = [(in_charge, None), *((other, in_charge) for other in self.covers.get(in_charge, ()))]
        return [row for row in found if user is None or row[0] == user.pk]


@duties.asked_once
def officers(day: dt.date, user: Any = None) -> Holders:
    """The officers of a day and their covers, in one query; nobody has to be asked for, when the person asked about is
    none."""
    moment = dates.moment_in(day)
    if user is not None and Role.OFFICER not in user.staff_roles(moment):
        return Holders()
    current = FilteredRelation(
        "covers",
        condition=Q(covers__first_on__lte=day, covers__last_on__gte=day, covers__ended_at=None),
    )
    rows = User.objects.with_role(Role.OFFICER, moment).annotate(current=current)
    pairs = list(rows.order_by("pk", "current__by_id").values_list("pk", "current__by_id"))
    people = frozenset(person for person, _by in pairs)
    covers: dict[int, list[int]] = {}
    for person, by in pairs:
        if by in people:
            covers.setdefault(person, []).append(by)
    return Holders(people, covers)


def approvers(day: dt.date, user: Any = None) -> Holders:
    """The approvers of a day: what waits for them is everybody's, until one of them takes it up."""
    moment = dates.moment_in(day)
    if user is not None:
        return Holders(frozenset({user.pk} if Role.APPROVER in user.staff_roles(moment) else ()))
    return Holders(frozenset(User.objects.with_role(Role.APPROVER, moment).values_list("pk", flat=True)))
