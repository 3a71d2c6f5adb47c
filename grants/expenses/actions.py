"""What happens to expense statements across rows: begun, written in, judged. Each is one transaction, on the timeline.

Changes of state go through grants.workflow.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import documents, timeline
from core.models import Case, Document
from core.workflow import StaleObject, TransitionRefused
from grants.expenses import guards
from grants.expenses.checks import tax_counts
from grants.expenses.papers import VOUCHER
from grants.expenses.qr import agreeing
from grants.models import (
    CreditNote,
    Expense,
    ExpensePayment,
    ExpenseQuote,
    FewQuotes,
    Project,
    Statement,
)
from grants.workflow import EXPENSE, STATEMENT

# Of one statement: enough for a year of a large group, and bounded.
MOST_EXPENSES = 400
MOST_PARTS = 20
Part = ExpensePayment | CreditNote | ExpenseQuote
# What a correction takes over from what was rejected: all that was typed, and its paper.
COPIED = (
    "line", "firm", "description", "kind", "supplier_name", "supplier_cuit", "supplier_abroad", "point_of_sale", "number",
    "issued_on", "until_on", "cae", "buyer_cuit", "buyer_vat", "currency", "rate", "rate_source", "rate_on", "net", "tax",
    "perceptions", "quantity", "unit_value", "programme_share", "group_share", "document", "qr",
)  # fmt: skip


def begin_refusal(project: Project, *, by, now: dt.datetime) -> str:
    """Why no statement can be begun now, in a sentence; "" when one can."""
    blank = Statement(project=project)
    for guard in (guards.project_runs, guards.reports_for_the_group):
        if sentence := guard(blank, by=by, now=now, data={}):
            return sentence
    return ""


def open_statement(*, by, project: Project, now: dt.datetime) -> Statement:
    """The statement of a project that is open; begun when there is none. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        require(by, Action.EDIT_EXPENSE, project)
        if found := project.statements.filter(status=Statement.Status.OPEN).first():
            return found
        if sentence := begin_refusal(project, by=by, now=now):
            raise TransitionRefused(sentence)
        last = project.statements.order_by("-number").values_list("number", flat=True).first() or 0
        statement = Statement.objects.create(project=project, number=last + 1, opened_at=now, opened_by=by)
        timeline.record(
            case, "statement.begin", by=by, now=now, obj=statement, to_state="open", number=statement.number
        )
    return statement


def writing_refusal(statement: Statement, expense: Expense | None, *, by, now: dt.datetime) -> str:
    """Why an expense cannot be changed now, or without one none be added, in a sentence: before somebody fills in a form. "" when
    it can."""
    for guard in (guards.project_runs, guards.reports_for_the_group):
        if sentence := guard(statement, by=by, now=now, data={}):
            return sentence
    if expense is None:
        return "" if statement.status == Statement.Status.OPEN else _handed_in()
    return "" if expense.may_be_written else _not_any_more(expense)


def _handed_in() -> str:
    return _("This statement was handed in: nothing is added to it.")


def _not_any_more(expense: Expense) -> str:
    return _("This is not possible any more: the state is now “%(state)s”.") % {
        "state": expense.get_status_display()
    }


@contextmanager
def _writing(statement: Statement, *, by, now: dt.datetime, what: str, **noted: Any) -> Iterator[Statement]:
    """One change of what a statement holds: locked, permitted, on the timeline. What only the database sees, since two saved
    at the same second, is said like a refusal of ours."""
    try:
        with _locked(statement, by=by, now=now, what=what, **noted) as fresh:
            yield fresh
    except IntegrityError as error:
        raise TransitionRefused(_said_by_database(error)) from error


@contextmanager
def _locked(statement: Statement, *, by, now: dt.datetime, what: str, **noted: Any) -> Iterator[Statement]:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=statement.case.pk)
        fresh = Statement.objects.select_for_update(no_key=True).get(pk=statement.pk)
        require(by, Action.EDIT_EXPENSE, fresh)
        for guard in (guards.project_runs, guards.reports_for_the_group):
            if sentence := guard(fresh, by=by, now=now, data={}):
                raise TransitionRefused(sentence)
        yield fresh
        # What waits for the commit is asked here, where it can still be said.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS voucher_once, credit_of_voucher IMMEDIATE")
        fresh.version += 1
        fresh.save(update_fields=["version"])
        timeline.record(case, what, by=by, now=now, obj=fresh, number=fresh.number, **noted)


def save_expense(
    *,
    by,
    statement: Statement,
    expense: Expense,
    now: dt.datetime,
    version: int | None = None,
    payment: ExpensePayment | None = None,
    upload: Any = None,
) -> Expense:
    """Add an expense to an open statement, or change one that is a draft or was asked about. `expense` carries the new
    values; `version` is what the page showed. With a `payment` it was paid in one go: that is added.

    Raises NotAllowed, StaleObject or TransitionRefused, and then nothing has changed.
    """
    with _writing(statement, by=by, now=now, what="expense.edited") as fresh:
        _check_place(expense, fresh, version)
        if upload:
            expense.document = _stored(upload, fresh, by=by, now=now)
        _save(expense, fresh, payment)
    return expense


def add_expenses(
    *, by, statement: Statement, rows: list[tuple[Expense, ExpensePayment | None]], now: dt.datetime
) -> None:
    """Add all of them to an open statement, or none: the rows of a table that somebody brought. Raises as `save_expense`."""
    with _writing(statement, by=by, now=now, what="expense.imported", expenses=len(rows)) as fresh:
        for expense, payment in rows:
            _check_place(expense, fresh, None)
            _save(expense, fresh, payment)


def _save(expense: Expense, statement: Statement, payment: ExpensePayment | None) -> None:
    expense.statement = statement
    expense.tax_counts = tax_counts(statement.project.call, expense.buyer_vat)
    expense.from_qr = agreeing(expense.qr, expense) if expense.qr else []
    expense.version += 1
    expense.save()
    # What was accepted of its quotes was accepted of what it said then.
    FewQuotes.objects.filter(expense=expense).update(accepted_by=None, accepted_at=None)
    if payment is not None:
        payment.expense = expense
        payment.save(force_insert=True)


def _stored(upload: Any, statement: Statement, *, by, now: dt.datetime) -> Document:
    return documents.store(
        case=statement.case, kind=VOUCHER, owner_id=statement.pk, upload=upload, by=by, now=now
    )


def correct(*, by, expense: Expense, now: dt.datetime) -> Expense:
    """Write what was rejected into the open statement anew, with its paper, payments, credit notes and quotes, to be
    corrected there (PROGRAMME 5). Once: a second time answers the same. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        statement = open_statement(by=by, project=expense.project, now=now)
        with _writing(statement, by=by, now=now, what="expense.corrected") as fresh:
            old = Expense.objects.select_for_update().get(pk=expense.pk)
            if old.status != Expense.Status.REJECTED:
                raise TransitionRefused(_("Only what was rejected is corrected in another statement."))
            if again := Expense.objects.filter(corrects=old).first():
                return again
            new = Expense(**{name: getattr(old, name) for name in COPIED}, corrects=old)
            _check_place(new, fresh, None)
            _save(new, fresh, None)
            for parts in (old.payments, old.credit_notes, old.quotes):
                for part in parts.all():
                    part.pk, part._state.adding, part.expense = None, True, new
                    part.save(force_insert=True)
            if said := FewQuotes.objects.filter(expense=old).first():
                said.pk, said._state.adding, said.expense = None, True, new
                said.accepted_by = said.accepted_at = None
                said.save(force_insert=True)
    return new


def _check_place(expense: Expense, statement: Statement, version: int | None) -> None:
    if expense.pk is None:
        if statement.status != Statement.Status.OPEN:
            raise TransitionRefused(_handed_in())
        if statement.expenses.count() >= MOST_EXPENSES:
            raise TransitionRefused(
                _("There can be at most %(n)d expenses in one statement.") % {"n": MOST_EXPENSES}
            )
        return
    saved = statement.expenses.select_for_update().filter(pk=expense.pk).first()
    if saved is None:
        raise TransitionRefused(_("Somebody took it out already."))
    if not saved.may_be_written:
        raise TransitionRefused(_not_any_more(saved))
    if version is not None and version != saved.version:
        raise StaleObject
    expense.version, expense.status = saved.version, saved.status


def add_part(
    *,
    by,
    expense: Expense,
    part: Part,
    now: dt.datetime,
    version: int | None = None,
    upload: Any = None,
) -> None:
    """Write down a payment, a credit note or a quote (with its file) of an expense that is a draft or was asked about.

    Raises NotAllowed, StaleObject or TransitionRefused, and then nothing has changed.
    """
    with writing_part(by=by, expense=expense, now=now, version=version) as fresh:
        if type(part)._default_manager.filter(expense=fresh).count() >= MOST_PARTS:
            raise TransitionRefused(_("There can be at most %(n)d of them.") % {"n": MOST_PARTS})
        part.expense = fresh
        if isinstance(part, ExpenseQuote):
            part.document = _stored(upload, fresh.statement, by=by, now=now)
        part.save(force_insert=True)


def remove_part(*, by, expense: Expense, part: Part, now: dt.datetime, version: int | None = None) -> None:
    """Take a payment, a credit note or a quote out again. Its paper stays with the case."""
    with writing_part(by=by, expense=expense, now=now, version=version) as fresh:
        type(part)._default_manager.filter(pk=part.pk, expense=fresh).delete()


@contextmanager
def writing_part(
    *, by, expense: Expense, now: dt.datetime, version: int | None, what: str = "expense.edited"
) -> Iterator[Expense]:
    """One change of what goes with an expense that is a draft or was asked about: locked, permitted, on the timeline.
    Raises NotAllowed, StaleObject or TransitionRefused."""
    with _writing(expense.statement, by=by, now=now, what=what) as statement:
        _check_place(expense, statement, version)
        fresh = statement.expenses.get(pk=expense.pk)
        yield fresh
        fresh.version += 1
        fresh.save(update_fields=["version"])


def _said_by_database(error: IntegrityError) -> str:
    """What a refusal of the database means to the person."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    said = {
        "expense_within_line": _(
            "Meanwhile something else was charged to this line: too little is left of it."
        ),
        "expenses_within_approved_amount": _("Meanwhile something else was charged: too little is left."),
        "voucher_within_itself": _("This voucher is on record already, and all of it is charged."),
        "expense_within_voucher": _("More is charged than the voucher counts for."),
        "in_kind_within_cap": _("Meanwhile something else was given in kind: too little is left of the cap."),
        "credit_note_once": _("The same credit note stands there twice."),
    }
    if name not in said:
        raise error
    return said[name]


def remove_expense(*, by, expense: Expense, now: dt.datetime, version: int | None = None) -> None:
    """Take a draft out of its statement. Its paper stays with the case."""
    with _writing(expense.statement, by=by, now=now, what="expense.removed") as fresh:
        saved = fresh.expenses.select_for_update().filter(pk=expense.pk).first()
        if saved is None:
            raise TransitionRefused(_("Somebody took it out already."))
        if saved.status != Expense.Status.DRAFT:
            raise TransitionRefused(_("What was handed in stays on record."))
        if version is not None and version != saved.version:
            raise StaleObject
        saved.delete()


def judge(
    *, by, expense: Expense, name: str, now: dt.datetime, version: int | None = None, data: dict | None = None
) -> Expense:
    """Verify, reject or query an expense; with the last one its statement is settled. `name` is the transition's.

    Raises NotAllowed, StaleObject or TransitionRefused.
    """
    with transaction.atomic():
        expense = EXPENSE.apply(expense, name, by=by, now=now, version=version, data=data)
        statement = Statement.objects.get(pk=expense.statement_id)
        if not STATEMENT.refusal(statement, STATEMENT.by_name["settle"], by=None, now=now, data={}):
            expense.statement = STATEMENT.apply(statement, "settle", by=None, now=now)
    return expense


def give_ground(
    *, by, expense: Expense, ground: str, now: dt.datetime, version: int | None = None
) -> Expense:
    """An officer says why a supplier stands who is of the group (PROGRAMME 10). Raises NotAllowed, StaleObject or
    TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=expense.case.pk)
        expense = Expense.objects.select_for_update().get(pk=expense.pk)
        require(by, Action.GROUND_SUPPLIER, expense)
        if version is not None and version != expense.version:
            raise StaleObject
        if not expense.waits_to_be_judged:
            raise TransitionRefused(_("This expense does not wait to be judged."))
        if not ground.strip():
            raise TransitionRefused(_("Say why."))
        expense.related_ground, expense.related_ground_by = ground.strip(), by
        expense.version += 1
        expense.save(update_fields=["related_ground", "related_ground_by", "version"])
        timeline.record(
            case,
            "expense.ground",
            by=by,
            now=now,
            obj=expense,
            text=expense.related_ground,
            expense=expense.pk,
        )
    return expense
