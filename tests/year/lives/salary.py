"""The coordinator's salary: an account of one's own, and each month with its invoice."""

from accounts.models import User
from grants.models import SalaryLine, SalaryMonth
from grants.salary import actions as salary
from grants.workflow import SALARY
from tests import factories_grants as grants
from tests.factories_groups import make_cuit
from tests.grants.salary.rows import said
from tests.year.lives.base import Steps, while_running


class Salaries(Steps):
    """In the projects whose call pays one."""

    def own_account(self, person: User) -> None:
        project = self.project
        line = SalaryLine.objects.with_case().filter(project=project).first()
        if line is None or not project.is_open or project.payees.filter(person=person).exists():
            return
        number = 500_000 + person.pk
        payee = salary.enter_account(
            by=person, line=line, cuit=make_cuit(person.pk, "20"), cbu=grants.make_cbu(number), now=self.now
        )
        self.after(2, self.check_payee, payee)

    def hand_in_months(self) -> None:
        """Every ten days: each month that was counted and is owed, by whoever earned it."""
        project = self.project
        if project.is_running:
            for month in project.salary_months.filter(status__in=SalaryMonth.OWED).with_case().order_by("pk"):
                self._hand_in(month)
            self.after(1, self.pay)
        if project.is_open:
            self.after(10, self.hand_in_months)

    def _hand_in(self, month: SalaryMonth) -> None:
        told = said(month, invoice_number=f"1-{month.pk:08d}-{month.version}", invoice_on=self.today)
        salary.hand_in(by=month.person, month=month, now=self.now, **told)
        self.count("month handed in")
        self.after(2, self.judge_month, month)

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
        self.after(1, self.pay)
