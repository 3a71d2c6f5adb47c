"""Writing down how the group was notified of a decision."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications import notices
from applications.forms.notices import NoticeForm
from applications.models import Application, Decision
from applications.views.answers import posted, status_of, tried
from core import dates


@require_http_methods(["GET", "HEAD", "POST"])
def decision_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """How and when the group was notified, with the proof."""
    application = fetch(
        request.user, Application.objects.with_roles(), Action.RECORD_NOTICE, decisions__pk=pk
    )
    decision, now = Decision.objects.get(pk=pk), dates.now()
    decision.application = application
    files = request.FILES if request.method == "POST" else None
    first, today = dates.day_of(decision.decided_at), dates.day_of(now)
    form = NoticeForm(posted(request), files, first=first, today=today)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: notices.record(by=request.user, decision=decision, now=now, **form.answer))
    ):
        messages.success(request, _("Written down. The days of the group count from that day."))
        return redirect("decision_detail", pk=pk)
    context = {"application": application, "decision": decision, "form": form}
    return render(request, "applications/decision_notice.html", context, status=status_of(form))
