"""What happens to one project in the year, day by day: each step is an action of somebody of the programme or of the group, and
plans the next one. Which stories a project lives is its fate."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from accounts.models import User
from core.money import ZERO, cents
from core.workflow import TransitionRefused
from grants import actions, ledger
from grants.amendments import in_force
from grants.amendments.workflow import AMENDMENT
from grants.expenses.actions import correct
from grants.models import (
    Amendment,
    Disbursement,
    Expense,
    Payee,
    Project,
    Refund,
    SalaryLine,
    SalaryMonth,
    Statement,
)
from grants.refunds import actions as refunds
from grants.refunds.workflow import REFUND
from grants.salary import actions as salary
from grants.settling import worked_out
from grants.sureties.workflow import SURETY
from grants.workflow import DISBURSEMENT, PROJECT, SALARY, order_refusal
from groups.actions import people
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from reports import actions as reports
from reports import extra
from reports.models import Observation, ProgressReport
from reports.workflow import REPORT
from tests import factories_amendments as amendments
from tests import factories_expenses as expenses
from tests import factories_grants as grants
from tests.cast import make_person
from tests.factories_groups import make_cuit
from tests.factories_reports import answer
from tests.grants.money import rows as money
from tests.grants.salary.rows import said

DAY = dt.timedelta(days=1)
TRIES = 12


def while_running(step: Callable[..., None]) -> Callable[..., None]:
    """Waits while the project is suspended; of one that has ended nothing comes."""

    @wraps(step)
    def taken(self, *args: Any) -> None:
        project = self.project
        if project.status == Project.Status.SUSPENDED:
            self.after(6, taken, *args)
        elif project.is_running:
            step(self, *args)

    return taken


class Life:
    """A project, from its opening to its end."""

    def __init__(self, year: Any, number: int, plan: Any, application: Any, fate: frozenset[str]):
        self.year, self.number, self.plan, self.application, self.fate = year, number, plan, application, fate
        self.cast, self.draw = year.cast, year.draw
        self.done: set[str] = set()
        self.tries = 0

    def __str__(self) -> str:
        return (
            f"project {self.number} ({self.plan.code}: {', '.join(sorted(self.fate)) or 'nothing special'})"
        )

    # --- Time, and who --------------------------------------------------------------------------------

    @property
    def now(self) -> dt.datetime:
        return self.year.now

    @property
    def today(self) -> dt.date:
        return self.year.today

    @property
    def project(self) -> Project:
        """As it is now."""
        return Project.objects.with_case().get(application=self.application)

    @property
    def representative(self) -> User:
        return self.application.group.representative

    def after(self, days: int, step: Callable[..., None], *args: Any) -> None:
        """Plan a step for a day to come."""
        self.year.plan(self.today + days * DAY, self, step, args)

    def once(self, story: str) -> bool:
        """Whether a story of this life begins now: it is among its fate, and did not happen yet."""
        if story not in self.fate or story in self.done:
            return False
        self.done.add(story)
        self.year.happened[story] += 1
        return True

    def count(self, what: str) -> None:
        self.year.happened[what] += 1

    def act(self, name: str, by: User, **data: Any) -> Project:
        """One transition of the project."""
        self.count(name)
        return PROJECT.apply(self.project, name, by=by, now=self.now, data=data)

    # --- Until it starts ------------------------------------------------------------------------------

    def open(self) -> None:
        actions.open_project(by=self.cast.officer, application=self.application, now=self.now)
        self.after(5, Life.name_payee)
        if self.plan.salary:
            self.after(1, Life.nominate, "")
        if self.once("never signed"):
            self.after(45, Life.lapse)
        else:
            self.after(7, Life.sign)

    def name_payee(self) -> None:
        """Also anew, after the bank refused the account."""
        project = self.project
        if not project.is_open:
            return
        number = 10 * self.number + len(self.done) + project.payees.count()
        payee = grants.enter_payee(project, number=number, checked=False, now=self.now)
        self.after(2, Life.check_payee, payee)

    def check_payee(self, payee: Payee) -> None:
        if self.project.is_open:
            actions.check_payee(by=self.cast.officer, payee=payee, now=self.now)
            self.after(1, Life.pay)

    def nominate(self, why: str, days: int | None = None) -> None:
        """The coordinator, who replaces one (`why`), or stands in for so many days."""
        if not self.project.is_open:
            return
        number = self.project.group.appointments.count()
        person = make_person(f"coordinator{self.number}-{number}", f"Cora {self.number} {number}")
        first = self.today + 6 * DAY
        mandate = {"stand_in_from": first, "stand_in_until": first + days * DAY} if days else {}
        post = people.nominate(
            by=self.representative,
            group=self.project.group,
            email=person.email,
            full_name=person.full_name,
            background="Ten years in the trade.",
            no_conflict=True,
            why=why,
            now=self.now,
            **mandate,
        )
        self.after(1, Life.accept_post, post, person, first)

    def accept_post(self, post: Appointment, person: User, first: dt.date) -> None:
        APPOINTMENT.apply(post, "accept", by=person, now=self.now, data={"no_conflict": True})
        self.after(1, Life.confirm_post, post, person, first)

    def confirm_post(self, post: Appointment, person: User, first: dt.date) -> None:
        """From some days on; whoever was there before goes the day before."""
        self.count("coordinator confirmed")
        data = {"confirmed_from": first if post.why else self.today}
        APPOINTMENT.apply(post, "confirm", by=self.cast.officer, now=self.now, data=data)
        if self.project.first_day:
            self.after(7, Life.own_account, person)

    def sign(self) -> None:
        grants.sign(self.project, now=self.now)
        self.after(3, Life.activate)

    def activate(self) -> None:
        project = grants.activate(self.project, now=self.now)
        self.count("activate")
        if self.plan.salary:
            self.after(2, Life.own_account, project.coordinator_on(self.today))
            self.after(35, Life.hand_in_months)
        if self.plan.needs_surety:
            self.after(2, Life.insure)
        self.after(3, Life.pay)
        for report in project.reports.order_by("number"):
            self.year.plan(report.period_to - 9 * DAY, self, Life.spend, (report.number,))
            self.year.plan(report.period_to + DAY, self, Life.write, (report.number,))
        self._stories()

    def _stories(self) -> None:
        """What is special about this life, each in its own time."""
        for story, days, step in (
            ("small amendment", 15, Life.ask_small),
            ("large amendment", 45, Life.ask_large),
            ("more money", 30, Life.ask_amount),
            ("less money", 30, Life.ask_amount),
            ("suspended", 40, Life.suspend),
            ("replaced", 75, Life.replace),
            ("stood in for", 50, Life.stand_in),
            ("terminated", 120, Life.terminate),
            ("renounced", 100, Life.renounce),
            ("refund", 80, Life.ask_back),
        ):
            if story in self.fate:
                self.after(days + self.draw.randint(0, 14), step)

    def lapse(self) -> None:
        self.act("lapse", self.cast.approver, reason="The group never signed.")

    # --- Money ----------------------------------------------------------------------------------------

    def insure(self) -> None:
        """A surety for what is advanced; a first one that expires is followed by another in time."""
        project = self.project
        if not project.is_open:
            return
        short = self.once("second surety")
        amount = project.approved_amount
        money.surety(
            project,
            amount,
            by=self.cast.finance,
            policy=f"P-{self.number}-{project.sureties.count()}",
            from_on=self.today,
            expires_on=self.today + (60 if short else 400) * DAY,
            now=self.now,
        )
        self.count("surety")
        if short:
            self.after(50, Life.insure)
        self.after(1, Life.pay)

    @while_running
    def pay(self) -> None:
        """Order all that can be ordered; what waits for something is asked again when that has happened."""
        project = self.project
        for tranche in (
            project.tranches.to_order().select_related("salary__person").order_by("kind", "number")
        ):
            if order_refusal(tranche, by=self.cast.finance, now=self.now):
                continue
            payment = actions.order_disbursement(by=self.cast.finance, tranche=tranche, now=self.now)
            self.count("order of a salary" if tranche.is_salary else "order")
            if not tranche.is_salary and self.once("ordered and suspended"):
                self.after(1, Life.suspend)
            self.after(2, Life.confirm, payment)

    def confirm(self, payment: Disbursement) -> None:
        """The Treasury paid yesterday; or the bank refused; or the project was suspended meanwhile, and nothing is paid."""
        payment = Disbursement.objects.select_related("tranche__project__application").get(pk=payment.pk)
        if payment.status != Disbursement.Status.ORDERED:
            return None
        if self.project.status == Project.Status.SUSPENDED:
            return self._not_while_suspended(payment)
        if not payment.tranche.is_salary and self.once("failed"):
            data = {"reason": "The bank says that the account is closed."}
            DISBURSEMENT.apply(payment, "fail", by=self.cast.finance2, now=self.now, data=data)
            return self.after(1, Life.name_payee)
        withheld = cents(payment.amount * self.draw.choice([0, 0, 0, 2]) / 100)
        told = grants.treasury(payment, now=self.now, withheld=withheld, net=payment.amount - withheld)
        actions.confirm_disbursement(by=self.cast.finance2, disbursement=payment, now=self.now, **told)
        self.count("salary paid" if payment.tranche.is_salary else "paid")
        return None

    def _not_while_suspended(self, payment: Disbursement) -> None:
        before = self.project.paid()
        try:
            told = grants.treasury(payment, now=self.now)
            actions.confirm_disbursement(by=self.cast.finance2, disbursement=payment, now=self.now, **told)
        except TransitionRefused:
            self.count("not paid while suspended")
        else:
            raise AssertionError("a payment was confirmed while the project was suspended")
        assert self.project.paid() == before
        # Every other one is cancelled, the rest wait for the project to go on.
        if self.year.happened["not paid while suspended"] % 2:
            data = {"reason": "The project is suspended."}
            DISBURSEMENT.apply(payment, "cancel", by=self.cast.finance, now=self.now, data=data)
            self.count("order cancelled")
        else:
            self.after(6, Life.confirm, payment)

    # --- Reports --------------------------------------------------------------------------------------

    @while_running
    def write(self, number: int) -> None:
        """When its period is over, after as many days as this life takes; one that is lost is written at the end, or never."""
        report = self.project.reports.get(number=number)
        if report.status == ProgressReport.Status.PLANNED:
            return self.after(max((report.period_to - self.today).days, 0) + 1, Life.write, number)
        if report.status != ProgressReport.Status.DUE:
            return None
        if (self, number) not in self.year.begun:
            self.year.begun.add((self, number))
            return self.after(self._days_to_write(report), Life.write, number)
        by = self.project.reporter_on(self.today)
        behind = number == 1 and not report.is_final and self.once("behind")
        report = answer(report, by=by, now=self.now, done=10 if behind else None)
        REPORT.apply(report, "submit", by=by, now=self.now)
        self.count("report sent")
        if self.today > report.due_on:
            self.count("report sent late")
        return self.after(self.draw.randint(3, 7), Life.judge, number)

    def _days_to_write(self, report: ProgressReport) -> int:
        in_time = (report.due_on - report.period_to).days - 2
        if report.number == 1 and self.once("late"):
            return in_time + self.draw.randint(3, 25)
        if report.number == 1 and self.once("skipped"):
            self.after(in_time + 20, Life.skip, report.number)
            return 400
        if report.number == 1 and self.once("lost"):
            return self.draw.randint(110, 160)
        return self.draw.randint(1, in_time)

    @while_running
    def skip(self, number: int) -> None:
        """The officer gives up waiting; an extra report opens the money that waited for it."""
        report = self.project.reports.get(number=number)
        data = {"reason": "The group was without a coordinator."}
        REPORT.apply(report, "skip", by=self.cast.officer, now=self.now, data=data)
        opens = extra.tranches_to_name(self.project).first()
        asked = extra.ask(
            by=self.cast.officer,
            project=self.project,
            period_from=report.period_from,
            period_to=self.today - DAY,
            due_on=self.today + 10 * DAY,
            reason="What was done since the start.",
            opens=opens,
            now=self.now,
        )
        self.year.begun.add((self, asked.number))
        self.after(4, Life.write, asked.number)

    @while_running
    def judge(self, number: int) -> None:
        report = self.project.reports.get(number=number)
        officer = self.cast.officer
        if self.once("returned"):
            data = {"reason": "Show the invoices."}
            REPORT.apply(report, "return_report", by=officer, now=self.now, data=data)
            return self.after(5, Life.correct, number)
        data = {}
        waits = self.project.tranches.filter(opened_at=None, cancelled_on=None, after_report=number).first()
        if waits and self.once("observed"):
            row = {"text": "Insure the machine.", "due_on": self.today + 20 * DAY, "tranche": waits.pk}
            data = {"observations": [row]}
        REPORT.apply(report, "accept", by=officer, now=self.now, data=data)
        self.count("report accepted")
        for observation in Observation.objects.filter(report=report):
            self.after(14, Life.meet, observation)
        self.after(2, Life.pay)
        if report.is_final:
            self.after(4, Life.begin_closing)
        return None

    @while_running
    def correct(self, number: int) -> None:
        """What was returned is written anew and sent again."""
        report = ProgressReport.objects.with_case().get(project=self.project, number=number)
        by = self.project.reporter_on(self.today)
        report = reports.save_summary(
            by=by, report=report, version=report.version, now=self.now, summary="The invoices are there now."
        )
        REPORT.apply(report, "submit", by=by, now=self.now)
        self.count("report corrected")
        self.after(4, Life.judge, number)

    @while_running
    def meet(self, observation: Observation) -> None:
        reports.meet_observation(by=self.cast.officer, observation=observation, now=self.now)
        self.count("observation met")
        self.after(1, Life.pay)

    # --- Expenses -------------------------------------------------------------------------------------

    @while_running
    def spend(self, number: int) -> None:
        """A statement for the period: of each line its part, and what was rejected in the one before."""
        project = self.project
        periods = list(
            project.reports.filter(is_extra=False).order_by("number").values_list("number", flat=True)
        )
        left = len([each for each in periods if each >= number])
        statement = expenses.open_statement(project, now=self.now)
        for rejected in self._to_correct(project):
            correct(by=project.reporter_on(self.today), expense=rejected, now=self.now)
            self.count("expense corrected")
        for line in in_force.lines_on(project):
            if line.category != "coordination":
                self._charge(statement, line, left)
        if statement.expenses.exists():
            expenses.hand_in(Statement.objects.get(pk=statement.pk), now=self.now)
            self.count("statement")
            self.after(4, Life.check, statement)

    def _to_correct(self, project: Project) -> list[Expense]:
        rejected = Expense.objects.of_project(project).filter(status="rejected")
        return list(
            rejected.exclude(pk__in=Expense.objects.filter(corrects__isnull=False).values("corrects"))
        )

    def _charge(self, statement: Statement, line: Any, left: int) -> None:
        """A part of what the line still has; in the last period all of it, or not quite."""
        charged = list(Expense.objects.filter(line_id=line.pk).exclude(status="rejected"))
        room = line.programme_share - sum((row.programme_share for row in charged), ZERO)
        own = line.group_share - sum((row.group_share for row in charged), ZERO)
        part = Decimal(1) / left
        if left == 1 and "unspent" in self.fate:
            self.once("unspent")
            part = Decimal("0.8")
        programme, group = cents(max(room, ZERO) * part), cents(max(own, ZERO) * part)
        if left == 1 and "counterpart missing" in self.fate:
            self.once("counterpart missing")
            group = ZERO
        if programme + group <= ZERO:
            return
        net = programme + group
        expenses.add_expense(
            statement,
            now=self.now,
            line=line,
            supplier_cuit=make_cuit(800_000 + self.number),
            supplier_name=f"Supplier of {self.number}",
            issued_on=self.today,
            net=net,
            tax=cents(net * Decimal("0.21")),
            programme_share=programme,
            group_share=group,
        )

    @while_running
    def check(self, statement: Statement) -> None:
        """Verified one by one; one is rejected, of another is asked first."""
        for expense in (
            Statement.objects.get(pk=statement.pk).expenses.filter(status="submitted").order_by("pk")
        ):
            if self.once("rejected"):
                expenses.judge(
                    expense, "reject", by=self.cast.checker, now=self.now, remark="It is of another firm."
                )
            elif self.once("queried"):
                expenses.judge(
                    expense, "query", by=self.cast.checker, now=self.now, remark="Which machine is it?"
                )
                expenses.judge(expense, "answer", now=self.now, answer="The dryer.")
                expenses.judge(expense, "verify", by=self.cast.checker, now=self.now)
            else:
                expenses.judge(expense, "verify", by=self.cast.checker, now=self.now)
        assert Statement.objects.get(pk=statement.pk).status == Statement.Status.SETTLED
        self.after(1, Life.pay)

    # --- The salary -----------------------------------------------------------------------------------

    def own_account(self, person: User) -> None:
        project = self.project
        line = SalaryLine.objects.with_case().filter(project=project).first()
        if line is None or not project.is_open or project.payees.filter(person=person).exists():
            return
        number = 500_000 + person.pk
        payee = salary.enter_account(
            by=person, line=line, cuit=make_cuit(person.pk, "20"), cbu=grants.make_cbu(number), now=self.now
        )
        self.after(2, Life.check_payee, payee)

    def hand_in_months(self) -> None:
        """Every ten days: each month that was counted and is owed, by whoever earned it."""
        project = self.project
        if project.is_running:
            for month in project.salary_months.filter(status__in=SalaryMonth.OWED).with_case().order_by("pk"):
                self._hand_in(month)
            self.after(1, Life.pay)
        if project.is_open:
            self.after(10, Life.hand_in_months)

    def _hand_in(self, month: SalaryMonth) -> None:
        told = said(month, invoice_number=f"1-{month.pk:08d}-{month.version}", invoice_on=self.today)
        salary.hand_in(by=month.person, month=month, now=self.now, **told)
        self.count("month handed in")
        self.after(2, Life.judge_month, month)

    @while_running
    def judge_month(self, month: SalaryMonth) -> None:
        month = SalaryMonth.objects.with_case().get(pk=month.pk)
        if self.once("salary returned"):
            data = {"remark": "The invoice is of another month."}
            SALARY.apply(month, "return", by=self.cast.officer, now=self.now, data=data)
            return
        sentence = SALARY.refusal(
            month, SALARY.by_name["accept"], by=self.cast.officer, now=self.now, data={}
        )
        if "have changed since" in sentence:
            # Somebody was confirmed for days of the month after it was handed in.
            data = {"remark": "The days in office have changed."}
            SALARY.apply(month, "return", by=self.cast.officer, now=self.now, data=data)
            self.count("month counted anew")
            return
        SALARY.apply(month, "accept", by=self.cast.officer, now=self.now)
        self.count("month accepted")
        self.after(1, Life.pay)

    # --- Changes --------------------------------------------------------------------------------------

    @while_running
    def replace(self) -> None:
        if self.once("replaced"):
            self.nominate("Found another job.")

    @while_running
    def stand_in(self) -> None:
        if self.once("stood in for"):
            self.nominate("Is ill.", 12)

    def _ask(self, kind: str, story: str, lines: dict[str, Any]) -> None:
        asked = amendments.ask(self.project, kind, now=self.now, lines=lines)
        assert asked.for_approver == (story != "small amendment")
        self.after(4, Life.decide, asked, story)

    def _two_lines(self) -> tuple[Any, Any]:
        first, second = [row for row in in_force.lines_on(self.project) if row.category != "coordination"]
        return first, second

    @while_running
    def ask_small(self) -> None:
        """Money moves between two lines within the call's tolerance: an officer decides."""
        self._ask("budget", "small amendment", self._moved(Decimal("0.03")))

    @while_running
    def ask_large(self) -> None:
        """The same, above it: an approver decides."""
        self._ask("budget", "large amendment", self._moved(Decimal("0.15")))

    def _moved(self, part: Decimal) -> dict[str, Any]:
        """So much of the smaller line goes to the larger one, of both shares."""
        one, other = sorted(self._two_lines(), key=lambda row: row.programme_share)
        programme, group = cents(one.programme_share * part), cents(one.group_share * part)
        return {
            str(one.pk): _shares(one.programme_share - programme, one.group_share - group),
            str(other.pk): _shares(other.programme_share + programme, other.group_share + group),
        }

    @while_running
    def ask_amount(self) -> None:
        """More or less of the first line. While a payment is under way this waits."""
        project = self.project
        if Disbursement.objects.awaiting_confirmation().filter(tranche__project=project).exists():
            return self.after(3, Life.ask_amount)
        part = Decimal("1.10") if "more money" in self.fate else Decimal("0.93")
        line = self._two_lines()[0]
        lines = {str(line.pk): _shares(cents(line.programme_share * part), cents(line.group_share * part))}
        return self._ask("amount", "more money" if part > 1 else "less money", lines)

    @while_running
    def decide(self, asked: Amendment, story: str) -> None:
        asked = Amendment.objects.get(pk=asked.pk)
        if asked.status != Amendment.Status.SUBMITTED:
            return None
        under_way = Disbursement.objects.awaiting_confirmation().filter(tranche__project=asked.project)
        if asked.kind == "amount" and under_way.exists():
            return self.after(3, Life.decide, asked, story)
        if self.once("amendment returned"):
            data = {"reason": "Say what for."}
            AMENDMENT.apply(asked, "return_amendment", by=self.cast.officer, now=self.now, data=data)
            return self.after(3, Life.send_again, asked, story)
        amendments.approve(
            asked, now=self.now, by=self.cast.approver if asked.for_approver else self.cast.officer
        )
        self.count(story)
        return None

    @while_running
    def send_again(self, asked: Amendment, story: str) -> None:
        """By whoever reports now; what another amendment changed meanwhile is set anew by the rules."""
        asked = Amendment.objects.get(pk=asked.pk)
        AMENDMENT.apply(asked, "submit", by=self.project.reporter_on(self.today), now=self.now)
        self.after(3, Life.decide, asked, story)

    def suspend(self) -> None:
        if self.project.is_running:
            self.once("suspended")
            self.act("suspend", self.cast.officer, reason="A flood.")
            self.after(self.draw.randint(8, 40), Life.resume)

    def resume(self) -> None:
        if self.project.status == Project.Status.SUSPENDED:
            self.act("resume", self.cast.officer, reason="The water is gone.")
            self.after(1, Life.pay)

    # --- What comes back, and the end -------------------------------------------------------------------

    def _ask_refund(self, why: str, amount: Decimal, **more: Any) -> Refund:
        self.count(f"refund: {why}")
        return money.refund(
            self.project,
            amount,
            why=why,
            by=self.cast.finance,
            due_on=self.today + 20 * DAY,
            now=self.now,
            **more,
        )

    @while_running
    def ask_back(self) -> None:
        """A part of what was paid and not proven is not needed. The first receipt is not found at the bank."""
        free = ledger.figures_of(self.project).to_prove
        if free <= ZERO:
            return self.after(10, Life.ask_back)
        mistake = self._ask_refund(Refund.Why.UNSPENT, cents(free / 20))
        data = {"reason": "A mistake."}
        REFUND.apply(mistake, "cancel", by=self.cast.finance, now=self.now, data=data)
        asked = self._ask_refund(Refund.Why.UNSPENT, cents(free / 10))
        self.once("refund")
        return self.after(4, Life.give_back, asked, True)

    def give_back(self, asked: Refund, lost: bool = False) -> None:
        asked = Refund.objects.get(pk=asked.pk)
        left = asked.amount - asked.announced()
        given = money.receipt(
            asked,
            left,
            by=self.representative,
            paid_on=self.today,
            reference=f"T-{asked.pk}-{self.today}",
            now=self.now,
        )
        self.after(2, Life.look_for, given, lost)

    def look_for(self, given: Any, lost: bool) -> None:
        if lost:
            data = {"reason": "The bank knows nothing of it."}
            refunds.check_receipt(
                by=self.cast.finance2, receipt=given, name="refuse", now=self.now, data=data
            )
            self.count("receipt refused")
            self.after(3, Life.give_back, given.refund)
        else:
            refunds.check_receipt(by=self.cast.finance2, receipt=given, name="confirm", now=self.now)
            self.count("money came back")

    def terminate(self) -> None:
        """Nothing may be under way: an order is cancelled first. What was paid and is not proven is asked back."""
        if self.project.is_open and self.project.first_day and "heard" not in self.done:
            self.done.add("heard")
            grants.hear(self.project, by=self.cast.officer, now=self.now)
            return self.after(3, Life.terminate)
        if self._leaves("terminated"):
            self.act("terminate", self.cast.approver, reason="The group fell apart.")
            self._ask_rest_back()
        return None

    def renounce(self) -> None:
        if self.project.status == Project.Status.SUSPENDED:
            return self.after(6, Life.renounce)
        if self._leaves("renounced"):
            self.act("renounce", self.representative, reason="Two firms left.")
            self._ask_rest_back()
        return None

    def _leaves(self, story: str) -> bool:
        if not self.project.is_open or not self.once(story):
            return False
        for payment in Disbursement.objects.awaiting_confirmation().filter(tranche__project=self.project):
            data = {"reason": "The project ends."}
            DISBURSEMENT.apply(payment, "cancel", by=self.cast.finance, now=self.now, data=data)
            self.count("order cancelled")
        return True

    def _ask_rest_back(self) -> None:
        figures = ledger.figures_of(self.project)
        if figures.to_prove > ZERO:
            asked = self._ask_refund(Refund.Why.TERMINATION, figures.to_prove)
            self.after(9, Life.give_back, asked)

    @while_running
    def begin_closing(self) -> None:
        if self.project.status == Project.Status.ACTIVE:
            self.act("start_closing", self.cast.officer)
        self.after(2, Life.pay)
        self.after(9, Life.settle)

    @while_running
    def settle(self) -> None:
        """What was paid and is not due comes back, with its interest."""
        open_ones = Expense.objects.of_project(self.project).open()
        under_way = Disbursement.objects.awaiting_confirmation().filter(tranche__project=self.project)
        if open_ones.exists() or under_way.exists() or self.project.refunds.asked().exists():
            return self.after(5, Life.settle)
        if back := worked_out(self.project).to_return:
            self.after(3, Life.give_back, self._ask_refund(Refund.Why.UNSPENT, back))
        if "interest" not in self.done and self.draw.random() < 0.5:
            self.done.add("interest")
            interest = Decimal(self.draw.randint(1, 1_000_000)) / 100
            self.after(4, Life.give_back, self._ask_refund(Refund.Why.INTEREST, interest))
        return self.after(12, Life.close)

    @while_running
    def close(self) -> None:
        """The account is matched, sureties are let go, and the settlement is frozen."""
        money.match_account(self.project, by=self.representative, now=self.now)
        for surety in self.project.sureties.held():
            SURETY.apply(surety, "release", by=self.cast.finance, now=self.now)
        close = PROJECT.by_name["close"]
        sentence = PROJECT.refusal(self.project, close, by=self.cast.officer, now=self.now, data={})
        if sentence:
            self.tries += 1
            assert self.tries < TRIES, f"it does not close: {sentence}"
            self.after(5, Life.settle)
        else:
            self.act("close", self.cast.officer)
            self.count("closed")


def _shares(programme: Decimal, group: Decimal) -> dict[str, str]:
    return {"programme": f"{programme:.2f}", "group": f"{group:.2f}"}
