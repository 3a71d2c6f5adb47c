"""The pages of firms: a number that is right, amounts as people write them, figures, stale pages, leaving."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from groups.models import Firm, Membership
from tests.factories_groups import give_place, make_activity, make_cuit, make_group, make_sector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def firm_data(**changes) -> dict:
    return {
        "cuit": make_cuit(500),
        "name": "Aserradero Uno SRL",
        "activity": make_activity().pk,
        "place_in_chain": "Saws",
        "sector": make_sector().pk,
        "province": "AR-N",
        "locality": "Oberá",
        "sales_2025": "1.234,56",
        "sales_2024": "",
        "sales_2023": "",
        "sales_2022": "",
    } | changes


# --- Adding a firm -----------------------------------------------------------------------------------


def test_a_firm_is_added_in_eight_entries(signed_in):
    group = make_group(4)
    client = signed_in(group.representative)
    page = client.get(reverse("firm_add", args=[group.pk])).text
    # Sector, province and town are there already: seven entries are left, with three years.
    assert f'<option value="{group.sector_id}" selected>' in page
    assert '<option value="AR-N" selected>' in page
    assert 'value="Oberá"' in page
    answer = client.post(reverse("firm_add", args=[group.pk]), firm_data(), follow=True)
    assert "Aserradero Uno SRL was added. Size: Micro." in answer.text
    assert "5 SMEs; at least 5 are needed" in answer.text
    assert Firm.objects.get(name="Aserradero Uno SRL").years.get().sales == Decimal("1234.56")


def test_add_and_go_on_with_another(signed_in):
    group = make_group(0)
    address = reverse("firm_add", args=[group.pk])
    answer = signed_in(group.representative).post(address, firm_data(another="1"))
    assert answer.headers["Location"] == address


@pytest.mark.parametrize("typed", ["{0}-{1}-{2}", " {0} {1} {2} ", "{0}.{1}.{2}", "{0}{1}{2}"])
def test_spaces_points_and_hyphens_go(signed_in, typed):
    group, cuit = make_group(0), make_cuit(500)
    typed = typed.format(cuit[:2], cuit[2:10], cuit[10:])
    answer = signed_in(group.representative).post(reverse("firm_add", args=[group.pk]), firm_data(cuit=typed))
    assert answer.status_code == 302
    assert Firm.objects.get().cuit == cuit


WRONG = make_cuit(500)[:-1] + str((int(make_cuit(500)[-1]) + 1) % 10)


@pytest.mark.parametrize(
    "cuit, sentence",
    [
        (WRONG, "The check digit does not match: look for a mistyped digit."),
        ("30-1", "A CUIT has 11 digits, for example 30-12345678-1."),
        ("hello", "A CUIT has 11 digits, for example 30-12345678-1."),
        (make_cuit(1, "55"), "A CUIT begins with 20, 23, 24 or 27 (people) or 30, 33 or 34 (companies)."),
        ("", "Fill in “CUIT”."),
        ("\x00", "Null characters are not allowed."),
        ("3" * 5000, "40"),
    ],
)
def test_a_wrong_cuit_is_told_at_the_field(signed_in, cuit, sentence):
    group = make_group(0)
    answer = signed_in(group.representative).post(reverse("firm_add", args=[group.pk]), firm_data(cuit=cuit))
    assert answer.status_code == 422
    # In the summary and beside the field.
    assert answer.text.count(sentence) >= 2
    assert 'value="Aserradero Uno SRL"' in answer.text
    assert not Firm.objects.exists()


def test_twice_in_a_group_is_told_at_the_field(signed_in):
    group = make_group(1)
    cuit = group.firms.get().formatted_cuit
    answer = signed_in(group.representative).post(reverse("firm_add", args=[group.pk]), firm_data(cuit=cuit))
    assert answer.status_code == 422
    assert answer.text.count("This firm is in the group already.") >= 2
    assert Membership.objects.count() == 1


def test_a_firm_of_others_gives_nothing_away(signed_in):
    group, theirs = make_group(0), make_group(1)
    firm = theirs.firms.get()
    client = signed_in(group.representative)
    check = client.get(reverse("firm_check", args=[group.pk]), {"cuit": firm.cuit})
    assert "It will be asked whether it joins" in check.text
    # Only its place counts: what stands in the other fields is not looked at, and not kept.
    few = firm_data(cuit=firm.cuit, name="", activity="", sales_2025="nonsense")
    answer = client.post(reverse("firm_add", args=[group.pk]), few, follow=True)
    assert "is registered already" in answer.text
    assert "Waits for the firm's answer" in answer.text
    assert firm.name not in answer.text + check.text
    assert not group.memberships.exists()


def test_an_own_firm_needs_only_its_place(signed_in):
    first = make_group(1)
    firm = first.firms.get()
    second = make_group(0, representative=first.representative)
    client = signed_in(first.representative)
    address = reverse("firm_add", args=[second.pk])
    empty = dict.fromkeys(firm_data(), "")
    answer = client.post(address, empty | {"cuit": firm.cuit})
    assert answer.status_code == 422
    assert answer.text.count('_error"><p class="error"') == 1
    answer = client.post(address, empty | {"cuit": firm.cuit, "place_in_chain": "Packs"}, follow=True)
    assert f"{firm.name} was added with the data that it has already." in answer.text
    assert second.memberships.get().firm == firm


AMOUNTS = [
    ("1.234,56", "1234.56"),
    ("1234.56", "1234.56"),
    ("$ 1.234", "1234.00"),
    ("0", "0.00"),
    ("0,5", "0.50"),
    ("999.999.999.999,99", "999999999999.99"),
]


@pytest.mark.parametrize("typed, kept", AMOUNTS)
def test_amounts_as_people_write_them(signed_in, typed, kept):
    group = make_group(0)
    data = firm_data(sales_2025=typed)
    assert signed_in(group.representative).post(reverse("firm_add", args=[group.pk]), data).status_code == 302
    assert str(Firm.objects.get().years.get().sales) == kept


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("-1", "The amount cannot be negative."),
        ("NaN", "Write an amount in pesos"),
        ("Infinity", "Write an amount in pesos"),
        ("1e308", "Write an amount in pesos"),
        ("1,234.567", "Write an amount in pesos"),
        ("9" * 400, "This amount is too large."),
        ("1.000.000.000.000,00", "This amount is too large."),
        ("0x10", "Write an amount in pesos"),
        ("١٢٣", "Write an amount in pesos"),
        ("\x00", "Null characters|Write an amount in pesos"),
    ],
)
@pytest.mark.parametrize("page", ["firm_add", "firm_edit"])
def test_bad_amounts_are_told_at_the_field(signed_in, page, typed, sentence):
    group = make_group(1)
    firm = group.firms.get()
    keys = [group.pk] if page == "firm_add" else [group.pk, firm.pk]
    data = firm_data(sales_2024=typed, version=0)
    answer = signed_in(group.representative).post(reverse(page, args=keys), data)
    assert answer.status_code == 422
    assert any(words in answer.text for words in sentence.split("|"))
    assert 'href="#id_sales_2024"' in answer.text
    assert Firm.objects.count() == 1
    assert Firm.objects.get().version == 0


def test_the_years_follow_one_another(signed_in):
    group = make_group(0)
    data = firm_data(sales_2025="1", sales_2024="", sales_2023="3")
    answer = signed_in(group.representative).post(reverse("firm_add", args=[group.pk]), data)
    assert answer.status_code == 422
    assert "write the sales of 2024 too" in answer.text
    assert not Firm.objects.exists()


def test_a_firm_without_figures_is_added_and_does_not_count(signed_in):
    group = make_group(4)
    answer = signed_in(group.representative).post(
        reverse("firm_add", args=[group.pk]), firm_data(sales_2025=""), follow=True
    )
    assert "Size: Not shown to be an SME." in answer.text
    assert "4 of 5 SMEs, 1 missing" in answer.text


@pytest.mark.parametrize("name", ["sales_2030", "sales_2019", "case", "version", "id", "people"])
def test_years_and_fields_that_were_not_asked_are_not_written(signed_in, name):
    group = make_group(0)
    data = firm_data(**{name: "7"})
    assert signed_in(group.representative).post(reverse("firm_add", args=[group.pk]), data).status_code == 302
    firm = Firm.objects.get()
    assert [row.year for row in firm.years.all()] == [2025]
    assert (firm.version, firm.people) == (0, None)


@pytest.mark.parametrize(
    "typed, sentence",
    [
        (make_cuit(500), "The number is right."),
        (WRONG, "check digit does not match"),
        ("30-6", "11 digits"),
        ("30-60000001-" + make_cuit(1)[-1], "in the group already"),
        ("<script>alert(1)</script>", "11 digits"),
        ("x" * 300, "40"),
    ],
)
def test_the_live_check_answers_in_a_sentence(signed_in, typed, sentence):
    group = make_group(1)
    answer = signed_in(group.representative).get(reverse("firm_check", args=[group.pk]), {"cuit": typed})
    assert answer.status_code == 200
    assert sentence in answer.text
    assert "<html" not in answer.text
    assert "<script" not in answer.text


def test_the_live_check_of_nothing_says_nothing(signed_in):
    group = make_group(1)
    answer = signed_in(group.representative).get(reverse("firm_check", args=[group.pk]), {"cuit": " "})
    assert answer.text.strip() == ""


def test_an_officer_admits(signed_in, officer):
    group, theirs = make_group(0), make_group(1)
    client, address = signed_in(officer), reverse("firm_admit", args=[group.pk])
    data = {"cuit": theirs.firms.get().cuit, "place_in_chain": "Packs", "reason": "Letter of 2 March"}
    assert client.post(address, data | {"reason": ""}).status_code == 422
    unknown = client.post(address, data | {"cuit": make_cuit(77)})
    assert (unknown.status_code, "No firm with this CUIT" in unknown.text) == (409, True)
    assert client.post(address, data).status_code == 302
    assert group.firms.get() == theirs.firms.get()


# --- A firm ------------------------------------------------------------------------------------------


def edit_data(**changes) -> dict:
    data = firm_data(sales_2025="500", sales_2024="", sales_2023="", version=0, people="12") | changes
    del data["cuit"]
    return data


def test_a_year_is_deleted_by_emptying_it(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    client = signed_in(group.representative)
    page = client.get(reverse("firm_edit", args=[group.pk, firm.pk])).text
    assert 'value="2.000.000.000,00"' in page
    answer = client.post(reverse("firm_edit", args=[group.pk, firm.pk]), edit_data(), follow=True)
    assert "was saved. Size: Micro." in answer.text
    assert list(firm.years.values_list("year", "sales")) == [(2025, Decimal(500))]


def test_a_young_firm_says_when_it_began_and_sees_what_that_makes(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    client, address = signed_in(group.representative), reverse("firm_edit", args=[group.pk, firm.pk])
    for started_on, wrong in [
        ("11/03/2026", "The day cannot be in the future."),
        ("01/07/2025", "It began on 01/07/2025, and sold nothing in 2024"),
    ]:
        answer = client.post(address, edit_data(started_on=started_on, sales_2024="7"))
        assert answer.status_code == 422
        assert wrong in answer.text
    client.post(address, edit_data(started_on="2025-07-01"))
    page = client.get(reverse("firm_detail", args=[firm.pk])).text
    assert "<dt>Began on</dt><dd>01/07/2025</dd>" in page
    assert "2025, its first 6 months" in page
    assert "started_on" in group.case.events.latest("sequence").data["fields"]


def test_older_years_stay_on_the_page_and_can_be_deleted(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    firm.years.create(year=2015, sales=7)
    client, address = signed_in(group.representative), reverse("firm_edit", args=[group.pk, firm.pk])
    assert "Sales of 2015" in client.get(address).text
    client.post(address, edit_data(sales_2015="7"))
    assert firm.years.filter(year=2015).exists()
    client.post(address, edit_data(sales_2015="", version=1))
    assert not firm.years.filter(year=2015).exists()


def test_a_stale_firm_page_shows_both_values(signed_in, member):
    group = make_group(1)
    give_place(group, member)
    firm = group.firms.get()
    address = reverse("firm_edit", args=[group.pk, firm.pk])
    signed_in(group.representative).post(address, edit_data(sales_2025="600"))
    answer = signed_in(member).post(address, edit_data(sales_2025="500", place_in_chain="Packs"))
    assert answer.status_code == 409
    assert "Saved: $\xa0600,00<br>Yours: $\xa0500,00" in answer.text
    assert "Saved: Saws<br>Yours: Packs" in answer.text
    assert firm.years.get().sales == Decimal(600)


@pytest.mark.parametrize("people", ["-1", "x", "1e9", "99999999999999999999"])
def test_people_employed_is_a_number(signed_in, people):
    group = make_group(1)
    address = reverse("firm_edit", args=[group.pk, group.firms.get().pk])
    answer = signed_in(group.representative).post(address, edit_data(people=people))
    assert answer.status_code == 422
    assert 'href="#id_people"' in answer.text


def test_a_firm_leaves(signed_in):
    group = make_group(1)
    address = reverse("firm_leave", args=[group.pk, group.firms.get().pk])
    client = signed_in(group.representative)
    assert 'value="2026-03-10"' in client.get(address).text
    late = client.post(address, {"on": "2026-03-11"})
    assert (late.status_code, "cannot be in the future" in late.text) == (409, True)
    assert client.post(address, {"on": "31/02/2026"}).status_code == 422
    assert client.post(address, {"on": "10/03/2026", "reason": "Sold"}).status_code == 302
    assert group.memberships.get().left_on == dt.date(2026, 3, 10)
    assert client.post(address, {"on": "10/03/2026"}).status_code == 404
