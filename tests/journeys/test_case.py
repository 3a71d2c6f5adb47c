"""One case from the group's first log-in to the accepted report and its payment, in Chromium, on both lines of action.

Every page on the way is checked as `people.Person.look` says. The clock moves on; the browsers are real.
"""

import datetime as dt
import io

import pytest
from django.db.models import Sum
from pypdf import PdfReader

from applications.models import Line
from core import tasks, timeline
from grants.models import Disbursement
from reports.models import ProgressReport
from tests.clock import NOON
from tests.factories_applications import make_call
from tests.journeys import steps
from tests.journeys.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(person, officer, reviewer1, reviewer2, approver, finance, finance2) -> dict[str, Person]:
    """The programme's staff, each signed in at a browser."""
    staff = (officer, reviewer1, reviewer2, approver, finance, finance2)
    return {user.email.split("@")[0]: person(user.email) for user in staff}


def sign_in(*people: Person) -> None:
    for one in people:
        one.sign_in()


def walk(person, office, time_machine, line: str) -> None:
    """The road of a case; only who coordinates, and the salary, differ between the lines."""
    time_machine.move_to(NOON, tick=True)
    code = "P-1" if line == Line.PARTNERSHIP else "G-1"
    make_call(line=line, code=code)
    rosa = person("rosa@lsp.example", width=320)
    officer, approver = office["officer"], office["approver"]
    sign_in(officer, approver, office["reviewer1"], office["reviewer2"])

    steps.register(rosa, "Rosa Benítez")
    steps.create_group(rosa, "Muebles del Norte")
    for number in range(1, 6):
        steps.add_firm(rosa, number)
    application = steps.start_application(rosa, code)
    steps.write_application(rosa, application, salary=line == Line.PARTNERSHIP)
    reference = steps.submit(rosa, application)

    steps.sign_eligibility(officer, application)
    steps.assign_reviewers(officer, application, "Reviewer1", "Reviewer2")
    steps.review(office["reviewer1"], 8)
    steps.review(office["reviewer2"], 7)
    steps.recommend(officer, application)
    steps.approve(approver, application, "184/2026")
    project = steps.open_project(officer, application)

    coordinator = rosa
    if line == Line.PARTNERSHIP:
        coordinator = person("clara@lsp.example", width=320)
        steps.register(coordinator, "Clara Villalba")
        steps.appoint(rosa, coordinator, officer, project)
    steps.choose_payee(rosa, officer, project)
    steps.sign_agreement(rosa, officer, project, ("Rosa Benítez", "Officer"))
    steps.start_project(officer, project, "10/03/2026")

    # Three months later the first report is due; whoever was away signs in again.
    time_machine.move_to(NOON + 93 * DAY, tick=True)
    tasks.run_dated_changes()
    sign_in(coordinator, officer, office["finance"], office["finance2"])
    report = ProgressReport.objects.get(project=project, number=1)
    steps.write_report(coordinator, report)
    steps.send_report(coordinator, report)
    steps.return_report(officer, report)
    steps.send_report(coordinator, report)
    steps.accept_report(officer, report)
    tasks.run_waiting_jobs()
    pdf = read_pdf(coordinator, report)
    assert reference in pdf.pages[0].extract_text()

    for number in ("1", "2"):
        steps.order_payment(office["finance"])
        payment = Disbursement.objects.get(status="ordered")
        steps.confirm_payment(office["finance2"], payment, f"OP-{number}", "11/06/2026")
    # The months of a salary are paid one by one, as they are earned.
    tranches = project.tranches.of_the_grant().aggregate(sum=Sum("amount"))["sum"]
    assert project.paid() == tranches
    assert (tranches == project.approved_amount) == (line != Line.PARTNERSHIP)
    assert list(timeline.broken_links(application.case)) == []


def read_pdf(reader: Person, report: ProgressReport) -> PdfReader:
    """The report's document, as the reader's browser gets it."""
    answer = reader.context.request.get(f"{reader.site}/reports/{report.pk}/pdf/")
    assert answer.headers["content-type"] == "application/pdf", answer.text()[:300]
    return PdfReader(io.BytesIO(answer.body()))


def test_a_partnership(person, office, time_machine):
    walk(person, office, time_machine, Line.PARTNERSHIP)


@pytest.mark.slow
def test_a_grant(person, office, time_machine):
    walk(person, office, time_machine, Line.GRANT)
