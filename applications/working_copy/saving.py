"""Writing what a working copy changes, in one transaction: plan and budget, each section through `actions.editing`; the
firms as the group does it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from applications.actions import editing
from applications.models import Application
from applications.rows import MOST_ROWS, too_many
from applications.working_copy import members
from applications.working_copy.changes import ADDED, CHANGED, REMOVED, Changes
from applications.working_copy.members import MEMBERS
from applications.working_copy.order import NewRow
from applications.working_copy.tables import BUDGET, PLAN, CopyTable
from core.workflow import TransitionRefused


def save(*, by: User, application: Application, changes: Changes, version: int, now: datetime) -> Application:
    """Write all changes, or none. `changes` were compared with the version that is given.

    Raises what `editing` and the actions of groups raise, and TransitionRefused while a cell is bad, a conflict is open or
    nothing is changed.
    """
    if changes.bad:
        raise TransitionRefused(_("Some cells cannot be saved as they are. Correct them in the file first."))
    if changes.open_choices:
        raise TransitionRefused(_("Choose what counts where somebody else wrote too."))
    if not changes.sections:
        raise TransitionRefused(_("There is nothing to save: this copy changes nothing."))
    made: dict[int, Any] = {}
    shown: int | None = version
    with transaction.atomic():
        for table in (PLAN, BUDGET):
            if table.code not in changes.sections:
                continue
            with editing(application, by=by, section=table.code, version=shown, now=now) as fresh:
                times = _write(fresh, table, changes, made)
                out = [row.pk for row in changes.of(table, REMOVED)]
                fresh.noted = {"times": times, "rows": out}
            shown = None
        if MEMBERS in changes.sections:
            members.save(changes.firms, by=by, group=application.group, now=now)
    return application


def _write(application: Application, table: CopyTable, changes: Changes, made: dict[int, Any]) -> list[str]:
    """Take out, change, add, put in order; answers what was done. `made` collects the new activities by their row of the
    sheet."""
    rows = getattr(application, table.related)
    rows.filter(pk__in=[row.pk for row in changes.of(table, REMOVED)]).delete()
    saved = rows.in_bulk()
    for row in changes.of(table, CHANGED):
        target = saved[row.pk]
        for name, value in row.columns.items():
            setattr(target, name, _object(value, made))
        target.save()
    new = {}
    for row in changes.of(table, ADDED):
        columns = {name: _object(value, made) for name, value in row.columns.items()}
        new[row.number] = rows.create(order=0, **columns)
    if len(saved) + len(new) > MOST_ROWS:
        raise TransitionRefused(too_many())
    if table is PLAN:
        made.update(new)
    order = changes.orders[table.code]
    if new or order.is_written:
        _put_in_order(rows, [_object(place, new) for place in order.places], saved)
    words = {ADDED: "added", CHANGED: "changed", REMOVED: "taken_out"}
    return [words[row.kind] for row in changes.of(table)] + ["moved"] * order.is_written


def _put_in_order(rows: Any, places: list[Any], saved: dict[int, Any]) -> None:
    """Number the rows as they stand in the sheet."""
    there = [saved[place] if isinstance(place, int) else place for place in places]
    for order, row in enumerate(there):
        row.order = order
    rows.bulk_update(there, ["order"])


def _object(value: Any, made: dict[int, Any]) -> Any:
    return made[value.number] if isinstance(value, NewRow) else value
