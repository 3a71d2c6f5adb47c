"""Marking a condition of an approval as met."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications import conditions
from applications.models import Application, DecisionCondition
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import Form


class MetForm(Form):
    """When it was done, and what shows it."""

    met_on = forms.DateField(
        label=gettext_lazy("Met on"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    proof = forms.CharField(
        label=gettext_lazy("What shows it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_http_methods(["GET", "HEAD", "POST"])
def condition_met(request: HttpRequest, pk: int) -> HttpResponse:
    """One condition: when it was met, and what shows it."""
    application = fetch(
        request.user,
        Application.objects.with_roles(),
        Action.MEET_CONDITION,
        decisions__dated_conditions__pk=pk,
    )
    condition = DecisionCondition.objects.select_related("decision").get(pk=pk)
    condition.decision.application = application
    form = MetForm(posted(request), initial={"met_on": dates.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            form,
            lambda: conditions.meet(by=request.user, condition=condition, now=dates.now(), **data),
        ):
            messages.success(request, _("The condition is marked as met."))
            return redirect("decision_detail", pk=condition.decision_id)
    context = {
        "application": application,
        "condition": condition,
        "form": form,
        "refusal": conditions.why_not_met(condition),
    }
    return render(request, "applications/condition_met.html", context, status=status_of(form))
