"""What the office owes around a case: an answer to a message of a group, from the third working day on late; and the
meeting of reviewers who lie too far apart."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import charge
from accounts.roles import Role
from applications.days import meet_by
from applications.duties import Day
from applications.models import Application, Call, Consensus, Submission
from applications.querysets import LIVE_REVIEW
from core import dates
from core.duties import Duty
from groups.duties import own_groups

DAYS_TO_ANSWER = 3
# Three working days are never further apart than this, whatever the holidays.
FURTHEST = dt.timedelta(days=31)
KINDS = {
    "application.message": _("Messages to answer"),
    "application.consensus": _("Reviewers who must meet"),
}


def due_on(waits_since: dt.datetime) -> dt.date:
    """By when a message is answered."""
    return dates.add_days(dates.day_of(waits_since), DAYS_TO_ANSWER, working=True)


def messages(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterator[Duty]:
    """A message of a group that waits: to the officer in charge and who covers them, else to every officer. Nobody owes
    an answer to their own group."""
    officers = charge.officers(today, user)
    if not officers.people:
        return
    waiting = Application.objects.real().filter(message_waits_since__isnull=False)
    if due_from:
        waiting = waiting.filter(message_waits_since__gt=dates.end_of(due_from - FURTHEST))
    if due_to:
        waiting = waiting.filter(message_waits_since__lte=dates.end_of(due_to))
    bounded = officers.bounded(waiting, user, "officer")
    columns = ("pk", "case_id", "message_waits_since", "group_id", "in_charge_id")
    rows = list(bounded.values_list(*columns))
    own = own_groups({row[3] for row in rows}, officers.people) if rows else set()
    for pk, case, since, group, in_charge in rows:
        day = due_on(since)
        if (due_from and day < due_from) or (due_to and day > due_to):
            continue
        for person, covered in officers.whose(in_charge, user):
            if (group, person) not in own:
                yield Duty(
                    key=f"application.message.{pk}",
                    user_id=person,
                    case_id=case,
                    title=_("Answer the message of the group"),
                    due_on=day,
                    url=reverse("application_messages", args=[pk]),
                    since=dates.day_of(since),
                    covered_id=covered,
                )


def meetings(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterator[Duty]:
    """Reviewers who must meet, because they lie too far apart and the call asks for it (guards.why_not_all_in): to the
    officer in charge and who covers them, else to every officer."""
    if user is not None and Role.OFFICER not in user.staff_roles(dates.moment_in(today)):
        return
    # Few at any time, mostly none: who the officers are is asked only then.
    rows = list(_apart())
    if not rows:
        return
    officers = charge.officers(today, user)
    own = own_groups({row.group_id for row in rows}, officers.people)
    for row in rows:
        in_charge = officers.first_of(row.officer_id)
        day = meet_by(row.call, row.last_sent)
        if (due_from and day < due_from) or (due_to and day > due_to):
            continue
        for person, covered in officers.whose(in_charge, user):
            if (row.group_id, person) not in own:
                yield Duty(
                    key=f"application.consensus.{row.pk}",
                    user_id=person,
                    case_id=row.case_id,
                    title=_("The reviewers must meet: record what they agree on"),
                    due_on=day,
                    url=reverse("application_consensus", args=[row.pk]),
                    since=dates.day_of(row.last_sent),
                    covered_id=covered,
                )


def _apart() -> Any:
    """The applications in review whose reviews are all in, lie too far apart for their call, and were not agreed on."""
    last = Submission.objects.filter(application=OuterRef("pk")).order_by("-number").values("pk")[:1]
    counts = Q(reviews__status__in=LIVE_REVIEW) & (
        Q(reviews__submission=F("latest")) | Q(reviews__kept_for=F("latest"))
    )
    sent = counts & Q(reviews__status="sent")
    return (
        Application.objects.real()
        .filter(status="in_review", call__spread_asks=Call.Spread.CONSENSUS, call__max_spread__isnull=False)
        .annotate(latest=Subquery(last))
        .filter(~Exists(Consensus.objects.filter(submission=OuterRef("latest"))))
        .annotate(
            live=Count("reviews", filter=counts),
            in_hand=Count("reviews", filter=sent),
            low=Min("reviews__total", filter=sent),
            high=Max("reviews__total", filter=sent),
            last_sent=Max("reviews__sent_at", filter=sent),
        )
        .filter(in_hand=F("live"), in_hand__gte=F("call__reviews_needed"))
        .filter(high__gt=F("low") + F("call__max_spread"))
        .select_related("call")
        .only("case_id", "group_id", "officer_id", "call__working_days", "call__days_to_review")
    )
