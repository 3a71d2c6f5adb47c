"""Pages of the budget: the costs by category against what the call pays, by firm and by month; one cost with its quotes;
and doing what the advice of a failing rule says."""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from applications import flows, kinds, quotes
from applications import rows as row_actions
from applications.budget import reckon
from applications.eligibility.rules import BY_CODE
from applications.facts import Facts
from applications.forms.budget import BudgetLineForm, QuoteForm
from applications.models import Application, BudgetLine, BudgetQuote
from applications.views import rows
from applications.views.frame import Frame, open_to_write
from core import dates
from core.charts import bar_chart
from core.money import cents, format_money, written
from core.templatetags.lsp import percent
from core.workflow import TransitionRefused


def budget_of(application: Application, facts: Facts) -> dict[str, Any]:
    """The costs and the totals, as templates/applications/_budget_table.html and _budget_limits.html take them."""
    names = {activity.pk: activity.name for activity in facts.activities}
    found = _by_line(facts.quotes, facts.day)
    for line in facts.lines:
        line.activity_name = names.get(line.activity_id, "")  # type: ignore[attr-defined]
        line.quantity_text = written(line.quantity)  # type: ignore[attr-defined]
        line.shown_quotes = found.get(line.pk, [])  # type: ignore[attr-defined]
        line.kind_text = kinds.label(line.category, line.kind, line.other_kind)  # type: ignore[attr-defined]
    budget = reckon(application.call, facts.lines)
    whole = budget.whole
    figures = [
        (_("The programme pays"), format_money(whole.programme)),
        (_("You pay"), format_money(whole.group)),
        (_("Together"), format_money(whole.cost)),
    ]
    return {"budget": budget, "figures": figures}


def _by_line(found: Iterable[BudgetQuote], day: dt.date) -> dict[int, list[BudgetQuote]]:
    """The quotes of each cost, marked."""
    by_line: dict[int, list[BudgetQuote]] = {}
    for quote in _marked(found, day):
        by_line.setdefault(quote.line_id, []).append(quote)
    return by_line


def _marked(found: Iterable[BudgetQuote], day: dt.date) -> list[BudgetQuote]:
    """Those that do not count any more on the day of the rules say so."""
    quotes = list(found)
    for quote in quotes:
        quote.is_over = not quote.is_valid_on(day)  # type: ignore[attr-defined]
    return quotes


def totals_of(application: Application, facts: Facts) -> dict[str, Any]:
    """The same costs by firm and by month, as templates/applications/_budget_totals.html takes them."""
    months = flows.by_month(facts.lines, facts.activities, application.call.months)
    bars = [(str(month.number), [_thousands(month.programme), _thousands(month.group)]) for month in months]
    series = (_("The programme pays"), _("You pay"))
    return {
        "by_firm": firms_of(application, facts),
        "most_per_firm": application.call.max_per_firm,
        "by_month": months,
        "month_chart": bar_chart(bars, _("Costs by month, in thousands of pesos"), series)
        if facts.lines
        else "",
    }


def _thousands(amount: Decimal) -> Decimal:
    """Whole thousands: the bars have little room for figures, and the table beside them has the cents."""
    return (amount / 1000).quantize(Decimal(1), ROUND_HALF_UP)


def firms_of(application: Application, facts: Facts) -> list[flows.FirmPart]:
    """What of the budget is for each firm, and what it puts in."""
    firms = [(member.firm_id, member.name, member.is_sme) for member in facts.members]
    return flows.by_firm(facts.lines, facts.activities, application.call.months, firms)


def _shown(application: Application, facts: Facts) -> dict[str, Any]:
    return budget_of(application, facts) | totals_of(application, facts)


def _share_now(form: BudgetLineForm) -> list[str]:
    """The part that the programme pays, where the cost was changed and its share in pesos was left: nobody changes that
    unasked, and nobody should miss that it is another part of the cost now."""
    changed, data = form.changed_data, form.cleaned_data
    # The row of the form does not know its generated columns anew.
    cost, share = cents(data["quantity"] * data["unit_cost"]), data["programme_share"]
    if "programme_share" in changed or not {"quantity", "unit_cost"} & set(changed) or not cost:
        return []
    words = {
        "share": format_money(share),
        "cost": format_money(cost),
        "part": percent(100 * share / cost),
    }
    sentence = _(
        "The cost is now %(cost)s. What the programme pays was not changed: %(share)s, that is %(part)s of it."
    )
    return [sentence % words]


TABLE = rows.Table(
    section="budget",
    related="lines",
    form=BudgetLineForm,
    shown=_shown,
    rows_template="applications/_budget_rows.html",
    edit_template="applications/budget_line_edit.html",
    add_url="budget_line_add",
    delete_url="budget_line_delete",
    add_label=gettext_lazy("Add a cost"),
    change_label=gettext_lazy("Change a cost"),
    take_out_label=gettext_lazy("Take this cost out"),
    take_out_hint=gettext_lazy("The quotes of this cost are taken out with it."),
    within="category",
    told=_share_now,
)


def section(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The costs, the totals against the call's rules, and a form to add one more."""
    return rows.section_page(request, frame, TABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def budget_line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new cost."""
    return rows.add_page(request, pk, TABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def budget_line_edit(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One cost, to be changed, and its quotes."""
    return rows.edit_page(request, pk, row, TABLE, **_quotes_of(row))


@require_POST
def budget_line_move(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One place up or down."""
    return rows.moved(request, pk, row, TABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def budget_line_delete(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Out of the budget."""
    return rows.taken_out(request, pk, row, TABLE)


# --- Quotes ----------------------------------------------------------------------------------------


def _quotes_of(row: int, form: QuoteForm | None = None) -> dict[str, Any]:
    """The quotes of a cost and the form to add one, whose fields have ids of their own beside the other form's."""
    quotes = SimpleLazyObject(lambda: _of_line(row))
    return {"quotes": quotes, "quote_form": form or QuoteForm(auto_id="quote_%s")}


def _of_line(row: int) -> list[BudgetQuote]:
    found = list(BudgetQuote.objects.filter(line=row).select_related("document__uploaded_by", "application"))
    # They are of one application, and the rules look at it on one day.
    return _marked(found, Facts(found[0].application, today=dates.today()).day) if found else []


@require_POST
def quote_add(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Attach a supplier's quote to a cost."""
    frame = open_to_write(request, pk, TABLE.section)
    line = get_object_or_404(BudgetLine, pk=row, application=frame.application)
    back = frame.url("budget_line_edit", line.pk) + "#quotes"
    form = QuoteForm(request.POST, request.FILES, auto_id="quote_%s")
    frame.status = 422
    if form.is_valid() and quotes.tried(
        form,
        lambda: frame.tried(
            lambda _version: quotes.add(
                by=request.user, application=frame.application, line=line, now=frame.now, **form.cleaned_data
            ),
            form=form,
        ),
    ):
        messages.success(request, _("The quote of %(supplier)s was added.") % {"supplier": form.instance})
        return redirect(back)
    return rows.shown_row(request, frame, TABLE, line, forms=[form], **_quotes_of(line.pk, form))


@require_POST
def quote_delete(request: HttpRequest, pk: int, row: int, quote: int) -> HttpResponse:
    """Take a quote out."""
    frame = open_to_write(request, pk, TABLE.section)
    found = get_object_or_404(BudgetQuote, pk=quote, line=row, application=frame.application)
    frame.tried(
        lambda _version: quotes.take_out(
            by=request.user, application=frame.application, quote=found, now=frame.now
        )
    )
    messages.success(request, _("The quote of %(supplier)s was taken out.") % {"supplier": found})
    return redirect(frame.url("budget_line_edit", row) + "#quotes")


# --- Advice ----------------------------------------------------------------------------------------


@require_POST
def budget_advice(request: HttpRequest, pk: int, rule: str) -> HttpResponse:
    """Lower the shares as the advice of a failing rule says, in one step. What it says is reckoned again under the
    lock: never what came with the request."""
    if rule not in BY_CODE or BY_CODE[rule].find is None:
        raise Http404
    frame = open_to_write(request, pk, TABLE.section)

    def write(fresh: Application) -> None:
        advice = BY_CODE[rule].result(Facts(fresh, today=dates.day_of(frame.now))).advice
        if advice is None:
            raise TransitionRefused(_("There is nothing to lower for this rule any more."))
        row_actions.set_shares(fresh, advice.shares)
        done.extend(advice.sentences)

    done: list[str] = []
    frame.save(write)
    messages.success(request, _("Done as advised. %(what)s") % {"what": " ".join(done)})
    return redirect("application_check", pk=pk) if frame.to_check else redirect(frame.section_url)
