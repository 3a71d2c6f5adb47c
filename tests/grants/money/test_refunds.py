"""What is given back: asked, receipts in parts, confirmed by another; never above what was paid less what came back."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import duties
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from grants.models import Project, RefundReceipt
from grants.refunds.workflow import REFUND
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, PDF, a_pdf
from tests.factories_grants import finance, finance2, hear, make_cbu, payment_at, project_at
from tests.grants.expenses.rows import expense_row, judge_row, open_statement_row
from tests.grants.money.rows import DAY, LATER, confirm, proven, receipt, refund
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]


@pytest.fixture
def project():
    payment = payment_at("paid")
    return payment.project


def test_it_comes_back_in_parts_and_is_then_settled(project):
    asked = refund(project, 500_000)
    confirm(receipt(asked, 200_000))
    asked.refresh_from_db()
    assert (asked.status, asked.returned()) == ("asked", Decimal(200_000))
    confirm(receipt(asked, 300_000))
    asked.refresh_from_db()
    assert (asked.status, asked.returned()) == ("settled", Decimal(500_000))
    actions = list(project.case.events.values_list("action", flat=True))
    assert actions[-2:] == ["refundreceipt.confirm", "refund.settle"]
    told = set(Message.objects.filter(case=project.case).values_list("template", flat=True))
    assert {"refund_asked", "refund_receipt_given", "refund_receipt_confirmed"} <= told


def test_never_above_what_was_paid_less_what_came_back(project):
    with pytest.raises(TransitionRefused, match=r"At most .*1\.200\.000,00"):
        refund(project, 1_200_001)
    confirm(receipt(refund(project, 200_000)))
    refund(project, 600_000)
    with pytest.raises(TransitionRefused, match=r"At most .*400\.000,00"):
        refund(project, 400_001)
    # What the money earned is beside it.
    assert refund(project, 9_000_000, why="interest").number == 3


def test_an_unspent_advance_is_what_is_not_proven(project):
    proven(project, 700_000)
    with pytest.raises(TransitionRefused, match=r"At most .*500\.000,00 are an advance that was not spent"):
        refund(project, 500_001)
    # What is asked for another reason may be more.
    refund(project, 300_000, why="termination")
    with pytest.raises(TransitionRefused, match=r"At most .*200\.000,00 are an advance"):
        refund(project, 200_001)
    # Nothing of the counterpart was proven: at the end nothing is due, and all that was paid has to come back.
    Project.objects.filter(pk=project.pk).update(status="closing")
    project.refresh_from_db()
    assert refund(project, 900_000).amount == 900_000


def test_a_refund_of_a_rejected_expense_names_it(project):
    expense = expense_row(open_statement_row(project), programme_share=Decimal(1000))
    judge_row(expense, "rejected", by=finance(), remark="It is of another firm.")
    with pytest.raises(TransitionRefused, match="Say which rejected expense"):
        refund(project, 500, why="rejected")
    with pytest.raises(TransitionRefused, match="Only where a rejected expense is why"):
        refund(project, 500, expense=expense)
    desk, url = browser(finance()), reverse("refund_ask", args=[project.pk])
    wrong = desk.post(url, {"why": "rejected", "amount": "500,00"}).context["form"].errors
    assert wrong["expense"] == ["Say which rejected expense is asked back."]
    by = finance().pk
    assert "names the expense" in refused_by(ASK, project.pk, "rejected", 1, make_cbu(7), "asked", by)
    assert refund(project, 500, why="rejected", expense=expense).expense == expense


def test_receipts_do_not_pass_what_was_asked(project):
    asked = refund(project, 500_000)
    receipt(asked, 400_000)
    asked.refresh_from_db()
    with pytest.raises(TransitionRefused, match=r"100\.000,00 are missing"):
        receipt(asked, 100_001)
    with pytest.raises(TransitionRefused, match="still to come"):
        receipt(asked, 1, paid_on=NOON.date() + DAY)


def test_who_wrote_it_down_does_not_confirm_it(project):
    given = receipt(refund(project, 500_000), by=finance())
    with pytest.raises(TransitionRefused, match="You wrote this receipt down"):
        confirm(given, by=finance())
    assert confirm(given).checked_by == finance2()
    with pytest.raises(TransitionRefused, match="not possible any more"):
        confirm(given)


def test_finance_reads_where_else_the_reference_or_the_paper_was_used(project):
    asked = refund(project, 500_000)
    first = receipt(asked, 200_000)
    asked.refresh_from_db()
    second = receipt(asked, 100_000, reference="trf-1 ", upload=a_pdf("other.pdf"))
    asked.refresh_from_db()
    third = receipt(asked, 100_000, reference="TRF-9", upload=another_pdf())
    desk, said = browser(finance2()), "stands on another receipt"
    page = words(desk.get(reverse("receipt_act", args=[second.pk, "confirm"])))
    assert f"{said}: $ 200.000,00 of 10/03/2026, refund 1 of" in page
    assert said not in words(desk.get(reverse("receipt_act", args=[second.pk, "refuse"])))
    # It is said, and refuses nothing.
    confirm(first)
    assert confirm(second).status == "confirmed"
    assert said not in words(desk.get(reverse("receipt_act", args=[third.pk, "confirm"])))
    asked.refresh_from_db()
    fourth = receipt(asked, 100_000, reference="TRF-10", upload=another_pdf())
    assert "$ 100.000,00 of 10/03/2026" in words(
        desk.get(reverse("receipt_act", args=[fourth.pk, "confirm"]))
    )


def another_pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("another.pdf", PDF + b"\n", "application/pdf")


def test_what_was_not_found_can_be_written_down_again(project):
    asked = refund(project, 500_000)
    with pytest.raises(TransitionRefused, match="Say why"):
        confirm(receipt(asked), name="refuse")
    given = RefundReceipt.objects.get()
    confirm(given, name="refuse", data={"reason": "Nothing came."})
    assert project.ledger.filter(kind="returned").count() == 0
    asked.refresh_from_db()
    confirm(receipt(asked))


def test_it_is_cancelled_while_nothing_came(project):
    asked = refund(project, 500_000)
    given = receipt(asked)
    with pytest.raises(TransitionRefused, match="A receipt was written down"):
        REFUND.apply(asked, "cancel", by=finance(), now=NOON, data={"reason": "A mistake."})
    confirm(given, name="refuse", data={"reason": "Nothing came."})
    REFUND.apply(asked, "cancel", by=finance(), now=NOON, data={"reason": "A mistake."})
    assert refund(project, 1_200_000).number == 2


def test_who_may(project):
    for person in (project.group.representative, OFFICE.approver):
        with pytest.raises(NotAllowed):
            refund(project, 1, by=person)
    asked = refund(project, 500_000, by=OFFICE.officer)
    with pytest.raises(NotAllowed):
        receipt(asked, by=OFFICE.officer)
    with pytest.raises(NotAllowed):
        confirm(receipt(asked), by=OFFICE.officer)


def test_nothing_is_asked_of_a_project_that_did_not_start():
    with pytest.raises(TransitionRefused, match="Nothing is asked back"):
        refund(project_at("awaiting_agreement"), 1)


def test_a_late_one_is_a_duty(project):
    asked = refund(project, 500_000)
    representative, officer = project.group.representative, OFFICE.officer
    owed = {duty.key for duty in duties.of(representative, NOON.date())}
    assert f"refund.{asked.pk}" in owed
    assert f"refund.{asked.pk}" not in {duty.key for duty in duties.of(officer, NOON.date())}
    late = LATER + 8 * DAY
    assert f"refund.{asked.pk}" in {duty.key for duty in duties.of(officer, late)}
    given = receipt(asked)
    assert f"receipt.{given.pk}" in {duty.key for duty in duties.of(finance(), NOON.date())}
    confirm(given)
    assert f"refund.{asked.pk}" not in {duty.key for duty in duties.of(representative, late)}


def test_what_an_ended_project_did_not_prove_is_to_be_asked_back(project):
    officer, day = OFFICE.officer, NOON.date()
    hear(project)
    PROJECT.apply(project, "terminate", by=OFFICE.approver, now=NOON, data={"reason": "It ends."})
    key = f"refund_ask.{project.pk}"
    assert key in {duty.key for duty in duties.of(officer, day)}
    assert refund(project, 1_200_000, why="termination").status == "asked"
    assert key not in {duty.key for duty in duties.of(officer, day)}


# --- The database -------------------------------------------------------------------------------------------

ASK = """
INSERT INTO grants_refund (project_id, number, why, amount, due_on, account_name, account_cbu, explanation, status, version,
    asked_by_id, asked_at) VALUES (%s, 9, %s, %s, '2026-05-01', 'T', %s, 'x', %s, 0, %s, now())
"""


def test_the_database_refuses_the_same(project):
    by, cbu = finance().pk, make_cbu(7)
    assert "More is asked back" in refused_by(ASK, project.pk, "unspent", 1_200_001, cbu, "asked", by)
    assert "begins as asked" in refused_by(ASK, project.pk, "unspent", 1, cbu, "settled", by)
    assert "refund_cbu_check_digits" in refused_by(ASK, project.pk, "unspent", 1, "1" * 22, "asked", by)
    asked = refund(project, 500_000)
    assert "when all of it came back" in refused_by(
        "UPDATE grants_refund SET status = 'settled' WHERE id = %s", asked.pk
    )
    assert "stays as it was asked" in refused_by(
        "UPDATE grants_refund SET amount = 1 WHERE id = %s", asked.pk
    )
    given = receipt(asked, 400_000)
    assert "cancelled when nothing did" in refused_by(
        "UPDATE grants_refund SET status = 'cancelled' WHERE id = %s", asked.pk
    )
    sql = "UPDATE grants_refundreceipt SET status = 'confirmed', checked_by_id = %s, checked_at = now() WHERE id = %s"
    assert "receipt_checked_by_another" in refused_by(sql, given.written_by_id, given.pk)
    confirm(given)
    assert "confirmed or refused once" in refused_by(
        "UPDATE grants_refundreceipt SET reason = 'x' WHERE id = %s", given.pk
    )


# --- The pages ------------------------------------------------------------------------------------------------


def test_the_story_in_its_pages(project):
    desk = browser(finance())
    url = reverse("refund_ask", args=[project.pk])
    typed = {
        "why": "unspent", "amount": "500.000,00", "due_on": f"{LATER:%d/%m/%Y}", "account_name": "Tesorería",
        "account_cbu": make_cbu(7), "explanation": "No se gastó.",
    }  # fmt: skip
    assert "Still to prove or give back" in desk.get(url).content.decode()
    wrong = desk.post(url, {**typed, "amount": "9.000.000,00"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["amount"])
    assert desk.post(url, {**typed, "account_cbu": "1" * 22}).status_code == 422
    assert desk.post(url, typed).status_code == 302
    asked = project.refunds.get()
    group = browser(project.group.representative)
    page = group.get(reverse("refund_detail", args=[asked.pk]))
    assert page.status_code == 200
    body = {
        "version": asked.version,
        "amount": "500.000,00",
        "paid_on": f"{NOON:%d/%m/%Y}",
        "reference": "T-1",
    }
    add = reverse("receipt_add", args=[asked.pk])
    assert group.post(add, body).status_code == 422
    assert group.post(add, {**body, "paper": a_pdf("r.pdf")}).status_code == 302
    given = RefundReceipt.objects.get()
    act = reverse("receipt_act", args=[given.pk, "confirm"])
    assert group.post(act, {"version": 0}).status_code == 403
    assert browser(finance2()).post(act, {"version": given.version}).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "settled"


@pytest.mark.parametrize("queue", ["asked", "to_confirm", "late", "over"])
def test_the_queues_of_refunds(client, project, queue):
    client.force_login(finance())
    empty = client.get(reverse("refund_list"), {"queue": queue})
    assert 'class="empty-state"' in empty.content.decode()
    receipt(refund(project, 10))
    assert client.get(reverse("refund_list"), {"queue": queue}).status_code == 200
    assert client.get(reverse("refund_list"), {"queue": "nonsense"}).status_code == 404


def test_the_list_of_refunds_is_refused_with_a_sentence_that_is_true(project):
    refused = browser(project.group.representative).get(reverse("refund_list"))
    assert refused.status_code == 403
    text = words(refused)
    assert "This page is about all groups. It is for: Adviser" not in text
    assert "Finance" in text
    assert "Group representative" not in text
    assert "What is yours stands on the pages of your group." in text
