"""The pages of groups: who gets them, what bad input is told, what a stale page keeps."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from groups.models import Group, Membership
from tests.cast import give_role
from tests.factories_groups import (
    TOO_BIG,
    give_place,
    make_appointment,
    make_firm,
    make_group,
    make_sector,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def group_data(**changes) -> dict:
    return {
        "name": "Muebles del Norte",
        "value_chain": "Furniture",
        "sector": make_sector().pk,
        "province": "AR-N",
        "locality": "Oberá",
        "working_since": "01/05/2023",
        "description": "",
    } | changes


# --- Lists -------------------------------------------------------------------------------------------


def test_the_list_shows_the_own_groups_with_their_meter(signed_in, person):
    luz = person("luz")
    make_group(4, representative=luz)
    make_group(5, name="Textil del Sur")
    page = signed_in(luz).get(reverse("group_list")).text
    assert "4 of 5 SMEs, 1 missing" in page
    assert "Group representative" in page
    assert "Textil" not in page


def test_without_a_group_the_list_says_what_to_do(signed_in, stranger):
    page = signed_in(stranger).get(reverse("group_list"))
    assert "You have no group yet" in page.text
    assert reverse("group_create") in page.text


def test_a_nominee_finds_the_question_and_no_figures(signed_in, person):
    nadia, group = person("nadia"), make_group(5)
    appointment = make_appointment(group, nadia, "nominated")
    page = signed_in(nadia).get(reverse("group_list")).text
    assert reverse("appointment_detail", args=[appointment.pk]) in page
    assert "SMEs" not in page


# The frame of every page (session, person, roles, bell) and the list itself.
LIST_QUERIES = {"group_list": 12, "group_search": 7}


@pytest.mark.parametrize("rows", [1, 30])
def test_the_own_list_asks_a_constant_number_of_questions(signed_in, person, django_assert_num_queries, rows):
    luz = person("luz")
    for number in range(rows):
        make_group(1, representative=luz, name=f"Group {number}")
    client = signed_in(luz)
    with django_assert_num_queries(LIST_QUERIES["group_list"]):
        page = client.get(reverse("group_list"))
    assert page.text.count("Group representative") == min(rows, 25)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_staff_list_asks_a_constant_number_of_questions(
    signed_in, officer, person, django_assert_num_queries, rows
):
    luz = person("luz")
    for number in range(rows):
        make_group(1, representative=luz, name=f"Group {number}")
    client = signed_in(officer)
    with django_assert_num_queries(LIST_QUERIES["group_search"]):
        page = client.get(reverse("group_search"))
    assert page.text.count("Group ") >= min(rows, 25)


@pytest.mark.parametrize("firms", [1, 30])
def test_the_members_table_asks_a_constant_number_of_questions(signed_in, django_assert_num_queries, firms):
    group = make_group(firms)
    client = signed_in(group.representative)
    with django_assert_num_queries(24):
        page = client.get(reverse("group_detail", args=[group.pk]))
    assert page.text.count("30-6000") == firms


def test_staff_search_groups(signed_in, officer, stranger):
    make_group(0, name="Muebles del Norte")
    make_group(0, name="Textil del Sur", province="AR-U", locality="Trelew")
    client = signed_in(officer)
    address = reverse("group_search")
    assert "Textil" not in client.get(address, {"q": "norte muebles"}).text
    assert "Textil" in client.get(address, {"province": "AR-U"}).text
    assert "No group matches" in client.get(address, {"q": "zzz"}).text
    assert client.get(address, {"province": "XX"}).status_code == 422
    assert signed_in(stranger).get(address).status_code == 403


def test_the_navigation_offers_what_fits(signed_in, officer, stranger, reviewer1):
    def links(user):
        page = signed_in(user).get(reverse("my_account")).text
        return [name for name in ("group_list", "group_search") if f'href="{reverse(name)}"' in page]

    assert links(stranger) == ["group_list"]
    assert links(officer) == ["group_search"]
    assert links(reviewer1) == []


# --- A group -----------------------------------------------------------------------------------------


def test_a_person_creates_a_group(signed_in, stranger):
    client = signed_in(stranger)
    answer = client.post(reverse("group_create"), group_data())
    group = Group.objects.get()
    assert answer.headers["Location"] == reverse("group_detail", args=[group.pk])
    assert group.representative == stranger
    assert "The group was created" in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("name", "", "Fill in “Name of the group”"),
        ("name", "x" * 201, "200"),
        ("name", "a\x00b", "Null characters"),
        ("province", "AR-?", "Select a valid choice"),
        ("sector", "999999", "Select a valid choice"),
        ("working_since", "11/03/2026", "cannot be in the future"),
        ("working_since", "01/05/0023", "the year again"),
        ("working_since", "31/02/2023", "Write a day that exists"),
    ],
)
def test_a_bad_group_is_told_at_the_field(signed_in, stranger, field, value, sentence):
    answer = signed_in(stranger).post(reverse("group_create"), group_data(**{field: value}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Group.objects.exists()


def test_a_group_is_edited(signed_in):
    group = make_group(0)
    client = signed_in(group.representative)
    answer = client.post(reverse("group_edit", args=[group.pk]), group_data(locality="Eldorado", version=0))
    assert answer.status_code == 302
    assert Group.objects.get().locality == "Eldorado"


def test_a_stale_page_shows_both_values_and_loses_nothing(signed_in, member):
    group = make_group(0)
    give_place(group, member)
    address = reverse("group_edit", args=[group.pk])
    signed_in(group.representative).post(address, group_data(locality="Eldorado", version=0))
    client = signed_in(member)
    answer = client.post(address, group_data(locality="Posadas", version=0))
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text
    assert "Rosa Representante saved on 10/03/2026 12:00" in answer.text
    assert "Saved: Eldorado<br>Yours: Posadas" in answer.text
    assert 'name="version" value="1"' in answer.text
    assert Group.objects.get().locality == "Eldorado"
    # Knowing it, the person may save over it.
    client.post(address, group_data(locality="Posadas", version=1))
    assert Group.objects.get().locality == "Posadas"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", None])
def test_a_page_without_a_readable_version_counts_as_stale(signed_in, version):
    group = make_group(0)
    data = group_data(locality="Posadas") | ({} if version is None else {"version": version})
    answer = signed_in(group.representative).post(reverse("group_edit", args=[group.pk]), data)
    assert answer.status_code == 409
    assert Group.objects.get().locality == "Oberá"


def test_extra_fields_change_nothing(signed_in, stranger):
    group = make_group(0)
    data = group_data(version=0, case=999, id=999, advisers=stranger.pk, people=stranger.pk)
    signed_in(group.representative).post(reverse("group_edit", args=[group.pk]), data)
    assert Group.objects.get().pk == group.pk
    assert not Group.objects.get().advisers.exists()


def test_sizes_and_why_stand_in_the_table(signed_in):
    group = make_group(3)
    for firm, sales in zip(group.firms.all(), (TOO_BIG, None, Decimal(1)), strict=True):
        firm.years.all().delete() if sales is None else firm.years.update(sales=sales)
    page = signed_in(group.representative).get(reverse("group_detail", args=[group.pk])).text
    assert "1 of 5 SMEs, 4 missing" in page
    for words in (
        "Not an SME",
        "Not shown to be an SME",
        "Micro",
        "Resolución 54/2025",
        "day to be confirmed",
    ):
        assert words in page


def test_five_smes_lead_on(signed_in):
    group = make_group(5)
    page = signed_in(group.representative).get(reverse("group_detail", args=[group.pk])).text
    assert "5 SMEs; at least 5 are needed" in page
    assert 'max="5" value="5"' in page


# --- Who gets which page -----------------------------------------------------------------------------


@pytest.fixture
def addresses():
    """Each page of one group, for a person who may; with a firm, two places and a nomination."""
    group = make_group(1)
    firm = group.firms.get()
    return group, {
        "group_detail": reverse("group_detail", args=[group.pk]),
        "group_edit": reverse("group_edit", args=[group.pk]),
        "firm_add": reverse("firm_add", args=[group.pk]),
        "firm_check": reverse("firm_check", args=[group.pk]),
        "firm_admit": reverse("firm_admit", args=[group.pk]),
        "firm_edit": reverse("firm_edit", args=[group.pk, firm.pk]),
        "firm_leave": reverse("firm_leave", args=[group.pk, firm.pk]),
        "group_people": reverse("group_people", args=[group.pk]),
        "coordinator_nominate": reverse("coordinator_nominate", args=[group.pk]),
    }


CODES = {
    "representative": {"firm_admit": 403},
    "member": {"firm_admit": 403, "coordinator_nominate": 403},
    "viewer": dict.fromkeys(
        (
            "group_edit",
            "firm_add",
            "firm_check",
            "firm_admit",
            "firm_edit",
            "firm_leave",
            "coordinator_nominate",
        ),
        403,
    ),
    "officer": dict.fromkeys(
        ("group_edit", "firm_add", "firm_check", "firm_edit", "firm_leave", "coordinator_nominate"), 403
    ),
}
CODES["coordinator"] = CODES["approver"] = CODES["viewer"]
CODES["nominee"] = CODES["viewer"] | {"group_people": 403}


@pytest.mark.parametrize("who", [*CODES, "stranger", "visitor"])
def test_who_gets_which_page(request, client, signed_in, addresses, who):
    group, pages = addresses
    if who == "representative":
        signed_in(group.representative)
    elif who != "visitor":
        user = (
            request.getfixturevalue("person")("nominee") if who == "nominee" else request.getfixturevalue(who)
        )
        if who in ("member", "viewer"):
            give_place(group, user, Role(who))
        elif who == "coordinator":
            make_appointment(group, user)
        elif who == "nominee":
            make_appointment(group, user, "nominated")
        signed_in(user)
    otherwise = {"stranger": 404, "visitor": 302}.get(who, 200)
    got = {name: client.get(address).status_code for name, address in pages.items()}
    assert got == {name: CODES.get(who, {}).get(name, otherwise) for name in pages}


@pytest.mark.parametrize(
    "name", ["group_edit", "firm_add", "firm_edit", "firm_leave", "coordinator_nominate"]
)
def test_a_viewer_posts_nothing(signed_in, viewer, addresses, name):
    group, pages = addresses
    give_place(group, viewer, Role.VIEWER)
    answer = signed_in(viewer).post(pages[name], {"version": 0, "on": "2026-03-01", "name": "Mine"})
    assert answer.status_code == 403
    assert "Group representative" in answer.text
    assert Membership.objects.current().count() == 1


def test_a_firm_of_another_group_is_not_found(signed_in):
    group, other = make_group(1), make_group(1)
    firm = other.firms.get()
    client = signed_in(group.representative)
    for name in ("firm_edit", "firm_leave"):
        assert client.get(reverse(name, args=[group.pk, firm.pk])).status_code == 404
        assert client.post(reverse(name, args=[group.pk, firm.pk]), {}).status_code == 404


def test_a_nominee_reads_what_the_group_is_and_no_more(signed_in, person):
    nadia, group = person("nadia"), make_group(5)
    make_appointment(group, nadia, "nominated")
    page = signed_in(nadia).get(reverse("group_detail", args=[group.pk])).text
    assert group.value_chain in page
    for words in ("SMEs", "Rosa", "<h2>", "30-6000"):
        assert words not in page


@pytest.mark.parametrize("number", ["0", "99999999999999999999"])
def test_numbers_of_nothing_are_not_found(signed_in, stranger, number):
    client = signed_in(stranger)
    for path in ("", "edit/", "firms/add/", "people/", "firms/1/", "coordinator/"):
        assert client.get(f"/groups/{number}/{path}").status_code == 404
    assert client.get(f"/groups/coordinators/{number}/").status_code == 404


def test_staff_roles_are_void_in_the_own_group(signed_in, admin, person):
    two_hats = person("two_hats")
    give_role(two_hats, Role.OFFICER, by=admin)
    group = make_group(1)
    give_place(group, two_hats, Role.VIEWER)
    client = signed_in(two_hats)
    assert client.get(reverse("firm_admit", args=[group.pk])).status_code == 403
    make_firm()
    assert client.get(reverse("firm_admit", args=[make_group(0).pk])).status_code == 200
