"""Pages of the work plan: the table of activities with its months, and one activity."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from applications.facts import Facts
from applications.forms.plan import ActivityForm
from applications.gantt import charts
from applications.models import Application
from applications.plan_warnings import warnings
from applications.views import rows
from applications.views.frame import Frame


def plan_of(application: Application, facts: Facts) -> dict[str, Any]:
    """The activities and their months, as templates/applications/_plan_table.html takes them, and what looks odd."""
    months = application.call.months
    bars = [(activity.name, activity.first_month, activity.last_month) for activity in facts.activities]
    drawn = charts(bars, months, _("The months of the work plan"))
    return {
        "activities": facts.activities,
        "charts": drawn,
        "months": months,
        "warnings": warnings(facts.activities, facts.lines, months),
    }


TABLE = rows.Table(
    section="plan",
    related="activities",
    form=ActivityForm,
    shown=plan_of,
    rows_template="applications/_plan_rows.html",
    edit_template="applications/activity_edit.html",
    add_url="activity_add",
    delete_url="activity_delete",
    add_label=gettext_lazy("Add an activity"),
    change_label=gettext_lazy("Change an activity"),
    take_out_label=gettext_lazy("Take this activity out"),
    take_out_hint=gettext_lazy(
        "Costs of this activity stay in the budget, and have to say for which activity they are."
    ),
)


def section(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The table of activities, their months as bars, and a form to add one more."""
    return rows.section_page(request, frame, TABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new activity."""
    return rows.add_page(request, pk, TABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One activity, to be changed."""
    return rows.edit_page(request, pk, row, TABLE)


@require_POST
def activity_move(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One place up or down."""
    return rows.moved(request, pk, row, TABLE)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_delete(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Out of the plan. Its costs stay in the budget, and have to say for which activity they are."""
    return rows.taken_out(request, pk, row, TABLE)
