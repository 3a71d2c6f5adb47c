"""Which invoices bought a machine: those that may be chosen, linking them, and what the trail of a peso shows (grants.trail)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from applications.models import BudgetCategory
from core import timeline
from core.models import Case
from core.workflow import TransitionRefused
from grants.models import Expense, Project
from grants.trail import Asset
from reports.ledgers.models import Machine
from reports.machines.models import MachineInvoice

# Handed in, and not rejected.
MAY_BE_LINKED = (Expense.Status.SUBMITTED, Expense.Status.QUERIED, Expense.Status.VERIFIED)


def choices_of(project: Project) -> QuerySet[Expense]:
    """The vouchers of a project that can have bought a machine: handed in, of fixed investment."""
    found = Expense.objects.of_project(project).filter(
        status__in=MAY_BE_LINKED, line__category=BudgetCategory.FIXED_INVESTMENT
    )
    return found.exclude(kind=Expense.Kind.RECORD).select_related("statement").order_by("issued_on", "pk")


def set_invoices(machine: Machine, expenses: Iterable[Expense], *, by, now: dt.datetime) -> None:
    """Exactly these bought the machine, while its report is written. The caller holds the locks."""
    chosen = _chosen(machine, expenses)
    machine.invoices.exclude(expense__in=chosen).delete()
    there = set(machine.invoices.values_list("expense_id", flat=True))
    _link(machine, sorted(chosen - there), by=by, now=now)


def _chosen(machine: Machine, expenses: Iterable[Expense]) -> set[int]:
    """The ids of expenses that can have bought a machine. Raises TransitionRefused if one of them cannot."""
    chosen = {expense.pk for expense in expenses}
    if chosen - set(choices_of(machine.project).values_list("pk", flat=True)):
        raise TransitionRefused(_("Choose expenses of fixed investment that were handed in."))
    return chosen


def _link(machine: Machine, expenses: Iterable[int], *, by, now: dt.datetime) -> None:
    MachineInvoice.objects.bulk_create(
        MachineInvoice(machine=machine, expense_id=pk, linked_by=by, linked_at=now) for pk in expenses
    )


@transaction.atomic
def link(*, by, machine: Machine, expenses: Collection[Expense], now: dt.datetime) -> None:
    """Say which invoices bought a machine, after its report was accepted. What was said stays.

    Raises NotAllowed or TransitionRefused.
    """
    case = Case.objects.select_for_update().get(pk=machine.case.pk)
    machine = Machine.objects.with_case().get(pk=machine.pk)
    require(by, Action.KEEP_MACHINE, machine)
    if machine.report.status != "accepted":
        raise TransitionRefused(_("Its report is not accepted yet: change it there."))
    if not expenses:
        raise TransitionRefused(_("Choose at least one invoice."))
    chosen = _chosen(machine, expenses)
    if machine.invoices.filter(expense__in=chosen).exists():
        raise TransitionRefused(_("Somebody said so already."))
    _link(machine, sorted(chosen), by=by, now=now)
    timeline.record(
        case, "machine.invoices", by=by, now=now, obj=machine, machine=machine.name, number=len(chosen)
    )


def assets_of(expenses: Collection[int]) -> dict[int, list[Asset]]:
    """The machines that each expense bought, of accepted reports, by the expense's id. One query."""
    found: defaultdict[int, list[Asset]] = defaultdict(list)
    rows = MachineInvoice.objects.filter(expense__in=expenses, machine__report__status="accepted")
    for row in rows.select_related("machine").order_by("machine__name", "pk"):
        machine = row.machine
        found[row.expense_id].append(
            Asset(machine.name, machine.serial_number, reverse("machine_detail", args=[machine.pk]))
        )
    return found
