"""Figures by which staff recommend and decide: reviews beside each other, the money left. Read only."""

from dataclasses import dataclass
from decimal import Decimal

from applications.models import Application, Call, Criterion, Review, ReviewScore
from applications.scoring import mean_of


@dataclass(frozen=True)
class CriterionRow:
    """One criterion: its part of the whole in per cent, the score of each review, and how far they lie apart."""

    criterion: Criterion
    percent: Decimal
    scores: list[ReviewScore | None]
    spread: int | None


@dataclass(frozen=True)
class Comparison:
    """The sent reviews of an application, oldest first, criterion by criterion."""

    reviews: list[Review]
    rows: list[CriterionRow]
    mean: Decimal | None
    spread: Decimal | None
    pass_mark: Decimal
    max_spread: Decimal | None

    @property
    def passes(self) -> bool:
        """Whether the mean reaches the call's pass mark."""
        return self.mean is not None and self.mean >= self.pass_mark

    @property
    def too_far_apart(self) -> bool:
        """Whether the totals lie further apart than the call allows."""
        return None not in (self.max_spread, self.spread) and self.spread > self.max_spread  # type: ignore[operator]


def compare(application: Application) -> Comparison:
    """The sent reviews that count for the last submission, beside each other."""
    reviews = list(
        application.reviews.counting_for(application.latest_submission)
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
        rows.append(CriterionRow(criterion, percent, scores, max(given) - min(given) if given else None))
    totals = [review.total for review in reviews if review.total is not None]
    return Comparison(
        reviews=reviews,
        rows=rows,
        mean=mean_of(totals),
        spread=max(totals) - min(totals) if totals else None,
        pass_mark=application.call.pass_mark,
        max_spread=application.call.max_spread,
    )


def money_left(call: Call) -> Decimal:
    """What of the envelope is not committed, in pesos."""
    return call.envelope - call.entries.committed()
