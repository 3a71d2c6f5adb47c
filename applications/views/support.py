"""Technical support: asking for it, assigning, answering, the log of sessions, and the page of the advisers."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require, require_held
from accounts.permissions import Action
from applications.forms.staff import ReasonForm
from applications.forms.support import AdviserForm, NeedForm, OfferForm, SessionForm, SupportFilter
from applications.models import Support, SupportSession
from applications.supporting import actions, lists
from applications.supporting.workflow import SUPPORT
from applications.views.answers import status_of, tried
from applications.views.staff import Act
from core import dates, timeline
from core.forms import Form, posted_version
from core.lists import MOST_COUNTED, BoundedPaginator, chips
from groups.models import Group

SUPPORTS = Support.objects.select_related("group__case", "group__sector", "adviser", "asked_by")


# --- Lists -------------------------------------------------------------------------------------------


@require_safe
def support_list(request: HttpRequest) -> HttpResponse:
    """The groups that an adviser helps, with what each lacks; all of them for the office."""
    user, now = request.user, dates.now()
    require_held(user, Action.VIEW_SUPPORT)
    form = SupportFilter(request.GET)
    found, on = Support.objects.visible_to(user), []
    if form.is_valid():
        found = lists.matching(found, form.cleaned_data["status"], form.cleaned_data["q"])
        on = chips(request, form)
    paginator = BoundedPaginator(lists.in_order(lists.rows(found)), lists.SUPPORTS_ON_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    may_assign, sees_all = user.can(Action.ASSIGN_ADVISER), user.can(Action.VIEW_INTERNAL)
    context = {
        "form": form,
        "chips": on,
        "page": page,
        "rows": lists.with_work(page, now, sees_all=sees_all),
        "today": dates.day_of(now),
        "most": MOST_COUNTED,
        "may_assign": may_assign,
        "waiting": Support.objects.visible_to(user).filter(status="asked").count() if may_assign else 0,
        "sees_all": sees_all,
    }
    return render(request, "applications/support_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def group_support(request: HttpRequest, pk: int) -> HttpResponse:
    """The support of one group: now and before."""
    user = request.user
    group = fetch(user, Group.objects.with_roles().select_related("case"), Action.VIEW_SUPPORT, pk=pk)
    context = {
        "group": group,
        "supports": list(lists.in_order(lists.rows(group.supports.all()))),
        "may_ask": user.can(Action.ASK_SUPPORT, group),
        "may_offer": user.can(Action.ASSIGN_ADVISER, group),
        "why_not": actions.why_not_ask(group),
    }
    return render(request, "applications/group_support.html", context)


# --- It begins ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def support_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A group asks for help."""
    user = request.user
    group = fetch(user, Group.objects.with_roles().select_related("case"), Action.ASK_SUPPORT, pk=pk)
    form = NeedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made: list[Support] = []
        if tried(
            form,
            lambda: made.append(
                actions.ask(by=user, group=group, need=form.cleaned_data["need"], now=dates.now())
            ),
        ):
            messages.success(
                request, _("You asked for technical support. A message tells you who helps you.")
            )
            return redirect("support_detail", pk=made[0].pk)
    context = {"group": group, "form": form, "why_not": actions.why_not_ask(group)}
    return render(request, "applications/support_ask.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def support_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer offers help to a group that did not ask."""
    user, now = request.user, dates.now()
    group = fetch(user, Group.objects.with_roles().select_related("case"), Action.ASSIGN_ADVISER, pk=pk)
    people = lists.candidates(group, now)
    form = OfferForm(request.POST if request.method == "POST" else None, candidates=people)
    if form.is_bound and form.is_valid():
        made: list[Support] = []
        if tried(
            form,
            lambda: made.append(
                actions.offer(
                    by=user, group=group, adviser=form.person, need=form.cleaned_data["need"], now=now
                )
            ),
        ):
            messages.success(request, _("%(name)s was asked to help the group.") % {"name": form.person})
            return redirect("support_detail", pk=made[0].pk)
    context = {"group": group, "form": form, "people": people, "why_not": actions.why_not_ask(group)}
    return render(request, "applications/support_offer.html", context, status=status_of(form))


# --- One support -------------------------------------------------------------------------------------


@require_safe
def support_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands, what may be done next, and the log."""
    user, now = request.user, dates.now()
    support = fetch(user, lists.rows(SUPPORTS), Action.VIEW_SUPPORT, pk=pk)
    sessions = list(support.sessions.select_related("logged_by"))
    reads_group = user.can(Action.VIEW_GROUP, support.group)
    context = {
        "support": support,
        "group": support.group,
        "firms": support.group.memberships.filter(left_on=None).count(),
        "reads_group": reads_group,
        "acts": [
            Act(row.label, reverse("support_act", args=[pk, row.name]), row.reason, row.style)
            for row in SUPPORT.available(support, by=user, now=now)
        ],
        "sessions": [(row, not actions.why_not_correct(row, user, now)) for row in sessions],
        "may_log": user.can(Action.LOG_SESSION, support) and not actions.why_not_log(support),
        "days_to_correct": actions.DAYS_TO_CORRECT,
        "works": lists.with_work([support], now, sees_all=reads_group)[0].works,
        "timeline": timeline.rows(support.case, user, of=support),
        "late": support.due_on is not None and support.due_on < dates.day_of(now),
    }
    return render(request, "applications/support_detail.html", context)


# What a step means, what to write, and what is said when it was done.
WORDS: dict[str, tuple[Any, Any, Any]] = {
    "assign": (
        gettext_lazy("The person is told, and says whether they help the group."),
        "",
        gettext_lazy("The adviser was asked."),
    ),
    "accept": (
        gettext_lazy(
            "You will read what the group writes, write in its drafts and suggest changes. You can then neither review "
            "nor decide on its applications."
        ),
        "",
        gettext_lazy("You help this group now."),
    ),
    "decline": (
        gettext_lazy("An officer asks somebody else. The group does not read why."),
        gettext_lazy("Why you decline"),
        gettext_lazy("You declined. An officer asks somebody else."),
    ),
    "end": (
        gettext_lazy("The adviser does not write with the group any more. The log of sessions stays."),
        gettext_lazy("A last word to the group: what was reached, and what is left"),
        gettext_lazy("The support has ended. The group is told."),
    ),
    "withdraw": (
        gettext_lazy("Nobody looks for an adviser any more. You may ask again at any time."),
        "",
        gettext_lazy("The request was taken back."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def support_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step: what it means, and what it needs."""
    if name not in WORDS:
        raise Http404
    user, now, row = request.user, dates.now(), SUPPORT.by_name[name]
    support = fetch(user, SUPPORTS, Action.VIEW_SUPPORT, pk=pk)
    require(user, row.permission, support)
    meaning, label, done = WORDS[name]
    form = _form_of(name, request, support, label, now)
    if form.is_bound and form.is_valid():
        version = posted_version(request)
        data = {"adviser": form.person} if isinstance(form, AdviserForm) else form.cleaned_data
        if tried(form, lambda: SUPPORT.apply(support, name, by=user, now=now, version=version, data=data)):
            messages.success(request, done)
            # Who declines has no page of it any more.
            return redirect("support_list") if name == "decline" else redirect("support_detail", pk=pk)
    if form.is_bound:
        support.refresh_from_db(fields=["status", "version"])
    context = {
        "support": support,
        "row": row,
        "form": form,
        "meaning": meaning,
        "refusal": SUPPORT.refusal(support, row, by=user, now=now, data={}),
        "nobody": isinstance(form, AdviserForm) and not form.people,
    }
    return render(request, "applications/support_act.html", context, status=status_of(form))


def _form_of(name: str, request: HttpRequest, support: Support, label: Any, now) -> Form:
    posted = request.POST if request.method == "POST" else None
    if name == "assign":
        group = Group.objects.with_roles().get(pk=support.group_id)
        asked = support.adviser_id if support.status == Support.Status.OFFERED else None
        return AdviserForm(posted, candidates=lists.candidates(group, now, besides=asked))
    return ReasonForm(posted, label=label) if label else Form(posted)


# --- Sessions ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def session_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Log a session."""
    support = fetch(request.user, SUPPORTS, Action.LOG_SESSION, pk=pk)
    now = dates.now()
    form = SessionForm(
        request.POST if request.method == "POST" else None,
        support=support,
        now=now,
        initial={"on": dates.day_of(now)},
    )
    return _session_page(
        request,
        support,
        form,
        lambda: actions.log_session(by=request.user, support=support, now=now, **form.cleaned_data),
        refusal=actions.why_not_log(support),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def session_edit(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """Correct a session that one logged oneself."""
    support = fetch(request.user, SUPPORTS, Action.LOG_SESSION, pk=pk)
    row = get_object_or_404(SupportSession, pk=session, support=support)
    now = dates.now()
    initial = {name: getattr(row, name) for name in ("on", "mode", "hours", "people", "done")}
    form = SessionForm(
        request.POST if request.method == "POST" else None, support=support, now=now, initial=initial
    )
    return _session_page(
        request,
        support,
        form,
        lambda: actions.correct_session(by=request.user, session=row, now=now, **form.cleaned_data),
        refusal=actions.why_not_correct(row, request.user, now),
        session=row,
    )


def _session_page(
    request: HttpRequest, support: Support, form: BaseForm, act: Any, *, refusal: str, session: Any = None
) -> HttpResponse:
    if form.is_bound and form.is_valid() and tried(form, act):
        messages.success(request, _("The session was saved."))
        return redirect("support_detail", pk=support.pk)
    context = {"support": support, "form": form, "refusal": refusal, "session": session}
    return render(request, "applications/session_edit.html", context, status=status_of(form))
