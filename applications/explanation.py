"""Why a decision is what it is: everything that it rested on, as it stood, on one page (PROGRAMME 11)."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from accounts import delegating
from accounts.models import User
from applications import letter, places, recomputing
from applications.models import (
    Consensus,
    Criterion,
    Decision,
    EligibilitySignOff,
    Recommendation,
    Review,
    Submission,
)
from applications.recomputing import Again
from applications.scoring import mean_of
from core import dates
from core.models import Event
from core.money import cents
from groups.ceilings import ceilings_on


@dataclass(frozen=True)
class Part:
    """One criterion in the total of a review: score × weight ÷ highest score."""

    criterion: Criterion
    score: int | None
    reason: str
    points: Decimal


@dataclass(frozen=True)
class Reviewed:
    """A review, or what its reviewers agreed on, with its arithmetic. The name is for the programme only."""

    review: Review | Consensus
    parts: list[Part]
    points: Decimal
    weights: int

    @property
    def key(self) -> str:
        """What names it on the page."""
        return str(self.review.pk)


@dataclass(frozen=True)
class Explanation:
    """What the page shows."""

    decision: Decision
    submission: Submission
    in_name_of: User | None
    sign_off: EligibilitySignOff | None
    reviews: list[Reviewed]
    mean: Decimal | None
    consensus: Consensus | None
    agreed: Reviewed | None
    recommendation: Recommendation | None
    place: Any
    again: list[Again]
    norms: list[str] = field(default_factory=list)
    call_event: Event | None = None
    call_changes: int = 0

    @property
    def same(self) -> bool:
        """Whether all comes out as it was written."""
        return all(each.same for each in self.again)


def of(decision: Decision) -> Explanation:
    """Gather it from what was frozen and from the timeline."""
    application, submission = decision.application, decision.submission
    criteria = list(application.call.criteria.all())
    rests_on_reviews = decision.kind in letter.WITH_REVIEWS
    reviews = (
        list(letter.reviews_at(decision).select_related("reviewer").prefetch_related("scores"))
        if rests_on_reviews
        else []
    )
    consensus = letter.consensus_at(decision)
    recommendation = (
        application.recommendations.filter(recommended_at__lte=decision.decided_at)
        .select_related("recommended_by")
        .prefetch_related("lines")
        .first()
    )
    again = list(
        chain(
            recomputing.of_submission(submission),
            recomputing.of_reviews(reviews, criteria),
            recomputing.of_consensus(consensus, criteria),
            recomputing.of_amounts(decision),
        )
    )
    if recommendation and rests_on_reviews and recommendation.submission_id == submission.pk:
        again.append(recomputing.of_score(recommendation, reviews, consensus))
    events = Event.objects.filter(case_id=application.call.case_id)
    return Explanation(
        decision=decision,
        submission=submission,
        in_name_of=delegating.in_name_of(decision.decided_by, decision.decided_at),
        sign_off=EligibilitySignOff.objects.filter(submission=submission).select_related("signed_by").first(),
        reviews=[_reviewed(review, criteria) for review in reviews],
        mean=mean_of([review.total for review in reviews if review.total is not None]),
        consensus=consensus,
        agreed=_agreed(consensus, criteria) if consensus else None,
        recommendation=recommendation,
        place=places.place_of(application),
        again=again,
        norms=_norms(application.first_submitted_at),
        call_event=events.filter(at__lte=decision.decided_at).order_by("-sequence").first(),
        call_changes=events.filter(at__gt=decision.decided_at, action="call.edited").count(),
    )


def _reviewed(review: Review, criteria: list[Criterion]) -> Reviewed:
    given = {score.criterion_id: (score.score, score.reason) for score in review.scores.all()}
    return _summed(review, given, criteria)


def _agreed(consensus: Consensus, criteria: list[Criterion]) -> Reviewed:
    given = {criterion.pk: (consensus.score_of(criterion), "") for criterion in criteria}
    return _summed(consensus, given, criteria)


def _summed(
    review: Review | Consensus, given: dict[int, tuple[int | None, str]], criteria: list[Criterion]
) -> Reviewed:
    """With its arithmetic; `given` is {criterion: (score, reason)}."""
    parts = []
    for criterion in criteria:
        score, reason = given.get(criterion.pk, (None, ""))
        points = Decimal((score or 0) * criterion.weight) / criterion.max_score
        parts.append(Part(criterion, score, reason, cents(points)))
    return Reviewed(
        review,
        parts,
        cents(sum((part.points for part in parts), Decimal(0))),
        sum(c.weight for c in criteria),
    )


def _norms(first_submitted_at: Any) -> list[str]:
    """The norms whose ceilings were in force on the day by which sizes were judged."""
    if first_submitted_at is None:
        return []
    rows = chain.from_iterable(ceilings_on(dates.day_of(first_submitted_at)).values())
    return sorted(
        {
            _("%(norm)s, from %(day)s") % {"norm": row.norm, "day": f"{row.valid_from:%d/%m/%Y}"}
            for row in rows
        }
    )
