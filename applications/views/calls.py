"""Pages of calls, for everybody: which are open, what one says, and starting an application."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Action, holds
from applications import actions, cuts, selfcheck
from applications.copying import former
from applications.days import in_words
from applications.forms.calls import SelfCheckForm, StartForm
from applications.models import Application, BudgetCategory, Call
from core import dates
from core.workflow import Refusal
from groups.models import Group
from groups.provinces import Province

CALLS_ON_A_PAGE = 20
# More calls open at once than this, and the list wants filters.
MOST_OPEN = 50


def rules_of(call: Call, now) -> dict[str, Any]:
    """What templates/applications/_call_rules.html shows of a call."""
    return {
        "call": call,
        "provinces": [Province(each).label for each in call.provinces],
        "shares": shares_of(call),
        "weights": weights_of(call),
        "counterparts": [str(Call.Counterpart(each).label) for each in call.counterpart_kinds],
        "next_cut": cuts.next_cut(call, now) if call.intake == Call.Intake.CUTS else None,
        "further_cuts": [cut for cut in call.cuts.all() if cut.at > now][1:],
        "days_to_answer": in_words(call.days_to_answer, working=call.working_days),
        "days_to_reconsider": in_words(call.days_to_reconsider, working=call.working_days),
        "days_to_sign": in_words(call.days_to_sign, working=call.working_days),
        "days_to_appoint": in_words(call.days_to_appoint, working=call.working_days),
    }


def standing(call: Call, now) -> tuple[str, str]:
    """How a call stands for a visitor: a state for the badge, and its words."""
    if call.status == Call.Status.PUBLISHED:
        if call.is_open(now):
            return "active", _("Open")
        return (
            ("planned", _("Not open yet")) if now < call.opens_at else ("closed", pgettext("call", "Closed"))
        )
    return call.status, str(call.get_status_display())


@login_not_required
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Open calls first, by their closing date; then what opens soon; then the closed ones."""
    now = dates.now()
    calls = Call.objects.visible_to(request.user)
    soonest = F("closes_at").asc(nulls_last=True)
    over = Q(status__in=["wound_up", "cancelled"]) | Q(status="published", closes_at__lt=now)
    page = Paginator(calls.filter(over).order_by("-opens_at", "-id"), CALLS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "open_calls": [
            (call, cuts.next_cut(call, now))
            for call in calls.open_at(now).prefetch_related("cuts").order_by(soonest, "id")[:MOST_OPEN]
        ],
        "writes_calls": holds(request.user, Action.EDIT_CALL),
        "coming": calls.filter(status="published", opens_at__gt=now).order_by("opens_at", "id")[:MOST_OPEN],
        "drafts": calls.filter(status="draft").order_by("-id")[:MOST_OPEN],
        "closed": [(call, *standing(call, now)) for call in page],
        "page": page,
    }
    return render(request, "applications/call_list.html", context)


@login_not_required
@require_safe
def call_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One call: its text, its rules in plain words, and a self-check without log-in."""
    calls = Call.objects.select_related("update_index").prefetch_related(
        "sectors", "requirements", "criteria", "tranches", "cuts"
    )
    call = get_object_or_404(calls.visible_to(request.user), code=code)
    now = dates.now()
    asked = "smes" in request.GET
    form = SelfCheckForm(request.GET if asked else None, call=call)
    found = selfcheck.answers(call, form.cleaned_data) if form.is_valid() else []
    state, state_label = standing(call, now)
    context = {
        **rules_of(call, now),
        "state": state,
        "state_label": state_label,
        "is_open": call.is_open(now),
        "writes_calls": holds(request.user, Action.EDIT_CALL),
        "reads_ranking": request.user.is_authenticated and request.user.can(Action.VIEW_REVIEWS, call),
        "reads_updates": holds(request.user, Action.PREPARE_PRICE_UPDATE),
        "days_left": (dates.day_of(call.closes_at) - dates.day_of(now)).days if call.closes_at else None,
        "form": form,
        "answers": found,
        "fits": bool(found) and all(answer.outcome != "fail" for answer in found),
    }
    return render(
        request, "applications/call_detail.html", context, status=422 if asked and form.errors else 200
    )


def shares_of(call: Call) -> list[tuple[str, object]]:
    """Each category that may be asked for, with the highest share of the programme in per cent."""
    return [(str(BudgetCategory(category).label), call.share_of(category)) for category in call.categories]


def weights_of(call: Call) -> list[tuple[object, object]]:
    """Each criterion with its weight in per cent of all."""
    criteria = list(call.criteria.all())
    whole = sum(criterion.weight for criterion in criteria) or 1
    return [(criterion, round(criterion.weight * 100 / whole)) for criterion in criteria]


@require_http_methods(["GET", "HEAD", "POST"])
def application_start(request: HttpRequest, code: str) -> HttpResponse:
    """Choose which of one's own groups applies, and begin the draft."""
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    mine = groups_that_apply(request.user)
    live = Application.objects.live().filter(call=call, group__in=mine).select_related("group", "case")
    # Who sends twice reads that the group applies already: only the page leaves it out.
    applying = set() if request.method == "POST" else {each.group_id for each in live}
    groups = [group for group in mine if group.pk not in applying]
    form = StartForm(request.POST if request.method == "POST" else None, groups=groups)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            group = next(each for each in groups if each.pk == form.cleaned_data["group"].pk)
            try:
                application = actions.start(by=request.user, group=group, call=call, now=dates.now())
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
                status = refusal.status_code
            else:
                messages.success(request, _("The application was begun. What you write is kept as a draft."))
                # Who applied before may begin from that.
                begins = "application_copy" if former(application, by=request.user) else "application_detail"
                return redirect(begins, pk=application.pk)
    context = {
        "call": call,
        "form": form,
        "groups": groups,
        "live": live,
        "is_open": call.is_open(dates.now()),
    }
    return render(request, "applications/application_start.html", context, status=status)


def groups_that_apply(user) -> list[Group]:
    """The groups for which a person may start an application."""
    groups = (
        Group.objects.of(user).prefetch_related("people", "appointments", "advisers").order_by("name", "pk")
    )
    return [group for group in groups if user.can(Action.START_APPLICATION, group)]
