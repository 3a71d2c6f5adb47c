"""Who hears of what, in their language, with the link; and what the timeline says to whom."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import override_settings

from accounts.models import User
from accounts.roles import Role
from applications import calls, judging
from applications.models import Application
from applications.workflow import APPLICATION, CALL, REVIEW
from core import outbox, timeline
from core.models import Event, Message
from tests.applications.agreement import agree
from tests.applications.decision_pages import all_reviewed
from tests.cast import make_person
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
from tests.factories_groups import give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted_stands")]
DAY = dt.timedelta(days=1)


def told() -> dict[str, set[str]]:
    """Who hears, by template."""
    people: dict[str, set[str]] = {}
    for template, email in Message.objects.values_list("template", "recipient__email"):
        people.setdefault(template, set()).add(email.split("@")[0].rstrip("0123456789"))
    return people


def everything() -> None:
    """Each transition that tells somebody, once at least."""
    for state in ("annulled", "renounced", "reserve", "ineligible", "withdrawn", "lapsed"):
        application_at(state)
    asked = application_at("reconsideration")
    again = application_at("reconsideration")
    APPLICATION.apply(asked, "deny_reconsideration", by=OFFICE.approver, now=NOON, data={"reason": "No."})
    APPLICATION.apply(again, "grant_reconsideration", by=OFFICE.approver, now=NOON, data={"reason": "Yes."})
    returned = application_at("changes_requested")
    APPLICATION.apply(returned, "expire", by=None, now=NOON + 60 * DAY)
    submit(return_for_changes(application_at("submitted")))
    late = application_at("changes_requested")
    judging.extend_answer(
        by=OFFICE.officer,
        application=late,
        answer_by=dt.date(2026, 3, 30),
        reason="Flood.",
        version=None,
        now=NOON,
    )
    APPLICATION.apply(
        application_at("recommended"), "send_back", by=OFFICE.approver, now=NOON, data={"reason": "Explain."}
    )
    one, two = application_at("in_review").reviews.all()
    REVIEW.apply(one, "decline", by=one.reviewer, now=NOON, data={"reason": "No time."})
    REVIEW.apply(two, "reassign", by=OFFICE.officer, now=NOON, data={"reason": "Late."})
    open_draft = draft()
    calls.extend(
        by=OFFICE.admin,
        call=open_draft.call,
        closes_at=open_draft.call.closes_at + DAY,
        reason="Flood.",
        version=None,
        now=NOON,
    )
    apart = make_call(max_spread=20, spread_asks="consensus")
    agree(all_reviewed((10, 6), call=apart))
    reserve = application_at("reserve")
    more = reserve.call.envelope + 1
    calls.set_envelope(
        by=OFFICE.admin, call=reserve.call, envelope=more, reason="More.", version=None, now=NOON
    )
    reserve.call.refresh_from_db()
    CALL.apply(reserve.call, "wind_up", by=OFFICE.admin, now=reserve.call.closes_at + DAY)


WHO = {
    "application_submitted": {"representative"},
    "application_received": {"officer"},
    "application_lapsed": {"representative"},
    "application_expired": {"representative"},
    "application_returned": {"representative"},
    "application_extended": {"representative"},
    "application_withdrawn": {"officer"},
    "application_renounced": {"officer", "approver"},
    "decision_ineligible": {"representative"},
    "decision_approved": {"representative"},
    "decision_rejected": {"representative"},
    "decision_reserve": {"representative"},
    "decision_reserve_ended": {"representative"},
    "decision_reconsidered": {"representative"},
    "decision_confirmed": {"representative"},
    "decision_annulled": {"representative"},
    "call_extended": {"representative"},
    "decision_waits": {"approver"},
    "reserve_called": {"approver"},
    "recommendation_returned": {"officer"},
    "reconsideration_asked": {"approver"},
    "review_assigned": {"reviewer"},
    "review_not_needed": {"reviewer"},
    "review_declined": {"officer"},
    "review_sent": {"officer"},
    "consensus_recorded": {"reviewer"},
}


def events_read_as_sentences():
    known = set()
    for event in Event.objects.filter(object_kind__in=["application", "review", "call"]):
        row = timeline._row(event)
        assert row.sentence not in ("", event.action)
        assert "–" not in row.sentence, event.action
        known.add(event.action)
    assert known >= {f"application.{name}" for name in APPLICATION.by_name}


def test_each_message_goes_to_the_right_people_and_each_event_and_message_can_be_read(officer, approver):
    everything()
    assert told() == WHO
    events_read_as_sentences()
    first = {message.template: message for message in Message.objects.order_by("-pk")}
    for template, message in first.items():
        for language in ("en", "es"):
            message.language = language
            letter = outbox.letter_of(message)
            html = letter.alternatives[0].content
            assert message.context["url"].startswith("/"), template
            for text in (letter.body, html):
                assert f"{settings.SITE_URL}{message.context['url']}" in text, template
                assert not [mark for mark in ("{{", "{%", "None") if mark in text], template
                assert message.case.title in text or "draft" in text, template
            if message.case.reference:
                assert letter.subject.startswith(message.case.reference), template
            assert "\n\n\n" not in letter.body, template


def test_a_message_is_in_its_readers_language():
    application = draft()
    User.objects.filter(pk=application.group.representative.pk).update(language="es")
    return_for_changes(submit(fill(application)), ("plan",))
    message = Message.objects.get(template="application_returned")
    assert message.language == "es"


def test_the_receipt_goes_to_everyone_in_the_group_and_a_return_to_those_who_write():
    group = make_group()
    ours = group.representative.email.partition("@")[0]
    give_place(group, make_person("editor"), Role.MEMBER)
    give_place(group, make_person("viewer"), Role.VIEWER)
    gone = give_place(group, make_person("gone"), Role.MEMBER)
    gone.until = NOON.date()
    gone.save()
    return_for_changes(application_at("submitted", group=group))

    def told(template: str) -> set[str]:
        found = Message.objects.filter(template=template, recipient__group_places__group=group)
        return {message.recipient.email.partition("@")[0] for message in found} - {ours}

    assert told("application_submitted") == {"editor", "viewer"}
    assert told("application_returned") == {"editor"}


@override_settings(SITE_URL="https://lsp.example")
def test_a_hostile_title_stays_text():
    application = application_at("submitted")
    message = Message.objects.get(template="application_submitted")
    application.case.title = "<script>alert(1)</script>"
    message.case = application.case
    letter = outbox.letter_of(message)
    assert "<script>" not in letter.alternatives[0].content
    assert "<script>" in letter.body


def test_a_group_without_representative_stops_nothing():
    application = application_at("submitted")
    application.group.people.all().delete()
    returned = return_for_changes(application)
    assert returned.status == "changes_requested"
    assert not Message.objects.filter(template="application_returned").exists()


def test_the_withdrawal_of_a_draft_is_no_news_for_officers(officer):
    application = application_at("draft")
    APPLICATION.apply(
        application, "withdraw", by=application.group.representative, now=NOON, data={"reason": "Anew."}
    )
    assert not Message.objects.filter(recipient=officer).exists()


# --- The timeline ------------------------------------------------------------------------------------


def sentences(application: Application, viewer) -> list[str]:
    return [row.sentence for row in timeline.rows(application.case, viewer)]


def test_the_group_reads_what_was_decided_and_not_who_reviewed_or_what_was_proposed():
    application = application_at("approved")
    theirs = sentences(application, application.group.representative)
    assert theirs == [
        "Approved: $\xa03.000.000,00",
        "Review begun",
        "Eligibility signed off",
        "Submitted: $\xa03.000.000,00 asked for",
        "Changed: The documents (1 added)",
        "Changed: The budget",
        "Changed: The work plan",
        "Changed: The project (Title of the project, Where you are now, What you want to achieve, "
        "What the firms will learn together)",
        "Application begun",
    ]
    ours = sentences(application, OFFICE.officer)
    assert "Recommended: $\xa03.000.000,00, with 80 points" in ours
    assert ours.count("Review sent") == 2
    assert ours.count("Reviewer assigned") == 2


def test_the_chain_of_a_case_holds():
    application = application_at("annulled")
    assert list(timeline.broken_links(application.case)) == []


def test_a_stranger_reads_nothing_of_a_case():
    application = application_at("submitted")
    somebody = make_person("somebody")
    assert not Application.objects.visible_to(somebody).filter(pk=application.pk).exists()
    assert make_call().status == "published"
