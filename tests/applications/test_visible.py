"""Who sees which applications, reviews and calls, one by one and in lists."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications.models import (
    Application,
    Call,
    Review,
)
from applications.workflow import REVIEW
from tests.cast import give_audit, make_person
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    assign,
    draft,
    make_call,
    staff_member,
)
from tests.factories_groups import give_place, make_appointment, make_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(
    representative, member, viewer, coordinator, adviser, officer, approver, finance, admin, auditor, stranger
):
    """Applications of two groups in several states, and everybody who stands in some way to them."""
    group = make_group(representative=representative)
    give_place(group, member)
    give_place(group, viewer, Role.VIEWER)
    make_appointment(group, coordinator)
    nominee = make_person("nominee")
    make_appointment(group, nominee, "nominated")
    group.advisers.add(adviser)
    gone = make_person("gone")
    give_place(group, gone)
    group.people.filter(user=gone).update(until=dt.date(2026, 1, 1))
    mine = [
        application_at(state, group=group, call=make_call()) for state in ("draft", "in_review", "rejected")
    ]
    theirs = [application_at(state) for state in ("submitted", "recommended")]
    declined = staff_member("declined", Role.REVIEWER)
    REVIEW.apply(
        assign(mine[1], reviewers=[declined])[0],
        "decline",
        by=declined,
        now=NOON,
        data={"reason": "No time."},
    )
    give_audit(auditor, mine[0].case, by=admin)
    of_group, of_call = make_person("auditor2"), make_person("auditor3")
    give_audit(of_group, group.case, by=admin)
    give_audit(of_call, theirs[0].call.case, by=admin)
    # Staff of the programme who hold a role in the group, too.
    torn = staff_member("torn", Role.OFFICER)
    give_place(group, torn, Role.VIEWER)
    nominated_officer = staff_member("nominated_officer", Role.OFFICER)
    make_appointment(theirs[0].group, nominated_officer, "nominated")
    closed = staff_member("closed", Role.OFFICER)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return mine, theirs


def test_a_reviewer_reads_the_application_once_they_declared_their_interest(world):
    review = world[0][1].reviews.unfinished().first()
    reader = User.objects.get(pk=review.reviewer_id)
    assert review.roles_of(reader) == {Role.REVIEWER}  # their own review they see at once
    assert not reader.can(Action.VIEW_APPLICATION, review.application)
    REVIEW.apply(review, "declare_interest", by=reader, now=NOON, data={"no_interest": True})
    fresh = Application.objects.get(pk=review.application_id)
    assert reader.can(Action.VIEW_APPLICATION, fresh)
    assert fresh in Application.objects.visible_to(reader)


def everybody() -> list:
    return [*User.objects.order_by("pk"), AnonymousUser()]


def test_the_list_shows_exactly_the_applications_that_one_may_view(world):
    mine, theirs = world
    every = set(Application.objects.values_list("pk", flat=True))
    seen = {}
    for user in everybody():
        listed = list(Application.objects.visible_to(user).values_list("pk", flat=True))
        may = {
            each.pk
            for each in Application.objects.all()
            if user.is_authenticated and user.can(Action.VIEW_APPLICATION, each)
        }
        assert sorted(listed) == sorted(may), user
        seen[getattr(user, "email", "").split("@")[0]] = may
    ours = {each.pk for each in mine}
    assert seen["representative"] == seen["member"] == seen["viewer"] == seen["coordinator"] == ours
    assert seen["adviser"] == seen["auditor2"] == ours
    assert seen["auditor"] == {mine[0].pk}
    assert seen["auditor3"] == {theirs[0].pk}
    # mine[1] is assigned to them too, but they have yet to say whether they have an interest.
    assert seen["reviewer1"] == {mine[2].pk, theirs[1].pk}
    assert seen["officer"] == seen["approver"] == seen["finance"] == seen["admin"] == seen["torn"] == every
    assert seen["nominated_officer"] == every
    for nobody in ("stranger", "nominee", "gone", "declined", "closed", ""):
        assert seen[nobody] == set(), nobody


def test_the_list_shows_exactly_the_reviews_that_one_may_view(world):
    seen = {}
    for user in everybody():
        listed = list(Review.objects.visible_to(user).values_list("pk", flat=True))
        may = {
            each.pk
            for each in Review.objects.all()
            if user.is_authenticated and user.can(Action.VIEW_REVIEW, each)
        }
        assert sorted(listed) == sorted(may), user
        seen[getattr(user, "email", "").split("@")[0]] = may
    assert len(seen["officer"]) == Review.objects.count()
    assert seen["reviewer1"] == set(
        Review.objects.filter(reviewer__email="reviewer1@lsp.example").values_list("pk", flat=True)
    )
    for nobody in ("representative", "member", "coordinator", "adviser", "declined", "finance", "admin", ""):
        assert seen[nobody] == set(), nobody
    torn = Review.objects.exclude(application__group__people__user__email="torn@lsp.example")
    assert seen["torn"] == set(torn.values_list("pk", flat=True))


def test_a_draft_call_is_for_those_who_prepare_it(world):
    hidden = make_call(published=False)
    for user in everybody():
        listed = set(Call.objects.visible_to(user).values_list("pk", flat=True))
        may = user.is_authenticated and user.can(Action.VIEW_DRAFT_CALL, hidden)
        assert (hidden.pk in listed) == may, user
        assert listed >= set(Call.objects.exclude(status="draft").values_list("pk", flat=True))


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_a_constant_number_of_queries(officer, rows, django_assert_num_queries):
    call = make_call()
    for number in range(rows):
        draft(group=make_group(firms=0, name=f"G{number}"), call=call)
    officer.staff_roles()
    with django_assert_num_queries(1):
        for each in Application.objects.visible_to(officer).with_case()[:50]:
            assert each.case.name
            assert each.call.title
            assert each.group.sector.name_en
    with django_assert_num_queries(5):
        found = Application.objects.visible_to(officer).with_roles()[:50]
        assert all(
            officer.can(action, each)
            for each in found
            for action in (Action.VIEW_APPLICATION, Action.RECOMMEND)
        )


@pytest.mark.parametrize("rows", [1, 30])
def test_the_reviewers_list_takes_one_query(rows, django_assert_num_queries):
    reviewer = staff_member("busy", Role.REVIEWER)
    application = application_at("submitted")
    Review.objects.bulk_create(
        Review(
            application=application,
            submission=application.submissions.get(),
            reviewer=reviewer if number == 0 else make_person(f"r{number}"),
            assigned_by=OFFICE.officer,
            assigned_on=NOON.date(),
            due_on=NOON.date(),
        )
        for number in range(rows)
    )
    officer = OFFICE.officer
    officer.staff_roles()
    with django_assert_num_queries(1):
        shown = Review.objects.visible_to(officer).select_related("application__case", "reviewer")
        assert len([(each.application.case.name, str(each.reviewer)) for each in shown]) == rows


def test_open_calls_are_those_that_take_applications_now():
    now = make_call()
    make_call(closes_at=NOON - dt.timedelta(seconds=1))
    make_call(opens_at=NOON + dt.timedelta(seconds=1))
    make_call(published=False)
    for_ever = make_call(closes_at=None)
    assert set(Call.objects.open_at(NOON)) == {now, for_ever}
    assert all(call.is_open(NOON) == (call in (now, for_ever)) for call in Call.objects.all())
