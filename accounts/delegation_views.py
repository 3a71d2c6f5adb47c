"""The page of delegations: who decides for whom now, from when, and until now; a form to name a delegate; for admins the
button to agree."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, delegating
from accounts.access import require
from accounts.fresh import fresh_login
from accounts.models import RoleGrant, User
from accounts.permissions import Action, holds
from accounts.roles import Role
from core import dates
from core.forms import Form, MomentField
from core.workflow import Refusal

# How many that are over the page still shows.
MOST_PAST = 20


class DelegationForm(Form):
    """To whom, from when, until when, and why."""

    person = forms.ModelChoiceField(label=gettext_lazy("Who decides for you"), queryset=User.objects.none())
    starts = MomentField(label=gettext_lazy("From"))
    ends = MomentField(label=gettext_lazy("Until"), help_text=gettext_lazy("From this moment on it is over."))
    grounds = forms.CharField(
        label=gettext_lazy("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        now = dates.now()
        live = RoleGrant.objects.live(now)
        approvers = live.filter(role=Role.APPROVER).values("user_id")
        staff = User.objects.filter(is_active=True, pk__in=live.values("user_id")).exclude(pk__in=approvers)
        self.fields["person"].queryset = staff.exclude(pk=by.pk).order_by("full_name", "pk")  # type: ignore[attr-defined]


@fresh_login(reads=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delegation_list(request: HttpRequest) -> HttpResponse:
    """Delegations now, waiting or to come, and past; for approvers the form."""
    user, now = request.user, dates.now()
    assert isinstance(user, User)
    rows = (
        RoleGrant.objects.filter(delegated_by__isnull=False)
        .select_related("user", "delegated_by", "seconded_by")
        # Whether one is in force depends on the roles of whoever lent it.
        .prefetch_related("delegated_by__role_grants")
    )
    if not holds(user, Action.MANAGE_ROLES) and not rows.filter(user=user).exists():
        require(user, Action.DELEGATE)
    form = DelegationForm(
        request.POST if request.method == "POST" else None, by=user, initial={"starts": now}
    )
    if request.method == "POST":
        require(user, Action.DELEGATE)
        if form.is_valid():
            try:
                grant = delegating.delegate(by=user, now=now, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                words = {"name": grant.user}
                messages.success(request, _("%(name)s decides for you once an admin agrees.") % words)
                return redirect("delegation_list")
    live: list[RoleGrant] = []
    waiting: list[RoleGrant] = []
    past: list[RoleGrant] = []
    for grant in rows.order_by("-pk"):
        (past if grant.has_ended(now) else live if grant.is_live(now) else waiting).append(grant)
    context = {
        "form": form,
        "parts": [
            (_("Now"), live, _("Nobody decides for anybody now.")),
            (_("Waiting for an admin, or to come"), waiting, _("Nothing waits.")),
        ],
        "past": past[:MOST_PAST],
        "may_delegate": holds(user, Action.DELEGATE),
        "may_agree": holds(user, Action.MANAGE_ROLES),
    }
    return render(request, "accounts/delegation_list.html", context, status=422 if form.is_bound else 200)


@fresh_login
@require_POST
def delegation_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """An admin other than both agrees; from its first moment on it is in force."""
    require(request.user, Action.MANAGE_ROLES)
    found = get_object_or_404(RoleGrant, pk=pk, delegated_by__isnull=False)
    actions.second_role(by=request.user, grant=found, now=dates.now())  # type: ignore[arg-type]
    messages.success(request, _("You agreed to the delegation. Both were told."))
    return redirect("delegation_list")


@require_POST
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one early, or call it off."""
    found = get_object_or_404(RoleGrant, pk=pk, delegated_by__isnull=False)
    delegating.end(by=request.user, grant=found, now=dates.now())  # type: ignore[arg-type]
    messages.success(request, _("The delegation is over. Both were told."))
    return redirect("delegation_list")
