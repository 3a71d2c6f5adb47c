"""Eligibility as an officer judges it, and returning an application to its group for changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch, require
from accounts.permissions import Action
from applications import eligibility as rules
from applications import judging, returning
from applications.days import in_words, last_day
from applications.forms.staff import EligibilityForm, ExtendForm, IneligibleForm, ReturnForm
from applications.models import Application, EligibilitySignOff
from applications.sections import SECTIONS, sections_of
from applications.views.answers import posted, status_of, tried
from applications.views.changes import of_last_two
from applications.views.staff import sign_off_of
from applications.workflow import APPLICATION
from core import bilingual, dates
from core.forms import posted_version
from core.templatetags.lsp import deadline


@require_http_methods(["GET", "HEAD", "POST"])
def eligibility(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules with their outcome and figures; signing off, or declaring the application ineligible."""
    user, now = request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.VIEW_INTERNAL, pk=pk)
    submission = application.latest_submission
    versions, changes = of_last_two(application)
    signed = sign_off_of(submission)
    results = rules.check(application, today=dates.day_of(now))
    sign_form = EligibilityForm(
        posted(request, act="sign"), results=results, checks=application.call.checks.all(), prefix="sign"
    )
    bar_form = IneligibleForm(posted(request, act="ineligible"), results=results, prefix="bar")
    if request.method == "POST":
        require(user, Action.CHECK_ELIGIBILITY, application)
        if (
            sign_form.is_bound
            and sign_form.is_valid()
            and tried(sign_form, lambda: sign(request, sign_form, pk))
        ):
            messages.success(request, _("You signed off eligibility. Next: assign reviewers."))
            return redirect("reviews_assign", pk=pk)
        if bar_form.is_bound and bar_form.is_valid() and tried(bar_form, lambda: bar(request, bar_form, pk)):
            messages.success(request, _("The application was declared not eligible. The group is told why."))
            return redirect("application_detail", pk=pk)
        application.refresh_from_db(fields=["version", "status"])
    context = {
        "application": application,
        "submission": submission,
        "sign_off": signed,
        "signed_results": signed_results(signed),
        "signed_checks": signed_checks(signed),
        "results": results,
        "failing": [result for result in results if result.outcome == "fail"],
        "versions": versions,
        "changes": changes,
        "sign_form": sign_form,
        "bar_form": bar_form,
        "forms": [sign_form, bar_form],
        **ways_on(application, user, now),
    }
    return render(
        request, "applications/staff_eligibility.html", context, status=status_of(sign_form, bar_form)
    )


def sign(request: HttpRequest, form: EligibilityForm, pk: int) -> None:
    """Sign off what the officer judged."""
    judging.sign_eligibility(
        by=request.user,
        application=Application.objects.get(pk=pk),
        judgements=form.judgements,
        checklist=form.checklist,
        note=form.cleaned_data["note"],
        version=posted_version(request),
        now=dates.now(),
    )


def bar(request: HttpRequest, form: IneligibleForm, pk: int) -> None:
    """Declare it ineligible, with the rules that are not met."""
    APPLICATION.apply(
        Application.objects.get(pk=pk),
        "declare_ineligible",
        by=request.user,
        now=dates.now(),
        version=posted_version(request),
        data=form.cleaned_data,
    )


def ways_on(application: Application, user, now) -> dict[str, Any]:
    """Which of the page's acts are open to this person: "" or the reason why not; None for who has no part in it."""
    found = {row.name: row.reason for row in APPLICATION.available(application, by=user, now=now)}
    may_sign = application.status == "submitted" and user.can(Action.CHECK_ELIGIBILITY, application)
    return {
        "may_sign": may_sign,
        "ineligible_reason": found.get("declare_ineligible"),
        "return_reason": found.get("request_changes"),
    }


def signed_results(signed: EligibilitySignOff | None) -> list[dict[str, Any]]:
    """The rules as they were signed, in the reader's language; `as_written` where only the signer's was kept."""
    language = bilingual.language()
    rows = signed.results if signed else []
    return [
        {
            **row,
            "sentence": row.get("sentences", {}).get(language, row["sentence"]),
            "as_written": "sentences" not in row,
        }
        for row in rows
    ]


def signed_checks(signed: EligibilitySignOff | None) -> list[tuple[str, str, str]]:
    """The checklist as it was signed: (what was checked, the answer, what was seen)."""
    answers = dict(EligibilitySignOff.Answer.choices)
    language = bilingual.language()
    rows = signed.checklist if signed else []
    return [(row[language], str(answers[row["answer"]]), row["note"]) for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
def application_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Return an application for changes, section by section; or, once it was returned, give more time."""
    application = fetch(request.user, Application.objects.with_roles(), Action.REQUEST_CHANGES, pk=pk)
    if application.status == Application.Status.CHANGES_REQUESTED:
        return _extend(request, application)
    now, call = dates.now(), application.call
    today = dates.day_of(now)
    until = last_day(call, today, call.days_to_answer)
    form = ReturnForm(
        posted(request),
        today=today,
        last_day=until,
        sections=sections_of(application),
        places=returning.places_of(application),
    )
    if request.method == "POST" and form.is_valid():
        data = {
            "notes": form.notes,
            "field_notes": form.field_notes,
            "answer_by": form.cleaned_data["answer_by"],
        }
        version = posted_version(request)
        if tried(
            form,
            lambda: APPLICATION.apply(
                application, "request_changes", by=request.user, now=now, version=version, data=data
            ),
        ):
            messages.success(request, _("The application went back to the group, with your notes."))
            return redirect("application_detail", pk=pk)
    if request.method == "POST":
        application.refresh_from_db(fields=["version", "status"])
    row = APPLICATION.by_name["request_changes"]
    context = {
        "application": application,
        "form": form,
        "reason": APPLICATION.refusal(application, row, by=request.user, now=now, data={}),
        "days": in_words(call.days_to_answer, working=call.working_days),
    }
    return render(request, "applications/staff_return.html", context, status=status_of(form))


def _extend(request: HttpRequest, application: Application) -> HttpResponse:
    """Give the group more time to answer."""
    now = dates.now()
    form = ExtendForm(posted(request), today=dates.day_of(now), present=dates.day_of(application.answer_by))
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        if tried(
            form,
            lambda: judging.extend_answer(
                by=request.user, application=application, version=version, now=now, **form.cleaned_data
            ),
        ):
            application.refresh_from_db(fields=["answer_by"])
            messages.success(
                request, _("The group may answer until %(when)s.") % {"when": deadline(application.answer_by)}
            )
            return redirect("application_detail", pk=application.pk)
    asked = application.returns.select_related("asked_by").first()
    labels = {section.code: section.label for section in SECTIONS}
    places = returning.places_of(application)
    application.refresh_from_db(fields=["version"])
    context = {
        "application": application,
        "form": form,
        "asked": asked,
        "notes": [
            (labels[code], asked.notes.get(code, ""), returning.told(asked, code, places))
            for code in returning.sections_named(asked)
        ]
        if asked
        else [],
    }
    return render(request, "applications/staff_extend.html", context, status=status_of(form))
