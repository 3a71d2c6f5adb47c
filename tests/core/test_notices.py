"""The bell and its list, and the monitors of who watches over the system."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core import jobs, notices, outbox
from core.models import Case, Job, Message
from tests.clock import NOON
from tests.factories import make_case

pytestmark = pytest.mark.django_db
CONTEXT = {"invited_by": "Ana", "role": "Member", "expires_on": "24/03/2026", "url": "/groups/1/"}


def tell(user, key="a", **more) -> Message:
    given = {"template": "invitation", "now": NOON, "to": user, "context": CONTEXT}
    return outbox.queue(key=key, **(given | more))


# --- The bell --------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_new_on_every_page(signed_in, stranger, member):
    client = signed_in(stranger)
    assert 'class="count"' not in client.get(reverse("notices")).text
    for key in "ab":
        tell(stranger, key)
    tell(member, "c")
    tell(stranger, "secret", confidential=True)
    assert notices.unread(stranger) == 2
    assert '<span class="count">2' in client.get(reverse("my_account")).text


def test_a_visitor_has_no_bell(client, db):
    page = client.get(reverse("account_login")).text
    assert reverse("notices") not in page


def test_the_bell_costs_one_question(stranger, django_assert_num_queries):
    tell(stranger)
    with django_assert_num_queries(1):
        notices.unread(stranger)


def test_notices_stand_under_their_cases_and_lead_to_their_place(signed_in, stranger):
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reference="SPL-2026-7")
    case.refresh_from_db()
    tell(stranger, "old", case=case, now=NOON - dt.timedelta(days=1), context=CONTEXT | {"case": "X"})
    tell(stranger, "new", case=case, context=CONTEXT | {"case": "Y"})
    tell(stranger, "general", context=CONTEXT | {"case": "Z"}, now=NOON - dt.timedelta(hours=1))
    page = signed_in(stranger).get(reverse("notices")).text
    assert page.index("SPL-2026-7 · Muebles del Norte") < page.index("Y: Ana invites you")
    assert page.index("Y: Ana invites you") < page.index("X: Ana invites you") < page.index("General")
    assert "3 notices are new." in page


def test_a_notice_leads_to_its_place_and_then_counts_as_read(signed_in, stranger, member):
    mine, others = tell(stranger, "a"), tell(member, "b")
    client = signed_in(stranger)
    address = reverse("notice_open", args=[mine.pk])
    assert address in client.get(reverse("notices")).text
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, "/groups/1/")
    assert notices.unread(stranger) == 0
    assert client.get(reverse("notice_open", args=[others.pk])).status_code == 404
    assert notices.unread(member) == 1


def test_the_list_speaks_the_language_of_who_looks(stranger):
    """The title is put into words when it is shown, not when it was written."""
    told = tell(
        stranger, template="reminders", context={"first": {"title": "T", "due_on": "1/1/2026", "late": 0}}
    )
    with translation.override("en"):
        assert outbox.title_of(told) == "T, by 1/1/2026"
    with translation.override("es"):
        assert outbox.title_of(told) == translation.gettext("%(title)s, by %(due)s") % {
            "title": "T",
            "due": "1/1/2026",
        }


def test_one_or_all_are_marked_as_read_and_only_ones_own(signed_in, stranger, member):
    first, second, others = tell(stranger, "a"), tell(stranger, "b"), tell(member, "c")
    client = signed_in(stranger)
    address = reverse("notices_read")
    assert client.post(address, {"notice": first.pk}).status_code == 302
    assert notices.unread(stranger) == 1
    client.post(address, {"notice": others.pk})
    for nonsense in ("", "x", "-1", "9" * 40, "²"):
        client.post(address, {"notice": nonsense})
    assert (notices.unread(stranger), notices.unread(member)) == (1, 1)
    client.post(address, {"notice": "all"})
    assert (notices.unread(stranger), notices.unread(member)) == (0, 1)
    second.refresh_from_db()
    assert second.read_at
    assert client.get(address).url == reverse("notices")


@pytest.mark.parametrize(
    "url, place",
    [
        ("/groups/1/?a=1", "/groups/1/?a=1"),
        ("http://localhost:8000/groups/1/", "/groups/1/"),
        ("https://elsewhere.example/x", "/"),
        ("//elsewhere.example/x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_notice_leads_nowhere_but_into_this_site(stranger, url, place):
    assert notices.place_of(tell(stranger, context=CONTEXT | {"url": url})) == place


def count_queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_list_asks_the_same_number_of_questions_for_1_and_for_30(signed_in, stranger):
    client, address = signed_in(stranger), reverse("notices")
    tell(stranger, case=make_case())
    one = count_queries(client, address)
    for number in range(29):
        tell(stranger, str(number), case=make_case())
    assert count_queries(client, address) == one == 6


# --- The monitors ----------------------------------------------------------------------------------

MONITORS = ["message_monitor", "job_monitor"]


@pytest.mark.parametrize("name", MONITORS)
def test_only_who_watches_over_the_system_knows_of_the_monitors(
    client, signed_in, officer, stranger, admin, name
):
    address = reverse(name)
    assert client.get(address).status_code == 302
    for user in (officer, stranger):
        page = signed_in(user).get(address)
        assert page.status_code == 404
    assert signed_in(admin).get(address).status_code == 200


def test_the_navigation_leads_there_only_who_may(signed_in, officer, admin):
    address = f'href="{reverse("message_monitor")}"'
    assert address in signed_in(admin).get(reverse("my_account")).text
    assert address not in signed_in(officer).get(reverse("my_account")).text


def test_nobody_else_lets_anything_go_again(signed_in, officer, stranger):
    message = tell(stranger)
    Message.objects.update(parked_at=NOON)
    job = jobs.ask(kind="x", key="x", by=stranger, now=NOON)
    Job.objects.update(state="failed")
    client = signed_in(officer)
    assert client.post(reverse("message_retry", args=[message.pk])).status_code == 404
    assert client.post(reverse("job_retry", args=[job.pk])).status_code == 404
    assert Message.objects.get().parked_at
    assert Job.objects.get().state == "failed"


def test_unsent_messages_are_listed_with_the_reason_the_parked_first(signed_in, stranger, admin):
    for key in ("parked", "waiting", "sent"):
        tell(stranger, key, context=CONTEXT | {"invited_by": "<b>"})
    Message.objects.filter(key="parked").update(parked_at=NOON, last_error="550 <no> such person", attempts=3)
    Message.objects.filter(key="sent").update(sent_at=NOON)
    page = signed_in(admin).get(reverse("message_monitor")).text
    assert "2 messages have not left" in page
    assert "550 &lt;no&gt; such person" in page
    assert page.index("Parked") < page.index("Waiting")


def test_a_parked_message_goes_again_from_the_page(signed_in, stranger, admin):
    message = tell(stranger)
    Message.objects.update(parked_at=NOON, attempts=8)
    client = signed_in(admin)
    assert client.post(reverse("message_retry", args=[message.pk])).url == reverse("message_monitor")
    message.refresh_from_db()
    assert (message.parked_at, message.attempts) == (None, 0)
    Message.objects.update(sent_at=NOON)
    page = client.post(reverse("message_retry", args=[message.pk]), follow=True)
    assert "has left, or is leaving" in page.text


def test_failed_jobs_are_listed_with_the_reason_and_begin_again(signed_in, stranger, admin):
    job = jobs.ask(kind="export", key="x", by=stranger, now=NOON)
    Job.objects.update(state="failed", error="The list is <empty>.", attempts=3)
    client = signed_in(admin)
    page = client.get(reverse("job_monitor")).text
    assert "The list is &lt;empty&gt;." in page
    assert client.post(reverse("job_retry", args=[job.pk])).url == reverse("job_monitor")
    assert Job.objects.get().state == "waiting"
    page = client.post(reverse("job_retry", args=[job.pk]), follow=True)
    assert "has not failed" in page.text


@pytest.mark.parametrize("name", MONITORS)
def test_a_monitor_asks_the_same_number_of_questions_for_1_and_for_30(signed_in, stranger, admin, name):
    client, address = signed_in(admin), reverse(name)

    def add(number: int) -> None:
        tell(stranger, str(number), case=make_case())
        jobs.ask(kind="x", key=str(number), by=stranger, now=NOON, case=make_case())

    add(0)
    one = count_queries(client, address)
    for number in range(1, 30):
        add(number)
    assert count_queries(client, address) == one == 6


@pytest.mark.parametrize("name", MONITORS)
def test_an_empty_monitor_says_so(signed_in, admin, name):
    Message.objects.all().delete()
    assert "empty-state" in signed_in(admin).get(reverse(name)).text
