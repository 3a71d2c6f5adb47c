"""The decision as the group reads it: on its page, before it is signed, and as a PDF (applications.letter_paper).
Reviewers are never named.

It is made from what was frozen: the decision, its lines, the submission, and the reviews as they stood on that day.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import delegating
from accounts.models import User
from accounts.roles import Role
from applications.days import in_words
from applications.figures_in_words import RULE_NAMES
from applications.models import Application, Consensus, Decision, Review
from applications.scoring import consensus_on, settled
from core import dates
from core.models import Event

KIND_OF_TRANSITION = {
    "approve": Decision.Kind.APPROVE,
    "reject": Decision.Kind.REJECT,
    "put_on_reserve": Decision.Kind.RESERVE,
}
# Decisions that rest on what reviewers said.
WITH_REVIEWS = (Decision.Kind.APPROVE, Decision.Kind.REJECT, Decision.Kind.RESERVE)


@dataclass(frozen=True)
class LetterLine:
    """A budget line, in pesos."""

    description: str
    asked: Decimal
    granted: Decimal
    group_share: Decimal


@dataclass(frozen=True)
class LetterReview:
    """What the group sees of a review."""

    total: Decimal
    comment: str


@dataclass(frozen=True)
class LetterCondition:
    """What the group does by a day. Whether it has done it is not in the letter."""

    text: str
    due_on: dt.date


@dataclass(frozen=True)
class Letter:
    """Everything that the letter says."""

    reference: str
    title: str
    group: str
    call: str
    kind: str
    decided_on: dt.date
    grounds: str
    signed_by: str
    resolution: str = ""
    file_number: str = ""
    conditions: str = ""
    dated_conditions: list[LetterCondition] = field(default_factory=list)
    in_name_of: str = ""
    amount: Decimal | None = None
    rules: list[str] = field(default_factory=list)
    lines: list[LetterLine] = field(default_factory=list)
    reviews: list[LetterReview] = field(default_factory=list)
    # What the reviewers agreed on, where they met.
    agreed: Decimal | None = None
    days_to_reconsider: int = 0
    working_days: bool = False

    @property
    def kind_label(self) -> str:
        return str(Decision.Kind(self.kind).label)

    @property
    def score(self) -> Decimal | None:
        """The score that counts."""
        return settled([review.total for review in self.reviews], self.agreed)

    @property
    def opening(self) -> str:
        """The act in one sentence."""
        sentence = {
            "approve": _("The project “%(title)s” of %(group)s is approved under the call %(call)s."),
            "reject": _("The project “%(title)s” of %(group)s is not approved under the call %(call)s."),
            "reserve": _(
                "The project “%(title)s” of %(group)s passes, and waits on the reserve list of the call %(call)s "
                "until there is money."
            ),
            "ineligible": _("The project “%(title)s” of %(group)s is not eligible under the call %(call)s."),
            "grant_reconsideration": _(
                "The reconsideration that %(group)s asked for its project “%(title)s” is granted (call %(call)s)."
            ),
            "deny_reconsideration": _(
                "The reconsideration that %(group)s asked for its project “%(title)s” is denied (call %(call)s)."
            ),
            "annul": _(
                "The approval of the project “%(title)s” of %(group)s under the call %(call)s is annulled."
            ),
        }[self.kind]
        return sentence % {"title": self.title, "group": self.group, "call": self.call}

    @property
    def signature(self) -> str:
        """Who took the act, and as what."""
        role = Role.OFFICER if self.kind == Decision.Kind.INELIGIBLE else Role.APPROVER
        words = {"name": self.signed_by, "role": role.label, "by": self.in_name_of}
        if self.in_name_of:
            return _("Signed by %(name)s (%(role)s), by delegation of %(by)s.") % words
        return _("Signed by %(name)s (%(role)s).") % words

    @property
    def appeal(self) -> str:
        """How the group may answer; "" when it may not."""
        if self.kind not in ("reject", "ineligible"):
            return ""
        sentence = _(
            "The group may ask for reconsideration within %(days)s, counted from the day after this notice."
        )
        return sentence % {"days": in_words(self.days_to_reconsider, working=self.working_days)}


def content(decision: Decision) -> Letter:
    """The letter of a decision that was signed."""
    lines = [
        LetterLine(line.line.description, line.line.programme_share, line.amount, line.group_share)
        for line in decision.lines.select_related("line")
    ]
    rests_on_reviews = decision.kind in WITH_REVIEWS
    reviews = reviews_at(decision) if rests_on_reviews else []
    consensus = consensus_at(decision) if rests_on_reviews else None
    return Letter(
        **_about(decision.application),
        kind=decision.kind,
        decided_on=dates.day_of(decision.decided_at),
        grounds=decision.grounds,
        resolution=decision.resolution or "",
        file_number=decision.file_number,
        conditions=decision.conditions,
        dated_conditions=[LetterCondition(row.text, row.due_on) for row in decision.dated_conditions.all()],
        **_signature(decision.decided_by, decision.decided_at),
        amount=decision.amount,
        rules=[str(RULE_NAMES.get(code, code)) for code in decision.rules],
        lines=lines,
        reviews=[as_read(review) for review in reviews],
        agreed=consensus.total if consensus else None,
    )


def _signature(person: User, when: dt.datetime) -> dict[str, Any]:
    """Who signed, and in whose name where the power was lent to them."""
    lender = delegating.in_name_of(person, when)
    return {"signed_by": str(person), "in_name_of": str(lender) if lender else ""}


def language_of(application: Application) -> str:
    """The language in which the group reads its letter: that of its representative."""
    representative = application.group.representative
    return representative.language if representative else settings.LANGUAGE_CODE


def draft(application: Application, name: str, data: dict[str, Any], *, by: User, now: dt.datetime) -> Letter:
    """The letter as it would read if `by` signed this transition with this data."""
    amounts = data.get("amounts", {})
    submission = application.latest_submission
    reviews = application.reviews.counting_for(submission).sent().order_by("sent_at", "pk")
    consensus = consensus_on(application.call, submission)
    return Letter(
        **_about(application),
        kind=KIND_OF_TRANSITION[name],
        decided_on=dates.day_of(now),
        **_signature(by, now),
        grounds=data["reason"],
        resolution=data.get("resolution", ""),
        file_number=data.get("file_number", ""),
        conditions=data.get("conditions", ""),
        dated_conditions=[LetterCondition(*row) for row in data.get("dated_conditions", [])],
        amount=sum(amounts.values(), Decimal(0)) if amounts else None,
        lines=draft_lines(application, amounts),
        reviews=[as_read(review) for review in reviews],
        agreed=consensus.total if consensus else None,
    )


def as_read(review: Review) -> LetterReview:
    """What the group sees of a sent review."""
    assert review.total is not None  # constraint sent_review_has_total
    return LetterReview(review.total, review.comment)


def reviews_at(decision: Decision) -> QuerySet[Review]:
    """The reviews on which a decision rested: sent before it, and not voided before it."""
    before = Event.objects.filter(case_id=decision.application.case_id, at__lte=decision.decided_at)
    voided = before.filter(object_kind="review", action__in=["review.void", "review.reassign"])
    return (
        Review.objects.filter(application_id=decision.application_id, sent_at__lte=decision.decided_at)
        .exclude(pk__in=voided.values("object_id"))
        .order_by("sent_at", "pk")
    )


def consensus_at(decision: Decision) -> Consensus | None:
    """What the reviewers had agreed on by then. After a reconsideration the same submission is judged again: what was
    agreed later is none of this decision's."""
    agreed = Consensus.objects.filter(submission=decision.submission_id, recorded_at__lte=decision.decided_at)
    return agreed.select_related("recorded_by").first()


def draft_lines(application: Application, amounts: dict[int, Decimal]) -> list[LetterLine]:
    """The lines of an approval that is not signed yet."""
    if not amounts:
        return []
    return [
        LetterLine(line.description, line.programme_share, amounts[line.pk], line.group_share)
        for line in application.lines.all()
    ]


def _about(application: Application) -> dict[str, Any]:
    """Whose letter it is."""
    submission = application.latest_submission
    snapshot = submission.snapshot if submission else {}
    return {
        "reference": application.case.reference or "",
        "title": snapshot.get("project", {}).get("title") or application.title,
        "group": snapshot.get("group", {}).get("name") or application.group.name,
        "call": str(application.call),
        "days_to_reconsider": application.call.days_to_reconsider,
        "working_days": application.call.working_days,
    }


def next_steps(decision: Decision) -> list[str]:
    """What happens after a decision, in sentences for everybody who reads its page."""
    call = decision.application.call
    return {
        "approve": [
            _("The group is told by e-mail."),
            _("An officer opens the project and prepares the agreement."),
            _("The group nominates its coordinator within %(days)s.")
            % {"days": in_words(call.days_to_appoint, working=call.working_days)},
            _("The project begins when both have signed the agreement."),
        ],
        "reject": [_("The group is told by e-mail."), _("It may ask for reconsideration, once.")],
        "ineligible": [_("The group is told by e-mail."), _("It may ask for reconsideration, once.")],
        "reserve": [
            _("The group is told by e-mail."),
            _("When money of the call comes back, an approver may approve it."),
            _("When the reserve list ends, with the call at the latest, it lapses."),
        ],
        "grant_reconsideration": [
            _("The group is told by e-mail."),
            _("An officer takes the case up again."),
        ],
        "deny_reconsideration": [_("The group is told by e-mail."), _("The earlier decision stands.")],
        "annul": [
            _("The group is told by e-mail."),
            _("The money goes back to the envelope of the call."),
            _("The annulled act stays readable."),
        ],
    }[decision.kind]
