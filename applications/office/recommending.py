"""Recommending an application by one amount, as the ranking of its call does for many at once."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Application
from applications.ranking import spread
from applications.workflow import APPLICATION
from core.money import format_money
from core.workflow import TransitionRefused


def recommend(
    *, by: User, application: Application, amount: Decimal, reason: str, version: int | None, now: dt.datetime
) -> Application:
    """Recommend an amount, spread over the costs in proportion to what was asked for each. The engine says whether it may
    be, now and by this person.

    Raises Refusal.
    """
    shares = {line.pk: line.programme_share for line in application.lines.all()}
    try:
        amounts = spread(amount, shares)
    except ValueError as error:
        most = format_money(sum(shares.values(), start=Decimal(0)))
        raise TransitionRefused(
            _("The amount must be between zero and %(most)s.") % {"most": most}
        ) from error
    data = {"amounts": amounts, "reason": reason}
    return APPLICATION.apply(application, "recommend", by=by, now=now, version=version, data=data)
