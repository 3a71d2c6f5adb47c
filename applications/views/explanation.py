"""One page that explains a decision, years later too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications import explanation, letter_paper
from applications.figures_in_words import RULE_NAMES
from applications.models import Application, Decision
from applications.views.eligibility import signed_checks, signed_results


@require_safe
def decision_why(request: HttpRequest, pk: int) -> HttpResponse:
    """The programme reads all of it; the group its rules, and scores without names; others the decision itself."""
    application = fetch(
        request.user, Application.objects.with_roles(), Action.VIEW_DECISION, decisions__pk=pk
    )
    decision = Decision.objects.select_related("decided_by", "submission__submitted_by").get(pk=pk)
    decision.application = application
    why = explanation.of(decision)
    internal = request.user.can(Action.VIEW_REVIEWS, application)
    context = {
        "application": application,
        "decision": decision,
        "why": why,
        "internal": internal,
        "rules": [(RULE_NAMES.get(row["rule"], row["rule"]), row) for row in signed_results(why.sign_off)],
        "checks": signed_checks(why.sign_off) if internal else [],
        "against": [RULE_NAMES.get(code, code) for code in decision.rules],
        "conditions": decision.dated_conditions.all(),
        "lines": decision.lines.select_related("line"),
        "document": letter_paper.found(decision, get_language() or ""),
    }
    return render(request, "applications/decision_why.html", context)
