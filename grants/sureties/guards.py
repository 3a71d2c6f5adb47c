"""When a surety is let go: "" or the sentence that is read."""

import datetime as dt

from django.utils.translation import gettext as _

from core.dates import day_of
from core.money import format_money
from grants.conditions import Money
from grants.models import Project, Surety


def takes_sureties(project: Project) -> str:
    """Whether a surety can be entered now."""
    if not project.is_open:
        return _("The project has ended: nothing more is advanced.")
    return ""


def still_runs(expires_on: dt.date, *, today: dt.date) -> str:
    """One that ended covers nothing: it is not entered any more."""
    return _("This surety has ended already: it covers nothing.") if expires_on < today else ""


def is_proven(surety: Surety, *, by, now, data) -> str:
    """What it covers is proven, given back, or covered by others. One that has expired covers nothing any more."""
    money, today = Money.of(surety.project), day_of(now)
    if surety.expires_on < today:
        return ""
    left = money.cover_on(today, without=surety)
    exposed = money.exposed()
    if exposed <= left:
        return ""
    return _("%(exposed)s were advanced and are not proven; without this surety %(left)s are covered.") % {
        "exposed": format_money(exposed),
        "left": format_money(left),
    }
