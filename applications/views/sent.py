"""What was sent, version by version, as it was frozen."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications import dossier
from applications.models import Application


@require_safe
def application_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """The last version that was sent, or with `?version=1` an earlier one."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    submissions = {str(row.number): row for row in application.submissions.order_by("-number")}
    wanted = request.GET.get("version") or next(iter(submissions), "")
    if wanted not in submissions:
        raise Http404
    context = {
        "application": application,
        "dossier": dossier.of(submissions[wanted]),
        "submissions": list(submissions.values()),
    }
    return render(request, "applications/application_sent.html", context)
