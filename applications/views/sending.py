"""Checking everything, sending it, and the receipt."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import fetch, require
from accounts.permissions import Action
from applications import actions, calls, pdf, returning, standing
from applications.eligibility import WARN, Result, check_facts, failing
from applications.facts import Facts
from applications.forms.group import DeclarationForm
from applications.models import Application, Submission
from applications.questions import told
from applications.sections import sections_of, state_label
from applications.supporting import suggestions
from applications.views.answers import status_of, tried
from applications.views.budget import budget_of
from applications.views.changes import since_sent
from applications.views.plan import plan_of
from applications.views.sections import may_apply, member_rows, project_texts
from applications.workflow import APPLICATION
from core import dates, documents
from core.forms import posted_version
from core.models import Job
from core.money import cents

# What a proxy writes: seconds or milliseconds since 1970, often with "t=" before them.
REQUEST_START = re.compile(r"^(?:t=)?(\d{10}(?:\.\d{1,6})?|\d{13})$")


def arrived_at(request: HttpRequest) -> dt.datetime | None:
    """When the request reached our proxy; None without a proxy whose word counts (core settings).

    Whether the moment can be true is asked where it is used (applications.guards.arrival).
    """
    if not settings.TRUST_REQUEST_START:
        return None
    found = REQUEST_START.match(request.headers.get("X-Request-Start", ""))
    if not found:
        return None
    text = found[1]
    seconds = float(text) / 1000 if len(text) == 13 else float(text)
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


@require_safe
def application_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that would be sent, with where to change it; what is in the way; the declaration."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    return check_page(request, application, DeclarationForm())


@require_POST
def application_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it. What refuses it stands on the same page."""
    now = dates.now()
    application = fetch(request.user, Application.objects.with_roles(), Action.SUBMIT_APPLICATION, pk=pk)
    form = DeclarationForm(request.POST)
    if application.is_test and form.is_valid():
        accepted, sentence = calls.try_sending(application, by=request.user, now=now)
        messages.add_message(request, messages.SUCCESS if accepted else messages.WARNING, sentence)
        return redirect("application_check", pk=pk)
    if form.is_valid():
        version = posted_version(request)
        if tried(
            form,
            lambda: actions.submit(
                by=request.user,
                application=application,
                declared=form.cleaned_data["declared"],
                version=version,
                now=now,
                arrived_at=arrived_at(request),
            ),
        ):
            messages.success(request, _("The application was sent."))
            return redirect("application_receipt", pk=pk)
    application = Application.objects.with_roles().get(pk=pk)
    return check_page(request, application, form)


def check_page(request: HttpRequest, application: Application, form: DeclarationForm) -> HttpResponse:
    """The page of the answers, with the form to send them."""
    now = dates.now()
    facts = Facts(application, today=dates.day_of(now))
    if facts.live:
        facts.gather()
    results = check_facts(facts)
    may_send = request.user.can(Action.SUBMIT_APPLICATION, application)
    row = APPLICATION.by_name["submit"]
    context = {
        "application": application,
        "facts": facts,
        "parts": parts(application, results),
        "texts": project_texts(application),
        "members": member_rows(facts),
        "partners": facts.partners,
        **{code: told(facts.asked_questions, facts.answers, code) for code in ("questions", "declarations")},
        **plan_of(application, facts),
        **budget_of(application, facts),
        "tranches": tranches(application, facts),
        "may_apply": may_apply(request.user, application),
        "to_judge": [result for result in results if result.outcome == WARN],
        # Sending does not wait for them: the group may answer first.
        "suggested": suggestions.waiting_in(application) if application.is_open else [],
        "failing": [(result, _section_url(application, result)) for result in failing(results)],
        "form": form,
        "may_send": may_send,
        "reason": APPLICATION.refusal(application, row, by=request.user, now=now, data={})
        if may_send
        else "",
        "changes": since_sent(application, facts, request.user),
        "time_left": standing.time_left(application, now),
        "until": standing.last_day(application),
    }
    return render(request, "applications/application_check.html", context, status=status_of(form))


def tranches(application: Application, facts: Facts) -> list[tuple[Decimal, Decimal, int]]:
    """(per cent, pesos, report that it waits for) of each part of the grant, as the call plans them."""
    return [
        (tranche.percent, cents((facts.asked - facts.salary) * tranche.percent / 100), tranche.after_report)
        for tranche in application.call.tranches.all()
    ]


def _section_url(application: Application, result: Result) -> str:
    return reverse("application_section", args=[application.pk, result.section]) + "?back=check"


def parts(application: Application, results: list[Result]) -> list[dict[str, Any]]:
    """The sections with their states, where to change each, and what the office asked to change."""
    waiting = application.returns.filter(answered_at=None).first() if application.answer_by else None
    notes = waiting.notes if waiting else {}
    places = returning.places_of(application) if waiting and waiting.field_notes else {}
    found = []
    for section in sections_of(application):
        state = section.state(application, results)
        url = reverse("application_section", args=[application.pk, section.code]) + "?back=check"
        found.append(
            {
                "code": section.code,
                "label": section.label,
                "state": state,
                "state_label": state_label(state),
                "url": url if section.is_open(application, results) else "",
                "note": notes.get(section.code, ""),
                "place_notes": returning.told(waiting, section.code, places) if waiting else [],
            }
        )
    return found


# --- The receipt -------------------------------------------------------------------------------------


@require_safe
def application_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """That it was received: number, hour, what happens next, and the documents to keep."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    submission = application.latest_submission
    if submission is None:
        raise Http404
    papers = [(kind, label, paper(request, submission, kind)) for kind, label in pdf.kinds()]
    context = {
        "application": application,
        "submission": submission,
        "steps": standing.after_sending(application) if application.status == "submitted" else [],
        "papers": papers,
        "making": any(found["job"] is not None and found["job"].is_open for _kind, _label, found in papers),
    }
    template = "applications/application_receipt.html" + ("#papers" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context)


def paper(request: HttpRequest, submission: Submission, kind: str) -> dict[str, Any]:
    """How far a PDF of a submission is, in the language of the page."""
    job = (
        Job.objects.filter(key=pdf.key_of(kind, submission, get_language())).select_related("result").first()
    )
    done = job is not None and job.result is not None and documents.may_read(request.user, job.result)
    return {"job": job, "document": job.result if job and done else None}


@require_POST
def application_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a PDF of what was sent. Asking twice is asking once."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    submission = application.latest_submission
    if submission is None or kind not in dict(pdf.kinds()):
        raise Http404
    require(request.user, Action.VIEW_APPLICATION, application)
    pdf.ask(submission, kind, by=request.user, now=dates.now(), language=get_language())
    return redirect("application_receipt", pk=pk)
