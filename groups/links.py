"""The secret links by which a firm answers without an account, and the codes that a shared one asks for (PROGRAMME 12).

Only digests are kept. A link is answered once, within two weeks, and opening it never uses it up: programs that look at
mail open links too. The database holds the counts, so that no restart forgets them.
"""

import secrets
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.invitations import digest
from accounts.models import User
from core.workflow import Refusal, TransitionRefused
from groups.models import CodedLink, Firm, FirmLink, Group, JoinRequest

LASTS = timedelta(days=14)
A_DAY = timedelta(days=1)
MOST_A_DAY = 5
# Of all groups that ask one firm to join: its members are not kept from confirming by strangers who ask.
MOST_ASKED_A_DAY = 10
# To one address: an accountant's may stand for many firms.
MOST_TO_ADDRESS = 30
MOST_CODES = 3
MOST_TRIES = 5
CODE_LASTS = timedelta(hours=1)
DIGITS = 6


class LinkOver(Refusal):
    """The link was answered, replaced or taken back, or has expired. A stranger learns not which."""

    status_code = 410

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask whoever sent it for a new one."))


class CodeRefused(Refusal):
    """The code is wrong or too old, or there were too many: the sentence belongs at its field."""


# --- Links -------------------------------------------------------------------------------------------


def make(
    firm: Firm,
    group: Group,
    *,
    by: User,
    now: datetime,
    request: JoinRequest | None = None,
    shared: bool = False,
) -> tuple[FirmLink, str]:
    """A new link and its secret; the older one of its kind ends. The caller holds the group's lock.

    Raises TransitionRefused: without an address of the firm's own, and when there were too many today.
    """
    if not firm.contact_email:
        raise TransitionRefused(_("The firm has no e-mail of its own on file."))
    if sentence := why_no_more(firm, group, now, joins=request is not None):
        raise TransitionRefused(sentence)
    return _create(firm, group, by=by, now=now, request=request, shared=shared)


def follow(link: FirmLink, now: datetime) -> tuple[FirmLink, str]:
    """The link by which a firm that agreed to join goes on to confirm, and its secret. It does not count against the
    group, which did not ask for it."""
    return _create(link.firm, link.group, by=link.created_by, now=now, request=None, shared=False)


def _create(
    firm: Firm, group: Group, *, by: User, now: datetime, request: JoinRequest | None, shared: bool
) -> tuple[FirmLink, str]:
    open_ones(firm, group, request).filter(shared=shared).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    link = FirmLink.objects.create(
        firm=firm,
        group=group,
        request=request,
        shared=shared,
        token_digest=digest(token),
        email=firm.contact_email,
        created_at=now,
        created_by=by,
        expires_at=now + LASTS,
    )
    return link, token


def why_no_more(firm: Firm, group: Group, now: datetime, *, joins: bool) -> str:
    """Why no link for a firm can be made before tomorrow, in a sentence; "" when one can. `joins`: it asks the firm to
    join. One group has a limit of its own, so that it uses up nobody else's; a firm and an address have one of all
    groups together, so that nobody floods them by means of many groups or of many firms. One query."""
    today = FirmLink.objects.filter(firm__contact_email=firm.contact_email, created_at__gt=now - A_DAY)
    made = today.aggregate(
        group=Count("pk", filter=Q(firm=firm, group=group)),
        asked=Count("pk", filter=Q(firm=firm, request__isnull=False)),
        address=Count("pk"),
    )
    if made["group"] >= MOST_A_DAY:
        return _("This firm was sent %(n)d links within a day. Try again tomorrow.") % {"n": MOST_A_DAY}
    if (joins and made["asked"] >= MOST_ASKED_A_DAY) or made["address"] >= MOST_TO_ADDRESS:
        return _("This firm's e-mail has received many links within a day. Try again tomorrow.")
    return ""


def open_ones(firm: Firm, group: Group, request: JoinRequest | None) -> QuerySet[FirmLink]:
    """The links of one question that nobody answered or took back."""
    return FirmLink.objects.filter(firm=firm, group=group, request=request, used_at=None, revoked_at=None)


def find(token: str) -> FirmLink | None:
    """The link of a secret, with all that its page shows."""
    rows = FirmLink.objects.select_related(
        "firm__case", "firm__activity", "firm__sector", "group__case", "request", "created_by"
    )
    return rows.filter(token_digest=digest(token)).first()


def is_open(link: FirmLink, now: datetime) -> bool:
    """Whether the firm can still answer by it: nobody answered, took it back or replaced it; its time is not over; the
    address is still the firm's; and the question still stands."""
    if link.used_at or link.revoked_at or link.expires_at <= now:
        return False
    if link.email.lower() != link.firm.contact_email.lower():
        return False
    if link.request:
        return link.request.ended_at is None
    return link.group.memberships.current().filter(firm_id=link.firm_id).exists()


def path_of(token: str) -> str:
    """The address of a link's page, without the site."""
    return reverse("firm_answer", args=[token])


# --- Codes -------------------------------------------------------------------------------------------


def new_code(link: CodedLink, now: datetime) -> str:
    """A new code for a shared link, with its tries; the one before it ends. The caller holds the link's lock.

    Raises CodeRefused when there were too many.
    """
    if link.codes_sent >= MOST_CODES:
        raise CodeRefused(
            _("This link has sent %(n)d codes already. Ask the group for a new one.") % {"n": MOST_CODES}
        )
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    link.code_digest, link.code_sent_at, link.code_tries = _digest(link, code), now, 0
    link.codes_sent += 1
    link.save(update_fields=["code_digest", "code_sent_at", "code_tries", "codes_sent"])
    return code


def why_not_code(link: CodedLink, code: str, now: datetime) -> str:
    """Why a typed code does not open the link, in a sentence; "" when it does. Each try counts, and a code that opened
    it is gone. The caller holds the link's lock and keeps what this wrote whatever it answers."""
    if not link.code_digest or link.code_sent_at is None:
        return _("Ask for a code first.")
    if link.code_sent_at + CODE_LASTS <= now:
        return _("This code is too old. Ask for a new one.")
    if link.code_tries >= MOST_TRIES:
        return _("Too many wrong codes. Ask for a new one.")
    link.code_tries += 1
    right = constant_time_compare(link.code_digest, _digest(link, code))
    if right:
        link.code_digest = ""
    link.save(update_fields=["code_tries", "code_digest"])
    return "" if right else _("This is not the code. Look at the newest message.")


def _digest(link: CodedLink, code: str) -> str:
    """Six figures are soon guessed: without the site's key their digest says nothing."""
    return salted_hmac("groups.links", f"{link.pk}:{code}", algorithm="sha256").hexdigest()
