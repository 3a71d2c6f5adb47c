"""The indexes of prices that an admin keeps: their list, and the figures of one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require
from accounts.permissions import Action
from applications import prices
from applications.forms.prices import FigureForm, FiguresForm, IndexForm
from applications.models import IndexFigure, PriceIndex
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import Form
from core.lists import BoundedPaginator

ON_A_PAGE = 36


@require_http_methods(["GET", "HEAD", "POST"])
def price_index_list(request: HttpRequest) -> HttpResponse:
    """What there is, with the newest month; and a form for one more."""
    require(request.user, Action.EDIT_CATALOGUES)
    form = IndexForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: prices.begin(by=request.user, now=dates.now(), **said)):
            messages.success(request, _("The index was begun. Enter its figures."))
            return redirect("price_index", code=said["code"])
    rows = PriceIndex.objects.annotate(
        newest=Max("figures__month", filter=Q(figures__confirmed_at__isnull=False)),
        to_confirm=Count("figures", filter=Q(figures__confirmed_at=None)),
    ).order_by("code")
    context = {"page": BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page")), "form": form}
    return render(request, "applications/price_index_list.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def price_index(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of an index, newest first; forms to enter one, or many at once."""
    index = _index(request, code)
    now = dates.now()
    many = "lines" in request.POST
    kwargs: dict[str, Any] = {"index": index, "today": dates.day_of(now)}
    form = FigureForm(None if many else posted(request), **kwargs)
    table = FiguresForm(posted(request) if many else None, **kwargs)
    if request.method == "POST" and many and table.is_valid():
        if tried(table, lambda: prices.enter_all(by=request.user, index=index, rows=table.rows, now=now)):
            count = len(table.rows)
            done = ngettext("%(n)s figure was entered.", "%(n)s figures were entered.", count) % {"n": count}
            messages.success(request, done)
            return redirect("price_index", code=code)
    elif request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: prices.enter(by=request.user, index=index, now=now, **said)):
            messages.success(request, _("Entered. It counts once another admin has confirmed it."))
            return redirect("price_index", code=code)
    return _page(request, index, form=form, table=table)


def _index(request: HttpRequest, code: str) -> PriceIndex:
    """The index of an address, for somebody who keeps it."""
    require(request.user, Action.EDIT_CATALOGUES)
    return get_object_or_404(PriceIndex, code=code)


def _page(request: HttpRequest, index: PriceIndex, *, form: Form, table: Form) -> HttpResponse:
    rows = index.figures.select_related("entered_by", "confirmed_by")
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "index": index,
        "page": page,
        "rows": [(figure, prices.confirm_refusal(figure, by=request.user)) for figure in page],
        "calls": index.calls.order_by("-opens_at"),
        "form": form,
        "table": table,
    }
    return render(request, "applications/price_index.html", context, status=status_of(form, table))


def _figure(index: PriceIndex, pk: int) -> IndexFigure:
    return get_object_or_404(index.figures.select_related("index"), pk=pk)


@require_POST
def price_figure_confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Another admin says that it is as it was published."""
    index = _index(request, code)
    prices.confirm(by=request.user, figure=_figure(index, pk), now=dates.now())
    messages.success(request, _("The figure is confirmed."))
    return redirect("price_index", code=code)


@require_POST
def price_figure_take_out(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A wrong one, which nobody has confirmed, goes."""
    index = _index(request, code)
    prices.take_out(by=request.user, figure=_figure(index, pk), now=dates.now())
    messages.success(request, _("The figure was taken out."))
    return redirect("price_index", code=code)
