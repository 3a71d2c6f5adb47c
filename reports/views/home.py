"""The first page: the programme for visitors, their own work for people who are signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.models import Call, Line
from core import dates
from reports import figures, home, home_projects, home_roles, office_pages
from reports.home_rows import time_left
from reports.views.results import key_figures

MOST_CALLS = 10


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """`/`: who asks decides what it is."""
    return own_home(request) if request.user.is_authenticated else public_home(request)


def public_home(request: HttpRequest) -> HttpResponse:
    """What the programme is, who can apply, which calls are open, what came of it."""
    now = dates.now()
    calls = Call.objects.open_at(now).order_by("closes_at", "pk")[:MOST_CALLS]
    context = {
        "calls": [(call, time_left(call.closes_at, now)) for call in calls],
        "lines": Line,
        "key_figures": key_figures(figures.totals()),
    }
    return render(request, "home.html", context)


def own_home(request: HttpRequest) -> HttpResponse:
    """Duties first, then one main button for each case, then what the person's roles look after."""
    now = dates.now()
    today = dates.day_of(now)
    groups = home.own_groups(request.user)
    owed, all_duties = home.duty_rows(request.user, today)
    writes = home.may_start(groups, request.user)
    cases = home.case_rows(request.user, groups, now)
    context = {
        "duties": owed,
        "all_duties": all_duties,
        "office_pages": office_pages.links(request.user) if request.user.is_staff_member else [],
        "groups": groups,
        "projects": home_projects.blocks(request.user, groups, today),
        "cases": cases,
        "coming": None if owed else home.next_to_come(cases),
        "is_new": home.is_new(request.user, groups, owes=bool(owed)),
        "writes": writes,
        "calls": [
            (call, time_left(call.closes_at, now))
            for call in (Call.objects.open_at(now).order_by("closes_at", "pk")[:MOST_CALLS] if writes else ())
        ],
        "blocks": home_roles.role_blocks(request.user, now),
    }
    return render(request, "home_person.html", context)
