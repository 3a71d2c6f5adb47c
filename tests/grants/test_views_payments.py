"""The desk of finance: the queues, ordering, confirming, failing; who sees them, and what they cost."""

import pytest
from django.urls import reverse

from grants.models import Disbursement
from grants.workflow import PROJECT
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import enter_payee, finance, finance2, order, payment_at, project_at
from tests.factories_reports import make_project
from tests.grants.test_views_projects import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands")]


def queue(client, name: str = "", **query) -> list:
    response = client.get(reverse("payment_list"), {"queue": name, **query} if name else query)
    assert response.status_code == 200
    return list(response.context["page"])


def confirm_url(payment) -> str:
    return reverse("disbursement_confirm", args=[payment.pk])


def treasury_form(payment, **changed) -> dict[str, str]:
    return {
        "version": str(payment.version),
        "treasury_number": "OP 1234/2026",
        "treasury_date": "10/03/2026",
        "gross": "1.200.000,00",
        "withheld": "24.000,50",
        "net": "1.175.999,50",
        **changed,
    }


# --- The queues ----------------------------------------------------------------------------------


def test_each_queue_shows_its_payments(client):
    call = make_call(envelope=500_000_000)
    ready = project_at("active", call=call)
    ordered, failed, cancelled, paid = (
        payment_at(status, project=project_at("active", call=call))
        for status in ("ordered", "failed", "cancelled", "paid")
    )
    client.force_login(finance())
    assert [row.project for row in queue(client)] == [ready, failed.project, cancelled.project]
    assert queue(client, "ordered") == [ordered]
    assert queue(client, "failed") == [cancelled, failed]
    assert queue(client, "paid") == [paid]
    assert queue(client, "paid", q=paid.project.reference) == [paid]
    assert queue(client, "paid", q="beehive") == []
    assert client.get(reverse("payment_list"), {"queue": "nonsense"}).status_code == 404
    assert client.get(reverse("payment_list"), {"q": "x" * 200}).status_code == 422


@pytest.mark.parametrize("name", ["to_order", "ordered", "failed", "paid"])
def test_an_empty_queue_says_why(client, name):
    client.force_login(finance())
    response = client.get(reverse("payment_list"), {"queue": name})
    assert 'class="empty-state"' in response.content.decode()


def test_the_queues_cost_the_same_with_1_and_with_6_rows(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("grants.views.payments.ON_A_PAGE", 4)
    make_project()
    payment_at("ordered")
    client.force_login(finance())
    queue(client)
    # What can be ordered says what it waits for: tranches, payments and ledgers of the page.
    for name, queries in (("to_order", 9), ("ordered", 6)):
        with django_assert_num_queries(queries):
            assert len(queue(client, name)) == 1
    more = [make_project() for _number in range(5)]
    with django_assert_num_queries(9):
        assert len(queue(client, "to_order")) == 4
    assert len(queue(client, "to_order", page=2)) == 2
    for number, project in enumerate(more, 10):
        enter_payee(project, number=number)
        order(project.tranches.get(number=1))
    with django_assert_num_queries(6):
        assert len(queue(client, "ordered")) == 4
    assert len(queue(client, "ordered", page=2)) == 2


def test_the_desk_is_for_the_office(client, coordinator, adviser, reviewer1, stranger):
    project = project_at("active", coordinator=coordinator)
    for person, status in (
        (finance(), 200),
        (OFFICE.officer, 200),
        (OFFICE.approver, 200),
        (OFFICE.admin, 200),
        (project.group.representative, 403),
        (coordinator, 403),
        (adviser, 403),
        (reviewer1, 403),
        (stranger, 403),
    ):
        client.force_login(person)
        response = client.get(reverse("payment_list"))
        assert response.status_code == status, person
        order_link = reverse("tranche_order", args=[project.tranches.get(number=1).pk])
        assert (order_link in response.content.decode()) == (person == finance())


# --- Ordering ------------------------------------------------------------------------------------


def test_finance_orders_after_looking_once_more(client):
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    client.force_login(finance())
    url = reverse("tranche_order", args=[tranche.pk])
    said = text_of(client.get(url))
    for words in ("$ 1.200.000,00", "$ 3.000.000,00", project.payee.name, project.payee.formatted_cbu):
        assert words in said, words
    stale = client.post(url, {"version": tranche.version + 1})
    assert stale.status_code == 409
    assert not Disbursement.objects.exists()
    done = client.post(url, {"version": tranche.version})
    assert done.status_code == 302
    payment = Disbursement.objects.get()
    assert (payment.ordered_by, payment.amount) == (finance(), tranche.amount)
    again = client.post(url, {"version": tranche.version})
    assert again.status_code == 409
    assert "ordered already" in text_of(client.get(url))
    assert Disbursement.objects.count() == 1


def test_an_order_that_is_not_possible_says_why_beside_the_button(client):
    project = project_at("active", payee=False)
    tranche = project.tranches.get(number=1)
    client.force_login(finance())
    response = client.get(reverse("tranche_order", args=[tranche.pk]))
    assert "has not said yet who is paid" in text_of(response)
    assert 'aria-disabled="true"' in response.content.decode()
    response = client.post(reverse("tranche_order", args=[tranche.pk]), {"version": tranche.version})
    assert response.status_code == 409


def test_others_order_nothing(client, coordinator, stranger, viewer):
    project = project_at("active", coordinator=coordinator)
    url = reverse("tranche_order", args=[project.tranches.get(number=1).pk])
    for person, status in (
        (OFFICE.officer, 403),
        (OFFICE.admin, 403),
        (project.group.representative, 403),
        (coordinator, 403),
        (stranger, 404),
        (viewer, 404),
    ):
        client.force_login(person)
        assert client.post(url, {"version": 0}).status_code == status


# --- Confirming ----------------------------------------------------------------------------------


def test_another_finance_officer_confirms_what_the_treasury_paid(client):
    payment = payment_at("ordered")
    client.force_login(finance())
    said = text_of(client.get(confirm_url(payment)))
    assert "another finance officer confirms it" in said
    own = client.post(confirm_url(payment), treasury_form(payment))
    assert own.status_code == 409
    client.force_login(finance2())
    done = client.post(confirm_url(payment), treasury_form(payment))
    assert done.status_code == 302
    payment.refresh_from_db()
    assert payment.status == "paid"
    assert payment.treasury_number == "OP 1234/2026"
    assert f"{payment.gross} {payment.withheld} {payment.net}" == "1200000.00 24000.50 1175999.50"
    said = text_of(client.get(confirm_url(payment)))
    assert "$ 1.175.999,50" in said
    assert "Confirm the payment" not in said
    again = client.post(confirm_url(payment), treasury_form(payment, treasury_number="OP 2"))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"treasury_number": ""}, "treasury_number", "Fill in"),
        ({"treasury_date": "11/03/2026"}, "treasury_date", "in the future"),
        ({"treasury_date": "09/03/2026"}, "treasury_date", "before the payment was ordered"),
        ({"treasury_date": "31/02/2026"}, "treasury_date", "a day that exists"),
        ({"treasury_date": "0000-00-00"}, "treasury_date", "a day that exists"),
        ({"gross": "1.200.000,01"}, "gross", "must be what was ordered: $ 1.200.000,00"),
        ({"gross": "1e308"}, "gross", "Write an amount in pesos"),
        ({"gross": "NaN"}, "gross", "Write an amount in pesos"),
        ({"gross": "9" * 40}, "gross", "too large"),
        ({"withheld": "-1"}, "withheld", "cannot be negative"),
        ({"withheld": "1.200.000,01"}, "withheld", "more than the gross"),
        ({"net": "1.176.000,00"}, "net", "less what was withheld: $ 1.175.999,50"),
        ({"net": ""}, "net", "Fill in"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(client, changed, field, sentence):
    payment = payment_at("ordered")
    client.force_login(finance2())
    response = client.post(confirm_url(payment), treasury_form(payment, **changed))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert sentence in text_of(response)
    assert "OP 1234/2026" in response.content.decode() or "treasury_number" in changed
    payment.refresh_from_db()
    assert (payment.status, payment.treasury_number) == ("ordered", "")


def test_a_number_that_paid_before_is_said_at_its_field(client):
    paid = payment_at("paid")
    payment = payment_at("ordered", project=project_at("active", call=paid.project.call))
    client.force_login(finance2())
    response = client.post(confirm_url(payment), treasury_form(payment, treasury_number=paid.treasury_number))
    assert response.status_code == 422
    assert "treasury_number" in response.context["form"].errors


def test_a_stale_page_confirms_nothing(client):
    payment = payment_at("ordered")
    client.force_login(finance2())
    response = client.post(confirm_url(payment), treasury_form(payment, version="7"))
    assert response.status_code == 409
    assert "Somebody changed this" in text_of(response)
    assert "OP 1234/2026" in response.content.decode()


def test_a_replaced_payee_is_said_before_confirming(client):
    payment = payment_at("ordered")
    enter_payee(payment.project, number=5, checked=False)
    client.force_login(finance2())
    assert "named another payee since" in text_of(client.get(confirm_url(payment)))


def test_a_suspension_is_said_before_confirming(client):
    disbursement = payment_at("ordered")
    PROJECT.apply(disbursement.project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    client.force_login(finance2())
    said = text_of(client.get(confirm_url(disbursement)))
    assert "only what the Treasury paid until then can be confirmed" in said


@pytest.mark.parametrize(("name", "status"), [("fail", "failed"), ("cancel", "cancelled")])
def test_a_payment_fails_or_is_cancelled_with_its_reason(client, name, status):
    payment = payment_at("ordered")
    client.force_login(finance2())
    url = reverse("disbursement_act", args=[payment.pk, name])
    assert client.get(url).status_code == 200
    for reason in ("", "  ", "x" * 501):
        empty = client.post(url, {"version": payment.version, "reason": reason})
        assert empty.status_code == 422
    done = client.post(url, {"version": payment.version, "reason": "The bank refused the account."})
    assert done.status_code == 302
    payment.refresh_from_db()
    assert (payment.status, payment.reason) == (status, "The bank refused the account.")
    assert "The bank refused the account." in text_of(client.get(confirm_url(payment)))
    again = client.post(url, {"version": payment.version, "reason": "Again."})
    assert again.status_code == 409
    assert client.get(reverse("disbursement_act", args=[payment.pk, "confirm"])).status_code == 404


def test_a_payment_is_seen_by_those_who_see_payments_and_moved_by_finance(
    client, coordinator, viewer, stranger
):
    payment = payment_at("ordered", coordinator=coordinator)
    for person, status in (
        (payment.project.group.representative, 200),
        (coordinator, 200),
        (OFFICE.officer, 200),
        (viewer, 404),
        (stranger, 404),
    ):
        client.force_login(person)
        assert client.get(confirm_url(payment)).status_code == status
        moved = 403 if status == 200 else 404
        assert client.post(confirm_url(payment), treasury_form(payment)).status_code == moved
        for name in ("fail", "cancel"):
            url = reverse("disbursement_act", args=[payment.pk, name])
            assert client.post(url, {"version": 0, "reason": "x"}).status_code == moved
    payment.refresh_from_db()
    assert payment.status == "ordered"


def test_addresses_and_fields_that_make_no_sense_change_nothing(client):
    payment = payment_at("ordered")
    client.force_login(finance2())
    for path in (
        "/projects/99999999999999999999999999/",
        "/projects/99999999999999999999999999/agreement/",
        "/payments/99999999999999999999999999/",
        "/payments/tranches/0/order/",
        "/payments/?queue=%00",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("/projects/?call=%00", "/projects/?q=%00", "/payments/?q=%00"):
        assert client.get(path).status_code == 422, path
    assert client.get("/payments/?page=minus-one").status_code == 200
    # What the form does not ask for is not read from it.
    forged = {"status": "cancelled", "amount": "1", "confirmed_by": "1", "payee": "9", "ordered_by": "1"}
    client.post(confirm_url(payment), {**treasury_form(payment), **forged})
    paid = Disbursement.objects.get(pk=payment.pk)
    assert (paid.status, paid.amount, paid.confirmed_by) == ("paid", payment.amount, finance2())
    assert (paid.payee_id, paid.ordered_by_id) == (payment.payee_id, payment.ordered_by_id)
