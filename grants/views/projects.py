"""The list of projects, a project's page, opening one, and the acts that move it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require
from accounts.permissions import Action
from applications.models import Application
from applications.views.answers import posted, status_of, tried
from core import dates, timeline
from core.forms import Form, posted_version
from core.lists import BoundedPaginator, chips
from core.money import ZERO
from core.workflow import Transition
from grants import actions, panels, project_reading
from grants.forms import ConfirmForm, FirstDayForm, ProjectFilter, ReasonForm
from grants.letters.forms import LetterForm
from grants.letters.writing import last_proposal
from grants.models import Project, ProjectLetter
from grants.steps import count_in_words, main_step, steps_of
from grants.terms import approval_of
from grants.views.acts import acts_of
from grants.workflow import PROJECT

ON_A_PAGE = 25
EVENTS_SHOWN = 50

# What an act does besides, said before it is done.
CONSEQUENCES = {
    "activate": gettext_lazy(
        "The approved plan and budget become the baseline. The tranches are planned as the agreement says, and the "
        "reports get their dates."
    ),
    "start_closing": gettext_lazy("The group is told. Payments and reports go on."),
    "close": gettext_lazy(
        "The project ends. Tranches that were not paid are cancelled, and their money goes back to the call."
    ),
    "suspend": gettext_lazy(
        "Reports and payments stand still until the project resumes. The group gets a letter with the grounds."
    ),
    "resume": gettext_lazy(
        "The days of the pause are given back: the last day and the dates of the reports move by as many."
    ),
    "renounce": gettext_lazy(
        "The project ends and does not come back. Tranches that were not paid are cancelled. What was paid is settled "
        "with the programme."
    ),
    "lapse": gettext_lazy("The project ends without an agreement. Its money goes back to the call."),
    "terminate": gettext_lazy(
        "The project ends. Its duties are void, tranches that were not paid are cancelled and their money goes back to "
        "the call; what was paid is asked back where it was not used as agreed."
    ),
}
DONE = {
    "activate": gettext_lazy("The project has started."),
    "start_closing": gettext_lazy("The project is closing."),
    "close": gettext_lazy("The project was closed."),
    "suspend": gettext_lazy("The project is suspended."),
    "resume": gettext_lazy("The project has resumed."),
    "renounce": gettext_lazy("You renounced the project."),
    "lapse": gettext_lazy("The project has lapsed."),
    "terminate": gettext_lazy("The project was terminated."),
}


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects that this person may see, newest first."""
    form = ProjectFilter(request.GET, user=request.user)
    found = Project.objects.visible_to(request.user).with_case()
    if form.is_valid():
        found = found.asked_for(form.cleaned_data)
    page = BoundedPaginator(found.order_by("-opened_on", "-id"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "chips": chips(request, form) if form.is_valid() else [],
        "staff": request.user.is_staff_member,
    }
    return render(request, "grants/project_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A project: where it stands, what is to do, its money, its plan, its history."""
    now, user = dates.now(), request.user
    shown = Project.objects.with_case().with_proposal().select_related("salary_line").visible_to(user)
    # `fetch` would ask for the roles before what they stand in is read.
    project = get_object_or_404(shown, pk=pk)
    page = project_reading.read(project)
    require(user, Action.VIEW_PROJECT, project)
    payee, plan = page.payee, page.plan
    steps = steps_of(project, payee, user, now)
    sees_payments = user.can(Action.VIEW_PAYMENTS, project)
    group_share = sum((line.group_share for line in plan.lines), ZERO)
    context = {
        "project": project,
        "staff": user.is_staff_member,
        "reads_group": user.can(Action.VIEW_GROUP, project.group),
        "steps": steps,
        "main_step": main_step(project, payee, user),
        "steps_done": count_in_words(steps),
        "coordinator": project.coordinator_on(dates.day_of(now)),
        "may_nominate": project.status in ("awaiting_agreement", "active")
        and user.can(Action.NOMINATE_COORDINATOR, project),
        "available": _acts(project, user, now),
        "tranches": [tranche for tranche in page.tranches if not tranche.is_salary],
        "paid": sum((payment.amount for payment in page.payments if payment.status == "paid"), ZERO),
        "activities": plan.activities,
        "lines": plan.lines,
        "plan_version": plan.version,
        "salary": getattr(project, "salary_line", None),
        "group_share": group_share,
        "whole": project.approved_amount + group_share,
        "sees_payments": sees_payments,
        "payments": page.payments if sees_payments else [],
        "sees_statements": project.first_day is not None and user.can(Action.VIEW_STATEMENT, project),
        "may_order": user.can(Action.ORDER_PAYMENT, project),
        "sees_risks": user.can(Action.SEE_RISKS, project),
        "timeline": timeline.rows(project.case, user, EVENTS_SHOWN),
        "panels": panels.of(project, plan=plan, user=user, now=now, read=page.lists),
    }
    return render(request, "grants/project_detail.html", context)


def _acts(project: Project, user: Any, now: Any) -> list[dict[str, Any]]:
    """What may happen next, for components/actions.html; the page's main step is above them."""
    found = acts_of(PROJECT, project, "project_act", by=user, now=now)
    if project.is_open and project.first_day and user.can(Action.HEAR_GROUP, project):
        found.append(_hearing(project))
    return [act | {"style": "secondary"} if act["style"] == "primary" else act for act in found]


def _hearing(project: Any) -> dict[str, Any]:
    """A group is heard before its project is terminated: proposing it, or what came of the proposal that stands."""
    label, page = _("Propose to terminate"), "hearing_begin"
    if project.has_proposal:
        label, page = _("See the proposal to terminate"), "project_letters"
    url = reverse(page, args=[project.pk])
    return {"label": label, "reason": "", "style": "outline-danger", "url": url}


@require_http_methods(["GET", "HEAD", "POST"])
def project_open(request: HttpRequest, application_pk: int) -> HttpResponse:
    """An officer opens the project of an approved application."""
    application = fetch(request.user, Application.objects.with_case(), Action.OPEN_PROJECT, pk=application_pk)
    if project := Project.objects.filter(application=application).first():
        return redirect("project_detail", pk=project.pk)
    form, now = ConfirmForm(posted(request)), dates.now()
    if request.method == "POST" and tried(
        form,
        lambda: actions.open_project(
            by=request.user, application=application, now=now, version=posted_version(request)
        ),
    ):
        messages.success(request, _("The project was opened. The group is told to sign the agreement."))
        return redirect("project_detail", pk=Project.objects.get(application=application).pk)
    context = {
        "form": form,
        "application": application,
        "approval": approval_of(application),
        "refusal": actions.opening_refusal(application),
        "today": dates.day_of(now),
        **actions.dates_to_keep(application.call, dates.day_of(now)),
    }
    return render(request, "grants/project_open.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def project_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act on a project: what it does, what it asks, and doing it."""
    row = PROJECT.by_name.get(name)
    if row is None or name not in DONE:
        raise Http404
    assert row.permission is not None
    project = fetch(request.user, Project.objects.with_case().with_roles(), row.permission, pk=pk)
    now = dates.now()
    form = _form_for(row, posted(request), now)
    if request.method == "POST" and form.is_valid():
        data, version = form.cleaned_data, posted_version(request)
        if tried(
            form,
            lambda: PROJECT.apply(project, name, by=request.user, now=now, version=version, data=dict(data)),
        ):
            messages.success(request, str(DONE[name]))
            return redirect("project_detail", pk=project.pk)
    context = {
        "form": form,
        "project": project,
        "row": row,
        "consequence": CONSEQUENCES[name],
        "proposal": last_proposal(project) if name == "terminate" else None,
        "refusal": PROJECT.refusal(project, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/project_act.html", context, status=status_of(form))


def _form_for(row: Transition, data: Any, now: Any) -> Form:
    """What a row of the table asks for."""
    if "first_day" in row.needs:
        return FirstDayForm(data, initial={"first_day": dates.day_of(now)})
    if row.name in ProjectLetter.Kind.values:
        return LetterForm(data)
    return ReasonForm(data) if "reason" in row.needs else ConfirmForm(data)
