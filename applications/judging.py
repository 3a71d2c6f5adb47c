"""What staff do to an application besides its transitions: eligibility signed off, reviewers assigned, reviews written,
more time given. Each locks the case first and writes one event.
"""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import emails, guards, merging, ties
from applications.days import last_day
from applications.eligibility import FAIL, WARN, check_facts
from applications.facts import Facts
from applications.locking import locked_for, same_version
from applications.models import (
    Application,
    Criterion,
    EligibilitySignOff,
    Review,
    ReviewScore,
    Submission,
)
from applications.scoring import consensus_on
from applications.workflow import REVIEW
from core import dates, timeline
from core.conflict import plain
from core.models import Case
from core.workflow import TransitionRefused

WRITABLE = (Review.Status.INTEREST_DECLARED, Review.Status.DRAFT)


# --- Eligibility -------------------------------------------------------------------------------------


@transaction.atomic
def sign_eligibility(
    *,
    by: User,
    application: Application,
    judgements: Mapping[str, str],
    checklist: Mapping[int, tuple[str, str]] | None = None,
    note: str,
    version: int | None,
    now: dt.datetime,
) -> EligibilitySignOff:
    """Sign that the submission is eligible: no rule fails, and each warning has the officer's judgement.

    `judgements` is {rule: what the officer judged, in words}, `checklist` {check of the call: (answer, what was seen)}.
    The results are kept as they are, with their figures.
    """
    fresh = locked_for(application, by, Action.CHECK_ELIGIBILITY, version)
    if fresh.status != Application.Status.SUBMITTED:
        raise TransitionRefused(_not_now(fresh))
    submission = _latest(fresh)
    if EligibilitySignOff.objects.filter(submission=submission).exists():
        raise TransitionRefused(_("Eligibility was signed off already."))
    facts = Facts(fresh, today=dates.day_of(now))
    results = check_facts(facts)
    if failed := [result for result in results if result.outcome == FAIL]:
        raise TransitionRefused(_("A rule is not met: %(rule)s") % {"rule": failed[0].sentence})
    words = {rule: str(text).strip() for rule, text in judgements.items()}
    if silent := [result for result in results if result.outcome == WARN and not words.get(result.rule)]:
        raise TransitionRefused(_("Say what you judge of this: %(rule)s") % {"rule": silent[0].sentence})
    sentences = _in_each_language(facts)
    signed = EligibilitySignOff.objects.create(
        submission=submission,
        checklist=_checklist(fresh, checklist or {}),
        signed_by=by,
        signed_at=now,
        note=note.strip(),
        results=[
            {
                "rule": result.rule,
                "outcome": result.outcome,
                "sentence": result.sentence,
                "sentences": sentences[result.rule],
                "section": result.section,
                "figures": result.figures,
                "judgement": words.get(result.rule, ""),
            }
            for result in results
        ],
    )
    timeline.record(
        fresh.case,
        "application.eligibility_signed",
        by=by,
        now=now,
        obj=fresh,
        number=submission.number,
        warnings=[result.rule for result in results if result.outcome == WARN],
    )
    _bump(fresh, now)
    application.version = fresh.version
    return signed


def _in_each_language(facts: Facts) -> dict[str, dict[str, str]]:
    """{rule: {language: its sentence}}: whoever reads it later may read another language than who signs it."""
    found: dict[str, dict[str, str]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for result in check_facts(facts):
                found.setdefault(result.rule, {})[code] = result.sentence
    return found


def _checklist(application: Application, answers: Mapping[int, tuple[str, str]]) -> list[dict[str, str]]:
    """The checklist of the call as it was answered: every line of it, and a reason for each no."""
    rows = []
    for each in application.call.checks.all():
        answer, seen = answers.get(each.pk, ("", ""))
        if answer not in EligibilitySignOff.Answer.values:
            raise TransitionRefused(_("Answer this: %(check)s") % {"check": each})
        if answer == EligibilitySignOff.Answer.NO and not seen.strip():
            raise TransitionRefused(_("Say why it may stand although the answer is no."))
        rows.append({"en": each.name_en, "es": each.name_es, "answer": answer, "note": seen.strip()})
    return rows


@transaction.atomic
def extend_answer(
    *,
    by: User,
    application: Application,
    answer_by: dt.date,
    reason: str,
    version: int | None,
    now: dt.datetime,
) -> Application:
    """Give a group more time to answer a return: a later day, with a reason, and a message."""
    fresh = locked_for(application, by, Action.REQUEST_CHANGES, version)
    if fresh.status != Application.Status.CHANGES_REQUESTED or fresh.answer_by is None:
        raise TransitionRefused(_not_now(fresh))
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    if sentence := guards.answer_day_ahead(fresh, by=by, now=now, data={"answer_by": answer_by}):
        raise TransitionRefused(sentence)
    last = dates.end_of(answer_by)
    if last <= fresh.answer_by:
        raise TransitionRefused(_("The new day must be after the present one."))
    before, fresh.answer_by = fresh.answer_by, last
    fresh.returns.filter(answered_at=None).update(answer_by=last)
    _bump(fresh, now)
    timeline.record(
        fresh.case,
        "application.answer_extended",
        by=by,
        now=now,
        obj=fresh,
        text=reason.strip(),
        before=dates.day_of(before),
        until=answer_by,
    )
    emails.answer_extended(fresh, now=now)
    return fresh


# --- Reviewers ---------------------------------------------------------------------------------------


@transaction.atomic
def assign_reviewer(
    *,
    by: User,
    application: Application,
    reviewer: User,
    due_on: dt.date | None = None,
    now: dt.datetime,
) -> Review:
    """Give the last submission to a reviewer, who hears of it. Without `due_on` the call says how many days.

    Raises TransitionRefused when this person cannot review it.
    """
    fresh = locked_for(application, by, Action.ASSIGN_REVIEWS, None)
    if fresh.status not in guards.UNDER_REVIEW:
        raise TransitionRefused(_not_now(fresh))
    today = dates.day_of(now)
    due_on = due_on or last_day(fresh.call, today, fresh.call.days_to_review)
    if due_on < today:
        raise TransitionRefused(_("Choose a day that is still to come."))
    if Role.REVIEWER not in reviewer.staff_roles(now):
        raise TransitionRefused(_("%(name)s is not a reviewer.") % {"name": reviewer})
    if consensus_on(fresh.call, fresh.latest_submission):
        raise TransitionRefused(_("Its reviewers agreed on this version: a further review would not count."))
    if sentence := guards.why_not_reviewer(fresh, reviewer):
        raise TransitionRefused(sentence)
    try:
        with transaction.atomic():
            review = Review.objects.create(
                application=fresh,
                submission=_latest(fresh),
                reviewer=reviewer,
                assigned_by=by,
                assigned_on=today,
                due_on=due_on,
            )
    except IntegrityError as error:
        if "one_live_review_each" not in str(error):
            raise
        raise TransitionRefused(_("%(name)s reviews it already.") % {"name": reviewer}) from error
    timeline.record(
        fresh.case,
        "application.reviewer_assigned",
        by=by,
        now=now,
        obj=review,
        reviewer=reviewer.pk,
        due_on=due_on,
    )
    emails.review_assigned(review, now=now)
    return review


@transaction.atomic
def reassign_review(
    *, by: User, review: Review, reviewer: User, reason: str, version: int | None, now: dt.datetime
) -> Review:
    """End the one review and give the work to another person, with the same day if it is still to come."""
    ended = REVIEW.apply(review, "reassign", by=by, now=now, version=version, data={"reason": reason})
    due_on = ended.due_on if ended.due_on > dates.day_of(now) else None
    return assign_reviewer(by=by, application=ended.application, reviewer=reviewer, due_on=due_on, now=now)


@transaction.atomic
def keep_review(*, by: User, review: Review, version: int | None, now: dt.datetime) -> Review:
    """Let a review of an earlier version count for the last submission (PROGRAMME 5, request_changes)."""
    fresh = _locked_review(review, by, Action.MANAGE_REVIEW, version)
    submission = _latest(fresh.application)
    if fresh.application.status not in guards.UNDER_REVIEW or not fresh.is_live:
        raise TransitionRefused(_not_now(fresh.application))
    if fresh.counts_for(submission):
        raise TransitionRefused(_("This review counts for the last version already."))
    tied = ties.of_one(fresh.application_id, among=[fresh.reviewer_id])
    if sentence := guards.tied_review(fresh.application, [fresh], tied):
        raise TransitionRefused(sentence)
    fresh.kept_for = submission
    fresh.version += 1
    fresh.save(update_fields=["kept_for", "version"])
    timeline.record(
        fresh.case, "application.review_kept", by=by, now=now, obj=fresh, submission=submission.number
    )
    return fresh


@transaction.atomic
def save_review(
    *,
    by: User,
    review: Review,
    scores: Mapping[int, tuple[int | None, str]],
    comment: str,
    advice: str,
    was: Mapping[str, str] | None = None,
    version: int | None,
    now: dt.datetime,
) -> Review:
    """Keep what a reviewer wrote; it may be incomplete. `scores` is {criterion id: (score or None, reason)}, `was` holds
    digests of what the page was opened with, by the names of `as_written` (applications.merging).

    Answers the fresh review, whose version a following "send" shows, with what came of each field in `merge`. Raises
    BothWrote when another window saved something else in a field that was changed here. Nothing is written on the
    timeline after the first save: what is not sent is the reviewer's own.
    """
    fresh = _locked_review(review, by, Action.DO_REVIEW, None)
    if fresh.status not in WRITABLE:
        raise TransitionRefused(
            _("This review cannot be changed any more: it is “%(state)s”.")
            % {"state": fresh.get_status_display()}
        )
    for guard in (guards.review_has_begun, guards.reviewer_is_independent):
        if sentence := guard(fresh, by=by, now=now, data={}):
            raise TransitionRefused(sentence)
    criteria = {criterion.pk: criterion for criterion in fresh.application.call.criteria.all()}
    check_scores(scores, criteria)
    if advice and advice not in Review.Advice.values:
        raise TransitionRefused(_("Say what you advise."))
    written = {row.criterion_id: (row.score, row.reason) for row in fresh.scores.all()}
    typed = as_written(scores, comment, advice)
    saved = as_written({pk: written.get(pk, (None, "")) for pk in scores}, fresh.comment, fresh.advice)
    found = merging.merge(saved, typed, was or {}, same_version=version in (None, fresh.version))
    if found.both:
        raise merging.BothWrote(found)
    if found.write:
        fresh = _write(fresh, found, scores, written, by=by, now=now)
    fresh.merge = found
    return fresh


def as_written(scores: Mapping[int, tuple[int | None, str]], comment: str, advice: str) -> dict[str, str]:
    """What a review says, by the names that the fields have on its page."""
    texts = {f"score_{pk}": plain(score) for pk, (score, _reason) in scores.items()}
    texts |= {f"reason_{pk}": reason for pk, (_score, reason) in scores.items()}
    return {**texts, "comment": comment, "advice": advice}


def _write(
    fresh: Review,
    found: merging.Merge,
    scores: Mapping[int, tuple[int | None, str]],
    written: Mapping[int, tuple[int | None, str]],
    *,
    by: User,
    now: dt.datetime,
) -> Review:
    """Put what was typed in the place of what was saved, field by field."""
    if fresh.status == Review.Status.INTEREST_DECLARED:
        fresh = REVIEW.apply(fresh, "write", by=by, now=now)
    else:
        fresh.version += 1
    rows = []
    for pk, typed in scores.items():
        mine = f"score_{pk}" in found.write, f"reason_{pk}" in found.write
        if any(mine):
            kept = written.get(pk, (None, ""))
            score, reason = (typed[at] if mine[at] else kept[at] for at in (0, 1))
            rows.append(ReviewScore(review=fresh, criterion_id=pk, score=score, reason=str(reason).strip()))
    ReviewScore.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["score", "reason"],
    )
    fresh.comment = found.write.get("comment", fresh.comment).strip()
    fresh.advice = found.write.get("advice", fresh.advice)
    fresh.save(update_fields=["comment", "advice", "version"])
    return fresh


def check_scores(scores: Mapping[int, tuple[int | None, str]], criteria: Mapping[int, Criterion]) -> None:
    """Raise TransitionRefused for a score outside its criterion's scale; one that is not given yet may be None."""
    for pk, (score, _reason) in scores.items():
        if pk not in criteria:
            raise TransitionRefused(_("A score belongs to a criterion that this call does not have."))
        if score is not None and not 0 <= score <= criteria[pk].max_score:
            words = {"criterion": criteria[pk], "most": criteria[pk].max_score}
            raise TransitionRefused(_("“%(criterion)s”: the score must be between 0 and %(most)s.") % words)


# --- Locks -------------------------------------------------------------------------------------------


def _locked_review(review: Review, by: User, action: Action, version: int | None) -> Review:
    Case.objects.select_for_update().get(pk=review.application.case_id)
    fresh = Review.objects.with_roles().select_for_update(of=("self",)).get(pk=review.pk)
    require(by, action, fresh)
    same_version(version, fresh.version)
    return fresh


def _bump(application: Application, now: dt.datetime) -> None:
    application.version += 1
    application.updated_at = now
    application.save(update_fields=["version", "updated_at", "answer_by"])


def _latest(application: Application) -> Submission:
    submission = application.latest_submission
    if submission is None:
        raise TransitionRefused(_not_now(application))
    return submission


def _not_now(application: Application) -> str:
    return _("This is not possible now: the state is “%(state)s”.") % {
        "state": application.get_status_display()
    }
