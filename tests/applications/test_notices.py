"""How a group was notified of a decision: with proof, and its days count from then on."""

import datetime as dt

import pytest

from applications import notices
from applications.workflow import APPLICATION
from core import dates, documents
from core.models import Document
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import get, post, problems, words
from tests.cast import make_person
from tests.clock import NOON
from tests.core.files import upload
from tests.factories_applications import OFFICE, application_at
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def rejected():
    application = application_at("recommended")
    data = {"reason": "Too dear.", "resolution": "REJ-1"}
    return APPLICATION.apply(application, "reject", by=OFFICE.approver, now=NOON, data=data)


def record(application, *, on: dt.date, now: dt.datetime, by=None):
    return notices.record(
        by=by or OFFICE.officer, decision=application.decisions.first(), means="platform", notified_on=on,
        upload=upload("proof.pdf"), now=now,
    )  # fmt: skip


def test_reconsideration_can_be_asked_for_from_the_day_after_the_notification(rejected):
    days = rejected.call.days_to_reconsider
    assert dates.day_of(rejected.reconsider_by) == NOON.date() + days * DAY
    record(rejected, on=NOON.date() + 6 * DAY, now=NOON + 8 * DAY)
    rejected.refresh_from_db()
    assert rejected.reconsider_by == dates.end_of(NOON.date() + (6 + days) * DAY)
    last = NOON + (6 + days) * DAY
    asked = APPLICATION.apply(
        rejected,
        "ask_reconsideration",
        by=rejected.group.representative,
        now=last,
        data={"reason": "Look again."},
    )
    assert asked.status == "reconsideration"
    # What was asked is not moved by a paper that comes later.
    before = asked.reconsider_by
    record(asked, on=NOON.date() + 7 * DAY, now=last)
    asked.refresh_from_db()
    assert asked.reconsider_by == before


def test_an_approval_is_notified_too_and_moves_no_day():
    application = application_at("approved")
    record(application, on=NOON.date(), now=NOON)
    application.refresh_from_db()
    assert application.reconsider_by is None
    decision = application.decisions.get()
    page = words(get(application.group.representative, "decision_detail", decision.pk))
    assert "Notified on 10/03/2026. Electronic address of the procedures platform (TAD)" in page
    assert "Write down how" not in page
    proof = Document.objects.get(kind="decision_notice")
    assert documents.may_read(application.group.representative, proof)
    assert not documents.may_read(make_person("stranger"), proof)
    event = application.case.events.get(action=notices.NOTIFIED)
    assert notices.sentence(event).startswith("The group was notified on 10/03/2026: Approval.")


def test_a_notice_has_a_day_that_fits_and_its_proof(rejected):
    decision, officer = rejected.decisions.get(), OFFICE.officer
    early = post(
        officer, "decision_notice", decision.pk, means="letter", notified_on="2026-03-09", paper=upload()
    )
    assert early.status_code == 422
    assert "nobody was notified before" in problems(early)
    late = post(
        officer, "decision_notice", decision.pk, means="letter", notified_on="2026-03-11", paper=upload()
    )
    assert "still to come" in problems(late)
    assert (
        post(officer, "decision_notice", decision.pk, means="letter", notified_on="2026-03-10").status_code
        == 422
    )
    sent = post(
        officer,
        "decision_notice",
        decision.pk,
        means="letter",
        notified_on="2026-03-10",
        paper=upload("p.pdf"),
    )
    assert sent.status_code == 302
    assert decision.notices.get().means == "letter"
    with pytest.raises(TransitionRefused, match="still to come"):
        record(rejected, on=NOON.date() + DAY, now=NOON)
    with pytest.raises(NotAllowed):
        record(rejected, on=NOON.date(), now=NOON, by=rejected.group.representative)
    for sql in (
        "UPDATE applications_decisionnotice SET means = 'email' WHERE id = %s",
        "DELETE FROM applications_decisionnotice WHERE id = %s",
    ):
        assert "stays" in refused_by(sql, decision.notices.get().pk)
