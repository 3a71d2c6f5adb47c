"""Updates of prices: those that this person sees, preparing one with its preview, the page of one, issuing or withdrawing it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.fresh import fresh_login
from accounts.permissions import Action, holds
from applications.models import Call
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator
from grants.forms import ReasonForm
from grants.models import PriceUpdate
from grants.prices import actions, guards
from grants.prices.forms import IssueForm, MonthForm, PrepareForm, months_of
from grants.prices.workflow import PRICE_UPDATE
from grants.prices.working import Work, work_out
from grants.views.acts import acts_of

ON_A_PAGE = 25
ROWS_ON_A_PAGE = 50
DONE = {
    "issue": gettext_lazy("Issued. The people of each project are told."),
    "withdraw": gettext_lazy("The update was withdrawn: nothing changed."),
    "refuse": gettext_lazy("The update was refused: nothing changed. The officer who prepared it is told."),
}


@require_safe
def price_update_list(request: HttpRequest) -> HttpResponse:
    """The updates that this person sees, newest first; and the calls for which one can be prepared."""
    require_held(request.user, Action.VIEW_PRICE_UPDATE)
    rows = PriceUpdate.objects.visible_to(request.user).with_call()
    prepares = holds(request.user, Action.PREPARE_PRICE_UPDATE)
    calls = Call.objects.filter(update_index__isnull=False, status__in=["published", "wound_up"])
    context = {
        "page": BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "calls": calls.select_related("update_index").order_by("-opens_at")[:ON_A_PAGE] if prepares else [],
        "prepares": prepares,
    }
    return render(request, "grants/price_update_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def price_update_prepare(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a month, see what each project would get, and pass it on to the approver."""
    calls = Call.objects.select_related("update_index")
    call = fetch(request.user, calls, Action.PREPARE_PRICE_UPDATE, code=code)
    refusal = guards.why_not_prepared(call, by=request.user)
    months = [] if guards.why_no_clause(call) else months_of(call)
    asked = request.GET.get("month") or (f"{months[0].month:%Y-%m}" if months else "")
    chosen = MonthForm({"month": asked} if months else None, months=months)
    work = work_out(call, chosen.figure) if chosen.is_valid() else None
    form = PrepareForm(posted(request), months=months, initial={"month": asked})
    if request.method == "POST" and form.is_valid():
        made: list[PriceUpdate] = []
        said = {"figure": form.figure, "opinion": form.cleaned_data["opinion"], "now": dates.now()}
        if tried(form, lambda: made.append(actions.prepare(by=request.user, call=call, **said))):
            messages.success(request, _("Prepared. The approvers are told."))
            return redirect("price_update_detail", pk=made[0].pk)
    context = {
        "call": call,
        "chosen": chosen,
        "form": form,
        "refusal": refusal or (work.refusal() if work else ""),
        "may_choose": bool(months),
        **_shown(request, work),
    }
    return render(request, "grants/price_update_prepare.html", context, status=status_of(form))


def _work_of(update: PriceUpdate) -> Work | None:
    """What it would give now; None once it is issued or withdrawn, or where the call's clause cannot be used."""
    if update.status != PriceUpdate.Status.PREPARED or guards.why_no_clause(update.call):
        return None
    return work_out(update.call, update.figure)


def _shown(request: HttpRequest, work: Work | None) -> dict[str, Any]:
    """What the pages show of an update that is not issued: its rows, those that get nothing apart."""
    if work is None:
        return {"work": None}
    page = Paginator(work.raised, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return {"work": work, "page": page, "left_out": [row for row in work.rows if row.left_out]}


@require_safe
def price_update_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One update: what each project gets, worked out now, or got; and what may happen next."""
    update = fetch(request.user, PriceUpdate.objects.with_call(), Action.VIEW_PRICE_UPDATE, pk=pk)
    user, now = request.user, dates.now()
    context: dict[str, Any] = {
        "update": update,
        "available": acts_of(PRICE_UPDATE, update, "price_update_act", by=user, now=now),
    }
    if update.status == PriceUpdate.Status.PREPARED:
        context |= _shown(request, _work_of(update))
    else:
        rows = update.rows.select_related("project__application__case", "project__application__group", "plan")
        context["page"] = BoundedPaginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "grants/price_update_detail.html", context)


@fresh_login(when=lambda *, name, **_of: name == "issue")
@require_http_methods(["GET", "HEAD", "POST"])
def price_update_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Issuing, refusing, withdrawing: what it does, what it asks, and doing it."""
    row = PRICE_UPDATE.by_name.get(name)
    if row is None or name not in DONE:
        raise Http404
    assert row.permission is not None
    update = fetch(request.user, PriceUpdate.objects.with_call(), row.permission, pk=pk)
    user, now = request.user, dates.now()
    refusal = PRICE_UPDATE.refusal(update, row, by=user, now=now, data={})
    work = _work_of(update) if name == "issue" else None
    figures = work.figures if work else ""
    form: Any = (
        IssueForm(posted(request), update=update, today=dates.day_of(now), initial={"figures": figures})
        if name == "issue"
        else ReasonForm(posted(request))
    )
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form, lambda: PRICE_UPDATE.apply(update, name, by=user, now=now, version=version, data=data)
        ):
            messages.success(request, str(DONE[name]))
            return redirect("price_update_detail", pk=pk)
        # Where the figures had moved, the page shows those of now: these are signed next.
        form.data = {**form.data.dict(), "figures": figures}
    context = {"update": update, "row": row, "form": form, "refusal": refusal, **_shown(request, work)}
    return render(request, "grants/price_update_act.html", context, status=status_of(form))
