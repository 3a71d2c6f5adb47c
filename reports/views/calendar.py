"""The calendar of what a person owes: its private address, and what stands there."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import dates, duties
from reports import calendar


@never_cache
@require_safe
def calendar_address(request: HttpRequest) -> HttpResponse:
    """The own address, and what to do with it."""
    context = {"address": calendar.address_of(request.user)}  # type: ignore[arg-type]
    return render(request, "reports/calendar.html", context)


@login_not_required
@never_cache
@require_safe
def calendar_feed(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The calendar, for whoever has the address: a program that cannot log in."""
    person = calendar.person_of(pk, code)
    if person is None:
        raise Http404
    now = dates.now()
    with translation.override(person.language):
        text = calendar.feed(duties.of(person, dates.day_of(now)), now=now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="programme.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response
