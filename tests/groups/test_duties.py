"""A signed paper that arrives is a duty of the officers, until somebody has looked at it (PROGRAMME 7, 12)."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from core import duties as owed
from core.dates import day_of
from core.models import Message
from groups import duties
from groups.actions import papers
from groups.models import GroupPerson
from groups.workflow import APPOINTMENT
from tests.clock import NOON
from tests.factories_groups import give_place, make_appointment, make_group, make_paper

pytestmark = pytest.mark.django_db
TODAY = day_of(NOON)
DAY = dt.timedelta(days=1)
DUE = TODAY + 5 * DAY


def of(user, today: dt.date = TODAY) -> list[tuple[str, dt.date]]:
    return [(duty.key, duty.due_on) for duty in owed.of(user, today)]


@pytest.fixture
def group_nomination(person):
    group = make_group(0)
    return group, make_appointment(group, person("nadia"), "nominated", nominated_on=TODAY)


@pytest.fixture
def paper(db):
    return make_paper(make_group(1).memberships.get())


def test_every_officer_owes_a_look_at_a_paper(paper, officer, staff, approver):
    group = paper.membership.group
    (duty,) = owed.of(officer, TODAY)
    assert (duty.key, duty.due_on, duty.case_id) == (f"firm.paper.{paper.pk}", DUE, group.case_id)
    assert duty.words() == f"Look at the signed paper of {paper.membership.firm.name}"
    assert owed.kind_words(duty) == "Signed papers to look at"
    assert duty.url == f"/groups/{group.pk}/papers/{paper.pk}/"
    assert of(staff("officer2", Role.OFFICER)) == [(duty.key, DUE)]
    assert of(approver) == of(group.representative) == []


def test_nobody_owes_it_in_their_own_group(paper, officer):
    give_place(paper.membership.group, officer)
    assert of(officer) == []
    GroupPerson.objects.filter(user=officer).update(until=TODAY)
    assert of(officer) == [(f"firm.paper.{paper.pk}", DUE)]


def test_it_is_done_once_somebody_looked_or_the_firm_left(paper, officer):
    group, other = paper.membership.group, make_paper(make_group(1).memberships.get())
    papers.check_paper(by=officer, group=group, paper=paper, accepts=False, reason="Not legible.", now=NOON)
    assert of(officer) == [(f"firm.paper.{other.pk}", DUE)]
    other.membership.left_on = TODAY
    other.membership.save()
    assert of(officer) == []


def test_the_reminder_reaches_each_officer_once(paper, officer, staff):
    second = staff("officer2", Role.OFFICER)
    assert owed.remind(TODAY, NOON) == 2
    assert owed.remind(TODAY, NOON) == 0
    told = Message.objects.filter(template="reminders").values_list("recipient_id", flat=True)
    assert set(told) == {officer.pk, second.pk}


def test_the_dates_bound_it_both_included(paper, officer):
    def found(due_from, due_to) -> int:
        return len(list(duties.papers(today=TODAY, due_from=due_from, due_to=due_to)))

    day = dt.timedelta(days=1)
    assert found(DUE, DUE) == 1
    assert found(DUE + day, None) == found(None, DUE - day) == 0


def test_a_nominee_owes_an_answer_and_then_the_officers_a_confirmation(group_nomination, officer, now):
    group, post = group_nomination
    nominee = post.person
    (duty,) = owed.of(nominee, TODAY)
    assert (duty.key, duty.due_on) == (f"appointment.answer.{post.pk}", TODAY + 7 * DAY)
    assert duty.words() == f"Say whether you will be the coordinator of {group.name}"
    assert (duty.url, owed.kind_words(duty)) == (
        reverse("appointment_detail", args=[post.pk]),
        "Nominations to answer",
    )
    assert of(officer) == of(group.representative) == []
    later = now + 2 * DAY
    post = APPOINTMENT.apply(post, "accept", by=nominee, now=later, data={"no_conflict": True})
    assert of(nominee) == []
    (duty,) = owed.of(officer, TODAY)
    assert (duty.key, duty.due_on) == (f"appointment.confirm.{post.pk}", TODAY + 9 * DAY)
    assert duty.url == reverse("appointment_act", args=[post.pk, "confirm"])
    data = {"confirmed_from": TODAY + 2 * DAY}
    APPOINTMENT.apply(post, "confirm", by=officer, now=later, data=data)
    assert of(officer) == []


def test_a_mandate_is_answered_before_it_begins(person, officer, now):
    group, nominee = make_group(0), person("nadia")
    days = {"stand_in_from": TODAY + 3 * DAY, "stand_in_until": TODAY + 9 * DAY, "why": "Surgery."}
    post = make_appointment(group, nominee, "nominated", nominated_on=TODAY, **days)
    (duty,) = owed.of(nominee, TODAY)
    assert duty.words() == f"Say whether you stand in for the coordinator of {group.name}"
    assert duty.due_on == TODAY + 3 * DAY
    APPOINTMENT.apply(post, "accept", by=nominee, now=now + 5 * DAY, data={"no_conflict": True})
    # Never due before it could be done.
    assert of(officer) == [(f"appointment.confirm.{post.pk}", TODAY + 5 * DAY)]
    # An officer of the group confirms nobody there.
    give_place(group, officer)
    assert of(officer) == []
