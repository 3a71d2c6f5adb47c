"""The letters about projects and payments: each is written whole, says its facts, and links to the right page."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from core import outbox
from core.models import Message
from grants import actions
from grants.workflow import PROJECT
from tests.factories_applications import OFFICE
from tests.factories_grants import DAY, NOON, enter_payee, hear, payment_at, project_at

FOLDER = settings.BASE_DIR / "templates" / "emails"
LETTERS = sorted(
    path.name.removesuffix(".html")
    for start in ("project_", "agreement_", "payment_")
    for path in FOLDER.glob(f"{start}*.html")
)
LINK = f"{settings.SITE_URL}/projects/7/"
CONTEXT = {
    "title": "Muebles & Cía <b>",
    "group": "Los O'Neil",
    "payee": "Asociación “Norte”",
    "url": LINK,
    "reason": "Because it's “so”.",
    "amount": "$ 1.200.000,00",
    "paid": "$ 0,00",
    "net": "$ 1.199.000,00",
    "withheld": "$ 1.000,00",
    "sign_by": "09/04/2026",
    "appoint_by": "10/04/2026",
    "first_day": "10/03/2026",
    "last_day": "09/03/2027",
    "days": 20,
    "account": "0011",
    "tranche": 1,
    "treasury_number": "OP-1",
    "treasury_date": "10/03/2026",
}


def test_every_letter_has_subject_text_and_page_and_there_is_one_for_each_that_is_sent():
    sent = set()
    source = (settings.BASE_DIR / "grants" / "emails.py").read_text()
    sent |= set(re.findall(r'"((?:project|agreement|payment)_\w+)"', source)) - {
        "project_detail",
        "payment_list",
    }
    workflow = (settings.BASE_DIR / "grants" / "workflow.py").read_text()
    sent |= {f"project_{name}" for name in re.findall(r'project_moved\("(\w+)"\)', workflow)}
    sent |= {f"payment_{name}" for name in re.findall(r'payment_moved\("(\w+)"\)', workflow)} | {
        "payment_ordered"
    }
    assert sent == set(LETTERS)
    for name in LETTERS:
        assert (FOLDER / f"{name}.subject.txt").exists()
        assert (FOLDER / f"{name}.txt").exists()


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_letter_says_its_link_and_leaves_no_hole(name, language):
    with translation.override(language):
        subject = render_to_string(f"emails/{name}.subject.txt", CONTEXT)
        text = render_to_string(f"emails/{name}.txt", CONTEXT)
        page = render_to_string(f"emails/{name}.html", CONTEXT)
    assert subject.strip()
    assert "\n" not in subject.strip()
    assert LINK in text
    assert f'href="{LINK}"' in page
    assert "Muebles & Cía <b>" in text
    assert "Muebles &amp; Cía &lt;b&gt;" in page
    for written in (subject, text, page):
        assert "{{" not in written
        assert "{%" not in written
    # What is empty leaves no half sentence.
    bare = render_to_string(f"emails/{name}.txt", {**CONTEXT, "reason": "", "withheld": "", "appoint_by": ""})
    assert "Why:" not in bare


@pytest.mark.django_db
def test_the_letters_of_a_whole_project_are_written_in_the_readers_language(coordinator):
    project = project_at("active", coordinator=coordinator)
    representative = project.group.representative
    representative.language = "es"
    representative.save()
    payment_at("paid", project=project)
    enter_payee(project, number=3, checked=False)
    actions.refuse_payee(by=OFFICE.officer, payee=project.payee, reason="No.", now=NOON)
    for name in ("suspend", "resume", "terminate"):
        by = OFFICE.officer if name == "resume" else OFFICE.approver
        if name == "terminate":
            hear(project, now=NOON + DAY)
        PROJECT.apply(project, name, by=by, now=NOON + DAY, data={"reason": "A flood."})
    letters = Message.objects.filter(case=project.case, template__in=LETTERS)
    assert {letter.template for letter in letters} >= {
        "project_opened",
        "project_activated",
        "project_suspended",
        "project_resumed",
        "project_terminated",
        "payment_ordered",
        "payment_paid",
        "payment_payee_refused",
    }
    for letter in letters:
        mail = outbox.letter_of(letter)
        assert mail.subject.startswith(project.reference)
        assert settings.SITE_URL in mail.body
    # Only who is paid looks whether it has arrived.
    told = letters.filter(template="payment_paid")
    assert {letter.recipient for letter in told if letter.context["is_paid"]} == {coordinator, representative}
    for letter in told.exclude(recipient__in=[coordinator, representative]):
        assert "Look whether it has arrived" not in outbox.letter_of(letter).body
    terminated = letters.filter(template="project_terminated")
    assert {letter.recipient for letter in terminated} == {coordinator, representative}
    assert terminated.get(recipient=representative).language == "es"


@pytest.mark.django_db
def test_the_officer_hears_when_the_group_renounces():
    project = project_at("active")
    PROJECT.apply(
        project, "renounce", by=project.group.representative, now=NOON, data={"reason": "Two firms left."}
    )
    letters = Message.objects.filter(template="project_renounced")
    assert {letter.recipient for letter in letters} == {OFFICE.officer, project.group.representative}
    assert letters[0].context["reason"] == "Two firms left."
