"""Long work: one row for the same wish, done once by whoever comes first, with an end that a person can read."""

import datetime as dt
from threading import Thread

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.urls import reverse
from django.utils import translation

from core import documents, jobs, tasks
from core.models import Document, Job
from tests.clock import NOON
from tests.core.files import PDF
from tests.factories import make_case

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def export(stranger):
    """A kind of job that makes a document of one person's; `export.done` counts how often."""

    def work(job: Job, progress) -> Document:
        work.done += 1
        for number in range(3):
            progress(number, 3)
        return documents.store_bytes(
            case=make_case(),
            kind="export",
            owner_id=job.pk,
            filename="export.pdf",
            content_type="application/pdf",
            data=PDF,
            by=None,
            now=NOON,
        )

    work.done = 0
    jobs.register("export", work, "Export of the list")
    documents.register("export", can_read=lambda user, _document: user == stranger, label="Export")
    return work


def ask(by, key="export.1", **more) -> Job:
    return jobs.ask(kind="export", key=key, by=by, now=NOON, **more)


def fail_with(error: BaseException):
    def work(_job, _progress):
        raise error

    jobs.register("export", work, "Export of the list")


# --- Asking ----------------------------------------------------------------------------------------


def test_the_same_wish_is_one_row_that_each_who_asked_may_see(export, stranger, member, viewer):
    first, again = ask(stranger), ask(member)
    assert first == again
    assert (first.requested_by, first.state) == (stranger, "waiting")
    assert jobs.may_see(stranger, first)
    assert jobs.may_see(member, first)
    assert not jobs.may_see(viewer, first)


def test_what_is_done_is_not_done_again(export, stranger):
    ask(stranger)
    assert jobs.run_waiting(NOON) == 1
    assert ask(stranger).state == "done"
    assert jobs.run_waiting(NOON) == 0
    assert export.done == 1


def test_what_failed_begins_again_when_it_is_asked_for_again(stranger, export):
    fail_with(jobs.JobFailed("The list is empty."))
    ask(stranger)
    jobs.run_waiting(NOON)
    assert Job.objects.get().state == "failed"
    again = ask(stranger)
    assert (again.state, again.error, again.attempts) == ("waiting", "", 0)


def test_a_job_works_in_the_language_of_who_asked(person):
    spoken = []
    jobs.register("export", lambda _job, _progress: spoken.append(translation.get_language()), "Export")
    ask(person("ana", language="es"), "a")
    ask(person("bea"), "b")
    ask(None, "c", language="es")
    jobs.run_waiting(NOON)
    assert spoken == ["es", "en", "es"]


# --- Doing -----------------------------------------------------------------------------------------


def test_a_job_ends_with_its_document(export, stranger):
    job = ask(stranger)
    assert jobs.run_waiting(NOON) == 1
    job.refresh_from_db()
    assert (job.state, job.done_steps, job.all_steps, job.error) == ("done", 3, 3, "")
    assert (job.leased_until, job.attempts) == (None, 1)
    assert job.finished_at - NOON < MINUTE
    assert documents.is_whole(job.result)


def test_progress_is_seen_from_outside_and_renews_the_lease(stranger):
    seen = []

    def work(job, progress):
        progress(0, 600)
        Job.objects.filter(pk=job.pk).update(leased_until=NOON)
        progress(600, 600)
        row = Job.objects.get(pk=job.pk)
        seen.append((row.state, row.done_steps, row.all_steps, row.leased_until > NOON + 4 * MINUTE))

    jobs.register("export", work, "Export")
    ask(stranger)
    jobs.run_waiting(NOON)
    assert seen == [("running", 600, 600, True)]


def test_progress_is_written_at_most_once_a_second(stranger, django_assert_num_queries):
    def work(_job, progress):
        with django_assert_num_queries(2):
            for number in range(1000):
                progress(number, 1000)
            progress(1000, 1000)

    jobs.register("export", work, "Export")
    ask(stranger)
    assert jobs.run_waiting(NOON) == 1


def test_a_reason_that_helps_is_shown_and_nothing_is_tried_again(stranger):
    fail_with(jobs.JobFailed("The list is empty."))
    ask(stranger)
    assert jobs.run_waiting(NOON) == 0
    job = Job.objects.get()
    assert (job.state, job.error, job.attempts) == ("failed", "The list is empty.", 1)
    assert jobs.run_waiting(NOON + dt.timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "error, sentence",
    [
        (ZeroDivisionError("division by zero in /srv/lsp"), "An error in the software stopped it."),
        (OSError(28, "No space left on device"), "There is no room on the disk."),
    ],
)
def test_an_error_of_ours_is_tried_again_later_and_then_said_in_words(stranger, error, sentence):
    fail_with(error)
    ask(stranger)
    moment = NOON
    for wait in jobs.WAITS:
        jobs.run_waiting(moment)
        job = Job.objects.get()
        assert (job.state, job.error) == ("waiting", sentence)
        assert wait <= job.leased_until - moment < wait + MINUTE
        assert jobs.run_waiting(moment + wait / 2) == 0
        moment = job.leased_until
    jobs.run_waiting(moment)
    job = Job.objects.get()
    assert (job.state, job.error, job.attempts) == ("failed", sentence, jobs.MOST_ATTEMPTS)


def test_a_job_that_takes_too_long_is_given_back_and_the_worker_stops(stranger):
    fail_with(SoftTimeLimitExceeded())
    ask(stranger)
    with pytest.raises(SoftTimeLimitExceeded):
        jobs.run_waiting(NOON)
    job = Job.objects.get()
    assert (job.state, job.error) == ("waiting", "It took too long.")


def test_what_a_dead_worker_held_is_taken_again_after_its_lease(export, stranger):
    ask(stranger)
    jobs._claim(NOON)  # and then it was killed
    assert jobs.run_waiting(NOON + MINUTE) == 0
    assert jobs.run_waiting(NOON + jobs.LEASE) == 1
    assert (Job.objects.get().attempts, export.done) == (2, 1)


def test_a_job_that_kills_each_worker_does_not_kill_the_next(export, stranger):
    ask(stranger)
    moment = NOON
    for _death in range(jobs.MOST_ATTEMPTS):
        assert jobs._claim(moment)
        moment += jobs.LEASE
    assert jobs.run_waiting(moment) == 0
    job = Job.objects.get()
    assert (job.state, job.error, export.done) == ("failed", "The work broke off again and again.", 0)


def test_who_was_overtaken_does_not_write_the_end(stranger):
    """A worker that slept through its lease: the other one's result stands."""

    def work(job, progress):
        Job.objects.filter(pk=job.pk).update(attempts=job.attempts + 1)  # another worker took it
        progress(1, 2)
        pytest.fail("went on")

    jobs.register("export", work, "Export")
    ask(stranger)
    assert jobs.run_waiting(NOON) == 0
    assert Job.objects.get().state == "running"


def test_a_kind_that_nobody_knows_fails_with_a_sentence(stranger):
    jobs.ask(kind="unknown", key="x", by=stranger, now=NOON)
    jobs.run_waiting(NOON)
    assert Job.objects.get().error == "Nobody knows how to do this."


@pytest.mark.slow
def test_five_workers_at_once_do_each_job_once(transactional_db, stranger):
    done = []
    jobs.register("export", lambda job, _progress: done.append(job.pk), "Export")
    for number in range(20):
        ask(stranger, f"export.{number}")

    def work():
        try:
            jobs.run_waiting(NOON)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(done) == len(set(done)) == 20
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_the_task_does_what_waits(export, stranger):
    ask(stranger)
    tasks.run_waiting_jobs()
    assert Job.objects.get().state == "done"


# --- The page --------------------------------------------------------------------------------------


def page_of(client, job: Job, **headers):
    return client.get(reverse("job", args=[job.pk]), headers=headers)


def test_who_asked_sees_how_far_it_is_and_gets_the_result(export, signed_in, stranger):
    job, client = ask(stranger), signed_in(stranger)
    Job.objects.filter(pk=job.pk).update(state="running", done_steps=142, all_steps=600)
    page = page_of(client, job)
    assert "142 of 600" in page.text
    assert "Export of the list" in page.text
    assert 'hx-trigger="every 2s"' in page.text
    Job.objects.filter(pk=job.pk).update(state="waiting")
    jobs.run_waiting(NOON)
    job.refresh_from_db()
    page = page_of(client, job)
    assert reverse("document", args=[job.result_id]) in page.text
    assert "hx-trigger" not in page.text


def test_htmx_gets_the_part_that_changes(export, signed_in, stranger):
    page = page_of(signed_in(stranger), ask(stranger), **{"hx-request": "true"})
    assert "<html" not in page.text
    assert 'id="job-state"' in page.text


def test_a_failed_job_says_why(signed_in, stranger):
    fail_with(jobs.JobFailed("The list is <empty>."))
    job = ask(stranger)
    jobs.run_waiting(NOON)
    page = page_of(signed_in(stranger), job)
    assert "It could not be done." in page.text
    assert "The list is &lt;empty&gt;." in page.text


def test_nobody_else_learns_of_a_job_but_who_watches_over_the_system(
    export, client, signed_in, stranger, officer, admin
):
    job = ask(stranger)
    assert page_of(client, job).status_code == 302
    assert page_of(signed_in(officer), job).status_code == 404
    assert page_of(signed_in(admin), job).status_code == 200


def test_a_result_that_one_may_not_read_is_not_offered(export, signed_in, stranger, admin):
    job = ask(stranger)
    jobs.run_waiting(NOON)
    page = page_of(signed_in(admin), job)
    assert "It is done." in page.text
    assert "/documents/" not in page.text
