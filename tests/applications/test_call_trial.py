"""A test application of an admin: written like a real one, never sent, nowhere counted, thrown away."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from applications import actions, calls, duties
from applications.models import Application, Call
from core import dates
from core.models import Document, Event, Message
from core.workflow import TransitionRefused
from groups.models import Firm, Group
from reports import home
from tests.applications.call_pages import save
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, application_at, draft, fill, make_call
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def call():
    return make_call(code="C-1", provinces=["AR-W"], min_group_months=240)


@pytest.fixture
def test(call):
    return calls.start_test(by=OFFICE.admin, call=call, now=NOON)


@pytest.fixture
def desk(client):
    client.force_login(OFFICE.admin)
    return client


def test_an_admin_starts_one_and_goes_on_with_it(desk, call):
    url = reverse("call_test_start", args=["C-1"])
    answer = desk.post(url, follow=True)
    assert "This is a test application." in answer.text
    desk.post(url)
    found = Application.objects.get()
    assert (found.is_test, found.group.is_test, found.group.representative) == (True, True, OFFICE.admin)
    assert found.group.province == "AR-W"


def test_nobody_else_starts_one(client, officer, call):
    client.force_login(officer)
    assert client.post(reverse("call_test_start", args=["C-1"])).status_code == 403
    assert not Application.objects.exists()


def test_a_draft_of_a_call_is_tried_out_too_and_a_call_that_is_over_is_not():
    hidden = make_call(code="C-2", published=False)
    assert calls.start_test(by=OFFICE.admin, call=hidden, now=NOON).is_test
    over = make_call(code="C-3")
    Call.objects.filter(pk=over.pk).update(status="wound_up")
    over.refresh_from_db()
    with pytest.raises(TransitionRefused, match="The call is over"):
        calls.start_test(by=OFFICE.admin, call=over, now=NOON)


def test_every_page_of_it_opens_for_its_maker_and_for_nobody_else(desk, client, test):
    pages = [reverse("application_detail", args=[test.pk]), reverse("application_check", args=[test.pk])]
    sections = ("project", "members", "plan", "budget", "institutions", "documents")
    pages += [reverse("application_section", args=[test.pk, section]) for section in sections]
    for page in pages:
        assert desk.get(page).status_code == 200, page
    for other in (OFFICE.officer, OFFICE.approver, make_group().representative):
        client.force_login(other)
        for page in pages:
            assert client.get(page).status_code == 404, page


def test_its_firms_are_examples_and_in_no_registry(desk, test):
    text = desk.get(reverse("application_section", args=[test.pk, "members"])).text
    assert "Example firm 5" in text
    assert not Firm.objects.exists()
    assert desk.get(reverse("group_detail", args=[test.group_id])).status_code == 404


def test_sending_says_what_the_rules_say_and_sends_nothing(desk, test):
    url = reverse("application_submit", args=[test.pk])
    answer = desk.post(url, {"declared": "on", "version": test.version}, follow=True)
    assert "in the way" in answer.text
    whole = fill(test, by=OFFICE.admin)
    answer = desk.post(url, {"declared": "on", "version": whole.version}, follow=True)
    assert "it would have been accepted. This is a test, and nothing was sent." in answer.text
    whole.refresh_from_db()
    assert (whole.status, whole.reference, whole.submissions.count()) == ("draft", None, 0)
    with pytest.raises(TransitionRefused, match="would have been accepted"):
        actions.submit(by=OFFICE.admin, application=whole, declared=True, version=None, now=NOON)
    assert not Message.objects.exists()


def test_the_database_sends_no_test(test):
    with pytest.raises(IntegrityError, match="test_is_never_sent"), transaction.atomic():
        Application.objects.filter(pk=test.pk).update(status="submitted", first_submitted_at=NOON)


def picture(client, call: Call) -> dict:
    """Every figure, list and duty in which an application could stand."""
    today = dates.day_of(NOON)
    client.force_login(OFFICE.admin)
    pages = {
        name: client.get(reverse(name)).status_code
        for name in ("application_list", "group_list", "project_list", "report_list")
    }
    listed = client.get(reverse("application_list")).context["number"]
    desk = client.get(reverse("call_edit", args=[call.code])).context["applications"]
    return {
        "pages": pages,
        "listed": listed,
        "desk": desk,
        "begun": client.get(reverse("call_desk")).context["rows"][0][0].begun,
        "duties": [duty.key for duty in duties.drafts(today=today)],
        "mine": [duty.key for duty in duties.drafts(today=today, user=OFFICE.admin)],
        "groups": client.get(reverse("group_list")).text.count("Test of"),
        "home": client.get(reverse("home")).text.count("C-1"),
        "own": [group.pk for group in home.own_groups(OFFICE.admin)],
        "visible": list(Group.objects.visible_to(OFFICE.officer).values_list("pk", flat=True)),
        "officers": list(Application.objects.visible_to(OFFICE.officer).values_list("pk", flat=True)),
        "rows": Application.objects.visible_to(OFFICE.admin).real().count(),
    }


def test_it_counts_nowhere(client, call):
    application_at("draft", call=call, group=make_group(province="AR-W"))
    before = picture(client, call)
    test = calls.start_test(by=OFFICE.admin, call=call, now=NOON)
    fill(test, by=OFFICE.admin)
    assert picture(client, call) == before


def test_it_freezes_nothing(desk, call, test):
    assert not calls.has_applications(call)
    assert save(desk, call, "days", days_to_sign="44").status_code == 302
    row = call.requirements.get(code="minutes")
    fill(test, by=OFFICE.admin)
    call.refresh_from_db()
    url = reverse("call_row_delete", args=["C-1", "documents", row.pk])
    assert "It was taken out." in desk.post(url, {"version": call.version}, follow=True).text
    draft(call=call, group=make_group())
    assert calls.has_applications(call)


def test_nobody_hears_of_it_and_it_never_lapses(call, test):
    calls.extend(
        by=OFFICE.admin, call=call, closes_at=NOON + 25 * DAY, reason="Rain.", version=None, now=NOON
    )
    assert not Message.objects.exists()
    assert actions.lapse_drafts(NOON + 60 * DAY) == 0


def test_it_is_thrown_away_with_all_its_rows_and_files(desk, call, test):
    fill(test, by=OFFICE.admin)
    group, case = test.group_id, test.case_id
    answer = desk.post(reverse("call_test_discard", args=["C-1"]), follow=True)
    assert "The test was thrown away." in answer.text
    assert not Application.objects.exists()
    assert not Group.objects.filter(pk=group).exists()
    assert not Document.objects.filter(case_id=case).exists()
    assert Event.objects.filter(case_id=case).exists(), "the timeline only grows"
    assert desk.post(reverse("call_test_discard", args=["C-1"])).status_code == 404


def test_nobody_throws_away_the_test_of_another(client, call):
    calls.start_test(by=OFFICE.admin, call=call, now=NOON)
    client.force_login(User.objects.get(email="admin2@lsp.example"))
    assert client.post(reverse("call_test_discard", args=["C-1"])).status_code == 404
    assert Application.objects.count() == 1


def test_the_page_of_a_call_costs_the_same_with_a_test(desk, call):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(reverse("call_edit", args=["C-1"])).status_code == 200
        return len(queries)

    before = count()
    calls.start_test(by=OFFICE.admin, call=call, now=NOON)
    assert count() <= before + 1
