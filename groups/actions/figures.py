"""What shows a firm's size: its yearly sales, its MiPyME certificates, the firms that belong together with it.

Each function that takes a group checks the permission, locks the group's case and then the firm, and writes both
timelines in one transaction. Figures of money stand in the firm's own timeline only.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from core import documents, timeline
from core.models import Case, Document
from core.money import ZERO
from core.workflow import NotAllowed, Refusal, TransitionRefused
from groups.certificates import valid_until
from groups.models import Certificate, Firm, FirmYear, Group, LinkedFirm
from groups.models.firm import clean_cuit

CERTIFICATE = "firm_certificate"


class RowRefused(Refusal):
    """A certificate or a linked firm cannot be added: the sentence belongs at its number."""


# --- Yearly sales ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearChanges:
    """(before, after) by year, in pesos as text; "" for none."""

    sales: dict[int, tuple[str, str]]
    linked: dict[int, tuple[str, str]]

    @property
    def years(self) -> list[int]:
        """The years of which anything changed."""
        return sorted({*self.sales, *self.linked})


def write_sales(
    firm: Firm, sales: Mapping[int, Decimal | None], linked: Mapping[int, Decimal | None] | None = None
) -> YearChanges:
    """Write, change or delete years. `sales` holds an amount in pesos for each year, or None to delete it; `linked` the
    sales of linked firms of the years that have some. Other years stay.

    The caller holds the firm's lock and writes the timeline.
    """
    before = {row.year: row for row in firm.years.all()}
    changes = YearChanges({}, {})
    for year, amount in sales.items():
        row = before.get(year)
        if row and amount is None:
            changes.sales[year] = (str(row.sales), "")
            row.delete()
            del before[year]
        elif amount is not None and (row is None or row.sales != amount):
            changes.sales[year] = (str(row.sales) if row else "", str(amount))
            before[year] = FirmYear.objects.update_or_create(
                firm=firm, year=year, defaults={"sales": amount}
            )[0]
    for year, amount in (linked or {}).items():
        row, amount = before.get(year), ZERO if amount is None else amount
        if row and row.linked_sales != amount:
            changes.linked[year] = (str(row.linked_sales), str(amount))
            row.linked_sales = amount
            row.save(update_fields=["linked_sales"])
    return changes


def why_not_figures(firm: Firm) -> str:
    """Why a group may not read or write a firm's sales and links, in a sentence; "" when it may."""
    if firm.sales_are_private:
        return _("The firm entered its sales itself: it changes them through its own link.")
    return ""


# --- Certificates ------------------------------------------------------------------------------------


@transaction.atomic
def add_certificate(
    *,
    by: User,
    group: Group,
    firm: Firm,
    number: str,
    size: str,
    year_closed_on: dt.date,
    now: datetime,
    document: UploadedFile | None = None,
) -> Certificate:
    """Add a MiPyME certificate to a member firm, with its document.

    Raises NotAllowed, TransitionRefused, RowRefused, or ValidationError for the file.
    """
    case, firm = _open(group, firm, by=by)
    certificate = keep_certificate(
        firm, number=number, size=size, year_closed_on=year_closed_on, document=document, by=by, now=now
    )
    _record(case, firm, certificate, "firm.certificate_added", by=by, now=now, text=_words(firm, certificate))
    return certificate


def keep_certificate(
    firm: Firm,
    *,
    number: str,
    size: str,
    year_closed_on: dt.date,
    document: UploadedFile | None,
    by: User | None,
    now: datetime,
) -> Certificate:
    """The row of a certificate, for whoever holds the firm's lock and writes the timeline. `by` None: the firm itself,
    through its link. Raises RowRefused when the firm has one of this number."""
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(
                firm=firm,
                number=number,
                size=size,
                year_closed_on=year_closed_on,
                valid_until=valid_until(year_closed_on),
                added_at=now,
                added_by=by,
            )
    except IntegrityError as error:
        raise RowRefused(_("A certificate with this number is there already.")) from error
    if document:
        certificate.document = documents.store(
            case=firm.case, kind=CERTIFICATE, owner_id=certificate.pk, upload=document, by=by, now=now
        )
        certificate.save(update_fields=["document"])
    _touch(firm)
    return certificate


@transaction.atomic
def remove_certificate(
    *, by: User, group: Group, firm: Firm, certificate: Certificate, now: datetime
) -> None:
    """Take a certificate away; its document stays on file, for whoever may read the firm."""
    case, firm = _open(group, firm, by=by)
    row = firm.certificates.filter(pk=certificate.pk).first()
    if row is None:
        raise TransitionRefused(_("This certificate is not there any more."))
    _record(case, firm, row, "firm.certificate_removed", by=by, now=now, text=_words(firm, row))
    row.delete()
    _touch(firm)


def may_read_certificate(user: User, document: Document) -> bool:
    """Who may read the document of a certificate: who may see the firm."""
    firm = Firm.objects.filter(case_id=document.case_id).first()
    return firm is not None and user.can(Action.VIEW_FIRM, firm)


# --- Linked firms ------------------------------------------------------------------------------------


@transaction.atomic
def add_link(
    *, by: User, group: Group, firm: Firm, cuit: str, name: str, link: str, now: datetime
) -> LinkedFirm:
    """Say that another firm belongs together with a member firm: their sales count together.

    Raises NotAllowed, TransitionRefused, ValidationError for a wrong CUIT, or RowRefused.
    """
    case, firm = _open(group, firm, by=by)
    if sentence := why_not_figures(firm):
        raise NotAllowed(sentence)
    cuit = clean_cuit(cuit)
    if cuit == firm.cuit:
        raise RowRefused(_("This is the firm itself: write the CUIT of the other one."))
    try:
        with transaction.atomic():
            row = LinkedFirm.objects.create(firm=firm, cuit=cuit, name=name, link=link)
    except IntegrityError as error:
        raise RowRefused(_("This firm is among the linked ones already.")) from error
    _touch(firm)
    _record(case, firm, row, "firm.link_added", by=by, now=now, text=f"{firm.name}\n{row.name} ({row.cuit})")
    return row


@transaction.atomic
def remove_link(*, by: User, group: Group, firm: Firm, row: LinkedFirm, now: datetime) -> None:
    """Take a linked firm away. With the last one go the linked sales: what nobody sees any more must not count."""
    case, firm = _open(group, firm, by=by)
    if sentence := why_not_figures(firm):
        raise NotAllowed(sentence)
    found = firm.links.filter(pk=row.pk).first()
    if found is None:
        raise TransitionRefused(_("This linked firm is not there any more."))
    words = f"{firm.name}\n{found.name} ({found.cuit})"
    _record(case, firm, found, "firm.link_removed", by=by, now=now, text=words)
    found.delete()
    if not firm.links.exists():
        firm.years.exclude(linked_sales=ZERO).update(linked_sales=ZERO)
    _touch(firm)


# --- What they share ---------------------------------------------------------------------------------


def _open(group: Group, firm: Firm, *, by: User) -> tuple[Case, Firm]:
    """The group's case and the member firm, both locked, for somebody who may change it."""
    require(by, Action.EDIT_FIRM, group)
    case = Case.objects.select_for_update().get(pk=group.case_id)
    if not group.memberships.current().filter(firm=firm).exists():
        raise TransitionRefused(_("This firm is not in the group any more."))
    return case, Firm.objects.select_for_update(of=("self",)).select_related("case").get(pk=firm.pk)


def _touch(firm: Firm) -> None:
    """Its data are others now: a confirmation of the old ones does not stand for these."""
    firm.version += 1
    firm.save(update_fields=["version"])


def _record(
    case: Case,
    firm: Firm,
    row: Certificate | LinkedFirm,
    action: str,
    *,
    by: User,
    now: datetime,
    text: str,
) -> None:
    for each in (case, firm.case):
        timeline.record(each, action, by=by, now=now, obj=row, firm=firm.pk, text=text)


def _words(firm: Firm, certificate: Certificate) -> str:
    return f"{firm.name}\n{certificate.number} ({certificate.valid_until:%d/%m/%Y})"
