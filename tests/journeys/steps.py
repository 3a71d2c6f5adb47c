"""The steps of a case in the browser, each by the person whose turn it is. Both lines of action walk the same road."""

import re

from applications.models import Application
from core.models import Message
from grants.models import Disbursement, Project
from reports.models import ProgressReport
from tests.factories_groups import make_cuit
from tests.journeys.people import Person

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PAPER = {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": PDF}
PASSWORD = "five firms on one river"


def link_sent_to(address: str, template: str) -> str:
    """The link of the newest message of a kind to an address, as its reader finds it."""
    message = Message.objects.filter(template=template, sent_at=None).order_by("-pk")
    found = message.filter(address=address).first() or message.filter(recipient__email=address).first()
    assert found is not None, f"no {template} to {address}"
    context = found.context
    return context.get("url") or context.get("activate_url") or context["password_reset_url"]


def register(person: Person, full_name: str) -> None:
    """An account, with the e-mail confirmed by the link of the message."""
    person.open("/")
    person.follow("Create an account")
    person.password = PASSWORD
    person.write(email=person.email, password1=PASSWORD, full_name=full_name)
    person.press("Create an account")
    person.open(link_sent_to(person.email, "account_email_confirmation_signup"))
    person.page.locator("main button[type=submit]").first.click()
    person.look()


def create_group(person: Person, name: str) -> None:
    person.open("/groups/new/")
    person.write(
        name=name, value_chain="Furniture of certified wood", sector="Wood and furniture", province="Misiones",
        locality="Oberá", working_since="01/05/2023",
    )  # fmt: skip
    person.page.locator("main form[method=post] button[type=submit]").click()
    person.look()
    assert person.heading == name


def add_firm(person: Person, number: int, sales: str = "2.000.000.000,00") -> None:
    person.follow("Add a firm")
    cuit = make_cuit(number)
    person.write(
        cuit=f"{cuit[:2]}-{cuit[2:10]}-{cuit[10]}", name=f"Carpintería {number} SRL", activity="Manufacturing, food and crafts included",
        sector="Wood and furniture", province="Misiones", locality="Oberá", place_in_chain="Saws, dries and sells",
    )  # fmt: skip
    years = person.page.locator("main input[name^='sales_']")
    for at in range(3):
        years.nth(at).fill(sales)
    person.press("Add the firm", exact=True)
    person.sees(f"Carpintería {number} SRL")


def start_application(person: Person, code: str) -> Application:
    person.open(f"/calls/{code}/")
    person.follow("Start an application")
    if person.page.locator("main form[method=post]").count():
        person.page.locator("main form[method=post] button[type=submit]").first.click()
        person.look()
    return Application.objects.latest("pk")


def write_application(person: Person, application: Application, *, salary: bool) -> None:
    """Project, plan, budget and document, then the check page."""
    case = f"/applications/{application.pk}/"
    person.open(case)
    person.follow("The project")
    person.write(
        title="Shared drying kiln", diagnosis="Each firm dries alone, badly.", objectives="One kiln for all.",
        learning="To plan together.",
    )  # fmt: skip
    person.page.locator("main form[method=post] button[type=submit]").first.click()
    person.look()
    for name, first, last in (("Agree on the use", 1, 3), ("Build and run the kiln", 2, 12)):
        person.open(f"{case}activities/add/")
        person.write(
            name=name, first_month=first, last_month=last, responsible="Rosa Benítez", deliverable="Minutes"
        )
        person.page.locator("main form[method=post] button[type=submit]").first.click()
        person.look()
    lines = [("Fixed investment", "Kiln", "1", "10.000.000,00", "6.000.000,00")]
    if salary:
        lines.append(
            ("Coordination (the coordinator's salary)", "Coordinator", "12", "100.000,00", "1.200.000,00")
        )
    for category, description, quantity, unit_cost, share in lines:
        person.open(f"{case}budget/add/")
        person.write(
            category=category, activity="Build and run the kiln", description=description, quantity=quantity,
            unit_cost=unit_cost, programme_share=share,
        )  # fmt: skip
        person.page.locator("main form[method=post] button[type=submit]").first.click()
        person.look()
    person.open(case)
    person.follow("Documents")
    person.write(file=PAPER)
    person.click(person.page.locator("main form[action*='/attach/'] button[type=submit]").first)
    # The file goes first, in parts, and the page follows.
    person.page.wait_for_selector(".attached-files")
    person.look()
    person.sees("minutes.pdf")


def submit(person: Person, application: Application) -> str:
    """Checked, declared and sent; answers the reference."""
    person.open(f"/applications/{application.pk}/check/")
    person.write(declared=True)
    person.press("Send the application")
    found = re.search(r"LSP-\d{4}-\d{5}", person.text)
    assert found, person.text
    return found.group()


def sign_eligibility(officer: Person, application: Application) -> None:
    officer.open(f"/applications/{application.pk}/")
    officer.open(f"/applications/{application.pk}/eligibility/")
    for field in officer.page.locator("main [name^='judgement_']").all():
        field.fill("Looked at with the group: one system.")
    officer.press("Sign")


def assign_reviewers(officer: Person, application: Application, *names: str) -> None:
    officer.open(f"/applications/{application.pk}/reviewers/")
    for name in names:
        officer.page.get_by_label(re.compile(name)).check()
    officer.press("Assign")
    officer.open(f"/applications/{application.pk}/reviewers/")
    officer.press("Start the review")


def review(reviewer: Person, score: int) -> None:
    reviewer.open("/reviews/")
    reviewer.page.locator("main table a, main li a").first.click()
    reviewer.look()
    reviewer.page.locator("main input[name=interest]").first.check()
    reviewer.page.locator("main form[method=post] button[type=submit]").first.click()
    reviewer.look()
    for field in reviewer.page.locator("main [name^='score_']").all():
        field.fill(str(score))
    for field in reviewer.page.locator("main [name^='reason_']").all():
        field.fill("Well founded.")
    reviewer.write(comment="A clear plan.", advice="approve")
    reviewer.press("Send the review")


def recommend(officer: Person, application: Application) -> None:
    officer.open(f"/applications/{application.pk}/recommend/")
    officer.write(reason="Both reviews agree.")
    officer.page.locator("main form[method=post] button[type=submit]").last.click()
    officer.look()


def approve(approver: Person, application: Application, number: str) -> None:
    approver.open(f"/applications/{application.pk}/decide/")
    approver.page.locator("main input[name=decision][value=approve]").check()
    approver.write(resolution=number, file_number="EX-2026-1", reason="It meets every rule.")
    approver.press("Look at the letter")
    approver.page.locator("main button[value=sign]").click()
    approver.look()


def open_project(officer: Person, application: Application) -> Project:
    officer.open(f"/projects/open/{application.pk}/")
    officer.page.locator("main form[method=post] button[type=submit]").first.click()
    officer.look()
    return Project.objects.get(application=application)


def appoint(representative: Person, nominee: Person, officer: Person, project: Project) -> None:
    """Nominated, accepted by the person, confirmed by the officer."""
    representative.open(f"/groups/{project.group.pk}/coordinator/")
    representative.write(
        full_name="Clara Villalba",
        email=nominee.email,
        background="Ten years in the trade.",
        no_conflict=True,
        cv=PAPER,
    )
    representative.page.locator("main form[method=post] button[type=submit]").first.click()
    representative.look()
    appointment = project.group.appointments.latest("pk")
    nominee.open(f"/groups/coordinators/{appointment.pk}/")
    nominee.follow("Accept the nomination")
    nominee.page.locator("main input[name=no_conflict]").first.check()
    nominee.page.locator("main form[method=post] button[type=submit]").first.click()
    nominee.look()
    officer.open(f"/groups/coordinators/{appointment.pk}/")
    officer.follow("Confirm the coordinator")
    officer.page.locator("main form[method=post] button[type=submit]").first.click()
    officer.look()


def sign_agreement(representative: Person, officer: Person, project: Project, names: tuple[str, str]) -> None:
    for person, name in zip((representative, officer), names, strict=True):
        person.open(f"/projects/{project.pk}/agreement/")
        person.write(name=name, declared=True)
        person.page.locator("main form[method=post] button[type=submit]").first.click()
        person.look()


def choose_payee(representative: Person, officer: Person, project: Project) -> None:
    representative.open(f"/projects/{project.pk}/payee/")
    representative.write(name="Carpintería 1 SRL", cuit=make_cuit(1), cbu="0110599552000000123456")
    representative.page.locator("main form[method=post] button[type=submit]").first.click()
    representative.look()
    officer.open(f"/projects/{project.pk}/payee/")
    officer.press("It is right")


def start_project(officer: Person, project: Project, first_day: str) -> None:
    officer.open(f"/projects/{project.pk}/activate/")
    officer.write(first_day=first_day)
    officer.page.locator("main form[method=post] button[type=submit]").first.click()
    officer.look()
    officer.sees("Active")


def write_report(coordinator: Person, report: ProgressReport, **activities: str) -> None:
    """Progress per activity with evidence, an outcome, the summary."""
    coordinator.open("/")
    coordinator.open(f"/reports/{report.pk}/write/")
    for activity in report.project.activities.all():
        coordinator.open(f"/reports/{report.pk}/activities/{activity.pk}/")
        coordinator.write(done_percent="40", what_was_done="The kiln is ordered.", papers=PAPER)
        if coordinator.page.locator("main [name=reason]").count():
            coordinator.write(reason="The supplier delivers in April.")
        if activity.last_month <= 3 * report.number:
            coordinator.write(expected_last_month=str(3 * report.number + 2))
        coordinator.press("Save and go back")
    coordinator.open(f"/reports/{report.pk}/ledgers/people/add/")
    coordinator.write(
        course="Use of the kiln", on="05/06/2026", hours="8", women="7", men="5", text="List of attendance"
    )
    coordinator.page.locator("main form[method=post] button[type=submit]").first.click()
    coordinator.look()
    coordinator.open(f"/reports/{report.pk}/write/")
    coordinator.write(summary="All five firms took part.")
    coordinator.press("Save and continue")


def send_report(coordinator: Person, report: ProgressReport) -> None:
    coordinator.open(f"/reports/{report.pk}/check/")
    coordinator.press("Send the report")
    coordinator.open(f"/reports/{report.pk}/receipt/")


def return_report(officer: Person, report: ProgressReport) -> None:
    officer.open(f"/reports/{report.pk}/return_report/")
    officer.write(reason="Say who was trained.")
    officer.page.locator("main form[method=post] button[type=submit]").first.click()
    officer.look()
    officer.sees("Returned")


def accept_report(officer: Person, report: ProgressReport) -> None:
    officer.open(f"/reports/{report.pk}/accept/")
    officer.page.locator("main form[method=post] button[type=submit]").last.click()
    officer.look()
    officer.sees("Accepted")


def order_payment(finance: Person) -> None:
    """The first tranche of the queue that can be ordered."""
    finance.open("/payments/")
    finance.page.locator("main a[href*='/order/']").first.click()
    finance.look()
    finance.page.locator("main form[method=post] button[type=submit]").first.click()
    finance.look()


def confirm_payment(finance: Person, payment: Disbursement, number: str, day: str) -> None:
    finance.open(f"/payments/{payment.pk}/")
    finance.write(treasury_number=number, treasury_date=day, withheld="0", net=str(payment.amount))
    finance.press("Confirm the payment")
    finance.sees("Paid")
