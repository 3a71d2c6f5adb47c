"""What somebody owes in a call or an application by a date (PROGRAMME 7). Each source is one query, bounded by the dates,
over an index of what is still owed."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Review
from core import dates
from core.duties import Duty
from groups.models import Appointment, GroupPerson

Day = dt.date | None


def _moments(queryset: QuerySet, column: str, due_from: Day, due_to: Day) -> QuerySet:
    """Bound a column of moments by two Buenos Aires days, both included."""
    if due_from:
        queryset = queryset.filter(
            **{f"{column}__gte": dt.datetime.combine(due_from, dt.time(), dates.BUENOS_AIRES)}
        )
    if due_to:
        after = due_to + dt.timedelta(days=1)
        queryset = queryset.filter(
            **{f"{column}__lt": dt.datetime.combine(after, dt.time(), dates.BUENOS_AIRES)}
        )
    return queryset


def _days(queryset: QuerySet, column: str, due_from: Day, due_to: Day) -> QuerySet:
    """Bound a column of days."""
    if due_from:
        queryset = queryset.filter(**{f"{column}__gte": due_from})
    if due_to:
        queryset = queryset.filter(**{f"{column}__lte": due_to})
    return queryset


def _of_representative(queryset: QuerySet, user: Any) -> QuerySet:
    """Those of groups with a representative, whose id comes as `owes`."""
    mine = {"group__people__role": Role.REPRESENTATIVE, "group__people__until": None}
    if user is not None:
        mine["group__people__user_id"] = user.pk
    return queryset.filter(**mine).annotate(owes=F("group__people__user_id"))


def drafts(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterator[Duty]:
    """A draft whose call closes: to the representative. One whose call closed lapses, and is owed no more."""
    open_calls = Application.objects.real().filter(
        status=Application.Status.DRAFT, call__status="published", call__closes_at__isnull=False
    )
    bounded = _moments(open_calls, "call__closes_at", max(due_from or today, today), due_to)
    rows = _of_representative(bounded, user).values_list(
        "pk", "case_id", "call__code", "call__closes_at", "owes"
    )
    for pk, case, code, closes_at, owes in rows:
        yield Duty(
            key=f"application.submit.{pk}",
            user_id=owes,
            case_id=case,
            title=format_lazy(_("Submit your application to call {code}"), code=code),
            due_on=dates.day_of(closes_at),
            url=reverse("application_detail", args=[pk]),
        )


def answers(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterator[Duty]:
    """An answer to a return for changes: to the representative."""
    returned = Application.objects.filter(status=Application.Status.CHANGES_REQUESTED)
    bounded = _moments(returned, "answer_by", due_from, due_to)
    for pk, case, answer_by, owes in _of_representative(bounded, user).values_list(
        "pk", "case_id", "answer_by", "owes"
    ):
        yield Duty(
            key=f"application.answer.{pk}",
            user_id=owes,
            case_id=case,
            title=_("Make the changes that the programme asks for, and submit again"),
            due_on=dates.day_of(answer_by),
            url=reverse("application_detail", args=[pk]),
        )


def reviews(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterator[Duty]:
    """A review to finish: to the reviewer; the officer who assigned it watches."""
    owed = Review.objects.unfinished().filter(application__status__in=["submitted", "in_review"])
    rows = _days(owed, "due_on", due_from, due_to).values_list(
        "pk", "application_id", "application__case_id", "due_on", "reviewer_id", "assigned_by_id"
    )
    if user is not None:
        rows = rows.filter(reviewer_id=user.pk) | rows.filter(assigned_by_id=user.pk)
    for pk, application, case, due_on, reviewer, officer in rows:
        if user is None or reviewer == user.pk:
            yield Duty(
                key=f"review.{pk}",
                user_id=reviewer,
                case_id=case,
                title=_("Review the application"),
                due_on=due_on,
                url=reverse("review_detail", args=[pk]),
            )
        if officer != reviewer and (user is None or officer == user.pk):
            yield Duty(
                key=f"review.{pk}",
                user_id=officer,
                case_id=case,
                title=_("A review is late"),
                due_on=due_on,
                url=reverse("reviews_assign", args=[application]),
                officer=True,
            )


def eligibility(**asked: Any) -> Iterator[Duty]:
    """An application that waits for an officer: to every officer, since they share the queue."""
    said = ("application.check", _("Check eligibility and assign reviewers"), "eligibility")
    yield from _of_staff("submitted", Role.OFFICER, said, **asked)


def decisions(**asked: Any) -> Iterator[Duty]:
    """A decision that waits: to every approver."""
    said = ("application.decide", _("Decide on the application"), "decide")
    yield from _of_staff("recommended", Role.APPROVER, said, **asked)


def reconsiderations(**asked: Any) -> Iterator[Duty]:
    """A reconsideration that waits: to every approver."""
    said = ("application.reconsider", _("Decide on the reconsideration"), "application_detail")
    yield from _of_staff("reconsideration", Role.APPROVER, said, **asked)


def _of_staff(
    status: str,
    role: Role,
    said: tuple[str, Any, str],
    *,
    today: dt.date,
    due_from: Day = None,
    due_to: Day = None,
    user: Any = None,
) -> Iterator[Duty]:
    """What a role owes on each application in a state, by the date that the state set; `said` is the kind of duty, its
    title and its page. Nobody owes anything on a case of their own group: there their staff roles are void."""
    moment = dates.end_of(today)
    if user is not None and role not in user.staff_roles(moment):
        return
    waiting = Application.objects.filter(status=status, staff_due_on__isnull=False)
    rows = list(
        _days(waiting, "staff_due_on", due_from, due_to).values_list(
            "pk", "case_id", "staff_due_on", "group_id"
        )
    )
    if not rows:
        return
    people = [user] if user is not None else list(User.objects.with_role(role, moment))
    own = _own_groups({group for _pk, _case, _day, group in rows}, [person.pk for person in people])
    key, title, page = said
    for pk, case, due_on, group in rows:
        for person in people:
            if (group, person.pk) not in own:
                yield Duty(
                    key=f"{key}.{pk}",
                    user_id=person.pk,
                    case_id=case,
                    title=title,
                    due_on=due_on,
                    url=reverse(page, args=[pk]),
                )


def _own_groups(groups: set[int], people: list[int]) -> set[tuple[int, int]]:
    """Which of these people hold a role in which of these groups."""
    places = GroupPerson.objects.filter(group_id__in=groups, user_id__in=people, until=None)
    posts = Appointment.objects.filter(group_id__in=groups, person_id__in=people, status="confirmed")
    return set(places.values_list("group_id", "user_id")) | set(posts.values_list("group_id", "person_id"))
