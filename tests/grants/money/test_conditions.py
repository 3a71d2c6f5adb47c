"""What tranches wait for: the proof of what was advanced, verified expenses to reimburse, a surety that covers it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core import duties, timeline
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from grants import actions, conditions, tranches
from grants.models import Project
from grants.sureties.workflow import SURETY
from grants.workflow import PROJECT
from tests.applications.call_pages import save
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, a_pdf, make_call
from tests.factories_grants import enter_payee, finance, finance2, order, payment_at, project_at, treasury
from tests.grants.money.rows import DAY, confirm, proven, receipt, refund, surety
from tests.grants.test_constraints import order_in_sql, pay_in_sql, refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def project_of(*, payment: str = "advance", number: int = 2, **rule) -> Project:
    """An active project whose call has a rule for one tranche; both tranches are open. It is 1.200.000 and 1.800.000."""
    call = make_call(payment=payment)
    call.tranches.filter(number=number).update(
        **rule or {"after_report": call.tranches.get(number=number).after_report}
    )
    project = project_at("active", call=call)
    actions.open_tranches(project, report_number=1, now=NOON)
    return project


def waits(project: Project) -> dict[int, list[str]]:
    return {row.tranche.number: row.waits for row in conditions.waiting_of(project, today=NOON.date())}


# --- Proof ------------------------------------------------------------------------------------------------


def test_an_advance_waits_for_the_proof_of_what_was_paid_before():
    project = project_of(proof_percent=80)
    first, second = project.tranches.all()
    assert (first.basis, second.proof_percent) == ("advance", Decimal(80))
    assert "with 80\N{NO-BREAK SPACE}% of what was advanced before proven" in second.condition
    assert waits(project) == {1: [], 2: ["Tranche 1 comes first: this one waits for its proof."]}
    assert "waits until what was advanced" in refused_by(*order_in_sql(second, project.payee))
    payment_at("paid", project=project)
    (sentence,) = waits(project)[2]
    assert "960.000,00 of $\N{NO-BREAK SPACE}960.000,00 are missing" in sentence
    with pytest.raises(TransitionRefused, match="has to be proven"):
        order(second)
    assert "waits until what was advanced" in refused_by(*order_in_sql(second, project.payee))
    proven(project, 900_000)
    assert "60.000,00 of" in waits(project)[2][0]
    proven(project, 60_000)
    assert waits(project)[2] == []
    assert order(second).amount == second.amount


def test_finance_hears_of_a_tranche_when_it_waits_for_nothing_any_more():
    project = project_of(proof_percent=80, after_report=1)
    second = project.tranches.get(number=2)
    told = Message.objects.filter(template="payment_tranche_open", context__tranche=2)
    payment_at("paid", project=project)
    tranches.tell_of_ready(project, now=NOON)
    assert not told.exists()
    proven(project, 960_000)
    tranches.tell_of_ready(project, now=NOON)
    assert told.count() == len({finance(), finance2()})
    tranches.tell_of_ready(project, now=NOON)
    assert told.count() == 2
    assert second.opened_at is not None


def test_what_came_back_has_not_to_be_proven():
    project = project_of(proof_percent=100)
    payment_at("paid", project=project)
    proven(project, 700_000)
    assert waits(project)[2]
    confirm(receipt(refund(project, 500_000)))
    assert waits(project)[2] == []
    order(project.tranches.get(number=2))


def test_an_open_tranche_says_that_its_account_is_not_checked():
    project = project_of()
    desk, url = browser(finance()), reverse("project_ledger", args=[project.pk])
    said = "The account to which it is paid is not checked yet"
    order_url = reverse("tranche_order", args=[project.tranches.get(number=1).pk])
    ready = desk.get(url)
    assert said not in words(ready)
    assert order_url in ready.text
    enter_payee(project, number=9, checked=False)
    waiting = desk.get(url)
    assert said in words(waiting)
    assert "Open: something is missing" in words(waiting)
    assert order_url not in waiting.text


# --- Reimbursement ------------------------------------------------------------------------------------------


def test_a_reimbursement_waits_for_verified_expenses():
    project = project_of(payment="reimbursement")
    first, second = project.tranches.all()
    assert first.basis == "reimbursement"
    assert "1.200.000,00 are missing" in waits(project)[1][0]
    with pytest.raises(TransitionRefused, match="Verified expenses"):
        order(first)
    assert "not above what was verified" in refused_by(*order_in_sql(first, project.payee))
    proven(project, 1_300_000)
    assert waits(project)[1] == []
    assert order(first).amount == Decimal(1_200_000)
    # What is left of it is too little for the second one.
    assert "100.000,00 are not reimbursed yet" in waits(project)[2][0]
    assert "not above what was verified" in refused_by(*order_in_sql(second, project.payee, 100_001))


def test_at_the_end_a_reimbursement_pays_what_was_verified():
    project = project_of(payment="reimbursement")
    # With the counterpart that goes with it: without one nothing would be due.
    share = sum(line.group_share for line in project.lines.all()) / project.approved_amount
    proven(project, 700_000, 700_000 * share + 1)
    fall_due_and_close(project)
    first, second = project.tranches.all()
    assert order(first).amount == Decimal(700_000)
    with pytest.raises(TransitionRefused, match="Verified expenses"):
        order(second)


def fall_due_and_close(project: Project) -> None:
    """Begin to close, past the reports: they are not what is looked at here."""
    Project.objects.filter(pk=project.pk).update(status="closing")


# --- A surety ---------------------------------------------------------------------------------------------


def test_an_advance_that_needs_a_surety_waits_for_its_cover():
    project = project_of(number=1, needs_surety=True)
    first = project.tranches.get(number=1)
    assert "covered by a surety" in first.condition
    assert "those in force cover" in waits(project)[1][0]
    with pytest.raises(TransitionRefused, match="A surety for"):
        order(first)
    assert "beyond the cover" in refused_by(*order_in_sql(first, project.payee))
    surety(project, 1_000_000)
    assert waits(project)[1]
    surety(project, 200_000)
    assert waits(project)[1] == []
    order(first)


def test_one_that_expired_or_did_not_begin_covers_nothing():
    project = project_of(number=1, needs_surety=True)
    surety(project, 5_000_000, expires_on=NOON.date(), from_on=NOON.date() - DAY)
    surety(project, 5_000_000, from_on=NOON.date() + DAY)
    payment = order(project.tranches.get(number=1))
    later = NOON + 1 * DAY
    said = pay_in_sql(payment, finance2(), treasury_date="2026-03-11", confirmed_at=later + DAY)
    # On the next day the second one is in force; on the day after it is let go, nothing is.
    second = project.sureties.get(from_on=NOON.date() + DAY)
    SURETY.apply(project.sureties.get(expires_on=NOON.date()), "release", by=finance(), now=later)
    assert second.covers_on(later.date())
    actions.confirm_disbursement(
        by=finance2(), disbursement=payment, now=later, **treasury(payment, now=later)
    )
    assert said


def test_nothing_is_confirmed_beyond_its_cover():
    project = project_of(number=1, needs_surety=True)
    surety(project, 1_200_000, expires_on=NOON.date())
    payment = order(project.tranches.get(number=1))
    later = NOON + DAY
    with pytest.raises(TransitionRefused, match="do not cover"):
        actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=later, **treasury(payment, now=later)
        )
    said = refused_by(*pay_in_sql(payment, finance2(), treasury_date=later.date(), confirmed_at=later))
    assert "beyond the cover" in said


def test_it_is_let_go_when_what_it_covers_is_proven():
    project = project_of(number=1, needs_surety=True)
    held = surety(project, 1_200_000)
    payment_at("paid", project=project)
    with pytest.raises(TransitionRefused, match="were advanced and are not proven"):
        SURETY.apply(held, "release", by=finance(), now=NOON)
    sql = "UPDATE grants_surety SET status = 'released', released_by_id = %s, released_at = %s WHERE id = %s"
    assert "is let go when" in refused_by(sql, finance().pk, NOON, held.pk)
    assert "stays as it was taken" in refused_by("UPDATE grants_surety SET amount = 1 WHERE id = %s", held.pk)
    proven(project, 1_000_000)
    confirm(receipt(refund(project, 200_000)))
    assert SURETY.apply(held, "release", by=OFFICE.officer, now=NOON).status == "released"


def test_before_it_expires_it_is_a_duty():
    project = project_of(number=1, needs_surety=True)
    held = surety(project, 1_200_000)
    soon = held.expires_on - 10 * DAY
    for person in (project.group.representative, OFFICE.officer):
        assert f"surety.{held.pk}" in {duty.key for duty in duties.of(person, soon)}
    SURETY.apply(held, "release", by=finance(), now=NOON)
    assert f"surety.{held.pk}" not in {duty.key for duty in duties.of(OFFICE.officer, soon)}


def test_who_enters_one_and_the_pages(client):
    project = project_of(number=1, needs_surety=True)
    with pytest.raises(NotAllowed):
        surety(project, 1, by=project.group.representative)
    desk, url = browser(finance()), reverse("surety_add", args=[project.pk])
    typed = {
        "insurer": "Aseguradora", "policy": "A-1", "amount": "1.200.000", "from_on": "10/03/2026",
        "expires_on": "10/03/2027",
    }  # fmt: skip
    assert desk.post(url, typed).status_code == 422
    wrong = desk.post(url, {**typed, "expires_on": "09/03/2026", "paper": a_pdf("p.pdf")})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["expires_on"])
    ended = {"from_on": "01/01/2020", "expires_on": "09/03/2026", "paper": a_pdf("p.pdf")}
    errors = desk.post(url, {**typed, **ended}).context["form"].errors
    assert errors["expires_on"] == ["This surety has ended already: it covers nothing."]
    with pytest.raises(TransitionRefused, match="has ended already"):
        surety(project, 1, from_on=NOON.date() - 9 * DAY, expires_on=NOON.date() - DAY)
    assert desk.post(url, {**typed, "paper": a_pdf("p.pdf")}).status_code == 302
    again = desk.post(url, {**typed, "paper": a_pdf("p.pdf")})
    assert (again.status_code, "on record already" in words(again)) == (409, True)
    held = project.sureties.get()
    assert "A-1" in words(desk.get(reverse("surety_list")))
    page = desk.get(reverse("project_ledger", args=[project.pk]))
    assert "Aseguradora" in words(page)
    release = reverse("surety_release", args=[held.pk])
    assert desk.get(release).status_code == 200
    assert desk.post(release, {"version": held.version}).status_code == 302


# --- Suspended ----------------------------------------------------------------------------------------------


def test_a_suspended_project_is_paid_nothing_also_when_it_was_ordered_before():
    project = project_of()
    payment = order(project.tranches.get(number=1))
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    later = NOON + DAY
    with pytest.raises(TransitionRefused, match="only what the Treasury paid until then"):
        actions.confirm_disbursement(
            by=finance2(), disbursement=payment, now=later, **treasury(payment, now=later)
        )
    said = refused_by(*pay_in_sql(payment, finance2(), treasury_date=later.date(), confirmed_at=later))
    assert "is paid nothing" in said
    with pytest.raises(TransitionRefused, match="suspended"):
        order(project.tranches.get(number=2))


def test_the_call_editor_asks_for_them():
    call = make_call(published=False)
    desk = browser(OFFICE.admin)
    rules = {"tranches-1-proof_percent": "62,5", "tranches-0-needs_surety": "on"}
    assert save(desk, call, "reports", **rules).status_code == 302
    first, second = call.tranches.all()
    assert (first.needs_surety, first.proof_percent) == (True, 0)
    assert (second.needs_surety, second.proof_percent) == (False, Decimal("62.50"))
    assert save(desk, call, "reports", **{"tranches-1-proof_percent": "101"}).status_code == 422
    copied = timeline.rows(call.case, OFFICE.admin)
    assert any("62,5" in str(row.details) for row in copied)
