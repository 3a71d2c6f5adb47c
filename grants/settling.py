"""The final settlement of a project: what is due of its grant, line by line, and what is missing before it closes
(PROGRAMME 10, Settlement).

The arithmetic itself is grants.expenses.counting.Settlement; here its figures are read, and frozen at closing.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import together
from core.money import ZERO, cents, format_money
from grants.amendments import in_force
from grants.expenses.counting import Settlement
from grants.ledger import figures_of
from grants.models import Expense, FinalSettlement, Project, Refund


def worked_out(project: Project) -> Settlement:
    """From what is verified, paid and given back now."""
    figures, call = figures_of(project), project.call
    # The counterpart that goes with the base, in the proportion of the approved budget.
    verified = Expense.objects.of_project(project).verified().order_by().values_list("line__category", "kind")
    read = together.read(
        **in_force.lists(project),
        sums=verified.annotate(programme=Sum("programme_share"), group=Sum("group_share")),
    )
    promised = sum((line.group_share for line in in_force.plan_from(project, read).lines), ZERO)
    programme = group = in_kind = ZERO
    by_category: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for category, kind, from_programme, from_group in read["sums"]:
        programme += from_programme
        group += from_group
        by_category[category] += from_programme + from_group
        if kind == Expense.Kind.RECORD:
            in_kind += from_group
    # Above the call's cap what was given in kind does not count (PROGRAMME 10, Counterpart).
    group -= max(in_kind - cents(promised * call.in_kind_cap / 100), ZERO)
    cap = sum((call.highest_share(category, cost) for category, cost in by_category.items()), ZERO)
    # A salary is the programme's whole, and is proven as it is paid.
    programme, cap = programme + figures.salary, cap + figures.salary
    approved = project.approved_amount
    base = min(approved, programme, cap)
    line = getattr(project, "salary_line", None)
    # What the counterpart goes with: all but the salary.
    shared = approved - (line.amount if line else ZERO)
    return Settlement(
        approved=approved,
        proven_programme=programme,
        proven_group=group,
        group_due=cents(promised * (base - figures.salary) / shared) if shared else ZERO,
        salary=figures.salary,
        paid=figures.paid,
        returned=figures.returned,
        cap=cap,
    )


@dataclass(frozen=True)
class Line:
    """One line of the arithmetic: what it is, how much, and from what it follows."""

    label: str
    amount: Decimal
    note: str = ""
    is_result: bool = False


def lines_of(found: Settlement) -> list[Line]:
    """The arithmetic in the reader's language, from the approved amount to the balance."""
    lines = [
        Line(_("Approved amount"), found.approved),
        Line(_("Programme share of the verified cost"), found.proven_programme),
    ]
    if found.cap is not None:
        lines.append(Line(_("Most that the call's shares allow of the verified cost"), found.cap))
    lines.append(Line(_("The lowest of them"), found.base, is_result=True))
    if found.salary:
        lines.append(Line(_("Of it, the coordinator's salary: it asks for no counterpart"), found.salary))
    lines += [
        Line(
            _("Counterpart that goes with it"), found.group_due, _("in the proportion of the approved budget")
        ),
        Line(_("Counterpart that was verified"), found.proven_group),
    ]
    missing = max(found.group_due - found.proven_group, ZERO)
    if missing:
        lines.append(
            Line(
                _("Less, for the counterpart that is missing"),
                found.due - found.base,
                _("%(base)s × %(proven)s ÷ %(due)s")
                % {
                    "base": format_money(found.base - found.salary),
                    "proven": format_money(found.proven_group),
                    "due": format_money(found.group_due),
                },
            )
        )
    return [
        *lines,
        Line(_("Grant due"), found.due, is_result=True),
        Line(_("Paid"), found.paid),
        Line(_("Given back"), -found.returned),
        Line(_("Still to give back"), found.to_return, is_result=True),
        Line(_("Still to pay"), found.to_pay, is_result=True),
    ]


# --- What closing asks for --------------------------------------------------------------------------------


def no_open_expense(project: Project, *, by, now, data) -> str:
    """Each expense was verified or rejected (PROGRAMME 5)."""
    waiting = Expense.objects.of_project(project).open().count()
    if not waiting:
        return ""
    return ngettext(
        "%(n)s expense is not judged yet: it is verified, rejected, or taken out first.",
        "%(n)s expenses are not judged yet: each is verified, rejected, or taken out first.",
        waiting,
    ) % {"n": waiting}


def balance_is_settled(project: Project, *, by, now, data) -> str:
    """What was paid is due, or came back; and what the programme owes was paid, as far as a tranche of the grant can still
    pay it: closing would cancel it."""
    found = worked_out(project)
    if found.to_return:
        return _("%(amount)s of what was paid are neither due nor given back.") % {
            "amount": format_money(found.to_return)
        }
    tranches = [row for row in project.tranches.all() if not row.is_salary]
    prefetch_related_objects(tranches, "disbursements")
    unpaid = [row for row in tranches if row.state in ("open", "failed")]
    if not unpaid or not found.to_pay:
        return ""
    return _("%(amount)s of the grant due are still to pay: finance first orders tranche %(number)s.") % {
        "amount": format_money(found.to_pay),
        "number": unpaid[0].number,
    }


def refunds_are_settled(project: Project, *, by, now, data) -> str:
    """Nothing that was asked back is outstanding; interest too."""
    asked = next((row for row in project.refunds.all() if row.status == Refund.Status.ASKED), None)
    if asked is None:
        return ""
    return _("Refund %(number)s is still to be given back.") % {"number": asked.number}


def missing_of(project: Project, guards: Any, *, by, now: dt.datetime) -> list[str]:
    """What still stands against closing, each in a sentence."""
    found = (guard(project, by=by, now=now, data={}) for guard in guards)
    return [sentence for sentence in found if sentence]


def freeze(project: Project, *, by, now, data) -> None:
    """Write the settlement down as it stands (an effect of closing)."""
    found = worked_out(project)
    FinalSettlement.objects.create(
        project=project,
        approved=found.approved,
        proven_programme=found.proven_programme,
        proven_group=found.proven_group,
        cap=found.cap or ZERO,
        group_due=found.group_due,
        salary=found.salary,
        paid=found.paid,
        returned=found.returned,
        interest=figures_of(project).interest,
        due=found.due,
        frozen_by=by,
        frozen_at=now,
    )
    data["due"] = found.due
