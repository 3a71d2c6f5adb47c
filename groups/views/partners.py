"""The institutions of a group: adding one from the list or as a new one, what it does, its end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Action
from core import dates
from core.workflow import Refusal, TransitionRefused
from groups import actions
from groups.forms import InstitutionSearch, NewInstitutionForm, PartnerForm
from groups.models import Group, Institution, Partner
from groups.views.firms import fetch_group

MOST_FOUND = 20


@require_safe
def partner_find(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for an institution in the list, by its name or CUIT."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    form = InstitutionSearch(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = list(Institution.objects.matching(words)[: MOST_FOUND + 1]) if words else []
    context = {
        "group": group,
        "form": form,
        "words": words,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "with_us": set(group.partners.filter(left_on=None).values_list("institution_id", flat=True)),
    }
    return render(request, "groups/partner_find.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_add(request: HttpRequest, pk: int, institution_pk: int) -> HttpResponse:
    """An institution of the list acts with the group: what it does."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    institution = get_object_or_404(Institution, pk=institution_pk)
    form = PartnerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.add_partner(
                by=request.user, group=group, institution=institution, now=dates.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            return _added(request, group, institution.name)
    context = {"group": group, "institution": institution, "form": form}
    return render(request, "groups/partner_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for an institution that is not in the list."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    form = NewInstitutionForm(request.POST if request.method == "POST" else None, group=group)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.add_partner(
                by=request.user, group=group, institution=None, now=dates.now(), **form.cleaned_data
            )
        except actions.InstitutionRefused as refusal:
            form.add_error("cuit", refusal.sentence)
            status = refusal.status_code
        except TransitionRefused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            return _added(request, group, form.cleaned_data["name"])
    return render(request, "groups/partner_new.html", {"group": group, "form": form}, status=status)


def _added(request: HttpRequest, group: Group, name: str) -> HttpResponse:
    messages.success(request, _("%(name)s was added to the group's institutions.") % {"name": name})
    return redirect("group_detail", pk=group.pk)


def _partner(group: Group, pk: int) -> Partner:
    """An institution that is with the group now; 404 for any other."""
    return get_object_or_404(group.partners.filter(left_on=None).select_related("institution"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_edit(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """What an institution does in the group, and who speaks for it."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    form = PartnerForm(
        request.POST if request.method == "POST" else None, instance=_partner(group, partner_pk)
    )
    partner = form.instance
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            actions.edit_partner(
                by=request.user, group=group, partner=partner, now=dates.now(), **form.cleaned_data
            )
        except TransitionRefused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": partner.institution.name})
            return redirect("group_detail", pk=group.pk)
    context = {"group": group, "partner": partner, "form": form}
    return render(request, "groups/partner_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_end(request: HttpRequest, pk: int, partner_pk: int) -> HttpResponse:
    """An institution is with the group no more."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    partner = _partner(group, partner_pk)
    if request.method == "POST":
        actions.end_partner(by=request.user, group=group, partner=partner, now=dates.now())
        facts = {"name": partner.institution.name}
        messages.success(request, _("%(name)s is with the group no more.") % facts)
        return redirect("group_detail", pk=group.pk)
    return render(request, "groups/partner_end.html", {"group": group, "partner": partner})
