"""What is owed about updates of prices (PROGRAMME 7): issuing one that was prepared. One bounded query, and one for the people."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import between_days_after, worded
from grants.models import PriceUpdate

# How long the approvers have; no call says it.
DAYS_TO_ISSUE = 15


def updates_to_issue(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Of the approvers, but not of who prepared it."""
    rows = between_days_after(PriceUpdate.objects.waiting(), "prepared_at", DAYS_TO_ISSUE, due_from, due_to)
    approvers = charge.approvers(today, user)
    return Reading(rows.with_call(), partial(_updates_to_issue, approvers=approvers, user=user))


def _updates_to_issue(rows: Any, *, approvers: charge.Holders, user: Any) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_ISSUE)
    for update in rows:
        since = dates.day_of(update.prepared_at)
        for person, _covered in approvers.whose(None, user):
            if person != update.prepared_by_id:
                yield Duty(
                    key=f"price_update.{update.pk}",
                    user_id=person,
                    case_id=update.call.case_id,
                    title=partial(worded, TO_ISSUE, code=update.call.code),
                    due_on=since + after,
                    url=reverse("price_update_detail", args=[update.pk]),
                    since=since,
                )


TO_ISSUE = gettext_lazy("Issue the update of prices of call %(code)s, or refuse it")

SOURCES = {"price_updates_to_issue": updates_to_issue}
# The headings of the inbox.
KINDS = {"price_update": gettext_lazy("Updates of prices to issue")}
