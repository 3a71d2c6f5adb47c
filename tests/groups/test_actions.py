"""What happens to a group and its firms: who may, what is written, what is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import Role
from core.timeline import broken_links
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups import actions
from groups.models import Firm, Group
from groups.provinces import Province
from groups.size import size_of
from tests.factories_groups import (
    add_to,
    give_place,
    make_activity,
    make_cuit,
    make_firm,
    make_group,
    make_sector,
)

pytestmark = pytest.mark.django_db


def group_fields(**changes) -> dict:
    return {
        "name": "Muebles del Norte",
        "value_chain": "Furniture",
        "sector": make_sector(),
        "province": Province.MISIONES,
        "locality": "Oberá",
        "working_since": dt.date(2023, 5, 1),
        "description": "",
    } | changes


def firm_fields(**changes) -> dict:
    return {
        "name": "Aserradero Uno SRL",
        "activity": make_activity(),
        "sector": make_sector(),
        "province": Province.MISIONES,
        "locality": "Oberá",
        "place_in_chain": "Saws",
    } | changes


def events(case) -> list[str]:
    assert list(broken_links(case)) == []
    return list(case.events.order_by("sequence").values_list("action", flat=True))


# --- The group ---------------------------------------------------------------------------------------


def test_who_creates_a_group_represents_it(person, now):
    founder = person("founder")
    group = actions.create_group(by=founder, now=now, **group_fields())
    assert group.representative == founder
    assert group.people.get().since == dt.date(2026, 3, 10)
    assert group.case.title == "Muebles del Norte"
    assert events(group.case) == ["group.created"]


def test_an_editor_changes_the_group(member, now):
    group = make_group(0)
    give_place(group, member, Role.MEMBER)
    saved = actions.edit_group(
        by=member, group=group, version=0, now=now, name="Muebles del Sur", locality="Oberá"
    )
    assert (saved.name, saved.version, saved.case.title) == ("Muebles del Sur", 1, "Muebles del Sur")
    event = group.case.events.get()
    assert (event.action, event.data) == ("group.edited", {"fields": ["name"]})


def test_nothing_changed_is_no_event(now):
    group = make_group(0)
    actions.edit_group(by=group.representative, group=group, version=0, now=now, locality=group.locality)
    assert events(group.case) == []
    assert Group.objects.get().version == 0


def test_a_stale_page_changes_nothing(now):
    group = make_group(0)
    actions.edit_group(by=group.representative, group=group, version=0, now=now, locality="Eldorado")
    with pytest.raises(StaleObject):
        actions.edit_group(by=group.representative, group=group, version=0, now=now, locality="Posadas")
    assert Group.objects.get().locality == "Eldorado"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COORDINATOR, None])
def test_only_writers_change_a_group(person, now, role):
    group, other = make_group(1), person("other")
    if role == Role.VIEWER:
        give_place(group, other, role)
    with pytest.raises(NotAllowed, match="Group representative, Group member"):
        actions.edit_group(by=other, group=group, version=0, now=now, name="Mine")
    with pytest.raises(NotAllowed):
        actions.add_firm(by=other, group=group, cuit=make_cuit(9), now=now, **firm_fields())
    with pytest.raises(NotAllowed):
        actions.leave(by=other, group=group, firm=group.firms.get(), on=dt.date(2026, 1, 1), now=now)
    with pytest.raises(NotAllowed):
        actions.edit_firm(by=other, group=group, firm=group.firms.get(), version=0, now=now)
    assert events(group.case) == []


def test_staff_do_not_write_for_a_group(officer, now):
    group = make_group(1)
    with pytest.raises(NotAllowed):
        actions.add_firm(by=officer, group=group, cuit=make_cuit(9), now=now, **firm_fields())


# --- Adding firms ------------------------------------------------------------------------------------


def test_a_new_firm_is_registered_and_joins(now):
    group = make_group(0)
    membership = actions.add_firm(
        by=group.representative,
        group=group,
        cuit=" 30-60.000.001-" + make_cuit(1)[-1],
        now=now,
        sales={2025: Decimal("100.50"), 2024: None},
        **firm_fields(),
    )
    firm = membership.firm
    assert (firm.cuit, membership.joined_on) == (make_cuit(1), dt.date(2026, 3, 10))
    assert list(firm.years.values_list("year", "sales")) == [(2025, Decimal("100.50"))]
    assert events(firm.case) == ["firm.registered", "firm.joined"]
    assert events(group.case) == ["firm.joined"]
    assert group.case.events.get().text.text == f"Aserradero Uno SRL ({firm.formatted_cuit})"


@pytest.mark.parametrize(
    "cuit, sentence",
    [
        (make_cuit(1)[:-1] + str((int(make_cuit(1)[-1]) + 1) % 10), "check digit does not match"),
        ("30-6000000", "11 digits"),
        ("", "11 digits"),
        ("30 6000 0001 X", "11 digits"),
        (make_cuit(1, "50"), "begins with 20"),
        ("٣٠٦٠٠٠٠٠٠١١", "11 digits"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(now, cuit, sentence):
    group = make_group(0)
    with pytest.raises(ValidationError, match=sentence):
        actions.add_firm(by=group.representative, group=group, cuit=cuit, now=now, **firm_fields())
    assert not Firm.objects.exists()


def test_a_firm_is_not_twice_in_a_group(now):
    group = make_group(1)
    cuit = group.firms.get().cuit
    with pytest.raises(actions.CuitRefused, match="in the group already"):
        actions.add_firm(by=group.representative, group=group, cuit=cuit, now=now, **firm_fields())
    assert group.memberships.count() == 1


def test_a_firm_of_others_has_to_agree(now):
    group, theirs = make_group(0), make_group(1)
    firm = theirs.firms.get()
    with pytest.raises(actions.CuitRefused, match="it has to agree first") as refused:
        actions.add_firm(by=group.representative, group=group, cuit=firm.cuit, now=now, **firm_fields())
    assert firm.name not in refused.value.sentence
    assert not group.memberships.exists()


def test_who_looks_after_a_firm_brings_it_into_another_group_as_it_is(now):
    first = make_group(1)
    firm = first.firms.get()
    second = make_group(0, representative=first.representative)
    fields = firm_fields(name="Another name")
    membership = actions.add_firm(
        by=first.representative,
        group=second,
        cuit=firm.cuit,
        now=now,
        sales={2025: Decimal(1)},
        **fields,
    )
    assert membership.firm == firm
    assert Firm.objects.get().name == firm.name
    assert not firm.years.filter(sales=1).exists()


def test_a_reader_of_a_firms_group_does_not_bring_it_elsewhere(viewer, now):
    theirs = make_group(1)
    give_place(theirs, viewer, Role.VIEWER)
    mine = make_group(0, representative=viewer)
    with pytest.raises(actions.CuitRefused):
        actions.add_firm(by=viewer, group=mine, cuit=theirs.firms.get().cuit, now=now, **firm_fields())


def test_an_officer_admits_a_firm_that_agreed(officer, now):
    group, theirs = make_group(0), make_group(1)
    firm = theirs.firms.get()
    said = {"by": officer, "group": group, "place_in_chain": "Packs", "now": now}
    with pytest.raises(TransitionRefused, match="Say who of the firm agreed"):
        actions.admit_firm(cuit=firm.cuit, reason="  ", **said)
    with pytest.raises(actions.CuitRefused, match="No firm with this CUIT is registered"):
        actions.admit_firm(cuit=make_cuit(99), reason="Letter", **said)
    membership = actions.admit_firm(cuit=firm.formatted_cuit, reason="Letter of 2 March", **said)
    assert membership.firm == firm
    assert "Letter of 2 March" in group.case.events.get().text.text
    with pytest.raises(actions.CuitRefused, match="in the group already"):
        actions.admit_firm(cuit=firm.cuit, reason="Letter", **said)
    with pytest.raises(NotAllowed, match="Programme officer"):
        actions.admit_firm(cuit=firm.cuit, reason="Letter", **said | {"by": group.representative})


def test_an_officer_with_a_part_in_the_group_admits_nothing(officer, now):
    group, theirs = make_group(0), make_group(1)
    give_place(group, officer, Role.MEMBER)
    with pytest.raises(NotAllowed):
        actions.admit_firm(
            by=officer, group=group, cuit=theirs.firms.get().cuit, place_in_chain="x", reason="y", now=now
        )


# --- Their data --------------------------------------------------------------------------------------


def test_figures_are_written_changed_and_deleted(now):
    group = make_group(1, sales=Decimal(100))
    firm = group.firms.get()
    saved = actions.edit_firm(
        by=group.representative,
        group=group,
        firm=firm,
        version=0,
        now=now,
        place_in_chain="Packs",
        sales={2025: Decimal(500), 2024: None, 2023: Decimal(100)},
        people=12,
    )
    assert (saved.version, saved.people) == (1, 12)
    assert dict(firm.years.values_list("year", "sales")) == {2025: Decimal(500), 2023: Decimal(100)}
    ours, its = group.case.events.get(), firm.case.events.get()
    assert ours.data == {"fields": ["people", "place_in_chain"], "years": [2024, 2025]}
    assert its.data["sales"] == {"2025": ["100.00", "500"], "2024": ["100.00", ""]}
    assert size_of(saved, dt.date(2026, 3, 10)).years_used == (2025, 2023)


def test_a_firm_is_not_changed_by_a_stale_page(now):
    group = make_group(1)
    firm = group.firms.get()
    said = {"by": group.representative, "group": group, "firm": firm, "version": 0, "now": now}
    actions.edit_firm(locality="Eldorado", **said)
    with pytest.raises(StaleObject):
        actions.edit_firm(locality="Posadas", sales={2025: None}, **said)
    assert Firm.objects.get().locality == "Eldorado"
    assert firm.years.count() == 3


def test_a_firm_that_left_is_not_changed(now):
    group = make_group(1)
    firm = group.firms.get()
    actions.leave(by=group.representative, group=group, firm=firm, on=dt.date(2026, 3, 1), now=now)
    with pytest.raises(TransitionRefused, match="not in the group any more"):
        actions.edit_firm(by=group.representative, group=group, firm=firm, version=0, now=now, locality="x")


# --- Leaving -----------------------------------------------------------------------------------------


def test_a_firm_leaves_and_the_row_stays(now):
    group = make_group(2)
    firm = group.firms.first()
    said = {"by": group.representative, "group": group, "firm": firm, "now": now}
    with pytest.raises(TransitionRefused, match="in the future"):
        actions.leave(on=dt.date(2026, 3, 11), **said)
    with pytest.raises(TransitionRefused, match="joined on 01/02/2025"):
        actions.leave(on=dt.date(2025, 1, 31), **said)
    actions.leave(on=dt.date(2026, 3, 10), reason="Sold", **said)
    assert group.memberships.count() == 2
    assert group.memberships.current().count() == 1
    assert group.case.events.get().text.text.endswith("Sold")
    with pytest.raises(TransitionRefused, match="not in the group any more"):
        actions.leave(on=dt.date(2026, 3, 10), **said)


def test_a_firm_that_left_may_come_back(now):
    group = make_group(1)
    firm = group.firms.get()
    actions.leave(by=group.representative, group=group, firm=firm, on=dt.date(2026, 3, 1), now=now)
    actions.add_firm(by=group.representative, group=group, cuit=firm.cuit, now=now, **firm_fields())
    assert group.memberships.current().get().firm == firm
    assert group.memberships.count() == 2


def test_unknown_fields_are_a_mistake_of_the_code(now):
    group = make_group(0)
    with pytest.raises(TypeError, match="status"):
        actions.edit_group(by=group.representative, group=group, version=0, now=now, status="x")
    add_to(group, make_firm())
    with pytest.raises(TypeError, match="cuit"):
        actions.edit_firm(
            by=group.representative, group=group, firm=group.firms.get(), version=0, now=now, cuit="1"
        )
