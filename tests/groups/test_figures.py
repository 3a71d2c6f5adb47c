"""What shows a firm's size, as people write it: certificates, linked firms, private figures."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from core import documents
from core.workflow import NotAllowed, TransitionRefused
from groups import actions
from groups.models import Certificate, Firm, LinkedFirm
from tests.factories_applications import a_pdf
from tests.factories_groups import give_place, make_certificate, make_cuit, make_firm, make_group, make_link

pytestmark = pytest.mark.django_db


def certificate_fields(**changes) -> dict:
    return {
        "number": "00012345",
        "size": "small",
        "year_closed_on": dt.date(2026, 12, 31),
        "document": a_pdf("mipyme.pdf"),
    } | changes


@pytest.fixture
def world(now):
    """The group, its firm, and what each action is told."""
    group = make_group(1)
    return {"by": group.representative, "group": group, "firm": group.firms.get(), "now": now}


def actions_on(case) -> list[str]:
    return list(case.events.order_by("sequence").values_list("action", flat=True))


# --- Certificates ------------------------------------------------------------------------------------


def test_a_certificate_is_kept_with_its_document(world, stranger):
    certificate = actions.add_certificate(**world, **certificate_fields())
    firm = Firm.objects.get(pk=world["firm"].pk)
    assert (certificate.valid_until, certificate.added_by) == (dt.date(2027, 4, 30), world["by"])
    assert firm.version == 1
    assert documents.may_read(world["by"], certificate.document)
    assert not documents.may_read(stranger, certificate.document)
    for case in (world["group"].case, firm.case):
        assert actions_on(case)[-1] == "firm.certificate_added"


def test_a_certificate_is_there_once(world):
    actions.add_certificate(**world, **certificate_fields())
    with pytest.raises(actions.RowRefused, match="there already"):
        actions.add_certificate(**world, **certificate_fields())
    assert Certificate.objects.count() == 1


def test_a_certificate_is_taken_away_and_its_document_stays(world):
    certificate = actions.add_certificate(**world, **certificate_fields())
    document = certificate.document
    actions.remove_certificate(**world, certificate=certificate)
    assert not world["firm"].certificates.exists()
    assert documents.may_read(world["by"], document)
    with pytest.raises(TransitionRefused):
        actions.remove_certificate(**world, certificate=certificate)


def test_a_file_that_is_none_saves_nothing(world):
    with pytest.raises(ValidationError):
        actions.add_certificate(**world, **certificate_fields(document=a_pdf("virus.exe")))
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_only_who_writes_for_the_group_adds_and_takes_away(world, person, role):
    other = person("other")
    if role:
        give_place(world["group"], other, role)
    told = world | {"by": other}
    with pytest.raises(NotAllowed):
        actions.add_certificate(**told, **certificate_fields())
    with pytest.raises(NotAllowed):
        actions.remove_certificate(**told, certificate=make_certificate(world["firm"]))
    with pytest.raises(NotAllowed):
        actions.add_link(**told, cuit=make_cuit(77), name="Other SA", link="common")
    with pytest.raises(NotAllowed):
        actions.remove_link(**told, row=make_link(world["firm"]))


def test_nothing_of_a_firm_of_another_group(world):
    theirs = make_firm()
    with pytest.raises(TransitionRefused, match="not in the group"):
        actions.add_certificate(**(world | {"firm": theirs}), **certificate_fields())
    certificate = make_certificate(theirs)
    with pytest.raises(TransitionRefused, match="not there any more"):
        actions.remove_certificate(**world, certificate=certificate)


def test_the_database_refuses_a_certificate_that_ends_before_its_year():
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=make_certificate(make_firm()).pk).update(
            valid_until=dt.date(2026, 1, 1)
        )


# --- Linked firms ------------------------------------------------------------------------------------


def test_a_linked_firm_is_told_by_its_cuit(world):
    row = actions.add_link(**world, cuit="30-60000077-" + make_cuit(77)[-1], name="Other SA", link="owns")
    assert row.cuit == make_cuit(77)
    with pytest.raises(actions.RowRefused, match="among the linked ones"):
        actions.add_link(**world, cuit=make_cuit(77), name="Again", link="owns")
    with pytest.raises(actions.RowRefused, match="the firm itself"):
        actions.add_link(**world, cuit=world["firm"].cuit, name="Itself", link="owns")
    with pytest.raises(ValidationError):
        actions.add_link(**world, cuit="30-1", name="Short", link="owns")
    assert LinkedFirm.objects.count() == 1


def test_linked_sales_are_written_beside_the_own_and_go_with_the_last_link(world, now):
    firm = world["firm"]
    edit = {"version": 0, "sales": {2025: Decimal(5)}, "linked": {2025: Decimal(7)}}
    actions.edit_firm(**world, **edit)
    # Without a linked firm there are no sales of one.
    assert firm.years.get(year=2025).linked_sales == 0
    row = actions.add_link(**world, cuit=make_cuit(77), name="Other SA", link="owns")
    actions.edit_firm(**world, **(edit | {"version": 2}))
    assert firm.years.get(year=2025).linked_sales == Decimal(7)
    assert firm.case.events.order_by("-sequence").first().data["linked"] == {"2025": ["0.00", "7"]}
    actions.remove_link(**world, row=row)
    assert firm.years.get(year=2025).linked_sales == 0
    assert actions_on(firm.case)[-1] == "firm.link_removed"


# --- What the firm entered itself --------------------------------------------------------------------


def test_a_group_does_not_write_what_the_firm_entered_itself(world):
    Firm.objects.update(sales_are_private=True)
    with pytest.raises(NotAllowed, match="entered its sales itself"):
        actions.edit_firm(**world, version=0, sales={2025: Decimal(1)})
    with pytest.raises(NotAllowed, match="entered its sales itself"):
        actions.add_link(**world, cuit=make_cuit(77), name="Other SA", link="owns")
    with pytest.raises(NotAllowed, match="entered its sales itself"):
        actions.remove_link(**world, row=make_link(world["firm"]))
    # Its other data stay the group's to keep.
    assert actions.edit_firm(**world, version=0, locality="Posadas").locality == "Posadas"


def test_a_new_address_is_not_proved(world, now):
    Firm.objects.update(contact_email="firma@lsp.example", contact_verified_at=now)
    same = actions.edit_firm(**world, version=0, contact_email="firma@lsp.example", people=3)
    assert same.contact_verified_at == now
    other = actions.edit_firm(**world, version=1, contact_email="otra@lsp.example")
    assert other.contact_verified_at is None
