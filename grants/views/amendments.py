"""Amendments: those of a project and those of the office, writing one, the page of one, deciding on it; the versions of a
plan."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require_held
from accounts.fresh import fresh_login
from accounts.permissions import Action
from applications.models import BudgetCategory
from applications.views.answers import came_too_late, posted, status_of, tried
from core import conflict, dates
from core.forms import posted_version
from core.lists import BoundedPaginator, chips
from core.money import ZERO
from core.workflow import TransitionRefused
from grants.amendments import actions, guards, in_force
from grants.amendments.checks import Case, findings, needs_approver
from grants.amendments.content import OF_MONEY, Pair, pairs, sum_of
from grants.amendments.firms import smes_in
from grants.amendments.forms import (
    FORMS,
    AmendmentFilter,
    ApproveForm,
    KindForm,
    NoteForm,
    OpinionForm,
    RefuseForm,
    ResolveForm,
)
from grants.amendments.workflow import AMENDMENT
from grants.forms import ConfirmForm
from grants.models import Amendment, AmendmentFile, PlanVersion, Project
from grants.saving import saved_once
from grants.views.acts import acts_of

ON_A_PAGE = 25
DONE = {
    "submit": gettext_lazy("The amendment was sent. An officer looks at it; you hear by e-mail."),
    "withdraw": gettext_lazy("The amendment was withdrawn."),
    "return_amendment": gettext_lazy("The amendment was returned, with your note."),
    "advise": gettext_lazy("It was passed on to the approvers, with what you think of it."),
    "approve": gettext_lazy("The amendment was approved."),
    "reject": gettext_lazy("The amendment was rejected."),
    "resolve": gettext_lazy("The amendment was approved."),
    "refuse": gettext_lazy("The amendment was rejected."),
}
CONSEQUENCES = {
    "submit": gettext_lazy(
        "What you ask for stands still from now on. Until it is decided the plan stays as it is."
    ),
    "withdraw": gettext_lazy("The plan stays as it is. You can ask again with a new amendment."),
    "return_amendment": gettext_lazy("The group can change it and send it again."),
    "advise": gettext_lazy("The approver decides, and reads what you think of it."),
    "approve": gettext_lazy(
        "It is in force from today: reports of periods that end from today on follow it."
    ),
    "reject": gettext_lazy("The plan stays as it is. The group reads your grounds."),
    "resolve": gettext_lazy(
        "It is in force from today: reports of periods that end from today on follow it."
    ),
    "refuse": gettext_lazy("The plan stays as it is. The group reads your grounds."),
}
OF_THE_AUTHORITY = ("resolve", "refuse")


# --- Lists ----------------------------------------------------------------------------------------------


@require_safe
def amendment_list(request: HttpRequest) -> HttpResponse:
    """What was asked for, for the office: what waits comes first, the oldest of it first."""
    require_held(request.user, Action.VIEW_AMENDMENT)
    asked = request.GET if request.GET else {"status": "submitted"}
    form = AmendmentFilter(asked)
    rows = Amendment.objects.visible_to(request.user).with_case()
    if form.is_valid():
        rows = rows.asked_for(form.cleaned_data)
    page = BoundedPaginator(rows.order_by("submitted_at", "id"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "chips": chips(request, form) if form.is_valid() else []}
    return render(request, "grants/amendment_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def project_amendments(request: HttpRequest, pk: int) -> HttpResponse:
    """The amendments of a project, the versions of its plan, and asking for one more."""
    user = request.user
    project = fetch(user, Project.objects.with_case().with_roles(), Action.VIEW_AMENDMENT, pk=pk)
    may_ask = user.can(Action.EDIT_AMENDMENT, project)
    rows = project.amendments.visible_to(user).order_by("-number")
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "grants/project_amendments.html", _of_project(project, user, page, KindForm(), may_ask)
    )


def _of_project(project: Project, user: Any, page: Any, form: KindForm, may_ask: bool) -> dict[str, Any]:
    return {
        "project": project,
        "staff": user.is_staff_member,
        "page": page,
        "plans": project.plan_versions.select_related("amendment", "price_update").order_by("-number"),
        "form": form,
        "may_ask": may_ask,
        "refusal": guards.why_not_running(project) if may_ask else "",
    }


@require_POST
def amendment_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an amendment of a kind, or go on with the open one."""
    user = request.user
    project = fetch(user, Project.objects.with_case(), Action.EDIT_AMENDMENT, pk=pk)
    form = KindForm(request.POST)
    if not form.is_valid():
        page = BoundedPaginator(project.amendments.visible_to(user), ON_A_PAGE).get_page(1)
        context = _of_project(project, user, page, form, True)
        return render(request, "grants/project_amendments.html", context, status=422)
    amendment = actions.begin(by=user, project=project, kind=form.cleaned_data["kind"], now=dates.now())
    return redirect("amendment_edit" if amendment.is_with_the_group else "amendment_detail", pk=amendment.pk)


@require_safe
def plan_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version of the plan whole; 0 is the baseline, as it was approved."""
    project = fetch(request.user, Project.objects.with_case(), Action.VIEW_PROJECT, pk=pk)
    versions = PlanVersion.objects.select_related("amendment", "price_update")
    version = get_object_or_404(versions, project=project, number=number) if number else None
    if project.first_day is None:
        raise Http404
    lines = in_force.lines_of(project, number)
    programme = sum((line.programme_share for line in lines), ZERO)
    group_share = sum((line.group_share for line in lines), ZERO)
    context = {
        "project": project,
        "staff": request.user.is_staff_member,
        "number": number,
        "version": version,
        "activities": in_force.activities_of(project, number),
        "lines": lines,
        "programme": programme,
        "group_share": group_share,
        "whole": programme + group_share,
    }
    return render(request, "grants/plan_version.html", context)


# --- Writing --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def amendment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked for, and why; saved as it is, complete or not."""
    amendment = fetch(request.user, Amendment.objects.with_case(), Action.EDIT_AMENDMENT, pk=pk)
    if sentence := guards.why_not_written(amendment):
        raise TransitionRefused(sentence)
    before = Case(amendment, dates.today()).now
    form_class, data = FORMS[amendment.kind], posted(request)
    fresh = form_class(amendment=amendment, before=before)
    if data is not None:
        data = conflict.chosen(data, fresh)
    files = request.FILES if request.method == "POST" else None
    form = form_class(data, files, amendment=amendment, before=before)
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        if tried(
            form,
            lambda: actions.save(
                by=request.user,
                amendment=amendment,
                version=version,
                now=dates.now(),
                content=form.content(),
                reason=form.cleaned_data["reason"],
                uploads=form.cleaned_data["papers"],
            ),
        ):
            messages.success(request, _("Saved."))
            return redirect("amendment_edit" if "more" in request.POST else "amendment_detail", pk=pk)
    stale = came_too_late(form)
    context = {
        "amendment": amendment,
        "project": amendment.project,
        "form": form,
        "carries": conflict.carries(request, fresh, version=amendment.version, stale=stale),
        "conflict": conflict.between(form, fresh, amendment, request.POST.getlist("was")) if stale else None,
        "files": amendment.files.select_related("document"),
        "rows": form.rows(),
        "new_rows": form.new_rows(),
        "of_money": amendment.kind in OF_MONEY,
    }
    return render(request, "grants/amendment_edit.html", context, status=status_of(form))


@require_POST
def amendment_file_remove(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a paper out."""
    amendment = fetch(request.user, Amendment.objects.with_case(), Action.EDIT_AMENDMENT, pk=pk)
    file = get_object_or_404(AmendmentFile, amendment=amendment, pk=file_pk)
    actions.remove_file(
        by=request.user, amendment=amendment, file=file, version=posted_version(request), now=dates.now()
    )
    messages.success(request, _("It was taken out."))
    return redirect("amendment_edit", pk=pk)


# --- Reading and deciding ---------------------------------------------------------------------------------


@require_safe
def amendment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One amendment: before and after side by side, what is said of it, and what may happen next."""
    amendment = fetch(request.user, _whole(), Action.VIEW_AMENDMENT, pk=pk)
    user, now = request.user, dates.now()
    page = shown(amendment, user.is_staff_member)
    # It is either an officer's decision or the approver's: the other's steps are not offered.
    hidden = ("approve", "reject") if page["why_approver"] else ("advise", *OF_THE_AUTHORITY)
    context = {
        "amendment": amendment,
        "project": amendment.project,
        "staff": user.is_staff_member,
        "may_edit": amendment.is_with_the_group and user.can(Action.EDIT_AMENDMENT, amendment),
        "available": acts_of(AMENDMENT, amendment, "amendment_act", by=user, now=now, but=hidden),
        **page,
    }
    return render(request, "grants/amendment_detail.html", context)


def _whole() -> Any:
    people = ("submitted_by", "opinion_by", "decided_by", "plan_version")
    return Amendment.objects.with_case().with_roles().select_related(*people)


def shown(amendment: Amendment, staff: bool) -> dict[str, Any]:
    """What the pages show of an amendment: the comparison, what is said of it, whose decision it is."""
    case = Case(amendment, dates.today())
    before, after = case.before, case.after
    found: dict[str, Any] = {
        "before": before,
        "after": after,
        "files": amendment.files.select_related("document"),
        "findings": findings(case) if amendment.is_open else [],
        "why_approver": needs_approver(case) if amendment.is_open and amendment.content else "",
        "kind": amendment.kind,
    }
    if before.get("last_day"):
        found["days"] = [dt.date.fromisoformat(part["last_day"]) for part in (before, after)]
    if "activities" in before:
        found["activities"] = pairs(before["activities"], after["activities"])
    if "lines" in before:
        found["lines"] = [_in_pesos(pair) for pair in pairs(before["lines"], after["lines"])]
        found["sums"] = [
            {name: sum_of(part["lines"], name) for name in ("programme", "group")} for part in (before, after)
        ]
    if "firms" in before:
        found["firms"] = pairs(before["firms"], after["firms"])
        found["smes"] = [smes_in(part["firms"]) for part in (before, after)]
        found["least"] = case.call.min_firms
    if amendment.kind == Amendment.Kind.AMOUNT and staff:
        committed = case.call.entries.committed()
        found["envelope"] = {
            "whole": case.call.envelope,
            "committed": committed,
            "left": case.call.envelope - committed,
            "more": case.difference,
        }
    return found


def _in_pesos(pair: Pair) -> dict[str, Any]:
    """A pair of lines as the template shows it."""
    row = pair.after or pair.before
    assert row is not None  # a pair has one at least
    codes = dict(BudgetCategory.choices)
    amounts = [
        {name: Decimal(side[name]) for name in ("programme", "group")} if side else None
        for side in (pair.before, pair.after)
    ]
    return {
        "description": row["description"] or "–",
        "category": codes.get(row["category"], "–"),
        "before": amounts[0],
        "after": amounts[1],
        "is_changed": pair.is_changed,
        "is_new": pair.before is None,
    }


FORMS_OF_ACTS: dict[str, Any] = {
    "return_amendment": NoteForm,
    "advise": OpinionForm,
    "approve": ApproveForm,
    "reject": NoteForm,
    "resolve": ResolveForm,
    "refuse": RefuseForm,
}


@fresh_login(when=lambda *, name, **_of: name in OF_THE_AUTHORITY)
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Sending, withdrawing, returning, advising, deciding: what it does, what it asks, and doing it."""
    row = AMENDMENT.by_name.get(name)
    if row is None or name not in DONE:
        raise Http404
    assert row.permission is not None
    amendment = fetch(request.user, _whole(), row.permission, pk=pk)
    user, now = request.user, dates.now()
    form = FORMS_OF_ACTS.get(name, ConfirmForm)(posted(request))
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form, lambda: AMENDMENT.apply(amendment, name, by=user, now=now, version=version, data=data)
        ):
            messages.success(request, str(DONE[name]))
            return redirect("amendment_detail", pk=pk)
    context = {
        "amendment": amendment,
        "project": amendment.project,
        "staff": user.is_staff_member,
        "row": row,
        "form": form,
        "consequence": CONSEQUENCES[name],
        "refusal": AMENDMENT.refusal(amendment, row, by=user, now=now, data={}),
        **shown(amendment, user.is_staff_member),
    }
    return render(request, "grants/amendment_act.html", context, status=status_of(form))
