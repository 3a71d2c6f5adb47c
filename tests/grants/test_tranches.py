"""How an amount is parted, to the cent, and when a tranche opens."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Message
from grants import actions
from grants.tranches import parts_of
from tests.clock import NOON
from tests.factories_grants import finance, project_at


@dataclass
class Planned:
    number: int
    percent: Decimal
    after_report: int = 0
    proof_percent: Decimal = Decimal(0)
    needs_surety: bool = False


def amounts(amount: str, *percents: int | str) -> list[str]:
    rows = [Planned(number, Decimal(percent)) for number, percent in enumerate(percents, 1)]
    return [f"{part.amount}" for part in parts_of(Decimal(amount), rows)]


def test_the_last_part_takes_what_rounding_leaves():
    assert amounts("100.00", 40, 60) == ["40.00", "60.00"]
    assert amounts("100.01", "33.33", "33.33", "33.34") == ["33.33", "33.33", "33.35"]
    assert amounts("0.05", 50, 50) == ["0.03", "0.02"]
    assert amounts("1000000.00", 100) == ["1000000.00"]


def test_a_part_of_less_than_a_cent_is_left_out_and_the_numbers_have_no_hole():
    assert [
        (part.number, part.amount)
        for part in parts_of(Decimal("0.01"), [Planned(1, Decimal(30)), Planned(2, Decimal(70))])
    ] == [(1, Decimal("0.01"))]


def test_a_call_without_tranches_pays_at_once():
    (part,) = parts_of(Decimal("5.00"), [])
    assert (part.number, part.percent, part.amount, part.after_report) == (1, 100, Decimal("5.00"), 0)


@given(
    st.decimals("0.01", "999999999.99", places=2),
    st.lists(st.decimals("0.01", "100", places=2), min_size=1, max_size=8),
)
def test_the_parts_are_the_amount_to_the_cent_whatever_the_percentages(amount, percents):
    rows = [Planned(number, percent) for number, percent in enumerate(percents, 1)]
    parts = parts_of(amount, rows)
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount >= Decimal("0.01") for part in parts)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


@pytest.mark.django_db
def test_an_accepted_report_opens_the_tranche_that_waits_for_it_once():
    money = finance()
    project = project_at("active")
    second = project.tranches.get(number=2)
    assert actions.open_tranches(project, report_number=2, now=NOON) == []
    assert actions.open_tranches(project, report_number=1, now=NOON, held={second.pk}) == []
    assert actions.open_tranches(project, report_number=1, now=NOON) == [second]
    assert actions.open_tranches(project, report_number=1, now=NOON) == []
    second.refresh_from_db()
    assert (second.state, second.opened_at) == ("open", NOON)
    event = project.case.events.filter(action="tranche.open").last()
    assert event.data == {"tranche": 2, "amount": "1800000.00", "report": 1}
    assert Message.objects.filter(template="payment_tranche_open", recipient=money).count() == 2


@pytest.mark.django_db
def test_nothing_opens_for_a_project_that_has_ended():
    project = project_at("closed")
    assert actions.open_tranches(project, report_number=1, now=NOON) == []
