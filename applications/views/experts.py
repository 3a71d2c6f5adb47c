"""The experts: each keeps their own profile and ties; the office sees the pool, and who has room."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications import experts, reviewers
from applications.forms.experts import TIES, PoolFilter, ProfileForm
from applications.models import DeclaredRelation, Review
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import MOST_COUNTED, BoundedPaginator, chips

# What is over, and what waits, as far as one page shows it.
MOST_PAST = 20
MOST_WAITING = 50


# --- One's own -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def reviewer_profile(request: HttpRequest) -> HttpResponse:
    """What a reviewer says of themselves, and their ties."""
    require(request.user, Action.KEEP_OWN_PROFILE)
    form, done = _profile_form(request, request.user, _("Your profile is kept."), "reviewer_profile")
    if done:
        return done
    context = {"form": form, "version": _version(request.user), **_ties(request.user)}
    return render(request, "applications/reviewer_profile.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def tie_add(request: HttpRequest, to: str) -> HttpResponse:
    """A tie to a firm or to a group. Its name is shown once the tie is on record."""
    user, now = request.user, dates.now()
    require(user, Action.KEEP_OWN_PROFILE)
    form = TIES[to](posted(request), by=user)
    if request.method == "POST" and form.is_valid():
        made: list[Any] = []

        def declare() -> None:
            found = {"firm": form.firm, "group": form.group}
            made.append(experts.declare_tie(by=user, kind=form.cleaned_data["kind"], **found, now=now))

        if tried(form, declare, field=form.about):
            tie, number = made[0]
            words = {"name": tie.firm or tie.group}
            messages.success(request, _("Declared: a tie to %(name)s. You review none of its cases.") % words)
            _say_touched(request, number)
            return redirect("reviewer_profile")
    context = {"form": form, "to": to}
    return render(request, "applications/reviewer_tie_add.html", context, status=status_of(form))


@require_POST
def tie_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a tie of one's own is no more; that of somebody else is not there."""
    require(request.user, Action.KEEP_OWN_PROFILE)
    tie = get_object_or_404(DeclaredRelation, pk=pk, user=request.user)
    tie, number = experts.end_tie(by=request.user, tie=tie, now=dates.now())
    messages.success(request, _("The tie to %(name)s has ended.") % {"name": tie.firm or tie.group})
    _say_touched(request, number)
    return redirect("reviewer_profile")


def _say_touched(request: HttpRequest, number: int) -> None:
    """That officers were told, where a tie touches what they gave this person to review."""
    if number:
        text = ngettext(
            "It touches %(n)s application that you were given to review: its officer was told.",
            "It touches %(n)s applications that you were given to review: their officers were told.",
            number,
        )
        messages.warning(request, text % {"n": number})


def _ties(person: User) -> dict[str, Any]:
    """The ties of somebody, those that stand and those that ended last."""
    ties = DeclaredRelation.objects.filter(user=person).select_related("firm", "group")
    return {
        "ties": ties.filter(ended_at=None),
        "ended": ties.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")[:MOST_PAST],
    }


# --- A profile, by whoever keeps it ----------------------------------------------------------------------


def _profile_form(
    request: HttpRequest, person: User, done: str, page: str, *args: Any
) -> tuple[ProfileForm, HttpResponse | None]:
    """The form of a profile; and where to go on, once it was kept."""
    form = ProfileForm(posted(request), profile=experts.profile_of(person))
    version = posted_version(request)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: experts.save_profile(
                by=request.user, person=person, version=version, now=dates.now(), **form.cleaned_data
            ),
        )
    ):
        messages.success(request, done)
        return form, redirect(page, *args)
    return form, None


def _version(person: User) -> int:
    """The version of a profile as it stands now."""
    return experts.profile_of(person).version


# --- The pool --------------------------------------------------------------------------------------------


@require_safe
def reviewer_list(request: HttpRequest) -> HttpResponse:
    """Everybody who reviews, by what they know and what they have to do."""
    require(request.user, Action.VIEW_REVIEWERS)
    form, found = PoolFilter(request.GET), reviewers.pool(dates.now())
    if form.is_valid():
        found = reviewers.matching(found, form.cleaned_data)
    page = BoundedPaginator(found, reviewers.EXPERTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "chips": chips(request, form) if form.is_valid() else [],
        "page": page,
        "rows": [reviewers.known(person) for person in page],
        "most": MOST_COUNTED,
    }
    return render(request, "applications/reviewer_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def reviewer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One expert: what they know, what they have to do, their ties. Of the reviews those that this person may see."""
    require(request.user, Action.VIEW_REVIEWERS)
    now = dates.now()
    person = _expert(pk, now)
    waiting = Review.objects.visible_to(request.user).of(person).unfinished()
    context = {
        "expert": reviewers.known(person),
        "waiting": waiting.select_related("application__case", "application__group").order_by("due_on", "pk")[
            :MOST_WAITING
        ],
        "sees_reviews": request.user.can(Action.VIEW_REVIEW),
        "may_edit": request.user.can(Action.EDIT_REVIEWER),
        "today": dates.day_of(now),
        **_ties(person),
    }
    return render(request, "applications/reviewer_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reviewer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """An officer writes what they know of an expert. Ties are only the expert's own to declare and to end."""
    require(request.user, Action.EDIT_REVIEWER)
    person = _expert(pk, dates.now())
    done = _("The profile of %(name)s is kept.") % {"name": person}
    form, answer = _profile_form(request, person, done, "reviewer_detail", pk)
    if answer:
        return answer
    context = {"form": form, "person": person, "version": _version(person)}
    return render(request, "applications/reviewer_edit.html", context, status=status_of(form))


def _expert(pk: int, now: dt.datetime) -> Any:
    """Somebody of the pool; 404 for anybody else."""
    return get_object_or_404(reviewers.pool(now), pk=pk)
