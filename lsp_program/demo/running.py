"""Projects of the demonstration: opened, signed, paid, reported and closed through the actions that people use."""

import datetime as dt

from stdnum.ar import cbu

from accounts.models import User
from applications.models import Application, Line
from core import dates
from core.money import ZERO
from grants import actions
from grants.models import Disbursement, Project
from grants.workflow import DISBURSEMENT, PROJECT
from groups import actions as groups
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from lsp_program.demo import outcomes, papers
from lsp_program.demo.agenda import Story
from lsp_program.demo.applying import Applying
from lsp_program.demo.people import People
from reports import actions as reports
from reports.content import progress_of
from reports.models import ProgressReport
from reports.workflow import REPORT

SUMMARY = (
    "El trimestre se cumplió como estaba previsto. Las reuniones fueron quincenales y participaron todas las empresas. "
    "Queda pendiente terminar de instalar parte del equipamiento."
)
DONE = (
    "Se hizo lo previsto para el período.",
    "Avanzó según el plan, con participación de todas las empresas.",
)
DAY = dt.timedelta(days=1)


def account_number(number: int) -> str:
    """A CBU with right check digits; the account is invented."""
    bank, account = "0110599", f"{number:013d}"
    return bank + cbu.calc_check_digit(bank) + account + cbu.calc_check_digit(account)


class Running:
    """Moves approved applications on as projects."""

    def __init__(self, story: Applying, people: People):
        self.story, self.cast, self.people = story, story.cast, people
        self.treasury = 0

    # --- Until it starts ---------------------------------------------------------------------

    def opened(self, application: Application, day: dt.date) -> Project:
        """Awaiting its agreement."""
        return actions.open_project(by=self.cast["officer"], application=application, now=dates.at_noon(day))

    def started(self, application: Application, day: dt.date, coordinator: User | None = None) -> Project:
        """Opened on `day`, signed by both within two weeks, and active from the first of the month after."""
        project = self.opened(application, day)
        by = project.group.representative
        if project.call.line == Line.PARTNERSHIP:
            self._appoint(project, by, day + 3 * DAY, coordinator)
        self._payee(project, by, day + 5 * DAY)
        officer, now = self.cast["officer"], dates.at_noon(day + 10 * DAY)
        actions.sign_for_group(by=by, project=project, name=by.full_name, declared=True, now=now)
        signed = day + 14 * DAY
        now = dates.at_noon(signed)
        actions.sign_for_state(by=officer, project=project, name=officer.full_name, declared=True, now=now)
        first = dates.add_months(signed.replace(day=1), 1)
        return self.act(project, "activate", "officer", signed, first_day=first)

    def _appoint(self, project: Project, by: User, day: dt.date, person: User | None) -> Appointment:
        person = person or self.people.new("coordinacion", dates.at_noon(day))
        now = dates.at_noon(day)
        appointment = groups.nominate(
            by=by,
            group=project.group,
            email=person.email,
            full_name=person.full_name,
            background="Diez años de trabajo con productores de la zona.",
            no_conflict=True,
            now=now,
        )
        APPOINTMENT.apply(appointment, "accept", by=person, now=now + DAY, data={"no_conflict": True})
        return APPOINTMENT.apply(
            appointment,
            "confirm",
            by=self.cast["officer"],
            now=now + 2 * DAY,
            data={"confirmed_from": day + 2 * DAY},
        )

    def _payee(self, project: Project, by: User, day: dt.date) -> None:
        firm = project.group.firms.order_by("pk").first()
        now = dates.at_noon(day)
        payee = actions.enter_payee(
            by=by, project=project, name=firm.name, cuit=firm.cuit, cbu=account_number(project.pk), now=now
        )
        actions.check_payee(by=self.cast["officer"], payee=payee, now=now + DAY)

    def act(self, project: Project, name: str, who: str | User, day: dt.date, **data) -> Project:
        """One transition of the project, at noon."""
        by = self.cast[who] if isinstance(who, str) else who
        return PROJECT.apply(project, name, by=by, now=dates.at_noon(day), data=data)

    # --- Money ---------------------------------------------------------------------------------

    def pay(self, project: Project, day: dt.date, until: str = "paid") -> Story:
        """Every open tranche that nobody ordered: ordered on `day`, and paid two days later unless `until` says
        "ordered" or "failed"."""
        yield day
        ordered = [
            actions.order_disbursement(by=self.cast["finance"], tranche=tranche, now=dates.at_noon(day))
            for tranche in project.tranches.of_the_grant().filter(opened_at__isnull=False, cancelled_on=None)
            if tranche.state not in (Disbursement.Status.ORDERED, Disbursement.Status.PAID)
        ]
        if until == "paid":
            yield day + 2 * DAY
            for payment in ordered:
                self.confirm(payment, day + 2 * DAY)
        elif until == "failed":
            yield day + DAY
            for payment in ordered:
                DISBURSEMENT.apply(
                    payment,
                    "fail",
                    by=self.cast["finance2"],
                    now=dates.at_noon(day + DAY),
                    data={"reason": "El banco rechazó la cuenta: figura cerrada."},
                )

    def next_order(self) -> str:
        """The number of the Treasury's next order."""
        self.treasury += 1
        return f"OP-{self.treasury:06d}"

    def confirm(self, payment: Disbursement, day: dt.date) -> None:
        """The Treasury paid on `day`, with nothing withheld."""
        DISBURSEMENT.apply(
            payment,
            "confirm",
            by=self.cast["finance2"],
            now=dates.at_noon(day),
            data={
                "treasury_number": self.next_order(),
                "treasury_date": day,
                "gross": payment.amount,
                "withheld": ZERO,
                "net": payment.amount,
            },
        )

    # --- Reports -------------------------------------------------------------------------------

    def fallen_due(self, report: ProgressReport) -> Story:
        """Its period has ended."""
        yield report.period_to + DAY
        REPORT.apply(report, "fall_due", by=None, now=dates.at_noon(report.period_to + DAY))

    def written(
        self, report: ProgressReport, day: dt.date, behind: bool = False, whole: bool = True
    ) -> ProgressReport:
        """A draft: each activity that is asked for, the summary, and an outcome; half of it unless `whole`."""
        now, by = dates.at_noon(day), report.project.reporter_on(day)
        asked = [row for row in progress_of(report) if row.is_asked]
        for number, row in enumerate(asked if whole else asked[:1]):
            late = behind and number == 0 and row.planned > 30
            done = max(row.planned - 25, row.before) if late else row.planned
            report = reports.save_activity(
                by=by,
                report=report,
                activity=row.activity,
                version=report.version,
                now=now,
                done_percent=done,
                what_was_done=self.story.draw.choice(DONE),
                reason="El proveedor entregó el equipamiento con demora." if late else "",
                expected_last_month=report.last_month + 1 if row.would_slip(done) else None,
                uploads=[papers.picture("reunion")] if number == 0 and report.number == 1 else [],
            )
        if not whole:
            return report
        report = outcomes.write(report, by=by, now=now)
        return reports.save_summary(by=by, report=report, version=report.version, now=now, summary=SUMMARY)

    def submitted(self, report: ProgressReport, day: dt.date, behind: bool = False) -> Story:
        """Written and sent on `day`."""
        yield day
        report.refresh_from_db()
        report = self.written(report, day, behind)
        by = report.project.reporter_on(day)
        REPORT.apply(report, "submit", by=by, now=dates.at_noon(day))

    def returned(self, report: ProgressReport, day: dt.date) -> Story:
        """Sent, and returned by the officer three days later, with a note on two parts."""
        yield from self.submitted(report, day)
        yield day + 3 * DAY
        report.refresh_from_db()
        first = next(row["id"] for row in report.snapshot["activities"] if row["asked"])
        notes = {
            f"activity{first}": "Falta explicar qué cursos se dieron y adjuntar las listas de asistencia.",
            "summary": "¿Qué equipamiento falta instalar, y para cuándo?",
        }
        REPORT.apply(
            report,
            "return_report",
            by=self.cast["officer"],
            now=dates.at_noon(day + 3 * DAY),
            data={"notes": notes},
        )

    def accepted(self, report: ProgressReport, day: dt.date, behind: bool = False, **data) -> Story:
        """Sent on `day`, and accepted a week later."""
        yield from self.submitted(report, day, behind)
        yield day + 7 * DAY
        REPORT.apply(report, "accept", by=self.cast["officer"], now=dates.at_noon(day + 7 * DAY), data=data)
