"""The call desk: a new call, a copy, what is missing, publishing, winding up, cancelling, more time, money and cuts."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions, calls, cuts, readiness
from applications.calls import changes
from applications.calls.pages import BY_CODE
from applications.models import Call, CallCut, CallTranche, Criterion, Question
from core import timeline
from core.models import Message
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, application_at, draft, fill, make_call, submit
from tests.factories_groups import make_group, make_sector

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

NEW = {
    "code": "g-2027-1",
    "line": "grant",
    "title_en": "Grants 2027",
    "title_es": "Aportes 2027",
    "opens_at": "2026-05-01T09:00",
}


@pytest.fixture
def desk(client):
    client.force_login(OFFICE.admin)
    return client


def post(desk, call: Call, name: str, *args: str, **data):
    call.refresh_from_db()
    return desk.post(reverse(name, args=[call.code, *args]), {"version": call.version, **data})


# --- A new call --------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["partnership", "joint_investment", "grant"])
def test_a_call_begins_with_the_defaults_of_its_line(desk, line):
    answer = desk.post(reverse("call_create"), {**NEW, "line": line})
    call = Call.objects.get()
    assert answer.headers["Location"] == reverse("call_edit", args=["G-2027-1"])
    assert (call.status, call.months, call.min_firms, call.version) == ("draft", 12, 5, 0)
    assert ("coordination" in call.categories) == (line == "partnership")
    assert call.needs_prior_support == (line == "joint_investment")
    assert call.case.reference == "G-2027-1"
    row = timeline.rows(call.case, OFFICE.admin)[0]
    assert (row.sentence, row.actor) == ("Call prepared", str(OFFICE.admin))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", ""),
        ("code", "a"),
        ("code", "A/B"),
        ("code", "ÑANDÚ"),
        ("code", "X" * 21),
        ("line", "gift"),
        ("title_es", ""),
        ("opens_at", "soon"),
    ],
)
def test_nonsense_in_a_new_call_is_refused_at_its_field(desk, name, value):
    answer = desk.post(reverse("call_create"), {**NEW, name: value})
    assert answer.status_code == 422
    assert f'href="#id_{name}' in answer.text
    assert not Call.objects.exists()


def test_a_code_that_is_taken_is_refused_with_all_that_was_typed(desk):
    make_call(code="G-2027-1")
    answer = desk.post(reverse("call_create"), NEW)
    assert answer.status_code == 409
    assert answer.context["form"].errors["code"] == ["The code G-2027-1 is taken."]
    assert 'value="Aportes 2027"' in answer.text
    assert Call.objects.count() == 1


def test_a_copy_takes_every_rule_and_neither_state_nor_dates_nor_money(desk):
    former = make_call(
        "partnership", code="P-1", provinces=["AR-N"], share_by_category={"innovation": "50.00"}
    )
    former.sectors.add(make_sector("wood"))
    former.criteria.update(high_en="Costed", high_es="Con costos")
    application_at("approved", call=make_call(code="OTHER"))
    first = Question.objects.create(call=former, order=1, kind="yes_no", text_en="A?", text_es="¿A?")
    Question.objects.create(
        call=former, order=2, kind="text", text_en="B?", text_es="¿B?", only_if=first, only_if_answers=["yes"]
    )
    assert desk.get(reverse("call_create"), {"copy": "P-1"}).status_code == 200
    data = {name: value for name, value in NEW.items() if name != "line"}
    assert desk.post(reverse("call_create") + "?copy=P-1", data).status_code == 302
    copy = Call.objects.get(code="G-2027-1")
    own = {"title_en", "title_es", "opens_at", "closes_at"}

    def rules(call: Call) -> list:
        return [
            (name.partition("/")[0], {k: v for k, v in value.items() if k != "only_if_id"})
            if "/" in name
            else (name, value)
            for name, value in changes.state_of(call).items()
            if name not in own
        ]

    assert rules(copy) == rules(former)
    assert {row.high_es for row in copy.criteria.all()} == {"Con costos"}
    assert (copy.status, copy.closes_at, copy.entries.count()) == ("draft", None, 0)
    later = copy.questions.last()
    assert (later.only_if.call, later.only_if.text_en) == (copy, "A?")
    assert timeline.rows(copy.case, OFFICE.admin)[0].sentence == "Call prepared, with the rules of P-1"


def test_a_copy_of_a_call_that_is_not_there_is_404(desk):
    assert desk.get(reverse("call_create"), {"copy": "NOTHING"}).status_code == 404


# --- What is missing ---------------------------------------------------------------------------------


def test_a_new_call_says_everything_that_it_lacks(desk):
    desk.post(reverse("call_create"), NEW)
    call = Call.objects.get()
    lacking = {each.sentence for each in readiness.missing(call, NOON)}
    assert lacking == {
        "Write the text in both languages.",
        "Set the day on which the call closes, or let applications come in without one.",
        "Set the envelope of money.",
        "Set the highest amount per project.",
        "The call asks for proof of joint work: ask for the document that shows it.",
        "Write the criteria of the reviews.",
    }
    page = desk.get(reverse("call_edit", args=[call.code])).text
    assert "6 things are missing:" in page
    assert "Publish the call" in page
    assert post(desk, call, "call_act", "publish").status_code == 409


LACKS = [
    ("money", {"categories": []}, "Choose the categories of money."),
    (
        "money",
        {"max_per_firm": Decimal("10000000.01")},
        "The highest amount per firm is above that per project.",
    ),
    ("dates", {"closes_at": NOON - DAY}, "The call closes in the past."),
    ("dates", {"intake": "cuts", "closes_at": None}, "Set the dates of the cuts."),
    ("payment", {"counterpart_kinds": []}, "Say what counts as counterpart."),
    (
        "payment",
        {"counterpart_kinds": ["in_kind"], "in_kind_cap": 0},
        "Say how much of the counterpart may be in kind.",
    ),
    ("payment", {"quotes_from": Decimal(1), "quotes_needed": 0}, "Say how many quotes are asked for."),
    ("reports", {"report_every_months": 12}, None),
]


@pytest.mark.parametrize(("part", "columns", "sentence"), LACKS)
def test_what_a_call_lacks_is_said_with_its_page(part, columns, sentence):
    call = make_call(published=False)
    Call.objects.filter(pk=call.pk).update(**columns)
    call.refresh_from_db()
    found = [(each.page, each.sentence) for each in readiness.missing(call, NOON)]
    assert found == ([(part, sentence)] if sentence else [])
    assert part in BY_CODE


def test_salary_tranches_criteria_and_cuts_are_looked_at_too():
    call = make_call("partnership", published=False)
    Call.objects.filter(pk=call.pk).update(salary_per_month=None, intake="cuts", closes_at=None)
    Criterion.objects.filter(call=call, order=1).update(name_es="")
    CallTranche.objects.filter(call=call, number=1).update(after_report=9)
    CallCut.objects.create(call=call, number=1, at=NOON - 30 * DAY)
    Question.objects.create(call=call, order=1, kind="choice", text_en="A?", text_es="")
    call.refresh_from_db()
    said = {each.sentence for each in readiness.missing(call, NOON)}
    assert said == {
        "Set the coordinator's salary per month.",
        "Name each criterion in both languages: number 1.",
        "A later tranche cannot wait for an earlier report.",
        "A tranche waits for report 9, and a project files 4.",
        "The first cut comes before the call opens.",
        "Every cut lies in the past.",
        "Write each question in both languages: number 1.",
        "A question with options needs two at least: number 1.",
    }


# --- Transitions -------------------------------------------------------------------------------------


def test_publishing_asks_once_more_and_then_everybody_sees_it(desk, client):
    call = make_call(code="C-1", published=False)
    page = desk.get(reverse("call_act", args=["C-1", "publish"]))
    assert "Everybody sees it from now on" in page.text
    assert post(desk, call, "call_act", "publish").status_code == 302
    client.logout()
    assert client.get(reverse("call_detail", args=["C-1"])).status_code == 200


def test_a_stale_page_publishes_nothing(desk):
    call = make_call(code="C-1", published=False)
    with calls.editing(call, by=OFFICE.admin, page="days", version=0, now=NOON) as fresh:
        fresh.days_to_sign = 44
    assert desk.post(reverse("call_act", args=["C-1", "publish"]), {"version": 0}).status_code == 409
    call.refresh_from_db()
    assert call.status == "draft"


def test_cancelling_asks_for_a_reason_and_is_refused_once_groups_have_applied(desk):
    call = make_call(code="C-1")
    assert post(desk, call, "call_act", "cancel").status_code == 422
    application_at("submitted", call=call)
    assert "Groups have applied already" in desk.get(reverse("call_act", args=["C-1", "cancel"])).text
    assert post(desk, call, "call_act", "cancel", reason="No money.").status_code == 409
    empty = make_call(code="C-2")
    assert post(desk, empty, "call_act", "cancel", reason="No money.").status_code == 302
    empty.refresh_from_db()
    assert empty.status == "cancelled"


def test_winding_up_waits_for_the_closing_day(desk):
    call = make_call(code="C-1")
    assert post(desk, call, "call_act", "wind_up").status_code == 409
    endless = make_call(code="C-2", closes_at=None)
    assert post(desk, endless, "call_act", "wind_up").status_code == 302
    page = desk.get(reverse("call_edit_page", args=["C-2", "who"])).text
    assert "The call is over" in page


@pytest.mark.parametrize("name", ["submit", "delete", "extend"])
def test_no_other_act_has_a_page(desk, name):
    make_call(code="C-1")
    assert desk.get(reverse("call_act", args=["C-1", name])).status_code == 404


# --- More time, money, cuts --------------------------------------------------------------------------


def test_more_time_has_a_reason_and_tells_every_group_with_a_draft(desk):
    call = make_call(code="C-1")
    draft(call=call)
    assert "1 group has a draft, and gets a message" in desk.get(reverse("call_extend", args=["C-1"])).text
    assert post(desk, call, "call_extend", closes_at="2026-04-30T12:00").status_code == 422
    earlier = post(desk, call, "call_extend", closes_at="2026-03-12T12:00", reason="Rain.")
    assert earlier.status_code == 422
    assert 'href="#id_closes_at"' in earlier.text
    answer = post(desk, call, "call_extend", closes_at="2026-04-30T12:00", reason="Roads are flooded.")
    assert answer.status_code == 302
    assert Message.objects.filter(template="call_extended").count() == 1
    row = timeline.rows(call.case, OFFICE.admin)[0]
    assert (row.sentence, row.details) == ("The call closes later: on 30/04/2026", "Roads are flooded.")


def test_the_envelope_never_falls_below_what_is_committed(desk):
    call = make_call(code="C-1")
    application_at("approved", call=call)
    assert "$\xa03.000.000,00" in desk.get(reverse("call_envelope", args=["C-1"])).text
    less = post(desk, call, "call_envelope", envelope="2.999.999,99", reason="Cuts.")
    assert less.status_code == 409
    assert "are committed already" in less.text
    more = post(desk, call, "call_envelope", envelope="60.000.000", reason="A loan.")
    assert more.status_code == 302


@pytest.fixture
def by_cuts() -> Call:
    call = make_call(code="K-1", closes_at=None, published=False, intake="cuts")
    for number, days in ((1, 5), (2, 50)):
        CallCut.objects.create(call=call, number=number, at=NOON + days * DAY)
    Call.objects.filter(pk=call.pk).update(status="published")
    call.refresh_from_db()
    return call


def test_a_further_cut_comes_after_all_others(desk, by_cuts):
    early = post(desk, by_cuts, "call_cut_add", at="2026-04-01T12:00", reason="More.")
    assert early.status_code == 409
    assert early.context["form"].errors["at"]
    assert post(desk, by_cuts, "call_cut_add", at="never", reason="More.").status_code == 422
    assert post(desk, by_cuts, "call_cut_add", at="2026-09-01T12:00", reason="More.").status_code == 302
    assert by_cuts.cuts.count() == 3
    assert timeline.rows(by_cuts.case, OFFICE.admin)[0].sentence == "A further cut: on 01/09/2026"
    other = make_call(code="C-2")
    assert post(desk, other, "call_cut_add", at="2026-09-01T12:00", reason="More.").status_code == 409


def test_an_application_belongs_to_the_first_cut_at_or_after_it_was_sent(client, by_cuts):
    first = submit(fill(draft(call=by_cuts)))
    at = by_cuts.cuts.get(number=1).at
    on_time = submit(fill(draft(call=by_cuts, group=make_group()), now=at), now=at)
    late = submit(fill(draft(call=by_cuts, group=make_group()), now=at), now=at + dt.timedelta(seconds=1))
    assert [cuts.cut_of(each).number for each in (first, on_time, late)] == [1, 1, 2]
    client.force_login(OFFICE.officer)
    text = client.get(reverse("application_detail", args=[late.pk])).text
    assert "Number 2, 29/04/2026 12:00 (Buenos Aires)" in text


def test_in_order_of_arrival_staff_see_the_number(client):
    call = make_call(code="A-1", closes_at=None)
    sent = [
        submit(fill(draft(call=call, group=make_group())), now=NOON + dt.timedelta(minutes=minute))
        for minute in (2, 1)
    ]
    assert [cuts.arrival_number(each) for each in sent] == [2, 1]
    client.force_login(OFFICE.officer)
    assert "Number 2 of this call" in client.get(reverse("application_detail", args=[sent[0].pk])).text


def test_without_a_closing_day_a_draft_never_lapses(by_cuts):
    draft(call=by_cuts)
    draft(call=make_call(code="A-1", closes_at=None), group=make_group())
    assert actions.lapse_drafts(NOON + 900 * DAY) == 0


def test_a_list_of_rows_costs_the_same_however_long_it_is(desk):
    call = make_call(code="C-1", published=False)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse("call_edit_page", args=["C-1", "questions"])).status_code == 200
        return len(queries)

    def add(numbers: range) -> None:
        Question.objects.bulk_create(
            Question(call=call, order=n, kind="yes_no", text_en=f"Q{n}", text_es=f"P{n}") for n in numbers
        )

    add(range(1, 2))
    one = count()
    add(range(2, 31))
    assert count() == one == 10
