"""What each firm of a group said for itself: confirmed, asked, changed since, refused (PROGRAMME 4, 12).

`voices` is for the group's page, `standing` for the rules of eligibility and the snapshot of a submission. What a firm
entered as sales is in neither.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import day_of
from groups.models import FirmConfirmation, FirmLink, Group, Membership

REMIND_AFTER = timedelta(days=1)


class State(models.TextChoices):
    """How a firm stands. The words are those of the badge."""

    CONFIRMED = "confirmed", gettext_lazy("Confirmed")
    PAPER_WAITS = "paper_waits", gettext_lazy("By paper, not checked yet")
    PAPER_REFUSED = "paper_refused", gettext_lazy("The paper was not accepted")
    CHANGED = "changed", gettext_lazy("Changed since it confirmed")
    REFUSED = "refused", gettext_lazy("Says that it does not belong")
    OPENED = "opened", gettext_lazy("Asked, and it opened the link")
    SENT = "sent", gettext_lazy("Asked")
    EXPIRED = "expired", gettext_lazy("Asked, and the link has expired")
    NOT_ASKED = "not_asked", gettext_lazy("Not asked yet")


# The look of each (core.looks).
LOOKS = {
    State.CONFIRMED: "confirmed",
    State.PAPER_WAITS: "in_review",
    State.PAPER_REFUSED: "rejected",
    State.CHANGED: "warn",
    State.REFUSED: "declined",
    State.OPENED: "submitted",
    State.SENT: "submitted",
    State.EXPIRED: "lapsed",
    State.NOT_ASKED: "not_started",
}


def state_of(confirmation: FirmConfirmation, firm_version: int) -> State:
    """What a confirmation that stands says, now that the firm's data are of this version."""
    if not confirmation.belongs:
        return State.REFUSED
    if confirmation.accepted is False:
        return State.PAPER_REFUSED
    if confirmation.firm_version != firm_version:
        return State.CHANGED
    if confirmation.way == FirmConfirmation.Way.PAPER and confirmation.accepted is None:
        return State.PAPER_WAITS
    return State.CONFIRMED


# --- For the group's page ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """What a member firm said, and how it was asked. `link` is open; `mailed` is the newest that went by e-mail, in
    whatever state."""

    membership: Membership
    state: State
    confirmation: FirmConfirmation | None
    link: FirmLink | None
    mailed: FirmLink | None
    now: datetime

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def look(self) -> str:
        return LOOKS[self.state]

    @property
    def is_owed(self) -> bool:
        """Whether the firm still has to say something."""
        return self.state not in (State.CONFIRMED, State.PAPER_WAITS)

    @property
    def sentences(self) -> list[str]:
        """What the badge does not say."""
        said = []
        if self.confirmation:
            said.append(_of_confirmation(self.confirmation, self.state))
        if self.link:
            facts = {
                "sent": _day(self.link.created_at),
                "until": _day(self.link.expires_at),
                "opened": _day(self.link.opened_at or self.link.created_at),
            }
            if self.link.shared:
                said.append(_("You made a link to share on %(sent)s; it is valid until %(until)s.") % facts)
            else:
                said.append(_("A link was sent on %(sent)s; it is valid until %(until)s.") % facts)
            if self.link.opened_at:
                said.append(_("It was opened on %(opened)s.") % facts)
        return said

    @property
    def why_not_send(self) -> str:
        """Why no link can be sent now, in a sentence; "" when one can."""
        if not self.membership.firm.contact_email:
            return _("Write the firm's own e-mail first.")
        mailed = self.mailed
        if mailed and mailed.created_at > self.now - REMIND_AFTER and same_address(mailed):
            return _("A link was sent within the last day. Give it some time.")
        return ""

    @property
    def why_not_share(self) -> str:
        """Why no link can be shared: the code that it asks for goes to the firm's own address."""
        if not self.membership.firm.contact_email:
            return _("Write the firm's own e-mail first: the code goes there.")
        return ""


def same_address(link: FirmLink) -> bool:
    """Whether the firm's address is still the one to which the link went."""
    return link.email.lower() == link.firm.contact_email.lower()


def _of_confirmation(confirmation: FirmConfirmation, state: State) -> str:
    facts = {
        "day": _day(confirmation.confirmed_at),
        "name": confirmation.person_name,
        "position": confirmation.person_position,
        "way": confirmation.get_way_display(),
        "reason": confirmation.check_reason,
    }
    if state is State.REFUSED:
        return _("Said on %(day)s by %(name)s. Talk to the firm, or take it out of the group.") % facts
    if state is State.PAPER_REFUSED:
        return _("An officer did not accept the paper: %(reason)s") % facts
    if state is State.PAPER_WAITS:
        return _("Signed by %(name)s, %(position)s. An officer looks at the paper.") % facts
    if state is State.CHANGED:
        return (
            _(
                "Confirmed on %(day)s by %(name)s, %(position)s. Its data were changed afterwards: it must confirm again."
            )
            % facts
        )
    return _("Confirmed on %(day)s by %(name)s, %(position)s. %(way)s.") % facts


def _day(moment: datetime) -> str:
    return f"{day_of(moment):%d/%m/%Y}"


def names(firms: Iterable[Any]) -> str:
    """Their names in one line."""
    return ", ".join(str(firm) for firm in firms)


def voices(memberships: Iterable[Membership], now: datetime) -> dict[int, Voice]:
    """What the firms of ONE group said, by the firm's id: two queries, however many firms (select `firm`)."""
    places = list(memberships)
    stand = {
        row.membership_id: row
        for row in FirmConfirmation.objects.filter(membership__in=places, superseded_at=None)
    }
    newest: dict[tuple[int, bool], FirmLink] = {}
    firms = {place.firm_id: place.firm for place in places}
    rows = FirmLink.objects.filter(
        request=None, firm__in=firms, group_id__in={place.group_id for place in places}
    )
    for link in rows.order_by("firm_id", "shared", "-created_at", "-id").distinct("firm_id", "shared"):
        link.firm = firms[link.firm_id]
        newest[link.firm_id, link.shared] = link
    return {place.firm_id: _voice(place, stand.get(place.pk), newest, now) for place in places}


def attach(memberships: Iterable[Membership], now: datetime) -> int:
    """Put the voice of each firm of ONE group on its place, as `.voice`, for the page; answers how many have still to
    confirm."""
    places = list(memberships)
    found = voices(places, now)
    for place in places:
        place.voice = found[place.firm_id]  # type: ignore[attr-defined]
    return sum(voice.is_owed for voice in found.values())


def _voice(
    place: Membership,
    confirmation: FirmConfirmation | None,
    newest: dict[tuple[int, bool], FirmLink],
    now: datetime,
) -> Voice:
    links = [newest[key] for shared in (False, True) if (key := (place.firm_id, shared)) in newest]
    waiting = [link for link in links if link.used_at is None and link.revoked_at is None]
    live = next((link for link in waiting if link.expires_at > now and same_address(link)), None)
    if confirmation:
        state = state_of(confirmation, place.firm.version)
    elif live:
        state = State.OPENED if live.opened_at else State.SENT
    else:
        state = State.EXPIRED if waiting else State.NOT_ASKED
    return Voice(place, state, confirmation, live, newest.get((place.firm_id, False)), now)


# --- For the rules and the snapshot ------------------------------------------------------------------


def standing(group: Group, day: dt.date | None = None) -> dict[int, dict[str, Any]]:
    """What stands of each firm that said something, by its id, as data: for the snapshot of a submission. `day` is
    that of the members; without it those of now. One query."""
    return in_data(standing_rows(group, day))


def standing_rows(group: Group, day: dt.date | None = None) -> models.QuerySet[FirmConfirmation]:
    """The rows that stand, one of a firm at most, with their firms."""
    places = group.memberships.on(day) if day else group.memberships.current()
    rows = FirmConfirmation.objects.filter(membership__in=places, superseded_at=None)
    return rows.select_related("membership__firm").order_by("membership_id")


def in_data(rows: Iterable[FirmConfirmation]) -> dict[int, dict[str, Any]]:
    """The same as data, for whoever has read the rows with their firms. No query.

    `same_address`: it confirmed from an address from which another firm of the group did too; an officer judges that.
    One firm of the address of a person who acts for the group is the usual case, and no doubt: an owner who represents
    the group confirms their own firm.
    """
    rows = list(rows)
    told = Counter(row.email.lower() for row in rows if row.belongs and row.email)
    return {row.membership.firm_id: _as_data(row, same_address=told[row.email.lower()] > 1) for row in rows}


def judged_since(said: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """What was frozen, with what an officer has said since of the papers that waited then. One query, if any did."""
    waiting = [row["id"] for row in said.values() if row["state"] == State.PAPER_WAITS]
    if not waiting:
        return said
    judged = FirmConfirmation.objects.filter(pk__in=waiting, accepted__isnull=False)
    states = {row.pk: str(State.CONFIRMED if row.accepted else State.PAPER_REFUSED) for row in judged}
    return {firm_id: {**row, "state": states.get(row["id"], row["state"])} for firm_id, row in said.items()}


def _as_data(row: FirmConfirmation, *, same_address: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "firm_id": row.membership.firm_id,
        "state": str(state_of(row, row.membership.firm.version)),
        "way": row.way,
        "person_name": row.person_name,
        "person_position": row.person_position,
        "contribution": row.contribution,
        "contribution_amount": None if row.contribution_amount is None else str(row.contribution_amount),
        "confirmed_at": row.confirmed_at.isoformat(),
        "same_address": same_address,
    }
