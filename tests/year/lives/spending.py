"""What a project spends: a statement for each period, and what finance says of each expense."""

from decimal import Decimal
from typing import Any

from core.money import ZERO, cents
from grants.amendments import in_force
from grants.expenses.actions import correct
from grants.models import Expense, Project, Statement
from tests import factories_expenses as expenses
from tests.factories_groups import make_cuit
from tests.year.lives.base import Steps, while_running


class Spending(Steps):
    """By the end of its last period a project has spent all that its lines have, or not quite."""

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
            self.after(4, self.check, statement)

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
        self.after(1, self.pay)
