"""What came of the projects of the demonstration: people trained, certificates, machines in joint use with their checks, and
firms that hand in their part of a report by a link."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core import dates
from grants.models import Project
from groups.models import Firm
from lsp_program.demo import papers
from lsp_program.demo.agenda import Story
from lsp_program.demo.people import Cast
from reports import actions as reports
from reports.ledgers import actions
from reports.ledgers.units import firms_of
from reports.models import (
    CertificateRenewal,
    Certification,
    FirmPart,
    Machine,
    Outcome,
    ProgressReport,
    Training,
)
from reports.parts import actions as parts

DAY = dt.timedelta(days=1)
MARKETING = (Outcome.Kind.MARKETING, 1, "Participación conjunta en una feria")
LINKS = (Outcome.Kind.LINKS, 1, "Convenio con el centro tecnológico de la zona")
NORMS = (Certification.Norm.ISO_9001, Certification.Norm.GMP, Certification.Norm.HACCP)
MACHINES = (
    ("Secadero solar de madera", "SS-2208", "14200000"),
    ("Banco de ensayo de piezas", "BE-0417", "9800000"),
    ("Centro de mecanizado compartido", "CM-5530", "21500000"),
)
FIRMS_WITH_ONE_MACHINE = (Decimal(50), Decimal(30), Decimal(20))


def people_trained(report: ProgressReport, on: dt.date) -> Training:
    """Twelve people, as the programme counts them for each project."""
    return Training(
        report=report, course="Buenas prácticas de trabajo", on=on, hours=Decimal(16), women=5, men=6, not_said=1,
        text="Lista de asistencia a los cursos",
    )  # fmt: skip


def certificates(report: ProgressReport, firms: list[Firm], on: dt.date) -> list[Certification]:
    """Two firms get one each, for two years."""
    return [
        Certification(
            report=report, firm=firm, norm=NORMS[(report.project_id + number) % len(NORMS)],
            scope="Elaboración y venta de los productos de la empresa", certifier="Organismo certificador (ejemplo)",
            number=f"C-{report.project_id:04d}-{number}", issued_on=on, expires_on=dates.add_months(on, 24),
        )
        for number, firm in enumerate(firms[:2], 1)
    ]  # fmt: skip


def taken_over(report: ProgressReport) -> None:
    """All that came of a project of the early years, while its final report is written as rows."""
    on, firms = report.period_to, list(firms_of(report.project)[:2])
    Outcome.objects.bulk_create(
        Outcome(report=report, kind=kind, figure=Decimal(figure), on=on, text=text)
        for kind, figure, text in (MARKETING, LINKS)
    )
    people_trained(report, on).save()
    Certification.objects.bulk_create(certificates(report, firms, on))


def write(report: ProgressReport, *, by: Any, now: dt.datetime) -> ProgressReport:
    """What came of one period, by turns; and in some projects a machine."""
    on, firms = report.period_to, list(firms_of(report.project)[:3])
    match report.number % 4:
        case 1:
            entry = people_trained(report, on)
            upload = papers.pdf("Lista de asistencia")
            report = _keep(report, entry, by=by, now=now, upload=upload, firms=firms)
            ours = by.email.startswith("coordinator@")
            if ours or report.project_id % 6 == 0:
                report = _machine(report, firms, by=by, now=now)
            if ours:
                report = _short_certificate(report, firms[0], by=by, now=now)
        case 0:
            for row in certificates(report, firms, on):
                report = _keep(report, row, by=by, now=now, upload=papers.pdf("Certificado"))
        case turn:
            kind, figure, text = MARKETING if turn == 2 else LINKS
            outcome = Outcome(kind=kind, figure=Decimal(figure), on=on, text=text)
            report = reports.save_outcome(
                by=by, report=report, version=report.version, now=now, outcome=outcome, firms=firms
            )
    return report


def _keep(report: ProgressReport, entry: Any, *, by: Any, now: dt.datetime, **more: Any) -> ProgressReport:
    return actions.save_entry(by=by, report=report, version=report.version, now=now, entry=entry, **more)


def _machine(report: ProgressReport, firms: list[Firm], *, by: Any, now: dt.datetime) -> ProgressReport:
    """With its shares and a photograph."""
    name, serial, cost = MACHINES[report.project_id % len(MACHINES)]
    on = report.period_to - 20 * DAY
    machine = Machine(
        name=name, serial_number=serial, on=on, cost=Decimal(cost), line=report.project.lines.filter(category="fixed_investment").first(),
        custodian=f"{firms[0].name}, encargado de planta", site=f"Parque industrial de {report.group.locality}",
        insurer="Aseguradora (ejemplo)", policy=f"P-{report.project_id:06d}", insured_until=dates.add_months(on, 12),
    )  # fmt: skip
    shares = dict(zip((firm.pk for firm in firms), FIRMS_WITH_ONE_MACHINE, strict=True))
    photos = [papers.picture(name)]
    return _keep(report, machine, by=by, now=now, shares=shares, photos=photos)


def _short_certificate(report: ProgressReport, firm: Firm, *, by: Any, now: dt.datetime) -> ProgressReport:
    """One that ends early, to be renewed."""
    on = report.period_to - 20 * DAY
    short = Certification(
        firm=firm, norm=Certification.Norm.GMP, scope="Elaboración", certifier="Organismo certificador (ejemplo)",
        number=f"B-{report.project_id:04d}", issued_on=on, expires_on=dates.add_months(on, 4),
    )  # fmt: skip
    return _keep(report, short, by=by, now=now, upload=papers.pdf("Certificado de buenas prácticas"))


def afterwards(project: Project, cast: Cast, today: dt.date, *, ours: bool) -> Story:
    """What follows a machine and a certificate of the first report: how often it is checked, what a check found, a renewal;
    and of our own project firms that were asked."""
    first = project.reports.order_by("number").first()
    if first is None or first.period_to + 20 * DAY > today:
        return
    # By then it was accepted, if it was.
    yield first.period_to + 15 * DAY
    for number, machine in enumerate(Machine.objects.counted().with_case().filter(report=first)):
        yield _look_after(machine, cast, today, found=(project.pk + number) % 3)
    if ours:
        for row in Certification.objects.of_project(project).expiring():
            yield _renew(row, today)
        yield today - 3 * DAY
        report = ProgressReport.objects.with_case().owed().filter(project=project).first()
        if report:
            yield _ask_firms(report, today)


def _look_after(machine: Machine, cast: Cast, today: dt.date, found: int) -> Story:
    """Checked every three months; the first time it was there, or stood somewhere else. The next is due, or overdue."""
    officer, planned = cast["officer"], machine.report.accepted_at + 5 * DAY
    # Of the newest ones nobody has said yet how often they are checked.
    if dates.day_of(planned) > today - 40 * DAY:
        return
    yield dates.day_of(planned)
    actions.set_plan(by=officer, project=machine.project, every_months=3, years=3, version=0, now=planned)
    first = machine.checks.owed().order_by("due_on").first()
    if first and first.due_on and first.due_on < today - 3 * DAY:
        moved, on = found == 1, first.due_on + 2 * DAY
        yield on
        actions.record_check(
            by=officer, machine=machine, done_on=on, found="elsewhere" if moved else "in_place",
            condition="worn" if moved else "good", note="Lo prestaron a otra empresa del grupo." if moved else "",
            photos=[papers.picture("control")], now=dates.at_noon(on),
        )  # fmt: skip


def _renew(row: Certification, today: dt.date) -> Story:
    """The certificate that ended early was renewed, and is about to end again."""
    if row.expires_on and row.expires_on < today:
        yield row.expires_on
        by = row.project.reporter_on(today)
        renewal = CertificateRenewal(
            number=f"{row.number}-R", issued_on=row.expires_on, expires_on=today + 20 * DAY
        )
        actions.renew(
            by=by, certification=row, renewal=renewal, upload=papers.pdf("Certificado renovado"),
            now=dates.at_noon(row.expires_on),
        )  # fmt: skip


def _ask_firms(report: ProgressReport, today: dt.date) -> Story:
    """Three firms were asked; one answered."""
    by = report.project.reporter_on(today)
    now = dates.at_noon(today - 3 * DAY)
    asked, _not_asked = parts.ask(
        by=by, report=report, firms=list(firms_of(report.project)[:3]), asks=FirmPart.Asks.values,
        activities=report.project.activities.all()[:1], answer_by=today + 6 * DAY, now=now,
        message="Cuéntenme en pocas palabras qué hicieron este trimestre y manden una foto.",
    )  # fmt: skip
    if not asked:
        return
    yield today - DAY
    activity = asked[0].activities.get()
    said = parts.Answer(
        person_name="Ana Sosa", person_position="Titular", course="Uso del equipo nuevo", course_on=report.period_to,
        texts={activity.pk: "Instalamos la línea nueva y la probamos con tres pedidos."},
        figures="Pasamos de 40 a 55 piezas por semana.", hours=Decimal(6), people={"women": 3, "men": 2},
        files=(papers.picture("taller"),),
    )  # fmt: skip
    parts.answer(link=asked[0].links.get(), said=said, now=dates.at_noon(today - DAY))
