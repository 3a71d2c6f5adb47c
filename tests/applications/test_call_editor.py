"""The pages on which admins write a call: who may, what each saves and refuses, two at once, what the history says."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import calls, readiness
from applications.calls.pages import LABELS, PAGES
from applications.forms.call_editor import FORMS
from applications.models import Call, CallCut
from core import timeline
from tests.applications.call_pages import page_url, save
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, draft, make_call
from tests.factories_groups import make_sector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def desk(client):
    """A client of an admin."""
    client.force_login(OFFICE.admin)
    return client


@pytest.fixture
def call():
    return make_call(code="C-1", published=False)


def history(call: Call) -> list[timeline.Row]:
    return timeline.rows(call.case, OFFICE.admin)


# --- Who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["call_desk", "call_create"])
def test_the_desk_is_for_who_writes_calls(client, officer, name):
    client.force_login(officer)
    page = client.get(reverse(name))
    assert page.status_code == 403
    assert "Programme admin" in page.text


def test_an_officer_reads_a_draft_and_does_not_write_it(client, officer, stranger, call):
    client.force_login(officer)
    assert client.get(page_url(call, "texts")).status_code == 403
    client.force_login(stranger)
    assert client.get(page_url(call, "texts")).status_code == 404


@pytest.mark.parametrize("part", ["nothing", "texts2", "__class__"])
def test_a_page_that_there_is_not_is_404(desk, call, part):
    assert desk.get(page_url(call, part)).status_code == 404


def test_the_desk_is_in_the_navigation_of_admins_only(client, officer):
    address = f'href="{reverse("call_desk")}"'
    client.force_login(officer)
    assert address not in client.get(reverse("call_list")).text
    client.force_login(OFFICE.admin)
    assert address in client.get(reverse("call_list")).text


def test_the_desk_costs_the_same_however_many_calls_there_are(desk):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse("call_desk")).status_code == 200
        return len(queries)

    make_call(code="A-0")
    one = count()
    for number in range(1, 30):
        make_call(code=f"A-{number}", published=False)
    assert count() == one <= 8


# --- Saving ------------------------------------------------------------------------------------------


def test_every_column_of_a_page_is_in_its_form_and_has_its_words():
    for page in PAGES:
        form = FORMS.get(page.code)
        shown = set(form.base_fields) if form else set()
        shown |= {"share_by_category"} if page.code == "money" else set()
        assert set(page.fields) <= shown, page.code
        assert all(name in LABELS for name in page.fields)


@pytest.mark.parametrize("part", sorted(FORMS))
def test_a_page_saved_as_it_is_changes_nothing(desk, call, part):
    answer = save(desk, call, part)
    assert answer.status_code == 302, answer.context["form"].errors
    call.refresh_from_db()
    assert call.version == 0
    assert not call.case.events.filter(action="call.edited").exists()


def test_what_is_written_is_saved_and_told_with_before_and_after(desk, call):
    wood = make_sector("wood")
    answer = save(
        desk,
        call,
        "who",
        min_firms="6",
        provinces=["AR-N", "AR-W"],
        sectors=[wood.pk],
        others_admitted=None,
        confirmations="quorum",
        quorum="75",
    )
    assert answer.headers["Location"] == page_url(call, "money")
    call.refresh_from_db()
    assert (call.min_firms, call.provinces, call.others_admitted) == (6, ["AR-N", "AR-W"], False)
    assert (call.confirmations, call.quorum, list(call.sectors.all())) == ("quorum", 75, [wood])
    row = history(call)[0]
    assert row.sentence == "Call changed: Who may apply"
    assert ("Smallest number of SMEs", "5", "6") in row.details
    assert ("Provinces", "–", "Misiones, Corrientes") in row.details
    assert ("Sectors", "–", str(wood)) in row.details


def test_shares_by_category_are_saved_as_the_rules_read_them(desk, call):
    save(desk, call, "money", share_innovation="62,5", max_per_firm="1.500.000,50")
    call.refresh_from_db()
    assert call.share_by_category == {"innovation": "62.50"}
    assert call.max_per_firm == Decimal("1500000.50")


def test_cuts_and_tranches_are_written_as_rows(desk, call):
    moments = {"cuts-0-at": "2026-05-04T12:00", "cuts-1-at": "2026-07-06T12:00"}
    assert save(desk, call, "dates", intake="cuts", closes_at="", **moments).status_code == 302
    assert [cut.number for cut in call.cuts.all()] == [1, 2]
    answer = save(desk, call, "reports", **{"tranches-0-percent": "30", "tranches-1-percent": "70"})
    assert answer.status_code == 302
    assert [str(part.percent) for part in call.tranches.all()] == ["30.00", "70.00"]


def test_a_draft_is_saved_incomplete_and_says_what_is_missing(desk, call):
    save(desk, call, "texts", title_en="", text_es="")
    assert save(desk, call, "reports", **{"tranches-1-percent": ""}).status_code == 422
    parts = {"tranches-1-percent": "", "tranches-1-after_report": ""}
    assert save(desk, call, "reports", **parts).status_code == 302
    text = desk.get(reverse("call_edit", args=["C-1"])).text
    assert "Write the title in both languages." in text
    assert "The tranches must add up to 100 %." in text
    assert f'href="{page_url(call, "reports")}"' in text


def test_a_line_brings_what_it_fixes(desk):
    call = make_call("partnership", code="P-1", published=False)
    save(desk, call, "who", line="grant")
    call.refresh_from_db()
    assert "coordination" not in call.categories
    assert call.salary_per_month is None
    save(desk, call, "who", line="joint_investment", needs_prior_support="on")
    call.refresh_from_db()
    assert call.needs_prior_support


# --- Refusing ----------------------------------------------------------------------------------------

NONSENSE = [
    ("texts", "title_en", "x" * 201),
    ("texts", "text_es", "a\0b"),
    ("dates", "opens_at", ""),
    ("dates", "opens_at", "31/02/2026 10:00"),
    ("dates", "closes_at", "2020-01-01T10:00"),
    ("dates", "envelope", "-1"),
    ("dates", "envelope", "1e308"),
    ("dates", "intake", "whenever"),
    ("dates", "cuts-0-at", "tomorrow"),
    ("who", "line", "gift"),
    ("who", "min_firms", "4"),
    ("who", "min_firms", "5.5"),
    ("who", "min_firms", "99999999999999999999"),
    ("who", "provinces", ["AR-N", "XX"]),
    ("who", "sectors", ["0"]),
    ("who", "sectors", ["x"]),
    ("who", "min_group_months", "-1"),
    ("who", "confirmations", "some"),
    ("who", "quorum", "0"),
    ("money", "months", "37"),
    ("money", "months", ""),
    ("money", "max_share", "0"),
    ("money", "max_share", "100,01"),
    ("money", "max_per_firm", "99.999.999,00"),
    ("money", "categories", ["coordination"]),
    ("money", "categories", ["horses"]),
    ("money", "share_innovation", "101"),
    ("payment", "payment", "barter"),
    ("payment", "payee", ""),
    ("payment", "counterpart_kinds", ["promises"]),
    ("payment", "in_kind_cap", "abc"),
    ("payment", "quotes_from", "NaN"),
    ("payment", "quotes_needed", "11"),
    ("payment", "cash_limit", "-1"),
    ("payment", "tolerance", ""),
    ("reviews", "reviews_needed", "0"),
    ("reviews", "pass_mark", "100,5"),
    ("reviews", "max_spread", "-1"),
    ("reviews", "spread_asks", "duel"),
    ("reviews", "tie_rule", "coin"),
    ("reports", "report_every_months", "0"),
    ("reports", "tranches-0-percent", "0"),
    ("reports", "tranches-0-after_report", "-1"),
    ("days", "days_to_answer", "0"),
    ("days", "days_to_sign", "366"),
    ("days", "working_days", "sometimes"),
    ("days", "points_behind", "101"),
]


@pytest.mark.parametrize(("part", "name", "value"), NONSENSE)
def test_nonsense_is_refused_at_its_field(desk, call, part, name, value):
    answer = save(desk, call, part, **{name: value})
    assert answer.status_code == 422
    assert f'href="#id_{name}' in answer.text
    assert not call.case.events.filter(action="call.edited").exists()


def test_reviewers_meet_only_where_it_is_said_how_far_apart_they_may_lie(desk, call):
    answer = save(desk, call, "reviews", spread_asks="consensus")
    assert answer.status_code == 422
    assert 'href="#id_max_spread"' in answer.text
    assert "Say how far reviews may lie apart before the reviewers meet." in answer.text
    assert save(desk, call, "reviews", spread_asks="consensus", max_spread="20").status_code == 302
    call.refresh_from_db()
    assert call.asks_to_meet
    call.reviews_needed = 1
    sentences = [each.sentence for each in readiness.missing(call, NOON) if each.page == "reviews"]
    assert any("One review lies apart from no other" in sentence for sentence in sentences)
    call.max_spread = None
    sentences = [each.sentence for each in readiness.missing(call, NOON) if each.page == "reviews"]
    assert any("Say how far reviews may lie apart" in sentence for sentence in sentences)


def test_tranches_of_more_than_the_whole_are_said_where_they_go_over(desk, call):
    more = {"tranches-0-percent": "60", "tranches-1-percent": "60"}
    answer = save(desk, call, "reports", **more)
    assert answer.status_code == 422
    assert 'href="#id_tranches-1-percent"' in answer.text
    assert answer.text.count("The tranches are more than 100 % together.") == 2


def test_a_line_of_action_is_chosen_among_the_three_that_there_are(desk, call):
    answer = desk.get(page_url(call, "who"))
    assert answer.text.count('name="line"') == 3


def test_a_page_calls_nothing_optional_that_publishing_needs(desk, call):
    assert "(optional)" not in desk.get(page_url(call, "texts")).text
    assert "(optional)" not in desk.get(page_url(call, "dates")).text


def test_a_closing_day_that_nobody_has_set_is_said_as_such(desk):
    make_call(code="C-2", published=False, intake="closing", closes_at=None)
    assert "Not set yet" in desk.get(reverse("call_edit", args=["C-2"])).text


@pytest.mark.parametrize(
    ("part", "forged", "sentence"),
    [
        ("dates", {"cuts-TOTAL_FORMS": "100000"}, "There are too many rows: at most 24."),
        ("dates", {"cuts-TOTAL_FORMS": None}, "The rows did not arrive whole."),
        ("reports", {"tranches-TOTAL_FORMS": "x"}, "The rows did not arrive whole."),
        ("reports", {"tranches-0-percent": "60", "tranches-1-percent": "60"}, "error-summary"),
    ],
)
def test_forged_rows_are_refused_in_words_for_people(desk, call, part, forged, sentence):
    answer = save(desk, call, part, **forged)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "ManagementForm" not in answer.text


def test_further_fields_of_a_post_change_nothing(desk, call):
    save(desk, call, "texts", title_en="New", status="published", code="HACKED", envelope="1")
    call.refresh_from_db()
    assert (call.title_en, call.status, call.code) == ("New", "draft", "C-1")
    assert call.envelope == Decimal("50000000.00")


def test_cuts_follow_each_other(desk, call):
    moments = {"cuts-0-at": "2026-07-06T12:00", "cuts-1-at": "2026-05-04T12:00"}
    answer = save(desk, call, "dates", intake="cuts", closes_at="", **moments)
    assert answer.status_code == 422
    assert "A cut comes after the one before it." in answer.text


# --- Two at once -------------------------------------------------------------------------------------


def test_who_saves_late_sees_both_and_loses_nothing(desk, call):
    with calls.editing(call, by=OFFICE.admin, page="money", version=0, now=NOON) as fresh:
        fresh.max_share = Decimal(55)
    answer = save(desk, call, "money", version="0", max_share="40")
    assert answer.status_code == 409
    assert "Saved now: 55" in answer.text
    assert "You typed: 40" in answer.text
    assert 'value="40"' in answer.text
    call.refresh_from_db()
    assert call.max_share == 55
    assert save(desk, call, "money", max_share="40").status_code == 302
    call.refresh_from_db()
    assert call.max_share == 40


def test_another_page_that_somebody_wrote_is_no_conflict(desk, call):
    with calls.editing(call, by=OFFICE.admin, page="texts", version=0, now=NOON) as fresh:
        fresh.title_en = "Another title"
    assert save(desk, call, "days", version="0", days_to_sign="44").status_code == 302
    call.refresh_from_db()
    assert (call.days_to_sign, call.title_en, call.version) == (44, "Another title", 2)


@pytest.mark.parametrize("version", ["", "x", "-1", "99"])
def test_without_a_version_nothing_is_saved(desk, call, version):
    assert save(desk, call, "days", version=version, days_to_sign="44").status_code == 409


# --- Published, and with applications ----------------------------------------------------------------


def test_a_published_call_that_nobody_answered_is_still_written_and_stays_whole(desk):
    call = make_call(code="C-2")
    text = desk.get(page_url(call, "reports")).text
    assert "everybody reads what you save" in text
    half = {"tranches-1-percent": "", "tranches-1-after_report": ""}
    answer = save(desk, call, "reports", **half)
    assert answer.status_code == 409
    assert "stays whole" in answer.text
    whole = {"tranches-0-percent": "50", "tranches-1-percent": "50"}
    assert save(desk, call, "reports", **whole).status_code == 302
    assert history(call)[0].sentence == "Call changed: Reports and tranches"
    assert save(desk, call, "texts", title_es="").status_code == 422


def test_the_days_of_a_published_call_are_only_extended(desk):
    call = make_call(code="C-2")
    page = desk.get(page_url(call, "dates"))
    assert "its days are only extended" in page.text
    assert reverse("call_extend", args=["C-2"]) in page.text
    assert save(desk, call, "dates", envelope="1").status_code == 409


@pytest.mark.parametrize("part", ["who", "money", "payment", "reviews", "reports", "days"])
def test_with_applications_the_rules_are_frozen_and_the_page_says_why(desk, part):
    call = make_call(code="C-3")
    draft(call=call)
    shown = desk.get(page_url(call, part))
    assert "the rules of the call stay as they are" in shown.text
    assert reverse("call_envelope", args=["C-3"]) in shown.text
    assert "Save and continue" not in shown.text
    before = Call.objects.filter(pk=call.pk).values().get()
    assert save(desk, call, part, min_firms="7", months="11", days_to_sign="3").status_code == 409
    assert Call.objects.filter(pk=call.pk).values().get() == before


def test_with_applications_a_slip_of_the_pen_is_still_mended(desk):
    call = make_call(code="C-3")
    draft(call=call)
    assert save(desk, call, "texts", title_en="Call C-3, mended").status_code == 302
    call.refresh_from_db()
    assert call.title_en == "Call C-3, mended"
    call.case.refresh_from_db()
    assert call.case.title == call.title_es


def test_the_database_keeps_the_cuts_of_a_call_that_has_applications():
    call = make_call(code="C-4", closes_at=None, published=False, intake="cuts")
    CallCut.objects.create(call=call, number=1, at=NOON + 5 * DAY)
    Call.objects.filter(pk=call.pk).update(status="published")
    draft(call=Call.objects.get(pk=call.pk))
    for change in (
        lambda: CallCut.objects.filter(call=call).update(at=NOON + 6 * DAY),
        lambda: CallCut.objects.filter(call=call).delete(),
    ):
        with pytest.raises(DatabaseError, match="keeps its rules"), transaction.atomic():
            change()
    CallCut.objects.create(call=call, number=2, at=NOON + 9 * DAY)
