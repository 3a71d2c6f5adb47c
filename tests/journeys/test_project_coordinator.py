"""A project that runs, by whoever coordinates it: from a telephone on a bad connection, and at a desk with the keyboard alone.

Every page on the way is checked as `people.Person.look` says. What others do in between goes through the real transitions.
"""

import datetime as dt
import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from core import dates, tasks, timeline
from core.dates import at_noon
from grants.models import Expense, Project, SalaryMonth
from grants.visits import actions as visiting
from reports.models import ProgressReport
from reports.workflow import REPORT
from tests.cast import make_person
from tests.factories_applications import Plan
from tests.factories_groups import make_appointment, make_cuit, make_group
from tests.factories_reports import make_project, report_at, the_officer
from tests.grants.salary.rows import AFTER_MONTH_1, SALARY_LINE, counted, own_account, paid_project
from tests.journeys.keyboard import KeyboardPerson
from tests.journeys.people import Person
from tests.journeys.steps import PAPER

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def a_photograph() -> dict:
    made = io.BytesIO()
    Image.new("RGB", (1200, 900), "sienna").save(made, "JPEG")
    return {"name": "curso.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


# --- On a telephone ------------------------------------------------------------------------------------

# Report 2 is of months 4 to 6. By the end of it the second activity should be done, the third half.
ACTIVITIES = (
    ("Buy the kiln", 1, 3),
    ("Train the operators", 1, 6),
    ("Certify the firms", 4, 9),
    ("Open the showroom", 10, 12),
)
LAST_DAY, AFTER = at_noon(dt.date(2026, 6, 9)), at_noon(dt.date(2026, 6, 10))
SAID = "Vinieron doce personas de cuatro empresas."


@pytest.fixture
def project(db, time_machine) -> Project:
    """Its first report is accepted; the period of the second ends today, and the second payment waits for it. Something was
    agreed at a visit too."""
    group = make_group()
    clara = make_person("clara", "Clara Villalba", language="es")
    make_appointment(group, clara)
    project = make_project(group, activities=ACTIVITIES, tranches=((1, 40, 0), (2, 60, 2)))
    report_at("accepted", project, number=1, by=clara)
    visiting.log_unplanned(
        by=the_officer(project),
        application=project.application,
        on=LAST_DAY.date(),
        mode="on_site",
        met="Clara",
        seen="The kiln dries.",
        agreements=[{"text": "Asegurar el horno.", "due_on": dt.date(2026, 6, 30)}],
        now=LAST_DAY,
    )
    time_machine.move_to(LAST_DAY, tick=True)
    return project


def test_a_coordinator_reports_from_a_telephone_on_a_bad_connection(person, project, time_machine):
    clara = person("clara@lsp.example", width=320, language="es-AR")
    clara.sign_in()
    keep_the_notebook(clara, project)
    time_machine.move_to(AFTER, tick=True)
    tasks.run_dated_changes()
    report = project.reports.get(number=2)
    training, certifying = project.activities.filter(first_month__lt=10, last_month__gt=3).order_by("order")

    clara.sign_in()
    begin_from_the_first_duty(clara)
    take_the_notebook_in(clara, report)
    lose_the_connection(clara, report, training)
    answer_the_other(clara, report, certifying)
    write_what_came_of_it(clara, report)
    send(clara, report)

    notes = {f"activity{training.pk}": "Decí cuántas mujeres vinieron."}
    officer = the_officer(project)
    REPORT.apply(report, "return_report", by=officer, now=dates.now(), data={"reason": "", "notes": notes})
    correct_what_came_back(clara, report)
    send(clara, report, changed=True)

    report.refresh_from_db()
    REPORT.apply(report, "accept", by=officer, now=dates.now(), data={"observations": []})
    tasks.run_waiting_jobs()
    read_the_document(clara, report)
    assert project.tranches.get(number=2).opened_at is not None
    assert set(project.notebook.values_list("report", flat=True)) == {report.pk}
    assert list(timeline.broken_links(project.case)) == []


def keep_the_notebook(clara: Person, project: Project) -> None:
    """A note and a photograph, each in one page from the home page on."""
    clara.open("/")
    clara.follow("Cuaderno")
    clara.follow("Escribir una nota")
    clara.write(activity="Train the operators", text=SAID)
    clara.press("Guardar", exact=True)
    clara.sees("Ya está en el cuaderno.", SAID)
    clara.follow("Sacar una foto")
    # The activity of the last entry is chosen already.
    clara.write(photo=a_photograph(), text="El primer día del curso.")
    clara.press("Guardar", exact=True)
    note, photo = project.notebook.order_by("pk")
    assert note.activity == photo.activity == project.activities.get(name="Train the operators")
    assert (note.text, note.document, photo.document.content_type) == (SAID, None, "image/jpeg")


def begin_from_the_first_duty(clara: Person) -> None:
    """The home page begins with what is due next; it leads to the report."""
    clara.open("/")
    rows = clara.page.locator("main .task-list").first.locator("> li")
    # “17/06/2026, en 7 días”
    days = [row.locator(".status-badge").inner_text().strip()[:10].split("/")[::-1] for row in rows.all()]
    assert len(days) > 1
    assert days == sorted(days)
    duty = rows.filter(has_text="Presentar: Informe 2")
    expect(duty).to_have_count(1)
    clara.click(duty.get_by_role("link"))
    clara.look()
    assert clara.heading == "Informe 2"


def take_the_notebook_in(clara: Person, report: ProgressReport) -> None:
    """The page of the activity starts from the last report, and takes over what the notebook holds."""
    clara.follow("Train the operators")
    clara.sees("En el último informe", "Del cuaderno", SAID)
    assert value_of(clara, "done_percent") == "50"
    clara.press("Incorporar")
    clara.press("Incorporar")
    clara.sees("Archivos guardados", "curso.jpg")
    assert SAID in value_of(clara, "what_was_done")
    assert value_of(clara, "done_percent") == "50"
    assert report.evidence.get().document.filename == "curso.jpg"


def lose_the_connection(clara: Person, report: ProgressReport, activity) -> None:
    """What was typed meanwhile outlives the tab that the telephone ended: it is put back, said so, and then saved. That a
    save is tried again by itself: test_poor_connection.py."""
    clara.context.set_offline(True)
    clara.write(done_percent="80", reason="La instructora enfermó.", expected_last_month="8")
    clara.page.close()
    clara.context.set_offline(False)
    clara.begin_a_page()
    clara.open(f"/reports/{report.pk}/activities/{activity.pk}/")
    clara.sees("Se recuperó lo que habías escrito acá antes y todavía no habías guardado.")
    assert report.activities.get(activity=activity).done_percent is None
    assert (value_of(clara, "done_percent"), value_of(clara, "reason")) == ("80", "La instructora enfermó.")
    clara.press("Guardar y continuar")
    clara.sees("Guardado.")
    row = report.activities.get(activity=activity)
    assert (row.planned_percent, row.done_percent, row.expected_last_month) == (100, 80, 8)
    assert row.reason == "La instructora enfermó."


def answer_the_other(clara: Person, report: ProgressReport, activity) -> None:
    """“Save and continue” led to the next activity without an answer."""
    assert clara.heading == activity.name
    clara.write(done_percent="50", what_was_done="Dos empresas pasaron la auditoría.", papers=PAPER)
    clara.press("Guardar y volver")
    assert report.evidence.filter(activity=activity).count() == 1


def write_what_came_of_it(clara: Person, report: ProgressReport) -> None:
    """A certificate of a firm, people trained, and the period in a few words."""
    firm = report.group.firms.first()
    clara.follow("Agregar un certificado")
    clara.write(
        firm=str(firm), norm="ISO 9001", scope="Sillas y mesas", certifier="IRAM", number="RI-9000-1",
        issued_on="04/05/2026", expires_on="04/05/2029", upload=PAPER,
    )  # fmt: skip
    clara.press("Guardar", exact=True)
    clara.follow("Agregar personas capacitadas")
    clara.write(course="Uso del horno", on="05/06/2026", hours="8", women="8", men="4", upload=a_photograph())
    clara.press("Guardar", exact=True)
    clara.write(summary="El curso se atrasó; la certificación avanza.")
    clara.press("Guardar y continuar")
    assert report.certifications.get().firm == firm
    assert report.trainings.get().women == 8


def send(clara: Person, report: ProgressReport, *, changed: bool = False) -> None:
    """All answers on one page; then it is sent."""
    if changed:
        clara.sees("Lo que cambiaste desde que se devolvió")
    clara.press("Presentar el informe")
    assert clara.page.url.endswith(f"/reports/{report.pk}/receipt/")
    report.refresh_from_db()
    assert report.status == "submitted"


def correct_what_came_back(clara: Person, report: ProgressReport) -> None:
    """Home says what came back; only what the officer named is open."""
    clara.open("/")
    clara.sees("Lo que volvió a vos")
    came_back = clara.page.locator("main .task-list > li", has_text="Volvió")
    expect(came_back).to_contain_text("Informe 2")
    clara.click(came_back.get_by_role("link"))
    clara.look()
    clara.sees("Decí cuántas mujeres vinieron.", "Solo está abierto lo que se nombra acá.")
    main = clara.page.locator("main")
    expect(main.get_by_role("link", name="Certify the firms")).to_have_count(0)
    clara.follow("Train the operators")
    clara.sees("Decí cuántas mujeres vinieron.")
    clara.write(what_was_done=f"{SAID} Ocho eran mujeres.")
    clara.press("Guardar y continuar")
    clara.follow("Revisar y presentar")


def read_the_document(clara: Person, report: ProgressReport) -> None:
    clara.open(f"/reports/{report.pk}/")
    clara.sees("Aceptado", "El informe en PDF")
    answer = clara.context.request.get(f"{clara.site}/reports/{report.pk}/pdf/")
    assert answer.headers["content-type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.body())).pages)
    assert "Ocho eran mujeres." in " ".join(text.split())
    report.refresh_from_db()
    assert report.status == "accepted"
    assert report.sha256 == clara.page.locator("main dd.key").inner_text()


def value_of(one: Person, name: str) -> str:
    return one.page.locator(f"main [name='{name}']").input_value()


# --- At a desk, with the keyboard ------------------------------------------------------------------------

PLAN = Plan(
    lines=[
        SALARY_LINE,
        ("fixed_investment", "Drying kiln", "4000000.00", "2500000.00", 0),
        ("soft_technology", "Certification", "1000000.00", "500000.00", 1),
    ]
)
TITLES = (
    "Budget line", "What was bought or given", "Kind of voucher", "Supplier", "CUIT of the supplier", "Number",
    "Date of the voucher", "VAT status of the buyer on that day", "Net amount", "VAT", "Charged to the programme",
    "Charged to the group", "Paid on", "How it was paid",
)  # fmt: skip


@pytest.fixture
def salaried(db, time_machine) -> Project:
    """A partnership whose first month has ended."""
    project = paid_project(plan=PLAN)
    own_account(project)
    time_machine.move_to(AFTER_MONTH_1, tick=True)
    counted(project)
    return project


def test_a_coordinator_at_a_desk_accounts_asks_and_hands_in_by_keys(person, salaried):
    cora = person("coordinator@lsp.example", kind=KeyboardPerson)
    cora.sign_in()
    statement_by_hand(cora, salaried)
    statement_from_a_table(cora, salaried)
    hand_the_statement_in(cora, salaried)
    ask_to_move_money(cora, salaried)
    hand_the_month_in(cora, salaried)
    assert list(timeline.broken_links(salaried.case)) == []


def statement_by_hand(cora: Person, project: Project) -> None:
    """A statement is begun, and an invoice written with its payment and its file."""
    cora.open(f"/projects/{project.pk}/statements/")
    cora.press("Begin a statement")
    cora.follow("Add a voucher")
    cora.write(
        voucher=PAPER, line="Fixed investment: Drying kiln", description="Burner", kind="Invoice A",
        supplier_name="Hornos SA", supplier_cuit=make_cuit(90), point_of_sale="3", number="100",
        issued_on="20/03/2026", buyer_vat="Registered: gets the VAT back", net="100.000,00", tax="21.000,00",
        programme_share="60.000,00", group_share="40.000,00", paid_on="21/03/2026", means="Bank transfer",
    )  # fmt: skip
    cora.press("Save", exact=True)
    expense = Expense.objects.get()
    assert (expense.charged, expense.payments.get().amount) == (100_000, 121_000)
    assert expense.document is not None


def statement_from_a_table(cora: Person, project: Project) -> None:
    """Two more from a CSV: the cell that is wrong is marked and corrected on the page; nothing is saved before."""
    common = ["A", "Hornos SA", make_cuit(90)]
    paid = [
        "Registered: gets the VAT back",
        "50000",
        "10500",
        "30000",
        "20000",
        "25/03/2026",
        "Bank transfer",
    ]
    rows = [
        ["Drying kiln", "Tubes", *common, "0003-00000101", "24/03/2026", *paid],
        ["Certification", "Audit", *common, "0003-00000102", "24/13/2026", *paid],
    ]
    table = "\n".join(";".join(cells) for cells in (TITLES, *rows))
    statement = project.statements.get()
    cora.open(f"/statements/{statement.pk}/")
    cora.follow("Bring many from a table")
    cora.page.locator("main [name=file]").set_input_files(
        {"name": "gastos.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    cora.press_in_vain("Look at the rows")
    cora.sees("1 expense is ready to be added.", "1 row is not right yet", "Nothing is saved yet.")
    marked = cora.page.locator("main [aria-invalid=true]")
    expect(marked).to_have_count(1)
    assert statement.expenses.count() == 1
    cora.put(marked, "text", "24/03/2026")
    cora.press("Add the expenses")
    cora.sees("2 expenses were added.")
    for name in ("Tubes", "Audit"):
        cora.follow(name, exact=True)
        cora.follow("Change the expense")
        cora.write(voucher=PAPER)
        cora.press("Save", exact=True)
        cora.open(f"/statements/{statement.pk}/")
    assert sorted(statement.expenses.values_list("number", flat=True)) == ["100", "101", "102"]


def hand_the_statement_in(cora: Person, project: Project) -> None:
    cora.press("Hand in the statement")
    statement = project.statements.get()
    assert statement.status == "submitted"
    assert set(statement.expenses.values_list("status", flat=True)) == {"submitted"}
    assert sum(each.programme_share for each in statement.expenses.all()) == 120_000


def ask_to_move_money(cora: Person, project: Project) -> None:
    """Forty thousand from the kiln to the certification: within the tolerance, so an officer decides."""
    kiln, certification = project.lines.exclude(category="coordination").order_by("order")
    cora.open(f"/projects/{project.pk}/")
    cora.follow("See the amendments, or ask for one")
    cora.write(kind="budget")
    cora.press("Continue")
    cora.write(
        **{
            f"row-{kiln.pk}-programme": "2.460.000,00",
            f"row-{kiln.pk}-group": "1.540.000,00",
            f"row-{certification.pk}-programme": "540.000,00",
            f"row-{certification.pk}-group": "460.000,00",
            "reason": "The certifier raised its price.",
        }
    )
    cora.press("Save and look at it")
    assert project.amendments.get().status == "draft"
    cora.follow("Send the amendment")
    cora.press("Send the amendment")
    amendment = project.amendments.get()
    assert (amendment.status, amendment.for_approver) == ("submitted", False)
    assert amendment.content["lines"][str(kiln.pk)] == {"programme": "2460000.00", "group": "1540000.00"}


def hand_the_month_in(cora: Person, project: Project) -> None:
    """Invoice and note of a month, from the home page."""
    month = SalaryMonth.objects.get(project=project)
    cora.open("/")
    cora.click(cora.page.locator(f"main a[href$='/salary/{month.pk}/']").first)
    cora.look()
    cora.write(
        invoice_number="0001-00000001",
        invoice_on="10/04/2026",
        note="Two visits to each firm, and a meeting.",
        upload=PAPER,
    )
    cora.press("Hand in", exact=True)
    month.refresh_from_db()
    assert (month.status, month.invoice_amount) == ("submitted", month.amount)
    assert month.invoice.filename == PAPER["name"]
