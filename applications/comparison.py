"""Figures by which staff recommend and decide: reviews beside each other, the money left. Read only."""

from dataclasses import dataclass
from decimal import Decimal

from applications.models import Application, Call, Consensus, Criterion, Review, ReviewScore
from applications.scoring import consensus_on, mean_of, settled, spread_of, too_far_apart


@dataclass(frozen=True)
class CriterionRow:
    """One criterion: its part of the whole in per cent, the score of each review, how far they lie apart, and the score
    that was agreed on, where the reviewers met."""

    criterion: Criterion
    percent: Decimal
    scores: list[ReviewScore | None]
    spread: int | None
    agreed: int | None = None


@dataclass(frozen=True)
class Comparison:
    """The sent reviews of an application, oldest first, criterion by criterion; and what their reviewers agreed on."""

    call: Call
    reviews: list[Review]
    rows: list[CriterionRow]
    consensus: Consensus | None = None

    @property
    def totals(self) -> list[Decimal]:
        """What each review comes to."""
        return [review.total for review in self.reviews if review.total is not None]

    @property
    def mean(self) -> Decimal | None:
        """The mean of the totals, whether it counts or not."""
        return mean_of(self.totals)

    @property
    def score(self) -> Decimal | None:
        """The score that counts."""
        return settled(self.totals, self.consensus.total if self.consensus else None)

    @property
    def spread(self) -> Decimal | None:
        """How far the totals lie apart."""
        return spread_of(self.totals)

    @property
    def passes(self) -> bool:
        """Whether the score that counts reaches the call's pass mark."""
        return self.score is not None and self.score >= self.call.pass_mark

    @property
    def too_far_apart(self) -> bool:
        """Whether the totals lie further apart than the call allows, and nobody met about it."""
        return self.consensus is None and too_far_apart(self.call, self.totals)


def compare(application: Application) -> Comparison:
    """The sent reviews that count for the last submission, beside each other."""
    latest = application.latest_submission
    consensus = consensus_on(application.call, latest)
    reviews = list(
        application.reviews.counting_for(latest)
        .sent()
        .select_related("reviewer")
        .prefetch_related("scores")
        .order_by("sent_at", "pk")
    )
    criteria = list(application.call.criteria.all())
    weights = sum(criterion.weight for criterion in criteria)
    by_review = [{score.criterion_id: score for score in review.scores.all()} for review in reviews]
    rows = []
    for criterion in criteria:
        scores = [found.get(criterion.pk) for found in by_review]
        given = [score.score for score in scores if score and score.score is not None]
        percent = Decimal(criterion.weight * 100) / weights
        spread = max(given) - min(given) if given else None
        agreed = consensus.score_of(criterion) if consensus else None
        rows.append(CriterionRow(criterion, percent, scores, spread, agreed))
    return Comparison(application.call, reviews, rows, consensus)


def money_left(call: Call) -> Decimal:
    """What of the envelope is not committed, in pesos."""
    return call.envelope - call.entries.committed()
