"""The lists of groups, a group's page, its data."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action
from accounts.roles import Role
from core import conflict, dates, timeline
from core.forms import posted_version
from core.workflow import StaleObject, TransitionRefused
from groups import actions, held
from groups.confirmations import attach as attach_voices
from groups.forms import GroupFilter, GroupForm
from groups.models import Appointment, Group
from groups.partners import partners_on
from groups.size import SMALLEST_GROUP, count_in_words, members_on, smes_in

ON_A_PAGE = 25
EVENTS_SHOWN = 30


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """The groups in which this person has a part."""
    found = Group.objects.of(request.user).select_related("sector").order_by("name", "pk")
    found = found.prefetch_related("people", "appointments")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    counts = smes_in(list(page), dates.today())
    rows = []
    for group in page:
        smes, firms = counts[group.pk]
        roles = [role for role in Role if role in group.own_roles(request.user)]
        nomination = next(
            (post for post in group.appointments.all() if _waits_for(post, request.user)),
            None,
        )
        rows.append(
            {
                "group": group,
                "roles": ", ".join(str(role.label) for role in roles),
                "reads": roles != [Role.NOMINEE],
                "firms": firms,
                "smes": smes,
                "words": count_in_words(smes),
                "nomination": nomination,
            }
        )
    return render(request, "groups/group_list.html", {"page": page, "rows": rows, "needed": SMALLEST_GROUP})


def _waits_for(post: Appointment, user) -> bool:
    """Whether a nomination waits for this person's answer."""
    return post.person_id == user.pk and post.status == Appointment.Status.NOMINATED


@require_safe
def group_search(request: HttpRequest) -> HttpResponse:
    """All groups that a staff role opens, to search."""
    require_held(request.user, Action.VIEW_GROUP)
    form = GroupFilter(request.GET)
    found = Group.objects.visible_to(request.user).select_related("sector").order_by("name", "pk")
    if form.is_valid():
        found = found.matching(form.cleaned_data["q"])
        if form.cleaned_data["province"]:
            found = found.filter(province=form.cleaned_data["province"])
        if form.cleaned_data["waits"]:
            found = found.filter(appointments__status=Appointment.Status.ACCEPTED)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    now = Q(memberships__left_on=None)
    firms = dict(
        Group.objects.filter(pk__in=[group.pk for group in page])
        .annotate(firms_now=Count("memberships", filter=now))
        .values_list("pk", "firms_now")
    )
    rows = [(group, firms[group.pk]) for group in page]
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "groups/group_search.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def group_create(request: HttpRequest) -> HttpResponse:
    """Open a group; whoever does represents it."""
    form = GroupForm(request.POST if request.method == "POST" else None, today=dates.today())
    if request.method == "POST" and form.is_valid():
        group = actions.create_group(by=request.user, now=dates.now(), **form.cleaned_data)
        messages.success(request, _("The group was created. Now add its firms."))
        return redirect("group_detail", pk=group.pk)
    return render(request, "groups/group_create.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def group_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A group: its firms with their sizes, its coordinator, its history. A nominee reads only what it is."""
    group = fetch(request.user, Group.objects.select_related("sector").with_roles(), Action.VIEW_GROUP, pk=pk)
    roles = group.roles_of(request.user)
    context = {
        "group": group,
        "roles": roles,
        "needed": SMALLEST_GROUP,
        "application": _application(request, group),
    }
    mine = [post for post in group.appointments.all() if _waits_for(post, request.user)]
    if request.user.can(Action.VIEW_FIRM, group):
        now, today = dates.now(), dates.today()
        members = members_on(group, today)
        owed = attach_voices([member.membership for member in members], now)
        smes = sum(member.size.is_sme for member in members)
        context |= {
            "reads": True,
            "today": today,
            "members": members,
            "voices_owed": owed,
            "join_requests": group.join_requests.filter(ended_at=None).select_related("firm"),
            "memberships": group.memberships.select_related("firm"),
            "partners": partners_on(group, today),
            "smes": smes,
            "words": count_in_words(smes),
            "may_edit": request.user.can(Action.EDIT_GROUP, group),
            "firms_held": held.why(group, held.Part.MEMBERS, now),
            "institutions_held": held.why(group, held.Part.INSTITUTIONS, now),
            "may_admit": request.user.can(Action.ADMIT_FIRM, group),
            "may_nominate": request.user.can(Action.NOMINATE_COORDINATOR, group),
            "why_not_nominate": actions.why_not_nominate(group),
            "appointments": group.appointments.select_related("person"),
            "people": [place for place in group.people.select_related("user") if place.until is None],
            "history": timeline.rows(group.case, request.user, EVENTS_SHOWN),
        }
    return render(request, "groups/group_detail.html", context | {"nomination": mine[0] if mine else None})


def _application(request: HttpRequest, group: Group) -> int | None:
    """The id of the application from which somebody came to change its group, and to which the page leads back until
    they come from another one."""
    sent, came_from = request.GET.get("application", ""), request.session.get("came_from")
    if sent.isascii() and sent.isdecimal() and len(sent) < 10:
        came_from = [group.pk, int(sent)]
        request.session["came_from"] = came_from
    return came_from[1] if came_from and came_from[0] == group.pk else None


@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a group says of itself."""
    group = fetch(request.user, Group.objects.with_roles(), Action.EDIT_GROUP, pk=pk)
    today, status = dates.today(), 200
    form = GroupForm(
        request.POST if request.method == "POST" else None,
        instance=Group.objects.get(pk=group.pk),
        today=today,
    )
    context = {"group": group, "form": form, "version": group.version}
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.edit_group(
                    by=request.user,
                    group=group,
                    version=posted_version(request),
                    now=dates.now(),
                    **form.cleaned_data,
                )
            except StaleObject as refusal:
                form.add_error(None, refusal.sentence)
                context["conflict"] = conflict.between(form, GroupForm(instance=group, today=today), group)
                status = refusal.status_code
            except TransitionRefused as refusal:
                form.add_error(None, refusal.sentence)
                status = refusal.status_code
            else:
                messages.success(request, _("The group was saved."))
                return redirect("group_detail", pk=group.pk)
        else:
            context["version"] = posted_version(request)
    return render(request, "groups/group_edit.html", context, status=status)
