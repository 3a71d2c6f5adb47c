"""A call that was never published is thrown away, with its tests; one that was stays."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import calls
from applications.models import Application, Call, Criterion, Question
from core import timeline
from core.models import Case, Event
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups.models import Group
from tests.clock import NOON
from tests.factories_applications import OFFICE, fill, make_call, make_questions
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def call():
    made = make_call(code="C-1", published=False)
    make_questions(made)
    return made


def test_it_goes_with_its_rules_and_everybodys_tests(call, staff):
    other = staff("other", Role.ADMIN)
    for by in (OFFICE.admin, other):
        fill(calls.start_test(by=by, call=call, now=NOON))
    calls.discard(by=OFFICE.admin, call=call, version=call.version, now=NOON)
    for model in (Call, Application, Group, Criterion, Question):
        assert not model.objects.exists()
    assert make_call(code="C-1").pk


def test_both_timelines_keep_that_it_was(call):
    case = call.case
    calls.discard(by=OFFICE.admin, call=call, version=call.version, now=NOON)
    found = Event.objects.filter(action="call.discarded").select_related("text").order_by("pk")
    assert [event.case for event in found] == [case, timeline.system_case(NOON)]
    assert all(event.text.text.startswith("C-1 · ") and event.actor == OFFICE.admin for event in found)
    assert not list(timeline.broken_links(case))
    assert Case.objects.get(pk=case.pk).reference is None


def test_one_with_an_application_or_that_was_published_stays(call):
    published = make_call(code="C-2")
    with pytest.raises(TransitionRefused, match="it stays readable"):
        calls.discard(by=OFFICE.admin, call=published, version=None, now=NOON)
    Application.objects.create(
        case=timeline.open_case(Case.Kind.APPLICATION, "Theirs", now=NOON),
        call=call,
        group=make_group(),
        created_by=OFFICE.admin,
        created_at=NOON,
        updated_at=NOON,
        state_since=NOON,
    )
    with pytest.raises(TransitionRefused, match="Groups have begun"):
        calls.discard(by=OFFICE.admin, call=call, version=None, now=NOON)


def test_nobody_else_does_and_nobody_by_an_old_page(call, officer):
    with pytest.raises(NotAllowed):
        calls.discard(by=officer, call=call, version=call.version, now=NOON)
    with pytest.raises(StaleObject):
        calls.discard(by=OFFICE.admin, call=call, version=call.version + 1, now=NOON)
    assert Call.objects.filter(pk=call.pk).exists()


def test_the_page_says_what_goes_and_asks_once_more(client, call):
    client.force_login(OFFICE.admin)
    calls.start_test(by=OFFICE.admin, call=call, now=NOON)
    url = reverse("call_discard", args=["C-1"])
    assert url in client.get(reverse("call_edit", args=["C-1"])).text
    page = client.get(url)
    assert "never published" in page.text
    assert "<dt>Test applications</dt><dd>1</dd>" in page.text
    answer = client.post(url, {"version": call.version}, follow=True)
    assert "The draft was discarded." in answer.text
    assert not Call.objects.exists()


def test_a_published_call_offers_it_nowhere(client):
    call = make_call(code="C-2")
    client.force_login(OFFICE.admin)
    url = reverse("call_discard", args=["C-2"])
    assert url not in client.get(reverse("call_edit", args=["C-2"])).text
    assert client.post(url, {"version": call.version}).status_code == 409
