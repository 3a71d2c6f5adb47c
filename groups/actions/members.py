"""A group and its firms: what happens to them, by whom: each function checks the permission, locks the group's case, and
writes the timeline in one transaction.

**A firm that is registered already** joins another group only with its consent (PROGRAMME 2: known once in the whole
system). Whoever looks after it (`Firm.objects.managed_by`) may bring it into another group of theirs; anybody else has
it asked (groups.actions.asking), or an officer brings it in with the proof that it agreed. Nobody learns more from a
CUIT than that it is registered.
"""

import datetime as dt
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import NotAllowed, Refusal, StaleObject, TransitionRefused
from groups import held, leaving
from groups.actions.figures import why_not_figures, write_sales
from groups.legal_form import guess
from groups.models import Firm, Group, GroupPerson, Membership
from groups.models.firm import clean_cuit

GROUP_FIELDS = ("name", "value_chain", "sector", "province", "locality", "working_since", "description")
FIRM_FIELDS = (
    "name", "legal_form", "activity", "sector", "province", "locality", "people", "started_on",
    "contact_name", "contact_email", "contact_phone",
)  # fmt: skip


class CuitRefused(Refusal):
    """This number cannot join the group this way: the sentence belongs at the field."""


# --- The group ---------------------------------------------------------------------------------------


@transaction.atomic
def create_group(*, by: User, now: datetime, **fields: Any) -> Group:
    """Open a group; whoever does represents it. `fields` are those of GROUP_FIELDS."""
    case = timeline.open_case(Case.Kind.GROUP, fields["name"], now=now)
    group = Group.objects.create(case=case, **_only(GROUP_FIELDS, fields))
    GroupPerson.objects.create(group=group, user=by, role=Role.REPRESENTATIVE, since=day_of(now))
    timeline.record(case, "group.created", by=by, now=now, obj=group)
    return group


@transaction.atomic
def edit_group(*, by: User, group: Group, version: int, now: datetime, **fields: Any) -> Group:
    """Change what a group says of itself. Raises NotAllowed, StaleObject when somebody else was quicker, or
    TransitionRefused while it is held (groups.held)."""
    require(by, Action.EDIT_GROUP, group)
    case = lock(group)
    group = Group.objects.select_for_update().get(pk=group.pk)
    check_version(group, version)
    changed = _assign(group, _only(GROUP_FIELDS, fields))
    if not changed:
        return group
    held.refuse(group, held.Part.MEMBERS, now)
    group.version += 1
    group.save()
    if "name" in changed:
        Case.objects.filter(pk=case.pk).update(title=group.name)
    timeline.record(case, "group.edited", by=by, now=now, obj=group, fields=changed)
    return group


# --- Its firms ---------------------------------------------------------------------------------------


def why_not(cuit: str, *, by: User, group: Group) -> str:
    """Why the firm of a valid CUIT cannot join a group by this person's hand, in a sentence; "" when it can."""
    if group.memberships.current().filter(firm__cuit=cuit).exists():
        return _("This firm is in the group already.")
    if group.join_requests.filter(firm__cuit=cuit, ended_at=None).exists():
        return _("This firm was asked already, and has not answered yet.")
    return ""


def must_agree(cuit: str, *, by: User) -> bool:
    """Whether the firm of a CUIT is registered, and not looked after by this person: then it is asked."""
    return Firm.objects.filter(cuit=cuit).exclude(pk__in=Firm.objects.managed_by(by)).exists()


def managed_firm(cuit: str, *, by: User) -> Firm | None:
    """The firm of a CUIT, if it is registered and this person looks after it."""
    return Firm.objects.managed_by(by).filter(cuit=cuit).first()


@transaction.atomic
def add_firm(
    *,
    by: User,
    group: Group,
    cuit: str,
    place_in_chain: str,
    now: datetime,
    sales: Mapping[int, Decimal | None] | None = None,
    **fields: Any,
) -> Membership:
    """Add a firm to a group, registering it if it is new. `fields` are those of FIRM_FIELDS, `sales` pesos by year.

    A firm that this person looks after already joins as it is: its data and figures stay. Raises NotAllowed,
    ValidationError for a wrong CUIT, CuitRefused or TransitionRefused.
    """
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    cuit = clean_cuit(cuit)
    if sentence := why_not(cuit, by=by, group=group):
        raise CuitRefused(sentence)
    if must_agree(cuit, by=by):
        raise CuitRefused(_("This firm is registered already: it has to agree first."))
    firm = managed_firm(cuit, by=by) or _register(cuit, by=by, now=now, sales=sales or {}, fields=fields)
    return join_firm(firm, group, place_in_chain, by=by, now=now)


def _register(
    cuit: str, *, by: User, now: datetime, sales: Mapping[int, Decimal | None], fields: dict[str, Any]
) -> Firm:
    """A firm that the system does not know yet. What nobody said of its legal form is guessed."""
    fields = fields | {"legal_form": fields.get("legal_form") or guess(cuit, fields["name"])}
    case = timeline.open_case(Case.Kind.FIRM, fields["name"], now=now)
    try:
        with transaction.atomic():
            firm = Firm.objects.create(case=case, cuit=cuit, **_only(FIRM_FIELDS, fields))
    except IntegrityError as error:
        # Somebody registered it a moment ago: one row per CUIT, the database holds it.
        raise CuitRefused(
            _("This firm was registered at this very moment by somebody else. Try again.")
        ) from error
    figures = write_sales(firm, sales)
    timeline.record(case, "firm.registered", by=by, now=now, obj=firm, sales=figures.sales)
    return firm


def join_firm(
    firm: Firm, group: Group, place_in_chain: str, *, by: User | None, now: datetime, reason: str = ""
) -> Membership:
    """The row of a place, for whoever holds the group's lock and may. An open question to the firm is answered by it.

    Raises TransitionRefused while the firms of the group are held (groups.held).
    """
    held.refuse(group, held.Part.MEMBERS, now)
    requests = group.join_requests.filter(firm=firm, ended_at=None)
    group.firm_links.filter(request__in=requests, used_at=None, revoked_at=None).update(revoked_at=now)
    requests.update(agreed=True, ended_at=now)
    membership = Membership.objects.create(
        group=group, firm=firm, place_in_chain=place_in_chain, joined_on=day_of(now)
    )
    words = "\n".join(filter(None, [f"{firm.name} ({firm.formatted_cuit})", reason]))
    for case in (group.case, firm.case):
        timeline.record(
            case, "firm.joined", by=by, now=now, obj=membership, firm=firm.pk, group=group.pk, text=words
        )
    return membership


@transaction.atomic
def admit_firm(
    *, by: User, group: Group, cuit: str, place_in_chain: str, reason: str, now: datetime
) -> Membership:
    """Bring a firm that is registered already into another group, as an officer, with the proof that it agreed.

    `reason` says who of the firm agreed and how; it goes to both timelines. Raises NotAllowed, ValidationError,
    CuitRefused or TransitionRefused.
    """
    require(by, Action.ADMIT_FIRM, group)
    lock(group)
    cuit = clean_cuit(cuit)
    if not reason.strip():
        raise TransitionRefused(_("Say who of the firm agreed, and how."))
    firm = Firm.objects.filter(cuit=cuit).first()
    if firm is None:
        raise CuitRefused(_("No firm with this CUIT is registered. The group adds new firms itself."))
    if group.memberships.current().filter(firm=firm).exists():
        raise CuitRefused(_("This firm is in the group already."))
    return join_firm(firm, group, place_in_chain, by=by, now=now, reason=reason)


@transaction.atomic
def edit_firm(
    *,
    by: User,
    group: Group,
    firm: Firm,
    version: int,
    now: datetime,
    place_in_chain: str | None = None,
    sales: Mapping[int, Decimal | None] | None = None,
    linked: Mapping[int, Decimal | None] | None = None,
    **fields: Any,
) -> Firm:
    """Change the data of a member firm, its place in this group's chain and its yearly figures.

    `sales` holds the years to write: an amount in pesos, or None to delete the year; other years stay. `linked` holds
    the sales of linked firms in the same way. A legal form that is left empty is guessed. Raises NotAllowed (also for
    figures that the firm entered itself), TransitionRefused or StaleObject.
    """
    require(by, Action.EDIT_FIRM, group)
    case = lock(group)
    membership = group.memberships.current().filter(firm=firm).first()
    if membership is None:
        raise TransitionRefused(_("This firm is not in the group any more."))
    firm = Firm.objects.select_for_update().get(pk=firm.pk)
    check_version(firm, version)
    if (sales or linked) and (sentence := why_not_figures(firm)):
        raise NotAllowed(sentence)
    if fields.get("legal_form") == "":
        fields["legal_form"] = guess(firm.cuit, fields.get("name", firm.name))
    address = firm.contact_email
    changed = _assign(firm, _only(FIRM_FIELDS, fields))
    if firm.contact_email != address:
        # Nobody typed a code back from the new address.
        firm.contact_verified_at = None
    if place_in_chain is not None and place_in_chain != membership.place_in_chain:
        held.refuse(group, held.Part.MEMBERS, now)
        membership.place_in_chain = place_in_chain
        membership.save(update_fields=["place_in_chain"])
        changed.append("place_in_chain")
    figures = write_sales(firm, sales or {}, linked if firm.links.exists() else {})
    if not changed and not figures.years:
        return firm
    firm.version += 1
    firm.save()
    if "name" in changed:
        Case.objects.filter(pk=firm.case_id).update(title=firm.name)
    words = f"{firm.name} ({firm.formatted_cuit})"
    said: dict[str, Any] = {"by": by, "now": now, "obj": firm, "text": words}
    what: dict[str, Any] = {"fields": changed, "years": figures.years}
    timeline.record(case, "firm.edited", **said, **what)
    # The firm's own timeline, which no other group reads, also says which figures they were.
    timeline.record(firm.case, "firm.edited", **said, **what, sales=figures.sales, linked=figures.linked)
    return firm


@transaction.atomic
def leave(*, by: User, group: Group, firm: Firm, on: dt.date, now: datetime, reason: str = "") -> Membership:
    """Note that a firm left: `on` is the first day on which it is no member. The row stays.

    Raises NotAllowed or TransitionRefused.
    """
    require(by, Action.EDIT_GROUP, group)
    lock(group)
    membership = group.memberships.current().select_for_update().filter(firm=firm).first()
    if membership is None:
        raise TransitionRefused(_("This firm is not in the group any more."))
    held.refuse(group, held.Part.MEMBERS, now)
    if on > day_of(now):
        raise TransitionRefused(_("The day cannot be in the future."))
    if on < membership.joined_on:
        raise TransitionRefused(
            _("The firm joined on %(day)s and cannot leave before.")
            % {"day": f"{membership.joined_on:%d/%m/%Y}"}
        )
    membership.left_on = on
    membership.save(update_fields=["left_on"])
    group.firm_links.filter(firm=firm, used_at=None, revoked_at=None).update(revoked_at=now)
    words = "\n".join(filter(None, [f"{firm.name} ({firm.formatted_cuit})", reason]))
    for case in (group.case, firm.case):
        timeline.record(
            case,
            "firm.left",
            by=by,
            now=now,
            obj=membership,
            firm=firm.pk,
            group=group.pk,
            on=on,
            text=words,
        )
    leaving.apply(group, firm, by=by, now=now)
    return membership


# --- What they share ---------------------------------------------------------------------------------


def lock(group: Group) -> Case:
    """Changes of one group queue up behind its case; the timeline takes the same lock."""
    return Case.objects.select_for_update().get(pk=group.case_id)


def check_version(obj: Group | Firm, version: int) -> None:
    """Refuse a page that somebody else's change has overtaken."""
    if obj.version != version:
        raise StaleObject


def _only(names: tuple[str, ...], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that may be written; a wrong name is a mistake of the caller's."""
    if unknown := set(fields) - set(names):
        raise TypeError(f"not fields of this: {sorted(unknown)}")
    return fields


def _assign(obj: Group | Firm, fields: dict[str, Any]) -> list[str]:
    """Set what differs; answers the names."""
    changed = [name for name, value in fields.items() if getattr(obj, name) != value]
    for name in changed:
        setattr(obj, name, fields[name])
    return changed
