"""Writing the ledgers of a report in the browser: what is refused at which field, what is frozen, what counts."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.differences import ADDED, CHANGED
from core.dates import at_noon
from reports import pdf
from reports.content import snapshot_of
from reports.ledgers import frozen, registers
from reports.models import Certification, Machine, ProgressReport, Training
from reports.workflow import REPORT
from tests.cast import make_person
from tests.factories_groups import make_appointment, make_firm
from tests.factories_ledgers import (
    accepted_with,
    firms_in,
    keep,
    make_certification,
    make_machine,
    make_training,
    photo,
    with_ledgers,
)
from tests.factories_reports import make_project, report_at, the_officer

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


@pytest.fixture
def report() -> ProgressReport:
    return report_at("draft")


@pytest.fixture
def writer(report, signed_in):
    return signed_in(report.group.representative)


def post(writer, report, kind: str, row: int | None = None, **data):
    report.refresh_from_db()
    url = (
        reverse("report_entry_edit", args=[report.pk, kind, row])
        if row
        else reverse("report_entry_add", args=[report.pk, kind])
    )
    return writer.post(url, {"version": report.version, **data})


def errors(response) -> str:
    text = response.content.decode()
    return re.sub(
        r"<[^>]+>", " ", text[text.index("error-summary") : text.index("</ul>", text.index("error-summary"))]
    )


def people(**changed) -> dict:
    return {
        "course": "Drying",
        "on": "01/02/2026",
        "hours": "7,5",
        "women": "8",
        "men": "4",
        "text": "List",
        **changed,
    }


def certificate(report, **changed) -> dict:
    return {
        "firm": firms_in(report)[0].pk, "norm": "iso_9001", "scope": "Chairs", "certifier": "IRAM", "number": "RI-1",
        "issued_on": "01/02/2026", "expires_on": "01/02/2028", "upload": photo(), **changed,
    }  # fmt: skip


def machine(report, shares=("60", "40"), **changed) -> dict:
    named = {f"share_{firm.pk}": share for firm, share in zip(firms_in(report), shares, strict=False)}
    return {
        "name": "Kiln", "on": "01/02/2026", "cost": "1.500.000,00", "custodian": "Ana", "site": "Ruta 9",
        "photos": photo(), **named, **changed,
    }  # fmt: skip


# --- People trained ------------------------------------------------------------------------------------


def test_people_trained_are_added_changed_and_taken_out(writer, report):
    firm = firms_in(report)[0]
    post(writer, report, "people", **people(firms=[firm.pk], upload=photo("list.png")))
    row = Training.objects.get()
    assert (row.people, row.women, row.men, row.not_said, row.hours) == (12, 8, 4, 0, Decimal("7.5"))
    assert (list(row.firms.all()), row.document.filename) == ([firm], "list.png")
    page = writer.get(reverse("report_edit", args=[report.pk])).content.decode()
    assert "12: 8 women, 4 men" in page
    post(writer, report, "people", row.pk, **people(not_said="3"))
    row.refresh_from_db()
    assert (row.people, row.firms.count(), row.document.filename) == (15, 0, "list.png")
    report.refresh_from_db()
    writer.post(
        reverse("report_entry_remove", args=[report.pk, "people", row.pk]), {"version": report.version}
    )
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"women": "", "men": ""}, "how many people"),
        ({"women": "-1"}, "at least 0"),
        ({"women": "many"}, "whole number"),
        ({"hours": "0"}, "at least"),
        ({"on": "11/03/2026"}, "still to come"),
        ({"on": "09/12/2025"}, "before the project began"),
        ({"text": ""}, "attendance list"),
        ({"course": ""}, "Course"),
    ],
)
def test_people_that_do_not_hold_are_refused(writer, report, changed, sentence):
    response = post(writer, report, "people", **people(**changed))
    assert response.status_code == 422
    assert sentence in errors(response)
    assert not Training.objects.exists()


# --- Certificates --------------------------------------------------------------------------------------


def test_a_certificate_is_added(writer, report):
    post(writer, report, "certificate", **certificate(report, norm="other", norm_other="IRAM 324"))
    row = Certification.objects.get()
    assert (row.norm_name, row.firm, row.expires_on) == ("IRAM 324", firms_in(report)[0], dt.date(2028, 2, 1))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"expires_on": "31/01/2026"}, "cannot expire before"),
        ({"norm": "other"}, "which norm"),
        ({"norm_other": "IRAM"}, "Choose “Another”"),
        ({"upload": ""}, "Attach the certificate"),
        ({"issued_on": "01/01/2027"}, "still to come"),
        ({"number": ""}, "Number"),
        ({"firm": ""}, "Firm"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(writer, report, changed, sentence):
    response = post(writer, report, "certificate", **certificate(report, **changed))
    assert response.status_code == 422
    assert sentence in errors(response)
    assert not Certification.objects.exists()


def test_the_same_certificate_stands_in_the_ledger_once(writer, report):
    post(writer, report, "certificate", **certificate(report))
    response = post(writer, report, "certificate", **certificate(report, number="ri-1"))
    assert response.status_code == 422
    assert "in the ledger already" in errors(response)


def test_a_firm_of_another_group_is_no_choice(writer, report):
    response = post(writer, report, "certificate", **certificate(report, firm=make_firm().pk))
    assert response.status_code == 422


# --- Machines ------------------------------------------------------------------------------------------


def test_a_machine_is_added_and_its_shares_are_changed(writer, report):
    line = report.project.lines.first()
    post(writer, report, "machine", **machine(report, line=line.pk))
    row = Machine.objects.get()
    assert [share.percent for share in row.shares.all()] == [60, 40]
    assert (row.line, row.photos.count(), row.cost) == (line, 1, Decimal("1500000.00"))
    post(writer, report, "machine", row.pk, **machine(report, ("33,33", "33,33", "33,34"), photos=""))
    assert row.shares.count() == 3
    assert row.photos.count() == 1


@pytest.mark.parametrize(
    ("shares", "changed", "sentence"),
    [
        (("60", "39,99"), {}, "The shares add up to 99,99\xa0%"),
        (("100", "1"), {}, "The shares add up to 101\xa0%"),
        ((), {}, "The shares add up to 0\xa0%"),
        (("101",), {}, "at most 100"),
        (("100",), {"cost": "0"}, "at least"),
        (("100",), {"insurer": "La Segunda"}, "all of the insurance"),
        (("100",), {"photos": ""}, "Add a photograph"),
        (("100",), {"site": ""}, "Place of the machine"),
    ],
)
def test_a_machine_that_does_not_hold_is_refused(writer, report, shares, changed, sentence):
    response = post(writer, report, "machine", **machine(report, shares, **changed))
    assert response.status_code == 422
    assert sentence in errors(response)
    assert not Machine.objects.exists()


def test_the_only_photograph_of_a_machine_stays(writer, report):
    row = make_machine(report)
    report.refresh_from_db()
    url = reverse("machine_photo_remove", args=[report.pk, row.pk, row.photos.get().pk])
    assert writer.post(url, {"version": report.version}).status_code == 409
    assert row.photos.count() == 1


# --- Two tabs, two people, forged --------------------------------------------------------------------------


def test_a_stale_version_saves_nothing(writer, report):
    url = reverse("report_entry_add", args=[report.pk, "people"])
    response = writer.post(url, {"version": report.version - 1, **people()})
    assert response.status_code == 409
    assert "Drying" in response.content.decode()
    assert not Training.objects.exists()


def test_while_there_is_a_coordinator_the_representative_writes_nothing(writer, report):
    make_appointment(report.group, make_person("coordinator"))
    assert post(writer, report, "people", **people()).status_code == 409


def test_an_entry_of_another_report_is_not_there(writer, report):
    theirs = make_training(report_at("draft", make_project(title="Another")))
    assert post(writer, report, "people", theirs.pk, **people()).status_code == 404
    assert writer.get(reverse("report_entry_add", args=[report.pk, "wealth"])).status_code == 404


def test_nothing_is_written_once_the_report_is_accepted(signed_in):
    report = accepted_with(make_training)
    writer = signed_in(report.group.representative)
    assert post(writer, report, "people", **people()).status_code == 409


# --- The frozen form, and what counts ------------------------------------------------------------------


def test_the_ledgers_are_in_the_frozen_form_and_on_the_page(report, signed_in):
    with_ledgers(report)
    report = report_at("submitted", report.project)
    ledgers = report.snapshot["ledgers"]
    assert ledgers["trainings"][0]["women"] == 8
    assert ledgers["certifications"][0]["number"] == "RI-9000-1"
    assert [share["percent"] for share in ledgers["machines"][0]["shares"]] == ["60.00", "40.00"]
    page = (
        signed_in(the_officer(report.project))
        .get(reverse("report_detail", args=[report.pk]))
        .content.decode()
    )
    for words in ("15 people trained in the period", "RI-9000-1", "Drying kiln", "60\xa0%", "photo.png"):
        assert words in page
    shown = pdf.content_of(report.snapshot)
    assert shown["ledgers"]["people"] == 15
    assert [row["name"] for row in shown["evidence"]] == ["photo.png"]


def test_the_officer_reads_what_changed_in_the_ledgers_since_the_return(report, signed_in):
    """An entry of each kind: a field changed, and one whose file or share did."""
    entries = with_ledgers(report)
    officer = the_officer(report.project)
    report = report_at("submitted", report.project)
    data = {"reason": "", "notes": {"outcomes": "Look at the ledgers again."}}
    report = REPORT.apply(report, "return_report", by=officer, now=AFTER, data=data)
    changed = {"training": {"women": 0, "hours": Decimal("7.5")}, "certification": {"scope": "Chairs"}}
    changed["joint_machine"] = {"site": "Ruta 9, km 14"}
    for name, fields in changed.items():
        type(entries[name]).objects.filter(pk=entries[name].pk).update(**fields)
    entries["joint_machine"].photos.create(document=keep(report, "back.png"))
    make_training(report, course="Safety", women=0)
    REPORT.apply(report, "submit", by=report.group.representative, now=AFTER)
    page = signed_in(officer).get(reverse("report_detail", args=[report.pk]))
    (part,) = page.context["changed"]
    said = {
        (item.kind, item.name): {field.label: (field.before, field.after) for field in item.fields}
        for item in part.items
    }
    firm = firms_in(report)[0]
    assert said[CHANGED, "Drying of wood"] == {"Hours": ("12", "7,5"), "Women": ("8", "0")}
    assert said[CHANGED, f"RI-9000-1, {firm}"] == {"What it covers": ("Chairs and tables", "Chairs")}
    machine = said[CHANGED, "Drying kiln"]
    assert machine["Place of the machine"] == ("Ruta 9, km 12", "Ruta 9, km 14")
    assert "back.png" in machine["Photographs"][1]
    assert "back.png" not in machine["Photographs"][0]
    assert said[ADDED, "Safety"]["Men"] == ("", "4")
    assert len(said) == 4
    assert "Ruta 9, km 14" in page.content.decode()


def test_the_ledgers_are_on_paper(report, worker):
    with_ledgers(report)
    report = report_at("accepted", report.project)
    worker()
    report.refresh_from_db()
    assert report.pdf is not None


def test_a_form_from_before_the_ledgers_is_still_shown():
    assert frozen.shown({})["machines"] == []
    assert frozen.files_in({}) == []


@pytest.mark.parametrize("number", [1, 6])
def test_freezing_costs_the_same_however_many_there_are(report, number, django_assert_num_queries):
    for each in range(number):
        make_training(report)
        make_certification(report, number=f"N-{each}")
        make_machine(report)
    report = ProgressReport.objects.with_case().get(pk=report.pk)
    with django_assert_num_queries(9):
        frozen.frozen(report)
    assert snapshot_of(report, by=report.group.representative, now=AFTER)


def test_only_accepted_reports_count(report):
    with_ledgers(report)
    today = AFTER.date()
    assert registers.of_project(report.project, today)["people"]["people"] == 0
    report = report_at("submitted", report.project)
    assert registers.of_project(report.project, today)["people"]["people"] == 0
    REPORT.apply(report, "accept", by=the_officer(report.project), now=AFTER)
    found = registers.of_project(report.project, today)
    assert found["people"]["people"] == 15
    assert found["by_gender"] == "8 women, 4 men, 3 whose gender was not said"
    assert (len(found["certificates"]), len(found["machines"])) == (1, 1)
