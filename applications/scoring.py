"""How scores become a total, and totals the score of an application: the weighted mean in per cent, and the mean of the
reviews that count, or what the reviewers agreed on. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.template.defaultfilters import floatformat

from applications.models import Application, Call, Consensus, Criterion, Review, Submission
from core.money import ZERO, cents


def total_of(scores: Mapping[int, int | None], criteria: Iterable[Criterion]) -> Decimal | None:
    """The weighted mean of some scores by criterion, in per cent with two places; None while one is missing."""
    criteria = list(criteria)
    if not criteria or any(scores.get(criterion.pk) is None for criterion in criteria):
        return None
    points = sum(
        (
            Decimal((scores[criterion.pk] or 0) * criterion.weight) / criterion.max_score
            for criterion in criteria
        ),
        ZERO,
    )
    return cents(points * 100 / sum(criterion.weight for criterion in criteria))


def weighted_total(review: Review) -> Decimal | None:
    """The same of a review's scores as they are saved."""
    scores = {score.criterion_id: score.score for score in review.scores.all()}
    return total_of(scores, review.application.call.criteria.all())


def mean_of(totals: Sequence[Decimal]) -> Decimal | None:
    """The mean of some totals, two places, half up; None without any."""
    return cents(sum(totals, ZERO) / len(totals)) if totals else None


def in_words(points: Decimal | str | None) -> str:
    """Points as every page writes them, in the reader's language: 72, 72.5; nothing is a dash."""
    return "–" if points is None else floatformat(points, -2)


def spread_of(totals: Sequence[Decimal]) -> Decimal | None:
    """How far some totals lie apart, in points; None without any."""
    return max(totals) - min(totals) if totals else None


def too_far_apart(call: Call, totals: Sequence[Decimal]) -> bool:
    """Whether totals lie further apart than the call allows; never in one that does not limit it."""
    spread = spread_of(totals)
    return call.max_spread is not None and spread is not None and spread > call.max_spread


def settled(totals: Sequence[Decimal], agreed: Decimal | None) -> Decimal | None:
    """The score that counts: what the reviewers agreed on where they met, else the mean of their totals. Pure."""
    return agreed if agreed is not None else mean_of(totals)


def score_of(application: Application) -> Decimal | None:
    """The score of the last submission, from the sent reviews that count for it; None without any."""
    latest = application.latest_submission
    if latest is None:
        return None
    sent = application.reviews.counting_for(latest).sent()
    totals = [review.total for review in sent if review.total is not None]
    consensus = consensus_on(application.call, latest)
    return settled(totals, consensus.total if consensus else None)


def consensus_on(call: Call, submission: Submission | None) -> Consensus | None:
    """What the reviewers of a submission agreed on, if they met. One query, unless it was read already; none where the
    call does not ask them to meet, since then nothing can be on record."""
    return getattr(submission, "consensus", None) if call.asks_to_meet else None
