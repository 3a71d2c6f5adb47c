"""The rows of a work plan and of a budget, in their order: added, changed, moved, taken out.

Every function changes the application that `actions.editing` locked, and notes for its event what was done. `related` is
the relation that holds the rows: `activities` or `lines`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from applications.models import Application
from core.workflow import TransitionRefused

# More than anybody plans by hand: who sends more is a program.
MOST_ROWS = 100


def add(application: Application, related: str, row: Any, columns: Mapping[str, Any]) -> None:
    """Save a new row at the end. Raises TransitionRefused when there are too many."""
    there = getattr(application, related).aggregate(count=models.Count("pk"), last=models.Max("order"))
    if there["count"] >= MOST_ROWS:
        raise TransitionRefused(too_many())
    for name, value in columns.items():
        setattr(row, name, value)
    row.application, row.order = application, 0 if there["last"] is None else there["last"] + 1
    row.save()
    application.noted = {"did": "added", "rows": [row.pk]}


def change(application: Application, related: str, pk: int, columns: Mapping[str, Any]) -> None:
    """Write what is new in a row. Raises TransitionRefused when somebody took it out."""
    row = getattr(application, related).filter(pk=pk).first()
    if row is None:
        raise TransitionRefused(_gone())
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    row.save()
    application.noted = {"did": "changed", "rows": [pk], "fields": changed} if changed else None


def take_out(application: Application, related: str, pk: int) -> None:
    """Take a row out."""
    getattr(application, related).filter(pk=pk).delete()
    application.noted = {"did": "taken_out", "rows": [pk]}


def move(application: Application, related: str, pk: int, *, down: bool, within: str = "") -> None:
    """Move a row one place, among those that have the same value in the column `within`; the first stays when it is
    moved up, the last when down. Raises TransitionRefused when somebody took it out."""
    rows = list(getattr(application, related).all())
    place = next((n for n, each in enumerate(rows) if each.pk == pk), None)
    if place is None:
        raise TransitionRefused(_gone())
    alike = [n for n, each in enumerate(rows) if not within or _same(each, rows[place], within)]
    other = alike.index(place) + (1 if down else -1)
    if 0 <= other < len(alike):
        rows[place], rows[alike[other]] = rows[alike[other]], rows[place]
    for order, each in enumerate(rows):
        each.order = order
    type(rows[0])._default_manager.bulk_update(rows, ["order"])
    application.noted = {"did": "moved", "rows": [pk]}


def set_shares(application: Application, shares: Mapping[int, Decimal]) -> None:
    """Write the programme's share of some costs, in pesos, by their ids."""
    for line in application.lines.filter(pk__in=shares):
        line.programme_share = shares[line.pk]
        line.save(update_fields=["programme_share"])
    application.noted = {"did": "changed", "rows": list(shares), "fields": ["programme_share"]}


def _same(one: models.Model, other: models.Model, column: str) -> bool:
    return getattr(one, column) == getattr(other, column)


def _gone() -> str:
    return _("Somebody took this row out meanwhile.")


def too_many() -> str:
    """That there is no room for another row."""
    return _("There are %(most)s rows already. Join some of them.") % {"most": MOST_ROWS}
