"""The people of a group: who they are, whom it invited, who represents it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Invitation
from accounts.permissions import Action
from core import dates
from core.workflow import Refusal
from groups import actions
from groups.actions.people import INVITED_TO
from groups.forms import InviteForm
from groups.models import GroupPerson
from groups.views.firms import fetch_group


@require_http_methods(["GET", "HEAD", "POST"])
def group_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who acts for the group, and who is invited to. The representative invites here."""
    # A nominee sees the group, but not who is in it.
    needed = Action.MANAGE_GROUP_PEOPLE if request.method == "POST" else Action.VIEW_FIRM
    group = fetch_group(request, pk, needed)
    form = InviteForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite_person(by=request.user, group=group, now=dates.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("email", refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(
                request,
                _("The invitation to %(email)s is on its way.") % {"email": form.cleaned_data["email"]},
            )
            return redirect("group_people", pk=group.pk)
    now = dates.now()
    waiting = Invitation.objects.waiting().filter(case=group.case_id, role__in=INVITED_TO)
    context = {
        "group": group,
        "form": form,
        "people": group.people.filter(until=None).select_related("user"),
        "invitations": [(row, row.expires_at <= now) for row in waiting.order_by("created_at", "pk")],
        "may_manage": request.user.can(Action.MANAGE_GROUP_PEOPLE, group),
    }
    return render(request, "groups/group_people.html", context, status=status)


@require_POST
def invitation_revoke(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Take an invitation back."""
    group = fetch_group(request, pk, Action.MANAGE_GROUP_PEOPLE)
    invitation = get_object_or_404(Invitation, pk=invitation_pk, case=group.case_id, role__in=INVITED_TO)
    actions.revoke_invitation(by=request.user, group=group, invitation=invitation, now=dates.now())
    messages.success(request, _("The invitation was taken back."))
    return redirect("group_people", pk=group.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def place_end(request: HttpRequest, pk: int, place_pk: int) -> HttpResponse:
    """End a person's place, after asking once more; one's own too."""
    group = fetch_group(request, pk, Action.VIEW_GROUP)
    place = get_object_or_404(GroupPerson, pk=place_pk, group=group, until=None)
    mine = place.user_id == request.user.pk
    if not mine:
        fetch_group(request, pk, Action.MANAGE_GROUP_PEOPLE)
    if request.method == "POST":
        actions.end_place(by=request.user, group=group, place=place, now=dates.now())
        if mine:
            messages.success(request, _("You left the group."))
            return redirect("group_list")
        messages.success(request, _("The place of %(name)s has ended.") % {"name": place.user})
        return redirect("group_people", pk=group.pk)
    return render(request, "groups/place_end.html", {"group": group, "place": place, "mine": mine})


@require_http_methods(["GET", "HEAD", "POST"])
def representation_hand_over(request: HttpRequest, pk: int, place_pk: int) -> HttpResponse:
    """Hand the representation over, after asking once more."""
    group = fetch_group(request, pk, Action.MANAGE_GROUP_PEOPLE)
    place = get_object_or_404(GroupPerson, pk=place_pk, group=group, until=None)
    if request.method == "POST":
        actions.hand_over(by=request.user, group=group, to=place, now=dates.now())
        messages.success(request, _("%(name)s represents the group now.") % {"name": place.user})
        return redirect("group_people", pk=group.pk)
    return render(request, "groups/representation_hand_over.html", {"group": group, "place": place})
