"""The auditor's: the trail of a peso from each end, samples drawn by amount with a seed, findings with answers."""

import io
import zipfile
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core import documents, duties, jobs
from core.workflow import NotAllowed, TransitionRefused
from grants import sampling, trail
from grants.findings import actions as findings
from grants.findings.workflow import FINDING
from tests.applications.staff_pages import browser, words
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, payment_at, project_at
from tests.grants.money.rows import DAY, confirm, proven, receipt, refund
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]

LATER = NOON + 2 * DAY


@pytest.fixture
def project():
    return payment_at("paid").project


@pytest.fixture
def auditor(project):
    person = make_person("auditor")
    give_audit(person, project.case, by=OFFICE.admin)
    return person


# --- The trail --------------------------------------------------------------------------------------------

amounts = st.lists(st.integers(1, 10**9).map(Decimal), max_size=8)


@given(paid=amounts, used=amounts)
def test_each_peso_is_followed_once(paid, used):
    rows = trail.pieces(enumerate(paid), enumerate(used))
    assert sum(amount for *_names, amount in rows) == min(sum(paid), sum(used))
    for names, all_of in ((0, paid), (1, used)):
        for name, whole in enumerate(all_of):
            assert sum(row[2] for row in rows if row[names] == name) <= whole
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)


def test_a_payment_leads_to_its_invoices_and_an_invoice_to_its_payment(project, auditor):
    first = proven(project, 700_000)
    confirm(receipt(refund(project, 200_000)))
    second = proven(project, 400_000)
    found = trail.trail_of(project)
    payment = found.pieces[0].disbursement
    assert [(p.expense, p.amount) for p in found.of_payment(payment)] == [
        (first, Decimal(700_000)),
        (None, Decimal(200_000)),
        (second, Decimal(300_000)),
    ]
    (piece,) = found.of_expense(second)
    assert (piece.disbursement, piece.amount) == (payment, Decimal(300_000))
    desk = browser(auditor)
    page = words(desk.get(reverse("payment_trail", args=[payment.pk])))
    assert found.approval.resolution in page
    assert "OP-" in page
    page = words(desk.get(reverse("expense_trail", args=[second.pk])))
    assert "100.000,00 of it were proven beyond what was paid so far" in page
    assert found.approval.resolution in page
    assert (
        browser(project.group.representative).get(reverse("payment_trail", args=[payment.pk])).status_code
        == 403
    )


# --- Samples ----------------------------------------------------------------------------------------------

population = st.lists(st.integers(1, 10**9), min_size=1, max_size=30).map(
    lambda rows: [(number, Decimal(amount) / 100) for number, amount in enumerate(rows)]
)


@given(rows=population, size=st.integers(1, 20), seed=st.text(max_size=5))
def test_a_sample_has_its_places_and_takes_the_large_ones(rows, size, seed):
    drawn = sampling.draw(rows, size=size, seed=seed)
    whole = sum(amount for _pk, amount in rows)
    if whole * 100 >= size:
        assert sum(drawn.values()) == size
    for pk, amount in rows:
        least, most = int(amount * size / whole), -int(-amount * size // whole) + 1
        assert least <= drawn.get(pk, 0) <= most
    assert drawn == sampling.draw(rows, size=size, seed=seed)


def test_nothing_is_drawn_from_nothing():
    assert sampling.draw([], size=5, seed="a") == {}


def test_the_same_seed_is_the_same_zip(project, auditor):
    for amount in (100_000, 200_000, 300_000):
        proven(project, amount)
    other = project_at("active", call=project.call)
    wish = sampling.Wish(seed="7", size=2, until=LATER.date())
    first = sampling.sample_of(auditor, wish)
    assert (first.count, first.whole) == (3, Decimal(600_000))
    # What was proven later, or by others, changes nothing of it.
    proven(other, 900_000)
    assert sampling.sample_of(auditor, wish).rows == first.rows
    made = []
    for _again in range(2):
        out = io.BytesIO()
        sampling.write(out, sampling.sample_of(auditor, wish), lambda done, of: None)
        made.append(out.getvalue())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert {"index.csv", "README.txt"} <= set(archive.namelist())
        assert len(archive.read("index.csv").decode().splitlines()) == 1 + len(first.rows)
        assert "Seed: 7" in archive.read("README.txt").decode()


def test_a_worker_makes_it_and_only_who_drew_it_reads_it(project, auditor):
    proven(project, 100_000)
    wish = sampling.Wish(seed="7", size=2, until=LATER.date())
    job = sampling.ask(by=auditor, wish=wish, now=NOON)
    assert jobs.run_waiting(NOON) >= 1
    job.refresh_from_db()
    assert job.result is not None, job.error
    assert documents.may_read(auditor, job.result)
    assert not documents.may_read(OFFICE.admin, job.result)


def test_the_page_of_samples(project, auditor):
    proven(project, 100_000)
    desk, url = browser(auditor), reverse("audit_sample")
    assert desk.get(url).status_code == 200
    asked = {"seed": "7", "size": "2", "until": "2026-03-09"}
    assert "There is nothing to draw from" in words(desk.get(url, asked))
    assert desk.get(url, {**asked, "until": "2026-03-10"}).status_code == 422
    assert desk.get(url, {**asked, "size": "0"}).status_code == 422
    assert browser(OFFICE.officer).get(url).status_code == 403
    assert desk.post(url, {}).status_code == 422
    assert desk.post(url, asked).status_code == 302


# --- Findings -----------------------------------------------------------------------------------------------


def written(project, by, **changes):
    usual = {"by": by, "project": project, "text": "No delivery note.", "due_on": LATER.date(), "now": NOON}
    return findings.write_finding(**{**usual, **changes})


def test_a_finding_is_answered_by_the_office_and_closed_by_the_auditor(project, auditor):
    finding = written(project, auditor)
    officer = OFFICE.officer
    assert f"finding.{finding.pk}" in {duty.key for duty in duties.of(officer, NOON.date())}
    with pytest.raises(TransitionRefused, match="Answer what was found"):
        FINDING.apply(finding, "answer", by=officer, now=NOON, data={"answer": " "})
    FINDING.apply(finding, "answer", by=officer, now=NOON, data={"answer": "Here it is."})
    assert f"finding.{finding.pk}" not in {duty.key for duty in duties.of(officer, NOON.date())}
    with pytest.raises(NotAllowed):
        FINDING.apply(finding, "close", by=officer, now=NOON)
    again = {"reason": "It is of another machine.", "due_on": LATER.date() + 5 * DAY}
    finding = FINDING.apply(finding, "ask_again", by=auditor, now=NOON, data=again)
    assert (finding.status, finding.due_on) == ("open", LATER.date() + 5 * DAY)
    FINDING.apply(finding, "answer", by=officer, now=NOON, data={"answer": "And here."})
    # Each question and each answer stays to be read.
    page = words(browser(officer).get(reverse("finding_detail", args=[finding.pk])))
    assert "It is of another machine." in page
    assert page.index("And here.") < page.index("It is of another machine.")
    assert FINDING.apply(finding, "close", by=auditor, now=NOON).status == "closed"
    said = refused_by("UPDATE grants_finding SET answer = 'x' WHERE id = %s", finding.pk)
    assert "stays as it was written" in said


def test_who_writes_one(project, auditor):
    for person in (OFFICE.officer, finance(), project.group.representative):
        with pytest.raises(NotAllowed):
            written(project, person)
    written(project, OFFICE.admin)
    with pytest.raises(NotAllowed):
        written(project_at("active", call=project.call), auditor)


def test_the_group_reads_nothing_of_it(project, auditor):
    finding = written(project, auditor)
    group = browser(project.group.representative)
    assert group.get(reverse("finding_detail", args=[finding.pk])).status_code == 404
    assert "Audit finding" not in words(group.get(reverse("project_detail", args=[project.pk])))
    assert "Audit finding 1" in words(
        browser(OFFICE.officer).get(reverse("project_detail", args=[project.pk]))
    )


def test_the_pages_of_findings(project, auditor):
    desk = browser(auditor)
    add = reverse("finding_add", args=[project.pk])
    payment = project.tranches.get(number=1).last_disbursement
    assert desk.get(f"{add}?payment={payment.pk}").status_code == 200
    assert desk.get(f"{add}?payment=x").status_code == 404
    assert desk.post(add, {"text": "x", "due_on": "2026-03-01"}).status_code == 422
    answer = desk.post(f"{add}?payment={payment.pk}", {"text": "No note.", "due_on": "2026-04-01"})
    assert answer.status_code == 302
    finding = project.findings.get()
    assert finding.disbursement == payment
    office = browser(OFFICE.officer)
    assert "No note." in words(office.get(answer["Location"]))
    act = reverse("finding_act", args=[finding.pk, "answer"])
    assert office.post(act, {"version": 0, "answer": ""}).status_code == 422
    assert office.post(act, {"version": 0, "answer": "Here."}).status_code == 302
    close = reverse("finding_act", args=[finding.pk, "close"])
    assert desk.post(close, {"version": 1}).status_code == 302
    for queue in ("open", "answered", "closed"):
        assert office.get(reverse("finding_list"), {"queue": queue}).status_code == 200
