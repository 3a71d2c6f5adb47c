"""The page of covers: who stands in for whom now, from when, and until now; one form to set one, a button to end one."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import covering
from accounts.access import require
from accounts.models import Cover, User
from accounts.permissions import Action
from accounts.roles import Role
from core import dates
from core.forms import DateField, Form
from core.workflow import Refusal

# How many that are over the page still shows.
MOST_PAST = 20


class CoverForm(Form):
    """Who stands in for whom, from day to day."""

    person = forms.ModelChoiceField(label=gettext_lazy("Who is away"), queryset=User.objects.none())
    cover = forms.ModelChoiceField(label=gettext_lazy("Who stands in"), queryset=User.objects.none())
    first_on = DateField(label=gettext_lazy("First day"))
    last_on = DateField(label=gettext_lazy("Last day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        officers = User.objects.with_role(Role.OFFICER, dates.now()).order_by("full_name", "pk")
        for name in ("person", "cover"):
            self.fields[name].queryset = officers  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def cover_list(request: HttpRequest) -> HttpResponse:
    """Covers now, to come and past, and the form to set one."""
    require(request.user, Action.SET_COVER)
    now = dates.now()
    mine = {"person": request.user.pk, "first_on": dates.day_of(now)}
    form = CoverForm(request.POST if request.method == "POST" else None, initial=mine)
    if request.method == "POST" and form.is_valid():
        try:
            made = covering.set_cover(by=request.user, now=now, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            words = {"cover": made.by, "name": made.person}
            messages.success(request, _("%(cover)s stands in for %(name)s. Both were told.") % words)
            return redirect("cover_list")
    today, covers = dates.day_of(now), Cover.objects.select_related("person", "by", "set_by")
    context = {
        "form": form,
        "parts": [
            (_("Now"), covers.on(today), True, _("Nobody stands in for anybody today.")),
            (_("To come"), covers.to_come(today), True, _("No cover is set for days to come.")),
            (
                _("Past"),
                covers.past(today).order_by("-last_on", "-pk")[:MOST_PAST],
                False,
                _("No cover is over yet."),
            ),
        ],
    }
    return render(request, "accounts/cover_list.html", context, status=422 if form.is_bound else 200)


@require_POST
def cover_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one early, or call it off."""
    require(request.user, Action.SET_COVER)
    found = get_object_or_404(Cover, pk=pk)
    cover = covering.end_cover(by=request.user, cover=found, now=dates.now())  # type: ignore[arg-type]
    words = {"cover": cover.by, "name": cover.person}
    messages.success(request, _("%(cover)s does not stand in for %(name)s any more.") % words)
    return redirect("cover_list")
