"""Visits: those of the office and those of a case, planning and logging one, what was agreed there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require, require_held
from accounts.permissions import Action
from applications.models import Application
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator, chips
from core.workflow import TransitionRefused
from grants.forms import ReasonForm
from grants.models import Visit, VisitAgreement
from grants.views.acts import acts_of
from grants.visits import actions
from grants.visits.forms import LogForm, MoveForm, PlanForm, VisitFilter
from grants.visits.workflow import VISIT

ON_A_PAGE = 25
DONE = {
    "log": gettext_lazy("The visit was logged. The group can read it."),
    "move": gettext_lazy("The visit was moved. The group is told."),
    "cancel": gettext_lazy("The visit was called off. The group is told."),
}


@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    """The visits of the office: those to come first."""
    require_held(request.user, Action.LOG_VISIT)
    form = VisitFilter(request.GET)
    rows = Visit.objects.visible_to(request.user).with_case()
    if form.is_valid():
        rows = rows.asked_for(form.cleaned_data)
    page = BoundedPaginator(rows.order_by("-on", "-id"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "chips": chips(request, form) if form.is_valid() else []}
    return render(request, "grants/visit_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def case_visits(request: HttpRequest, application_pk: int) -> HttpResponse:
    """The visits to one group about one application and its project."""
    application, user = _application(request, application_pk, Action.VIEW_VISIT), request.user
    rows = Visit.objects.visible_to(user).filter(application=application).with_case()
    page = BoundedPaginator(rows.prefetch_related("agreements"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "application": application,
        "page": page,
        "staff": user.is_staff_member,
        "may_log": user.can(Action.LOG_VISIT, Visit(application=application)),
        "refusal": actions.why_no_visit(application),
    }
    return render(request, "grants/case_visits.html", context)


def _application(request: HttpRequest, pk: int, action: Action) -> Application:
    """The application, as far as its visits are this person's to see."""
    application = fetch(request.user, Application.objects.with_case(), Action.VIEW_APPLICATION, pk=pk)
    require(request.user, action, Visit(application=application))
    return application


@require_http_methods(["GET", "HEAD", "POST"])
def visit_plan(request: HttpRequest, application_pk: int) -> HttpResponse:
    """Plan a visit."""
    application = _application(request, application_pk, Action.LOG_VISIT)
    now, user = dates.now(), request.user
    form = PlanForm(posted(request), now=now, by=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, lambda: actions.plan(by=user, application=application, now=now, **data)):
            messages.success(request, _("The visit was planned. The group is told."))
            return redirect("case_visits", application_pk=application_pk)
    context = {
        "application": application,
        "form": form,
        "title": _("Plan a visit"),
        "refusal": actions.why_no_visit(application),
        "back": reverse("case_visits", args=[application_pk]),
        "back_label": _("Visits"),
        "version": "",
    }
    return render(request, "grants/visit_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def visit_log_unplanned(request: HttpRequest, application_pk: int) -> HttpResponse:
    """Log a visit that nobody planned here."""
    application = _application(request, application_pk, Action.LOG_VISIT)
    now, made = dates.now(), []
    form = _log_form(request, now)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: made.append(
                actions.log_unplanned(by=request.user, application=application, now=now, **_seen(form))
            ),
        )
    ):
        messages.success(request, str(DONE["log"]))
        return redirect("visit_detail", pk=made[0].pk)
    refusal = actions.why_no_visit(application)
    context = {"application": application, "form": form, "refusal": refusal, "visit": None}
    return render(request, "grants/visit_log.html", context, status=status_of(form))


def _log_form(request: HttpRequest, now: Any, **initial: Any) -> LogForm:
    files = request.FILES if request.method == "POST" else None
    return LogForm(posted(request), files, now=now, initial={"on": dates.day_of(now), **initial})


def _seen(form: LogForm) -> dict[str, Any]:
    """What the transition takes of the form."""
    data = form.cleaned_data
    kept = {name: data[name] for name in ("on", "mode", "met", "seen", "photos")}
    return {**kept, "agreements": form.agreements()}


@require_safe
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: what was seen, what was agreed, the photographs."""
    visit = fetch(request.user, Visit.objects.with_case().with_roles(), Action.VIEW_VISIT, pk=pk)
    user, now = request.user, dates.now()
    context = {
        "visit": visit,
        "application": visit.application,
        "staff": user.is_staff_member,
        "photos": visit.photos.select_related("document"),
        "agreements": visit.agreements.select_related("done_by"),
        "today": dates.day_of(now),
        "may_log": user.can(Action.LOG_VISIT, visit),
        "available": acts_of(VISIT, visit, "visit_act", by=user, now=now),
    }
    return render(request, "grants/visit_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def visit_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Log a planned visit, move it, or call it off."""
    if name not in DONE:
        raise Http404
    row = VISIT.by_name[name]
    visit = fetch(request.user, Visit.objects.with_case(), row.permission, pk=pk)
    now = dates.now()
    form: Any = (
        _log_form(request, now, mode=visit.mode)
        if name == "log"
        else (MoveForm if name == "move" else ReasonForm)(posted(request))
    )
    if request.method == "POST" and form.is_valid():
        data = _seen(form) if name == "log" else dict(form.cleaned_data)
        version = posted_version(request)
        if tried(
            form, lambda: VISIT.apply(visit, name, by=request.user, now=now, version=version, data=data)
        ):
            messages.success(request, str(DONE[name]))
            return redirect("visit_detail", pk=pk)
    context = {
        "application": visit.application,
        "visit": visit,
        "form": form,
        "title": row.label,
        "refusal": VISIT.refusal(visit, row, by=request.user, now=now, data={}),
        "back": reverse("visit_detail", args=[pk]),
        "back_label": visit.name,
        "version": visit.version,
    }
    page = "visit_log" if name == "log" else "visit_form"
    return render(request, f"grants/{page}.html", context, status=status_of(form))


@require_POST
def visit_agreement_met(request: HttpRequest, pk: int, agreement_pk: int) -> HttpResponse:
    """An officer says that what was agreed is done."""
    visit = fetch(request.user, Visit.objects.with_case(), Action.LOG_VISIT, pk=pk)
    agreement = VisitAgreement.objects.filter(visit=visit, pk=agreement_pk).first()
    if agreement is None:
        raise Http404
    try:
        actions.meet_agreement(by=request.user, agreement=agreement, now=dates.now())
    except TransitionRefused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("Written down: it is done."))
    return redirect("visit_detail", pk=pk)
