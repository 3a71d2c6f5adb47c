"""Writing a report in the browser: the way from the overview to the receipt, and every bad input on it."""

import contextlib
import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.dates import at_noon
from reports import actions
from reports.models import Outcome, ProgressReport
from reports.workflow import REPORT
from tests.factories_groups import make_appointment, make_group
from tests.factories_reports import answer, make_project, report_at, the_officer
from tests.reports.test_actions import PNG, photo

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


@pytest.fixture
def report() -> ProgressReport:
    return report_at("due")


@pytest.fixture
def writer(report, signed_in):
    return signed_in(report.group.representative)


def page(name: str, report, *args) -> str:
    return reverse(name, args=[report.pk, *args])


def kiln(report):
    return report.project.activities.get(name="Buy the kiln")


def post(writer, url: str, report, **data):
    """As the page sends it, with the version that it showed."""
    report.refresh_from_db()
    return writer.post(url, {"version": report.version, **data})


@contextlib.contextmanager
def saved_queries():
    """The statements of a request that read or write."""
    found: list[dict] = []
    with CaptureQueriesContext(connection) as context:
        yield found
    found += [
        query
        for query in context.captured_queries
        if query["sql"].startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
    ]


def errors(response) -> list[str]:
    """The sentences of the error summary."""
    text = response.content.decode()
    summary = text[text.index("error-summary") : text.index("</ul>", text.index("error-summary"))]
    return [re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"<li>(.*?)</li>", summary, re.S)]


# --- The whole way ---------------------------------------------------------------------------------------


def test_a_report_in_at_most_eight_pages(writer, report):
    """Overview, one page for each of two activities, an outcome, check, receipt: every page that is opened counts."""
    opened = []

    def see(url: str):
        opened.append(url)
        response = writer.get(url)
        assert response.status_code == 200
        return response

    see(page("report_edit", report))
    response = post(writer, page("report_edit", report), report, summary="It went well.")
    for done, reason in (("100", ""), ("20 %", "The trainer fell ill.")):
        see(response.url)
        response = post(
            writer,
            response.url,
            report,
            done_percent=done,
            what_was_done="We worked.",
            reason=reason,
            photo=photo(),
        )
    assert response.url == page("report_check", report)
    see(page("report_outcome_add", report))
    post(
        writer,
        page("report_outcome_add", report),
        report,
        kind="capacity",
        figure="12,5",
        on="2026-02-01",
        text="The list",
    )
    see(page("report_check", report))
    response = post(writer, page("report_check", report), report)
    assert response.url == page("report_receipt", report)
    receipt = see(response.url).content.decode()
    assert f"{report.case.reference} / 1" in receipt
    assert len(opened) <= 8
    report.refresh_from_db()
    assert report.status == "submitted"
    frozen = report.snapshot
    assert [row["done"] for row in frozen["activities"]] == [100, 20, 0]
    assert frozen["activities"][1]["reason"] == "The trainer fell ill."
    assert [piece["name"] for piece in frozen["activities"][0]["evidence"]] == ["kiln.png"]
    assert frozen["outcomes"][0]["figure"] == "12.50"


def test_the_photograph_is_taken_with_the_camera(writer, report):
    text = writer.get(page("report_activity", report, kiln(report).pk)).content.decode()
    (photo,) = re.findall(r'<input type="file" name="photo"[^>]*>', text)
    assert 'accept=".jpg' in photo
    assert 'capture="environment"' in photo
    assert re.search(r'<input type="file" name="papers"[^>]*multiple', text)


def test_the_last_answers_are_shown(signed_in):
    project = make_project()
    report_at("accepted", project)
    second = report_at("due", project, number=2)
    training = project.activities.get(name="Train the operators")
    writer = signed_in(project.group.representative)
    text = writer.get(page("report_activity", second, training.pk)).content.decode()
    assert "In the last report" in text
    assert "Bought and installed." in text
    assert "50" in text


def test_until_it_says_how_far_it_is_the_last_answer_stays(signed_in):
    project = make_project()
    report_at("accepted", project)
    second = report_at("due", project, number=2)
    training = project.activities.get(name="Train the operators")
    url = page("report_activity", second, training.pk)
    writer = signed_in(project.group.representative)
    post(writer, url, second, what_was_done="Twelve came.")
    form = writer.get(url).context["form"]
    assert (form["done_percent"].value(), form["what_was_done"].value()) == (50, "Twelve came.")


def test_the_coordinator_writes_and_the_representative_reads(person, signed_in):
    project = make_project()
    coordinator = person("coordinator")
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    report = report_at("due", project)
    assert signed_in(coordinator).get(page("report_edit", report)).status_code == 200
    writer = signed_in(project.group.representative)
    assert writer.get(page("report_detail", report)).status_code == 200
    refused = writer.get(page("report_edit", report))
    assert refused.status_code == 409
    assert "Coordinator coordinates this project" in refused.content.decode()


PAGES = ("report_edit", "report_check", "report_outcome_add", "report_detail", "report_receipt", "report_pdf")


def test_a_coordinator_of_another_group_finds_nothing(report, person, signed_in):
    other = make_project(make_group(name="Other"))
    stranger = person("other")
    make_appointment(other.group, stranger, confirmed_from=dt.date(2025, 12, 1))
    writer = signed_in(stranger)
    addresses = [page(name, report) for name in PAGES]
    addresses += [
        page("report_activity", report, kiln(report).pk),
        page("report_act", report, "accept"),
    ]
    for url in addresses:
        assert writer.get(url).status_code == 404, url
        if not url.endswith(("receipt/", f"reports/{report.pk}/")):
            assert writer.post(url, {"version": report.version}).status_code == 404, url
    report.refresh_from_db()
    assert report.status == "due"


def test_the_officer_does_not_write(report, signed_in):
    response = signed_in(the_officer(report.project)).get(page("report_edit", report))
    assert response.status_code == 403
    assert "Coordinator" in response.content.decode()


def test_a_visitor_is_asked_to_sign_in(client, report):
    assert client.get(page("report_edit", report)).status_code == 302


def test_an_activity_of_another_project_is_not_there(writer, report):
    other = make_project(make_group(name="Other"))
    url = page("report_activity", report, other.activities.first().pk)
    assert writer.get(url).status_code == 404
    assert writer.post(url, {"version": report.version}).status_code == 404


# --- Bad input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("101", "The percentage must be at most 100."),
        ("1e308", "Write a number"),
        ("NaN", "Write a number"),
        ("-5", "negative"),
        ("many", "Write a number"),
        ("33,5", "Write a whole number from 0 to 100."),
        ("9" * 400, ""),
    ],
)
def test_a_percentage_that_is_none_is_refused_at_its_field(writer, report, typed, sentence):
    url = page("report_activity", report, kiln(report).pk)
    response = post(writer, url, report, done_percent=typed, what_was_done="We worked.")
    assert response.status_code == 422
    assert sentence in " ".join(errors(response))
    assert 'id="id_done_percent"' in response.content.decode()
    assert "We worked." in response.content.decode()
    report.refresh_from_db()
    assert (report.status, report.activities.count()) == ("due", 0)


def test_a_draft_that_lacks_its_reasons_is_saved_and_asked_for_all_of_them_at_the_check(writer, report):
    """The kiln should be done and is not, the training is behind: two answers are short of three things."""
    training = report.project.activities.get(name="Train the operators")
    late, behind = (page("report_activity", report, each.pk) for each in (kiln(report), training))
    half = {"what_was_done": "We worked."}
    assert post(writer, late, report, done_percent="90", **half).status_code == 302
    assert post(writer, behind, report, done_percent="34", reason="  ", **half).status_code == 302
    response = writer.get(page("report_edit", report))
    assert "Say why this activity is behind: Train the operators." in response.content.decode()
    missing = {
        f'<a href="{late}#id_reason">Say why this activity is behind: Buy the kiln.</a>',
        f'<a href="{late}#id_expected_last_month">Say in which month this activity will be done: Buy the kiln.</a>',
        f'<a href="{behind}#id_reason">Say why this activity is behind: Train the operators.</a>',
        f'<a href="{page("report_edit", report)}#id_summary">Say in a few words how the period went.</a>',
    }
    text = writer.get(page("report_check", report)).content.decode()
    assert all(each in text for each in missing)
    refused = post(writer, page("report_check", report), report)
    assert refused.status_code == 409
    assert len(errors(refused)) == len(missing)
    assert not missing - set(re.findall("<a href=[^>]*>[^<]*</a>", refused.content.decode()))


def test_less_than_last_time_wants_a_reason(signed_in):
    project = make_project()
    report_at("accepted", project)
    second = report_at("due", project, number=2)
    writer = signed_in(project.group.representative)
    training = project.activities.get(name="Train the operators")
    url = page("report_activity", second, training.pk)
    response = post(
        writer,
        url,
        second,
        done_percent="49",
        what_was_done="We worked.",
        expected_last_month="7",
        reason=" ",
    )
    assert errors(response) == ["Say why it slipped."]
    response = post(writer, url, second, done_percent="49", what_was_done="We worked.", reason=" ")
    assert response.status_code == 302
    text = writer.get(page("report_check", second)).content.decode()
    assert "Say why this activity is behind: Train the operators." in text


def test_an_answer_that_is_not_whole_is_saved_and_said_at_the_check(writer, report):
    url = page("report_activity", report, kiln(report).pk)
    assert post(writer, url, report, done_percent="", what_was_done="Half a story").status_code == 302
    text = writer.get(page("report_check", report)).content.decode()
    assert "2 activities have no answer yet, the first is: Buy the kiln." in text
    assert 'aria-disabled="true"' in text
    refused = post(writer, page("report_check", report), report)
    assert refused.status_code == 409
    assert errors(refused) == [
        "1 activity has no answer yet: Buy the kiln.",
        "1 activity has no answer yet: Train the operators.",
        "Say in a few words how the period went.",
    ]


@pytest.mark.parametrize("field", ["photo", "papers"])
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("kiln.png", b"this is no picture", ""),
        ("kiln.exe", PNG, "not accepted"),
        ("kiln.png", b"", "empty"),
        ("kiln.pdf", PNG, ""),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(writer, report, field, name, content, sentence):
    url = page("report_activity", report, kiln(report).pk)
    upload = SimpleUploadedFile(name, content, content_type="image/png")
    response = post(writer, url, report, done_percent="100", what_was_done="We worked.", **{field: upload})
    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert sentence in errors(response)[0]
    assert f'href="#id_{field}"' in response.content.decode()
    report.refresh_from_db()
    assert (report.status, report.activities.count(), report.evidence.count()) == ("due", 0, 0)


def test_a_file_that_is_too_large_is_refused(writer, report, settings):
    settings.UPLOAD_MAX_BYTES = 100
    url = page("report_activity", report, kiln(report).pk)
    big = SimpleUploadedFile("kiln.png", PNG + b"0" * 11 * 1024 * 1024, content_type="image/png")
    response = post(writer, url, report, done_percent="100", what_was_done="We worked.", papers=big)
    assert response.status_code == 422
    assert "too large" in errors(response)[0]


def test_two_tabs_the_second_one_is_told_and_loses_nothing(writer, report):
    url = page("report_activity", report, kiln(report).pk)
    old = report.version
    late = {"reason": "Customs.", "expected_last_month": "5"}
    post(writer, url, report, done_percent="90", what_was_done="First tab.", **late)
    response = writer.post(
        url, {"version": old, "done_percent": "95", "what_was_done": "Second tab.", **late}
    )
    assert response.status_code == 409
    text = response.content.decode()
    assert "Somebody changed this report since you opened the page" in errors(response)[0]
    assert "Second tab." in text
    # What is saved stands beside it.
    assert "First tab." in text
    assert report.activities.get().what_was_done == "First tab."


def test_saving_a_part_costs_at_most_twelve_queries(report, signed_in):
    """Under the lock; the whole request knows who asks and reads the plan besides."""
    late = {"done_percent": 90, "what_was_done": "We worked.", "reason": "Customs.", "expected_last_month": 5}
    writer, by = signed_in(report.group.representative), report.group.representative
    report = actions.save_summary(by=by, report=report, version=report.version, now=AFTER, summary="Begun.")
    activity = kiln(report)
    activity_pk = activity.pk
    acts = (
        (actions.save_activity, {"activity": activity, **late}),
        (actions.save_summary, {"summary": "It went well."}),
        (actions.confirm_unchanged, {}),
    )
    for act, values in acts:
        report = ProgressReport.objects.with_case().get(pk=report.pk)
        with saved_queries() as found:
            act(by=by, report=report, version=report.version, now=AFTER, **values)
        assert len(found) <= 12, said(found)
    for url, most in ((page("report_activity", report, activity_pk), 28), (page("report_edit", report), 28)):
        report.refresh_from_db()
        with saved_queries() as found:
            assert (
                writer.post(url, {"version": report.version, "summary": "Well.", **late}).status_code == 302
            )
        assert len(found) <= most, said(found)


def said(found: list[dict]) -> str:
    """What each statement is about, for who has to find one too many."""
    return "\n".join(query["sql"].split(" FROM ")[-1][:110] for query in found)


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
def test_a_form_without_its_version_is_stale(writer, report, version):
    response = writer.post(page("report_edit", report), {"version": version, "summary": "Hello"})
    assert response.status_code == 409
    report.refresh_from_db()
    assert report.summary == ""


def test_sending_twice_sends_once(writer, report):
    answer(report, by=report.group.representative, now=AFTER)
    report.refresh_from_db()
    url, version = page("report_check", report), {"version": report.version}
    assert writer.post(url, version).status_code == 302
    assert writer.post(url, version).status_code == 409
    report.refresh_from_db()
    assert report.status == "submitted"
    assert report.case.events.filter(action="progressreport.submit").count() == 1


def test_more_fields_than_the_page_has_change_nothing(writer, report):
    url = page("report_activity", report, kiln(report).pk)
    post(
        writer,
        url,
        report,
        done_percent="100",
        what_was_done="We worked.",
        planned_percent="1",
        status="accepted",
        report_id="999",
    )
    row = report.activities.get()
    assert (row.planned_percent, row.report_id) == (100, report.pk)
    report.refresh_from_db()
    assert report.status == "draft"


@pytest.mark.parametrize("state", ["planned", "submitted", "accepted", "skipped"])
def test_in_another_state_the_pages_say_why(state, signed_in):
    report = report_at(state)
    writer = signed_in(report.group.representative)
    for name in ("report_edit", "report_check", "report_outcome_add"):
        assert writer.get(page(name, report)).status_code == 409


def test_a_forged_post_changes_nothing_of_an_accepted_report(signed_in):
    report = report_at("accepted")
    activity = kiln(report)
    given = {
        "version": report.version,
        "summary": "Rewritten.",
        "done_percent": "100",
        "what_was_done": "Rewritten.",
        "reason": "So.",
        **outcome(),
    }

    def whole() -> tuple:
        rows = ProgressReport.objects.filter(pk=report.pk).values().get()
        return (
            rows,
            list(report.activities.order_by("pk").values()),
            report.outcomes.count(),
            report.evidence.count(),
            report.returns.count(),
            report.case.events.count(),
        )

    before, writer = whole(), signed_in(report.group.representative)
    for name, *args in (
        ("report_edit",),
        ("report_activity", activity.pk),
        ("report_unchanged",),
        ("report_outcome_add",),
        ("report_entry_add", "people"),
        ("report_notebook_whole",),
        ("report_check",),
    ):
        assert writer.post(page(name, report, *args), given).status_code == 409, name
    officer = signed_in(the_officer(report.project))
    for act in ("accept", "return_report", "move", "skip", "cancel"):
        sent = {**given, "due_on": "01/05/2026", **NO_OBSERVATIONS}
        assert officer.post(page("report_act", report, act), sent).status_code == 409, act
    assert whole() == before


NO_OBSERVATIONS = {
    "observations-TOTAL_FORMS": "3",
    "observations-INITIAL_FORMS": "0",
    "observations-MIN_NUM_FORMS": "0",
    "observations-MAX_NUM_FORMS": "3",
}


# --- Outcomes ------------------------------------------------------------------------------------------------


def outcome(**changed) -> dict:
    return {"kind": "marketing", "figure": "12", "on": "01/02/2026", "text": "The list", **changed}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"figure": "-1"}, "negative"),
        ({"figure": "NaN"}, "Write a number"),
        ({"figure": "1e308"}, "Write a number"),
        ({"figure": ""}, "How many"),
        ({"figure": "0"}, "Write a figure above 0"),
        ({"on": "2026-03-11"}, "still to come"),
        ({"on": "2025-12-09"}, "before the project began"),
        ({"on": "31/02/2026"}, "a day that exists"),
        ({"kind": "wealth"}, ""),
        ({"text": ""}, "What shows it"),
    ],
)
def test_an_outcome_that_does_not_hold_is_refused(writer, report, changed, sentence):
    response = post(writer, page("report_outcome_add", report), report, **outcome(**changed))
    assert response.status_code == 422
    assert sentence in " ".join(errors(response))
    assert not Outcome.objects.exists()


def test_an_outcome_is_added_changed_and_taken_out(writer, report):
    post(writer, page("report_outcome_add", report), report, **outcome(), upload=photo())
    row = Outcome.objects.get()
    assert (row.figure, row.document.filename) == (12, "kiln.png")
    post(writer, page("report_outcome_edit", report, row.pk), report, **outcome(figure="1.234,5"))
    row.refresh_from_db()
    assert str(row.figure) == "1234.50"
    assert row.document.filename == "kiln.png"
    post(writer, page("report_outcome_remove", report, row.pk), report)
    assert not Outcome.objects.exists()


def test_evidence_is_taken_out_and_its_file_stays_with_the_case(writer, report):
    url = page("report_activity", report, kiln(report).pk)
    post(writer, url, report, done_percent="100", what_was_done="We worked.", photo=photo(), then="stay")
    piece = report.evidence.get()
    assert writer.get(reverse("document", args=[piece.document_id])).status_code == 200
    response = post(writer, page("report_evidence_remove", report, piece.pk), report)
    assert response.url == url
    assert not report.evidence.exists()
    assert report.case.documents.filter(pk=piece.document_id).exists()


def test_the_return_stands_above_the_report(signed_in):
    report = report_at("returned")
    writer = signed_in(report.group.representative)
    for name in ("report_edit", "report_detail"):
        assert "Show the invoice." in writer.get(page(name, report)).content.decode()


def test_a_returned_report_is_sent_again(signed_in):
    report = report_at("returned")
    first = report.sha256
    writer = signed_in(report.group.representative)
    post(writer, page("report_edit", report), report, summary="With the invoice.")
    assert post(writer, page("report_check", report), report).status_code == 302
    report.refresh_from_db()
    assert report.status == "submitted"
    assert report.sha256 != first
    assert report.returns.get().sha256 == first
    assert REPORT.apply(report, "accept", by=the_officer(report.project), now=AFTER).status == "accepted"
