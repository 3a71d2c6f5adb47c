"""Lists of payments for the bank: made once, the same bytes again, a payment on one live list, no cell a formula."""

import hashlib
from decimal import Decimal

import pytest
from django.urls import reverse

from core.workflow import NotAllowed, TransitionRefused
from grants import actions, bank_lists
from grants.models import BankList, BankListItem, Payee
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, words
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_grants import finance, finance2, make_cbu, order, payment_at, project_at, treasury
from tests.factories_groups import make_cuit
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]


@pytest.fixture
def payments():
    call = make_call(envelope=500_000_000)
    return [order(project_at("active", call=call).tranches.get(number=1)) for _number in range(2)]


def made(payments, **changes) -> BankList:
    ids = [payment.pk for payment in payments]
    return bank_lists.make(**{"by": finance(), "payments": ids, "now": NOON, **changes})


def test_a_list_says_how_many_how_much_and_its_hash(payments):
    found = made(payments)
    assert (found.number, found.count, found.total) == (1, 2, Decimal(2_400_000))
    assert found.sha256 == hashlib.sha256(found.content.encode()).hexdigest()
    lines = found.content.split("\r\n")
    assert len(lines) == 4
    assert payments[0].payee.cbu in lines[1]
    assert ",1200000.00," in lines[1]
    assert made([payment_at("ordered")]).number == 2


def test_a_payment_is_on_one_live_list(payments):
    first = made(payments)
    with pytest.raises(TransitionRefused, match="Something moved"):
        made(payments[:1])
    bank_lists.void(by=finance2(), bank_list=first, reason="It was not sent.", now=NOON)
    assert made(payments[:1]).items.get().live
    first.refresh_from_db()
    assert (first.status, first.items.filter(live=True).count()) == ("voided", 0)
    with pytest.raises(TransitionRefused, match="voided already"):
        bank_lists.void(by=finance2(), bank_list=first, reason="Again.", now=NOON)


def test_what_was_paid_keeps_its_list(payments):
    found = made(payments)
    actions.confirm_disbursement(by=finance2(), disbursement=payments[0], now=NOON, **treasury(payments[0]))
    with pytest.raises(TransitionRefused, match="the bank had it"):
        bank_lists.void(by=finance(), bank_list=found, reason="A mistake.", now=NOON)


def test_a_suspended_project_and_a_replaced_payee_are_on_no_list(payments):
    first, second = payments
    PROJECT.apply(first.project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    with pytest.raises(TransitionRefused, match="Something moved"):
        made([first])
    actions.enter_payee(
        by=second.project.group.representative, project=second.project, name="Otra", cuit=make_cuit(3),
        cbu=make_cbu(3), now=NOON,
    )  # fmt: skip
    assert list(bank_lists.listable(finance())) == []
    assert made is not None
    sql = (
        "INSERT INTO grants_banklistitem (bank_list_id, position, disbursement_id, amount, live)"
        " VALUES (%s, 9, %s, %s, true)"
    )
    other = made([payment_at("ordered")])
    assert "is paid nothing" in refused_by(sql, other.pk, first.pk, first.amount)


def test_a_list_is_not_given_out_any_more_when_a_project_on_it_is_suspended(payments):
    found = made(payments)
    desk = browser(finance())
    url, page = reverse("bank_list_file", args=[found.pk]), reverse("bank_list_detail", args=[found.pk])
    assert "Do not send this list" not in desk.get(page).text
    PROJECT.apply(payments[1].project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    assert "number 2 of the list" in desk.get(page).text
    assert url not in desk.get(page).text
    assert desk.get(url).status_code == 409
    said = desk.get(reverse("disbursement_confirm", args=[payments[1].pk])).text
    assert "The project is suspended since 10/03/2026: only what" in said
    bank_lists.void(by=finance(), bank_list=found, reason="One was suspended.", now=NOON)
    # It stays to be read as it was made.
    assert desk.get(url).content == found.content.encode()


def test_no_cell_is_a_formula():
    project = project_at("active", payee=False)
    payee = actions.enter_payee(
        by=project.group.representative, project=project, name="=HYPERLINK(1)", cuit=make_cuit(3), cbu=make_cbu(3),
        now=NOON,
    )  # fmt: skip
    actions.check_payee(by=OFFICE.officer, payee=payee, now=NOON)
    assert Payee.objects.get(pk=payee.pk).is_checked
    assert ",'=HYPERLINK(1)," in made([order(project.tranches.get(number=1))]).content


def test_who_may(payments):
    with pytest.raises(NotAllowed):
        made(payments, by=OFFICE.officer)
    assert not BankListItem.objects.exists()


def test_the_database_keeps_it(payments):
    found = made(payments)
    assert "made once" in refused_by("UPDATE grants_banklist SET content = 'x' WHERE id = %s", found.pk)
    assert "made once" in refused_by("DELETE FROM grants_banklist WHERE id = %s", found.pk)
    assert "until it is voided" in refused_by("UPDATE grants_banklistitem SET live = false")
    sql = (
        "INSERT INTO grants_banklist (number, made_by_id, made_at, count, total, content, sha256, status, version, reason)"
        " VALUES (7, %s, now(), 1, 5, 'x', %s, 'live', 0, '')"
    )
    assert "bank_list_hash" in refused_by(sql, finance().pk, "0" * 64)
    third = payment_at("ordered")
    item = (
        "INSERT INTO grants_banklistitem (bank_list_id, position, disbursement_id, amount, live)"
        " VALUES (%s, 9, %s, %s, true)"
    )
    assert "says how many" in refused_by(item, found.pk, third.pk, third.amount)
    assert "holds what is ordered" in refused_by(item, found.pk, third.pk, 5)


def test_the_pages(payments):
    desk = browser(finance())
    make = reverse("bank_list_make")
    assert desk.get(make).status_code == 200
    assert desk.post(make, {}).status_code == 422
    answer = desk.post(make, {"payments": [payment.pk for payment in payments]})
    assert answer.status_code == 302
    found = BankList.objects.get()
    again = desk.post(make, {"payments": [payments[0].pk]})
    assert again.status_code == 422
    page = desk.get(answer["Location"])
    assert found.sha256 in page.text
    assert "2" in words(desk.get(reverse("bank_list_list")))
    url = reverse("bank_list_file", args=[found.pk])
    assert desk.get(url).content == desk.get(url).content == found.content.encode()
    assert browser(OFFICE.officer).get(url).status_code == 403
    void = reverse("bank_list_void", args=[found.pk])
    assert desk.post(void, {"version": 0}).status_code == 422
    assert desk.post(void, {"version": 0, "reason": "It was not sent."}).status_code == 302


def test_an_auditor_reads_only_the_payments_that_they_were_given(payments):
    found = made(payments)
    auditor = make_person("auditor")
    give_audit(auditor, payments[0].case, by=OFFICE.admin)
    page = words(browser(auditor).get(reverse("bank_list_detail", args=[found.pk])))
    assert payments[0].case.reference in page
    assert payments[1].case.reference not in page
