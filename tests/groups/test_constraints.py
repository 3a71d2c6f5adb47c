"""What the database itself refuses about firms and groups, tried in raw SQL (PROGRAMME 6.2, 6.8)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from groups.models import Appointment, Firm, HeadcountCeiling, Sector, SizeCeiling
from groups.models.firm import CUIT_PREFIXES, clean_cuit
from tests.cast import make_person
from tests.factories_groups import (
    add_to,
    give_place,
    make_appointment,
    make_cuit,
    make_firm,
    make_group,
)

pytestmark = pytest.mark.django_db


def refused(sql: str, *params) -> str:
    """Runs a statement that must fail; answers the name of the constraint that refused it."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return error.value.__cause__.diag.constraint_name


def database_says(cuit: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select cuit_is_valid(%s)", [cuit])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "cuit", ["30600000010", "30-60000-11", "3060000001", "", "50600000012", "３０600000011"]
)
def test_a_wrong_cuit_is_refused(cuit):
    firm = make_firm()
    assert refused("update groups_firm set cuit = %s where id = %s", cuit, firm.pk) == "cuit_check_digit"


def test_a_firm_exists_once_per_cuit():
    make_firm(1)
    other = make_firm(2)
    sql = "update groups_firm set cuit = %s where id = %s"
    assert "cuit" in refused(sql, make_cuit(1), other.pk)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.from_regex(r"(20|23|24|27|30|33|34|50|51|55|99)[0-9]{9}", fullmatch=True),
        st.text(alphabet="0123456789", max_size=13),
        st.builds(make_cuit, st.integers(0, 39_999_999), st.sampled_from(CUIT_PREFIXES)),
    )
)
def test_form_and_database_agree_on_every_number(digits):
    try:
        form_says = clean_cuit(digits) == digits
    except ValidationError:
        form_says = False
    assert database_says(digits) == form_says


def test_a_firm_is_once_in_a_group():
    group = make_group(1)
    firm = group.firms.get()
    sql = (
        "insert into groups_membership (group_id, firm_id, place_in_chain, joined_on) "
        "values (%s, %s, 'sells', '2026-01-01')"
    )
    assert refused(sql, group.pk, firm.pk) == "firm_once_in_group"
    group.memberships.update(left_on=dt.date(2025, 12, 31))
    add_to(group, firm, joined_on=dt.date(2026, 1, 1))


def test_a_firm_does_not_leave_before_it_joined():
    group = make_group(1)
    sql = "update groups_membership set left_on = '2001-01-01' where group_id = %s"
    assert refused(sql, group.pk) == "left_after_joined"


def test_a_year_of_a_firm_is_once_and_not_negative():
    firm = make_firm()
    insert = "insert into groups_firmyear (firm_id, year, sales, linked_sales) values (%s, %s, %s, 0)"
    assert refused(insert, firm.pk, 2025, 1) == "firm_year_once"
    assert refused(insert, firm.pk, 2020, -1) == "sales_not_negative"
    assert refused(insert, firm.pk, 1066, 1) == "year_plausible"


def test_one_representative_and_one_place_a_person():
    group = make_group(0)
    insert = (
        "insert into groups_groupperson (group_id, user_id, role, since) values (%s, %s, %s, '2026-01-01')"
    )
    other = make_person("other")
    assert refused(insert, group.pk, other.pk, "representative") == "one_representative"
    give_place(group, other, Role.VIEWER)
    assert refused(insert, group.pk, other.pk, "member") == "person_once_in_group"


@pytest.mark.parametrize(
    "first, last",
    [
        ("2026-01-01", None),
        ("2025-06-01", "2026-01-01"),
        ("2026-01-31", "2026-06-01"),
        ("2025-06-01", None),
    ],
)
def test_never_two_coordinators_on_one_day(first, last):
    group = make_group(0)
    status = Appointment.Status.ENDED
    make_appointment(group, make_person("one"), status, ended_on=dt.date(2026, 1, 31))
    second = make_appointment(group, make_person("two"), Appointment.Status.ACCEPTED)
    sql = (
        "update groups_appointment set status = 'confirmed', confirmed_from = %s, ended_on = %s where id = %s"
    )
    assert refused(sql, first, last, second.pk) == "one_coordinator_a_day"


def test_the_day_after_is_free_and_other_groups_do_not_count():
    group = make_group(0)
    status = Appointment.Status.ENDED
    make_appointment(group, make_person("one"), status, ended_on=dt.date(2026, 1, 31))
    make_appointment(group, make_person("two"), confirmed_from=dt.date(2026, 2, 1))
    make_appointment(make_group(0), make_person("three"), confirmed_from=dt.date(2026, 2, 1))


def test_one_open_nomination_and_dates_in_order():
    group = make_group(0)
    make_appointment(group, make_person("one"), Appointment.Status.NOMINATED)
    declined = make_appointment(group, make_person("two"), Appointment.Status.DECLINED)
    sql = "update groups_appointment set status = %s, confirmed_from = %s, ended_on = %s where id = %s"
    assert refused(sql, "accepted", None, None, declined.pk) == "one_open_nomination"
    assert refused(sql, "confirmed", None, None, declined.pk) == "confirmed_has_first_day"
    # The range of the exclusion constraint must not run backwards either: either of the two may see it first.
    backwards = r"ended_after_first_day|range lower bound"
    with pytest.raises(DatabaseError, match=backwards), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, ["ended", "2026-02-01", "2026-01-31", declined.pk])


def test_reference_data_are_there():
    assert list(Sector.objects.values_list("code", flat=True)) == [
        "agribusiness",
        "handicrafts",
        "cultural",
        "wood",
        "metal",
        "mining",
        "software",
        "textile",
        "tourism",
    ]
    assert SizeCeiling.objects.count() == 55
    assert set(SizeCeiling.objects.values_list("valid_from", "norm", "provisional")) == {
        (dt.date(2006, 1, 1), "Disposición SEPyME 147/2006", True),
        (dt.date(2022, 1, 1), "Resolución 23/2022", True),
        (dt.date(2025, 1, 1), "Resolución 54/2025", True),
    }
    assert Firm.objects.count() == 0


def test_a_ceiling_is_once_a_day_and_positive():
    row = SizeCeiling.objects.first()
    sql = "insert into groups_sizeceiling (valid_from, provisional, norm, branch, size, yearly_sales) "
    sql += "values (%s, true, 'x', %s, %s, %s)"
    assert refused(sql, row.valid_from, row.branch, row.size, 1) == "one_ceiling_per_day"
    assert refused(sql, "2030-01-01", row.branch, row.size, 0) == "ceiling_positive"


@pytest.mark.parametrize(
    "change", ["yearly_sales = 1", "norm = 'x'", "branch = 'services'", "size = 'micro'"]
)
def test_what_a_norm_says_never_changes(change):
    row = SizeCeiling.objects.filter(branch="commerce", size="small").first()
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update groups_sizeceiling set {change} where id = %s", [row.pk])


def test_a_norm_goes_only_before_it_begins_and_its_day_moves_only_while_provisional():
    row = SizeCeiling.objects.first()
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        row.delete()
    later = {"norm": "x", "branch": "services", "size": "micro"}
    for model, column in ((SizeCeiling, "yearly_sales"), (HeadcountCeiling, "people")):
        coming = model.objects.create(valid_from=dt.date(2999, 1, 1), **later, **{column: 1})
        model.objects.filter(pk=coming.pk).update(valid_from=dt.date(2998, 1, 1), provisional=False)
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            model.objects.filter(pk=coming.pk).update(valid_from=dt.date(2997, 1, 1))
        coming.delete()
        assert not model.objects.filter(norm="x").exists()
