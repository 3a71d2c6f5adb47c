"""Amounts by line: what they may be, and what the call has for them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from applications.models import Application, Call
from applications.scoring import in_words
from core.money import ZERO, cents, format_money


def read_amounts(obj: Application, data: Mapping[str, Any]) -> dict[int, Decimal]:
    """The amounts of a form by line. Raises ValueError with the sentence when they cannot be."""
    lines = {line.pk: line for line in obj.lines.all()}
    given = data.get("amounts") or {}
    if set(given) - set(lines):
        raise ValueError(_("An amount belongs to a cost that is not in this budget."))
    if set(lines) - set(given):
        raise ValueError(_("Say an amount for every cost; it may be zero."))
    amounts = {}
    for pk, line in lines.items():
        try:
            amount = Decimal(given[pk])
            exact = amount.is_finite() and amount == cents(amount)
        except (InvalidOperation, TypeError, ValueError):
            exact = False
        if not exact:
            raise ValueError(_("“%(line)s”: write an amount in pesos.") % {"line": line.description})
        if not ZERO <= amount <= line.programme_share:
            words = {"line": line.description, "most": format_money(line.programme_share)}
            raise ValueError(_("“%(line)s”: the amount must be between zero and %(most)s.") % words)
        amounts[pk] = cents(amount)
    return amounts


def below_pass_mark(obj: Application, score: Decimal | None) -> str:
    if score is not None and score < obj.call.pass_mark:
        words = {"score": in_words(score), "mark": in_words(obj.call.pass_mark)}
        return _("Its score is %(score)s points, and the call asks for %(mark)s.") % words
    return ""


def above_project(call: Call, amount: Decimal) -> str:
    if amount > call.max_per_project:
        words = {"most": format_money(call.max_per_project), "amount": format_money(amount)}
        return _("This call pays at most %(most)s per project; these amounts make %(amount)s.") % words
    return ""


def approval_adds_up(obj: Application, *, by, now, data) -> str:
    if not data:
        return ""
    try:
        amount = sum(read_amounts(obj, data).values(), ZERO)
    except ValueError as wrong:
        return str(wrong)
    if amount <= ZERO:
        return _("An approval needs an amount above zero in at least one line.")
    return above_project(obj.call, amount)


def within_envelope(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 6.4, asked under the call's row lock, so that of two at the same second the second is refused."""
    # The engine locked it already, unless the page showed a state that money has nothing to do with.
    locks = bool(data) and connection.in_atomic_block
    call = Call.objects.select_for_update(no_key=True).get(pk=obj.call_id) if locks else obj.call
    left = call.envelope - call.entries.committed()
    if not data:
        return "" if left > ZERO else _("No money is left in the envelope of the call.")
    try:
        amount = sum(read_amounts(obj, data).values(), ZERO)
    except ValueError:
        return ""
    if amount > left:
        words = {"amount": format_money(amount), "left": format_money(left)}
        return _("The envelope of the call has %(left)s left; these amounts make %(amount)s.") % words
    return ""


def passes(obj: Application, *, by, now, data) -> str:
    """What is approved, or waits for money, has reached the pass mark."""
    latest = next(iter(obj.recommendations.all()), None)
    return below_pass_mark(obj, latest.score if latest else None)
