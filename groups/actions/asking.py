"""A group asks a firm: to join, when others registered it; to confirm, when it is a member (PROGRAMME 4, 12).

Each function checks the permission, locks the group's case, and writes the timeline. Until a firm agrees to join, the
group's own timeline says no more than the CUIT that the group typed.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from core import timeline
from core.workflow import TransitionRefused
from groups import letters, links
from groups.actions.members import CuitRefused, lock, must_agree, why_not
from groups.confirmations import voices
from groups.models import Firm, FirmLink, Group, JoinRequest, Membership
from groups.models.firm import clean_cuit

MOST_WAITING = 20
ASK_AGAIN_AFTER = timedelta(days=30)


# --- To join -----------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_join(*, by: User, group: Group, cuit: str, place_in_chain: str, now: datetime) -> JoinRequest:
    """Ask a firm that is registered already to join. Its contact gets a letter; without one the programme's staff ask.

    Raises NotAllowed, ValidationError for a wrong CUIT, CuitRefused or TransitionRefused.
    """
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    cuit = clean_cuit(cuit)
    if sentence := why_not(cuit, by=by, group=group):
        raise CuitRefused(sentence)
    firm = Firm.objects.select_related("case").filter(cuit=cuit).first()
    if firm is None or not must_agree(cuit, by=by):
        raise CuitRefused(_("This firm need not be asked: add it."))
    asked = group.join_requests
    if asked.filter(ended_at=None).count() >= MOST_WAITING:
        raise CuitRefused(
            _("Too many firms were asked and have not answered. Take some questions back first.")
        )
    if asked.filter(firm=firm, agreed=False, ended_at__gt=now - ASK_AGAIN_AFTER).exists():
        raise CuitRefused(
            _("This firm declined a short time ago. It can be asked again %(n)d days after that.")
            % {"n": ASK_AGAIN_AFTER.days}
        )
    request = JoinRequest.objects.create(
        group=group, firm=firm, place_in_chain=place_in_chain, asked_by=by, asked_at=now
    )
    timeline.record(group.case, "firm.asked", by=by, now=now, obj=request, text=firm.formatted_cuit)
    # Other groups of the firm do not read this one.
    timeline.record(
        firm.case, "firm.asked_by_group", by=by, now=now, obj=request, group=group.pk, text=group.name
    )
    if firm.contact_email and not links.why_no_more(firm, group, now, joins=True):
        _mail_request(request, by=by, now=now)
    return request


def _mail_request(request: JoinRequest, *, by: User, now: datetime) -> FirmLink:
    link, token = links.make(request.firm, request.group, by=by, now=now, request=request)
    letters.asked_to_join(link, token, by=by, now=now)
    return link


@transaction.atomic
def send_request(*, by: User, group: Group, request: JoinRequest, now: datetime) -> FirmLink:
    """Send the letter again, with a new link. Raises NotAllowed or TransitionRefused."""
    request = _open_request(by, group, request)
    if request.firm_links.filter(shared=False, created_at__gt=now - links.A_DAY).exists():
        raise TransitionRefused(_("A link was sent within the last day. Give it some time."))
    link = _mail_request(request, by=by, now=now)
    timeline.record(
        group.case, "firm.asked_again", by=by, now=now, obj=request, text=request.firm.formatted_cuit
    )
    return link


@transaction.atomic
def share_request(*, by: User, group: Group, request: JoinRequest, now: datetime) -> str:
    """A link to share; answers its address, which is shown once. Raises NotAllowed or TransitionRefused."""
    request = _open_request(by, group, request)
    _link, token = links.make(request.firm, group, by=by, now=now, request=request, shared=True)
    timeline.record(
        group.case, "firm.link_shared", by=by, now=now, obj=request, text=request.firm.formatted_cuit
    )
    return settings.SITE_URL + links.path_of(token)


@transaction.atomic
def withdraw_request(*, by: User, group: Group, request: JoinRequest, now: datetime) -> JoinRequest:
    """Take the question back. Raises NotAllowed or TransitionRefused."""
    request = _open_request(by, group, request)
    end_request(request, agreed=None, now=now)
    cuit = request.firm.formatted_cuit
    timeline.record(group.case, "firm.question_withdrawn", by=by, now=now, obj=request, text=cuit)
    return request


@transaction.atomic
def decline_for_firm(*, by: User, group: Group, request: JoinRequest, reason: str, now: datetime) -> None:
    """An officer asked the firm, and it said no. Raises NotAllowed or TransitionRefused."""
    require(by, Action.ADMIT_FIRM, group)
    lock(group)
    if not reason.strip():
        raise TransitionRefused(_("Say who of the firm declined, and how."))
    request = _fresh(group, request)
    end_request(request, agreed=False, now=now)
    # Who of the firm it was is not the group's affair.
    declined(request, by=by, now=now, reason=reason)


def declined(request: JoinRequest, *, by: User | None, now: datetime, reason: str = "") -> None:
    """Write down that a firm said no, and tell the group, which still knows no more than its CUIT."""
    group, firm = request.group, request.firm
    cuit = firm.formatted_cuit
    timeline.record(group.case, "firm.declined", by=by, now=now, obj=request, text=cuit)
    words = "\n".join(filter(None, [group.name, reason]))
    timeline.record(firm.case, "firm.declined_group", by=by, now=now, obj=request, group=group.pk, text=words)
    letters.news("declined", group, firm=cuit, about=request.pk, also=request.asked_by, now=now)


def end_request(request: JoinRequest, *, agreed: bool | None, now: datetime) -> None:
    """Close a question and its links, for whoever holds the group's lock."""
    request.agreed, request.ended_at = agreed, now
    request.save(update_fields=["agreed", "ended_at"])
    links.open_ones(request.firm, request.group, request).update(revoked_at=now)


def _open_request(by: User, group: Group, request: JoinRequest) -> JoinRequest:
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    return _fresh(group, request)


def _fresh(group: Group, request: JoinRequest) -> JoinRequest:
    """The row as it is now, under the group's lock."""
    rows = group.join_requests.select_related("firm__case", "group__case", "asked_by")
    found = rows.filter(pk=request.pk, ended_at=None).first()
    if found is None:
        raise TransitionRefused(_("This question is answered, or was taken back."))
    return found


# --- To confirm --------------------------------------------------------------------------------------


@transaction.atomic
def send_link(*, by: User, group: Group, firm: Firm, now: datetime) -> FirmLink:
    """Ask a member to confirm, or remind it: at most once a day. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    membership = current_place(group, firm)
    if sentence := voices([membership], now)[membership.firm_id].why_not_send:
        raise TransitionRefused(sentence)
    return _mail_link(membership, by=by, now=now)


@transaction.atomic
def send_links(*, by: User, group: Group, now: datetime) -> tuple[list[Firm], list[Firm]]:
    """Ask all who have still to confirm. Answers who was asked, and who could not be: no address, asked within a day,
    or too often. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    places = list(group.memberships.current().select_related("firm__case", "group__case"))
    asked, not_asked = [], []
    for voice in voices(places, now).values():
        if not voice.is_owed:
            continue
        firm = voice.membership.firm
        if voice.why_not_send or links.why_no_more(firm, group, now, joins=False):
            not_asked.append(firm)
        else:
            _mail_link(voice.membership, by=by, now=now)
            asked.append(firm)
    return asked, not_asked


def _mail_link(membership: Membership, *, by: User, now: datetime) -> FirmLink:
    group, firm = membership.group, membership.firm
    link, token = links.make(firm, group, by=by, now=now)
    letters.asked_to_confirm(link, token, by=by, now=now)
    timeline.record(group.case, "firm.link_sent", by=by, now=now, obj=link, firm=firm.pk, text=firm.name)
    return link


@transaction.atomic
def share_link(*, by: User, group: Group, firm: Firm, now: datetime) -> str:
    """A link to share with a member; answers its address, which is shown once. It asks for a code that goes to the
    firm's own address. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    firm = current_place(group, firm).firm
    link, token = links.make(firm, group, by=by, now=now, shared=True)
    timeline.record(group.case, "firm.link_shared", by=by, now=now, obj=link, firm=firm.pk, text=firm.name)
    return settings.SITE_URL + links.path_of(token)


@transaction.atomic
def revoke_links(*, by: User, group: Group, firm: Firm, now: datetime) -> int:
    """End the open links of a member. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    membership = current_place(group, firm)
    count = links.open_ones(membership.firm, group, None).update(revoked_at=now)
    if not count:
        raise TransitionRefused(_("No link is open."))
    name = membership.firm.name
    timeline.record(group.case, "firm.links_revoked", by=by, now=now, obj=membership, firm=firm.pk, text=name)
    return count


def current_place(group: Group, firm: Firm) -> Membership:
    """The place of a firm that is in the group now; TransitionRefused for any other."""
    rows = group.memberships.current().select_related("firm__case", "group__case")
    found = rows.filter(firm=firm).first()
    if found is None:
        raise TransitionRefused(_("This firm is not in the group any more."))
    return found
