"""Letters about a project: written with what they tell, notified with proof, answered; nobody ends unheard."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from core import dates, documents, duties, jobs
from core.models import Document, Message
from core.workflow import NotAllowed, TransitionRefused
from grants.letters import actions, content, writing
from grants.models import ProjectLetter, Refund
from grants.verifying import letters
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.cast import make_person
from tests.clock import NOON
from tests.core.files import upload
from tests.factories_applications import OFFICE, staff_member
from tests.factories_grants import finance, hear, payment_at, project_at
from tests.factories_groups import give_place
from tests.grants.money.rows import refund
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands", "active_stands")]
DAY = dt.timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture
def project():
    return project_at("active")


def move(project, name: str, *, now=NOON, **data):
    by = OFFICE.officer if name == "resume" else OFFICE.approver
    return PROJECT.apply(project, name, by=by, now=now, data={"reason": "A flood.", **data})


def propose(project, **changes) -> ProjectLetter:
    usual = {
        "by": OFFICE.officer,
        "project": project,
        "reason": "Nothing was done.",
        "days_to_answer": 10,
        "now": NOON,
    }
    return writing.propose(**{**usual, **changes})


def test_a_letter_is_the_same_whatever_zone_its_moment_was_given_in():
    propose(project_at("active"), now=NOON.astimezone(dates.BUENOS_AIRES))
    assert list(letters(None)) == []


def notify(about, *, on: dt.date = TODAY, now=NOON, **changes):
    usual = {
        "by": OFFICE.officer,
        "about": about,
        "means": "letter",
        "notified_on": on,
        "upload": upload(),
        "now": now,
    }
    return actions.notify(**{**usual, **changes})


def test_a_suspension_and_a_resumption_get_their_letters_with_what_they_mean(project):
    move(project, "suspend", resolution="RS-77", file_number="EX-1")
    was = project.last_day
    project = move(project, "resume", now=NOON + 20 * DAY)
    resumed, suspended = project.letters.all()
    assert [(row.number, row.kind) for row in (suspended, resumed)] == [(1, "suspend"), (2, "resume")]
    assert (suspended.grounds, suspended.resolution, suspended.file_number) == ("A flood.", "RS-77", "EX-1")
    said = content.shown(suspended)
    assert "is suspended from 10/03/2026 on" in said["opening"]
    assert said["means"][0].startswith("Nothing is paid while it lasts: $\N{NO-BREAK SPACE}3.000.000,00 of ")
    assert "Approver" in said["signature"]
    said = content.shown(resumed)
    assert "The pause took 20 days" in said["means"][0]
    assert f"{was + 20 * DAY:%d/%m/%Y}" in said["means"][0]
    # The dates are those after the shift.
    first = project.reports.order_by("due_on").first()
    assert said["dates"][0] == {"report": str(first.number), "due_on": first.due_on}
    page = words(get(OFFICE.officer, "project_letters", project.pk))
    assert f"Report {first.number}: {first.due_on:%d/%m/%Y}" in page
    assert list(letters(None)) == []


def test_a_worker_makes_the_letter_once_and_a_later_act_takes_its_place(project):
    move(project, "suspend")
    letter = project.letters.get()
    assert jobs.run_waiting(NOON) >= 1
    letter.refresh_from_db()
    document = letter.document
    assert document.content_hash == letter.sha256
    assert documents.may_read(project.group.representative, document)
    assert not documents.may_read(make_person("stranger"), document)
    assert [row.current for row in documents.genuine(letter.sha256)] == [True]
    page = words(get(project.group.representative, "project_letters", project.pk))
    assert document.filename in page
    assert "Nothing is paid while it lasts" in page
    move(project, "resume", now=NOON + DAY)
    assert [row.current for row in documents.genuine(letter.sha256)] == [False]


def test_nobody_ends_unheard(project):
    with pytest.raises(TransitionRefused, match="heard first"):
        move(project, "terminate")
    letter = propose(project)
    assert Message.objects.filter(template="letter_proposed", recipient=project.group.representative).exists()
    with pytest.raises(TransitionRefused, match="Write down how and when the group was notified of letter 1"):
        move(project, "terminate")
    notify(letter, on=TODAY + 3 * DAY, now=NOON + 5 * DAY)
    letter = ProjectLetter.objects.get()
    # The call's ten days, from the day after the notification.
    assert letter.answer_by == TODAY + 13 * DAY
    with pytest.raises(TransitionRefused, match="The group may answer until 23/03/2026"):
        move(project, "terminate", now=NOON + 13 * DAY)
    ended = move(project, "terminate", now=NOON + 14 * DAY)
    assert ended.status == "terminated"
    assert ended.letters.first().kind == "terminate"


def test_the_answer_is_on_the_record_and_the_days_need_not_pass(project):
    letter = propose(project)
    notify(letter)
    representative = project.group.representative
    key = f"hearing.{letter.pk}"
    assert key in {duty.key for duty in duties.of(representative, TODAY)}
    assert get(representative, "hearing_answer", letter.pk).status_code == 200
    assert post(representative, "hearing_answer", letter.pk, text=" ").status_code == 422
    sent = post(
        representative, "hearing_answer", letter.pk, text="We lost two firms.", upload=upload("note.pdf")
    )
    assert sent.status_code == 302
    assert "We lost two firms." in words(get(OFFICE.approver, "project_letters", project.pk))
    assert "We lost two firms." in words(get(OFFICE.approver, "project_act", project.pk, "terminate"))
    assert Message.objects.filter(template="letter_answered", recipient=OFFICE.officer).exists()
    assert key not in {duty.key for duty in duties.of(representative, TODAY)}
    assert post(representative, "hearing_answer", letter.pk, text="Again.").status_code == 409
    assert move(project, "terminate").status == "terminated"


def decides(project, day: dt.date, user=None) -> list[tuple[str, dt.date]]:
    """What an approver has on the list of a day about terminations: page and last day."""
    owed = duties.of(user or OFFICE.approver, day)
    return [(duty.url, duty.due_on) for duty in owed if duty.kind == "termination"]


def test_the_authority_owes_its_decision_once_the_group_was_heard(project):
    page = reverse("project_act", args=[project.pk, "terminate"])
    letter = propose(project)
    assert decides(project, TODAY + 30 * DAY) == []
    notify(letter)
    assert decides(project, TODAY + 10 * DAY) == []
    # The days are over without a word.
    assert decides(project, TODAY + 11 * DAY) == [(page, TODAY + 21 * DAY)]
    assert decides(project, TODAY + 11 * DAY, OFFICE.officer) == []
    actions.answer(by=project.group.representative, letter=letter, text="Wait.", upload=None, now=NOON + DAY)
    assert decides(project, TODAY + DAY) == [(page, TODAY + 11 * DAY)]
    assert Message.objects.filter(template="letter_answered", recipient=OFFICE.approver).exists()
    # A second proposal begins anew.
    again = propose(project, now=NOON + 2 * DAY)
    assert decides(project, TODAY + 2 * DAY) == []
    notify(again, on=TODAY + 2 * DAY, now=NOON + 2 * DAY)
    assert decides(project, TODAY + 13 * DAY) == [(page, TODAY + 23 * DAY)]
    move(project, "terminate", now=NOON + 13 * DAY)
    assert decides(project, TODAY + 13 * DAY) == []


def test_nobody_decides_on_what_was_taken_back_or_in_the_own_group(project):
    hear(project)
    assert decides(project, TODAY) != []
    own = staff_member("approver2", Role.APPROVER)
    assert decides(project, TODAY, own) != []
    give_place(project.group, own)
    assert decides(project, TODAY, own) == []
    writing.withdraw(by=OFFICE.officer, letter=project.letters.get(), reason="They went on.", now=NOON)
    assert decides(project, TODAY) == []


@pytest.mark.parametrize(
    ("by", "changes", "error", "said"),
    [
        ("approver", {"days_to_answer": 3}, TransitionRefused, "at least 10 days"),
        ("approver", {"reason": "  "}, TransitionRefused, "Say why"),
        ("representative", {}, NotAllowed, "It is for"),
        ("finance", {}, NotAllowed, "It is for"),
    ],
)
def test_what_is_no_proposal(project, by, changes, error, said):
    people = {
        "approver": OFFICE.approver,
        "representative": project.group.representative,
        "finance": finance(),
    }
    with pytest.raises(error, match=said):
        propose(project, by=people[by], **changes)
    assert not project.letters.exists()


def test_a_project_that_has_not_started_or_has_ended_is_not_heard(project):
    waits = project_at("awaiting_agreement", call=project.call)
    with pytest.raises(TransitionRefused, match="has not started"):
        propose(waits)
    assert move(waits, "terminate").letters.get().kind == "terminate"
    hear(project)
    move(project, "terminate")
    with pytest.raises(TransitionRefused, match="has ended"):
        propose(project)


def test_the_page_of_the_project_leads_to_the_proposal(project):
    begin, letters_page = (reverse(name, args=[project.pk]) for name in ("hearing_begin", "project_letters"))

    def acts(person) -> dict[str, str]:
        return {
            act["label"]: act["url"] for act in get(person, "project_detail", project.pk).context["available"]
        }

    assert acts(OFFICE.officer)["Propose to terminate"] == begin
    assert begin not in acts(project.group.representative).values()
    letter = propose(project)
    assert acts(OFFICE.approver)["See the proposal to terminate"] == letters_page
    assert begin not in acts(OFFICE.approver).values()
    writing.withdraw(by=OFFICE.officer, letter=letter, reason="They went on.", now=NOON)
    assert acts(OFFICE.officer)["Propose to terminate"] == begin
    waits = project_at("awaiting_agreement", call=project.call)
    assert "Propose to terminate" not in words(get(OFFICE.officer, "project_detail", waits.pk))


def test_a_proposal_is_taken_back_and_the_group_is_heard_again(project):
    officer, representative = OFFICE.officer, project.group.representative
    hear(project)
    proposal = project.letters.get()
    assert "The group reads why" in words(get(officer, "hearing_withdraw", proposal.pk))
    assert post(officer, "hearing_withdraw", proposal.pk, reason=" ").status_code == 422
    assert post(officer, "hearing_withdraw", proposal.pk, reason="They went on.").status_code == 302
    withdrawal = project.letters.first()
    assert (withdrawal.kind, withdrawal.number, withdrawal.withdraws) == ("withdraw", 2, proposal)
    assert Message.objects.filter(template="letter_withdrawn", recipient=representative).exists()
    page = words(get(representative, "project_letters", project.pk))
    assert "Letter 1 has no effect any more, and asks for no answer." in page
    assert "Taken back by letter 2 of 10/03/2026." in page
    assert "Letter 2 took back the proposal of letter 1" in words(get(officer, "project_detail", project.pk))
    assert post(officer, "hearing_withdraw", proposal.pk, reason="Again.").status_code == 409
    assert post(officer, "hearing_withdraw", withdrawal.pk, reason="Again.").status_code == 409
    with pytest.raises(TransitionRefused, match="heard first"):
        move(project, "terminate")
    hear(project)
    assert move(project, "terminate").status == "terminated"
    assert list(letters(None)) == []


def test_nobody_answers_what_was_taken_back(project):
    proposal, representative = propose(project), project.group.representative
    notify(proposal)
    writing.withdraw(by=OFFICE.officer, letter=proposal, reason="They went on.", now=NOON)
    assert f"hearing.{proposal.pk}" not in {duty.key for duty in duties.of(representative, TODAY)}
    refused = post(representative, "hearing_answer", proposal.pk, text="We lost two firms.")
    assert refused.status_code == 409
    assert "taken back" in words(refused)
    past = "INSERT INTO grants_hearinganswer (letter_id, text, answered_by_id, answered_at) VALUES (%s, 'x', %s, now())"
    assert "Only a proposal that stands is answered" in refused_by(past, proposal.pk, representative.pk)


def test_a_withdrawal_takes_the_place_of_its_proposal_alone(project):
    move(project, "suspend")
    hear(project)
    writing.withdraw(by=OFFICE.officer, letter=writing.last_proposal(project), reason="No.", now=NOON)
    jobs.run_waiting(NOON)
    current = {
        letter.kind: [row.current for row in documents.genuine(letter.sha256)] == [True]
        for letter in project.letters.all()
    }
    assert current == {"suspend": True, "hearing": False, "withdraw": True}


def test_the_database_ends_no_project_whose_group_was_not_heard(project):
    ended = "UPDATE grants_project SET status = 'terminated', ended_on = %s, ended_why = 'terminate' WHERE id = %s"
    unheard = "A group is heard before its project is terminated"
    assert unheard in refused_by(ended, TODAY, project.pk)
    letter = propose(project)
    assert unheard in refused_by(ended, TODAY + 30 * DAY, project.pk)
    notify(letter)
    assert unheard in refused_by(ended, TODAY + 10 * DAY, project.pk)
    writing.withdraw(by=OFFICE.officer, letter=letter, reason="They went on.", now=NOON)
    assert unheard in refused_by(ended, TODAY + 30 * DAY, project.pk)
    hear(project)
    assert move(project, "terminate").status == "terminated"


def test_the_database_takes_back_nothing_but_a_proposal_of_the_same_project(project):
    move(project, "suspend")
    past = (
        "INSERT INTO grants_projectletter (project_id, number, kind, grounds, resolution, file_number, withdraws_id, content, "
        "sha256, signed_by_id, signed_at) SELECT project_id, 9, 'withdraw', 'x', '', '', id, '{}', '', signed_by_id, now() "
        "FROM grants_projectletter WHERE id = %s"
    )
    assert "Only a proposal of the same open project is taken back" in refused_by(
        past, project.letters.get().pk
    )


def test_the_page_proposes_and_records_the_notice_with_its_proof(project):
    officer = OFFICE.officer
    assert "10" in get(officer, "hearing_begin", project.pk).text
    assert post(officer, "hearing_begin", project.pk, reason="", days_to_answer=10).status_code == 422
    assert post(officer, "hearing_begin", project.pk, reason="Idle.", days_to_answer=12).status_code == 302
    letter = project.letters.get()
    assert f"notice.{letter.pk}" in {duty.key for duty in duties.of(officer, TODAY)}
    assert post(officer, "hearing_begin", project.pk, reason="Idle.", days_to_answer=12).status_code == 409
    wrong = post(
        officer, "letter_notice", letter.pk, means="letter", notified_on="2026-03-01", paper=upload()
    )
    assert wrong.status_code == 422
    assert "nobody was notified before" in problems(wrong)
    assert (
        post(officer, "letter_notice", letter.pk, means="letter", notified_on="2026-03-10").status_code == 422
    )
    sent = post(
        officer,
        "letter_notice",
        letter.pk,
        means="in_person",
        notified_on="2026-03-10",
        paper=upload("p.pdf"),
    )
    assert sent.status_code == 302
    page = words(get(project.group.representative, "project_letters", project.pk))
    assert "Notified on 10/03/2026. In person, with a signature" in page
    proof = Document.objects.get(kind="notice_proof")
    assert documents.may_read(project.group.representative, proof)
    assert not documents.may_read(make_person("stranger"), proof)
    assert f"notice.{letter.pk}" not in {duty.key for duty in duties.of(officer, TODAY)}


def test_the_days_of_a_refund_count_from_its_notification():
    project = payment_at("paid").project
    asked = refund(project, 1_000)
    given = asked.due_on - TODAY
    notify(asked, on=TODAY + 4 * DAY, now=NOON + 6 * DAY)
    asked = Refund.objects.get()
    assert asked.due_on == TODAY + 4 * DAY + given
    # A later word about the same never takes days away.
    notify(asked, on=TODAY + 1 * DAY, now=NOON + 7 * DAY)
    assert Refund.objects.get().due_on == asked.due_on
    page = words(browser(OFFICE.officer).get(reverse("refund_detail", args=[asked.pk])))
    assert "Registered letter" in page
    for sql in (
        "UPDATE grants_refund SET due_on = due_on - 1 WHERE id = %s",
        "UPDATE grants_refund SET amount = 5, due_on = due_on + 1 WHERE id = %s",
    ):
        assert "stays as it was asked" in refused_by(sql, asked.pk)
    other = refund(project, 2_000)
    assert "stays as it was asked" in refused_by(
        "UPDATE grants_refund SET due_on = due_on + 1 WHERE id = %s", other.pk
    )


def test_the_database_keeps_letters_notices_and_answers(project):
    letter = propose(project)
    notice = notify(letter)
    answer = actions.answer(
        by=project.group.representative, letter=letter, text="Wait.", upload=None, now=NOON
    )
    for sql, row in (
        ("UPDATE grants_projectletter SET grounds = 'x' WHERE id = %s", letter),
        ("DELETE FROM grants_projectnotice WHERE id = %s", notice),
        ("UPDATE grants_projectnotice SET notified_on = notified_on + 1 WHERE id = %s", notice),
        ("UPDATE grants_hearinganswer SET text = 'x' WHERE id = %s", answer),
    ):
        assert "stays" in refused_by(sql, row.pk)
    early = (
        "INSERT INTO grants_projectnotice (means, notified_on, document_id, recorded_by_id, recorded_at, letter_id) "
        "SELECT 'letter', '2026-01-01', %s, recorded_by_id, recorded_at, letter_id FROM grants_projectnotice"
    )
    assert "before the act" in refused_by(early, upload_document(project).pk)


def upload_document(project) -> Document:
    return documents.store(
        case=project.case, kind="notice_proof", owner_id=project.pk, upload=upload(), by=None, now=NOON
    )


def test_the_page_of_letters_costs_the_same_with_more_of_them(project, django_assert_num_queries):
    desk, url = browser(OFFICE.officer), reverse("project_letters", args=[project.pk])
    move(project, "suspend")
    notify(project.letters.first())
    desk.get(url)
    with django_assert_num_queries(11):
        desk.get(url)
    move(project, "resume", now=NOON + DAY)
    notify(project.letters.first(), on=TODAY + DAY, now=NOON + DAY)
    with django_assert_num_queries(11):
        desk.get(url)
