"""The call desk: all calls for who writes them, one call with what it lacks and what may be done to it. Trying
it out is in call_trial.py."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require, require_held
from accounts.permissions import Action
from applications import calls, readiness
from applications.calls.pages import PAGES
from applications.forms.call_editor_rows import (
    CutAddForm,
    EnvelopeForm,
    ExtendForm,
    NewCallForm,
    ReasonedForm,
)
from applications.models import Application, Call
from applications.views.answers import status_of, tried
from applications.views.calls import standing
from applications.workflow import CALL
from core import dates, timeline
from core.forms import Form, posted_version
from core.lists import BoundedPaginator

CALLS_ON_A_PAGE = 25


@dataclass(frozen=True)
class Task:
    """A page of the editor on the list of a call."""

    label: Promise
    url: str
    hint: Promise
    state: str
    state_label: str


@dataclass(frozen=True)
class Asked:
    """The words of the page of one transition: what it means, what was done; and its form."""

    title: Promise
    meaning: Promise
    done: Promise
    form: type[Form] = Form


def one_call(request: HttpRequest, code: str) -> Call:
    """A call that this person writes."""
    return fetch(request.user, Call.objects.select_related("case"), Action.EDIT_CALL, code=code)


@require_safe
def call_desk(request: HttpRequest) -> HttpResponse:
    """Every call with its state, the newest first."""
    require_held(request.user, Action.EDIT_CALL)
    now = dates.now()
    real = Count("applications", filter=Q(applications__is_test=False))
    sent = Count(
        "applications", filter=Q(applications__is_test=False, applications__first_submitted_at__isnull=False)
    )
    found = Call.objects.visible_to(request.user).annotate(begun=real, sent=sent).order_by("-opens_at", "-id")
    page = BoundedPaginator(found, CALLS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [(call, *standing(call, now)) for call in page]}
    return render(request, "applications/call_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def call_create(request: HttpRequest) -> HttpResponse:
    """A new call from nothing, or with the rules of a former one (`?copy=` its code)."""
    require_held(request.user, Action.EDIT_CALL)
    former = one_call(request, request.GET["copy"]) if request.GET.get("copy") else None
    now = dates.now()
    start = {"opens_at": dates.at_noon(dates.add_months(dates.day_of(now), 1))}
    form = NewCallForm(request.POST if request.method == "POST" else None, former=former, initial=start)
    if request.method == "POST" and form.is_valid():
        made: list[Call] = []
        data = form.cleaned_data
        if tried(
            form,
            lambda: made.append(
                calls.copy(by=request.user, former=former, now=now, **data)
                if former
                else calls.create(by=request.user, now=now, **data)
            ),
            field="code",
        ):
            messages.success(request, _("The draft was made. Nobody but staff sees it until you publish it."))
            return redirect("call_edit", code=made[0].code)
    former_calls = [] if former else Call.objects.visible_to(request.user).order_by("-opens_at", "-id")[:20]
    context = {"form": form, "former": former, "former_calls": former_calls}
    return render(request, "applications/call_edit_create.html", context, status=status_of(form))


# --- One call ----------------------------------------------------------------------------------------


@require_safe
def call_edit(request: HttpRequest, code: str) -> HttpResponse:
    """One call: its pages, what it lacks, what may be done now, its history."""
    call, now, user = one_call(request, code), dates.now(), request.user
    is_draft = call.status == Call.Status.DRAFT
    lacking = readiness.missing(call, now) if is_draft else []
    state, state_label = standing(call, now)
    applications = call.applications.real().aggregate(
        begun=Count("pk"), sent=Count("pk", filter=Q(first_submitted_at__isnull=False))
    )
    committed = call.entries.committed()
    context = {
        "call": call,
        "state": state,
        "state_label": state_label,
        "tasks": tasks(call, lacking),
        "lacking": [(each, reverse("call_edit_page", args=[code, each.page])) for each in lacking],
        "frozen": calls.why_not_editable(call, "who") if not is_draft else "",
        "is_published": call.status == Call.Status.PUBLISHED,
        "acts": acts(call, user, now),
        "applications": applications,
        "committed": committed,
        "left": call.envelope - committed,
        "cuts": list(call.cuts.select_related("reserve_end").order_by("number")),
        "now": now,
        "reads_ranking": user.can(Action.VIEW_REVIEWS, call),
        "test": calls.test_of(call, user),
        "may_test": call.status in (Call.Status.DRAFT, Call.Status.PUBLISHED),
        "timeline": timeline.rows(call.case, user),
    }
    return render(request, "applications/call_edit.html", context)


def tasks(call: Call, lacking: list[readiness.Missing]) -> list[Task]:
    """The pages with their states: of a draft what is complete, afterwards what can still be written."""
    short = {each.page for each in lacking}
    found = []
    for page in PAGES:
        url = reverse("call_edit_page", args=[call.code, page.code])
        if call.status == Call.Status.DRAFT:
            done = page.code not in short
            state, label = ("complete", _("Complete")) if done else ("incomplete", _("Incomplete"))
        elif calls.why_not_editable(call, page.code):
            state, label = "closed", _("Frozen")
        else:
            state, label = "open", _("Can be changed")
        found.append(Task(page.label, url, page.hint, state, label))
    return found


def acts(call: Call, user: Any, now: Any) -> list[dict[str, Any]]:
    """What may be done to the call now, each with the page that asks, or why not."""
    found: list[dict[str, Any]] = [
        {
            "label": row.label,
            "url": reverse("call_act", args=[call.code, row.name]),
            "reason": row.reason,
            "style": "success"
            if row.name == "publish"
            else f"outline-{row.style}"
            if row.style == "danger"
            else "secondary",
        }
        for row in CALL.available(call, by=user, now=now)
    ]
    if call.status == Call.Status.DRAFT:
        found.append(
            {
                "label": DISCARD.title,
                "url": reverse("call_discard", args=[call.code]),
                "reason": calls.why_not_discard(call),
                "style": "outline-danger",
            }
        )
    if call.status == Call.Status.PUBLISHED:
        more = [("call_envelope", _("Set the envelope"))]
        if call.closes_at:
            more.insert(0, ("call_extend", _("Extend the call")))
        if call.intake == Call.Intake.CUTS:
            more.insert(0, ("call_cut_add", _("Add a further cut")))
        found = [
            {"label": label, "url": reverse(name, args=[call.code]), "reason": "", "style": "secondary"}
            for name, label in more
        ] + found
    return found


ACTS: dict[str, Asked] = {
    "publish": Asked(
        gettext_lazy("Publish the call"),
        gettext_lazy(
            "Everybody sees it from now on, and groups can begin applications once it opens. Its days are only extended "
            "then, and its rules stay as they are once the first group has begun."
        ),
        gettext_lazy("The call was published."),
    ),
    "wind_up": Asked(
        gettext_lazy("Wind the call up"),
        gettext_lazy(
            "It takes no applications any more. Drafts lapse, and what waits on the reserve list ends with it."
        ),
        gettext_lazy("The call was wound up."),
    ),
    "cancel": Asked(
        gettext_lazy("Cancel the call"),
        gettext_lazy(
            "It takes no applications any more, and the drafts of groups lapse. This cannot be undone."
        ),
        gettext_lazy("The call was cancelled."),
        ReasonedForm,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def call_act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Publish, wind up or cancel: what it means, and a button to confirm."""
    words = ACTS.get(name)
    if words is None:
        raise Http404
    call, user, now = one_call(request, code), request.user, dates.now()
    row = CALL.by_name[name]
    require(user, row.permission, call)
    form = words.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        data = form.cleaned_data
        if tried(form, lambda: CALL.apply(call, name, by=user, now=now, version=version, data=data)):
            messages.success(request, words.done)
            return redirect("call_edit", code=code)
    if form.is_bound:
        call.refresh_from_db(fields=["status", "version"])
    context = {
        "call": call,
        "form": form,
        "words": words,
        "style": "success" if name == "publish" else row.style,
        "refusal": CALL.refusal(call, row, by=user, now=now, data={}),
        "drafts": call.applications.real().filter(status=Application.Status.DRAFT).count(),
    }
    return render(request, "applications/call_edit_act.html", context, status=status_of(form))


DISCARD = Asked(
    gettext_lazy("Discard the draft"),
    gettext_lazy(
        "The call was never published. All its pages are deleted, and its test applications with them. This cannot be "
        "undone; its code can be used again."
    ),
    gettext_lazy("The draft was discarded."),
)


@require_http_methods(["GET", "HEAD", "POST"])
def call_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw away a call that was never published: what goes, and a button to confirm."""
    call, now = one_call(request, code), dates.now()
    form = DISCARD.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        if tried(form, lambda: calls.discard(by=request.user, call=call, version=version, now=now)):
            messages.success(request, DISCARD.done)
            return redirect("call_desk")
    if form.is_bound:
        call.refresh_from_db(fields=["status", "version"])
    context = {
        "call": call,
        "form": form,
        "words": DISCARD,
        "style": "danger",
        "refusal": calls.why_not_discard(call),
        "tests": call.applications.filter(is_test=True).live().count(),
    }
    return render(request, "applications/call_edit_act.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def call_extend(request: HttpRequest, code: str) -> HttpResponse:
    """Let the call close later, with the reason; groups with a draft get a message."""
    call = one_call(request, code)
    data = request.POST if request.method == "POST" else None
    drafts = call.applications.real().filter(status=Application.Status.DRAFT).count()
    return _reasoned(
        request,
        call,
        ExtendForm(data, call=call),
        calls.extend,
        title=_("Extend the call"),
        done=_("The call was extended. Every group with a draft gets a message."),
        drafts=drafts,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def call_envelope(request: HttpRequest, code: str) -> HttpResponse:
    """Give the call more money, or take back what is not committed."""
    call = one_call(request, code)
    data = request.POST if request.method == "POST" else None
    return _reasoned(
        request,
        call,
        EnvelopeForm(data, initial={"envelope": call.envelope}),
        calls.set_envelope,
        title=_("Set the envelope"),
        done=_("The envelope was set."),
        committed=call.entries.committed(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def call_cut_add(request: HttpRequest, code: str) -> HttpResponse:
    """One more dated cut."""
    call = one_call(request, code)
    return _reasoned(
        request,
        call,
        CutAddForm(request.POST if request.method == "POST" else None),
        calls.add_cut,
        title=_("Add a further cut"),
        done=_("The cut was added."),
        cuts=list(call.cuts.order_by("number")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def call_reserve_end(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """End the reserve list of one cut: how many applications lapse, and the reason."""
    call = one_call(request, code)
    cut = get_object_or_404(call.cuts, number=number)
    return _reasoned(
        request,
        call,
        ReasonedForm(request.POST if request.method == "POST" else None),
        partial(calls.end_reserve, cut=cut),
        title=_("End the reserve list of cut %(n)s") % {"n": cut.number},
        done=_("The reserve list of the cut has ended."),
        refusal=calls.why_not_end_reserve(cut, dates.now()),
        reserve=calls.on_reserve(call, cut).count(),
    )


def _reasoned(
    request: HttpRequest,
    call: Call,
    form: Form,
    act: Any,
    *,
    title: str,
    done: str,
    refusal: str = "",
    **context: Any,
) -> HttpResponse:
    """The page of one act on a published call."""
    if request.method == "POST" and form.is_valid():
        data, version, now = form.cleaned_data, posted_version(request), dates.now()
        value = next(iter(form.fields))
        if tried(
            form, lambda: act(by=request.user, call=call, version=version, now=now, **data), field=value
        ):
            messages.success(request, done)
            return redirect("call_edit", code=call.code)
    if form.is_bound:
        call.refresh_from_db(fields=["status", "version"])
    published = call.status == Call.Status.PUBLISHED
    refused = refusal if published else _("The call is not published.")
    context |= {"call": call, "form": form, "title": title, "refusal": refused}
    return render(request, "applications/call_edit_reasoned.html", context, status=status_of(form))
