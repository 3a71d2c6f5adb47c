"""The institutions of a group: which act with it, what each does, its end. Permission, lock, timeline, as in members.py.

Each raises TransitionRefused while the institutions of a group are held (groups.held)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import Refusal, TransitionRefused
from groups import held
from groups.models import Group, Institution, Partner
from groups.models.firm import clean_cuit

INSTITUTION_FIELDS = ("kind", "name", "cuit", "province", "locality")


class InstitutionRefused(Refusal):
    """This institution cannot be added this way: the sentence belongs at its CUIT."""


@transaction.atomic
def add_partner(
    *,
    by: User,
    group: Group,
    institution: Institution | None,
    contribution: str,
    now: datetime,
    contact: str = "",
    **fields: Any,
) -> Partner:
    """An institution acts with a group from today on. Without an `institution`, `fields` (those of INSTITUTION_FIELDS)
    register a new one.

    Raises NotAllowed, ValidationError for a wrong CUIT, InstitutionRefused or TransitionRefused.
    """
    require(by, Action.EDIT_GROUP, group)
    case = _lock(group)
    held.refuse(group, held.Part.INSTITUTIONS, now)
    institution = institution or _register(fields)
    if group.partners.filter(institution=institution, left_on=None).exists():
        raise TransitionRefused(_("This institution is with the group already."))
    partner = Partner.objects.create(
        group=group,
        institution=institution,
        contribution=contribution,
        contact=contact,
        joined_on=day_of(now),
    )
    words = f"{institution.name}\n{contribution}"
    timeline.record(
        case, "partner.joined", by=by, now=now, obj=partner, institution=institution.pk, text=words
    )
    return partner


def _register(fields: dict[str, Any]) -> Institution:
    if unknown := set(fields) - set(INSTITUTION_FIELDS):
        raise TypeError(f"not fields of this: {sorted(unknown)}")
    cuit = fields.get("cuit", "")
    fields = fields | {"cuit": clean_cuit(cuit) if cuit else ""}
    try:
        with transaction.atomic():
            return Institution.objects.create(**fields)
    except IntegrityError as error:
        raise InstitutionRefused(
            _("An institution with this CUIT is in the list already: look for its number there.")
        ) from error


@transaction.atomic
def edit_partner(
    *, by: User, group: Group, partner: Partner, contribution: str, contact: str, now: datetime
) -> Partner:
    """Say anew what an institution does in a group, and who speaks for it."""
    require(by, Action.EDIT_GROUP, group)
    case = _lock(group)
    held.refuse(group, held.Part.INSTITUTIONS, now)
    partner = _current(group, partner)
    before = (partner.contribution, partner.contact)
    if before == (contribution, contact):
        return partner
    partner.contribution, partner.contact = contribution, contact
    partner.save(update_fields=["contribution", "contact"])
    words = f"{partner.institution.name}\n{before[0]} → {contribution}"
    timeline.record(case, "partner.edited", by=by, now=now, obj=partner, text=words)
    return partner


@transaction.atomic
def end_partner(*, by: User, group: Group, partner: Partner, now: datetime) -> Partner:
    """An institution acts with the group no more, from today on. The row stays."""
    require(by, Action.EDIT_GROUP, group)
    case = _lock(group)
    held.refuse(group, held.Part.INSTITUTIONS, now)
    partner = _current(group, partner)
    partner.left_on = day_of(now)
    partner.save(update_fields=["left_on"])
    timeline.record(case, "partner.left", by=by, now=now, obj=partner, text=partner.institution.name)
    return partner


def _lock(group: Group) -> Case:
    return Case.objects.select_for_update().get(pk=group.case_id)


def _current(group: Group, partner: Partner) -> Partner:
    """The row as it is now, under the group's lock."""
    found = group.partners.filter(pk=partner.pk, left_on=None).select_related("institution").first()
    if found is None:
        raise TransitionRefused(_("This institution is not with the group any more."))
    return found
