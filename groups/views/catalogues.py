"""The catalogues that an admin keeps: the norms' ceilings, the activities."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require
from accounts.permissions import Action
from core import dates
from core.workflow import Refusal, StaleObject
from groups.actions import catalogues
from groups.actions.catalogues import Ceilings, Norm
from groups.certificates import SIZES
from groups.forms import ActivityForm, FirstDayForm, NormForm
from groups.models import EconomicActivity


def _open(request: HttpRequest, kind: str) -> Ceilings:
    """The table of an address, for somebody who keeps it."""
    require(request.user, Action.EDIT_CATALOGUES)
    try:
        return Ceilings(kind)
    except ValueError:
        raise Http404 from None


def _norm(kind: Ceilings, day: str) -> Norm:
    """The norm of an address; 404 for any other."""
    found = next(
        (norm for norm in catalogues.norms(kind, dates.today()) if f"{norm.valid_from}" == day), None
    )
    if found is None:
        raise Http404
    return found


@require_safe
def catalogue_list(request: HttpRequest) -> HttpResponse:
    """What there is to keep."""
    require(request.user, Action.EDIT_CATALOGUES)
    today = dates.today()
    tables = [(kind, catalogues.norms(kind, today)) for kind in Ceilings]
    context = {
        "tables": [
            {
                "kind": kind,
                "norms": len(norms),
                "to_confirm": sum(norm.provisional for norm in norms),
                "in_force": [norm for norm in norms if norm.in_force],
            }
            for kind, norms in tables
        ],
        "activities": EconomicActivity.objects.count(),
    }
    return render(request, "groups/catalogue_list.html", context)


@require_safe
def norm_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The norms of one table, newest first, each with its grid."""
    table = _open(request, kind)
    today = dates.today()
    context = {"kind": table, "norms": catalogues.norms(table, today), "today": today}
    return render(request, "groups/norm_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def norm_add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new norm, its whole grid in one form."""
    table = _open(request, kind)
    form = NormForm(request.POST if request.method == "POST" else None, kind=table)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            catalogues.add_norm(
                by=request.user,
                kind=table,
                name=said["name"],
                valid_from=said["valid_from"],
                provisional=not said["sure"],
                ceilings=form.ceilings,
                now=dates.now(),
            )
        except catalogues.DayRefused as refusal:
            form.add_error("valid_from", refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("%(name)s was added.") % {"name": said["name"]})
            return redirect("norm_list", kind=table.value)
    context = {"kind": table, "form": form, "sizes": SIZES}
    return render(request, "groups/norm_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def norm_confirm(request: HttpRequest, kind: str, day: str) -> HttpResponse:
    """The first day of a norm is confirmed, or corrected."""
    table = _open(request, kind)
    norm = _norm(table, day)
    form = FirstDayForm(request.POST if request.method == "POST" else None, initial={"day": norm.valid_from})
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            catalogues.confirm_norm(
                by=request.user, kind=table, valid_from=norm.valid_from, now=dates.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error("day", refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("The first day of %(name)s is confirmed.") % {"name": norm.name})
            return redirect("norm_list", kind=table.value)
    context = {"kind": table, "norm": norm, "form": form}
    return render(request, "groups/norm_confirm.html", context, status=status)


@require_POST
def norm_delete(request: HttpRequest, kind: str, day: str) -> HttpResponse:
    """A norm that has not begun goes."""
    table = _open(request, kind)
    norm = _norm(table, day)
    catalogues.delete_norm(
        by=request.user,
        kind=table,
        valid_from=norm.valid_from,
        now=dates.now(),
    )
    messages.success(request, _("%(name)s was deleted.") % {"name": norm.name})
    return redirect("norm_list", kind=table.value)


@require_safe
def economic_activity_list(request: HttpRequest) -> HttpResponse:
    """What firms do, each with the branch whose ceilings it takes."""
    require(request.user, Action.EDIT_CATALOGUES)
    return render(
        request, "groups/economic_activity_list.html", {"activities": EconomicActivity.objects.all()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def economic_activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Which ceilings an activity takes."""
    require(request.user, Action.EDIT_CATALOGUES)
    saved = get_object_or_404(EconomicActivity, pk=pk)
    seen = catalogues.as_seen(saved)
    form = ActivityForm(
        request.POST if request.method == "POST" else None,
        instance=get_object_or_404(EconomicActivity, pk=pk),
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            catalogues.edit_activity(
                by=request.user,
                activity=saved,
                seen=request.POST.get("seen", ""),
                now=dates.now(),
                **form.cleaned_data,
            )
        except StaleObject as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": saved})
            return redirect("economic_activity_list")
    context = {"activity": saved, "form": form, "seen": seen}
    return render(request, "groups/economic_activity_edit.html", context, status=status)
