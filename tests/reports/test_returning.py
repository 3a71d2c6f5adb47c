"""A report returned part by part: what opens, what stays closed, and what the officer reads when it comes back."""

import dataclasses
import datetime as dt

import pytest
from django.urls import reverse

from core.dates import at_noon
from core.models import Message
from core.workflow import TransitionRefused
from reports import actions
from reports.content import progress_of
from reports.models import Outcome, ProgressReport, ReportActivity
from reports.returning import Opened, places_of
from reports.workflow import REPORT
from tests.factories_reports import answer, report_at, the_officer
from tests.reports.test_actions import photo
from tests.reports.test_database import refused, run

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


def written() -> ProgressReport:
    """A submitted report with a file at its first activity, and an outcome."""
    report = report_at("due")
    by = report.group.representative
    report = actions.add_evidence(
        by=by,
        report=report,
        activity=report.project.activities.first(),
        version=report.version,
        now=AFTER,
        uploads=[photo()],
    )
    outcome = Outcome(kind="trained", figure=12, on=dt.date(2026, 2, 1), text="The list")
    report = actions.save_outcome(by=by, report=report, version=report.version, now=AFTER, outcome=outcome)
    report = answer(report, by=by, now=AFTER)
    return REPORT.apply(report, "submit", by=by, now=AFTER)


def returned(report: ProgressReport, notes: dict[str, str], reason: str = "") -> ProgressReport:
    data = {"reason": reason, "notes": notes}
    REPORT.apply(report, "return_report", by=the_officer(report.project), now=AFTER, data=data)
    return ProgressReport.objects.with_case().get(pk=report.pk)


def kiln(report):
    return report.project.activities.get(name="Buy the kiln")


def training(report):
    return report.project.activities.get(name="Train the operators")


def save(report, activity, **changed):
    values = {"done_percent": 100, "what_was_done": "Once more.", "reason": "", "uploads": ()}
    return actions.save_activity(
        by=report.group.representative,
        report=report,
        activity=activity,
        version=report.version,
        now=AFTER,
        **values | changed,
    )


def test_the_officer_points_at_parts(signed_in):
    report = written()
    office = signed_in(the_officer(report.project))
    url = reverse("report_act", args=[report.pk, "return_report"])
    page = office.get(url)
    labels = [str(field.label) for field in page.context["form"].rows]
    assert labels[:3] == ["How the period went", "Buy the kiln", "Buy the kiln: kiln.png"]
    assert any("People trained" in label for label in labels)
    assert office.post(url, {"version": report.version, "reason": " "}).status_code == 422
    response = office.post(
        url,
        {
            "version": report.version,
            f"note_activity{training(report).pk}": "Which courses?",
            "note_activity999999": "Of another report",
        },
    )
    assert response.status_code == 302
    row = report.returns.get()
    assert (row.note, row.notes) == ("", {f"activity{training(report).pk}": "Which courses?"})
    letter = Message.objects.filter(template="report_returned").first()
    assert letter.context["notes"] == [{"label": "Train the operators", "text": "Which courses?"}]


def test_the_note_stands_above_its_part_and_only_that_opens(signed_in):
    report = written()
    report = returned(report, {f"activity{training(report).pk}": "Which courses?"})
    client = signed_in(report.group.representative)
    text = client.get(reverse("report_edit", args=[report.pk])).content.decode()
    assert "Which courses?" in text
    assert "Only what is named here is open." in text
    assert "As it was sent" in text
    mine = reverse("report_activity", args=[report.pk, training(report).pk])
    assert "Which courses?" in client.get(mine).content.decode()
    closed = reverse("report_activity", args=[report.pk, kiln(report).pk])
    assert client.get(closed).status_code == 409
    sent = {"version": report.version, "done_percent": "100", "what_was_done": "Forged."}
    assert client.post(closed, sent).status_code == 409
    assert (
        client.post(mine, {**sent, "done_percent": "50", "what_was_done": "Two courses."}).status_code == 302
    )
    report.refresh_from_db()
    assert report.activities.get(activity=training(report)).what_was_done == "Two courses."
    assert report.activities.get(activity=kiln(report)).what_was_done == "Bought and installed."


def test_the_summary_stays_closed_to_a_forged_form(signed_in):
    report = written()
    report = returned(report, {f"activity{training(report).pk}": "Which courses?"})
    client = signed_in(report.group.representative)
    url = reverse("report_edit", args=[report.pk])
    client.post(url, {"version": report.version, "summary": "Forged.", "papers": photo("forged.png")})
    report.refresh_from_db()
    assert report.summary == "It went well."
    assert report.evidence.count() == 1
    with pytest.raises(TransitionRefused, match="not returned"):
        actions.save_summary(
            by=report.group.representative,
            report=report,
            version=report.version,
            now=AFTER,
            summary="Forged.",
        )


@pytest.mark.parametrize(
    ("part", "opens"),
    [
        ("summary", {"summary"}),
        ("activity", {"answer", "file", "take out"}),
        ("file", {"file", "take out"}),
        ("outcome", {"outcome", "new outcome"}),
        ("outcomes", {"outcome", "new outcome"}),
        ("documents", {"document"}),
    ],
)
def test_each_part_opens_itself_and_no_other(part, opens):
    report = written()
    piece, outcome = report.evidence.get(), report.outcomes.get()
    names = {
        "activity": f"activity{kiln(report).pk}",
        "file": f"file{piece.document_id}",
        "outcome": f"outcome{outcome.pk}",
    }
    report = returned(report, {names.get(part, part): "Again, please."})
    by = report.group.representative
    held = {"by": by, "report": report, "version": report.version, "now": AFTER}
    new = Outcome(kind="links", figure=1, on=dt.date(2026, 2, 1), text="A letter")
    acts = {
        "summary": lambda: actions.save_summary(**held, summary="Other"),
        "document": lambda: actions.save_summary(**held, uploads=[photo("minutes.png")]),
        "answer": lambda: save(report, kiln(report)),
        "file": lambda: actions.add_evidence(**held, activity=kiln(report), uploads=[photo("b.png")]),
        "take out": lambda: actions.remove_evidence(**held, evidence=piece),
        "outcome": lambda: actions.save_outcome(**held, outcome=outcome),
        "new outcome": lambda: actions.save_outcome(**held, outcome=new),
    }
    done = set()
    from django.db import transaction

    for name, act in acts.items():
        with transaction.atomic():
            try:
                act()
            except TransitionRefused as refusal:
                assert "not returned" in refusal.sentence  # noqa: PT017
            else:
                done.add(name)
            transaction.set_rollback(True)
    assert done == opens


def test_a_note_on_the_whole_opens_the_whole():
    report = returned(written(), {}, "Write it better.")
    assert Opened.of(report).everything
    assert save(report, kiln(report)).activities.get(activity=kiln(report)).what_was_done == "Once more."


def test_what_breaks_a_rule_opens_too():
    report = written()
    report = returned(report, {"summary": "Longer, please."})
    row = next(row for row in progress_of(report) if row.activity == kiln(report))
    assert not Opened.of(report).activity_is_open(row)
    # As if the plan had moved since.
    wanting = ReportActivity(report=report, activity=kiln(report), done_percent=10, what_was_done="Ordered.")
    assert Opened.of(report).activity_is_open(dataclasses.replace(row, row=wanting))


def test_a_file_that_was_taken_out_leaves_its_note_until_the_new_one_is_there(signed_in):
    report = written()
    piece = report.evidence.get()
    report = returned(report, {f"file{piece.document_id}": "It is blurred."})
    client = signed_in(report.group.representative)
    url = reverse("report_activity", args=[report.pk, kiln(report).pk])
    text = client.get(url).content.decode()
    assert "It is blurred." in text
    assert "Only the files were returned" in text
    client.post(reverse("report_evidence_remove", args=[report.pk, piece.pk]), {"version": report.version})
    report.refresh_from_db()
    assert "It is blurred." in client.get(url).content.decode()
    sent = {
        "version": report.version,
        "done_percent": "1",
        "what_was_done": "Forged.",
        "photo": photo("b.png"),
    }
    assert client.post(url, sent).status_code == 302
    assert report.evidence.get().document.filename == "b.png"
    assert report.activities.get(activity=kiln(report)).what_was_done == "Bought and installed."


def test_the_officer_sees_what_changed_field_by_field(signed_in):
    report = written()
    report = returned(
        report, {f"activity{training(report).pk}": "Which courses?", "outcomes": "Count again."}
    )
    by = report.group.representative
    report = save(
        report, training(report), done_percent=50, what_was_done="Two courses.", uploads=[photo("b.png")]
    )
    outcome = report.outcomes.get()
    outcome.figure = 14
    report = actions.save_outcome(by=by, report=report, version=report.version, now=AFTER, outcome=outcome)
    client = signed_in(by)
    check = client.get(reverse("report_check", args=[report.pk]))
    urls = {card["title"]: card["url"] for card in check.context["rows"]}
    assert urls["Buy the kiln"] == ""  # it was not returned
    assert urls["Train the operators"] != ""
    assert [part.code for part in check.context["changed"]] == ["activities", "outcomes"]
    assert "What you changed since it was returned" in check.content.decode()
    assert (
        client.post(reverse("report_check", args=[report.pk]), {"version": report.version}).status_code == 302
    )
    page = signed_in(the_officer(report.project)).get(reverse("report_detail", args=[report.pk]))
    parts = page.context["changed"]
    (activity,) = parts[0].items
    said = {field.label: (field.before, field.after) for field in activity.fields}
    assert said["What was done"] == ("Bought and installed.", "Two courses.")
    assert said["Evidence"][0] == ""
    assert "b.png" in said["Evidence"][1]
    (outcome,) = parts[1].items
    assert {field.label: (field.before, field.after) for field in outcome.fields} == {
        "How many": ("12", "14")
    }
    assert "What changed since it was returned" in page.content.decode()


def test_places_are_those_of_what_was_sent():
    report = written()
    names = [place.name for place in places_of(report)]
    assert names[0] == "summary"
    assert f"activity{kiln(report).pk}" in names
    # The showroom is of later months: nothing was said of it.
    assert len([name for name in names if name.startswith("activity")]) == 2


def test_what_was_said_at_a_return_never_changes():
    report = returned(written(), {"summary": "Longer, please."})
    with refused("never change"):
        run("UPDATE reports_reportreturn SET notes = '{}' WHERE report_id = %s", report.pk)
