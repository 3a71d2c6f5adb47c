"""What is said of an expense: one list of rules, the same while it is written, when it is handed in, and for who verifies.

A rule answers what fails (it cannot be handed in so) or what somebody has to look at, with the field and a sentence that the
person who wrote it understands. Where else a voucher stands is for staff alone: `Books.elsewhere` (books.py).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import BudgetCategory, Call
from core.money import ZERO, cents, format_money
from core.templatetags.lsp import day
from grants.expenses import qr
from grants.expenses.books import Books
from grants.expenses.counting import HUNDRED, Amounts, countable, covered, most_of_line
from grants.models import Expense

FAIL, WARN = "fail", "warn"


@dataclass(frozen=True)
class Finding:
    """What is wrong with an expense, or has to be looked at; `field` is the field of its form, "" for the whole."""

    rule: str
    outcome: str
    field: str
    sentence: str

    @property
    def fails(self) -> bool:
        return self.outcome == FAIL


Answer = Iterator[tuple[str, str, str]]  # outcome, field, sentence


def dates_count(expense: Expense, books: Books) -> Answer:
    """Within the eligible period, and not in the future (PROGRAMME 4)."""
    first, last = books.first_day, books.project.last_day
    if expense.issued_on > books.today:
        yield FAIL, "issued_on", _("This day is still to come.")
    elif first and expense.issued_on < first:
        words = {"day": day(first)}
        yield FAIL, "issued_on", _("Expenses of this project count from %(day)s on.") % words
    elif last and expense.issued_on > last:
        words = {"day": day(last)}
        yield FAIL, "issued_on", _("Expenses of this project count until %(day)s.") % words


def line_has_room(expense: Expense, books: Books) -> Answer:
    """Charged to a line: never above it and the call's tolerance (PROGRAMME 6.7)."""
    line = books.lines[expense.line_id]
    programme, group = books.sums(line.pk, but=expense)
    tolerance = books.call.tolerance
    left = most_of_line(line.programme_share, tolerance) - programme
    if expense.programme_share > left:
        words = {"left": format_money(max(left, ZERO)), "line": line.description}
        yield (
            FAIL,
            "programme_share",
            _("The programme has %(left)s left for “%(line)s”, tolerance included.") % words,
        )
    left = most_of_line(line.total, tolerance) - programme - group
    if expense.charged > left:
        words = {"left": format_money(max(left, ZERO)), "line": line.description}
        yield (
            FAIL,
            "group_share",
            _(
                "“%(line)s” has room for %(left)s, tolerance included: what is above it is the group's own cost and is not "
                "charged."
            )
            % words,
        )


def approved_has_room(expense: Expense, books: Books) -> Answer:
    """Charged to the programme: never above what was approved."""
    left = books.project.approved_amount - books.sums(but=expense)[0]
    if expense.programme_share > left:
        words = {"left": format_money(max(left, ZERO))}
        yield FAIL, "programme_share", _("Of the approved amount %(left)s are left to charge.") % words


def salary_is_the_coordinators(expense: Expense, books: Books) -> Answer:
    """The line of the coordinator's salary takes nothing else, and all of it is the programme's (PROGRAMME 10)."""
    if books.lines[expense.line_id].category != BudgetCategory.COORDINATION:
        return
    if books.pays_salary:
        yield (
            FAIL,
            "line",
            _("The programme pays this salary itself, month by month: nothing is charged here."),
        )
    if expense.group_share:
        yield FAIL, "group_share", _("The coordinator's salary is paid by the programme alone.")
    if expense.is_in_kind:
        yield FAIL, "kind", _("The coordinator's salary is proven by the coordinator's own invoices.")


def in_kind_is_admitted(expense: Expense, books: Books) -> Answer:
    """Where the call lets the group put in hours and uses, and up to its cap."""
    if not expense.is_in_kind:
        return
    if Call.Counterpart.IN_KIND not in books.call.counterpart_kinds:
        yield FAIL, "kind", _("This call takes no counterpart in kind.")
        return
    whole = sum((line.group_share for line in books.lines.values()), ZERO)
    most = cents(whole * books.call.in_kind_cap / HUNDRED)
    left = most - books.in_kind(but=expense)
    if expense.group_share > left:
        words = {"left": format_money(max(left, ZERO)), "most": format_money(most)}
        yield FAIL, "quantity", _("Of the counterpart %(most)s may be in kind: %(left)s are left.") % words


def voucher_counts(expense: Expense, books: Books) -> Answer:
    """No more is charged than the voucher counts for, credit notes taken off."""
    most = counts_for(expense)
    if expense.charged > most:
        words = {"most": format_money(most)}
        yield FAIL, "programme_share", _("This voucher counts for %(most)s: no more can be charged.") % words


def voucher_is_whole(expense: Expense, books: Books) -> Answer:
    """The shares of one voucher never pass 100 %, wherever it stands (PROGRAMME 10)."""
    if expense.is_in_kind or not expense.number:
        return
    others = books.elsewhere(expense)
    if not others:
        return
    charged = sum((row.charged for row in others), ZERO) + expense.charged
    if charged > min(counts_for(row) for row in [expense, *others]):
        yield (
            FAIL,
            "number",
            _(
                "This voucher is on record already, and with this more than all of it would be charged. If you think that this "
                "is a mistake, ask the programme."
            ),
        )


def voucher_is_ours(expense: Expense, books: Books) -> Answer:
    """Made out to a firm of the group or to who is paid."""
    if expense.buyer_cuit and expense.buyer_cuit not in books.own_cuits:
        yield WARN, "buyer_cuit", _("The buyer is neither a firm of the group nor who is paid.")


def voucher_is_authorised(expense: Expense, books: Books) -> Answer:
    """An invoice has its authorisation; tills and receipts have none."""
    if expense.kind in Expense.INVOICES and not expense.cae:
        yield WARN, "cae", _("An invoice of the tax authority has a CAE of 14 digits.")


def supplier_is_another(expense: Expense, books: Books) -> Answer:
    """A supplier who is a member, a linked firm or the coordinator needs an officer's ground (PROGRAMME 10)."""
    if expense.is_in_kind or expense.related_ground:
        return
    salary = books.lines[expense.line_id].category == BudgetCategory.COORDINATION
    name = " ".join(expense.supplier_name.split()).casefold()
    if expense.supplier_cuit and expense.supplier_cuit in books.own_cuits:
        yield WARN, "supplier_cuit", _("The supplier is of the group: an officer has to say why it stands.")
    elif expense.supplier_cuit and expense.supplier_cuit in books.linked_cuits:
        yield (
            WARN,
            "supplier_cuit",
            _("The supplier is linked with a firm of the group: an officer has to say why it stands."),
        )
    elif not salary and name in {each.casefold() for each in books.coordinators}:
        yield (
            WARN,
            "supplier_name",
            _("The supplier coordinates the project: an officer has to say why it stands."),
        )


def it_is_paid(expense: Expense, books: Books) -> Answer:
    """Payments and withholdings cover it (PROGRAMME 10)."""
    if expense.is_in_kind or not expense.pk:
        return
    due, paid = left_of(expense).total, paid_of(expense, books.call)
    if paid < due:
        words = {"paid": format_money(paid), "due": format_money(due)}
        yield WARN, "", _("Payments and withholdings cover %(paid)s of %(due)s so far.") % words


def it_is_shown(expense: Expense, books: Books) -> Answer:
    """With its paper."""
    if expense.document_id is None:
        yield FAIL, "document", _("Attach the voucher.")


def lacks_quotes(expense: Expense, books: Books) -> bool:
    """Whether fewer suppliers quoted, and stood by it on the day of the voucher, than the call asks for."""
    call = books.call
    if call.quotes_from is None or not call.quotes_needed or expense.is_in_kind:
        return False
    salary = books.lines[expense.line_id].category == BudgetCategory.COORDINATION
    if salary or counts_for(expense) < call.quotes_from:
        return False
    return suppliers_shown(expense, books) < call.quotes_needed


def suppliers_shown(expense: Expense, books: Books) -> int:
    """Of how many suppliers there are quotes that were valid on the day of the voucher."""
    valid = [row for row in books.quotes_of(expense) if row.is_valid_on(expense.issued_on)]
    return len({" ".join(row.supplier.split()).casefold() for row in valid})


def quotes_are_shown(expense: Expense, books: Books) -> Answer:
    """From the call's amount on, with quotes of different suppliers that stood on the day of the voucher; with fewer, the
    group says why and somebody of the programme accepts it (PROGRAMME 10)."""
    if not lacks_quotes(expense, books):
        return
    said = books.few_quotes.get(expense.pk)
    if said is not None and said.is_accepted:
        return
    call, shown = books.call, suppliers_shown(expense, books)
    words = {"amount": format_money(call.quotes_from), "n": call.quotes_needed, "shown": shown}
    sentence = (
        ngettext(
            "From %(amount)s on, an expense shows %(n)s quote that was valid on its day; there are %(shown)s.",
            "From %(amount)s on, an expense shows %(n)s quotes of different suppliers that were valid on its day; there are "
            "%(shown)s.",
            call.quotes_needed,
        )
        % words
    )
    if said is not None:
        sentence += " " + _("The group says why: somebody of the programme has to accept it.")
    yield WARN, "", sentence
    for quote in books.quotes_of(expense):
        if quote.valid_until and not quote.is_valid_on(expense.issued_on):
            ended = {"supplier": quote.supplier, "day": day(quote.valid_until), "on": day(expense.issued_on)}
            yield (
                WARN,
                "",
                _("The quote of %(supplier)s was valid until %(day)s; the voucher is of %(on)s.") % ended,
            )


def qr_agrees(expense: Expense, books: Books) -> Answer:
    """What was typed is what the tax authority's code on the paper says."""
    if expense.qr:
        for place, sentence in qr.contradictions(expense.qr, expense):
            yield WARN, place, sentence


RULES: tuple[Callable[[Expense, Books], Answer], ...] = (
    dates_count,
    line_has_room,
    approved_has_room,
    salary_is_the_coordinators,
    in_kind_is_admitted,
    voucher_counts,
    voucher_is_whole,
    voucher_is_ours,
    voucher_is_authorised,
    supplier_is_another,
    it_is_paid,
    it_is_shown,
    quotes_are_shown,
    qr_agrees,
)


def findings(expense: Expense, books: Books, *, without: Iterable[str] = ()) -> list[Finding]:
    """All that the rules say of an expense, in their order."""
    skipped = set(without)
    return [
        Finding(rule.__name__, outcome, place, sentence)
        for rule in RULES
        if rule.__name__ not in skipped
        for outcome, place, sentence in rule(expense, books)
    ]


# --- What they are worked out from ---------------------------------------------------------------------


def left_of(expense: Expense) -> Amounts:
    """What credit notes leave of a voucher, in pesos."""
    if expense.pk is None:
        return expense.amounts
    notes = [
        Amounts(note.net, note.tax, note.perceptions).in_pesos(expense.rate)
        for note in expense.credit_notes.all()
    ]
    return expense.amounts.less(notes)


def counts_for(expense: Expense) -> Decimal:
    """What of a voucher may be charged, in pesos."""
    return countable(left_of(expense), tax_counts=expense.tax_counts)


def paid_of(expense: Expense, call: Call) -> Decimal:
    """What of it payments and withholdings cover, in pesos."""
    return covered((payment.as_paid for payment in expense.payments.all()), most_in_cash=call.cash_limit)


def tax_counts(call: Call, buyer_vat: str) -> bool:
    """Whether the tax of a voucher is a cost: where the call says so, unless the buyer gets it back."""
    return call.vat_eligible and buyer_vat != Expense.BuyerVat.REGISTERED
