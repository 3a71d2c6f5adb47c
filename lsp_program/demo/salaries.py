"""Coordinators of the demonstration who are paid: months paid, one that was ordered, one to accept, one to hand in, one held by
an account that changed; somebody who stood in; and what a group signed on paper."""

import datetime as dt

from stdnum.ar.cuit import calc_check_digit

from core import dates
from grants import actions
from grants.agreements import actions as agreements
from grants.agreements.firms import who_sign
from grants.models import Project, SalaryLine, SalaryMonth
from grants.salary import actions as salary
from grants.workflow import SALARY
from groups import actions as groups
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from lsp_program.demo import papers
from lsp_program.demo.agenda import Story
from lsp_program.demo.running import Running, account_number

DAY = dt.timedelta(days=1)
NOTE = (
    "Reunión mensual con las cinco empresas y dos visitas a los talleres. Se pidieron presupuestos para la compra conjunta y "
    "se acordó el cronograma de capacitación. Queda pendiente la respuesta del centro tecnológico."
)


def own_cuit(number: int) -> str:
    """A person's CUIT with the right check digit; the number is invented."""
    ten = f"20{31_000_000 + number:08d}"
    return ten + calc_check_digit(ten)


class Salaries:
    """Tells the salary of one project up to today."""

    def __init__(self, running: Running, project: Project, today: dt.date):
        self.running, self.project, self.today = running, project, today
        self.cast = running.cast
        self.line = SalaryLine.objects.with_case().get(project=project)

    def tell(self, *, holds: bool) -> Story:
        """Every month that is over. With `holds` the coordinator changed the account, and the last months wait for that."""
        yield self._stand_in()
        first = self.project.first_day
        yield self._account(self.project.coordinator_on(first), first + 3 * DAY)
        last = min(self.today - DAY, self.project.last_day)
        months = sum(dates.add_months(self.line.next_on, more) <= last for more in range(60))
        for number in range(1, months + 1):
            if self.line.next_on is None:
                break
            day = self.line.next_on + DAY
            yield day
            salary.count(self.line.pk, dates.at_noon(day))
            self.line.refresh_from_db()
            place = months - number
            for month in self.project.salary_months.filter(number=number).with_case():
                # What still waits was handed in this week.
                handed_in = day + 4 * DAY if place > 2 else max(day + 4 * DAY, self.today - 5 * DAY)
                yield self._follow(month, min(handed_in, self.today - DAY), place, holds)
        if holds:
            person = self.project.coordinator_on(self.today)
            yield self._account(person, self.today - DAY, another=True)

    def _follow(self, month: SalaryMonth, day: dt.date, place: int, holds: bool) -> Story:
        """One month: the last is still to hand in (or came back), the one before waits for the officer (or for the account),
        the one before that is ordered, the rest are paid."""
        if place == 0 and not holds:
            return
        yield day
        month = self._handed_in(month, day)
        officer, now = self.cast["officer"], dates.at_noon(day + DAY)
        if place == 1 and not holds:
            return
        yield day + DAY
        if place == 0:
            remark = "La factura no dice a qué mes corresponde."
            SALARY.apply(month, "return", by=officer, now=now, data={"remark": remark, "reason": remark})
            return
        month = SALARY.apply(month, "accept", by=officer, now=now)
        if place == 1:
            return
        ordered = min(day + 3 * DAY, self.today)
        yield ordered
        payment = actions.order_disbursement(
            by=self.cast["finance"], tranche=month.tranche, now=dates.at_noon(ordered)
        )
        if place > 2:
            paid = min(day + 5 * DAY, self.today)
            yield paid
            self.running.confirm(payment, paid)

    def _handed_in(self, month: SalaryMonth, day: dt.date) -> SalaryMonth:
        return salary.hand_in(
            by=month.person,
            month=month,
            now=dates.at_noon(day),
            invoice=papers.pdf(f"Factura mes {month.number}"),
            invoice_number=f"0002-{month.pk:08d}",
            invoice_on=day,
            invoice_amount=month.amount,
            note=NOTE,
        )

    def _account(self, person, day: dt.date, *, another: bool = False) -> Story:
        """The own account, checked two days later; another one waits."""
        yield day
        number = self.project.pk * 1000 + person.pk + (500_000 if another else 0)
        payee = salary.enter_account(
            by=person,
            line=self.line,
            cuit=own_cuit(person.pk),
            cbu=account_number(number),
            now=dates.at_noon(day),
        )
        if not another:
            yield day + 2 * DAY
            actions.check_payee(by=self.cast["officer"], payee=payee, now=dates.at_noon(day + 2 * DAY))

    def _stand_in(self) -> Story:
        """In the second month somebody held the office for ten days."""
        first = self.project.first_day + 35 * DAY
        yield first - 6 * DAY
        asked = dates.at_noon(first - 6 * DAY)
        person = self.running.people.new("reemplazo", asked)
        post: Appointment = groups.nominate(
            by=self.project.group.representative,
            group=self.project.group,
            email=person.email,
            full_name=person.full_name,
            background="Conoce a las empresas y el plan de trabajo.",
            no_conflict=True,
            why="Licencia por una operación.",
            stand_in_from=first,
            stand_in_until=first + 9 * DAY,
            now=asked,
        )
        yield first - 5 * DAY
        APPOINTMENT.apply(post, "accept", by=person, now=asked + DAY, data={"no_conflict": True})
        yield first - 4 * DAY
        APPOINTMENT.apply(
            post, "confirm", by=self.cast["officer"], now=asked + 2 * DAY, data={"confirmed_from": first}
        )
        yield from self._account(person, first + 2 * DAY)


def pay_coordinators(running: Running, project: Project, number: int, today: dt.date) -> Story:
    """The first two partnerships that run show everything; the coordinators of the others have yet to hand in."""
    line = SalaryLine.objects.filter(project=project).first()
    if line is None:
        return
    if number < 2:
        yield from Salaries(running, project, today).tell(holds=number == 1)
    else:
        yield today - 10 * DAY
        salary.count(line.pk, dates.at_noon(today - 10 * DAY))


def sign_on_paper(project: Project, by, today: dt.date) -> None:
    """The group's copy and two of its firms are on file; the rest is still to come."""
    now = dates.at_noon(today - 2 * DAY)
    said = {"by": by, "project": project, "signed_on": today - 3 * DAY, "now": now}
    agreements.add_paper(kind="group", upload=papers.pdf("Convenio firmado"), signer=by.full_name, **said)
    for firm in who_sign(project.agreement)[:2]:
        agreements.add_paper(
            kind="firm_mandate",
            firm=firm,
            upload=papers.pdf(f"Mandato {firm.name}"[:60]),
            signer="Socio gerente",
            machines="El secadero es de todas las empresas en partes iguales; lo guarda y lo asegura la primera.",
            **said,
        )
