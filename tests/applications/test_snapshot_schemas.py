"""Snapshots of every schema are read everywhere: what was submitted years ago still is what it was (PROGRAMME 6.10)."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from applications import dossier, pdf
from applications.eligibility import FAIL, check_facts
from applications.facts import Facts
from applications.models import (
    Activity,
    Answer,
    BudgetLine,
    BudgetQuote,
    Question,
    Submission,
    SubmissionMember,
)
from core import documents
from core.pdf import content_hash
from groups.models import Certificate, Institution, Partner
from tests.applications.staff_pages import browser
from tests.clock import NOON
from tests.factories_applications import OFFICE, PDF, application_at, draft, fill, make_call, submit
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
OLD = json.loads(Path(__file__).with_name("snapshot_schema_1.json").read_text())


@pytest.fixture
def old():
    """A submission that was frozen when snapshots had the first schema."""
    application = application_at("submitted")
    first = application.submissions.get()
    submission = Submission.objects.create(
        application=application,
        number=2,
        submitted_at=NOON,
        submitted_by=first.submitted_by,
        snapshot=OLD,
        sha256=content_hash(OLD),
        amount=first.amount,
        min_firms=5,
    )
    SubmissionMember.objects.bulk_create(
        SubmissionMember(
            submission=submission, firm_id=row.firm_id, cuit=row.cuit, name=row.name,
            province=row.province, size=row.size, is_sme=True,
        )
        for row in first.members.all()
    )  # fmt: skip
    return submission


def test_the_dossier_reads_an_old_snapshot(old):
    read = dossier.of(old)
    firm = read.firms[0]
    assert (firm.name, firm.about, firm.confirmed) == ("Carpintería Vieja 1 SRL", "", "")
    assert [(row.months, row.responsible, row.indicator) for row in read.activities] == [
        ("1–4", "Ana Paz", ""),
        ("12", "", ""),
    ]
    assert [(line.about, line.quantity, line.quotes) for line in read.lines] == [
        ("Buy the old kiln", "1", []),
        ("", "2,5", []),
    ]
    assert (read.partners, read.answers, read.declarations) == ([], [], [])
    assert set(read.index) == {"members", "project", "plan", "budget", "documents"}


def test_the_papers_of_an_old_snapshot_are_written(old):
    for kind, template in pdf.TEMPLATES.items():
        text = render_to_string(template, pdf.context_of(old, str(pdf.LABELS[kind])))
        assert "An old kiln" in text
        assert "Carpintería Vieja 5 SRL" in text


def test_the_pages_of_staff_show_an_old_snapshot(old):
    page = browser(OFFICE.officer).get(reverse("application_sent", args=[old.application_id]))
    assert page.status_code == 200
    assert "Carpintería Vieja 1 SRL" in page.text


def test_the_rules_read_an_old_snapshot(old):
    facts = Facts(old.application, today=dt.date(2026, 3, 10))
    assert (facts.members[0].legal_form, facts.members[0].people) == ("", None)
    assert not [result for result in check_facts(facts) if result.outcome == FAIL]


def test_a_newer_snapshot_than_the_code_is_read_too(old):
    facts = Facts(old.application, today=dt.date(2026, 3, 10))
    facts.frozen = {**OLD, "members": [{**OLD["members"][0], "stars": 5}], "group": {**OLD["group"], "x": 1}}
    assert facts.members[0].name == "Carpintería Vieja 1 SRL"
    assert facts.group.name == "Muebles Viejos"


def test_a_snapshot_of_now_holds_the_whole_application():
    call = make_call(published=False)
    questions = [
        Question(call=call, order=1, kind="choice", text_en="Do you export?", text_es="¿Exportan?",
                 options=[{"code": "a", "en": "Much", "es": "Mucho"}]),
        Question(call=call, order=2, kind="file", text_en="Your plan", text_es="Su plan"),
        Question(call=call, order=3, kind="declaration", text_en="It is true", text_es="Es verdad"),
    ]  # fmt: skip
    Question.objects.bulk_create(questions)
    type(call).objects.filter(pk=call.pk).update(status="published")
    group = make_group()
    by, firm = group.representative, group.firms.first()
    type(firm).objects.filter(pk=firm.pk).update(legal_form="srl", people=12)
    Certificate.objects.create(
        firm=firm, number="C-77", size="small", year_closed_on=dt.date(2025, 12, 31),
        valid_until=dt.date(2026, 4, 30), added_at=NOON,
    )  # fmt: skip
    institution = Institution.objects.create(
        kind="chamber", name="Cámara de la Madera", province="AR-N", locality="Oberá"
    )
    Partner.objects.create(
        group=group, institution=institution, contribution="It trains.", joined_on=dt.date(2025, 1, 1)
    )
    application = fill(draft(group=group, call=type(call).objects.get(pk=call.pk)))

    def file(name: str):
        return documents.store(
            case=application.case, kind="application", owner_id=application.pk,
            upload=SimpleUploadedFile(name, PDF, "application/pdf"), by=by, now=NOON,
        )  # fmt: skip

    Answer.objects.filter(application=application).delete()
    Answer.objects.bulk_create(
        [
            Answer(application=application, question=questions[0], value="a"),
            Answer(application=application, question=questions[1], document=file("plan.pdf")),
            Answer(application=application, question=questions[2], value="yes"),
        ]
    )
    first, second = application.activities.all()
    Activity.objects.filter(pk=first.pk).update(firm=firm, responsible="Ana Paz", indicator="m³ a month")
    Activity.objects.filter(pk=second.pk).update(coordinator=True, responsible="")
    line = application.lines.first()
    BudgetLine.objects.filter(pk=line.pk).update(kind="machinery", firm=firm)
    BudgetQuote.objects.create(
        application=application, line=line, supplier="Hornos SA", amount=Decimal("3900000.00"),
        valid_until=dt.date(2026, 6, 1), document=file("quote.pdf"),
    )  # fmt: skip
    submission = submit(application).submissions.get()
    data = submission.snapshot

    assert data["schema"] == 2
    member = next(row for row in data["members"] if row["firm_id"] == firm.pk)
    assert (member["legal_form"], member["people"], member["certificate"]["number"]) == ("srl", 12, "C-77")
    assert data["partners"][0]["name"] == "Cámara de la Madera"
    assert [(row["value"], row["words_es"]) for row in data["answers"]] == [
        ("a", "Mucho"),
        ("plan.pdf", "plan.pdf"),
    ]
    assert len(data["answers"][1]["file"]["sha256"]) == 64
    assert data["declarations"][0]["text_en"] == "It is true"
    assert data["activities"][0]["responsible"] == f"{firm.name} (Ana Paz)"
    assert data["lines"][0]["quotes"][0]["sha256"]

    read = dossier.of(submission)
    assert "SRL" in next(row.about for row in read.firms if row.name == firm.name)
    assert read.lines[0].about == f"Machinery · Buy and install the kiln · for {firm.name}"
    with translation.override("es"):
        assert dossier.of(submission).answers[0].answer == "Mucho"
    page = browser(OFFICE.officer).get(reverse("application_sent", args=[application.pk])).text
    paper = render_to_string(pdf.TEMPLATES[pdf.DOSSIER], pdf.context_of(submission, "Dossier"))
    for words in (
        "Cámara de la Madera", "It trains.", "Much", "It is true", "Hornos SA", "The coordinator", "m³ a month", "C-77",
    ):  # fmt: skip
        assert words in page, words
        assert words in paper, words


def test_each_version_can_be_read_and_no_other(old):
    client, url = browser(OFFICE.officer), reverse("application_sent", args=[old.application_id])
    assert "A shared drying kiln" in client.get(url, {"version": "1"}).text
    assert "An old kiln" in client.get(url, {"version": "2"}).text
    for wrong in ("3", "x", "²"):
        assert client.get(url, {"version": wrong}).status_code == 404
    nothing_sent = application_at("draft", group=make_group(), call=old.application.call)
    representative = browser(nothing_sent.group.representative)
    assert representative.get(reverse("application_sent", args=[nothing_sent.pk])).status_code == 404
