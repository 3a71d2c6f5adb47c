"""What the officer recommends and the authority decides, and the decision as it reads afterwards."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.fresh import fresh_login
from accounts.models import User
from accounts.permissions import Action
from applications import came_first, letter, letter_paper, places, reserve_list, ties
from applications.comparison import compare, money_left
from applications.forms.decision import DECISIONS, AmountsForm, DecideForm, RecommendForm
from applications.forms.staff import ReasonForm
from applications.models import Application, Decision
from applications.views.answers import posted, status_of, tried
from applications.views.eligibility import signed_results
from applications.views.staff import ranking_url, sign_off_of
from applications.workflow import APPLICATION
from core import dates
from core.forms import posted_version
from core.workflow import TransitionRefused


def amounts_context(application: Application, form: AmountsForm) -> dict[str, Any]:
    """The table of lines with their amounts, and the totals below it."""
    asked = sum((line.programme_share for line in form.lines), start=form.total * 0)
    return {
        "amount_rows": form.rows(),
        "asked": asked,
        "total": form.total,
        "most": application.call.max_per_project,
        "left": money_left(application.call),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    """Reviews beside each other, an amount for each line, the grounds."""
    user, now = request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.RECOMMEND, pk=pk)
    form = RecommendForm(posted(request), lines=application.lines.all())
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        data = {"amounts": form.amounts, "reason": form.cleaned_data["reason"]}
        if tried(
            form,
            lambda: APPLICATION.apply(application, "recommend", by=user, now=now, version=version, data=data),
        ):
            messages.success(request, _("You recommended it. An approver decides now."))
            return redirect("application_detail", pk=pk)
    if request.method == "POST":
        application.refresh_from_db(fields=["version", "status"])
    row = APPLICATION.by_name["recommend"]
    context = {
        "application": application,
        "form": form,
        "reason": APPLICATION.refusal(application, row, by=user, now=now, data={}),
        "comparison": compare(application),
        **amounts_context(application, form),
    }
    return render(request, "applications/staff_recommend.html", context, status=status_of(form))


@require_POST
def amounts_total(request: HttpRequest, pk: int) -> HttpResponse:
    """The sum of the amounts typed so far: a part of the pages above and below, for htmx."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_REVIEWS, pk=pk)
    form = AmountsForm(request.POST, lines=application.lines.all())
    form.is_valid()
    context = {"application": application, **amounts_context(application, form)}
    return render(request, "applications/_amounts.html#total", context)


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that a decision rests on, on one screen; then the letter as it will read; then the signature."""
    user, now = request.user, dates.now()
    # Each decision that is possible asks the reviews, whether it may be taken.
    applications = Application.objects.with_roles().prefetch_related("reviews__reviewer", "recommendations")
    application = fetch(user, applications, Action.DECIDE, pk=pk)
    open_rows, possible = _open(application, user, now)
    recommendation = application.recommendations.select_related("recommended_by").first()
    lines = recommendation.lines.exclude(line=None) if recommendation else []
    proposed = {line.line_id: line.amount for line in lines}
    form = DecideForm(posted(request), lines=application.lines.all(), proposed=proposed, possible=possible)
    # Somebody else may have decided since the page was opened.
    second = came_first.sentence(application, request.POST) if request.method == "POST" else ""
    if request.method == "POST" and not second and form.is_valid() and request.POST.get("step") != "change":
        name, version = form.cleaned_data["decision"], posted_version(request)
        if request.POST.get("step") != "sign":
            if tried(form, lambda: refuse(application, name, request, form)):
                return _preview(request, application, form, version)
        elif tried(
            form,
            lambda: APPLICATION.apply(application, name, by=user, now=now, version=version, data=form.answer),
        ):
            decision = application.decisions.first()
            if name == "send_back" or decision is None:
                messages.success(request, _("You sent it back to the officer, with your reason."))
                return redirect("application_detail", pk=pk)
            return redirect("decision_detail", pk=decision.pk)
    if request.method == "POST":
        before = application.version
        application.refresh_from_db(fields=["version", "status"])
        if application.version != before:
            second = came_first.sentence(application, request.POST)
            open_rows, possible = _open(application, user, now)
    context = {
        "application": application,
        "form": form,
        "possible": possible,
        "second": second,
        "last": application.decisions.first(),
        "may_leave": not reserve_list.why_not_leave(application, by=user, now=now),
        "refused": refusals(open_rows, application),
        "recommendation": recommendation,
        "ranking_url": ranking_url(application, user),
        **rests_on(application),
        **amounts_context(application, form),
    }
    status = 200 if request.POST.get("step") == "change" and not hasattr(form, "refused") else status_of(form)
    return render(request, "applications/staff_decide.html", context, status=409 if second else status)


def _open(application: Application, user: User, now: datetime) -> tuple[dict[str, str], list[str]]:
    """Each step with the reason that stands against it, and the decisions against which none does."""
    rows = {row.name: row.reason for row in APPLICATION.available(application, by=user, now=now)}
    return rows, [name for name, _label in DECISIONS if rows.get(name) == ""]


def rests_on(application: Application) -> dict[str, Any]:
    """What the screen of a decision shows beside the form: eligibility, reviews, place."""
    sign_off = sign_off_of(application.latest_submission)
    comparison = compare(application)
    tied = ties.of_one(application.pk, among=[review.reviewer_id for review in comparison.reviews])
    return {
        # Who came to be tied to it after it was recommended: the authority does not decide on it unknowing.
        "tied": [
            (row.reviewer, tied[row.reviewer_id]) for row in comparison.reviews if row.reviewer_id in tied
        ],
        "place": places.place_of(application),
        "comparison": comparison,
        "sign_off": sign_off,
        "warnings": [row for row in signed_results(sign_off) if row["outcome"] != "pass"],
    }


@fresh_login
@require_http_methods(["GET", "HEAD", "POST"])
def reserve_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave one that was called on the reserve list, with the reason."""
    user, now = request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.DECIDE, pk=pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason, version = form.cleaned_data["reason"], posted_version(request)
        if tried(
            form,
            lambda: reserve_list.leave(
                by=user, application=application, reason=reason, version=version, now=now
            ),
        ):
            messages.success(request, _("It stays on the reserve list. The next that fits is asked about."))
            return redirect("application_detail", pk=pk)
    if request.method == "POST":
        application.refresh_from_db(fields=["version", "status", "staff_due_on"])
    context = {
        "application": application,
        "form": form,
        "reason": reserve_list.why_not_leave(application, by=user, now=now),
    }
    return render(request, "applications/reserve_leave.html", context, status=status_of(form))


def refuse(application: Application, name: str, request: HttpRequest, form: DecideForm) -> None:
    """Say no before the letter is shown, when the signature would be refused."""
    row = APPLICATION.by_name[name]
    if sentence := APPLICATION.refusal(application, row, by=request.user, now=dates.now(), data=form.answer):
        raise TransitionRefused(sentence)


def refusals(open_rows: dict[str, str], application: Application) -> list[tuple[Any, str]]:
    """What cannot be decided now, each with the reason."""
    if not any(name in open_rows for name, _label in DECISIONS):
        sentence = _("There is nothing to decide: the state is “%(state)s”.") % {
            "state": application.get_status_display()
        }
        return [("", sentence)]
    return [(label, open_rows[name]) for name, label in DECISIONS if open_rows.get(name)]


def _preview(request: HttpRequest, application: Application, form: DecideForm, version: int) -> HttpResponse:
    """The act once more before it is signed: what it says, and what it does to the envelope."""
    data = form.answer
    name = form.cleaned_data["decision"]
    left = money_left(application.call)
    drafted, language = None, letter.language_of(application)
    if name != "send_back" and request.POST.get("step") == "draft":
        job = letter_paper.ask_draft(application, name, data, by=request.user, now=dates.now())
        return redirect("job", pk=job.pk)
    if name != "send_back":
        with translation.override(language):
            drafted = letter.draft(application, name, data, by=request.user, now=dates.now())
    context = {
        "application": application,
        "name": name,
        "label": dict(DECISIONS)[name],
        "data": data,
        "fields": hidden_fields(request, form),
        "version": version,
        "letter": drafted,
        "language": language,
        "left": left,
        "left_after": left - form.total if name == "approve" else left,
        "total": form.total,
    }
    return render(request, "applications/staff_decide_confirm.html", context)


def hidden_fields(request: HttpRequest, form: DecideForm) -> list[tuple[str, str]]:
    """What was typed, to be sent again with the signature."""
    names = [*form.fields, "last"]
    return [(name, request.POST.get(form.add_prefix(name), "")) for name in names if name in request.POST]


@require_safe
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision as it reads for the group and for staff, and what happens next."""
    decision = _decision(request, pk)
    application = decision.application
    context = {
        "decision": decision,
        "application": application,
        "letter": letter.content(decision),
        "conditions": decision.dated_conditions.all(),
        "notices": decision.notices.select_related("document"),
        "may_notify": request.user.can(Action.RECORD_NOTICE, application),
        "stands": application.status == Application.Status.APPROVED,
        "may_meet": request.user.can(Action.MEET_CONDITION, application),
        "today": dates.today(),
        "signer": request.user.pk == decision.decided_by_id,
        "steps": letter.next_steps(decision),
        "document": letter_paper.found(decision, get_language() or ""),
        "internal": request.user.can(Action.VIEW_INTERNAL, application),
    }
    return render(request, "applications/decision_detail.html", context)


def _decision(request: HttpRequest, pk: int) -> Decision:
    """A decision of an application whose decisions this person may read."""
    rows = Decision.objects.select_related("decided_by", "submission").filter(pk=pk)
    rows = rows.prefetch_related("dated_conditions__met_by")
    application = fetch(
        request.user, Application.objects.with_roles(), Action.VIEW_DECISION, decisions__pk=pk
    )
    decision = rows.get()
    decision.application = application
    return decision


@require_POST
def decision_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the letter as a PDF; the page of the job leads to it."""
    decision = _decision(request, pk)
    job = letter_paper.ask(decision, by=request.user, now=dates.now())
    return redirect("job", pk=job.pk)
