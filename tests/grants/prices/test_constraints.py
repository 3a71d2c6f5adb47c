"""What the database itself refuses of indexes and updates of prices, tried past the code, in SQL, as the application's own user."""

import pytest
from django.db import DatabaseError

from grants.models import PriceUpdateRow
from grants.prices import effects
from grants.prices.working import Work
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import payment_at
from tests.grants.prices.rows import MARCH, figure, issue, issued, prepared
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def issued_with(monkeypatch, project, **columns) -> str:
    """Issue an update with other columns of the row, past the rules; answers what the database says."""
    create = PriceUpdateRow.objects.create
    monkeypatch.setattr(effects.PriceUpdateRow.objects, "create", lambda **row: create(**{**row, **columns}))
    with pytest.raises(DatabaseError) as refusal:
        issue(prepared(project.call))
    return str(refusal.value)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"level_after": "1.31"}, "above the cap"),
        ({"level_after": "1.26"}, "above the index"),
        ({"level_before": "1.1"}, "One update of a project follows the other"),
        ({"more": "700000.00"}, "unpaid rest at the new level"),
        ({"rest": "3000001.00"}, "unpaid rest at the new level"),
        ({"month": MARCH}, "by an act of its own call"),
    ],
)
def test_a_row_is_the_arithmetic_of_its_act(monkeypatch, project, columns, constraint):
    assert constraint in issued_with(monkeypatch, project, **columns)


def test_what_was_paid_is_not_updated(monkeypatch, project):
    payment_at("paid", project=project)
    work = effects.work_out

    def all_of_it(call, month):
        found = work(call, month)
        object.__setattr__(found.rows[0], "rest", found.rows[0].project.approved_amount)
        object.__setattr__(found.rows[0], "more", found.rows[0].project.approved_amount / 4)
        return found

    monkeypatch.setattr(effects, "work_out", all_of_it)
    monkeypatch.setattr("tests.grants.prices.rows.work_out", all_of_it)
    with pytest.raises(DatabaseError, match="What was paid, and the salary, are not updated"):
        issue(prepared(project.call))


def test_the_envelope_holds_whatever_the_code_says(monkeypatch, project):
    update = prepared(project.call)
    call = project.call
    call.envelope = call.entries.committed() + 700_000
    call.save(update_fields=["envelope"])
    monkeypatch.setattr(Work, "refusal", lambda _work: "")
    with pytest.raises(DatabaseError, match="The call has 700000"):
        issue(update)


ROW = """
INSERT INTO grants_priceupdaterow (update_id, project_id, month, level_before, level_after, approved_before, rest, more,
    group_more, plan_id, entry_id)
SELECT update_id, project_id, month, level_before, level_after, approved_before, rest, more, group_more, plan_id, entry_id
FROM grants_priceupdaterow
"""
ENTRY = """
INSERT INTO applications_envelopeentry (call_id, application_id, amount, why, at) VALUES (%s, %s, 1, 'update', %s)
"""


def test_what_was_issued_stays_and_comes_once(project):
    update = issued(project.call)
    assert "by an act of its own call" in refused_by(ROW)
    for sql in (
        "UPDATE grants_priceupdaterow SET more = 1",
        "DELETE FROM grants_priceupdaterow",
        "UPDATE grants_priceupdate SET resolution = 'R-2'",
        "UPDATE grants_priceupdate SET status = 'prepared'",
        "DELETE FROM grants_priceupdate",
    ):
        assert "stays" in refused_by(sql)
    assert "one row for each project" in refused_by(ENTRY, update.call_id, project.application_id, NOON)


ACT = """
INSERT INTO grants_priceupdate (call_id, figure_id, status, version, prepared_by_id, prepared_at, opinion, resolution, grounds)
VALUES (%s, %s, %s, 0, %s, now(), 'x', '', '')
"""


def test_an_act_is_of_a_confirmed_month_and_issued_by_another(project):
    call, officer = project.call, OFFICE.officer.pk
    base = call.update_index.figures.get(month=call.update_base_month)
    for figure_pk, status in ((base.pk, "prepared"), (figure(call).pk, "issued")):
        assert "confirmed month" in refused_by(ACT, call.pk, figure_pk, status, officer)
    prepared(call)
    assert "one_price_update_at_a_time" in refused_by(ACT, call.pk, figure(call).pk, "prepared", officer)
    said = "UPDATE grants_priceupdate SET status = 'issued', issued_at = now(), resolution = 'R', resolved_on = now(), grounds = 'x', issued_by_id = "
    assert "price_update_by_another" in refused_by(f"{said} prepared_by_id")
    assert "issued_price_update_has_resolution" in refused_by(
        "UPDATE grants_priceupdate SET status = 'issued'"
    )


def test_a_figure_that_was_confirmed_stays(project):
    for sql in (
        "UPDATE applications_indexfigure SET value = 1",
        "UPDATE applications_indexfigure SET confirmed_at = NULL, confirmed_by_id = NULL",
        "DELETE FROM applications_indexfigure",
    ):
        assert "stays" in refused_by(sql)


def test_a_clause_is_whole_and_stands_once_there_are_applications(project):
    where = f"WHERE id = {project.call.pk}"
    assert refused_by(f"UPDATE applications_call SET update_cap = NULL {where}")
    assert refused_by(f"UPDATE applications_call SET update_cap = 99 {where}")
