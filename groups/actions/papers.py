"""The last way to confirm: a signed paper, for a firm that has no address of its own. The group sends the photograph,
somebody of the programme looks at it (PROGRAMME 12)."""

from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from core import documents
from core.models import Document
from core.workflow import TransitionRefused
from groups import letters
from groups.actions.asking import current_place
from groups.actions.members import lock
from groups.actions.voice import record, stand
from groups.confirmations import State, state_of
from groups.models import Firm, FirmConfirmation, Group, Membership

PAPER = "firm_paper"


def why_not_paper(membership: Membership) -> str:
    """Why a firm need not, or may not, be spoken for by a paper now, in a sentence; "" when it may."""
    row = membership.confirmations.filter(superseded_at=None).first()
    state = state_of(row, membership.firm.version) if row else None
    if state is State.CONFIRMED:
        return _("This firm has confirmed already.")
    if state is State.REFUSED:
        return _("This firm said itself that it does not belong: only the firm can take that back.")
    return ""


@transaction.atomic
def add_paper(
    *,
    by: User,
    group: Group,
    firm: Firm,
    paper: UploadedFile,
    person_name: str,
    person_position: str,
    now: datetime,
    contribution: str = "",
    contribution_amount: Decimal | None = None,
) -> FirmConfirmation:
    """Send the paper that somebody of the firm signed; it waits for an officer. A newer one takes its place.

    Raises NotAllowed, TransitionRefused, or ValidationError for the file.
    """
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    membership = current_place(group, firm)
    if sentence := why_not_paper(membership):
        raise TransitionRefused(sentence)
    # The row of the file belongs to the place: its confirmation cannot be there before it.
    document = documents.store(
        case=group.case, kind=PAPER, owner_id=membership.pk, upload=paper, by=by, now=now
    )
    confirmation = stand(
        membership,
        way=FirmConfirmation.Way.PAPER,
        person_name=person_name,
        person_position=person_position,
        contribution=contribution,
        contribution_amount=contribution_amount,
        firm_version=membership.firm.version,
        document=document,
        added_by=by,
        now=now,
    )
    words = "\n".join([membership.firm.name, f"{person_name}, {person_position}"])
    record(membership, "firm.paper_added", by=by, now=now, obj=confirmation, text=words)
    return confirmation


@transaction.atomic
def check_paper(
    *, by: User, group: Group, paper: FirmConfirmation, accepts: bool, now: datetime, reason: str = ""
) -> FirmConfirmation:
    """An officer says whether the paper shows that the firm confirms; a refusal says why.

    Raises NotAllowed or TransitionRefused.
    """
    require(by, Action.CHECK_PAPER, group)
    lock(group)
    rows = FirmConfirmation.objects.select_for_update(of=("self",)).select_related(
        "membership__firm__case", "membership__group__case", "document", "added_by"
    )
    row = rows.filter(pk=paper.pk, membership__group=group, way=FirmConfirmation.Way.PAPER).first()
    if row is None or row.superseded_at or row.accepted is not None or row.membership.left_on:
        raise TransitionRefused(_("This paper does not wait for an answer any more."))
    if accepts and row.document and (sentence := documents.why_closed(row.document)):
        raise TransitionRefused(sentence)
    if not accepts and not reason.strip():
        raise TransitionRefused(_("Say why."))
    row.accepted, row.checked_by, row.checked_at, row.check_reason = accepts, by, now, reason.strip()
    row.save(update_fields=["accepted", "checked_by", "checked_at", "check_reason"])
    name = row.membership.firm.name
    words = "\n".join(filter(None, [name, row.check_reason]))
    action = "firm.paper_accepted" if accepts else "firm.paper_refused"
    record(row.membership, action, by=by, now=now, obj=row, text=words)
    letters.news(
        "paper_accepted" if accepts else "paper_refused",
        group,
        firm=name,
        about=row.pk,
        also=row.added_by,
        now=now,
        reason=row.check_reason,
    )
    return row


def may_read_paper(user: User, document: Document) -> bool:
    """Who may read a signed paper: who may see the firms of the group."""
    group = Group.objects.filter(case_id=document.case_id).first()
    return group is not None and user.can(Action.VIEW_FIRM, group)
