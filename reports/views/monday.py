"""The officer's Monday list: the cases in charge, by risk."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import require
from accounts.permissions import Action
from core import dates
from core.forms import Form
from reports import monday as list_of
from reports import office_pages, risk

ON_A_PAGE = 25


class MondayFilter(Form):
    """Whose cases."""

    hides_optional = True

    scope = forms.ChoiceField(
        label=gettext_lazy("Whose cases"),
        required=False,
        choices=[
            (list_of.MINE, gettext_lazy("Mine, and those of whom I stand in for")),
            (list_of.WITHOUT, gettext_lazy("Without an officer in charge")),
            (list_of.ALL, gettext_lazy("All of the office")),
        ],
    )


@require_safe
def monday(request: HttpRequest) -> HttpResponse:
    """A row for each case, the most urgent first."""
    require(request.user, Action.CHECK_ELIGIBILITY)
    form = MondayFilter({"scope": request.GET.get("scope") or list_of.MINE})
    scope = form.cleaned_data["scope"] if form.is_valid() else list_of.MINE
    rows, more = list_of.rows(request.user, scope, dates.now())
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    list_of.add_last_events(page.object_list)
    context = {
        "form": form,
        "scope": scope,
        "page": page,
        "rows": page.object_list,
        "urgent": sum(row.level == "high" for row in rows),
        "more": more,
        "most": list_of.MOST,
        "rule": risk.rule(),
        "office_pages": office_pages.links(request.user),
    }
    return render(request, "reports/monday.html", context, status=200 if form.is_valid() else 422)
