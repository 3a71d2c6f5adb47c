"""A project that runs, by the officer in charge: from the Monday list on, through all that the group sent, to a suspension.

Every page on the way is checked as `people.Person.look` says.
"""

import datetime as dt

import pytest
from playwright.sync_api import expect

from core import timeline
from core.dates import at_noon
from grants.models import PlanVersion, Project, Visit
from tests.factories_amendments import ask, within_tolerance
from tests.factories_applications import OFFICE
from tests.factories_expenses import statement_at
from tests.factories_grants import finance2, make_cbu, payment_at, project_at
from tests.factories_groups import make_cuit
from tests.factories_reports import report_at
from tests.journeys.people import Person
from tests.journeys.test_project_coordinator import a_photograph

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# The project begins on 10 March 2026: its first report is of the months until 9 June.
REPORTED = at_noon(dt.date(2026, 6, 10))


@pytest.fixture
def project(db, time_machine) -> Project:
    """Its group has sent the first report, three expenses, and an amendment within the tolerance."""
    project = project_at("active")
    payment_at("ordered", project=project)
    finance2()
    report_at("submitted", project, now=REPORTED, officer=OFFICE.officer)
    statement_at("submitted", project, expenses=3, now=REPORTED)
    ask(project, "budget", now=REPORTED, lines=within_tolerance(project))
    time_machine.move_to(REPORTED + dt.timedelta(days=1), tick=True)
    return project


def test_an_officer_goes_through_what_a_group_sent(person, project):
    officer = person("officer@lsp.example")
    officer.sign_in()
    accept_with_an_observation(officer, project)
    judge_the_expenses(officer, project)
    approve_the_amendment(officer, project)
    log_a_visit(officer, project)
    check_another_account(person, officer, project)
    suspend(officer, project)
    nothing_is_paid(person, project)
    assert list(timeline.broken_links(project.case)) == []


def accept_with_an_observation(officer: Person, project: Project) -> None:
    """From the Monday list; the payment that the observation names waits until it is met."""
    officer.open("/monday/")
    row = officer.page.locator("main tbody tr", has_text=project.title)
    expect(row).to_contain_text("Waits for an officer: look at Report 1.")
    officer.click(row.get_by_role("link", name="Look at Report 1"))
    officer.look()
    report = project.reports.get(number=1)
    officer.follow("Accept the report")
    officer.page.get_by_text("Accept with observations", exact=True).click()
    officer.write(
        **{
            "observations-0-text": "Show the policy that insures the kiln.",
            "observations-0-due_on": "30/06/2026",
            "observations-0-tranche": "Tranche 2",
        }
    )
    officer.press_at("form[data-keep=accept] button[type=submit]")
    officer.sees(
        "The report was accepted.", "Show the policy that insures the kiln.", "Tranche 2 waits for it."
    )
    report.refresh_from_db()
    second = project.tranches.get(number=2)
    assert (report.status, report.observations.get().tranche, second.opened_at) == ("accepted", second, None)
    officer.press("It is met")
    second.refresh_from_db()
    assert second.opened_at is not None


def judge_the_expenses(officer: Person, project: Project) -> None:
    """Line by line on one screen: one verified, one asked about, one rejected."""
    statement = project.statements.get()
    officer.open(f"/statements/{statement.pk}/")
    officer.follow("Judge the expenses")
    first, second, third = statement.expenses.order_by("issued_on", "id")
    officer.write(
        **{
            f"e{first.pk}-decision": "verify",
            f"e{second.pk}-decision": "query",
            f"e{second.pk}-remark": "For which firm was it?",
            f"e{third.pk}-decision": "reject",
            f"e{third.pk}-remark": "It is not for the kiln.",
        }
    )
    officer.press("Record what was decided")
    officer.sees("3 expenses were recorded.")
    found = statement.expenses.order_by("issued_on", "id").values_list("status", "remark")
    assert list(found) == [
        ("verified", ""),
        ("queried", "For which firm was it?"),
        ("rejected", "It is not for the kiln."),
    ]
    assert project.ledger.filter(kind="proven").get().amount == first.programme_share


def approve_the_amendment(officer: Person, project: Project) -> None:
    """Before and after side by side; it is the officer's to decide."""
    amendment = project.amendments.get()
    officer.open("/amendments/")
    officer.click(officer.page.locator(f"main a[href='/amendments/{amendment.pk}/']").first)
    officer.look()
    officer.sees("2.500.000,00", "2.460.000,00")
    officer.follow("Approve it")
    officer.press("Approve it")
    amendment.refresh_from_db()
    assert amendment.status == "approved"
    assert PlanVersion.objects.get(project=project).number == 1


def log_a_visit(officer: Person, project: Project) -> None:
    """What was seen with a photograph, and what was agreed by a day."""
    officer.open(f"/projects/{project.pk}/")
    officer.follow("See the visits to the group")
    officer.follow("Log a visit that took place")
    officer.write(
        on="11/06/2026", mode="At the group's place", met="Rosa, who represents the group", seen="The kiln dries.",
        photos=a_photograph(),
        **{"text-0": "Insure the kiln.", "due-0": "10/07/2026"},
    )  # fmt: skip
    officer.press("Log the visit")
    officer.sees("The visit was logged.", "Insure the kiln.", "curso.jpg")
    visit = Visit.objects.get(application=project.application)
    assert (visit.status, visit.photos.count()) == ("done", 1)
    assert visit.agreements.get().due_on == dt.date(2026, 7, 10)


def check_another_account(person, officer: Person, project: Project) -> None:
    """Who is paid changes: whoever entered it does not check it, and until then nothing goes to it."""
    rosa = person(project.group.representative.email, width=320)
    rosa.sign_in()
    rosa.open(f"/projects/{project.pk}/payee/")
    rosa.write(name="Asociación del Horno", cuit=make_cuit(900_009), cbu=make_cbu(9))
    rosa.press("Save", exact=True)
    rosa.sees("Nothing is paid to this account until an officer has checked it.")
    assert rosa.page.get_by_role("button", name="It is right").count() == 0
    project.refresh_from_db()
    assert not project.payee.is_checked
    officer.open(f"/projects/{project.pk}/payee/")
    officer.sees("Asociación del Horno", "Earlier payees")
    officer.press("It is right")
    project.refresh_from_db()
    assert (project.payee.entered_by, project.payee.checked_by.email) == (
        project.group.representative,
        officer.email,
    )


def suspend(officer: Person, project: Project) -> None:
    officer.open(f"/projects/{project.pk}/")
    officer.follow("Suspend the project")
    officer.write(reason="The shed was flooded.")
    officer.press("Suspend the project")
    officer.sees("The project is suspended")
    project.refresh_from_db()
    assert (project.status, project.suspended_on) == ("suspended", dt.date(2026, 6, 11))


def nothing_is_paid(person, project: Project) -> None:
    """Neither what is open nor what was ordered before."""
    payment = project.tranches.get(number=1).disbursements.get()
    money = person("finance2@lsp.example")
    money.sign_in()
    money.open(f"/payments/tranches/{project.tranches.get(number=2).pk}/order/")
    money.sees("The project is suspended: nothing is paid until it resumes.")
    money.open(f"/payments/{payment.pk}/")
    money.write(treasury_number="OP-1", treasury_date="12/06/2026", withheld="0", net=str(payment.amount))
    money.press_in_vain("Confirm the payment")
    payment.refresh_from_db()
    assert payment.status == "ordered"
