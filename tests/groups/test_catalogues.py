"""The catalogues of the admins: a norm is written whole, confirmed once, never deleted after it began (PROGRAMME 4)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core import timeline
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups.actions import catalogues
from groups.actions.catalogues import Ceilings
from groups.certificates import SIZES
from groups.models import Branch, EconomicActivity, HeadcountCeiling, SizeCeiling
from groups.size import size_of
from tests.factories_groups import make_firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

TODAY = dt.date(2026, 3, 10)
LATER = dt.date(2026, 7, 1)
# The database asks its own clock whether a norm has begun.
FAR = dt.date(2090, 7, 1)


def grid(*amounts: int, **changes) -> dict:
    """A whole grid with the same ceilings in every branch."""
    amounts = amounts or (100, 200, 300, 400)
    return {
        (branch.value, size.value): Decimal(x)
        for branch in Branch
        for size, x in zip(SIZES, amounts, strict=True)
    } | changes


def add(by, now, kind=Ceilings.SALES, **changes) -> None:
    fields = {"name": "Res. 1/2026", "valid_from": LATER, "provisional": True, "ceilings": grid()} | changes
    catalogues.add_norm(by=by, now=now, kind=kind, **fields)


def told(now) -> list[str]:
    return list(timeline.system_case(now).events.order_by("sequence").values_list("action", flat=True))


# --- A new norm --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Ceilings)
def test_a_norm_is_added_whole_and_takes_over_from_its_day(admin, now, kind):
    add(admin, now, kind)
    assert kind.rows.filter(valid_from=LATER, norm="Res. 1/2026", provisional=True).count() == 20
    assert told(now)[-1] == "norm.added"
    newest = catalogues.norms(kind, TODAY)[0]
    assert (newest.name, newest.in_force) == ("Res. 1/2026", False)
    assert catalogues.norms(kind, LATER)[0].in_force


def test_sizes_of_days_before_stay(admin, now):
    firm = make_firm()
    before = size_of(firm, TODAY)
    add(admin, now)
    assert size_of(firm, TODAY) == before
    assert size_of(firm, LATER).ceiling.norm == "Res. 1/2026"


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"ceilings": {}}, "for every branch and every size"),
        ({"ceilings": dict(list(grid().items())[1:])}, "for every branch and every size"),
        ({"ceilings": grid(100, 200, 200, 400)}, "must rise"),
        ({"ceilings": grid(100, 200, 150, 400)}, "must rise"),
        ({"valid_from": dt.date(2025, 1, 1)}, "Another norm begins on 01/01/2025"),
    ],
)
def test_half_a_norm_is_never_saved(admin, now, changes, sentence):
    rows = SizeCeiling.objects.count()
    with pytest.raises((TransitionRefused, catalogues.DayRefused), match=sentence):
        add(admin, now, **changes)
    assert SizeCeiling.objects.count() == rows


def test_only_an_admin_keeps_the_catalogues(officer, now):
    activity = EconomicActivity.objects.first()
    with pytest.raises(NotAllowed):
        add(officer, now)
    with pytest.raises(NotAllowed):
        catalogues.confirm_norm(
            by=officer, kind=Ceilings.SALES, valid_from=dt.date(2025, 1, 1), day=TODAY, now=now
        )
    with pytest.raises(NotAllowed):
        catalogues.delete_norm(by=officer, kind=Ceilings.SALES, valid_from=LATER, now=now)
    with pytest.raises(NotAllowed):
        catalogues.edit_activity(
            by=officer, activity=activity, seen="", branch="services", people_decide=True, now=now
        )


# --- Its first day -----------------------------------------------------------------------------------


def confirm(by, now, day, valid_from=dt.date(2025, 1, 1)) -> None:
    catalogues.confirm_norm(by=by, kind=Ceilings.SALES, valid_from=valid_from, day=day, now=now)


def test_the_first_day_is_confirmed_or_corrected_once(admin, now):
    confirm(admin, now, dt.date(2025, 4, 1))
    rows = SizeCeiling.objects.filter(norm="Resolución 54/2025")
    assert {(row.valid_from, row.provisional) for row in rows} == {(dt.date(2025, 4, 1), False)}
    assert timeline.system_case(now).events.order_by("-sequence").first().data["before"] == "2025-01-01"
    with pytest.raises(TransitionRefused, match="already"):
        confirm(admin, now, dt.date(2025, 5, 1), valid_from=dt.date(2025, 4, 1))
    with pytest.raises(TransitionRefused, match="already"):
        confirm(admin, now, dt.date(2025, 5, 1))


@pytest.mark.parametrize("day", [dt.date(2022, 1, 1), dt.date(2021, 6, 1), dt.date(2005, 1, 1)])
def test_a_day_that_collides_is_refused(admin, now, day):
    with pytest.raises(catalogues.DayRefused):
        confirm(admin, now, day)
    assert SizeCeiling.objects.filter(valid_from=dt.date(2025, 1, 1), provisional=True).exists()


def test_a_norm_that_began_is_never_deleted(admin, now):
    rows = SizeCeiling.objects.count()
    with pytest.raises(TransitionRefused, match="Add a later one"):
        catalogues.delete_norm(by=admin, kind=Ceilings.SALES, valid_from=dt.date(2006, 1, 1), now=now)
    add(admin, now, valid_from=TODAY)
    with pytest.raises(TransitionRefused, match="Add a later one"):
        catalogues.delete_norm(by=admin, kind=Ceilings.SALES, valid_from=TODAY, now=now)
    add(admin, now, valid_from=FAR)
    catalogues.delete_norm(by=admin, kind=Ceilings.SALES, valid_from=FAR, now=now)
    assert SizeCeiling.objects.count() == rows + 20
    assert told(now)[-1] == "norm.deleted"


# --- Activities --------------------------------------------------------------------------------------


def test_an_activity_takes_other_ceilings(admin, now):
    activity = EconomicActivity.objects.get(code="H")
    change = {"by": admin, "activity": activity, "branch": "commerce", "people_decide": True, "now": now}
    catalogues.edit_activity(**change, seen="services.0")
    activity.refresh_from_db()
    assert (activity.branch, activity.people_decide) == ("commerce", True)
    assert told(now)[-1] == "activity.edited"
    with pytest.raises(StaleObject):
        catalogues.edit_activity(**change, seen="services.0")


# --- Pages -------------------------------------------------------------------------------------------


def form_data(**changes) -> dict:
    cells = {f"{branch}_{size}": str(amount) for (branch, size), amount in grid().items()}
    return {"name": "Res. 1/2026", "valid_from": "01/07/2026", "sure": "on"} | cells | changes


def test_the_pages_lead_from_the_catalogues_to_a_new_norm(signed_in, admin):
    client = signed_in(admin)
    assert reverse("catalogue_list") in client.get(reverse("home")).text
    assert reverse("norm_list", args=["sales"]) in client.get(reverse("catalogue_list")).text
    page = client.get(reverse("norm_list", args=["sales"])).text
    assert page.count("In force today") == 1
    assert page.count("First day to be confirmed") == 3
    assert "$\xa07.028.260.000,00" in page
    new = form_data(valid_from="01/07/2090")
    answer = client.post(reverse("norm_add", args=["sales"]), new, follow=True)
    assert "Res. 1/2026 was added." in answer.text
    assert "From 01/07/2090 on." in answer.text
    assert not SizeCeiling.objects.filter(valid_from=FAR, provisional=True).exists()
    assert client.post(reverse("norm_delete", args=["sales", str(FAR)])).status_code == 302
    assert not SizeCeiling.objects.filter(valid_from=FAR).exists()


@pytest.mark.parametrize(
    "kind, changes, field, sentence",
    [
        ("sales", {"services_micro": ""}, "services_micro", "Fill in"),
        ("sales", {"services_small": "100"}, "services_small", "more than the ceiling of Micro"),
        ("sales", {"services_micro": "-5"}, "services_micro", "negative"),
        ("sales", {"services_micro": "0"}, "services_micro", "at least"),
        ("sales", {"services_micro": "9" * 400}, "services_micro", "too large"),
        ("sales", {"valid_from": "31/02/2026"}, "valid_from", "a day that exists"),
        ("sales", {"name": ""}, "name", "Fill in"),
        ("people", {"services_micro": "1,5"}, "services_micro", "whole number"),
        ("people", {"services_medium_2": "9" * 30}, "services_medium_2", "2147483647"),
    ],
)
def test_bad_cells_are_told_at_the_field(signed_in, admin, kind, changes, field, sentence):
    address = reverse("norm_add", args=[kind])
    answer = signed_in(admin).post(address, form_data(**changes))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'href="#id_{field}"' in answer.text
    assert not SizeCeiling.objects.filter(valid_from=LATER).exists()
    assert not HeadcountCeiling.objects.filter(valid_from=LATER).exists()


def test_a_day_that_is_taken_is_told_at_the_field(signed_in, admin):
    address = reverse("norm_add", args=["sales"])
    answer = signed_in(admin).post(address, form_data(valid_from="2025-01-01"))
    assert (answer.status_code, "Another norm begins on 01/01/2025." in answer.text) == (409, True)


def test_the_first_day_is_confirmed_on_its_page(signed_in, admin):
    client, address = signed_in(admin), reverse("norm_confirm", args=["sales", "2025-01-01"])
    assert 'value="2025-01-01"' in client.get(address).text
    assert client.post(address, {"day": "2022-01-01"}).status_code == 409
    assert client.post(address, {"day": "x"}).status_code == 422
    assert client.post(address, {"day": "01/04/2025"}).status_code == 302
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "args", [["beasts"], ["sales", "2025-01-02"], ["sales", "never"], ["people", "2025-01-01"]]
)
def test_addresses_of_nothing(signed_in, admin, args):
    name = "norm_list" if len(args) == 1 else "norm_confirm"
    assert signed_in(admin).get(reverse(name, args=args)).status_code == 404


def test_an_activity_is_edited_on_its_page(signed_in, admin):
    client, activity = signed_in(admin), EconomicActivity.objects.get(code="H")
    address = reverse("economic_activity_edit", args=[activity.pk])
    assert address in client.get(reverse("economic_activity_list")).text
    assert 'name="seen" value="services.0"' in client.get(address).text
    assert client.post(address, {"branch": "moon", "seen": "services.0"}).status_code == 422
    assert client.post(address, {"branch": "commerce"}).status_code == 409
    assert client.post(address, {"branch": "commerce", "seen": "services.0"}).status_code == 302
    activity.refresh_from_db()
    assert activity.branch == "commerce"


@pytest.mark.parametrize("more", [0, 5])
def test_the_list_of_norms_asks_a_constant_number_of_questions(
    signed_in, admin, now, django_assert_num_queries, more
):
    for year in range(more):
        add(admin, now, valid_from=dt.date(2027 + year, 1, 1))
    client = signed_in(admin)
    with django_assert_num_queries(5):
        client.get(reverse("norm_list", args=["sales"]))
