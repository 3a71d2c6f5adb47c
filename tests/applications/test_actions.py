"""What the group does: starting, writing, attaching, submitting, answering; and what a date does when it passes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from accounts.roles import Role
from applications import actions, calls, judging
from applications.models import Application, BudgetLine, FirmClaim
from applications.workflow import APPLICATION, CALL
from core import dated
from core.models import Event, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups.models import Firm
from tests.applications.acts import messages
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    draft,
    fill,
    make_call,
    return_for_changes,
    submit,
)
from tests.factories_groups import add_to, give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("filled_stands")]
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


# --- Starting ----------------------------------------------------------------------------------------


def test_a_member_starts_a_draft_on_an_open_call(member):
    group = make_group()
    give_place(group, member)
    application = actions.start(by=member, group=group, call=make_call(), now=NOON)
    assert (application.status, application.created_by) == ("draft", member)
    event = Event.objects.get(case=application.case)
    assert (event.action, event.actor) == ("application.started", member)


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_only_reads_or_is_a_stranger_starts_nothing(person, role):
    group, somebody = make_group(), person("somebody")
    if role:
        give_place(group, somebody, role)
    with pytest.raises(NotAllowed):
        actions.start(by=somebody, group=group, call=make_call(), now=NOON)


def test_a_call_takes_applications_from_opening_to_the_last_second():
    call, group = make_call(), make_group()
    by = group.representative
    for moment, sentence in [
        (call.opens_at - SECOND, "opens on"),
        (call.closes_at + SECOND, "closed on"),
    ]:
        with pytest.raises(TransitionRefused, match=sentence):
            actions.start(by=by, group=group, call=call, now=moment)
    with pytest.raises(TransitionRefused, match="it is draft"):
        actions.start(by=by, group=group, call=make_call(published=False), now=NOON)
    assert actions.start(by=by, group=group, call=call, now=call.closes_at)


def test_a_group_has_one_live_application_per_call():
    application = draft()
    with pytest.raises(TransitionRefused, match="Go on with that one"):
        draft(group=application.group, call=application.call)
    APPLICATION.apply(
        application, "withdraw", by=application.group.representative, now=NOON, data={"reason": "Anew."}
    )
    assert draft(group=application.group, call=application.call).pk != application.pk


# --- Writing -----------------------------------------------------------------------------------------


def test_editing_saves_bumps_the_version_and_writes_one_event(django_assert_num_queries):
    application = draft()
    by = application.group.representative
    with (
        django_assert_num_queries(11),
        actions.editing(application, by=by, section="project", version=0, now=NOON) as fresh,
    ):
        fresh.title = "A kiln"
    saved = Application.objects.get(pk=application.pk)
    assert (saved.title, saved.version, application.version) == ("A kiln", 1, 1)
    assert saved.case.title == "A kiln"
    event = Event.objects.filter(case=application.case).last()
    assert event.action == "application.edited"
    assert event.data == {"section": "project", "version": 1, "fields": ["title"]}


def test_a_stale_version_changes_nothing():
    application = draft()
    by = application.group.representative
    with actions.editing(application, by=by, section="project", version=0, now=NOON) as fresh:
        fresh.title = "First"
    with (
        pytest.raises(StaleObject),
        actions.editing(application, by=by, section="project", version=0, now=NOON) as fresh,
    ):
        fresh.title = "Second"
    assert Application.objects.get(pk=application.pk).title == "First"


def test_what_goes_wrong_inside_leaves_nothing_half_saved():
    application = draft()
    by = application.group.representative

    def write(fresh):
        fresh.title = "Half"
        line = {"category": "innovation", "quantity": 1, "unit_cost": 1, "programme_share": 0}
        BudgetLine.objects.create(application=fresh, description="One", **line)
        raise RuntimeError

    with (
        pytest.raises(RuntimeError),
        actions.editing(application, by=by, section="budget", version=0, now=NOON) as fresh,
    ):
        write(fresh)
    assert not application.lines.exists()
    saved = Application.objects.get(pk=application.pk)
    assert (saved.title, saved.version) == ("", 0)


def test_an_adviser_writes_while_it_is_a_draft_and_not_when_it_came_back(adviser):
    application = application_at("draft")
    application.group.advisers.add(adviser)
    with actions.editing(application, by=adviser, section="plan", version=None, now=NOON):
        pass
    returned = return_for_changes(submit(application))
    with (
        pytest.raises(TransitionRefused, match="only while it is a draft"),
        actions.editing(returned, by=adviser, section="budget", version=None, now=NOON),
    ):
        pass


def test_an_officer_and_a_viewer_do_not_write(officer, viewer):
    application = draft()
    give_place(application.group, viewer, Role.VIEWER)
    for person in (officer, viewer):
        with (
            pytest.raises(NotAllowed),
            actions.editing(application, by=person, section="plan", version=None, now=NOON),
        ):
            pass


def test_nothing_is_written_after_submission_nor_after_the_call_closed():
    application = application_at("submitted")
    by = application.group.representative
    with (
        pytest.raises(TransitionRefused, match="cannot be changed any more"),
        actions.editing(application, by=by, section="plan", version=None, now=NOON),
    ):
        pass
    late = draft()
    moment = late.call.closes_at + SECOND
    with (
        pytest.raises(TransitionRefused, match="closed on"),
        actions.editing(late, by=late.group.representative, section="plan", version=None, now=moment),
    ):
        pass


def test_only_the_sections_that_were_returned_open():
    application = application_at("changes_requested")
    by = application.group.representative
    assert application.open_sections == ["budget"]
    with actions.editing(application, by=by, section="budget", version=None, now=NOON):
        pass
    with (
        pytest.raises(TransitionRefused, match="was not returned"),
        actions.editing(application, by=by, section="plan", version=None, now=NOON),
    ):
        pass


def test_a_section_with_a_failing_rule_opens_too():
    application = application_at("submitted")
    leaving = application.group.memberships.first()
    leaving.left_on = dt.date(2026, 3, 10)
    leaving.save()
    assert return_for_changes(application, ("plan",)).open_sections == ["members", "plan"]


# --- Submitting --------------------------------------------------------------------------------------


def test_submitting_gives_a_number_and_tells_the_group_and_the_officers(officer):
    application = submit(application_at("draft"))
    assert application.reference.startswith("LSP-2026-")
    assert application.first_submitted_at == NOON
    assert application.staff_due_on == dt.date(2026, 3, 20)
    assert messages("application_submitted") == [application.group.representative.email]
    assert messages("application_received") == [officer.email]


def test_the_declaration_is_accepted_first():
    application = application_at("draft")
    with pytest.raises(TransitionRefused, match="Accept the declaration"):
        APPLICATION.apply(
            application, "submit", by=application.group.representative, now=NOON, data={"declared": False}
        )
    with pytest.raises(TransitionRefused, match="Accept the declaration"):
        APPLICATION.apply(application, "submit", by=application.group.representative, now=NOON)


def test_what_arrived_in_time_is_in_time_even_if_served_later():
    call = make_call()
    application = fill(draft(call=call))
    by, late = application.group.representative, call.closes_at + dt.timedelta(minutes=2)
    with pytest.raises(TransitionRefused, match="closed on"):
        actions.submit(by=by, application=application, declared=True, version=None, now=late)
    sent = actions.submit(
        by=by, application=application, declared=True, version=None, now=late, arrived_at=call.closes_at
    )
    assert sent.submissions.get().submitted_at == call.closes_at


@pytest.mark.parametrize("minutes", [-60, 60])
def test_a_time_of_arrival_that_cannot_be_counts_for_nothing(minutes):
    call = make_call()
    application = fill(draft(call=call))
    late = call.closes_at + dt.timedelta(minutes=30)
    with pytest.raises(TransitionRefused, match="closed on"):
        actions.submit(
            by=application.group.representative,
            application=application,
            declared=True,
            version=None,
            now=late,
            arrived_at=late + dt.timedelta(minutes=minutes),
        )


def test_sent_twice_or_from_two_tabs_it_is_received_once():
    application = application_at("draft")
    by = application.group.representative
    again = {"by": by, "application": application, "declared": True, "version": application.version}
    sent = actions.submit(**again, now=NOON)
    for version in (application.version, sent.version):
        again["version"] = version
        with pytest.raises(TransitionRefused, match=f"submitted already, .* {sent.reference}"):
            actions.submit(**again, now=NOON + SECOND)
    assert application.submissions.count() == 1
    assert len(messages("application_submitted")) == 1


def test_a_stale_tab_does_not_submit_what_it_did_not_show():
    application = application_at("draft")
    by, shown = application.group.representative, application.version
    with actions.editing(application, by=by, section="plan", version=shown, now=NOON):
        pass
    with pytest.raises(StaleObject):
        actions.submit(by=by, application=application, declared=True, version=shown, now=NOON)
    assert not application.submissions.exists()


def test_an_editor_does_not_submit(member):
    application = application_at("draft")
    give_place(application.group, member)
    with pytest.raises(NotAllowed, match="Group representative"):
        actions.submit(by=member, application=application, declared=True, version=None, now=NOON)


def test_a_firm_takes_part_in_one_application_of_a_call_also_when_the_rule_was_not_asked():
    call = make_call()
    other = make_group()
    first = submit(fill(draft(group=other, call=call)))
    ours = make_group()
    shared = Firm.objects.filter(memberships__group=other).first()
    add_to(ours, shared)
    application = fill(draft(group=ours, call=call))
    from applications.effects import claim_firms
    from applications.facts import Facts

    with pytest.raises(TransitionRefused, match=shared.name):
        claim_firms(application, Facts(application, today=dt.date(2026, 3, 10)))
    assert FirmClaim.objects.filter(application=first).count() == 5


@pytest.mark.parametrize("state", ["withdrawn", "ineligible", "rejected", "renounced", "annulled"])
def test_firms_are_free_again_once_an_application_ended(state):
    application = application_at(state)
    assert application.first_submitted_at is not None
    assert not FirmClaim.objects.exists()


# --- Answering a return ------------------------------------------------------------------------------


def ask_for(application, share: str):
    by = application.group.representative
    with actions.editing(application, by=by, section="budget", version=None, now=NOON):
        BudgetLine.objects.filter(pk=application.lines.first().pk).update(programme_share=Decimal(share))


def test_an_answer_is_a_second_version_of_the_same_number():
    first = application_at("submitted")
    returned = return_for_changes(first)
    ask_for(returned, "2600000.00")
    again = submit(returned)
    assert again.reference == first.reference
    assert [s.number for s in again.submissions.all()] == [1, 2]
    assert [s.amount for s in again.submissions.all()] == [Decimal("3000000.00"), Decimal("3100000.00")]
    assert again.first_submitted_at == first.first_submitted_at
    assert (again.open_sections, again.answer_by) == ([], None)
    assert again.returns.get().answered_at == NOON


def test_after_the_call_closed_the_amount_may_fall_and_not_rise():
    returned = return_for_changes(application_at("submitted"), now=NOON + 19 * DAY)
    after = returned.call.closes_at + DAY
    assert after <= returned.answer_by
    ask_for(returned, "2500000.01")
    with pytest.raises(TransitionRefused, match="cannot ask for more than before"):
        submit(returned, now=after)
    ask_for(returned, "2400000.00")
    assert submit(returned, now=after).status == "submitted"


def test_an_answer_comes_in_time_or_not_at_all():
    returned = return_for_changes(application_at("submitted"))
    with pytest.raises(TransitionRefused, match="was due by 20/03/2026, 23:59"):
        submit(returned, now=returned.answer_by + SECOND)
    assert submit(returned, now=returned.answer_by).status == "submitted"


def test_the_call_being_closed_does_not_stop_an_answer_in_time():
    returned = return_for_changes(application_at("submitted"), now=NOON + 19 * DAY)
    assert submit(returned, now=returned.call.closes_at + 2 * DAY).status == "submitted"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"notes": {}}, "at least one section"),
        ({"notes": {"plan": "  "}}, "at least one section"),
        ({"notes": {"moon": "Change it."}}, "no such section"),
        ({"notes": {"plan": "More."}, "answer_by": dt.date(2026, 3, 10)}, "after today"),
        ({"notes": {"plan": "More."}, "answer_by": dt.date(2027, 3, 30)}, "within a year"),
    ],
)
def test_a_return_says_what_and_until_when(data, sentence):
    application = application_at("submitted")
    with pytest.raises(TransitionRefused, match=sentence):
        APPLICATION.apply(application, "request_changes", by=OFFICE.officer, now=NOON, data=data)


def test_a_return_has_the_days_of_the_call_and_tells_the_group():
    application = application_at("submitted", call=make_call(days_to_answer=7))
    returned = APPLICATION.apply(
        application, "request_changes", by=OFFICE.officer, now=NOON, data={"notes": {"plan": "More detail."}}
    )
    assert returned.answer_by == dt.datetime(2026, 3, 18, 2, 59, 59, tzinfo=dt.UTC)
    message = Message.objects.get(template="application_returned")
    assert message.recipient == application.group.representative
    assert message.context["notes"] == [{"section": "The work plan", "text": "More detail."}]


def test_an_officer_gives_more_time_and_never_less():
    returned = application_at("changes_requested")
    ask = {"by": OFFICE.officer, "application": returned, "version": None, "now": NOON}
    for day, reason, sentence in [
        (dt.date(2026, 3, 20), "Flood.", "after the present one"),
        (dt.date(2026, 3, 25), " ", "Say why"),
        (dt.date(2026, 3, 1), "Flood.", "after today"),
    ]:
        with pytest.raises(TransitionRefused, match=sentence):
            judging.extend_answer(**ask, answer_by=day, reason=reason)
    later = judging.extend_answer(**ask, answer_by=dt.date(2026, 3, 25), reason="Flood.")
    assert later.answer_by > returned.answer_by
    assert later.returns.get().answer_by == later.answer_by
    assert messages("application_extended") == [returned.group.representative.email]


# --- Afterwards --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["withdraw", "ask_reconsideration", "renounce"])
def test_the_group_says_why(name):
    state = {"withdraw": "submitted", "ask_reconsideration": "rejected", "renounce": "approved"}[name]
    application = application_at(state)
    for data in ({"reason": " "}, {}, None):
        with pytest.raises(TransitionRefused, match="Say why"):
            APPLICATION.apply(application, name, by=application.group.representative, now=NOON, data=data)


def test_reconsideration_is_asked_for_in_time_and_once():
    application = application_at("rejected")
    by, data = application.group.representative, {"reason": "Look again."}
    assert application.reconsider_by == dt.datetime(2026, 3, 21, 2, 59, 59, tzinfo=dt.UTC)
    with pytest.raises(TransitionRefused, match="could be asked for until 20/03/2026"):
        APPLICATION.apply(
            application, "ask_reconsideration", by=by, now=application.reconsider_by + SECOND, data=data
        )
    asked = APPLICATION.apply(
        application, "ask_reconsideration", by=by, now=application.reconsider_by, data=data
    )
    denied = APPLICATION.apply(
        asked, "deny_reconsideration", by=OFFICE.approver, now=NOON, data={"reason": "It stands."}
    )
    assert denied.status == "rejected"
    with pytest.raises(TransitionRefused, match="for once, and was"):
        APPLICATION.apply(denied, "ask_reconsideration", by=by, now=NOON, data=data)


def test_a_group_that_applied_anew_does_not_come_back_with_the_old_one():
    application = application_at("rejected")
    draft(group=application.group, call=application.call)
    with pytest.raises(TransitionRefused, match="another application to this call"):
        APPLICATION.apply(
            application,
            "ask_reconsideration",
            by=application.group.representative,
            now=NOON,
            data={"reason": "Look again."},
        )


def test_a_granted_reconsideration_needs_its_firms_to_be_free():
    application = application_at("reconsideration")
    other = make_group(firms=4)
    taken = Firm.objects.filter(memberships__group=application.group).first()
    add_to(other, taken)
    submit(fill(draft(group=other, call=application.call)))
    with pytest.raises(TransitionRefused, match=taken.name):
        APPLICATION.apply(
            application, "grant_reconsideration", by=OFFICE.approver, now=NOON, data={"reason": "Right."}
        )


# --- Dates that pass ---------------------------------------------------------------------------------


def test_a_return_without_answer_expires():
    application = application_at("changes_requested")
    assert actions.expire_answers(application.answer_by + dt.timedelta(minutes=14)) == 0
    assert actions.expire_answers(application.answer_by + dt.timedelta(minutes=16)) == 1
    assert Application.objects.get(pk=application.pk).status == "withdrawn"
    assert not FirmClaim.objects.exists()


def test_the_worker_runs_these_changes():
    application = draft()
    assert dated.run_due(application.call.closes_at + DAY) == []
    assert Application.objects.get(pk=application.pk).status == "lapsed"


def test_the_reserve_list_ends_with_the_call_and_reconsideration_stays_open():
    application = application_at("reserve")
    after = application.call.closes_at + DAY
    CALL.apply(application.call, "wind_up", by=OFFICE.admin, now=after)
    fresh = Application.objects.get(pk=application.pk)
    assert fresh.status == "rejected"
    assert fresh.reconsider_by > after
    assert messages("decision_reserve_ended") == [application.group.representative.email]


# --- Calls -------------------------------------------------------------------------------------------


def test_a_call_is_published_whole_and_wound_up_when_all_is_decided():
    call = make_call(published=False)
    before = NOON - 30 * DAY
    call.tranches.first().delete()
    with pytest.raises(TransitionRefused, match="add up to 100"):
        CALL.apply(call, "publish", by=OFFICE.admin, now=before)
    open_call = application_at("submitted").call
    with pytest.raises(TransitionRefused, match="open until"):
        CALL.apply(open_call, "wind_up", by=OFFICE.admin, now=NOON)
    with pytest.raises(TransitionRefused, match="1 application still waits"):
        CALL.apply(open_call, "wind_up", by=OFFICE.admin, now=open_call.closes_at + DAY)
    with pytest.raises(TransitionRefused, match="applied already"):
        CALL.apply(open_call, "cancel", by=OFFICE.admin, now=NOON, data={"reason": "No."})


def test_days_are_only_extended_and_every_draft_is_told():
    application = draft()
    submitted = application_at("submitted", call=application.call)
    ask = {"by": OFFICE.admin, "call": application.call, "version": None, "now": NOON}
    with pytest.raises(TransitionRefused, match="only extended"):
        calls.extend(**ask, closes_at=application.call.closes_at - DAY, reason="Sooner.")
    with pytest.raises(TransitionRefused, match="Say why"):
        calls.extend(**ask, closes_at=application.call.closes_at + DAY, reason="")
    with pytest.raises(NotAllowed):
        calls.extend(
            **{**ask, "by": OFFICE.officer}, closes_at=application.call.closes_at + DAY, reason="Flood."
        )
    later = calls.extend(**ask, closes_at=application.call.closes_at + DAY, reason="Flood.")
    assert later.closes_at == application.call.closes_at + DAY
    assert messages("call_extended") == [application.group.representative.email]
    assert submitted.group.representative.email not in messages("call_extended")


def test_the_envelope_never_falls_below_what_is_committed():
    call = application_at("approved").call
    ask = {"by": OFFICE.admin, "call": call, "version": None, "now": NOON, "reason": "A new budget."}
    with pytest.raises(TransitionRefused, match=r"\$\xa03.000.000,00 are committed"):
        calls.set_envelope(**ask, envelope=Decimal("2999999.99"))
    assert calls.set_envelope(**ask, envelope=Decimal("3000000.00")).envelope == Decimal("3000000.00")


def test_numbers_are_never_given_twice():
    numbers = [application_at("submitted").reference for _number in range(3)]
    assert len(set(numbers)) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('applications_reference')")  # a submission that failed in the end
    assert application_at("submitted").reference not in numbers
