"""A call with an update clause, its index, and updates in any state, for the tests of prices."""

import datetime as dt
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from applications import prices
from applications.models import Call, IndexFigure, PriceIndex
from core.dates import day_of
from grants.models import PriceUpdate, Project
from grants.prices import actions
from grants.prices.workflow import PRICE_UPDATE
from grants.prices.working import work_out
from tests import standing
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call, staff_member
from tests.factories_grants import project_at

JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 1) for month in (1, 2, 3))
FIGURES = {JANUARY: Decimal(100), FEBRUARY: Decimal(125), MARCH: Decimal(150)}


def admin2() -> User:
    return staff_member("admin2", Role.ADMIN)


def make_index(code: str = "IPC", figures: dict[dt.date, Decimal] | None = None) -> PriceIndex:
    """An index whose figures were entered by one admin and confirmed by another."""
    by, other = OFFICE.admin, admin2()
    index = prices.begin(
        by=by, code=code, name_en=f"Prices {code}", name_es=f"Precios {code}", publisher="INDEC", now=NOON
    )
    for month, value in (figures or FIGURES).items():
        figure = prices.enter(by=by, index=index, month=month, value=value, source="Bulletin", now=NOON)
        prices.confirm(by=other, figure=figure, now=NOON)
    return index


def figure_to_confirm(index: PriceIndex) -> IndexFigure:
    """Entered by the admin, of last December."""
    month = dt.date(2025, 12, 1)
    return prices.enter(
        by=OFFICE.admin, index=index, month=month, value=Decimal(98), source="Bulletin", now=NOON
    )


def clause(index: PriceIndex | None = None, cap: str = "30.00") -> dict[str, Any]:
    """What `make_call` takes."""
    return {
        "update_index": index or make_index(),
        "update_base_month": JANUARY,
        "update_cap": Decimal(cap),
    }


def clause_call(**fields: Any) -> Call:
    return make_call(**{**clause(), **fields})


def one_project() -> Project:
    """A project of 3.000.000 that runs, of a call with an update clause of 30 %."""
    return project_at("active", call=clause_call())


clause_stands = standing.made_once(one_project)


def figure(call: Call, month: dt.date = FEBRUARY) -> IndexFigure:
    found = prices.figure_of(call.update_index, month)
    assert found is not None
    return found


def prepared(call: Call, month: dt.date = FEBRUARY, now: dt.datetime = NOON) -> PriceUpdate:
    return actions.prepare(
        by=OFFICE.officer, call=call, figure=figure(call, month), opinion="The index rose.", now=now
    )


def said(update: PriceUpdate, **changes: Any) -> dict[str, Any]:
    """What an approver fills in, on the figures of now."""
    return {
        "resolution": f"RES-2026-{90 + PriceUpdate.objects.filter(status='issued').count()}",
        "resolved_on": day_of(update.prepared_at),
        "grounds": "The update clause of the call.",
        "figures": work_out(update.call, update.figure).figures,
        **changes,
    }


def issue(
    update: PriceUpdate, *, by: User | None = None, now: dt.datetime = NOON, **changes: Any
) -> PriceUpdate:
    data = said(update, **changes)
    return PRICE_UPDATE.apply(update, "issue", by=by or OFFICE.approver, now=now, data=data)


def issued(call: Call, month: dt.date = FEBRUARY, now: dt.datetime = NOON) -> PriceUpdate:
    return issue(prepared(call, month, now), now=now)
