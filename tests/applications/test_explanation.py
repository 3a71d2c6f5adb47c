"""The page that explains a decision, and `manage.py verify`: both name what was tampered with."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import translation

from applications import explanation
from applications.models import Consensus, Decision, EligibilitySignOff
from applications.views.eligibility import signed_results
from applications.workflow import APPLICATION
from tests import database
from tests.applications.agreement import agree, apart
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, amounts_of, application_at, approval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def approved() -> Decision:
    return application_at("approved").decisions.get()


# --- The page ---------------------------------------------------------------------------------------------


def test_the_programme_reads_all_of_it():
    decision = approved()
    page = words(get(OFFICE.approver, "decision_why", decision.pk))
    assert "everything is the same" in page
    assert decision.submission.sha256 in page
    assert "Reviewer1" in page
    assert "It convinces." in page
    assert "80 × 100 ÷ 100 = 80 %" in page.replace("\xa0", " ")
    assert "I looked at it: it may stand." in page
    assert "Recommendation" in page


def test_the_group_reads_rules_and_scores_without_names():
    decision = approved()
    page = words(get(decision.application.group.representative, "decision_why", decision.pk))
    assert "everything is the same" in page
    assert "Review 1" in page
    assert "A good plan." in page  # the comment for the group
    for hidden in ("Reviewer1", "It convinces.", "I looked at it: it may stand.", "Recommendation"):
        assert hidden not in page


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_rules_are_read_in_the_readers_language_whoever_signed_them(language):
    with translation.override("es" if language == "en" else "en"):
        application = application_at("approved")
    sign_off = EligibilitySignOff.objects.get(submission=application.latest_submission)
    with translation.override(language):
        rows = signed_results(sign_off)
    assert {row["rule"]: row["sentence"] for row in rows} == {
        row["rule"]: row["sentences"][language] for row in sign_off.results
    }
    assert any(row["sentence"] != row["sentences"][language] for row in sign_off.results)
    assert not any(row["as_written"] for row in rows)


def test_what_was_signed_in_one_language_only_says_so():
    sign_off = EligibilitySignOff(results=[{"rule": "costs", "outcome": "pass", "sentence": "Cada costo."}])
    assert signed_results(sign_off) == [
        {"rule": "costs", "outcome": "pass", "sentence": "Cada costo.", "as_written": True}
    ]


def test_the_conditions_of_an_approval_are_among_what_explains_it():
    application = application_at("recommended")
    data = approval(application) | {
        "conditions": "Insure the kiln.",
        "dated_conditions": [("Sign the lease", NOON.date() + DAY)],
    }
    application = APPLICATION.apply(application, "approve", by=OFFICE.approver, now=NOON, data=data)
    page = words(get(OFFICE.approver, "decision_why", application.decisions.get().pk))
    assert "Conditions of the approval" in page
    assert "Until 11/03/2026: Sign the lease" in page
    assert "Insure the kiln." in page


def test_a_stranger_finds_nothing_there(person):
    assert get(person("stranger"), "decision_why", approved().pk).status_code == 404


@pytest.mark.parametrize("status", ["rejected", "ineligible", "reserve", "annulled"])
def test_every_kind_of_decision_is_explained(status):
    application = application_at(status)
    for decision in application.decisions.all():
        assert get(OFFICE.officer, "decision_why", decision.pk).status_code == 200
        assert explanation.of(decision).same


def test_what_reviewers_agree_on_later_is_none_of_an_earlier_decision():
    decision = application_at("rejected").decisions.get()
    Consensus.objects.create(
        submission=decision.submission, held_on=NOON.date(), scores={}, total="91.00", text="We met.",
        recorded_by=OFFICE.officer, recorded_at=decision.decided_at + DAY,
    )  # fmt: skip
    why = explanation.of(decision)
    assert why.consensus is None
    assert why.same


def test_the_page_costs_the_same_with_more_reviews_and_lines(django_assert_max_num_queries):
    client, decision = browser(OFFICE.officer), approved()
    with django_assert_max_num_queries(45):
        client.get(reverse("decision_why", args=[decision.pk]))


# --- Verify ------------------------------------------------------------------------------------------------


@pytest.fixture
def tamper(transactional_db):
    """Runs a statement as the owner of the tables, past every lock."""
    owner = database.owner_settings()

    def run(table: str, sql: str) -> None:
        with (
            database.default_connection(USER=owner["USER"], PASSWORD=owner["PASSWORD"]),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


def test_what_is_whole_is_said_to_be_whole(capsys):
    application = application_at("annulled")
    call_command("verify")
    assert "Everything is whole." in capsys.readouterr().out
    call_command("verify", case=application.case.reference)
    call_command("verify", case=str(application.case_id))
    with pytest.raises(CommandError, match="no case"):
        call_command("verify", case="LSP-1999-00001")


TAMPERED = [
    (
        "applications_submission",
        "UPDATE applications_submission SET snapshot = jsonb_set(snapshot, '{project,title}', '\"Another\"')",
        ["submission 1: SHA-256 of the snapshot"],
    ),
    (
        "applications_submission",
        "UPDATE applications_submission SET sha256 = repeat('a', 64)",
        ["SHA-256 of the snapshot", "its hash is not the one on the timeline"],
    ),
    (
        "applications_submission",
        "UPDATE applications_submission SET amount = amount + 1",
        ["Asked: the programme's share of each cost, summed"],
    ),
    (
        "applications_decision",
        "UPDATE applications_decision SET amount = amount + 1000",
        ["Amount approved: its lines, summed", "Amount approved, on the timeline", "the envelope holds"],
    ),
    (
        "applications_decisionline",
        "UPDATE applications_decisionline SET amount = amount + 1",
        ["Amount approved: its lines, summed", "No line above what was asked for it"],
    ),
    (
        "applications_envelopeentry",
        "UPDATE applications_envelopeentry SET amount = amount - 1",
        ["the envelope holds $\xa02.999.999,00"],
    ),
    (
        "core_document",
        "UPDATE core_document SET sha256 = repeat('b', 64)",
        ["is gone or was changed"],
    ),
    (
        "core_event",
        "UPDATE core_event SET action = 'application.reject' WHERE action = 'application.approve'",
        ["was changed", "Amount approved, on the timeline"],
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "sql", "sentences"), TAMPERED)
def test_what_was_tampered_with_is_named(tamper, capsys, table, sql, sentences):
    decision = approved()
    call_command("verify")
    tamper(table, sql)
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify")
    said = capsys.readouterr().out
    for sentence in sentences:
        assert sentence in said
    with pytest.raises(CommandError):
        call_command("verify", case=decision.application.case.reference)
    if table.startswith("applications_") and "envelope" not in table:
        shown = explanation.of(Decision.objects.get(pk=decision.pk))
        assert not shown.same
        page = get(OFFICE.officer, "decision_why", decision.pk)
        assert "something differs" in page.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("UPDATE applications_consensus SET total = 99", "its total is not the one on the timeline"),
        (
            """UPDATE applications_consensus SET scores = replace(scores::text, ': 7', ': 9')::jsonb""",
            "Total that the reviewers agreed on: written 70",
        ),
    ],
)
def test_what_was_agreed_on_and_tampered_with_is_named(tamper, capsys, sql, sentence):
    application = apart()
    agree(application)
    call_command("verify")
    tamper("applications_consensus", sql)
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify")
    assert sentence in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("verify", case=application.case.reference)


def test_the_page_shows_what_was_agreed_on_with_its_arithmetic():
    application = apart()
    agree(application, text="Between us alone.")
    data = {"amounts": amounts_of(application), "reason": "They agree."}
    recommended = APPLICATION.apply(application, "recommend", by=OFFICE.officer, now=NOON, data=data)
    data = approval(recommended)
    decided = APPLICATION.apply(recommended, "approve", by=OFFICE.approver, now=NOON, data=data)
    decision = decided.decisions.get()
    page = words(get(OFFICE.officer, "decision_why", decision.pk)).replace("\xa0", " ")
    assert "Mean of the totals: 80 %. It does not count: the reviewers met." in page
    assert "They met on 10/03/2026. Recorded by Officer" in page
    assert "70 × 100 ÷ 100 = 70 %" in page
    assert "The score that counts: 70 %." in page
    assert "Between us alone." in page
    assert "everything is the same" in page
    page = words(get(application.group.representative, "decision_why", decision.pk)).replace("\xa0", " ")
    assert "The score that counts: 70 %." in page
    assert "Between us alone." not in page
    assert "Officer" not in page
    page = words(get(application.group.representative, "decision_detail", decision.pk)).replace("\xa0", " ")
    assert "Agreed when the reviewers met: 70 %" in page
    assert "Mean of the totals" not in page
