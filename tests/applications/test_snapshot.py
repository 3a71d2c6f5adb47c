"""What a submission freezes (PROGRAMME 6.10)."""

import json
from decimal import Decimal

import pytest

from applications import actions, snapshot
from applications.models import BudgetLine, Submission
from core.models import Event
from core.pdf import content_hash
from groups.models import Firm
from tests.clock import NOON
from tests.factories_applications import application_at, return_for_changes, submit
from tests.factories_groups import TOO_BIG, add_to, make_firm, make_group

pytestmark = pytest.mark.django_db


def test_a_snapshot_holds_all_that_was_submitted():
    group = make_group()
    add_to(group, make_firm(name="Aserradero Grande SA", sales=TOO_BIG))
    application = application_at("submitted", group=group)
    submission = application.submissions.get()
    data = submission.snapshot
    assert (data["reference"], data["number"], data["schema"]) == (application.reference, 1, 2)
    assert data["submitted_by"] == {"id": group.representative.pk, "name": "Rosa Representante"}
    assert data["group"]["name"] == group.name
    assert data["project"]["title"] == "A shared drying kiln"
    assert [row["name"] for row in data["activities"]] == [
        "Buy and install the kiln",
        "Certify the furniture",
    ]
    line = data["lines"][0]
    assert {key: line[key] for key in ("cost", "programme_share", "group_share")} == {
        "cost": "4000000.00",
        "programme_share": "2500000.00",
        "group_share": "1500000.00",
    }
    assert data["totals"] == {"cost": "5000000.00", "programme": "3000000.00", "group": "2000000.00"}
    assert data["documents"][0]["sha256"] == application.documents.get().document.sha256
    big = next(row for row in data["members"] if row["name"] == "Aserradero Grande SA")
    assert (big["is_sme"], big["size"], big["outcome"]) == (False, "", "fail")


def test_its_members_are_rows_with_the_size_of_that_day():
    submission = application_at("submitted").submissions.get()
    rows = submission.members.all()
    assert len(rows) == 5
    assert {(row.is_sme, row.size, row.province) for row in rows} == {(True, "small", "AR-N")}
    assert {row.cuit for row in rows} == {row["cuit"] for row in submission.snapshot["members"]}


def test_the_hash_is_that_of_the_data_as_they_come_back_from_the_database():
    submission = application_at("submitted").submissions.get()
    fresh = Submission.objects.get(pk=submission.pk)
    assert (
        fresh.sha256 == content_hash(fresh.snapshot) == content_hash(json.loads(json.dumps(fresh.snapshot)))
    )
    assert snapshot.is_whole(fresh)
    fresh.snapshot["project"]["title"] = "Another"
    assert not snapshot.is_whole(fresh)


def test_the_timeline_holds_the_hash():
    submission = application_at("submitted").submissions.get()
    event = Event.objects.filter(case=submission.application.case).last()
    assert event.data == {"number": 1, "sha256": submission.sha256, "amount": "3000000.00"}


def test_what_changes_afterwards_does_not_change_it():
    application = application_at("submitted")
    before = application.submissions.get().snapshot
    Firm.objects.update(name="Renamed SA")
    assert Submission.objects.get(application=application).snapshot == before
    returned = return_for_changes(application)
    by = returned.group.representative
    with actions.editing(returned, by=by, section="budget", version=None, now=NOON):
        BudgetLine.objects.filter(application=returned).update(programme_share=Decimal(1000))
    again = submit(returned)
    first, second = again.submissions.all()
    assert first.snapshot == before
    assert (first.amount, second.amount) == (Decimal("3000000.00"), Decimal("2000.00"))
    assert first.sha256 != second.sha256


def test_numbers_name_the_year_of_buenos_aires():
    import datetime as dt

    # 1 January in Greenwich, still the old year in Buenos Aires.
    assert snapshot.next_reference(dt.datetime(2027, 1, 1, 2, 59, tzinfo=dt.UTC)).startswith("LSP-2026-")
    assert snapshot.next_reference(dt.datetime(2027, 1, 1, 3, 0, tzinfo=dt.UTC)).startswith("LSP-2027-")
