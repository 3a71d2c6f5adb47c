"""Pages of the budget: the costs by category against what the call pays, and one cost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.budget import in_figures, reckon
from applications.facts import Facts
from applications.forms.budget import BudgetLineForm
from applications.models import Application, BudgetLine
from applications.views import rows
from applications.views.frame import Frame, open_to_write
from core.money import format_money


def section(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The costs, the totals against the call's rules, and a form to add one more. With htmx only these are sent."""
    application = frame.application
    form = BudgetLineForm(request.POST if request.method == "POST" else None, application=application)
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and rows.add(frame, form, "lines"):
            added = _("“%(name)s” was added.") % {"name": form.instance}
            if not auto:
                messages.success(request, added)
                return redirect(frame.url("application_section", "budget") + "#add")
            response = render(
                request,
                "applications/section_budget.html#added",
                context(frame, BudgetLineForm(application=application), added=added),
            )
            response.headers["HX-Trigger"] = "saved"
            return response
    template = "applications/section_budget.html" + ("#added" if auto and form.is_bound else "")
    return render(
        request, template, context(frame, form), status=422 if auto and form.is_bound else frame.status
    )


def context(frame: Frame, form: BudgetLineForm, **more: str) -> dict:
    """The budget as it stands."""
    return frame.context(form=form, **budget_of(frame.application, frame.facts), **more)


def budget_of(application: Application, facts: Facts) -> dict:
    """The costs and the totals, as templates/applications/_budget_table.html and _budget_limits.html take them."""
    names = {activity.pk: activity.name for activity in facts.activities}
    for line in facts.lines:
        line.activity_name = names.get(line.activity_id, "")  # type: ignore[attr-defined]
        line.quantity_text = in_figures(line.quantity)  # type: ignore[attr-defined]
    budget = reckon(application.call, facts.lines)
    whole = budget.whole
    figures = [
        (_("The programme pays"), format_money(whole.programme)),
        (_("You pay"), format_money(whole.group)),
        (_("Together"), format_money(whole.cost)),
    ]
    return {"budget": budget, "figures": figures}


@require_http_methods(["GET", "HEAD", "POST"])
def budget_line_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A page with nothing but the form of a new cost."""
    frame = open_to_write(request, pk, "budget")
    form = BudgetLineForm(request.POST if request.method == "POST" else None, application=frame.application)
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and rows.add(frame, form, "lines"):
            messages.success(request, _("“%(name)s” was added.") % {"name": form.instance})
            return redirect(frame.url("application_section", "budget"))
    return render(
        request, "applications/budget_line_edit.html", frame.context(form=form), status=frame.status
    )


@require_http_methods(["GET", "HEAD", "POST"])
def budget_line_edit(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One cost, to be changed."""
    frame = open_to_write(request, pk, "budget")
    line = get_object_or_404(BudgetLine, pk=row, application=frame.application)
    form = BudgetLineForm(
        request.POST if request.method == "POST" else None, instance=line, application=frame.application
    )
    return rows.edit_page(request, frame, form, "lines", "applications/budget_line_edit.html")


@require_POST
def budget_line_move(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One place up or down."""
    return rows.row_moved(request, open_to_write(request, pk, "budget"), "lines", row, within="category")


@require_POST
def budget_line_delete(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Out of the budget."""
    return rows.row_taken_out(request, open_to_write(request, pk, "budget"), "lines", row)
