"""Firms and groups for tests: written straight into the tables, so that every app's tests are quick.

What the actions of groups do is tested in tests/groups/.
"""

import datetime as dt
from decimal import Decimal

from stdnum.ar.cuit import calc_check_digit

from accounts.models import User
from accounts.roles import Role
from core import documents, timeline
from core.dates import day_of
from core.models import Case
from groups import links
from groups.certificates import valid_until
from groups.models import (
    Appointment,
    Branch,
    Certificate,
    EconomicActivity,
    Firm,
    FirmConfirmation,
    FirmLink,
    FirmYear,
    Group,
    GroupPerson,
    Institution,
    JoinRequest,
    LinkedFirm,
    Membership,
    Partner,
    Sector,
)
from groups.provinces import Province
from tests.cast import make_person
from tests.clock import LONG_BEFORE, NOON

# The three closed years before the tests' clock (10 March 2026), and sales that make a small industrial firm then.
YEARS = (2025, 2024, 2023)
SMALL_SALES = Decimal("2000000000.00")
# Above every ceiling of the norm of 2025 for industry.
TOO_BIG = Decimal("200000000000.00")


def make_cuit(number: int, prefix: str = "30") -> str:
    """The n-th CUIT: eleven digits, the check digit right. The number itself is invented."""
    ten = f"{prefix}{60_000_000 + number:08d}"
    return ten + calc_check_digit(ten)


def make_sector(code: str = "wood") -> Sector:
    """One of the programme's nine sectors (they are reference data, and there in every test)."""
    return Sector.objects.get(code=code)


def make_activity(branch: str = Branch.INDUSTRY_MINING) -> EconomicActivity:
    """An activity of a branch in which sales decide (they are reference data, and there in every test)."""
    return EconomicActivity.objects.filter(branch=branch, people_decide=False).order_by("code").first()


def make_firm(
    number: int | None = None,
    *,
    sales: Decimal | None = SMALL_SALES,
    years: tuple[int, ...] = YEARS,
    **fields,
) -> Firm:
    """The n-th firm (the next one, without a number), with the same sales in each year; None: without figures."""
    number = Firm.objects.count() + 1 if number is None else number
    fields.setdefault("cuit", make_cuit(number))
    fields.setdefault("name", f"Carpintería {number} SRL")
    if "activity" not in fields:
        fields["activity"] = make_activity(fields.pop("branch", Branch.INDUSTRY_MINING))
    fields.setdefault("province", Province.MISIONES)
    fields.setdefault("locality", "Oberá")
    if "sector" not in fields:
        fields["sector"] = make_sector()
    case = timeline.open_case(Case.Kind.FIRM, fields["name"], now=LONG_BEFORE)
    firm = Firm.objects.create(case=case, **fields)
    if sales is not None:
        FirmYear.objects.bulk_create(FirmYear(firm=firm, year=year, sales=sales) for year in years)
    return firm


def add_to(
    group: Group, firm: Firm, *, joined_on: dt.date = dt.date(2025, 2, 1), place: str = ""
) -> Membership:
    """Make a firm a member of a group."""
    return Membership.objects.create(
        group=group, firm=firm, joined_on=joined_on, place_in_chain=place or "Makes and sells"
    )


def make_group(
    firms: int = 5, *, representative: User | None = None, sales: Decimal | None = SMALL_SALES, **fields
) -> Group:
    """A group with so many firms, all SMEs unless `sales` says otherwise, and a representative.

    Without a `representative` it makes one, `representative@lsp.example` (or with a number, when that one exists).
    """
    fields.setdefault("name", "Muebles del Norte")
    fields.setdefault("value_chain", "Furniture of certified wood")
    fields.setdefault("province", Province.MISIONES)
    fields.setdefault("locality", "Oberá")
    fields.setdefault("working_since", dt.date(2023, 5, 1))
    if "sector" not in fields:
        fields["sector"] = make_sector()
    case = timeline.open_case(Case.Kind.GROUP, fields["name"], now=LONG_BEFORE)
    group = Group.objects.create(case=case, **fields)
    if representative is None:
        taken = User.objects.filter(email__startswith="representative").count()
        representative = make_person(f"representative{taken + 1 if taken else ''}", "Rosa Representante")
    give_place(group, representative, Role.REPRESENTATIVE)
    for _number in range(firms):
        add_to(group, make_firm(sales=sales, province=group.province, locality=group.locality))
    return group


def give_place(
    group: Group, user: User, role: Role = Role.MEMBER, *, since: dt.date | None = None
) -> GroupPerson:
    """Let a person act for a group: representative, member or viewer."""
    return GroupPerson.objects.create(group=group, user=user, role=role, since=since or day_of(LONG_BEFORE))


def make_appointment(
    group: Group, person: User | None, status: str = Appointment.Status.CONFIRMED, **fields
) -> Appointment:
    """A coordinator's appointment in any state; confirmed since 1 January 2026 unless `confirmed_from` says otherwise.
    With `person` None it is a nomination of somebody who has no account yet (`email` says who)."""
    fields.setdefault("email", person.email if person else "nominee@lsp.example")
    fields.setdefault("full_name", person.full_name if person else "Nadia Nominada")
    fields.setdefault("background", "Ten years in the trade.")
    fields.setdefault("no_conflict", True)
    fields.setdefault("nominated_on", dt.date(2025, 12, 1))
    if status in (Appointment.Status.CONFIRMED, Appointment.Status.ENDED):
        fields.setdefault("confirmed_from", dt.date(2026, 1, 1))
    if status == Appointment.Status.ENDED:
        fields.setdefault("ended_on", dt.date(2026, 2, 1))
    return Appointment.objects.create(group=group, person=person, status=status, **fields)


def make_certificate(
    firm: Firm, *, year_closed_on: dt.date = dt.date(2026, 12, 31), size: str = "small", **fields
) -> Certificate:
    """A MiPyME certificate of a firm, valid on the tests' clock."""
    fields.setdefault("number", f"{firm.certificates.count() + 1:08d}")
    return Certificate.objects.create(
        firm=firm,
        size=size,
        year_closed_on=year_closed_on,
        valid_until=valid_until(year_closed_on),
        added_at=LONG_BEFORE,
        **fields,
    )


def make_link(firm: Firm, number: int = 9001, link: str = "common") -> LinkedFirm:
    """A firm that belongs together with this one."""
    return LinkedFirm.objects.create(firm=firm, cuit=make_cuit(number), name=f"Linked {number} SA", link=link)


def make_institution(name: str = "Universidad de Oberá", **fields) -> Institution:
    """An institution of the list."""
    fields.setdefault("kind", Institution.Kind.UNIVERSITY)
    fields.setdefault("province", Province.MISIONES)
    fields.setdefault("locality", "Oberá")
    return Institution.objects.create(name=name, **fields)


def make_partner(group: Group, institution: Institution | None = None, **fields) -> Partner:
    """An institution that acts with a group."""
    fields.setdefault("contribution", "Trains the firms' people")
    fields.setdefault("joined_on", dt.date(2025, 2, 1))
    return Partner.objects.create(
        group=group,
        institution=institution or make_institution(f"Institution {Institution.objects.count() + 1}"),
        **fields,
    )


def make_question(group: Group, firm: Firm, *, place: str = "Packs") -> JoinRequest:
    """A group has asked a firm that others registered to join; no letter went."""
    return JoinRequest.objects.create(
        group=group, firm=firm, place_in_chain=place, asked_by=group.representative, asked_at=NOON
    )


def make_firm_link(
    about: Membership | JoinRequest,
    *,
    shared: bool = False,
    now: dt.datetime = NOON,
    email: str = "own@firm.example",
) -> tuple[FirmLink, str]:
    """An open link of a firm to confirm, or to join, and its secret. The firm gets an address of its own."""
    firm = about.firm
    if not firm.contact_email:
        firm.contact_email = email
        firm.save(update_fields=["contact_email"])
    request = about if isinstance(about, JoinRequest) else None
    return links.make(
        firm, about.group, by=about.group.representative, now=now, request=request, shared=shared
    )


def make_confirmation(membership: Membership, **columns) -> FirmConfirmation:
    """A firm confirmed by its own link, with its data as they are now."""
    columns.setdefault("way", FirmConfirmation.Way.EMAIL)
    columns.setdefault("person_name", "Delia Dueña")
    columns.setdefault("person_position", "Owner")
    columns.setdefault("email", f"firm{membership.firm_id}@firm.example")
    columns.setdefault("firm_version", membership.firm.version)
    columns.setdefault("confirmed_at", NOON)
    return FirmConfirmation.objects.create(membership=membership, **columns)


def make_paper(membership: Membership, **columns) -> FirmConfirmation:
    """A signed paper of a firm, which waits for an officer."""
    by = membership.group.representative
    document = documents.store_bytes(
        case=membership.group.case,
        kind="firm_paper",
        owner_id=membership.pk,
        filename="signed.pdf",
        content_type="application/pdf",
        data=b"%PDF-1.4 signed",
        by=by,
        now=NOON,
    )
    paper = {"way": FirmConfirmation.Way.PAPER, "document": document, "added_by": by, "email": ""}
    return make_confirmation(membership, **{**paper, **columns})
