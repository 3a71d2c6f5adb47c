"""The staff figures: four tables with their charts, their definitions, and each as CSV."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import require
from accounts.permissions import Action
from applications.models import Call, Line
from core import charts, dates
from core.forms import DateField, Form
from core.templatetags.lsp import day
from reports import exports, office_pages
from reports import staff_figures as of
from reports.staff_figures import Only

PEOPLE_ON_A_PAGE = 50
YEAR = dt.timedelta(days=365)
# The programme began later, and will not last for ever.
BOUNDS = (MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2099, 12, 31)))


class FiguresFilter(Form):
    """A line, a call, and the days in which a state was left. Without days: the last twelve months."""

    hides_optional = True

    line = forms.ChoiceField(label=gettext_lazy("Line of action"), required=False)
    call = forms.ModelChoiceField(
        label=gettext_lazy("Call"),
        required=False,
        queryset=Call.objects.none(),
        empty_label=gettext_lazy("All"),
    )
    first_on = DateField(label=gettext_lazy("From day"), required=False, validators=BOUNDS)
    last_on = DateField(label=gettext_lazy("To day"), required=False, validators=BOUNDS)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", _("All")), *Line.choices]  # type: ignore[attr-defined]
        calls = Call.objects.exclude(status=Call.Status.DRAFT).order_by("-opens_at", "code")
        self.fields["call"].queryset = calls  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day must not be before the first."))
        return data

    def only(self, today: dt.date) -> Only:
        """As the figures take it; what is wrong or empty counts as not asked for."""
        asked = self.cleaned_data if self.is_valid() else {}
        last = asked.get("last_on") or today
        first = asked.get("first_on") or last - YEAR
        return Only(first, last, asked.get("line") or "", asked.get("call"))


@require_safe
def staff_figures(request: HttpRequest) -> HttpResponse:
    """What the office knows of its own work."""
    require(request.user, Action.VIEW_FIGURES)
    now = dates.now()
    form = FiguresFilter(request.GET)
    only = form.only(dates.day_of(now))
    times, waits, weeks = of.times(only), of.waits(only), of.weeks(only, dates.day_of(now))
    context = {
        "form": form,
        "only": only,
        "times": times,
        "times_chart": _chart(
            [(str(row.state.label), (row.median, row.ninetieth)) for row in times],
            _("Days in each state"),
            (_("Half of them"), _("Nine of ten")),
        ),
        "waits": waits,
        "waits_chart": _chart(
            [(f"{row.label}: {row.who}", row.count) for row in waits], _("What waits for whom")
        ),
        "page": Paginator(of.loads(now), PEOPLE_ON_A_PAGE).get_page(request.GET.get("page")),
        "weeks": weeks,
        "weeks_chart": _chart(
            [(day(row.monday), (row.arrived, row.done)) for row in weeks],
            _("What came and what went, by week"),
            (_("Came"), _("Went")),
        ),
        "queue": of.queue(only, weeks),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "office_pages": office_pages.links(request.user),
    }
    return render(request, "reports/staff_figures.html", context, status=200 if form.is_valid() else 422)


def _chart(rows: list, title: str, series: tuple[str, ...] = ()) -> str:
    return charts.bar_chart(rows, title, series) if rows else ""


# --- As CSV, in the language of the page --------------------------------------------------------------


def _times(only: Only, _now: dt.datetime) -> list[tuple]:
    return [(str(row.state.label), row.count, row.median, row.ninetieth) for row in of.times(only)]


def _waits(only: Only, _now: dt.datetime) -> list[tuple]:
    return [(row.label, row.who, row.count, row.oldest or "") for row in of.waits(only)]


def _loads(_only: Only, now: dt.datetime) -> list[tuple]:
    counts = of.loads(now).values_list("full_name", "email", "cases", "to_write", "advised")
    return [(name or email, *rest) for name, email, *rest in counts]


def _weeks(only: Only, now: dt.datetime) -> list[tuple]:
    return [(row.monday, row.arrived, row.done) for row in of.weeks(only, dates.day_of(now))]


TABLES: dict[str, tuple[tuple[Promise, ...], Callable[[Only, dt.datetime], list[tuple]]]] = {
    "times": (
        (
            gettext_lazy("State"),
            gettext_lazy("Applications"),
            gettext_lazy("Half of them, days"),
            gettext_lazy("Nine of ten, days"),
        ),
        _times,
    ),
    "waits": (
        (gettext_lazy("What waits"), gettext_lazy("For whom"), gettext_lazy("Cases"), gettext_lazy("Oldest")),
        _waits,
    ),
    "loads": (
        (
            gettext_lazy("Person"),
            gettext_lazy("Cases in charge"),
            gettext_lazy("Reviews to write"),
            gettext_lazy("Groups advised"),
        ),
        _loads,
    ),
    "weeks": ((gettext_lazy("Week from"), gettext_lazy("Came"), gettext_lazy("Went")), _weeks),
}


@require_safe
def staff_figures_csv(request: HttpRequest, table: str) -> HttpResponse:
    """One of the tables, as the page shows it with these filters."""
    require(request.user, Action.VIEW_FIGURES)
    if table not in TABLES:
        raise Http404
    now, form = dates.now(), FiguresFilter(request.GET)
    if not form.is_valid():
        sentences = [sentence for field in form.errors.values() for sentence in field]
        return HttpResponse("\n".join(sentences) + "\n", status=422, content_type="text/plain; charset=utf-8")
    header, rows = TABLES[table]
    return exports.csv_response(f"{table}.csv", header, rows(form.only(dates.day_of(now)), now))
