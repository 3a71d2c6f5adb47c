"""Two at the same instant, on real connections: the envelope is given once, and the plan moves once."""

from decimal import Decimal

import pytest

from core.workflow import TransitionRefused
from grants.amendments.workflow import AMENDMENT
from grants.models import Project
from tests.clock import NOON
from tests.factories_amendments import advise, ask, shares, within_tolerance
from tests.factories_applications import OFFICE
from tests.factories_grants import project_at
from tests.grants.test_races import at_once, split

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_amendments_take_the_rest_of_an_envelope_at_once_and_one_gets_it():
    first = project_at("active")
    second = project_at("active", call=first.call)
    call = first.call
    call.envelope = call.entries.committed() + 300_000
    call.save(update_fields=["envelope"])
    rows = [
        advise(ask(project, "amount", lines=shares(project, first=("2700000.00", "1500000.00"))))
        for project in (first, second)
    ]
    data = {"resolution": "R-1", "reason": ""}
    won, lost = split(
        at_once(
            *(
                lambda row=row: AMENDMENT.apply(row, "resolve", by=OFFICE.approver, now=NOON, data=dict(data))
                for row in rows
            )
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert "envelope of the call has" in lost[0]
    assert call.entries.committed() == call.envelope - 100_000
    amounts = Project.objects.values_list("approved_amount", flat=True)
    assert sorted(amounts) == [Decimal("3000000.00"), Decimal("3200000.00")]


def test_two_amendments_of_one_budget_at_once_and_the_second_is_set_anew():
    project = project_at("active")
    budget = ask(project, "budget", lines=within_tolerance(project))
    amount = advise(ask(project, "amount", lines=shares(project, first=("2400000.00", "1500000.00"))))
    results = at_once(
        lambda: AMENDMENT.apply(budget, "approve", by=OFFICE.officer, now=NOON, data={"reason": ""}),
        lambda: AMENDMENT.apply(
            amount, "resolve", by=OFFICE.approver, now=NOON, data={"resolution": "R-1", "reason": ""}
        ),
    )
    won, lost = split(results)
    assert (len(won), len(lost)) == (1, 1)
    assert all(isinstance(each, TransitionRefused) for each in results if isinstance(each, Exception))
    assert project.plan_versions.count() == 1
    assert sorted(project.amendments.values_list("status", flat=True)) == ["approved", "returned"]
