"""What a group's support was: who ever advised it, and what proves that it was supported."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Application, Support
from core import dates
from core.templatetags.lsp import day
from groups.models import Group


def advised_ids(application: Application) -> set[int]:
    """Everybody who advises the group now, or ever did."""
    accepted = Support.objects.filter(group_id=application.group_id, accepted_at__isnull=False)
    return application.group.adviser_ids() | set(accepted.values_list("adviser_id", flat=True))


@dataclass(frozen=True)
class Proof:
    """A support of this programme that came to its end, with what was done in it."""

    support_id: int
    since: dt.date
    until: dt.date
    sessions: int
    hours: Decimal

    @property
    def sentence(self) -> str:
        """`Technical support of this programme from 10/01/2026 to 03/03/2026: 4 sessions, 12 hours`."""
        words = {"since": day(self.since), "until": day(self.until), "n": self.sessions}
        return ngettext(
            "Technical support of this programme from %(since)s to %(until)s: %(n)s session, %(hours)s",
            "Technical support of this programme from %(since)s to %(until)s: %(n)s sessions, %(hours)s",
            self.sessions,
        ) % {**words, "hours": hours_in_words(self.hours)}


def proof_of(group: Group) -> list[Proof]:
    """The supports of a group that ended with at least one session: what proves earlier support by this programme
    (PROGRAMME 4, prior support). Oldest first; one query."""
    ended = Support.objects.filter(group=group, status=Support.Status.ENDED, accepted_at__isnull=False)
    rows = ended.annotate(n=Count("sessions"), sum=Sum("sessions__hours")).filter(n__gt=0)
    return [
        Proof(row.pk, dates.day_of(row.accepted_at), dates.day_of(row.ended_at), row.n, row.sum)
        for row in rows.order_by("ended_at", "pk")
        if row.accepted_at and row.ended_at
    ]


def hours_in_words(hours: Decimal) -> str:
    """`1 hour`, `2,5 hours`."""
    number = f"{hours.normalize():f}".replace(".", ",")
    return _("1 hour") if hours == 1 else _("%(n)s hours") % {"n": number}
