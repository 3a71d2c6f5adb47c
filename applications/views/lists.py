"""The list of applications: for a group its own, for staff all that they may see; on the screen, as CSV and as XLSX."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Action, holds
from applications import lists
from applications.forms.finding import ApplicationFilter, StaffFilter
from applications.models import Application
from applications.querysets import ApplicationQuerySet
from applications.views import bulk
from core import dates, filters, tables
from core.lists import MOST_COUNTED, KeysetPage, chips, counted


def _found(request: HttpRequest) -> tuple[ApplicationFilter, ApplicationQuerySet]:
    """The filters of an address, and what they find; what makes no sense finds what nothing would."""
    user = request.user
    form = (StaffFilter if user.is_staff_member else ApplicationFilter)(request.GET, user=user)
    found = Application.objects.visible_to(user).real()
    if form.is_valid():
        found = lists.matching(found, form.cleaned_data, user=user, today=dates.today())
    return form, found


@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """Page after page in the order that was asked for."""
    user, today = request.user, dates.today()
    form, found = _found(request)
    order = (
        lists.ORDERS[form.cleaned_data.get("order") or "newest"]
        if form.is_valid()
        else lists.ORDERS["newest"]
    )
    page = KeysetPage(lists.with_rows(found, user), order, request.GET, lists.APPLICATIONS_ON_A_PAGE)
    alone = not page.has_next and not page.has_previous
    number = len(page.rows) if alone else counted(found)
    context = {
        "form": form,
        "chips": chips(request, form) if form.is_valid() else [],
        "page": page,
        "number": number,
        "has_more": number > MOST_COUNTED,
        "most": MOST_COUNTED,
        "rows": [(row, lists.days_in_state(row, today), row.news) for row in page.rows],
        "today": today,
        "is_staff": user.is_staff_member,
        "internal": holds(user, Action.VIEW_INTERNAL),
        "acts": bulk.offered(user),
        "saved": filters.of(user, "application_list") if user.is_staff_member else None,
    }
    status = 200 if form.is_valid() else 422
    return render(request, "applications/application_list.html", context, status=status)


@require_safe
def application_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list finds, all of its pages, in its order."""
    form, found = _found(request)
    if not form.is_valid():
        raise Http404
    order = lists.ORDERS[form.cleaned_data.get("order") or "newest"]
    sign = "-" if order.descending else ""
    rows = found.with_case().select_related("officer").order_by(f"{sign}{order.column}", f"{sign}pk")
    today = dates.today()
    internal = holds(request.user, Action.VIEW_INTERNAL)
    name = f"applications-{today:%Y-%m-%d}.{kind}"
    write = {"csv": tables.csv_response, "xlsx": tables.xlsx_response}[kind]
    return write(name, lists.columns(today, internal=internal), rows.iterator(chunk_size=1000))
