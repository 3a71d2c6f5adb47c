"""A save that a page sends again by itself is made once, however often it arrives (PROGRAMME 12: a poor connection)."""

import datetime as dt
import re
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.dates import at_noon
from grants import saving
from grants.models import FormSave
from grants.saving import ADDRESS_HEADER
from reports.models import NotebookEntry
from tests.factories_reports import make_project, report_at
from tests.grants.expenses.rows import expense_row, statement_row
from tests.reports.test_actions import photo

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))
KEY, OTHER = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


def send(client, url: str, data: dict, key: str = KEY):
    return client.post(url, data, headers={"X-Save-Key": key})


def saved(answer) -> str:
    """Where the page goes on."""
    assert answer.status_code == 204, answer.context["form"].errors
    return answer.headers[ADDRESS_HEADER]


def test_an_entry_of_the_notebook_is_written_once(signed_in):
    project = make_project()
    client = signed_in(project.group.representative)
    url, data = reverse("notebook_add", args=[project.pk, "note"]), {"text": "The kiln arrived."}
    first, second = (saved(send(client, url, data)) for _time in range(2))
    assert first == second == reverse("notebook", args=[project.pk])
    assert NotebookEntry.objects.count() == 1
    assert "Saved." in client.get(first).text
    saved(send(client, url, data, OTHER))
    assert NotebookEntry.objects.count() == 2


def test_a_photograph_is_stored_once(signed_in):
    project = make_project()
    client = signed_in(project.group.representative)
    url = reverse("notebook_add", args=[project.pk, "photo"])
    for _time in range(2):
        saved(send(client, url, {"photo": photo()}))
    assert NotebookEntry.objects.count() == 1


def test_an_answer_of_a_report_is_saved_once_and_is_no_conflict_with_itself(signed_in):
    report = report_at("draft")
    client, activity = signed_in(report.group.representative), report.project.activities.first()
    url = reverse("report_activity", args=[report.pk, activity.pk])
    data = {"version": report.version, "done_percent": "100", "what_was_done": "Installed."}
    for _time in range(3):
        saved(send(client, url, data))
    report.refresh_from_db()
    assert report.version == data["version"] + 1
    # The version holds it too, whatever the page says.
    other = send(client, url, data | {"what_was_done": "Older words."}, OTHER)
    assert other.status_code == 409
    assert ADDRESS_HEADER not in other.headers
    assert report.activities.get(activity=activity).what_was_done == "Installed."


def test_what_was_refused_was_not_saved_and_may_be_sent_again(signed_in):
    project = make_project()
    client = signed_in(project.group.representative)
    url = reverse("notebook_add", args=[project.pk, "note"])
    assert send(client, url, {"text": ""}).status_code == 422
    assert not FormSave.objects.exists()
    saved(send(client, url, {"text": "The kiln arrived."}))
    assert NotebookEntry.objects.count() == 1


def test_a_refusal_that_the_view_lets_through_saves_nothing(signed_in):
    report = report_at("submitted")
    client, activity = signed_in(report.group.representative), report.project.activities.first()
    url = reverse("report_activity", args=[report.pk, activity.pk])
    assert send(client, url, {"version": report.version}).status_code == 409
    assert not FormSave.objects.exists()


def test_the_key_is_one_persons_own_and_of_one_shape(signed_in, person):
    project = make_project()
    url = reverse("notebook_add", args=[project.pk, "note"])
    saved(send(signed_in(project.group.representative), url, {"text": "Ours."}))
    assert send(signed_in(person("stranger")), url, {"text": "Not ours."}).status_code == 404
    for odd in ("", "a" * 31, "A" * 32, "a" * 33, "'; --"):
        assert (
            send(signed_in(project.group.representative), url, {"text": odd or "-"}, odd).status_code == 302
        )


def test_whoever_was_signed_out_is_sent_to_the_log_in():
    """The page sees a redirect that is no save, and comes anew: the log-in leads back to it."""
    project = make_project()
    url = reverse("notebook_add", args=[project.pk, "note"])
    answer = send(Client(), url, {"text": "Lost?"})
    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={url}")
    assert ADDRESS_HEADER not in answer.headers


def test_a_payment_that_is_sent_again_is_one(signed_in):
    project = make_project()
    client = signed_in(project.group.representative)
    expense = expense_row(statement_row(project))
    url = reverse("expense_part_add", args=[expense.pk, "payments"])
    data = {"version": 0, "paid_on": "2026-03-01", "means": "transfer", "account": "", "amount": "1000"}
    for _time in range(2):
        assert saved(send(client, url, data)) == reverse("expense_detail", args=[expense.pk])
    assert expense.payments.count() == 1


def test_keys_are_forgotten_after_a_week(person):
    someone = person("someone")
    for days in (8, 6):
        FormSave.objects.create(person=someone, key=f"{days:032}", saved_at=AFTER - dt.timedelta(days=days))
    saving.forget(AFTER)
    assert FormSave.objects.get().key == f"{6:032}"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_tries_at_the_same_second_save_once():
    with transaction.atomic():
        project = make_project()
    url, answers = reverse("notebook_add", args=[project.pk, "note"]), []
    together = threading.Barrier(4)

    def try_it() -> None:
        client = Client()
        client.force_login(project.group.representative)
        together.wait()
        answers.append(saved(send(client, url, {"text": "The kiln arrived."})))
        connection.close()

    threads = [threading.Thread(target=try_it) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [reverse("notebook", args=[project.pk])] * 4
    assert NotebookEntry.objects.count() == 1


def test_every_form_that_tries_again_is_saved_once():
    """A view without it would answer with a redirect, which the page takes for the log-in."""
    forms = {
        path.relative_to(settings.BASE_DIR / "templates").as_posix()
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if re.search(r"<form[^>]*data-retry", path.read_text("utf-8"))
    }
    source = "\n".join(
        path.read_text("utf-8")
        for app in ("grants", "reports")
        for path in (settings.BASE_DIR / app / "views").glob("*.py")
    )
    once = re.findall(r"@saved_once\n(?:@[^\n]*\n)*def (\w+)\(.*?(?=\n@|\n# ---|\Z)", source, re.DOTALL)
    assert forms == {
        "grants/amendment_edit.html",
        "grants/expense_act.html",
        "grants/expense_edit.html",
        "grants/expense_part.html",
        "grants/salary_month.html",
        "reports/ledgers/entry_edit.html",
        "reports/notebook_entry.html",
        "reports/parts/part_answer.html",
        "reports/report_activity.html",
        "reports/report_edit.html",
        "reports/report_outcome.html",
    }
    assert set(once) == {
        "amendment_edit",
        "expense_act",
        "expense_add",
        "expense_edit",
        "expense_part_add",
        "firm_part",
        "notebook_add",
        "notebook_edit",
        "report_activity",
        "report_edit",
        "report_entry",
        "report_outcome",
        "salary_month",
    }
