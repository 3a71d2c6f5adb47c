"""Fewer quotes than the call asks for (PROGRAMME 10): the group says why, somebody of the programme accepts it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import dates, timeline
from core.models import Case
from core.workflow import StaleObject, TransitionRefused
from grants.expenses import guards
from grants.expenses.actions import writing_part
from grants.expenses.books import Books
from grants.expenses.checks import lacks_quotes
from grants.models import Expense, FewQuotes


def say_why(*, by, expense: Expense, ground: str, now: dt.datetime, version: int | None = None) -> FewQuotes:
    """The group says why there are fewer quotes; said anew, it has to be accepted anew.

    Raises NotAllowed, StaleObject or TransitionRefused.
    """
    with writing_part(by=by, expense=expense, now=now, version=version, what="expense.few_quotes") as fresh:
        if not ground.strip():
            raise TransitionRefused(_("Say why."))
        said, _new = FewQuotes.objects.update_or_create(
            expense=fresh,
            defaults={
                "ground": ground.strip(),
                "given_by": by,
                "given_at": now,
                "accepted_by": None,
                "accepted_at": None,
            },
        )
    return said


def accept_refusal(expense: Expense, *, by, now: dt.datetime) -> str:
    """Why the ground cannot be accepted now, in a sentence; "" when it can."""
    if sentence := guards.project_runs(expense, by=by, now=now, data={}):
        return sentence
    if not expense.waits_to_be_judged:
        return _("This expense does not wait to be judged.")
    said = FewQuotes.objects.filter(expense=expense).first()
    if said is None:
        return _("The group has not said why there are fewer quotes.")
    if said.is_accepted:
        return _("This was accepted already.")
    if not lacks_quotes(expense, Books(expense.project, dates.day_of(now))):
        return _("There are as many quotes as the call asks for.")
    return ""


def accept(*, by, expense: Expense, now: dt.datetime, version: int | None = None) -> FewQuotes:
    """Somebody of the programme lets the ground stand. Raises NotAllowed, StaleObject or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=expense.case.pk)
        expense = Expense.objects.select_for_update().get(pk=expense.pk)
        require(by, Action.ACCEPT_FEW_QUOTES, expense)
        if version is not None and version != expense.version:
            raise StaleObject
        if sentence := accept_refusal(expense, by=by, now=now):
            raise TransitionRefused(sentence)
        said = FewQuotes.objects.get(expense=expense)
        said.accepted_by, said.accepted_at = by, now
        said.save(update_fields=["accepted_by", "accepted_at"])
        expense.version += 1
        expense.save(update_fields=["version"])
        timeline.record(
            case,
            "expense.few_quotes_accepted",
            by=by,
            now=now,
            obj=expense,
            statement=expense.statement.number,
            expense=expense.pk,
        )
    return said
