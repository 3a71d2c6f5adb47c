"""The reserve list moves up when money is freed (PROGRAMME 5): who becomes due, who hears of it, and that nobody decides
but a person."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from applications import calls, duties, places, reserve_list, turns
from applications.models import Application, Call, CallCut
from applications.workflow import APPLICATION, CALL
from core import dates, timeline
from core.models import Event, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants.workflow import PROJECT
from tests import standing
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    Plan,
    application_at,
    approval,
    make_call,
)
from tests.factories_grants import project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
MILLION = Decimal("1000000.00")


def asking(millions: int) -> Plan:
    """A plan that asks this much."""
    return Plan(
        lines=[
            ("fixed_investment", "Drying kiln", f"{millions * 2}000000.00", f"{millions}000000.00", 0),
            ("soft_technology", "Certification", "100.00", "0.00", 1),
        ]
    )


def on_reserve(call: Call, millions: int = 3, score: int = 8, **more) -> Application:
    return application_at("reserve", call=call, plan=asking(millions), score=score, **more)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def due(*applications: Application) -> list[dt.date | None]:
    return [fresh(each).staff_due_on for each in applications]


def renounce(application: Application) -> Application:
    return APPLICATION.apply(
        application, "renounce", by=application.group.representative, now=NOON, data={"reason": "No."}
    )


def told() -> list[tuple[str, str]]:
    """The case and the reader of each message about the reserve."""
    found = Message.objects.filter(template="reserve_called").order_by("pk")
    return [
        (message.case.reference, message.recipient.email)
        for message in found.select_related("case", "recipient")
    ]


def make_full() -> tuple[Call, Application]:
    """A call whose envelope is committed whole, and the application that holds it."""
    call = make_call(envelope=3 * MILLION)
    return call, application_at("approved", call=call)


full_stands = standing.made_once(make_full)


@pytest.fixture
def full(full_stands) -> list:
    return standing.again(full_stands)


def test_the_first_of_the_reserve_is_due_once_money_is_freed(full):
    call, holder = full
    second, first = on_reserve(call, score=7), on_reserve(call, score=9)
    assert due(first, second) == [None, None]
    renounce(holder)
    day = dates.day_of(NOON)
    assert due(first, second) == [day + call.days_to_decide * DAY, None]
    assert told() == [(first.reference, OFFICE.approver.email)]
    message = Message.objects.get(template="reserve_called")
    assert (message.context["freed"], message.context["amount"]) == ("$\xa03.000.000,00", "$\xa03.000.000,00")
    # Still a person's decision.
    assert fresh(first).status == "reserve"
    assert call.entries.committed() == 0


def test_the_approvers_owe_it_as_a_duty_and_the_case_says_so(full):
    call, holder = full
    first = on_reserve(call)
    today = dates.day_of(NOON)
    assert not list(duties.reserves(today=today))
    renounce(holder)
    owed = list(duties.reserves(today=today))
    assert [(duty.user_id, duty.key, str(duty.title)) for duty in owed] == [
        (OFFICE.approver.pk, f"application.reserve.{first.pk}", "Money was freed: decide on the reserve list")
    ]
    assert list(duties.reserves(today=today, user=OFFICE.approver)) == owed
    assert not list(duties.reserves(today=today, user=OFFICE.officer))
    sentence = turns.of(fresh(first), signed=True, live=[]).sentence
    assert sentence == "Money was freed: waits for the approver, who decides on the reserve list."
    page = words(get(OFFICE.officer, "application_detail", first.pk))
    assert "$ 3.000.000,00 were freed, and the $ 3.000.000,00 proposed for it fit: a decision is due" in page
    # It is the programme's own affair.
    group = words(get(first.group.representative, "application_detail", first.pk))
    assert "were freed" not in group


def test_the_first_that_fits_moves_up_and_the_rest_while_something_is_left(full):
    call, holder = full
    large, small, other = on_reserve(call, 4, 9), on_reserve(call, 1, 8), on_reserve(call, 2, 7)
    too_much = on_reserve(call, 1, 6)
    renounce(holder)
    assert [day is not None for day in due(large, small, other, too_much)] == [False, True, True, False]
    assert [reference for reference, _email in told()] == [small.reference, other.reference]


def test_money_of_somebody_due_is_not_promised_twice(full):
    call, holder = full
    first, second = on_reserve(call, 3, 9), on_reserve(call, 1, 8)
    renounce(holder)
    calls.set_envelope(
        by=OFFICE.admin, call=call, envelope=3 * MILLION + 1, reason="A peso.", version=None, now=NOON
    )
    assert [day is not None for day in due(first, second)] == [True, False]
    assert len(told()) == 1
    calls.set_envelope(
        by=OFFICE.admin, call=call, envelope=4 * MILLION, reason="More.", version=None, now=NOON
    )
    assert [day is not None for day in due(first, second)] == [True, True]
    assert len(told()) == 2


def test_an_annulment_frees_money_too(full):
    call, holder = full
    first = on_reserve(call)
    data = {"reason": "An error of form.", "resolution": "ANN-1"}
    APPLICATION.apply(holder, "annul", by=OFFICE.approver, now=NOON, data=data)
    assert due(first) != [None]


def test_a_project_that_ends_frees_what_was_not_paid():
    call = make_call(envelope=3 * MILLION)
    project = project_at("awaiting_agreement", application=application_at("approved", call=call))
    first = on_reserve(call)
    PROJECT.apply(project, "terminate", by=OFFICE.approver, now=NOON, data={"reason": "Two firms left."})
    assert due(first) != [None]
    assert told() == [(first.reference, OFFICE.approver.email)]


def test_when_the_money_goes_elsewhere_nobody_owes_anything_any_more(full):
    call, holder = full
    first, second = on_reserve(call, 3, 9), on_reserve(call, 2, 8)
    renounce(holder)
    APPLICATION.apply(second, "approve", by=OFFICE.approver, now=NOON, data=approval(second))
    assert due(first) == [None]
    assert Event.objects.filter(case=first.case, action="application.reserve_waits").count() == 1
    assert "The freed money went elsewhere" in str(
        timeline.sentence_of(Event.objects.get(case=first.case, action="application.reserve_waits"))
    )


def test_approving_who_is_due_leaves_the_others_that_still_fit(full):
    call, holder = full
    first, second = on_reserve(call, 2, 9), on_reserve(call, 1, 8)
    renounce(holder)
    assert None not in due(first, second)
    APPLICATION.apply(first, "approve", by=OFFICE.approver, now=NOON, data=approval(first))
    assert [day is not None for day in due(first, second)] == [False, True]
    assert not Event.objects.filter(action="application.reserve_waits").exists()


def test_an_envelope_that_is_lowered_again_takes_the_duty_back(full):
    call, _holder = full
    first = on_reserve(call)
    for envelope, is_due in ((6, True), (5, False), (6, True)):
        calls.set_envelope(
            by=OFFICE.admin,
            call=call,
            envelope=envelope * MILLION,
            reason="So it is.",
            version=None,
            now=NOON,
        )
        assert (due(first) != [None]) is is_due
    assert len(told()) == 2


def test_who_left_the_list_owes_nothing(full):
    call, holder = full
    first = on_reserve(call)
    renounce(holder)
    APPLICATION.apply(
        first, "withdraw", by=first.group.representative, now=NOON, data={"reason": "Too late for us."}
    )
    assert due(first) == [None]
    assert not list(duties.reserves(today=dates.day_of(NOON)))


def test_cut_after_cut_the_earlier_stands_first(django_assert_num_queries):
    call = make_call(envelope=3 * MILLION, closes_at=None, intake=Call.Intake.CUTS, published=False)
    for number, days in ((1, -2), (2, 1)):
        CallCut.objects.create(call=call, number=number, at=NOON + days * DAY)
    call = CALL.apply(call, "publish", by=OFFICE.admin, now=call.opens_at - DAY)
    before, after = NOON - 3 * DAY, NOON - DAY
    early = on_reserve(call, 3, 6, now=before)
    late = on_reserve(call, 3, 10, now=after)
    assert [each.application for each in places.reserve_of(call)] == [early, late]
    call = Call.objects.get(pk=call.pk)
    with django_assert_num_queries(4):  # the rows, the criterion, the reviews, the cuts: once each
        places.reserve_of(call)


def by_cuts(*days: int) -> Call:
    """A call with a cut on each of these days from now."""
    call = make_call(envelope=3 * MILLION, closes_at=None, intake=Call.Intake.CUTS, published=False)
    for number, day in enumerate(days, 1):
        CallCut.objects.create(call=call, number=number, at=NOON + day * DAY)
    return CALL.apply(call, "publish", by=OFFICE.admin, now=call.opens_at - DAY)


def end_reserve(
    call: Call, number: int, *, reason: str = "The next cut begins.", **more
) -> list[Application]:
    how = {"by": OFFICE.admin, "version": None, "now": NOON} | more
    return calls.end_reserve(call=call, cut=call.cuts.get(number=number), reason=reason, **how)


def test_the_reserve_list_of_one_cut_ends_and_that_of_the_others_goes_on():
    call = by_cuts(-5, -2, 1)
    first, second = on_reserve(call, now=NOON - 6 * DAY), on_reserve(call, now=NOON - 3 * DAY)
    assert [each.pk for each in end_reserve(call, 1)] == [first.pk]
    assert [fresh(each).status for each in (first, second)] == ["rejected", "reserve"]
    assert fresh(first).reconsider_by > NOON
    assert Message.objects.filter(template="decision_reserve_ended", case=first.case).count() == 1
    assert timeline.rows(call.case, OFFICE.admin)[0].sentence == "The reserve list of cut 1 ended"
    with pytest.raises(TransitionRefused, match="ended already"):
        end_reserve(call, 1)
    with pytest.raises(TransitionRefused, match="still to come"):
        end_reserve(call, 3)
    with pytest.raises(TransitionRefused, match="Say why"):
        end_reserve(call, 2, reason=" ")
    with pytest.raises(NotAllowed):
        end_reserve(call, 2, by=OFFICE.officer)
    with pytest.raises(StaleObject):
        end_reserve(call, 2, version=99)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        call.cuts.get(number=1).reserve_end.delete()


def test_nobody_comes_on_a_reserve_list_that_has_ended():
    call = by_cuts(-5)
    late = application_at("recommended", call=call, now=NOON - 6 * DAY)
    end_reserve(call, 1)
    with pytest.raises(TransitionRefused, match="The reserve list of this cut ended on 10/03/2026"):
        APPLICATION.apply(late, "put_on_reserve", by=OFFICE.approver, now=NOON, data={"reason": "No money."})


def test_what_came_after_the_last_cut_is_said_on_the_ranking_and_stands_last():
    call = by_cuts(-5)
    early, late = on_reserve(call, now=NOON - 6 * DAY), on_reserve(call, score=10, now=NOON - 3 * DAY)
    assert [each.application for each in places.reserve_of(call)] == [early, late]
    page = words(browser(OFFICE.officer).get(reverse("call_ranking", args=[call.code])))
    assert "1 application was sent after the last cut" in page
    assert late.title not in page or early.title == late.title


def test_the_page_of_an_admin_ends_the_reserve_list_of_a_cut():
    call = by_cuts(-5, 1)
    first = on_reserve(call, now=NOON - 6 * DAY)
    desk, url = browser(OFFICE.admin), reverse("call_reserve_end", args=[call.code, 1])
    assert url in desk.get(reverse("call_edit", args=[call.code])).text
    assert "1 application waits on it" in words(desk.get(url))
    call.refresh_from_db()
    assert desk.post(url, {"version": call.version, "reason": ""}).status_code == 422
    assert desk.post(url, {"version": call.version + 7, "reason": "So."}).status_code == 409
    assert fresh(first).status == "reserve"
    assert desk.post(url, {"version": call.version, "reason": "So."}).status_code == 302
    assert fresh(first).status == "rejected"
    assert "ended already" in words(desk.get(url))
    assert "its reserve list ended on 10/03/2026" in words(desk.get(reverse("call_edit", args=[call.code])))
    assert desk.get(reverse("call_reserve_end", args=[call.code, 9])).status_code == 404


def leave(application: Application, **more) -> Application:
    how = {"by": OFFICE.approver, "reason": "Wait for the harvest.", "version": None, "now": NOON}
    return reserve_list.leave(application=application, **(how | more))


def test_one_that_was_called_may_stay_and_the_money_goes_to_the_next(full):
    call, holder = full
    first, second = on_reserve(call, 3, 9), on_reserve(call, 2, 8)
    with pytest.raises(TransitionRefused, match="was not called"):
        leave(first)
    renounce(holder)
    assert [day is not None for day in due(first, second)] == [True, False]
    with pytest.raises(NotAllowed):
        leave(first, by=OFFICE.officer)
    with pytest.raises(TransitionRefused, match="Say why"):
        leave(first, reason=" ")
    with pytest.raises(StaleObject):
        leave(first, version=77)
    leave(first)
    assert [day is not None for day in due(first, second)] == [False, True]
    assert fresh(first).status == "reserve"
    said = Event.objects.get(case=first.case, action="application.reserve_left")
    assert (said.actor, said.text.text) == (OFFICE.approver, "Wait for the harvest.")


@pytest.mark.parametrize("how", ["withdraw", "reject"])
def test_one_that_was_called_and_goes_away_leaves_the_money_to_the_next(full, how):
    call, holder = full
    first, second = on_reserve(call, 3, 9), on_reserve(call, 2, 8)
    renounce(holder)
    by = first.group.representative if how == "withdraw" else OFFICE.approver
    APPLICATION.apply(first, how, by=by, now=NOON, data={"reason": "No.", "resolution": "REJ-9"})
    assert [day is not None for day in due(first, second)] == [False, True]


def test_the_page_leaves_one_on_the_list(full):
    call, holder = full
    first = on_reserve(call)
    url = reverse("reserve_leave", args=[first.pk])
    screen = browser(OFFICE.approver)
    assert "was not called from the reserve list" in words(screen.get(url))
    renounce(holder)
    assert url in screen.get(reverse("decide", args=[first.pk])).text
    version = fresh(first).version
    assert screen.post(url, {"version": version, "reason": ""}).status_code == 422
    assert screen.post(url, {"version": version - 1, "reason": "Wait."}).status_code == 409
    assert due(first) != [None]
    assert screen.post(url, {"version": version, "reason": "Wait."}).status_code == 302
    assert due(first) == [None]
    assert url not in screen.get(reverse("decide", args=[first.pk])).text


def test_in_order_of_arrival_the_first_that_came_stands_first():
    call = make_call(envelope=3 * MILLION, closes_at=None)
    late = on_reserve(call, 3, 10, now=NOON)
    early = on_reserve(call, 3, 6, now=NOON - DAY)
    assert [each.application for each in places.reserve_of(call)] == [early, late]


def test_nothing_moves_in_another_call(full):
    _call, holder = full
    other = on_reserve(make_call())
    renounce(holder)
    assert due(other) == [None]
    assert not told()
