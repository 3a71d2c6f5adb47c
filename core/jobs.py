"""Long work as a row: asked for in a request, done by a worker, with progress, a result or a reason that a person can
read. Apps register their kinds in AppConfig.ready().

A worker takes a row for the time of a lease, which its progress renews; what a dead worker held is taken again after
it. Work may therefore run a second time: it must be such that this does no harm (a PDF, an export).
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import doorbell
from core.models import Case, Document, Job
from core.workflow import Refusal

log = logging.getLogger(__name__)

# Longer than a task may run.
LEASE = dt.timedelta(seconds=max(300, settings.CELERY_TASK_TIME_LIMIT + 60))
SECONDS = 60.0  # one call begins no further job after this
MOST_ATTEMPTS = 3
WAITS = [dt.timedelta(seconds=30), dt.timedelta(minutes=5)]

Progress = Callable[[int, int], None]
Work = Callable[[Job, Progress], Document | None]


class JobFailed(Refusal):
    """The work cannot be done, with the sentence that says why; trying again would not help."""


class TakenOver(Exception):
    """Another worker has this job now: the lease ran out."""


@dataclass(frozen=True)
class Kind:
    """What an app said about one kind of job."""

    work: Work
    label: str | Promise
    # page(job): the address and the name of the page where it was asked for.
    page: Callable[[Job], tuple[str, str]] | None = None


_kinds: dict[str, Kind] = {}


def register(
    kind: str, work: Work, label: str | Promise, page: Callable[[Job], tuple[str, str]] | None = None
) -> None:
    """Say how a kind of job is done: work(job, progress) answers the document that it made, or None; and to which page
    its own leads back.

    `progress(done, all)` may be called as often as wanted. It runs in no transaction, in the job's language.
    """
    _kinds[kind] = Kind(work, label, page)


def label_of(job: Job) -> str:
    """What a job does, in words."""
    return str(_kinds[job.kind].label) if job.kind in _kinds else job.kind


def page_of(job: Job) -> tuple[str, str]:
    """The address and the name of the page where it was asked for; empty where its kind does not say."""
    kind = _kinds.get(job.kind)
    return kind.page(job) if kind and kind.page else ("", "")


def ask(
    *,
    kind: str,
    key: str,
    by: Any,
    now: dt.datetime,
    params: dict[str, Any] | None = None,
    case: Case | None = None,
    language: str | None = None,
) -> Job:
    """Ask for work. The same key is the same row, whoever asks; a failed one begins again.

    The caller has checked that `by` may have the result; `by` None is the system.
    """
    language = language or (by.language if by is not None else None) or translation.get_language()
    Job.objects.bulk_create(
        [
            Job(
                kind=kind,
                key=key,
                case=case,
                requested_by=by,
                params=params or {},
                language=language,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    job = Job.objects.get(key=key)
    if by is not None:
        job.askers.add(by)
    if job.state == Job.State.FAILED:
        retry(job)
    elif job.state == Job.State.WAITING:
        doorbell.ring_on_commit("core.tasks.run_waiting_jobs")
    return job


def retry(job: Job) -> bool:
    """Let a failed job begin again. Answers whether it had failed."""
    again = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
        state=Job.State.WAITING, attempts=0, error="", done_steps=0, leased_until=None, finished_at=None
    )
    job.refresh_from_db()
    doorbell.ring_on_commit("core.tasks.run_waiting_jobs")
    return bool(again)


def may_see(user: Any, job: Job) -> bool:
    """Whoever asked for it, and who watches over the system."""
    return job.askers.filter(pk=user.pk).exists() or user.may_operate


# --- Working -----------------------------------------------------------------------------------------


def run_waiting(now: dt.datetime) -> int:
    """Do what waits, one job after the other; answers how many ended well. Any number may run at once."""
    clock = _Clock(now)
    done = 0
    while clock.seconds() < SECONDS:
        job = _claim(clock.now())
        if job is None:
            break
        done += _run(job, clock)
    return done


class _Clock:
    """The moment that was given, moving on as the work takes time."""

    def __init__(self, now: dt.datetime):
        self._began, self._now = time.monotonic(), now

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def now(self) -> dt.datetime:
        return self._now + dt.timedelta(seconds=self.seconds())


@transaction.atomic
def _claim(now: dt.datetime) -> Job | None:
    """Take the next job: one that waits, or one whose worker has died."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = Job.objects.filter(free, state__in=[Job.State.WAITING, Job.State.RUNNING])
    job = due.select_for_update(skip_locked=True, of=("self",)).order_by("created_at", "id").first()
    if job is None:
        return None
    job.state, job.attempts, job.leased_until = Job.State.RUNNING, job.attempts + 1, now + LEASE
    job.save(update_fields=["state", "attempts", "leased_until"])
    return job


def _run(job: Job, clock: _Clock) -> bool:
    """Do one job and write down how it ended."""
    # A worker that died on it each time must not take the next one along.
    if job.attempts > MOST_ATTEMPTS:
        return _end(job, clock, error=_in(job, lambda: _("The work broke off again and again.")))
    if job.kind not in _kinds:
        return _end(job, clock, error=_in(job, lambda: _("Nobody knows how to do this.")))
    try:
        with translation.override(job.language):
            result = _kinds[job.kind].work(job, _progress_of(job, clock))
    except TakenOver:
        return False
    except Refusal as refusal:
        return _end(job, clock, error=refusal.sentence)
    except SoftTimeLimitExceeded:
        _again(job, clock, _in(job, lambda: _("It took too long.")))
        raise
    except Exception as error:
        log.exception("job failed", extra={"job_id": job.pk, "kind": job.kind})
        words = _("There is no room on the disk.") if getattr(error, "errno", None) == 28 else ""
        return _again(job, clock, words or _in(job, lambda: _("An error in the software stopped it.")))
    return _end(job, clock, result=result)


def _in(job: Job, words: Callable[[], str]) -> str:
    with translation.override(job.language):
        return words()


def _mine(job: Job):
    """The row, as long as no other worker took it over."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _progress_of(job: Job, clock: _Clock) -> Progress:
    """Writes how far the work is, at most once a second, and renews the lease."""
    last = -1.0

    def progress(done: int, of: int) -> None:
        nonlocal last
        if done < of and clock.seconds() - last < 1 and last >= 0:
            return
        last = clock.seconds()
        if not _mine(job).update(done_steps=done, all_steps=max(of, 1), leased_until=clock.now() + LEASE):
            raise TakenOver

    return progress


def _end(job: Job, clock: _Clock, *, result: Document | None = None, error: str = "") -> bool:
    """Done, or failed for good."""
    state = Job.State.FAILED if error else Job.State.DONE
    ended: dict[str, Any] = {"state": state, "result": result, "error": error[:500], "leased_until": None}
    if not error:
        ended["done_steps"] = F("all_steps")
    return bool(_mine(job).update(finished_at=clock.now(), **ended)) and not error


def _again(job: Job, clock: _Clock, error: str) -> bool:
    """Try once more later; after the last attempt it has failed."""
    if job.attempts >= MOST_ATTEMPTS:
        return _end(job, clock, error=error)
    wait = WAITS[min(job.attempts, len(WAITS)) - 1]
    _mine(job).update(state=Job.State.WAITING, error=error[:500], leased_until=clock.now() + wait)
    return False
