"""Marking a condition of an approval as met."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications import conditions
from applications.forms.decision import MetForm
from applications.models import Application, DecisionCondition
from applications.views.answers import posted, status_of, tried
from core import dates


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
