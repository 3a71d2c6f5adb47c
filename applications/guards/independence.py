"""Who may not judge (PROGRAMME 3): nobody decides on, or reviews, what they had a part in."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from applications import ties
from applications.guards.reviews import counting
from applications.models import Application, Review
from applications.supporting.history import advised_ids
from applications.ties import WRITING
from core.models import Event


def decider_is_independent(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 3: nobody decides on an application that they wrote, advised, reviewed or recommended."""
    if any(row.recommended_by_id == by.pk for row in obj.recommendations.all()):
        return _("You recommended it: somebody else decides.")
    return took_no_part(obj, by=by, now=now, data=data)


def took_no_part(obj: Application, *, by, now, data) -> str:
    if Event.objects.filter(case_id=obj.case_id, actor=by, action__in=WRITING).exists():
        return _("You wrote in this application: somebody else decides.")
    if by.pk in advised_ids(obj):
        return _("You advised this group: somebody else decides.")
    mine = [review for review in obj.reviews.all() if review.reviewer_id == by.pk]
    touched = (*Review.LIVE, Review.Status.VOIDED)
    if any(review.status in touched or review.no_interest is not None for review in mine):
        return _("You are or were its reviewer: somebody else decides.")
    return ""


def why_not_reviewer(obj: Application, person) -> str:
    """Why a person cannot review an application, in a sentence; "" when they can (PROGRAMME 3)."""
    return barred_from_reviewing(obj).get(person.pk, "")


def barred_from_reviewing(obj: Application, reviews: Iterable[Review] | None = None) -> dict[int, str]:
    """Everybody who cannot review it, with the sentence: by their id. `reviews` are those that count, else all."""
    reviews = list(obj.reviews.all()) if reviews is None else reviews
    bars = ties.of_one(obj.pk)
    bars |= {
        r.reviewer_id: _("Declared an interest in this case.") for r in reviews if r.no_interest is False
    }
    bars |= {r.reviewer_id: _("Reviews it already.") for r in reviews if r.is_live}
    return bars


def reviewer_is_independent(obj: Review, *, by, now, data) -> str:
    """PROGRAMME 3, asked again at each step: a tie may have come after the assignment. To say that one has an interest
    stays possible."""
    if data and data.get("no_interest") is False:
        return ""
    others = [review for review in obj.application.reviews.all() if review.pk != obj.pk]
    bars = barred_from_reviewing(obj.application, reviews=others)
    if sentence := bars.get(obj.reviewer_id, ""):
        return _("%(why)s Somebody else must review it.") % {"why": sentence}
    return ""


def reviewers_are_free(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 3: nobody reviews with a declared interest. A tie may have come after the review was sent, and then it does
    not count without a word: an officer voids it, and somebody else reviews."""
    live = counting(obj)
    return tied_review(obj, live, _tied_of(obj, live))


def reviewers_were_free(obj: Application, *, by, now, data) -> str:
    """The same of what was recommended, for the authority, who sends it back. From the reserve list there is no way back:
    there the page of the decision warns."""
    if obj.status != Application.Status.RECOMMENDED:
        return ""
    live = counting(obj)
    tied = _tied_of(obj, live)
    for review in live:
        if why := tied.get(review.reviewer_id):
            return _(
                "%(name)s reviewed it, and may not: %(why)s Send it back, so that somebody else reviews it."
            ) % {"name": review.reviewer, "why": why}
    return ""


def _tied_of(obj: Application, reviews: Iterable[Review]) -> dict[int, str]:
    # Several decisions ask the same of one object: the database is asked once.
    if obj.tied is None:
        obj.tied = ties.of_one(obj.pk, among=[row.reviewer_id for row in reviews])
    return obj.tied


def tied_review(obj: Application, reviews: Iterable[Review], tied: Mapping[int, str]) -> str:
    """The sentence for the first of these reviews whose reviewer is tied to the case ({person: why}); "" for none."""
    for review in reviews:
        if why := tied.get(review.reviewer_id):
            words = {"name": review.reviewer, "why": why}
            return (
                _("%(name)s may not review it: %(why)s Void their review, and assign somebody else.") % words
            )
    return ""
