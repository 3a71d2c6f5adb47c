"""The list of applications, and the steps of a group that ask for a reason."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import fetch, require
from accounts.fresh import fresh_login
from accounts.permissions import Action
from applications import authority, figures_in_words
from applications.forms.group import AnnulForm, ReasonForm, ResolutionForm
from applications.models import Application
from applications.views.answers import status_of, tried
from applications.workflow import APPLICATION
from core import dates
from core.forms import posted_version

# --- A step that asks for a reason -------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The words of the page of one transition: what it means, what to write, what was done."""

    title: Promise
    meaning: Promise
    label: Promise
    done: Promise
    form: type[ReasonForm] = ReasonForm


ACTS: dict[str, Asked] = {
    "withdraw": Asked(
        gettext_lazy("Withdraw the application"),
        gettext_lazy(
            "It ends. Its firms are free for another application, and you may start a new one while the call is open."
        ),
        gettext_lazy("Why you withdraw it"),
        gettext_lazy("The application was withdrawn."),
    ),
    "renounce": Asked(
        gettext_lazy("Renounce the grant"),
        gettext_lazy("The approval ends, and its money goes to other groups. This cannot be undone."),
        gettext_lazy("Why you renounce it"),
        gettext_lazy("You renounced the grant."),
    ),
    "ask_reconsideration": Asked(
        gettext_lazy("Ask for reconsideration"),
        gettext_lazy("The authority looks at the decision again, once, on the grounds that you give."),
        gettext_lazy("Your grounds"),
        gettext_lazy("You asked for reconsideration. The authority answers."),
    ),
    "grant_reconsideration": Asked(
        gettext_lazy("Grant the reconsideration"),
        gettext_lazy("The application goes back to where it was before it was refused."),
        gettext_lazy("Grounds"),
        gettext_lazy("The reconsideration was granted. The group is told."),
        ResolutionForm,
    ),
    "deny_reconsideration": Asked(
        gettext_lazy("Deny the reconsideration"),
        gettext_lazy("The decision stays as it was. This is the end of the application."),
        gettext_lazy("Grounds"),
        gettext_lazy("The reconsideration was denied. The group is told."),
        ResolutionForm,
    ),
    "annul": Asked(
        gettext_lazy("Annul the approval"),
        gettext_lazy(
            "A new act with its own number. The old one stays readable; its money returns to the call."
        ),
        gettext_lazy("Grounds"),
        gettext_lazy("The approval was annulled. The group is told."),
        AnnulForm,
    ),
}
# They decide: the log-in has to be fresh.
OF_THE_AUTHORITY = ("grant_reconsideration", "deny_reconsideration", "annul")
ON_RECONSIDERATION = ("grant_reconsideration", "deny_reconsideration")
OF_THE_GROUP = ("withdraw", "renounce", "ask_reconsideration")


@fresh_login(when=lambda *, name, **_of: name in OF_THE_AUTHORITY)
@require_http_methods(["GET", "HEAD", "POST"])
def application_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step that asks for a reason: what it means, and the reason."""
    words = ACTS.get(name)
    if words is None:
        raise Http404
    row, user, now = APPLICATION.by_name[name], request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    require(user, row.permission, application)
    form = words.form(request.POST if request.method == "POST" else None, label=words.label)
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        if tried(
            form,
            lambda: APPLICATION.apply(
                application, name, by=user, now=now, version=version, data=form.cleaned_data
            ),
        ):
            messages.success(request, words.done)
            return redirect("application_detail", pk=pk)
    if form.is_bound:
        application.refresh_from_db(fields=["status", "version"])
    context = {
        "application": application,
        "form": form,
        "words": words,
        "style": row.style,
        "refusal": APPLICATION.refusal(application, row, by=user, now=now, data={}),
        **(in_question(application) if name in ON_RECONSIDERATION else {}),
    }
    return render(request, "applications/application_act.html", context, status=status_of(form))


def in_question(application: Application) -> dict[str, Any]:
    """What the authority reads before it answers: the group's grounds, and the decision that they are about."""
    decision = authority.in_question(application)
    return {
        "asked": authority.asked(application),
        "decision": decision,
        "against": [figures_in_words.RULE_NAMES.get(code, code) for code in decision.rules]
        if decision
        else [],
    }
