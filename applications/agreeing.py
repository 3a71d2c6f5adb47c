"""What the reviewers of an application agree on where their scores lie too far apart and the call asks them to meet
(PROGRAMME 4): an officer records the meeting, once for a submission, and nobody changes it.

The pure checks are asked by the form, so that each stands at its field, and again under the lock.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications import emails, guards
from applications.judging import check_scores
from applications.locking import locked_for, same_version
from applications.models import Application, Consensus, Criterion, Review, Submission
from applications.scoring import consensus_on, in_words, spread_of, too_far_apart, total_of
from core import dates, timeline
from core.models import Event
from core.templatetags.lsp import day, percent
from core.workflow import TransitionRefused

RECORDED = "application.consensus_recorded"
# Nobody agrees alone.
FEWEST = 2


def reviews_of(application: Application) -> list[Review]:
    """The sent reviews that count for the last submission, oldest first."""
    sent = application.reviews.counting_for(application.latest_submission).sent()
    return list(sent.select_related("reviewer").order_by("sent_at", "pk"))


def earliest_day(submission: Submission, sent: Iterable[Review]) -> dt.date:
    """The first day on which they can have met: when this version was there and each had sent a review."""
    moments = [submission.submitted_at, *(review.sent_at for review in sent if review.sent_at)]
    return dates.day_of(max(moments))


# --- What a record needs: pure -------------------------------------------------------------------------


def why_not_on(held_on: dt.date, *, first: dt.date, today: dt.date) -> str:
    """Why they cannot have met on a day; "" when they can."""
    if held_on > today:
        return _("The meeting cannot lie in the future.")
    if held_on < first:
        return _("They can have met from %(day)s on: then the last review was there.") % {"day": day(first)}
    return ""


def why_not_these(present: Collection[int], reviewers: Collection[int]) -> str:
    """Why these people cannot have agreed; "" when they can."""
    if set(present) - set(reviewers):
        return _("Only those whose reviews count can have been there.")
    if len(set(present)) < FEWEST:
        return _("At least two reviewers have to be there.")
    return ""


def why_missing_unsaid(present: Collection[int], reviewers: Collection[int], why_missing: str) -> str:
    """The sentence that asks why a reviewer was missing; "" when all were there, or it is said."""
    if set(reviewers) - set(present) and not why_missing.strip():
        return _("Not all reviewers were there: say why.")
    return ""


# --- Whether it can be recorded ------------------------------------------------------------------------


def why_not(application: Application, *, by: User, now: dt.datetime) -> str:
    """Why nothing can be recorded now, in a sentence; "" when it can."""
    call, latest = application.call, application.latest_submission
    if consensus := consensus_on(call, latest):
        words = {"name": consensus.recorded_by, "total": percent(consensus.total)}
        return _("%(name)s recorded it already: %(total)s.") % words
    if application.status != Application.Status.IN_REVIEW:
        words = {"state": application.get_status_display()}
        return _("This is not possible now: the state is “%(state)s”.") % words
    if not call.asks_to_meet:
        return _("This call does not ask the reviewers to meet.")
    for guard in (guards.took_no_part, guards.reviewers_are_free):
        if sentence := guard(application, by=by, now=now, data={}):
            return sentence
    live = guards.counting(application)
    if sentence := guards.why_not_all_in(call, live, met=True):
        return sentence
    totals = [row.total for row in live if row.total is not None]
    if not too_far_apart(call, totals):
        words = {"spread": in_words(spread_of(totals)), "most": in_words(call.max_spread)}
        return (
            _("The reviews lie %(spread)s points apart, within the %(most)s of the call: nobody has to meet.")
            % words
        )
    return ""


@transaction.atomic
def record_consensus(
    *,
    by: User,
    application: Application,
    held_on: dt.date,
    present: Collection[int],
    why_missing: str = "",
    scores: Mapping[int, int | None],
    text: str,
    version: int | None,
    now: dt.datetime,
) -> Consensus:
    """Record what the reviewers agreed on: a score for each criterion (`scores` is {criterion id: score}), by whom of
    them (`present`: ids of people), and why. Who took part hears of it.

    Of two officers at once the second is refused, and reads that it is there. Raises NotAllowed, StaleObject or
    TransitionRefused.
    """
    fresh = locked_for(application, by, Action.RECORD_CONSENSUS)
    # Before the version: whoever comes second reads what stands there, not only that something changed.
    if sentence := why_not(fresh, by=by, now=now):
        raise TransitionRefused(sentence)
    same_version(version, fresh.version)
    submission = fresh.latest_submission
    assert submission is not None  # constraint submitted_has_a_day
    sent, criteria = reviews_of(fresh), list(fresh.call.criteria.all())
    reviewers = {review.reviewer_id: review.reviewer for review in sent}
    check_scores({pk: (score, "") for pk, score in scores.items()}, {each.pk: each for each in criteria})
    total = total_of(scores, criteria)
    refusals = (
        why_not_on(held_on, first=earliest_day(submission, sent), today=dates.day_of(now)),
        why_not_these(present, reviewers),
        why_missing_unsaid(present, reviewers, why_missing),
        "" if total is not None else _("Score every criterion."),
        "" if text.strip() else _("Say what was agreed, and why."),
    )
    if sentence := next(filter(None, refusals), ""):
        raise TransitionRefused(sentence)
    assert total is not None  # the third of them
    consensus = Consensus.objects.create(
        submission=submission,
        held_on=held_on,
        scores={str(pk): score for pk, score in scores.items()},
        total=total,
        text=text.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    there = [person for pk, person in reviewers.items() if pk in present]
    consensus.present.set(there)
    fresh.version += 1
    fresh.updated_at = now
    fresh.save(update_fields=["version", "updated_at"])
    _say(consensus, fresh, sent, there, why_missing, now)
    application.version = fresh.version
    return consensus


def _say(
    consensus: Consensus,
    application: Application,
    sent: list[Review],
    there: list[User],
    why_missing: str,
    now: dt.datetime,
) -> None:
    """On the timeline, and to those who were there."""
    timeline.record(
        application.case,
        RECORDED,
        by=consensus.recorded_by,
        now=now,
        obj=application,
        locked=True,
        text=why_missing.strip() if len(there) < len({review.reviewer_id for review in sent}) else "",
        submission=consensus.submission.number,
        consensus=consensus.pk,
        held_on=consensus.held_on,
        present=[person.pk for person in there],
        total=consensus.total,
    )
    emails.consensus_recorded(consensus, application, [row for row in sent if row.reviewer in there], now=now)


class Agreed(NamedTuple):
    """What was agreed on, criterion by criterion."""

    consensus: Consensus
    rows: list[tuple[Criterion, int | None]]


def agreed_in(review: Review) -> Agreed | None:
    """What was agreed on in the meeting to which the reviewer of a review went: they read at their review whether it says
    what they agreed on. Who was not there learns nothing of the others."""
    call = review.application.call
    consensus = consensus_on(call, review.kept_for or review.submission)
    if consensus is None or not consensus.present.filter(pk=review.reviewer_id).exists():
        return None
    return Agreed(
        consensus, [(criterion, consensus.score_of(criterion)) for criterion in call.criteria.all()]
    )


def said_of_missing(consensus: Consensus, application: Application) -> str:
    """Why a reviewer was missing, as the officer said; "" when all were there."""
    event = (
        Event.objects.filter(case_id=application.case_id, action=RECORDED, data__consensus=consensus.pk)
        .select_related("text")
        .first()
    )
    return event.text.text if event and event.text else ""
