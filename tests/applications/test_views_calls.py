"""The public pages of calls: which are shown, what a call says, the self-check, and starting an application."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Application, Call, CallCut
from tests.clock import NOON
from tests.factories_applications import DAY, draft, make_call
from tests.factories_groups import give_place, make_group, make_sector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def page_of(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


# --- The list ----------------------------------------------------------------------------------------


def test_open_calls_come_first_by_their_closing_date_then_what_opens_then_what_closed(client):
    make_call(code="LATER", closes_at=NOON + 30 * DAY)
    make_call(code="SOON", closes_at=NOON + 5 * DAY)
    make_call(code="ENDLESS", closes_at=None)
    make_call(code="COMING", opens_at=NOON + 3 * DAY, closes_at=NOON + 30 * DAY)
    make_call(code="OVER", opens_at=NOON - 60 * DAY, closes_at=NOON - DAY)
    text = page_of(client, "call_list").text
    places = [text.index(f"Call {code}") for code in ("SOON", "LATER", "ENDLESS", "COMING", "OVER")]
    assert places == sorted(places)
    assert text.index("Call ENDLESS") < text.index("Opening soon") < text.index("Call COMING")
    assert text.index("Call COMING") < text.index("<h2>Closed already</h2>") < text.index("Call OVER")


def test_a_draft_of_a_call_is_for_those_who_prepare_it(client, officer):
    make_call(code="DRAFT", published=False)
    assert "Call DRAFT" not in page_of(client, "call_list").text
    assert page_of(client, "call_detail", "DRAFT").status_code == 404
    client.force_login(officer)
    assert "Call DRAFT" in page_of(client, "call_list").text
    assert page_of(client, "call_detail", "DRAFT").status_code == 200


def test_without_a_call_the_list_says_what_to_expect(client):
    text = page_of(client, "call_list").text
    assert "No call is open now" in text
    assert "No call has closed yet" in text


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_that_is_not_there_is_the_nearest_one(client, page):
    assert page_of(client, "call_list", page=page).status_code == 200


def test_the_list_asks_as_many_questions_however_many_calls_there_are(client):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page_of(client, "call_list").status_code == 200
        return len(queries)

    make_call(code="OPEN-0")
    make_call(code="OVER-0", opens_at=NOON - 60 * DAY, closes_at=NOON - DAY)
    # open, their cuts, coming, drafts, how many closed ones, the closed ones
    assert count() == 6
    for number in range(1, 30):
        make_call(code=f"OPEN-{number}")
        make_call(code=f"OVER-{number}", opens_at=NOON - 60 * DAY, closes_at=NOON - DAY)
    assert count() == 6


# --- One call ----------------------------------------------------------------------------------------


def test_a_call_says_its_rules_in_plain_words(client):
    call = make_call(provinces=["AR-N", "AR-W"], min_group_months=12, min_firms=6)
    call.sectors.add(make_sector("wood"))
    text = " ".join(page_of(client, "call_detail", call.code).text.split())
    for words in (
        "at least 6 firms that are SMEs",
        "Misiones, Corrientes",
        "at least 12 months",
        "$ 10.000.000,00",
        "at most 70 %",
        "Minutes",
        "Quotes (optional)",
        "Learning (60 %)",
        "Closes on",
        "30/03/2026 12:00 (Buenos Aires)",
    ):
        assert words in text


def test_a_call_whose_reviewers_meet_says_so(client):
    call = make_call(max_spread=25, spread_asks="consensus")
    text = " ".join(page_of(client, "call_detail", call.code).text.split())
    assert "If the scores are more than 25 points apart, the reviewers meet" in text
    assert "one more is asked for" not in text


def test_a_call_says_what_else_it_sets(client):
    call = make_call(
        closes_at=None,
        intake="cuts",
        published=False,
        confirmations="quorum",
        quorum=80,
        certificate_accepted=False,
        joint_work_proof=True,
        payee="each",
        counterpart_kinds=["money", "in_kind"],
        in_kind_cap=40,
        vat_eligible=True,
        quotes_from=Decimal("500000.00"),
        quotes_needed=3,
        cash_limit=Decimal("50000.00"),
        max_spread=25,
        working_days=True,
    )
    CallCut.objects.create(call=call, number=1, at=NOON + 5 * DAY)
    CallCut.objects.create(call=call, number=2, at=NOON + 50 * DAY)
    Call.objects.filter(pk=call.pk).update(status="published")
    text = " ".join(page_of(client, "call_detail", call.code).text.split())
    for words in (
        "Next cut: 15/03/2026 12:00 (Buenos Aires)",
        "29/04/2026 12:00 (Buenos Aires)",
        "At least 80 % of the firms confirm",
        "The sales of three years show the size",
        "shows with a document what it did together",
        "Each firm for its own costs",
        "At most 40 % of it in kind.",
        "VAT counts as a cost.",
        "Of each voucher at most $ 50.000,00 in cash.",
        "3 quotes for each cost from $ 500.000,00 on.",
        "If the scores are more than 25 points apart",
        "10 working days to ask for reconsideration",
        "One every 3 months, sent within 10 days; the final one within 30 days.",
    ):
        assert words in text, words
    assert "Next cut: 15/03/2026" in page_of(client, "call_list").text
    Call.objects.filter(pk=call.pk).update(intake="arrival")
    assert "decided in the order in which they arrive" in page_of(client, "call_detail", call.code).text


def test_a_closed_call_says_why_nobody_can_start(client):
    call = make_call(opens_at=NOON - 60 * DAY, closes_at=NOON - DAY)
    text = page_of(client, "call_detail", call.code).text
    assert "The call is not open." in text
    assert reverse("application_start", args=[call.code]) not in text


def test_a_call_that_is_not_there_is_404(client):
    assert page_of(client, "call_detail", "NOTHING").status_code == 404


# --- The self-check ----------------------------------------------------------------------------------


def test_the_self_check_asks_only_what_makes_a_difference(client):
    plain = make_call().code
    strict = make_call(provinces=["AR-N"], min_group_months=12, others_admitted=False).code
    assert 'name="province"' not in page_of(client, "call_detail", plain).text
    text = page_of(client, "call_detail", strict).text
    for name in ("smes", "others", "months", "province"):
        assert f'name="{name}"' in text


def test_a_group_that_fits_is_told_so(client):
    call = make_call(provinces=["AR-N"], min_group_months=12)
    page = page_of(client, "call_detail", call.code, smes="5", months="14", province="AR-N")
    assert page.status_code == 200
    assert "your group fits this call" in page.text
    assert "You are 5 SMEs; this call asks for at least 5." in page.text


def test_a_group_that_does_not_fit_is_told_what_is_in_the_way(client):
    call = make_call(provinces=["AR-N"], min_group_months=12)
    text = page_of(client, "call_detail", call.code, smes="4", months="3", province="AR-X").text
    assert "does not fit this call yet" in text
    assert "You are 4 SMEs; this call asks for at least 5: 1 is missing." in text
    assert "You have worked together for 3 months, and the call asks for 12." in text
    assert "The call is not for groups of Córdoba. It is for: Misiones." in text


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        ({"cost": "1.000.000", "amount": "700.000"}, "your group fits this call"),
        ({"cost": "1.000.000", "amount": "700.000,01"}, "at most 70 % of it, that is $ 700.000,00"),
        ({"cost": "90.000.000", "amount": "10.000.000,01"}, "a project gets at most $ 10.000.000,00"),
        ({"cost": "20.000.000", "amount": "6.000.000"}, "Each firm gets at most $ 1.000.000,00"),
    ],
)
def test_what_a_group_would_ask_for_is_held_against_the_limits(client, asked, outcome):
    call = make_call(max_per_firm=Decimal("1000000.00"))
    text = page_of(client, "call_detail", call.code, smes="5", **asked).text.replace("\xa0", " ")
    assert outcome in text
    assert ("fits this call." in text) == (outcome == "your group fits this call")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("amount", {"cost": "100", "amount": "101"}),
        ("cost", {"amount": "100"}),
        ("cost", {"cost": "-1", "amount": "1"}),
        ("amount", {"cost": "100", "amount": "1e308"}),
    ],
)
def test_nonsense_about_money_is_said_at_its_field(client, name, asked):
    page = page_of(client, "call_detail", make_call().code, smes="5", **asked)
    assert page.status_code == 422
    assert f'href="#id_{name}"' in page.text


@pytest.mark.parametrize("smes", ["", "x", "-1", "1e308", "99999999999999999999", "NaN", "\0"])
def test_nonsense_in_the_self_check_is_said_at_the_field(client, smes):
    page = page_of(client, "call_detail", make_call().code, smes=smes)
    assert page.status_code == 422
    assert 'href="#id_smes"' in page.text


# --- Starting ----------------------------------------------------------------------------------------


def test_starting_asks_to_sign_in_and_comes_back(client):
    call = make_call()
    answer = page_of(client, "application_start", call.code)
    assert answer.status_code == 302
    assert f"next=/calls/{call.code}/start/" in answer.headers["Location"]


def test_a_representative_starts_for_their_group(client):
    group, call = make_group(), make_call()
    client.force_login(group.representative)
    page = page_of(client, "application_start", call.code)
    assert f'value="{group.pk}"' in page.text
    assert "checked" in page.text, "the only group is chosen already"
    answer = client.post(reverse("application_start", args=[call.code]), {"group": group.pk})
    application = Application.objects.get()
    assert answer.headers["Location"] == reverse("application_detail", args=[application.pk])
    assert (application.group, application.call, application.status) == (group, call, "draft")


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_write_for_a_group_is_offered_none(client, person, role):
    group, call, user = make_group(), make_call(), person("user")
    if role:
        give_place(group, user, role)
    client.force_login(user)
    assert "Create a group" in page_of(client, "application_start", call.code).text
    answer = client.post(reverse("application_start", args=[call.code]), {"group": group.pk})
    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_a_second_application_of_the_group_is_refused_and_the_first_is_shown(client):
    group, call = make_group(), make_call()
    first = draft(group=group, call=call)
    client.force_login(group.representative)
    page = page_of(client, "application_start", call.code)
    assert reverse("application_detail", args=[first.pk]) in page.text
    assert 'name="group"' not in page.text, "what would be refused is not offered"
    answer = client.post(reverse("application_start", args=[call.code]), {"group": group.pk})
    assert answer.status_code == 409
    assert "Your group has an application to this call already" in answer.text
    assert Application.objects.count() == 1


def test_nobody_starts_in_a_closed_call(client):
    group, call = make_group(), make_call()
    Call.objects.filter(pk=call.pk).update(closes_at=NOON - dt.timedelta(seconds=1))
    client.force_login(group.representative)
    answer = client.post(reverse("application_start", args=[call.code]), {"group": group.pk})
    assert answer.status_code == 409
    assert "This call closed on" in answer.text
    assert not Application.objects.exists()


@pytest.mark.parametrize("group", ["", "x", "0", "99999999999999999999"])
def test_a_group_that_is_none_is_said_at_the_field(client, group):
    mine, call = make_group(), make_call()
    client.force_login(mine.representative)
    answer = client.post(reverse("application_start", args=[call.code]), {"group": group})
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text


def test_a_page_says_the_language_that_it_is_in(client):
    assert '<html lang="en">' in page_of(client, "call_list").text
    client.cookies["django_language"] = "es"
    assert '<html lang="es">' in page_of(client, "call_list").text
