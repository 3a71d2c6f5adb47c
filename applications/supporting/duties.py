"""What somebody owes in a support by a date (PROGRAMME 7): the officers an adviser, the adviser an answer. One query, over
an index of what is still owed, and two for the officers."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import charge
from applications.models import Support
from core import dates
from core.duties import Duty, Reading
from groups.duties import officers_of

Day = dt.date | None


def supports(*, today: dt.date, due_from: Day = None, due_to: Day = None, user: Any = None) -> Reading:
    """Requests that wait for an adviser: to every officer, but for those of the group. Offers: to the adviser; the officer
    who made it watches."""
    owed = Support.objects.filter(due_on__isnull=False, status__in=["asked", "offered"])
    if due_from:
        owed = owed.filter(due_on__gte=due_from)
    if due_to:
        owed = owed.filter(due_on__lte=due_to)
    rows = owed.values_list(
        "pk", "status", "due_on", "group_id", "group__case_id", "adviser_id", "assigned_by_id", "asked_at"
    )
    return Reading(rows, partial(_supports, office=charge.officers(today, user), user=user))


def _supports(rows: Any, *, office: charge.Holders, user: Any) -> Iterator[Duty]:
    officers = officers_of({row[3] for row in rows if row[1] == Support.Status.ASKED}, office.people, user)
    for pk, status, due_on, group, case, adviser, officer, asked_at in rows:
        assert due_on is not None
        url, since = reverse("support_detail", args=[pk]), dates.day_of(asked_at)
        if status == Support.Status.ASKED:
            title = _("Assign an adviser to a group")
            for person in officers.get(group, ()):
                yield Duty(f"support.assign.{pk}", person, case, title, due_on, url, since=since)
            continue
        key = f"support.answer.{pk}"
        if user is None or adviser == user.pk:
            yield Duty(key, adviser, case, _("Say whether you help the group"), due_on, url, since=since)
        title = _("An adviser has not answered")
        for person, covered in office.whose(officer, user) if officer in office.people else ():
            if person != adviser:
                yield Duty(key, person, case, title, due_on, url, True, since, covered)
