"""What the rules on expenses compare with: read once for a project, in one query, however many expenses are looked at."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from applications.models import BudgetQuote, Call
from core import dates, together
from core.money import ZERO
from grants.amendments import in_force
from grants.models import BaselineLine, Expense, ExpenseQuote, FewQuotes, Project, SalaryLine
from grants.models.project import Agreement
from groups.models import Appointment

Voucher = tuple[str, str, str, int | None, str]


def voucher_of(expense: Expense) -> Voucher:
    """What makes two expenses ones of the same voucher."""
    return (
        expense.supplier_cuit,
        expense.supplier_abroad,
        expense.kind,
        expense.point_of_sale,
        expense.number,
    )


@dataclass(frozen=True)
class Charge:
    """What one live expense charges, and where."""

    line: int
    programme: Decimal
    group: Decimal
    in_kind: bool = False
    verified: bool = False


@dataclass
class Books:
    """Of one project, on one day."""

    project: Project
    today: dt.date
    lines: dict[int, BaselineLine] = field(init=False)
    _read: dict[str, list[Any]] = field(init=False, repr=False)
    _vouchers: dict[Voucher, list[Expense]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._read = together.read(**self._lists())
        # What each has now: an amendment may have moved money since the approval.
        self.lines = {line.pk: line for line in in_force.plan_from(self.project, self._read).lines}

    def _lists(self) -> dict[str, QuerySet]:
        project, application = self.project, self.project.application
        places = project.group.memberships.order_by()
        charges = Expense.objects.of_project(project).live().order_by()
        posts = Appointment.objects.filter(group=project.group, status__in=["confirmed", "ended"])
        return {
            **in_force.lists(project),
            "charges": charges.values_list(
                "pk", "line_id", "programme_share", "group_share", "kind", "status"
            ),
            "salary": SalaryLine.objects.filter(project=project).values_list("pk"),
            "quotes": BudgetQuote.objects.filter(line__in=project.lines.values("source")).select_related(
                "document"
            ),
            "sent": application.submissions.order_by("number").values_list("submitted_at")[:1],
            "own": places.values_list("firm__cuit"),
            "paid": project.payees.order_by().values_list("cuit"),
            "linked": places.values_list("firm__links__cuit"),
            "posts": posts.values_list("person__full_name"),
        }

    @property
    def call(self) -> Call:
        return self.project.call

    # --- What is charged -----------------------------------------------------------------------------

    @cached_property
    def charges(self) -> dict[Any, Charge]:
        """Every live expense of the project, by its id."""
        return {
            pk: Charge(line, programme, group, kind == Expense.Kind.RECORD, status == Expense.Status.VERIFIED)
            for pk, line, programme, group, kind, status in self._read["charges"]
        }

    def sums(self, line: int | None = None, *, but: Expense | None = None) -> tuple[Decimal, Decimal]:
        """What is charged to a line, or to all of them: to the programme, and to the group. `but` is left out."""
        rows = [
            row
            for pk, row in self.charges.items()
            if line in (None, row.line) and (but is None or pk != but.pk)
        ]
        return sum((row.programme for row in rows), ZERO), sum((row.group for row in rows), ZERO)

    def in_kind(self, *, but: Expense) -> Decimal:
        """What is charged in kind, without one expense."""
        return sum((row.group for pk, row in self.charges.items() if row.in_kind and pk != but.pk), ZERO)

    def note(self, expense: Expense) -> None:
        """Count one in that is not saved yet: the next one of the same table finds less room."""
        self.charges[f"new-{len(self.charges)}"] = Charge(
            expense.line_id, expense.programme_share, expense.group_share, expense.is_in_kind
        )
        if not expense.is_in_kind:
            self.look_up([expense])
            self._vouchers[voucher_of(expense)].append(expense)

    @property
    def pays_salary(self) -> bool:
        """The programme itself pays the salary of the coordinator."""
        return bool(self._read["salary"])

    # --- Vouchers and quotes ----------------------------------------------------------------------------

    def look_up(self, expenses: Iterable[Expense]) -> None:
        """Read where the vouchers of many expenses stand, in one go."""
        asked = {voucher_of(row) for row in expenses if row.number and not row.is_in_kind}
        asked -= self._vouchers.keys()
        if not asked:
            return
        rows = Expense.objects.live().exclude(kind=Expense.Kind.RECORD)
        rows = rows.filter(number__in={key[4] for key in asked}, supplier_cuit__in={key[0] for key in asked})
        self._vouchers |= {key: [] for key in asked}
        for row in rows.select_related("statement__project__application__case").prefetch_related(
            "credit_notes"
        ):
            if voucher_of(row) in asked:
                self._vouchers[voucher_of(row)].append(row)

    def elsewhere(self, expense: Expense) -> list[Expense]:
        """The other live expenses of the same voucher, in any project: for staff alone."""
        if expense.is_in_kind or not expense.number:
            return []
        self.look_up([expense])
        return [
            row
            for row in self._vouchers[voucher_of(expense)]
            if row is not expense and (row.pk is None or row.pk != expense.pk)
        ]

    @cached_property
    def line_quotes(self) -> dict[int, list[BudgetQuote]]:
        """The quotes that the application brought, by the line of the baseline."""
        by_source = {line.source_id: line.pk for line in self.lines.values()}
        found: dict[int, list[BudgetQuote]] = {}
        for quote in self._read["quotes"]:
            found.setdefault(by_source[quote.line_id], []).append(quote)
        return found

    @cached_property
    def few_quotes(self) -> dict[int, FewQuotes]:
        """Why expenses of the project show fewer quotes than are asked for, by the expense."""
        rows = FewQuotes.objects.filter(expense__statement__project=self.project)
        return {row.expense_id: row for row in rows.select_related("given_by", "accepted_by")}

    def quotes_of(self, expense: Expense) -> list[BudgetQuote | ExpenseQuote]:
        """What counts as the quotes of an expense: those of its line, and its own."""
        own = list(expense.quotes.all()) if expense.pk else []
        return [*self.line_quotes.get(expense.line_id, ()), *own]

    # --- Who and when -----------------------------------------------------------------------------------

    @cached_property
    def first_day(self) -> dt.date | None:
        """From which day on expenses count, as the call says."""
        start = self.call.expenses_from
        if start == Call.ExpensesFrom.AGREEMENT:
            return self.project.first_day
        if start == Call.ExpensesFrom.SUBMISSION:
            return next((dates.day_of(submitted_at) for (submitted_at,) in self._read["sent"]), None)
        agreement: Agreement = self.project.agreement
        return dates.day_of(dt.datetime.fromisoformat(agreement.terms["approval"]["decided_at"]))

    @cached_property
    def own_cuits(self) -> set[str]:
        """Of the firms of the group, whoever left included, and of who is paid."""
        return {cuit for (cuit,) in [*self._read["own"], *self._read["paid"]]}

    @cached_property
    def linked_cuits(self) -> set[str]:
        """Of firms that a member declared to be linked with."""
        return {cuit for (cuit,) in self._read["linked"] if cuit}

    @cached_property
    def coordinators(self) -> list[str]:
        """The names of those who coordinate, or did."""
        return [name for (name,) in self._read["posts"] if name]
