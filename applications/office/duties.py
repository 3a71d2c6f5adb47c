"""What the office owes around a case: an answer to a message of a group, from the third working day on late."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import charge
from applications.duties import Day
from applications.models import Application
from core import dates
from core.duties import Duty, Reading
from groups.duties import own_groups

DAYS_TO_ANSWER = 3
# Three working days are never further apart than this, whatever the holidays.
FURTHEST = dt.timedelta(days=31)
KINDS = {
    "application.message": _("Messages to answer"),
}


def due_on(waits_since: dt.datetime) -> dt.date:
    """By when a message is answered."""
    return dates.add_days(dates.day_of(waits_since), DAYS_TO_ANSWER, working=True)


def messages(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Iterable[Duty]:
    """A message of a group that waits: to the officer in charge and who covers them, else to every officer. Nobody owes
    an answer to their own group."""
    officers = charge.officers(today, user)
    if not officers.people:
        return ()
    waiting = Application.objects.real().filter(message_waits_since__isnull=False)
    if due_from:
        waiting = waiting.filter(message_waits_since__gt=dates.end_of(due_from - FURTHEST))
    if due_to:
        waiting = waiting.filter(message_waits_since__lte=dates.end_of(due_to))
    bounded = officers.bounded(waiting, user, "officer")
    columns = ("pk", "case_id", "message_waits_since", "group_id", "in_charge_id")
    asked = {"officers": officers, "due_from": due_from, "due_to": due_to, "user": user}
    return Reading(bounded.values_list(*columns), partial(_messages, **asked))


def _messages(
    rows: Any, *, officers: charge.Holders, due_from: Day, due_to: Day, user: Any
) -> Iterator[Duty]:
    own = own_groups({row[3] for row in rows}, officers.people)
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
