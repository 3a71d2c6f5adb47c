"""What the office owes on an application in review, when it is its turn (applications.turns): another reviewer in the
place of one who dropped out, the meeting of reviewers who lie too far apart, or the recommendation, also anew.

A reviewer and a recommendation are due as many days after the turn began as the call gives for eligibility
(`days_to_check`): those are the days in which an officer looks at what came in and assigns reviewers, while
`days_to_decide` are the authority's. A meeting takes the reviewers' own days (applications.days.meet_by).
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import charge
from accounts.roles import Role
from applications.days import last_day
from applications.duties import Day
from applications.models import Application, Consensus, Decision, Recommendation, Submission
from applications.querysets import LIVE_REVIEW
from applications.scoring import too_far_apart
from core import dates
from core.duties import Duty, Reading
from core.models import Event
from groups.duties import own_groups

KINDS = {
    "application.assign": _("Reviewers to assign anew"),
    "application.consensus": _("Reviewers who must meet"),
    "application.recommend": _("Recommendations to write"),
}
PAGES = {
    "assign": "reviews_assign",
    "consensus": "application_consensus",
    "recommend": "recommend",
}
# What is read of a call: its days, and what its reviews need.
OF_CALL = ("working_days", "days_to_check", "days_to_review", "reviews_needed", "max_spread", "spread_asks")
DROPPED_OUT = Q(action__in=["review.decline", "review.void", "review.reassign"]) | Q(
    action="review.declare_interest", data__no_interest=False
)


def turns(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterable[Duty]:
    """To the officer in charge and who covers them, else to every officer. Nobody owes anything on a case of their own
    group."""
    if user is not None and Role.OFFICER not in user.staff_roles(dates.moment_in(today)):
        return ()
    officers = charge.officers(today, user)
    rows = officers.bounded(_waiting(due_to), user, "officer")
    asked = {"officers": officers, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(rows, partial(_turns, **asked))


def _turns(rows: Any, *, officers: charge.Holders, due_from: Day, due_to: Day, user: Any) -> Iterator[Duty]:
    own = own_groups({row.group_id for row in rows}, officers.people)
    for row in rows:
        step, title, since, due_on = _owed(row)
        if (due_from and due_on < due_from) or (due_to and due_on > due_to):
            continue
        for person, covered in officers.whose(row.in_charge_id, user):
            if (row.group_id, person) not in own:
                yield Duty(
                    key=f"application.{step}.{row.pk}",
                    user_id=person,
                    case_id=row.case_id,
                    title=title,
                    due_on=due_on,
                    url=reverse(PAGES[step], args=[row.pk]),
                    since=since,
                    covered_id=covered,
                )


def due_days(applications: Collection[int]) -> dict[int, dt.date]:
    """By when an officer owes the next step, by case, of those of these applications (by their ids) that wait for one. One
    query."""
    return {row.case_id: _owed(row)[3] for row in _waiting(None).filter(pk__in=applications)}


def _owed(row: Any) -> tuple[str, str | Promise, dt.date, dt.date]:
    """Which step one of `_waiting` waits for, in words; since when and by when."""
    step, title, since = _step(row)
    days = row.call.days_to_review if step == "consensus" else row.call.days_to_check
    return step, title, since, last_day(row.call, since, days)


def _step(row: Any) -> tuple[str, str | Promise, dt.date]:
    """The step, in words, and since when."""
    since = _latest(row.state_since, row.last_sent)
    if row.live < row.call.reviews_needed:
        dropped = row.dropped_at and row.dropped_at >= row.state_since
        words = _("A reviewer dropped out: assign another") if dropped else _("Assign another reviewer")
        return "assign", words, _latest(row.state_since, row.last_sent, row.dropped_at)
    # The rest as guards.why_not_all_in says it.
    if too_far_apart(row.call, [row.low, row.high]):
        if row.call.asks_to_meet and row.met_at is None:
            return (
                "consensus",
                _("The reviewers must meet: record what they agree on"),
                _latest(row.last_sent),
            )
        if not row.call.asks_to_meet and row.live == row.call.reviews_needed:
            return "assign", _("The reviews lie too far apart: assign one more reviewer"), since
    if row.granted_at and (row.recommended_at is None or row.granted_at >= row.recommended_at):
        return "recommend", _("Reconsideration granted: go on with it"), since
    if row.recommended_at:
        return "recommend", _("Sent back by the authority: recommend anew"), since
    return (
        "recommend",
        _("All reviews are in: recommend"),
        _latest(row.state_since, row.last_sent, row.met_at),
    )


def _latest(*moments: dt.datetime | None) -> dt.date:
    return dates.day_of(max(moment for moment in moments if moment))


def _waiting(due_to: Day) -> QuerySet[Application]:
    """The applications in review for which an officer moves next: reviewers are missing, or none of their
    reviews is. A turn never begins before the state: that bounds the reading by the days."""
    last = Submission.objects.filter(application=OuterRef("pk")).order_by("-number").values("pk")[:1]
    counts = Q(reviews__status__in=LIVE_REVIEW) & (
        Q(reviews__submission=F("latest")) | Q(reviews__kept_for=F("latest"))
    )
    sent = counts & Q(reviews__status="sent")
    rows = Application.objects.real().filter(status="in_review")
    if due_to:
        rows = rows.filter(state_since__lte=dates.end_of(due_to))
    rows = rows.annotate(latest=Subquery(last)).annotate(
        live=Count("reviews", filter=counts),
        in_hand=Count("reviews", filter=sent),
        low=Min("reviews__total", filter=sent),
        high=Max("reviews__total", filter=sent),
        last_sent=Max("reviews__sent_at", filter=sent),
    )
    return (
        rows.filter(Q(live__lt=F("call__reviews_needed")) | Q(in_hand=F("live")))
        .annotate(
            dropped_at=_last(Event.objects.filter(DROPPED_OUT, case=OuterRef("case_id")), "at"),
            recommended_at=_last(_of_latest(Recommendation), "recommended_at"),
            granted_at=_last(
                _of_latest(Decision).filter(kind=Decision.Kind.GRANT_RECONSIDERATION), "decided_at"
            ),
            met_at=_last(_of_latest(Consensus), "recorded_at"),
        )
        .select_related("call")
        .only(
            "case_id",
            "group_id",
            "officer_id",
            "state_since",
            *(f"call__{name}" for name in OF_CALL),
        )
        .order_by("pk")
    )


def _of_latest(model: Any) -> QuerySet:
    return model.objects.filter(submission=OuterRef("latest"))


def _last(rows: QuerySet, column: str) -> Subquery:
    return Subquery(rows.order_by(f"-{column}").values(column)[:1])
