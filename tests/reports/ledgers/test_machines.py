"""What follows a machine: the invoices that bought it, its insurance, and checks as the call says; the trail of a peso."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse

from applications.forms.call_editor import ReportsForm
from core import duties
from core.workflow import NotAllowed, TransitionRefused
from grants import sampling, trail
from grants.models import Project
from reports.ledgers import actions
from reports.ledgers.frozen import frozen, shown
from reports.machines import insurance, invoices
from reports.models import CheckPlan, Machine, MachineInvoice
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.core.files import upload
from tests.factories_applications import OFFICE
from tests.factories_applications import make_call as a_call
from tests.factories_grants import payment_at, project_at
from tests.factories_ledgers import firms_in, make_machine, photo
from tests.factories_reports import make_call, report_at
from tests.grants.expenses.rows import expense_row, statement_row
from tests.grants.money.rows import proven
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]
DAY = dt.timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def project():
    return payment_at("paid").project


def accepted(project, **fields) -> Machine:
    """A machine of an accepted report."""
    by = project.reporter_on(TODAY)
    report = report_at("draft", project, number=1, by=by, officer=OFFICE.officer)
    make_machine(report, **{"name": "Shared oven", "on": report.period_from + DAY, **fields})
    report_at("accepted", project, number=1, by=by, officer=OFFICE.officer)
    return Machine.objects.with_case().get()


def fixed(project):
    return project.lines.filter(category="fixed_investment").first()


def test_a_peso_ends_at_the_machine_and_the_machine_leads_back_to_the_peso(project):
    machine = accepted(project)
    expense = proven(project, 700_000)
    other = proven(project, 5_000)
    assert expense.line.category == "fixed_investment"
    by = project.group.representative
    seen = words(get(by, "machine_detail", machine.pk))
    assert "Nobody said yet which invoices" in seen
    assert seen.count("Not insured") == 1
    assert post(by, "machine_invoices", machine.pk).status_code == 422
    assert post(by, "machine_invoices", machine.pk, expenses=expense.pk).status_code == 302
    auditor = make_person("auditor")
    give_audit(auditor, project.case, by=OFFICE.admin)
    desk = browser(auditor)
    payment = trail.trail_of(project).pieces[0].disbursement
    for name, pk in (("payment_trail", payment.pk), ("expense_trail", expense.pk)):
        assert "Shared oven (K-77)" in words(desk.get(reverse(name, args=[pk])))
    assert "Shared oven" not in words(desk.get(reverse("expense_trail", args=[other.pk])))
    page = desk.get(reverse("machine_detail", args=[machine.pk]))
    assert reverse("payment_trail", args=[payment.pk]) in page.text
    assert trail.trail_of(project).approval.resolution in words(page)
    # The group sees the invoice, and not the trail.
    page = get(by, "machine_detail", machine.pk)
    assert reverse("expense_detail", args=[expense.pk]) in page.text
    assert reverse("expense_trail", args=[expense.pk]) not in page.text
    assert "Shared oven (K-77)" in words(get(by, "expense_detail", expense.pk))
    out = io.BytesIO()
    drawn = sampling.sample_of(auditor, sampling.Wish(seed="7", size=50, until=TODAY))
    sampling.write(out, drawn, lambda done, of: None)
    with zipfile.ZipFile(out) as archive:
        index = archive.read("index.csv").decode()
    assert index.splitlines()[0].endswith(",assets")
    assert "Shared oven (K-77)" in index


def test_only_handed_in_vouchers_of_fixed_investment_of_the_own_project_bought_it(project):
    machine = accepted(project)
    statement = statement_row(project, 1)
    draft = expense_row(statement, line=fixed(project), number="1")
    soft = next(line for line in project.lines.all() if line.category != "fixed_investment")
    wrong = [draft, proven(project, 1_000, line=soft)]
    other = project_at("active", call=project.call)
    wrong.append(proven(other, 1_000, line=fixed(other)))
    assert not set(wrong) & set(invoices.choices_of(project))
    for expense in wrong:
        with pytest.raises(TransitionRefused, match="fixed investment that were handed in"):
            invoices.link(by=OFFICE.officer, machine=machine, expenses=[expense], now=NOON)
        insert = (
            "INSERT INTO reports_machineinvoice (machine_id, expense_id, linked_by_id, linked_at) "
            "VALUES (%s, %s, %s, now())"
        )
        assert "handed in" in refused_by(insert, machine.pk, expense.pk, OFFICE.officer.pk)
    good = proven(project, 1_000, line=fixed(project))
    with pytest.raises(NotAllowed):
        invoices.link(by=OFFICE.approver, machine=machine, expenses=[good], now=NOON)
    invoices.link(by=OFFICE.officer, machine=machine, expenses=[good], now=NOON)
    with pytest.raises(TransitionRefused, match="said so already"):
        invoices.link(by=OFFICE.officer, machine=machine, expenses=[good], now=NOON)
    link = MachineInvoice.objects.get()
    for sql in (
        "DELETE FROM reports_machineinvoice WHERE id = %s",
        "UPDATE reports_machineinvoice SET linked_at = now() WHERE id = %s",
    ):
        assert "stays with its machine" in refused_by(sql, link.pk)


def test_the_report_says_which_invoices_bought_it_while_it_is_written(project):
    by = project.reporter_on(TODAY)
    report = report_at("draft", project, number=1, by=by, officer=OFFICE.officer)
    url = reverse("report_entry_add", args=[report.pk, "machine"])
    desk = browser(by)
    assert 'name="invoices"' not in desk.get(url).text
    first, second = proven(project, 1_000), proven(project, 2_000)
    assert 'name="invoices"' in desk.get(url).text
    data = {
        "name": "Oven", "on": f"{report.period_from:%Y-%m-%d}", "cost": "3000", "custodian": "Ana", "site": "Ruta 9",
        f"share_{firms_in(report)[0].pk}": "100", "photos": photo(), "invoices": [first.pk, second.pk],
        "version": report.version,
    }  # fmt: skip
    assert desk.post(url, data).status_code == 302
    machine = Machine.objects.get()
    assert set(machine.invoices.values_list("expense_id", flat=True)) == {first.pk, second.pk}
    report.refresh_from_db()
    edit = reverse("report_entry_edit", args=[report.pk, "machine", machine.pk])
    changed = {**data, "version": report.version, "invoices": [second.pk], "photos": photo()}
    assert desk.post(edit, changed).status_code == 302
    assert machine.invoices.get().expense == second
    report.refresh_from_db()
    forged = {**data, "version": report.version, "invoices": [10**6], "photos": photo()}
    assert desk.post(edit, forged).status_code == 422
    (row,) = shown({"ledgers": frozen(report)})["machines"]
    assert [each["total"] for each in row["invoices"]] == [second.total]
    # It is not accepted yet: the trail does not end at it.
    assert not trail.assets_of([second.pk])[second.pk]


def test_an_insurance_is_owed_before_it_ends_by_the_group_and_its_officer(project):
    until = TODAY + 30 * DAY
    machine = accepted(project, insurer="Sancor", policy="P-1", insured_until=until)
    by, officer = project.group.representative, OFFICE.officer
    for person in (by, officer):
        duty = next(each for each in duties.of(person, TODAY) if each.kind == "machine_insurance")
        assert (duty.due_on, duty.url) == (until, reverse("machine_insure", args=[machine.pk]))
    data = {"insurer": "Sancor", "policy": "P-2", "insured_until": f"{until:%Y-%m-%d}"}
    again = post(by, "machine_insure", machine.pk, **data)
    assert again.status_code == 422
    assert "until a later day already" in problems(again)
    data["insured_until"] = f"{until + 365 * DAY:%Y-%m-%d}"
    assert post(by, "machine_insure", machine.pk, upload=upload("policy.pdf"), **data).status_code == 302
    assert list(insurance.insurances_to_renew(today=TODAY)) == []
    assert f"{until + 365 * DAY:%d/%m/%Y}" in words(get(officer, "machine_detail", machine.pk))
    with pytest.raises(NotAllowed):
        insure(machine, by=OFFICE.approver)
    row = machine.insurances.get()
    for sql in (
        "UPDATE reports_machineinsurance SET policy = 'x' WHERE id = %s",
        "DELETE FROM reports_machineinsurance WHERE id = %s",
    ):
        assert "stays as it was written down" in refused_by(sql, row.pk)


def insure(machine: Machine, *, by) -> None:
    insurance.insure(
        by=by, machine=machine, insurer="S", policy="P", insured_until=TODAY + 900 * DAY, upload=None, now=NOON,
        today=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize("checks", [True, False])
def test_after_the_project_it_stays_insured_while_it_is_looked_at(project, checks):
    machine = accepted(project, insurer="Sancor", policy="P-1", insured_until=TODAY + 30 * DAY)
    if checks:
        actions.set_plan(by=OFFICE.officer, project=project, every_months=12, years=3, version=0, now=NOON)
    # Past the rules of closing: they are not what is looked at here.
    Project.objects.filter(pk=project.pk).update(status="terminated", ended_on=TODAY, ended_why="renounce")
    found = list(insurance.insurances_to_renew(today=TODAY))
    assert bool(found) is checks
    assert machine.checks.owed().exists() is checks


def test_the_call_says_how_often_machines_are_looked_at():
    project = project_at("active", call=a_call(check_every_months=6, check_years=2))
    machine = accepted(project)
    plan = CheckPlan.objects.get(project=project)
    assert (plan.every_months, plan.years, plan.set_by) == (6, 2, OFFICE.officer)
    assert machine.checks.owed().count() == 4
    assert not {duty.kind for duty in duties.of(OFFICE.officer, TODAY)} & {"check_plan"}


def test_the_call_editor_takes_both_or_none():
    usual = {"report_every_months": 3, "report_due_days": 10, "final_report_due_days": 30}
    for more, field in (
        ({"check_every_months": 6}, "check_years"),
        ({"check_years": 2}, "check_every_months"),
        ({"check_every_months": 36, "check_years": 2}, "check_every_months"),
    ):
        form = ReportsForm({**usual, **more}, instance=make_call())
        assert not form.is_valid()
        assert set(form.errors) == {field}
    form = ReportsForm({**usual, "check_every_months": 6, "check_years": 2}, instance=make_call())
    assert form.is_valid(), form.errors
    assert form.values()["check_years"] == 2
    assert ReportsForm(usual, instance=make_call()).is_valid()
