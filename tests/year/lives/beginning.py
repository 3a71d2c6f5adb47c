"""From the opening of a project to its first day: who is paid, who coordinates, and the agreement."""

import datetime as dt

from accounts.models import User
from grants import actions
from grants.models import Payee
from groups.actions import people
from groups.models import Appointment
from groups.workflow import APPOINTMENT
from tests import factories_grants as grants
from tests.cast import make_person
from tests.year.lives.base import DAY, Steps


class Beginning(Steps):
    """Each step leads to a project that runs, unless the group never signs."""

    def open(self) -> None:
        actions.open_project(by=self.cast.officer, application=self.application, now=self.now)
        self.after(5, self.name_payee)
        if self.plan.salary:
            self.after(1, self.nominate, "")
        if self.once("never signed"):
            self.after(45, self.lapse)
        else:
            self.after(7, self.sign)

    def name_payee(self) -> None:
        """Also anew, after the bank refused the account."""
        project = self.project
        if not project.is_open:
            return
        number = 10 * self.number + len(self.done) + project.payees.count()
        payee = grants.enter_payee(project, number=number, checked=False, now=self.now)
        self.after(2, self.check_payee, payee)

    def check_payee(self, payee: Payee) -> None:
        if self.project.is_open:
            actions.check_payee(by=self.cast.officer, payee=payee, now=self.now)
            self.after(1, self.pay)

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
        self.after(1, self.accept_post, post, person, first)

    def accept_post(self, post: Appointment, person: User, first: dt.date) -> None:
        APPOINTMENT.apply(post, "accept", by=person, now=self.now, data={"no_conflict": True})
        self.after(1, self.confirm_post, post, person, first)

    def confirm_post(self, post: Appointment, person: User, first: dt.date) -> None:
        """From some days on; whoever was there before goes the day before."""
        self.count("coordinator confirmed")
        data = {"confirmed_from": first if post.why else self.today}
        APPOINTMENT.apply(post, "confirm", by=self.cast.officer, now=self.now, data=data)
        if self.project.first_day:
            self.after(7, self.own_account, person)

    def sign(self) -> None:
        grants.sign(self.project, now=self.now)
        self.after(3, self.activate)

    def activate(self) -> None:
        project = grants.activate(self.project, now=self.now)
        self.count("activate")
        if self.plan.salary:
            self.after(2, self.own_account, project.coordinator_on(self.today))
            self.after(35, self.hand_in_months)
        if self.plan.needs_surety:
            self.after(2, self.insure)
        self.after(3, self.pay)
        for report in project.reports.order_by("number"):
            self.on(report.period_to - 9 * DAY, self.spend, report.number)
            self.on(report.period_to + DAY, self.write, report.number)
        self._stories()

    def _stories(self) -> None:
        """What is special about this life, each in its own time."""
        for story, days, step in (
            ("small amendment", 15, self.ask_small),
            ("large amendment", 45, self.ask_large),
            ("more money", 30, self.ask_amount),
            ("less money", 30, self.ask_amount),
            ("suspended", 40, self.suspend),
            ("replaced", 75, self.replace),
            ("stood in for", 50, self.stand_in),
            ("terminated", 120, self.terminate),
            ("renounced", 100, self.renounce),
            ("refund", 80, self.ask_back),
        ):
            if story in self.fate:
                self.after(days + self.draw.randint(0, 14), step)

    def lapse(self) -> None:
        self.act("lapse", self.cast.approver, reason="The group never signed.")
