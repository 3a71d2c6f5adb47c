"""The secret links by which a firm answers for a report, without an account (as groups.links does for confirmations).

Only digests are kept. A link is answered once and ends on the day by which the firm was asked; opening it never uses it
up. It goes to the firm's own address, so that whoever has it speaks for the firm; or the coordinator shares it, and then it
asks for a code that goes there (PROGRAMME 12).
"""

import secrets
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.invitations import digest
from accounts.models import User
from core import dates
from core.workflow import TransitionRefused
from groups.links import A_DAY, MOST_A_DAY, MOST_TO_ADDRESS, LinkOver
from groups.models import FirmLink
from reports.models import FirmPart, FirmPartLink
from reports.querysets import OWED

__all__ = [
    "LinkOver",
    "end",
    "find",
    "is_open",
    "make",
    "path_of",
    "why_no_more",
    "why_not_remind",
    "why_not_share",
]


def make(part: FirmPart, *, by: User, now: datetime, shared: bool = False) -> tuple[FirmPartLink, str]:
    """A new link of a part and its secret; the one of its kind before it ends. The caller holds the case's lock.

    Raises TransitionRefused: without an address of the firm's own, and when there were too many today.
    """
    if sentence := why_no_more(part, now):
        raise TransitionRefused(sentence)
    end(part, now, shared=shared)
    token = secrets.token_urlsafe(32)
    link = FirmPartLink.objects.create(
        part=part,
        shared=shared,
        token_digest=digest(token),
        email=part.firm.contact_email,
        created_at=now,
        created_by=by,
        expires_at=dates.end_of(part.answer_by),
    )
    return link, token


def why_no_more(part: FirmPart, now: datetime) -> str:
    """Why no link can be sent to a firm before tomorrow, in a sentence; "" when one can. A firm has a limit for one report,
    an address one of all groups and of all kinds of links together. Two queries."""
    address = part.firm.contact_email
    if not address:
        return _("The firm has no e-mail of its own on file.")
    sent = FirmPartLink.objects.filter(email__iexact=address, created_at__gt=now - A_DAY).aggregate(
        firm=Count("pk", filter=Q(part__firm=part.firm_id, part__report=part.report_id)), address=Count("pk")
    )
    if sent["firm"] >= MOST_A_DAY:
        return _("This firm was sent %(n)d links within a day. Try again tomorrow.") % {"n": MOST_A_DAY}
    others = FirmLink.objects.filter(email__iexact=address, created_at__gt=now - A_DAY).count()
    if sent["address"] + others >= MOST_TO_ADDRESS:
        return _("This firm's e-mail has received many links within a day. Try again tomorrow.")
    return ""


def why_not_remind(part: FirmPart, now: datetime) -> str:
    """Why a firm cannot be reminded now: at most once a day, and while there is time to answer."""
    if part.status != FirmPart.Status.ASKED:
        return _("There is nothing to remind of: the firm answered, or is not asked any more.")
    if sentence := _day_has_passed(part, now):
        return sentence
    if any(link.created_at > now - A_DAY for link in part.links.all() if not link.shared):
        return _("A link was sent within the last day. Give it some time.")
    return ""


def why_not_share(part: FirmPart, now: datetime) -> str:
    """Why no link can be shared with a firm now; "" when one can."""
    if part.status != FirmPart.Status.ASKED:
        return _("The firm answered already, or is not asked any more.")
    return _day_has_passed(part, now)


def _day_has_passed(part: FirmPart, now: datetime) -> str:
    """In a sentence, where a firm had to answer before today; "" while it still may."""
    if part.answer_by < dates.day_of(now):
        return _("The day by which it was asked has passed. Ask it anew, with another day.")
    return ""


def end(part: FirmPart, now: datetime, *, shared: bool | None = None) -> None:
    """No link of a part opens its page any more; with `shared` none of that kind."""
    rows = part.links.filter(used_at=None, revoked_at=None)
    (rows if shared is None else rows.filter(shared=shared)).update(revoked_at=now)


def find(token: str) -> FirmPartLink | None:
    """The link of a secret, with all that its page shows."""
    rows = FirmPartLink.objects.select_related(
        "part__report__project__application__case",
        "part__report__project__application__group",
        "part__firm",
        "part__asked_by",
        "created_by",
    )
    return rows.filter(token_digest=digest(token)).first()


def is_open(link: FirmPartLink, now: datetime) -> bool:
    """Whether the firm can still answer by it: nobody answered, took it back or replaced it; its time is not over; the
    address is still the firm's; the firm is still asked; and the report is still being written."""
    part = link.part
    if link.used_at or link.revoked_at or link.expires_at <= now or part.status != FirmPart.Status.ASKED:
        return False
    if link.email.lower() != part.firm.contact_email.lower():
        return False
    return part.report.status in OWED and part.report.project.is_running


def path_of(token: str) -> str:
    """The address of a link's page, without the site."""
    return reverse("firm_part", args=[token])
