"""A firm answers for itself, by its link and without an account: it joins or declines, it confirms or says that it does
not belong (PROGRAMME 4, 12).

Whoever holds the secret of a link that went to the firm's own address speaks for it; a shared link needs a code from
that address besides, which the page has asked for before it comes here. Each answer locks the group's case, the link
and the firm, so that two of them at once are one. The timeline has no actor for them: its text says who it was.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import timeline
from core.dates import day_of
from core.models import Case
from core.money import ZERO
from core.workflow import NotAllowed
from groups import letters, links
from groups.actions import codes
from groups.actions.asking import declined, end_request
from groups.actions.figures import keep_certificate, write_sales
from groups.actions.members import FIRM_FIELDS, check_version, join_firm, lock
from groups.legal_form import guess
from groups.models import Firm, FirmConfirmation, FirmLink, LinkedFirm, Membership
from groups.size import size_of

Way = FirmConfirmation.Way


# --- The code of a shared link -----------------------------------------------------------------------


@transaction.atomic
def send_code(*, link: FirmLink, now: datetime) -> None:
    """Send a code to the firm's own address. Raises LinkOver or CodeRefused."""
    link = _open(link, now)
    codes.send(link, group=link.group, address=link.email, now=now)


def check_code(*, link: FirmLink, code: str, now: datetime) -> None:
    """Whether a typed code is the one that was sent; then the address is the firm's. Raises LinkOver or CodeRefused; the
    try counts all the same."""
    with transaction.atomic():
        link = _open(link, now)
        sentence = codes.why_not(link, code, firm_id=link.firm_id, address=link.email, now=now)
    if sentence:
        raise links.CodeRefused(sentence)


# --- Joining -----------------------------------------------------------------------------------------


@transaction.atomic
def agree_to_join(
    *, link: FirmLink, person_name: str, person_position: str, now: datetime
) -> tuple[Membership, str]:
    """The firm becomes a member. Answers its place, and the secret of the link by which it confirms next.

    Raises LinkOver, or TransitionRefused while the firms of the group are held: the link stays open.
    """
    link = _open(link, now)
    group, firm, request = link.group, link.firm, _question(link)
    words = _words(firm, person_name, person_position)
    _use(link, now)
    timeline.record(group.case, "firm.agreed", by=None, now=now, obj=request, text=words)
    timeline.record(firm.case, "firm.agreed", by=None, now=now, obj=request, group=group.pk, text=words)
    membership = join_firm(firm, group, request.place_in_chain, by=None, now=now)
    letters.news("agreed", group, firm=firm.name, about=request.pk, also=request.asked_by, now=now)
    # How many links it has had today is no reason to stop here.
    following, token = links.follow(link, now)
    letters.asked_to_confirm(following, token, by=request.asked_by, now=now)
    return membership, token


@transaction.atomic
def decline_to_join(*, link: FirmLink, now: datetime) -> None:
    """The firm says no. Raises LinkOver."""
    link = _open(link, now)
    request = _question(link)
    _use(link, now)
    end_request(request, agreed=False, now=now)
    declined(request, by=None, now=now)


def _question(link: FirmLink) -> Any:
    if link.request is None:
        raise links.LinkOver
    return link.request


# --- Confirming --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a firm says on its page. `fields` are those of FIRM_FIELDS; `sales` and `linked` are pesos by year, as in
    `write_sales`, and only of the years that the firm wrote; `links` are firms linked to it, `gone` ids of links that
    are none any more; `certificate` is what `keep_certificate` takes."""

    person_name: str
    person_position: str
    contribution: str = ""
    contribution_amount: Decimal | None = None
    place_in_chain: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    sales: Mapping[int, Decimal | None] = field(default_factory=dict)
    linked: Mapping[int, Decimal | None] = field(default_factory=dict)
    links: tuple[Mapping[str, str], ...] = ()
    gone: frozenset[int] = frozenset()
    certificate: Mapping[str, Any] | None = None


@transaction.atomic
def confirm(*, link: FirmLink, version: int, answer: Answer, now: datetime) -> FirmConfirmation:
    """The firm confirms that it belongs, with its data as it now says them.

    Figures that it enters are its own from then on: its groups see its size alone. Raises LinkOver, StaleObject when
    the data were changed since its page was opened, RowRefused for a certificate that is there already, or
    ValidationError for its file.
    """
    link = _open(link, now)
    if link.request is not None:
        raise links.LinkOver
    membership = _place(link)
    firm = Firm.objects.select_for_update(of=("self",)).select_related("case").get(pk=link.firm_id)
    check_version(firm, version)
    before = firm.version
    _write(firm, membership, answer, now=now)
    _follow_along(firm, before)
    if firm.contact_email.lower() == link.email.lower() and firm.contact_verified_at is None:
        firm.contact_verified_at = now
        firm.save(update_fields=["contact_verified_at"])
    _use(link, now)
    confirmation = stand(
        membership,
        way=Way.CODE if link.shared else Way.EMAIL,
        person_name=answer.person_name,
        person_position=answer.person_position,
        contribution=answer.contribution,
        contribution_amount=answer.contribution_amount,
        firm_version=firm.version,
        email=link.email,
        now=now,
    )
    words = _words(firm, answer.person_name, answer.person_position)
    record(membership, "firm.confirmed", by=None, now=now, obj=confirmation, text=words, way=confirmation.way)
    confirmation.membership = Membership.objects.select_related(
        "group__case", "firm__activity", "firm__case"
    ).get(pk=membership.pk)
    letters.copy(
        confirmation,
        size=size_of(confirmation.membership.firm, day_of(now)).label,
        private=firm.sales_are_private,
        address=link.email,
        language=get_language() or letters.language_of(link.group),
        now=now,
    )
    return confirmation


@transaction.atomic
def refuse(*, link: FirmLink, person_name: str, person_position: str, now: datetime) -> FirmConfirmation:
    """The firm says that it does not belong to the group. It stays a member, which counts as refused, until the group
    takes it out. Raises LinkOver."""
    link = _open(link, now)
    if link.request is not None:
        raise links.LinkOver
    membership = _place(link)
    firm, group = membership.firm, link.group
    _use(link, now)
    confirmation = stand(
        membership,
        way=Way.CODE if link.shared else Way.EMAIL,
        belongs=False,
        person_name=person_name,
        person_position=person_position,
        firm_version=firm.version,
        email=link.email,
        now=now,
    )
    words = _words(firm, person_name, person_position)
    record(membership, "firm.refused", by=None, now=now, obj=confirmation, text=words, way=confirmation.way)
    letters.news(
        "refused", group, firm=firm.name, about=confirmation.pk, also=link.created_by, now=now, reason=words
    )
    return confirmation


def _write(firm: Firm, membership: Membership, answer: Answer, *, now: datetime) -> None:
    """What the firm corrects, in one step of its version. Figures of money go to no timeline."""
    fields = dict(answer.fields)
    if unknown := set(fields) - set(FIRM_FIELDS):
        raise TypeError(f"not fields of this: {sorted(unknown)}")
    if fields.get("legal_form") == "":
        fields["legal_form"] = guess(firm.cuit, fields.get("name", firm.name))
    changed = [name for name, value in fields.items() if getattr(firm, name) != value]
    for name in changed:
        setattr(firm, name, fields[name])
    if "contact_email" in changed:
        firm.contact_verified_at = None
    if answer.place_in_chain is not None and answer.place_in_chain != membership.place_in_chain:
        membership.place_in_chain = answer.place_in_chain
        membership.save(update_fields=["place_in_chain"])
        changed.append("place_in_chain")
    related = _write_links(firm, answer)
    figures = write_sales(firm, answer.sales, answer.linked)
    if figures.years:
        firm.sales_are_private = True
    if changed or related or figures.years:
        firm.version += 1
        firm.save()
    if "name" in changed:
        Case.objects.filter(pk=firm.case_id).update(title=firm.name)
    if changed or figures.years:
        words = _words(firm, answer.person_name, answer.person_position)
        record(
            membership,
            "firm.edited_by_itself",
            by=None,
            now=now,
            obj=firm,
            text=words,
            fields=changed,
            years=figures.years,
        )
    if answer.certificate:
        # It touches the version once more, and takes the firm as it is now.
        certificate = keep_certificate(firm, **_certificate(answer.certificate), by=None, now=now)
        words = f"{firm.name}\n{certificate.number} ({certificate.valid_until:%d/%m/%Y})"
        record(membership, "firm.certificate_added", by=None, now=now, obj=certificate, text=words)


def _certificate(row: Mapping[str, Any]) -> dict[str, Any]:
    number: str = row["number"]
    size: str = row["size"]
    closed: dt.date = row["year_closed_on"]
    document: UploadedFile | None = row.get("document")
    return {"number": number, "size": size, "year_closed_on": closed, "document": document}


def _write_links(firm: Firm, answer: Answer) -> bool:
    """Add and take away firms that belong together with it. With the last one go the linked sales."""
    gone = firm.links.filter(pk__in=answer.gone)
    if firm.sales_are_private and answer.gone:
        # What nobody was shown nobody takes away.
        raise NotAllowed(_("This linked firm is not there any more."))
    changed = bool(gone.delete()[0])
    for row in answer.links:
        _row, added = LinkedFirm.objects.get_or_create(
            firm=firm, cuit=row["cuit"], defaults={"name": row["name"], "link": row["link"]}
        )
        changed = changed or added
    if changed and not firm.links.exists():
        firm.years.exclude(linked_sales=ZERO).update(linked_sales=ZERO)
    return changed


def _follow_along(firm: Firm, before: int) -> None:
    """What the firm changed by itself it need not confirm again in its other groups, if it had there."""
    if firm.version == before:
        return
    FirmConfirmation.objects.filter(
        membership__firm=firm, superseded_at=None, firm_version=before, way__in=[Way.EMAIL, Way.CODE]
    ).update(firm_version=firm.version)


# --- What they share ---------------------------------------------------------------------------------


def stand(membership: Membership, *, now: datetime, **columns: Any) -> FirmConfirmation:
    """A new confirmation takes the place of the one before it, for whoever holds the group's lock."""
    FirmConfirmation.objects.filter(membership=membership, superseded_at=None).update(superseded_at=now)
    return FirmConfirmation.objects.create(membership=membership, confirmed_at=now, **columns)


def record(membership: Membership, action: str, **what: Any) -> None:
    """The same event on the timelines of the group and of the firm."""
    for case in (membership.group.case, membership.firm.case):
        timeline.record(case, action, firm=membership.firm_id, group=membership.group_id, **what)


def _open(link: FirmLink, now: datetime) -> FirmLink:
    """The link as it is now, locked behind its group's case. Raises LinkOver."""
    lock(link.group)
    rows = FirmLink.objects.select_for_update(of=("self",)).select_related(
        "firm__case", "group__case", "created_by", "request__asked_by"
    )
    fresh = rows.get(pk=link.pk)
    if not links.is_open(fresh, now):
        raise links.LinkOver
    return fresh


def _place(link: FirmLink) -> Membership:
    rows = link.group.memberships.current().select_related("firm__case", "group__case")
    return rows.get(firm_id=link.firm_id)


def _use(link: FirmLink, now: datetime) -> None:
    """The answer is given: the link is used, and so are others that ask the same."""
    link.used_at = now
    link.save(update_fields=["used_at"])
    links.open_ones(link.firm, link.group, link.request).update(revoked_at=now)
    FirmLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=F("used_at"))


def _words(firm: Firm, name: str, position: str) -> str:
    """Who of the firm spoke, for the event's text."""
    who = ", ".join(filter(None, [name, position]))
    return "\n".join(filter(None, [f"{firm.name} ({firm.formatted_cuit})", who]))
