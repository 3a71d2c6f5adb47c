"""What somebody owes in a call or an application by a date (PROGRAMME 7). Each source is one query, bounded by the dates,
over an index of what is still owed."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import charge
from accounts.models import User
from accounts.roles import Role
from applications import authority, conditions
from applications.models import Application, Review
from core import dates
from core.duties import Duty, Reading
from groups.duties import own_groups

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


def drafts(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Reading:
    """A draft whose call closes: to the representative. One whose call closed lapses, and is owed no more."""
    open_calls = Application.objects.real().filter(
        status=Application.Status.DRAFT, call__status="published", call__closes_at__isnull=False
    )
    bounded = _moments(open_calls, "call__closes_at", max(due_from or today, today), due_to)
    columns = ("pk", "case_id", "call__code", "call__closes_at", "owes", "state_since")
    return Reading(_of_representative(bounded, user).values_list(*columns), _drafts)


def _drafts(rows: Any) -> Iterator[Duty]:
    for pk, case, code, closes_at, owes, since in rows:
        yield Duty(
            key=f"application.submit.{pk}",
            user_id=owes,
            case_id=case,
            title=format_lazy(_("Submit your application to call {code}"), code=code),
            due_on=dates.day_of(closes_at),
            url=reverse("application_detail", args=[pk]),
            since=dates.day_of(since),
        )


def answers(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Reading:
    """An answer to a return for changes: to the representative."""
    returned = Application.objects.filter(status=Application.Status.CHANGES_REQUESTED)
    bounded = _moments(returned, "answer_by", due_from, due_to)
    columns = ("pk", "case_id", "answer_by", "owes", "state_since")
    return Reading(_of_representative(bounded, user).values_list(*columns), _answers)


def _answers(rows: Any) -> Iterator[Duty]:
    for pk, case, answer_by, owes, since in rows:
        yield Duty(
            key=f"application.answer.{pk}",
            user_id=owes,
            case_id=case,
            title=_("Make the changes that the programme asks for, and submit again"),
            due_on=dates.day_of(answer_by),
            url=reverse("application_detail", args=[pk]),
            since=dates.day_of(since),
        )


def reviews(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Reading:
    """A review to finish: to the reviewer; the officer in charge watches, else the one who assigned it."""
    officers = charge.officers(today, user)
    owed = Review.objects.unfinished().filter(application__status__in=["submitted", "in_review"])
    owed = officers.bounded(
        _days(owed, "due_on", due_from, due_to), None, "application__officer", "assigned_by"
    )
    if user is not None:
        owed = owed.filter(Q(reviewer_id=user.pk) | officers.falls_to(user))
    columns = ("application_id", "application__case_id", "due_on", "assigned_on", "reviewer_id")
    rows = owed.values_list("pk", "in_charge_id", *columns)
    return Reading(rows, partial(_reviews, officers=officers, user=user))


def _reviews(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    for pk, in_charge, application, case, due_on, since, reviewer in rows:
        owe = partial(Duty, key=f"review.{pk}", case_id=case, due_on=due_on, since=since)
        if user is None or reviewer == user.pk:
            yield owe(
                user_id=reviewer, title=_("Review the application"), url=reverse("review_detail", args=[pk])
            )
        for officer, covered in officers.whose(in_charge, user):
            if officer != reviewer:
                yield owe(
                    user_id=officer,
                    title=_("A review is late"),
                    url=reverse("reviews_assign", args=[application]),
                    officer=True,
                    covered_id=covered,
                )


def eligibility(**asked: Any) -> Iterable[Duty]:
    """An application that waits for an officer: to the one in charge, else to every officer, who share the queue."""
    said = ("application.check", _("Check eligibility and assign reviewers"), "eligibility")
    return _of_staff("submitted", charge.officers, said, **asked)


def decisions(**asked: Any) -> Iterable[Duty]:
    """A decision that waits: to every approver."""
    said = ("application.decide", _("Decide on the application"), "decide")
    return _of_staff("recommended", charge.approvers, said, **asked)


def reserves(**asked: Any) -> Iterable[Duty]:
    """One of the reserve list whom freed money reaches: to every approver (applications.reserve_list)."""
    said = ("application.reserve", _("Money was freed: decide on the reserve list"), "decide")
    return _of_staff("reserve", charge.approvers, said, **asked)


def reconsiderations(
    *, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None
) -> Iterable[Duty]:
    """A reconsideration that waits: to the authority that decides on it (applications.authority); to the admins where
    there is none any more, who name one."""
    moment = dates.moment_in(today)
    if user is not None and not {Role.APPROVER, Role.ADMIN} & user.staff_roles(moment):
        return ()
    waiting = Application.objects.filter(status="reconsideration", staff_due_on__isnull=False)
    columns = (
        "pk",
        "case_id",
        "staff_due_on",
        "group_id",
        "state_since",
        "call__code",
        "call__reconsidered_by_id",
    )
    rows = _days(waiting, "staff_due_on", due_from, due_to).values_list(*columns)
    return Reading(rows, partial(_reconsiderations, moment=moment, user=user))


def _reconsiderations(rows: Any, *, moment: dt.datetime, user: Any) -> Iterator[Duty]:
    if not rows:
        return
    approvers = authority.approvers_at(moment)
    admins = frozenset(User.objects.with_role(Role.ADMIN, moment).values_list("pk", flat=True))
    own = own_groups({row[3] for row in rows}, [user.pk] if user is not None else approvers.all | admins)
    firsts = authority.firsts([row[0] for row in rows])
    for pk, case, due_on, group, since, code, named in rows:
        owe = partial(Duty, case_id=case, due_on=due_on, since=dates.day_of(since))
        decide = partial(
            owe,
            key=f"application.reconsider.{pk}",
            title=_("Decide on the reconsideration"),
            url=reverse("application_detail", args=[pk]),
        )
        name = partial(
            owe,
            key=f"application.authority.{pk}",
            title=format_lazy(
                _("Nobody can decide on a reconsideration: name an authority for call {code}"), code=code
            ),
            url=reverse("call_edit_page", args=[code, "authority"]),
        )
        deciders = authority.deciders(approvers, named=named, first=firsts.get(pk))
        for person in sorted(deciders or admins):
            if (user is None or person == user.pk) and (group, person) not in own:
                yield (decide if deciders else name)(user_id=person)


def conditions_owed(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Reading:
    """A condition of an approval: to the representative; the officer in charge watches, else every officer."""
    officers = charge.officers(today, user)
    place = "decision__application__"
    rows = _days(conditions.owed(), "due_on", due_from, due_to)
    rows = officers.bounded(rows, None, f"{place}officer")
    lead = FilteredRelation(
        f"{place}group__people",
        condition=Q(
            **{f"{place}group__people__role": Role.REPRESENTATIVE, f"{place}group__people__until": None}
        ),
    )
    rows = rows.annotate(lead=lead)
    if user is not None:
        rows = rows.filter(Q(lead__user_id=user.pk) | officers.falls_to(user))
    columns = (f"{place}case_id", "due_on", "decision_id", "decision__decided_at", "lead__user_id")
    rows = rows.values_list("pk", "in_charge_id", *columns)
    return Reading(rows, partial(_conditions, officers=officers, user=user))


def _conditions(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    for pk, in_charge, case, due_on, decision, since, owes in rows:
        owe = partial(
            Duty,
            key=f"condition.{pk}",
            case_id=case,
            due_on=due_on,
            since=dates.day_of(since),
            url=reverse("decision_detail", args=[decision]) + "#conditions",
        )
        if owes and (user is None or owes == user.pk):
            yield owe(user_id=owes, title=_("Meet a condition of the approval"))
        for officer, covered in officers.whose(in_charge, user):
            if officer != owes:
                yield owe(
                    user_id=officer,
                    title=_("A condition of an approval is late"),
                    officer=True,
                    covered_id=covered,
                )


def _of_staff(
    status: str,
    holders_on: Callable[..., charge.Holders],
    said: tuple[str, Any, str],
    *,
    today: dt.date,
    due_from: Day = None,
    due_to: Day = None,
    user: Any = None,
) -> Iterable[Duty]:
    """What a role owes on each application in a state, by the date that the state set; `said` is the kind of duty, its
    title and its page. Nobody owes anything on a case of their own group: there their staff roles are void."""
    holders = holders_on(today, user)
    if not holders.people:
        return ()
    waiting = Application.objects.filter(status=status, staff_due_on__isnull=False)
    # Only officers are in charge of cases: what waits for the authority is nobody's own.
    columns = ("officer",) if holders_on is charge.officers else ()
    waiting = holders.bounded(_days(waiting, "staff_due_on", due_from, due_to), user, *columns)
    rows = waiting.values_list("pk", "case_id", "staff_due_on", "group_id", "state_since", "in_charge_id")
    return Reading(rows, partial(_turns, said, holders=holders, user=user))


def _turns(said: tuple[str, Any, str], rows: Any, *, holders: charge.Holders, user: Any) -> Iterator[Duty]:
    own = own_groups({row[3] for row in rows}, [user.pk] if user is not None else holders.people)
    key, title, page = said
    for pk, case, due_on, group, since, in_charge in rows:
        for person, covered in holders.whose(in_charge, user):
            if (group, person) not in own:
                yield Duty(
                    key=f"{key}.{pk}",
                    user_id=person,
                    case_id=case,
                    title=title,
                    due_on=due_on,
                    url=reverse(page, args=[pk]),
                    since=dates.day_of(since),
                    covered_id=covered,
                )


# The headings of the inbox.
KINDS = {
    "application.submit": _("Applications to submit"),
    "application.answer": _("Changes that were asked for"),
    "review": _("Reviews to write"),
    "review:late": _("Reviews that are late"),
    "application.check": _("Eligibility to check"),
    "application.decide": _("Decisions to take"),
    "application.reserve": _("Reserve lists that move up"),
    "application.reconsider": _("Reconsiderations to decide"),
    "application.authority": _("Authorities to name"),
    "condition": _("Conditions of an approval"),
    "condition:late": _("Conditions that are late"),
    "support.assign": _("Groups that wait for an adviser"),
    "support.answer": _("Groups that ask for your help"),
    "support.answer:late": _("Advisers who have not answered"),
}
