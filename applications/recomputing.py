"""A decision computed again from what was frozen: the snapshot, the scores, the lines (PROGRAMME 6.10). The page that
explains a decision and `manage.py verify` say the same. Reads only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications import snapshot
from applications.models import Consensus, Criterion, Decision, Recommendation, Review, Submission
from applications.scoring import settled, total_of
from core.models import Event
from core.money import ZERO, cents, format_money
from core.templatetags.lsp import percent


@dataclass(frozen=True)
class Again:
    """One figure: what was written then, and what comes out now."""

    what: str
    written: str
    computed: str

    @property
    def same(self) -> bool:
        return self.written == self.computed


def of_snapshot(data: Mapping[str, Any], *, amount: Decimal, min_firms: int) -> Iterator[Again]:
    """The sums of a snapshot, and the rules that follow from it alone. Pure."""
    lines = data.get("lines", [])
    asked = sum((Decimal(line["programme_share"]) for line in lines), ZERO)
    cost = sum((cents(Decimal(line["quantity"]) * Decimal(line["unit_cost"])) for line in lines), ZERO)
    totals = data["totals"]
    yield _money(_("Cost of the project: quantity × unit cost, summed"), Decimal(totals["cost"]), cost)
    yield _money(_("Asked: the programme's share of each cost, summed"), amount, asked)
    yield _money(_("What the group puts in: cost less what is asked"), Decimal(totals["group"]), cost - asked)
    smes = sum(1 for member in data.get("members", []) if member["is_sme"])
    yield _met(
        _("SMEs: at least %(least)s; there are %(have)s") % {"least": min_firms, "have": smes},
        smes >= min_firms,
    )
    most = Decimal(data["call"]["max_per_project"])
    words = {"most": format_money(most), "asked": format_money(asked)}
    yield _met(_("At most %(most)s per project; asked: %(asked)s") % words, asked <= most)


def _money(what: str, written: Decimal, computed: Decimal) -> Again:
    return Again(what, format_money(written), format_money(computed))


def _met(what: str, met: bool) -> Again:
    return Again(what, _("met"), _("met") if met else _("not met"))


def of_submission(submission: Submission) -> Iterator[Again]:
    """The snapshot against its hash and its figures."""
    yield Again(_("SHA-256 of the snapshot"), submission.sha256, snapshot.content_hash(submission.snapshot))
    yield from of_snapshot(submission.snapshot, amount=submission.amount, min_firms=submission.min_firms)


def of_reviews(reviews: Iterable[Review], criteria: Iterable[Criterion]) -> Iterator[Again]:
    """The total of each review from its scores."""
    criteria = list(criteria)
    for number, review in enumerate(reviews, 1):
        total = total_of({score.criterion_id: score.score for score in review.scores.all()}, criteria)
        yield Again(_("Total of review %(n)s") % {"n": number}, percent(review.total), percent(total))


def of_consensus(consensus: Consensus | None, criteria: Iterable[Criterion]) -> Iterator[Again]:
    """The total on which the reviewers agreed, from the scores that are on record."""
    if consensus is None:
        return
    total = total_of({int(pk): score for pk, score in consensus.scores.items()}, criteria)
    yield Again(_("Total that the reviewers agreed on"), percent(consensus.total), percent(total))


def of_score(recommendation: Recommendation, reviews: Iterable[Review], consensus: Consensus | None) -> Again:
    """The score with which it was recommended: of the consensus, else the mean of the reviews."""
    totals = [review.total for review in reviews if review.total is not None]
    score = settled(totals, consensus.total if consensus else None)
    return Again(_("Score of the recommendation"), percent(recommendation.score), percent(score))


def of_amounts(decision: Decision) -> Iterator[Again]:
    """What was approved: the sum of the lines, none above what was asked for it, and what the timeline says."""
    if decision.amount is None:
        return
    lines = list(decision.lines.all())
    yield _money(
        _("Amount approved: its lines, summed"), decision.amount, sum((row.amount for row in lines), ZERO)
    )
    asked = {row["id"]: Decimal(row["programme_share"]) for row in decision.submission.snapshot["lines"]}
    above = [row for row in lines if row.amount > asked.get(row.line_id, ZERO)]
    yield _met(_("No line above what was asked for it"), not above)
    event = Event.objects.filter(
        case_id=decision.application.case_id, action="application.approve", data__decision=decision.pk
    ).first()
    said = Decimal(str(event.data["amount"])) if event else None
    yield Again(
        _("Amount approved, on the timeline"),
        format_money(decision.amount),
        format_money(said) if said is not None else _("not there"),
    )
