"""The ranking of a call as it stands: which applications have a place, by what, and in which order the reserve moves up.
Read only, in a number of queries that does not grow. How they are ranked is in applications/ranking.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum, prefetch_related_objects
from django.utils.translation import gettext as _

from applications import cuts, guards
from applications.comparison import money_left
from applications.models import (
    Application,
    Call,
    CallCut,
    Consensus,
    Criterion,
    EnvelopeEntry,
    Recommendation,
    Review,
    ReviewScore,
    Submission,
)
from applications.ranking import Entry, Ranking, Row, rank
from applications.scoring import mean_of, settled, spread_of
from core.money import ZERO, written
from core.workflow import TransitionRefused

# Who has a place: once all reviews are in, until it is rejected or given up.
RANKED = ("in_review", "recommended", "reserve", "approved")
# What one page can rank; no call of the programme ever had a tenth of it.
MOST_RANKED = 5000


@dataclass(frozen=True)
class Candidate:
    """One application that has a place: the reviews that count, what they come to, and the amount that it holds, that is
    proposed for it, or that it asks."""

    application: Application
    reviews: list[Review]
    score: Decimal
    criterion: Decimal | None
    amount: Decimal
    # What the reviewers agreed on, where they met.
    agreed: Decimal | None = None

    @property
    def spread(self) -> Decimal:
        """How far the totals lie apart."""
        totals = [review.total for review in self.reviews if review.total is not None]
        return spread_of(totals) or ZERO

    @property
    def mean(self) -> Decimal | None:
        """The mean of the totals."""
        return mean_of([review.total for review in self.reviews if review.total is not None])

    @property
    def sum(self) -> str:
        """How the mean comes about, as it is written on paper: `(80 + 75,5) ÷ 2`."""
        totals = [figure(review.total) for review in self.reviews if review.total is not None]
        return f"({' + '.join(totals)}) ÷ {len(totals)}"

    @property
    def criterion_figure(self) -> str:
        """The mean of the scores in the first criterion."""
        return "" if self.criterion is None else figure(self.criterion)

    @property
    def was_recommended(self) -> bool:
        """Whether the score is that of a recommendation, which stays as it was."""
        return self.application.status != Application.Status.IN_REVIEW

    @property
    def is_committed(self) -> bool:
        """Whether the envelope counts its money already."""
        return self.application.status == Application.Status.APPROVED

    def entry(self, amount: Decimal | None = None) -> Entry:
        """As the ranking reads it, with another amount when one is tried."""
        arrived = self.application.first_submitted_at
        assert arrived is not None  # constraint submitted_has_a_day
        return Entry(
            id=self.application.pk,
            score=self.score,
            arrived=arrived,
            asked=self.application.asked,
            amount=self.amount if amount is None or self.is_committed else amount,
            criterion=self.criterion,
            committed=self.is_committed,
        )


@dataclass
class Standing:
    """The candidates of a call or of one of its cuts, the criterion that may part equal scores, and how many more are in
    review, whose reviews are not all in."""

    call: Call
    candidates: list[Candidate] = field(default_factory=list)
    criterion: Criterion | None = None
    reviewing: int = 0
    # Those of them whose reviewers must meet, and nothing else is missing.
    to_meet: list[Application] = field(default_factory=list)

    @property
    def by_id(self) -> dict[int, Candidate]:
        """The candidates by their application."""
        return {each.application.pk: each for each in self.candidates}

    def ranked(self, money: Decimal, amounts: Mapping[int, Decimal] | None = None) -> Ranking:
        """By the rules of the call, with so much money left; with other amounts by application when some are tried."""
        tried = amounts or {}
        return rank(
            [each.entry(tried.get(each.application.pk)) for each in self.candidates],
            money=max(money, ZERO),
            pass_mark=self.call.pass_mark,
            tie_rule=self.call.tie_rule,
            by_arrival=self.call.intake == Call.Intake.ARRIVAL,
        )


def place_of(application: Application) -> tuple[Row, int] | None:
    """The place of one application, and how many have one; None while it has none. In a call with cuts: of its cut."""
    if application.status not in RANKED:
        return None
    call = application.call
    ranking = read(call, cut=cuts.cut_of(application)).ranked(money_left(call))
    row = ranking.row_of(application.pk)
    return (row, len(ranking.rows)) if row else None


def reserve_of(call: Call) -> list[Candidate]:
    """The reserve list in the order in which it moves up: cut after cut, each in the order of its ranking."""
    by_cut: dict[float, Standing] = {}
    # Each of them asks for its cut.
    prefetch_related_objects([call], "cuts")
    for each in read(call, states=("reserve",)).candidates:
        cut = cuts.cut_of(each.application)
        by_cut.setdefault(cut.number if cut else math.inf, Standing(call)).candidates.append(each)
    ordered = []
    for _number, standing in sorted(by_cut.items()):
        by_id, ranking = standing.by_id, standing.ranked(ZERO)
        ordered += [by_id[entry.id] for entry in (*(row.entry for row in ranking.rows), *ranking.below)]
    return ordered


def read(call: Call, *, cut: CallCut | None = None, states: tuple[str, ...] = RANKED) -> Standing:
    """The candidates in some states. Those in review have a place once all their reviews are in.

    Raises TransitionRefused, with the sentence, when there are more than MOST_RANKED.
    """
    rows = list(_applications(call, cut, states)[: MOST_RANKED + 1])
    if len(rows) > MOST_RANKED:
        raise TransitionRefused(
            _("More than %(most)s applications: they are not ranked at once.") % {"most": MOST_RANKED}
        )
    found = Standing(call, criterion=call.criteria.first())
    reviews = _reviews(rows, found.criterion)
    for row in rows:
        row.call = call
        mine = [
            each for each in reviews.get(row.pk, []) if row.latest in (each.submission_id, each.kept_for_id)
        ]
        if row.status == Application.Status.IN_REVIEW and guards.why_not_all_in(
            call, mine, met=row.agreed_total is not None
        ):
            found.reviewing += 1
            if not guards.why_not_all_in(call, mine, met=True):
                found.to_meet.append(row)
        else:
            found.candidates.append(_candidate(row, mine, found.criterion))
    return found


def _candidate(row: Any, live: list[Review], criterion: Criterion | None) -> Candidate:
    """What the ranking needs of one application, from the columns that `_applications` added."""
    sent = [each for each in live if each.total is not None]
    totals = [each.total for each in sent if each.total is not None]
    # What was recommended keeps the score of that day.
    score = row.then if row.status != Application.Status.IN_REVIEW else None
    agreed = row.agreed_total
    if score is None:
        score = settled(totals, agreed) or ZERO
    first = (row.agreed_scores or {}).get(str(criterion.pk)) if criterion else None
    given = [Decimal(first)] if first is not None else [each.first for each in sent if each.first is not None]  # type: ignore[attr-defined]
    held = row.held or ZERO
    amount = {
        Application.Status.IN_REVIEW: row.asked,
        Application.Status.APPROVED: held,
    }.get(row.status, row.proposed if row.proposed is not None else row.asked)
    return Candidate(row, sent, score, mean_of([Decimal(each) for each in given]), amount, agreed)


def figure(value: Decimal) -> str:
    """A number of two places at most, as it is written here: `75,5`."""
    return written(round(value, 2))


def _applications(call: Call, cut: CallCut | None, states: tuple[str, ...]) -> Any:
    """The rows with their last submission, their last recommendation, what they hold and what was agreed on them."""
    recommended = Recommendation.objects.filter(application=OuterRef("pk")).order_by("-recommended_at", "-pk")
    held = EnvelopeEntry.objects.filter(application=OuterRef("pk")).order_by().values("application")
    submitted = Submission.objects.filter(application=OuterRef("pk")).order_by("-number")
    agreed = Consensus.objects.filter(submission=OuterRef("latest"))
    rows = call.applications.real().in_state(*states).filter(cuts.arrived_for(call, cut) if cut else Q())
    return (
        rows.select_related("case", "group")
        .annotate(latest=Subquery(submitted.values("pk")[:1]))
        .annotate(
            proposed=Subquery(recommended.values("amount")[:1]),
            then=Subquery(recommended.values("score")[:1]),
            held=Subquery(held.annotate(sum=Sum("amount")).values("sum")),
            agreed_total=Subquery(agreed.values("total")[:1]),
            agreed_scores=Subquery(agreed.values("scores")[:1]),
        )
        .order_by("first_submitted_at", "pk")
    )


def _reviews(rows: list[Any], criterion: Criterion | None) -> dict[int, list[Review]]:
    """The live reviews of these applications, oldest first, each with its score in the first criterion (`first`)."""
    first = ReviewScore.objects.filter(review=OuterRef("pk"), criterion=criterion).values("score")[:1]
    live = Review.objects.live().filter(application__in=[row.pk for row in rows])
    found: dict[int, list[Review]] = {}
    for review in live.select_related("reviewer").annotate(first=Subquery(first)).order_by("sent_at", "pk"):
        found.setdefault(review.application_id, []).append(review)
    return found
