"""Who looks after what: officers in charge, a colleague who is away and who stands in, what the officer has read."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts import covering
from accounts.models import User
from applications.models import Application
from applications.office.charge import put_in_charge
from core import dates
from core.models import CaseSeen
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
# Of each five applications that come in: whose they are.
IN_TURN = ("officer", "officer2", "officer", None, "officer")


def take_charge(cast: Cast, application: Application, day: dt.date) -> Application:
    """What came in on a day gets its officer, but for some that nobody has taken yet."""
    name = IN_TURN[Application.objects.count() % len(IN_TURN)]
    if name is None:
        return application
    return put_in_charge(
        by=cast["officer"], application=application, officer=cast[name], now=dates.at_noon(day)
    )


@transaction.atomic
def share_out(cast: Cast, today: dt.date) -> None:
    """The second officer is away now, and the first in three weeks; and how far the first has read."""
    first, second = cast["officer"], cast["officer2"]
    for person, cover, begin, end in (
        (second, first, today - 2 * DAY, today + 9 * DAY),
        (first, second, today + 21 * DAY, today + 32 * DAY),
    ):
        now = dates.at_noon(today - 2 * DAY)
        covering.set_cover(by=person, person=person, cover=cover, first_on=begin, last_on=end, now=now)
    _read(first, today)


def _read(officer: User, today: dt.date) -> None:
    """Some cases to the end, some up to a few events ago, some never."""
    at = dates.at_noon(today - 3 * DAY)
    cases = Application.objects.filter(Q(officer=officer) | Q(project__opened_by=officer))
    CaseSeen.objects.bulk_create(
        CaseSeen(user=officer, case=row.case, sequence=max(row.case.length - number % 4, 0), at=at)
        for number, row in enumerate(cases.select_related("case").order_by("pk"))
        if number % 5 != 4
    )
