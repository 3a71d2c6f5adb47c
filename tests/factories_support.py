"""Technical support for tests, in any state, through the real transitions."""

import datetime as dt
from decimal import Decimal

from accounts.models import User
from accounts.roles import Role
from applications.models import Support, SupportSession
from applications.supporting import actions
from applications.supporting.workflow import SUPPORT
from groups.models import Group
from tests.clock import NOON
from tests.factories_applications import OFFICE, staff_member
from tests.factories_groups import make_group

NEED = "To write the work plan."


def support_at(
    status: str, *, group: Group | None = None, adviser: User | None = None, now: dt.datetime = NOON
) -> Support:
    """A support in a state, asked for by the group's representative."""
    group = group or make_group()
    adviser = adviser or staff_member("adviser", Role.ADVISER)
    support = actions.ask(by=group.representative, group=group, need=NEED, now=now)
    if status == "withdrawn":
        return SUPPORT.apply(support, "withdraw", by=group.representative, now=now)
    steps = {"asked": 0, "offered": 1, "active": 2, "ended": 3}[status]
    rows = [
        ("assign", OFFICE.officer, {"adviser": adviser}),
        ("accept", adviser, {}),
        ("end", adviser, {"reason": "The plan is written."}),
    ]
    for name, by, data in rows[:steps]:
        support = SUPPORT.apply(support, name, by=by, now=now, data=data)
    return support


def log(
    support: Support, *, hours: str = "2", now: dt.datetime = NOON, on: dt.date | None = None
) -> SupportSession:
    """A session that the adviser logs, on the day itself unless `on` says otherwise."""
    return actions.log_session(
        by=support.adviser,
        support=support,
        on=on or now.date(),
        mode="visit",
        hours=Decimal(hours),
        people="Rosa, and two firms",
        done="We ordered the activities.",
        now=now,
    )
