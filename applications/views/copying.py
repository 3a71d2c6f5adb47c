"""Beginning a draft from a former application: choosing it, and what does not fit afterwards."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications import actions, copying
from applications.facts import Facts
from applications.forms.copying import CopyForm
from applications.models import Application
from applications.sections import BY_CODE
from core import dates
from core.forms import posted_version
from core.workflow import NotAllowed, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def application_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Which former application to begin from; and that what is written goes, if something is."""
    application = _fetch(request, pk)
    former = copying.former(application, by=request.user)
    empty = copying.is_empty(application)
    form = CopyForm(request.POST if request.method == "POST" else None, former=former, empty=empty)
    status = 422 if form.is_bound else 200
    why_not = copying.why_not(application)
    if request.method == "POST" and form.is_valid():
        source = next(each for each in former if str(each.pk) == form.cleaned_data["source"])
        try:
            copying.copy(
                by=request.user,
                application=application,
                source=source,
                version=posted_version(request),
                now=dates.now(),
                replace=form.cleaned_data.get("replace", False),
            )
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        else:
            messages.success(request, _("Copied from: %(source)s.") % {"source": source})
            return redirect("application_copied", pk=application.pk)
    context = {
        "application": application,
        "form": form,
        "former": former,
        "empty": empty,
        "why_not": why_not,
        "copied": copying.source_of(application) is not None,
    }
    return render(request, "applications/application_copy.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def application_copied(request: HttpRequest, pk: int) -> HttpResponse:
    """What of the former application was left behind or does not fit; shares that are too high can be lowered here."""
    application = _fetch(request, pk)
    source = copying.source_of(application)
    if source is None:
        return redirect("application_copy", pk=application.pk)
    now = dates.now()
    if request.method == "POST":
        lowered = copying.lower_shares(
            by=request.user, application=application, version=posted_version(request), now=now
        )
        sentence = ngettext("%(n)s share was lowered.", "%(n)s shares were lowered.", lowered)
        messages.success(request, sentence % {"n": lowered})
        return redirect("application_copied", pk=application.pk)
    facts = Facts(application, today=dates.day_of(now))
    found = copying.compared(application, source, facts=facts)
    context = {
        "application": application,
        "source": source,
        "found": found,
        "rules": [(BY_CODE[result.section], result.sentence) for result in found.rules],
        "may_lower": not actions.why_not_editable(application, "budget", by=request.user, now=now),
    }
    return render(request, "applications/application_copied.html", context)


def _fetch(request: HttpRequest, pk: int) -> Application:
    return fetch(request.user, Application.objects.with_roles(), Action.EDIT_APPLICATION, pk=pk)
