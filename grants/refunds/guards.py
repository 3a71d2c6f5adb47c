"""When a refund may be asked, receipts come in, and both are ended: each guard answers "" or the sentence that is read."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.money import ZERO, format_money
from grants.ledger import figures_of
from grants.models import Expense, Project, Refund, RefundReceipt
from grants.settling import worked_out

# What an asked refund, or its receipts, may still be of. An agreement that nobody signed was paid nothing.
GIVES_BACK = ("active", "closing", "suspended", "terminated")


def gives_back(project: Project) -> str:
    """Whether anything can be asked back of this project at all."""
    if project.status in GIVES_BACK:
        return ""
    return _("Nothing is asked back of a project in the state “%(state)s”.") % {
        "state": project.get_status_display()
    }


def outstanding(project: Project) -> Decimal:
    """What is asked back and did not come yet, in pesos. Interest is beside it."""
    asked: Any = project.refunds.asked().principal().with_sums()
    return sum((refund.amount - refund.came for refund in asked), ZERO)


def most_to_ask(project: Project) -> Decimal:
    """What was paid, less what came back and what is asked already, in pesos."""
    figures = figures_of(project)
    return figures.paid - figures.returned - outstanding(project)


def unspent_to_ask(project: Project) -> Decimal:
    """Of an advance: only what is neither proven nor given back, less what is asked already. Once a project closes also what
    its settlement does not find due, as where the counterpart is missing (PROGRAMME 10, Settlement)."""
    left = figures_of(project).to_prove
    if project.status not in ("active", "suspended"):
        left = max(left, worked_out(project).to_return)
    return left - outstanding(project)


def within_what_was_paid(project: Project, *, why: str, amount: Decimal) -> str:
    """Never above what was paid less what was returned; an unspent advance, never above what is not proven."""
    if why == Refund.Why.INTEREST:
        return ""
    most = most_to_ask(project)
    if amount > most:
        return _(
            "At most %(most)s can be asked back: what was paid, less what came back or is asked already."
        ) % {"most": format_money(max(most, ZERO))}
    if why != Refund.Why.UNSPENT or amount <= (most := unspent_to_ask(project)):
        return ""
    return _(
        "At most %(most)s are an advance that was not spent: what was paid, and is neither proven, nor given back, nor asked"
        " already."
    ) % {"most": format_money(max(most, ZERO))}


def names_its_expense(*, why: str, expense: Expense | None) -> str:
    """A refund of a rejected expense says which; no other one does."""
    if (why == Refund.Why.REJECTED) == (expense is not None):
        return ""
    if expense is None:
        return _("Say which rejected expense is asked back.")
    return _("Only where a rejected expense is why.")


# --- A refund ------------------------------------------------------------------------------------------


def all_of_it_came(refund: Refund, *, by, now, data) -> str:
    """It is settled when confirmed receipts cover it."""
    return "" if refund.returned() == refund.amount else _("Not all of it has come back yet.")


def nothing_came(refund: Refund, *, by, now, data) -> str:
    """What a receipt stands for is not cancelled away."""
    if refund.announced() > ZERO:
        return _("A receipt was written down for it: it is confirmed, or refused, first.")
    return ""


# --- A receipt -----------------------------------------------------------------------------------------


def receipt_refusal(refund: Refund, *, amount: Decimal | None = None) -> str:
    """Why no receipt can be written down now, in a sentence; "" when one can."""
    if refund.status != Refund.Status.ASKED:
        return _("This refund is in the state “%(state)s”.") % {"state": refund.get_status_display()}
    left = refund.amount - refund.announced()
    if left <= ZERO:
        return _("The receipts that were written down cover all of it.")
    if amount is not None and amount > left:
        return _("Receipts of %(left)s are missing: this is more.") % {"left": format_money(left)}
    return ""


def checked_by_another(receipt: RefundReceipt, *, by, now, data) -> str:
    """Nobody confirms what they wrote down themselves (PROGRAMME 3)."""
    if by is not None and receipt.written_by_id == by.pk:
        return _("You wrote this receipt down: another finance officer looks for it.")
    return ""
