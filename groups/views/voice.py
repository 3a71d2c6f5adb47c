"""How a group has its firms speak for themselves: links sent, shared and revoked, questions to firms that others
registered, signed papers; and what of it waits for an officer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require_held
from accounts.permissions import Action
from core import dates
from core.lists import BoundedPaginator
from core.workflow import NotAllowed, Refusal
from groups.actions import asking, papers
from groups.confirmations import names
from groups.forms.voice import CheckForm, DeclinedForm, PaperForm
from groups.models import FirmConfirmation, Group, JoinRequest
from groups.views.codes import share_page
from groups.views.firms import fetch_group, fetch_member

ON_A_PAGE = 25


# --- Asking a member ---------------------------------------------------------------------------------


@require_POST
def firm_link_send(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """Ask a member to confirm, or remind it."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    firm = fetch_member(group, firm_pk).firm
    try:
        asking.send_link(by=request.user, group=group, firm=firm, now=dates.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("A link to confirm is on its way to %(name)s.") % {"name": firm.name})
    return _back(group)


@require_POST
def firm_links_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask all members that have still to confirm."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    asked, not_asked = asking.send_links(by=request.user, group=group, now=dates.now())
    if asked:
        sentence = ngettext(
            "A link to confirm is on its way to %(n)d firm.",
            "Links to confirm are on their way to %(n)d firms.",
            len(asked),
        )
        messages.success(request, sentence % {"n": len(asked)})
    if not_asked:
        sentence = _(
            "Not asked now, for want of an e-mail or because a link was sent within a day: %(names)s."
        )
        messages.warning(request, sentence % {"names": names(not_asked)})
    if not asked and not not_asked:
        messages.info(request, _("No firm is left to ask."))
    return _back(group)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def firm_link_share(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """A link to share by WhatsApp: what it is, then the link itself, once."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    membership = fetch_member(group, firm_pk)
    firm, url, trouble, status = membership.firm, "", "", 200
    if not firm.contact_email:
        trouble = _("Write the firm's own e-mail first: the code goes there.")
    if request.method == "POST":
        try:
            url = asking.share_link(by=request.user, group=group, firm=firm, now=dates.now())
        except NotAllowed:
            raise
        except Refusal as refusal:
            trouble, status = refusal.sentence, refusal.status_code
    text = _("Please confirm that %(firm)s belongs to the group %(group)s: %(url)s") % {
        "firm": firm.name,
        "group": group.name,
        "url": url,
    }
    home = _home_of(group)
    return share_page(request, home, url, text, trouble, status, name=firm.name, address=firm.contact_email)


@require_POST
def firm_link_revoke(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """End the open links of a member."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    firm = fetch_member(group, firm_pk).firm
    try:
        asking.revoke_links(by=request.user, group=group, firm=firm, now=dates.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The link of %(name)s was revoked.") % {"name": firm.name})
    return _back(group)


def _home_of(group: Group) -> tuple[str, str]:
    return reverse("group_detail", args=[group.pk]), group.name


def _back(group: Group) -> HttpResponse:
    return redirect("group_detail", pk=group.pk)


# --- Questions to firms that others registered ---------------------------------------------------------


def _request(group: Group, pk: int) -> JoinRequest:
    """An open question of this group; 404 for any other."""
    return get_object_or_404(group.join_requests.filter(ended_at=None).select_related("firm"), pk=pk)


@require_POST
def join_request_send(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    """Send the letter again."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    question = _request(group, request_pk)
    try:
        asking.send_request(by=request.user, group=group, request=question, now=dates.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The firm was asked again."))
    return _back(group)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_request_share(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    """A link to share with a firm that was asked to join."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    question = _request(group, request_pk)
    cuit, url, trouble, status = question.firm.formatted_cuit, "", "", 200
    if not question.firm.contact_email:
        trouble = _("The firm has no e-mail of its own on file.")
    if request.method == "POST":
        try:
            url = asking.share_request(by=request.user, group=group, request=question, now=dates.now())
        except NotAllowed:
            raise
        except Refusal as refusal:
            trouble, status = refusal.sentence, refusal.status_code
    text = _("The group %(group)s asks your firm to join: %(url)s") % {"group": group.name, "url": url}
    return share_page(request, _home_of(group), url, text, trouble, status, name=cuit)


@require_POST
def join_request_withdraw(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    """Take the question back."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    question = _request(group, request_pk)
    asking.withdraw_request(by=request.user, group=group, request=question, now=dates.now())
    messages.success(request, _("The question was taken back."))
    return _back(group)


@require_http_methods(["GET", "HEAD", "POST"])
def join_request_decline(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    """An officer asked the firm, and it said no."""
    group = fetch_group(request, pk, Action.ADMIT_FIRM)
    question = _request(group, request_pk)
    form = DeclinedForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        asking.decline_for_firm(
            by=request.user, group=group, request=question, now=dates.now(), **form.cleaned_data
        )
        messages.success(request, _("The answer was noted, and the group hears of it."))
        return redirect("join_request_list")
    context = {"group": group, "question": question, "form": form}
    return render(request, "groups/voice_request_decline.html", context, status=status)


@require_safe
def join_request_list(request: HttpRequest) -> HttpResponse:
    """Firms without an address that were asked to join: an officer asks them."""
    require_held(request.user, Action.ADMIT_FIRM)
    groups = Group.objects.visible_to(request.user)
    found = JoinRequest.objects.for_an_officer().filter(group__in=groups)
    found = found.select_related("firm", "group", "asked_by").order_by("asked_at", "pk")
    page = BoundedPaginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "groups/voice_request_list.html", {"page": page})


# --- Signed papers -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def firm_paper_add(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """The paper that somebody of the firm signed, photographed."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    membership = fetch_member(group, firm_pk)
    posted = request.method == "POST"
    form = PaperForm(request.POST if posted else None, request.FILES if posted else None)
    status = 422 if posted else 200
    if posted and form.is_valid():
        try:
            papers.add_paper(
                by=request.user, group=group, firm=membership.firm, now=dates.now(), **form.cleaned_data
            )
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("The paper was sent. An officer of the programme looks at it."))
            return _back(group)
    context = {
        "group": group,
        "firm": membership.firm,
        "form": form,
        "refusal": "" if posted else papers.why_not_paper(membership),
    }
    return render(request, "groups/voice_paper_add.html", context, status=status)


@require_safe
def firm_paper_print(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """The text to print and sign, with the firm's data."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    membership = fetch_member(group, firm_pk)
    context = {"group": group, "membership": membership, "firm": membership.firm}
    return render(request, "groups/voice_paper_print.html", context)


@require_safe
def paper_list(request: HttpRequest) -> HttpResponse:
    """The papers that wait for an officer, the oldest first."""
    require_held(request.user, Action.CHECK_PAPER)
    groups = Group.objects.visible_to(request.user)
    found = FirmConfirmation.objects.papers_waiting().filter(membership__group__in=groups)
    found = found.select_related("membership__firm", "membership__group", "added_by")
    page = BoundedPaginator(found.order_by("confirmed_at", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    to_ask = JoinRequest.objects.for_an_officer().filter(group__in=groups).count()
    return render(request, "groups/voice_paper_list.html", {"page": page, "to_ask": to_ask})


@require_http_methods(["GET", "HEAD", "POST"])
def paper_check(request: HttpRequest, pk: int, paper_pk: int) -> HttpResponse:
    """An officer looks at a paper and accepts it, or not."""
    group = fetch_group(request, pk, Action.CHECK_PAPER)
    rows = FirmConfirmation.objects.filter(membership__group=group, way=FirmConfirmation.Way.PAPER)
    paper = get_object_or_404(
        rows.select_related("membership__firm__activity", "document", "added_by", "checked_by"), pk=paper_pk
    )
    posted = request.method == "POST"
    form = CheckForm(request.POST if posted else None)
    status = 422 if posted else 200
    if posted and form.is_valid():
        try:
            papers.check_paper(
                by=request.user,
                group=group,
                paper=paper,
                accepts=request.POST.get("do") == "accept",
                reason=form.cleaned_data["reason"],
                now=dates.now(),
            )
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error("reason", refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("The answer was saved, and the group hears of it."))
            return redirect("paper_list")
    context = {"group": group, "paper": paper, "firm": paper.membership.firm, "form": form}
    return render(request, "groups/voice_paper_check.html", context, status=status)
