"""Each list of the money costs the same with one row and with several, and pages what it shows."""

import pytest
from django.db import connection
from django.urls import reverse

from grants import bank_lists
from grants.findings.actions import write_finding
from tests.applications.staff_pages import browser
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import finance, order, payment_at, project_at
from tests.grants.money.rows import DAY, proven, receipt, refund, surety
from tests.grants.money.test_account import CSV, brought
from tests.grants.money.test_ledger import Counter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]


def cost(client, url: str, **query) -> int:
    client.get(url, query)
    with connection.execute_wrapper(counter := Counter()):
        assert client.get(url, query).status_code == 200
    return counter.count


def one_more(project, number: int) -> None:
    """Something on each list."""
    receipt(refund(project, 10 + number, why="interest"))
    surety(project, 1_000)
    write_finding(by=OFFICE.admin, project=project, text="x", due_on=NOON.date() + DAY, now=NOON)
    proven(project, 1_000)


@pytest.mark.slow
def test_the_desks_cost_the_same_with_one_and_with_several_rows():
    call = make_call(envelope=500_000_000)
    projects = [payment_at("paid", project=project_at("active", call=call)).project for _number in range(3)]
    one_more(projects[0], 0)
    bank_lists.make(by=finance(), payments=[order_of(call).pk], now=NOON)
    desk, office = browser(finance()), browser(OFFICE.admin)
    pages = [
        (desk, reverse("refund_list"), {"queue": "to_confirm"}),
        (desk, reverse("surety_list"), {}),
        (desk, reverse("bank_list_list"), {}),
        (office, reverse("finding_list"), {}),
        (office, reverse("audit_sample"), {"seed": "7", "size": "9", "until": "2026-03-09"}),
    ]
    few = [cost(client, url, **query) for client, url, query in pages]
    assert max(few) <= 11  # the frame's five, and six
    for number, project in enumerate(projects[1:], 1):
        one_more(project, number)
        bank_lists.make(by=finance(), payments=[order_of(call).pk], now=NOON)
    assert [cost(client, url, **query) for client, url, query in pages] == few


def order_of(call):
    return order(project_at("active", call=call).tranches.get(number=1))


def test_the_account_costs_the_same():
    project = payment_at("paid").project
    desk, url = browser(project.group.representative), reverse("project_account", args=[project.pk])
    brought(project, "\n".join(CSV.splitlines()[:3]))
    few = cost(desk, url)
    brought(project)
    assert cost(desk, url) == few


def test_a_refund_costs_the_same_with_one_and_with_several_receipts():
    asked = refund(payment_at("paid").project, 1_000)
    desk, page = browser(finance()), reverse("refund_detail", args=[asked.pk])
    receipt(asked, amount=10)
    one = cost(desk, page)
    for _number in range(3):
        receipt(asked, amount=10)
    assert cost(desk, page) == one


def test_a_list_for_the_bank_costs_the_same_for_one_and_for_several_payments():
    call = make_call(envelope=500_000_000)

    def making(*payments) -> int:
        ids = [payment.pk for payment in payments]
        with connection.execute_wrapper(counter := Counter()):
            bank_lists.make(by=finance(), payments=ids, now=NOON)
        return counter.count

    making(order_of(call))
    assert making(order_of(call)) == making(order_of(call), order_of(call), order_of(call))
