"""Amendments and visits for tests, reached through the real actions and transitions."""

import datetime as dt
from typing import Any

from accounts.models import User
from accounts.roles import Role
from core.dates import day_of
from grants.amendments import actions
from grants.amendments.workflow import AMENDMENT
from grants.models import Amendment, Project, Visit
from grants.visits import actions as visiting
from tests.clock import NOON
from tests.factories_applications import OFFICE, a_pdf, staff_member

DAY = dt.timedelta(days=1)
WHY = "The supplier delivers late."


def officer2() -> User:
    return staff_member("officer2", Role.OFFICER)


def draft(project: Project, kind: str, *, by: User | None = None, now: dt.datetime = NOON) -> Amendment:
    """Begun, and empty."""
    by = by or project.reporter_on(day_of(now))
    return actions.begin(by=by, project=project, kind=kind, now=now)


def write(amendment: Amendment, *, now: dt.datetime = NOON, reason: str = WHY, **content: Any) -> Amendment:
    """Say what is asked for."""
    return actions.save(
        by=amendment.begun_by,
        amendment=amendment,
        version=amendment.version,
        now=now,
        content=content,
        reason=reason,
    )


def send(amendment: Amendment, *, now: dt.datetime = NOON) -> Amendment:
    return AMENDMENT.apply(amendment, "submit", by=amendment.begun_by, now=now)


def ask(project: Project, kind: str, *, now: dt.datetime = NOON, **content: Any) -> Amendment:
    """Written and sent by whoever reports for the project."""
    return send(write(draft(project, kind, now=now), now=now, **content), now=now)


def advise(amendment: Amendment, *, by: User | None = None, now: dt.datetime = NOON) -> Amendment:
    data = {"opinion": "It is reasonable."}
    return AMENDMENT.apply(amendment, "advise", by=by or OFFICE.officer, now=now, data=data)


def approve(amendment: Amendment, *, now: dt.datetime = NOON, by: User | None = None) -> Amendment:
    """By an officer; by the approver where it is the approver's."""
    if not amendment.for_approver:
        return AMENDMENT.apply(amendment, "approve", by=by or OFFICE.officer, now=now, data={"reason": ""})
    if amendment.opinion_by_id is None:
        amendment = advise(amendment, now=now)
    data = {"resolution": "RES-2026-77", "reason": ""}
    return AMENDMENT.apply(amendment, "resolve", by=by or OFFICE.approver, now=now, data=data)


def amended(project: Project, kind: str, *, now: dt.datetime = NOON, **content: Any) -> Amendment:
    """Asked for and approved."""
    return approve(ask(project, kind, now=now, **content), now=now)


def shares(project: Project, **by_line: tuple[str, str]) -> dict[str, Any]:
    """The content of an amendment of money: `first` and `second` are the lines of the usual budget."""
    lines = list(project.lines.order_by("order"))
    places = {"first": lines[0], "second": lines[1]}
    return {
        str(places[name].pk): {"programme": programme, "group": group}
        for name, (programme, group) in by_line.items()
    }


def within_tolerance(project: Project) -> dict[str, Any]:
    """40.000 from the kiln to the certification: less than 10 % of either line."""
    return shares(project, first=("2460000.00", "1540000.00"), second=("540000.00", "460000.00"))


def beyond_tolerance(project: Project) -> dict[str, Any]:
    """200.000 from the kiln to the certification."""
    return shares(project, first=("2300000.00", "1700000.00"), second=("700000.00", "300000.00"))


def follow_up(project: Project, by: User, officer: User, *, now: dt.datetime) -> dict[str, Any]:
    """An amendment that was sent, one with a paper that is being written, a visit to come and one that took place."""
    last_day = f"{project.last_day + 30 * DAY:%Y-%m-%d}"
    sent = send(write(draft(project, "dates", by=by, now=now), now=now, last_day=last_day), now=now)
    begun = draft(project, "extension", by=by, now=now)
    begun = actions.save(
        by=by, amendment=begun, version=0, now=now, content={}, reason="", uploads=[a_pdf("offer.pdf")]
    )
    common = {"by": officer, "application": project.application, "mode": "on_site", "now": now}
    to_come = visiting.plan(visitor=officer, on=day_of(now) + 7 * DAY, purpose="", **common)
    agreed = [{"text": "Insure the kiln.", "due_on": day_of(now) + 20 * DAY}]
    done = visiting.log_unplanned(on=day_of(now), met="Ana", seen="The kiln.", agreements=agreed, **common)
    return {
        "amendment": sent,
        "begun_amendment": begun,
        "paper_of_amendment": begun.files.get(),
        "visit": to_come,
        "seen_visit": done,
        "visit_agreement": done.agreements.get(),
    }


def visit(project: Project, *, on: dt.date | None = None, now: dt.datetime = NOON) -> Visit:
    """Planned, for next week."""
    return visiting.plan(
        by=OFFICE.officer,
        application=project.application,
        visitor=OFFICE.officer,
        on=on or day_of(now) + 7 * DAY,
        mode="on_site",
        purpose="To see the kiln.",
        now=now,
    )
