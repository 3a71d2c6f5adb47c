"""The firms of a group: adding one, its data and figures, its leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import conflict, dates
from core.forms import posted_version
from core.workflow import Refusal, StaleObject, TransitionRefused
from groups import actions, leaving
from groups.forms import AdmitForm, CuitForm, EditFirmForm, LeaveForm, NewFirmForm
from groups.models import Group, Membership
from groups.size import linked_sales_doubt, size_of


def fetch_group(request: HttpRequest, pk: int, action: Action) -> Group:
    """The group, if this person may do this with it."""
    return fetch(request.user, Group.objects.with_roles(), action, pk=pk)


def fetch_member(group: Group, firm_pk: int) -> Membership:
    """The place of a firm that is in the group now; 404 for any other."""
    places = group.memberships.current().select_related("firm__case")
    return get_object_or_404(places, firm_id=firm_pk)


@require_http_methods(["GET", "HEAD", "POST"])
def firm_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A firm joins: its number, its data, its yearly figures, in one form."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    form = NewFirmForm(
        request.POST if request.method == "POST" else None,
        group=group,
        by=request.user,
        today=dates.today(),
    )
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid() and form.asks:
        if answer := _ask(request, group, form):
            return answer
        status = 409
    elif request.method == "POST" and form.is_valid():
        known = form.known
        data = {"place_in_chain": form.cleaned_data["place_in_chain"]}
        if not known:
            data |= form.data_of_firm | {"sales": form.sales}
        try:
            membership = actions.add_firm(
                by=request.user, group=group, cuit=form.cleaned_data["cuit"], now=dates.now(), **data
            )
        except actions.CuitRefused as refusal:
            form.add_error("cuit", refusal.sentence)
            status = refusal.status_code
        except TransitionRefused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _added(membership, known=bool(known)))
            return redirect("firm_add" if "another" in request.POST else "group_detail", pk=group.pk)
    return render(request, "groups/firm_add.html", {"group": group, "form": form}, status=status)


def _ask(request: HttpRequest, group: Group, form: NewFirmForm) -> HttpResponse | None:
    """Ask a firm that others registered; None when it cannot be asked, and the form says why."""
    try:
        question = actions.ask_to_join(
            by=request.user,
            group=group,
            cuit=form.cleaned_data["cuit"],
            place_in_chain=form.cleaned_data["place_in_chain"],
            now=dates.now(),
        )
    except (actions.CuitRefused, TransitionRefused) as refusal:
        form.add_error("cuit", refusal.sentence)
        return None
    if question.firm_links.exists():
        sentence = _(
            "The firm with the CUIT %(cuit)s is registered already. It was asked, and joins if it agrees."
        )
    elif question.firm.contact_email:
        sentence = _(
            "The firm with the CUIT %(cuit)s is registered already. Its e-mail has received many links within a day: ask it "
            "again tomorrow, on this page."
        )
    else:
        sentence = _(
            "The firm with the CUIT %(cuit)s is registered already, without an e-mail. The programme's staff ask it, and it "
            "joins if it agrees."
        )
    messages.success(request, sentence % {"cuit": question.firm.formatted_cuit})
    return redirect("firm_add" if "another" in request.POST else "group_detail", pk=group.pk)


def _added(membership: Membership, *, known: bool) -> str:
    """What was done, with the size that came of it."""
    facts = {"name": membership.firm.name, "size": size_of(membership.firm, membership.joined_on).label}
    if known:
        return _("%(name)s was added with the data that it has already. Size: %(size)s.") % facts
    return _("%(name)s was added. Size: %(size)s.") % facts


@require_safe
def firm_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The live check of a CUIT, while the form is filled in: one sentence."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    form = CuitForm(request.GET)
    wrong, known, asks = "", None, False
    if form.is_valid():
        cuit = form.cleaned_data["cuit"]
        wrong = actions.why_not(cuit, by=request.user, group=group)
        known = None if wrong else actions.managed_firm(cuit, by=request.user)
        asks = not wrong and actions.must_agree(cuit, by=request.user)
    elif request.GET.get("cuit", "").strip():
        wrong = str(form.errors["cuit"][0])
    context = {
        "group": group,
        "form": form,
        "wrong": wrong,
        "known": known,
        "asks": asks,
        "right": form.is_valid(),
    }
    return render(request, "groups/firm_add.html#cuit-answer", context)


@require_http_methods(["GET", "HEAD", "POST"])
def firm_admit(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer brings in a firm that is registered already, with the proof that it agreed."""
    group = fetch_group(request, pk, Action.ADMIT_FIRM)
    form = AdmitForm(request.POST if request.method == "POST" else None, initial=_asked(request, group))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            membership = actions.admit_firm(
                by=request.user, group=group, now=dates.now(), **form.cleaned_data
            )
        except actions.CuitRefused as refusal:
            form.add_error("cuit", refusal.sentence)
            status = refusal.status_code
        except TransitionRefused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _added(membership, known=True))
            return redirect("group_detail", pk=group.pk)
    return render(request, "groups/firm_admit.html", {"group": group, "form": form}, status=status)


def _asked(request: HttpRequest, group: Group) -> dict[str, str]:
    """What the question to a firm says, when the officer comes from there."""
    asked = request.GET.get("request", "")
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 15:
        return {}
    question = group.join_requests.filter(pk=int(asked), ended_at=None).select_related("firm").first()
    if question is None:
        return {}
    return {"cuit": question.firm.formatted_cuit, "place_in_chain": question.place_in_chain}


@require_http_methods(["GET", "HEAD", "POST"])
def firm_edit(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """A firm's data, its place in the chain and its yearly figures."""
    group = fetch_group(request, pk, Action.EDIT_FIRM)
    membership = fetch_member(group, firm_pk)
    today, status = dates.today(), 200
    initial = {"place_in_chain": membership.place_in_chain}
    form = EditFirmForm(
        request.POST if request.method == "POST" else None,
        instance=fetch_member(group, firm_pk).firm,
        initial=initial,
        today=today,
    )
    context = {
        "group": group,
        "firm": membership.firm,
        "form": form,
        "version": membership.firm.version,
        "size": (size := size_of(membership.firm, today)),
        "linked_doubt": ""
        if membership.firm.sales_are_private
        else linked_sales_doubt(membership.firm, size),
        "certificates": membership.firm.certificates.select_related("document"),
        "links": membership.firm.links.all(),
        "today": today,
    }
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                firm = actions.edit_firm(
                    by=request.user,
                    group=group,
                    firm=membership.firm,
                    version=posted_version(request),
                    now=dates.now(),
                    sales=form.sales,
                    linked=form.linked,
                    **form.data_of_firm,
                )
            except StaleObject as refusal:
                form.add_error(None, refusal.sentence)
                saved = EditFirmForm(instance=membership.firm, initial=initial, today=today)
                context["conflict"] = conflict.between(form, saved, membership.firm)
                status = refusal.status_code
            except TransitionRefused as refusal:
                form.add_error("place_in_chain", refusal.sentence)
                status = refusal.status_code
            else:
                facts = {"name": firm.name, "size": size_of(firm, today).label}
                messages.success(request, _("%(name)s was saved. Size: %(size)s.") % facts)
                return redirect("group_detail", pk=group.pk)
        else:
            context["version"] = posted_version(request)
    return render(request, "groups/firm_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def firm_leave(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """A firm leaves the group, from a day on."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    firm = fetch_member(group, firm_pk).firm
    form = LeaveForm(request.POST if request.method == "POST" else None, initial={"on": dates.today()})
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.leave(by=request.user, group=group, firm=firm, now=dates.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("on", refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("%(name)s has left the group.") % {"name": firm.name})
            return redirect("group_detail", pk=group.pk)
    follows = leaving.follows(group, firm, dates.now())
    context = {"group": group, "firm": firm, "form": form, "follows": follows}
    return render(request, "groups/firm_leave.html", context, status=status)
