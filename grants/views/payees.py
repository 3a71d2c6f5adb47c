"""Who is paid for a project: entered by the group, checked by an officer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import fresh
from accounts.access import fetch, require
from accounts.fresh import fresh_login
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import Form, posted_version
from core.workflow import TransitionRefused
from grants import actions, same_account
from grants.agreements import actions as papers
from grants.agreements.forms import ReleaseForm, StopForm
from grants.forms import ConfirmForm, PayeeForm, ReasonForm
from grants.models import Payee, Project


@fresh_login(reads=True)
@require_http_methods(["GET", "HEAD", "POST"])
def payee(request: HttpRequest, pk: int) -> HttpResponse:
    """The payee, those before it, and a form to say another."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, pk=pk)
    form = PayeeForm(posted(request))
    if request.method == "POST":
        require(request.user, Action.EDIT_PAYEE, project)
        if form.is_valid() and tried(
            form,
            lambda: actions.enter_payee(
                by=request.user,
                project=project,
                now=dates.now(),
                version=posted_version(request),
                **form.cleaned_data,
            ),
        ):
            messages.success(
                request, _("Saved. Nothing is paid to this account until an officer has checked it.")
            )
            return redirect("payee", pk=project.pk)
    return _page(request, project, form=form)


@fresh_login
@require_POST
def payee_check(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer says that name, CUIT and account are right."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.MANAGE_AGREEMENT, pk=pk)
    form = ConfirmForm(request.POST)
    if tried(
        form, lambda: actions.check_payee(by=request.user, payee=_asked(request, project), **_seen(request))
    ):
        messages.success(request, _("Checked: payments may go to this account."))
        return redirect("payee", pk=project.pk)
    return _page(request, project, check=form)


@fresh_login
@require_POST
def payee_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer says what is wrong with it."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.MANAGE_AGREEMENT, pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: actions.refuse_payee(
            by=request.user,
            payee=_asked(request, project),
            reason=form.cleaned_data["reason"],
            **_seen(request),
        ),
    ):
        messages.success(request, _("The group is told to enter another payee."))
        return redirect("payee", pk=project.pk)
    return _page(request, project, refuse=form)


@require_http_methods(["GET", "HEAD", "POST"])
def payee_stop(request: HttpRequest, pk: int, payee_pk: int) -> HttpResponse:
    """Say that nothing is to be paid to an account: an embargo, a new administrator."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.STOP_PAYEE, pk=pk)
    payee = get_object_or_404(project.payees, pk=payee_pk)
    form = StopForm(posted(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: papers.stop_payee(by=request.user, payee=payee, now=dates.now(), **form.cleaned_data),
        )
    ):
        messages.success(request, _("Payments to this account are stopped, and everybody concerned is told."))
        return redirect("salary_account" if payee.person_id else "payee", pk=pk)
    context = {"project": project, "payee": payee, "form": form, "refusal": papers.stop_refusal(payee)}
    return render(request, "grants/payee_stop.html", context, status=status_of(form))


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def payee_release(request: HttpRequest, pk: int, payee_pk: int) -> HttpResponse:
    """An officer looked at a stopped account: payments may go on."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.MANAGE_AGREEMENT, pk=pk)
    payee = get_object_or_404(project.payees, pk=payee_pk)
    form = ReleaseForm(posted(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: papers.release_payee(by=request.user, payee=payee, now=dates.now(), **form.cleaned_data),
        )
    ):
        messages.success(request, _("Payments to this account may go on."))
        return redirect("salary_account" if payee.person_id else "payee", pk=pk)
    stop = payee.open_stop
    refusal = papers.release_refusal(stop, by=request.user)
    context = {"project": project, "payee": payee, "form": form, "stop": stop, "refusal": refusal}
    return render(request, "grants/payee_stop.html", context, status=status_of(form))


def _seen(request: HttpRequest) -> dict[str, Any]:
    return {"now": dates.now(), "version": posted_version(request)}


def _asked(request: HttpRequest, project: Project) -> Payee:
    """The payee that the page showed: the version says whether it is still the one."""
    found = project.payee
    if found is None:
        raise TransitionRefused(actions.payee_check_refusal(None, by=request.user))
    return found


def _page(
    request: HttpRequest,
    project: Project,
    *,
    form: Form | None = None,
    check: Form | None = None,
    refuse: Form | None = None,
) -> HttpResponse:
    user = request.user
    current = project.payee
    may_check = user.can(Action.MANAGE_AGREEMENT, project) and current is not None
    context = {
        "project": project,
        "current": current,
        "stop": current.open_stop if current else None,
        "may_stop": user.can(Action.STOP_PAYEE, project) and project.is_open,
        "before": project.payees.filter(current=False, person=None).select_related(
            "entered_by", "checked_by"
        ),
        "form": form or PayeeForm(),
        "check": check,
        "refuse": refuse or ReasonForm(auto_id="id_refuse_%s"),
        "forms": [made for made in (form, check, refuse) if made is not None],
        "may_edit": user.can(Action.EDIT_PAYEE, project) and project.is_open,
        "may_check": may_check,
        "warnings": same_account.same_cbu(current) if may_check and not current.is_checked else [],
        "ask_first": fresh.url_to_ask(request),
        "check_refusal": actions.payee_check_refusal(current, by=user),
    }
    return render(request, "grants/payee.html", context, status=status_of(form, check, refuse))
