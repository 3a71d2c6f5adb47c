"""Pages of the work plan: the table of activities with its months, and one activity."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.facts import Facts
from applications.forms.plan import ActivityForm
from applications.gantt import charts
from applications.models import Activity, Application
from applications.views import rows
from applications.views.frame import Frame, open_to_write


def section(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The table of activities, their months as bars, and a form to add one more. With htmx only these are sent."""
    months = frame.application.call.months
    form = ActivityForm(request.POST if request.method == "POST" else None, months=months)
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and rows.add(frame, form, "activities"):
            added = _("“%(name)s” was added.") % {"name": form.instance}
            if not auto:
                messages.success(request, added)
                return redirect(frame.url("application_section", "plan") + "#add")
            response = render(
                request,
                "applications/section_plan.html#added",
                context(frame, ActivityForm(months=months), added=added),
            )
            response.headers["HX-Trigger"] = "saved"
            return response
    template = "applications/section_plan.html" + ("#added" if auto and form.is_bound else "")
    return render(
        request, template, context(frame, form), status=422 if auto and form.is_bound else frame.status
    )


def context(frame: Frame, form: ActivityForm, **more: str) -> dict:
    """The plan as it stands."""
    return frame.context(form=form, **plan_of(frame.application, frame.facts), **more)


def plan_of(application: Application, facts: Facts) -> dict:
    """The activities and their months, as templates/applications/_plan_table.html takes them."""
    months = application.call.months
    bars = [(activity.name, activity.first_month, activity.last_month) for activity in facts.activities]
    drawn = charts(bars, months, _("The months of the work plan"))
    return {"activities": facts.activities, "charts": drawn, "months": months}


@require_http_methods(["GET", "HEAD", "POST"])
def activity_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A page with nothing but the form of a new activity."""
    frame = open_to_write(request, pk, "plan")
    form = ActivityForm(
        request.POST if request.method == "POST" else None, months=frame.application.call.months
    )
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and rows.add(frame, form, "activities"):
            messages.success(request, _("“%(name)s” was added.") % {"name": form.instance})
            return redirect(frame.url("application_section", "plan"))
    return render(request, "applications/activity_edit.html", frame.context(form=form), status=frame.status)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One activity, to be changed."""
    frame = open_to_write(request, pk, "plan")
    activity = get_object_or_404(Activity, pk=row, application=frame.application)
    form = ActivityForm(
        request.POST if request.method == "POST" else None,
        instance=activity,
        months=frame.application.call.months,
    )
    return rows.edit_page(request, frame, form, "activities", "applications/activity_edit.html")


@require_POST
def activity_move(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One place up or down."""
    return rows.row_moved(request, open_to_write(request, pk, "plan"), "activities", row)


@require_POST
def activity_delete(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Out of the plan. Its costs stay in the budget, and have to say for which activity they are."""
    return rows.row_taken_out(request, open_to_write(request, pk, "plan"), "activities", row)
