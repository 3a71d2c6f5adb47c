"""What officers may do: returning, eligibility, the reviews as a whole, the recommendation."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.utils.translation import gettext as _

from applications import returning
from applications.eligibility import check
from applications.guards.amounts import above_project, below_pass_mark, read_amounts
from applications.guards.reviews import counting
from applications.models import Application, Call, Review
from applications.scoring import consensus_on, in_words, score_of, spread_of, too_far_apart
from applications.sections import BY_CODE
from core import dates
from core.money import ZERO

LONGEST_RETURN_DAYS = 366


def says_what_to_change(obj: Application, *, by, now, data) -> str:
    """Something to change in at least one section: a note about it, or about something in it."""
    if not data:
        return ""
    notes = data.get("notes") or {}
    try:
        places = returning.cleaned(data.get("field_notes") or {})
    except ValueError:
        return _("Say what to change in at least one section.")
    said = isinstance(notes, Mapping) and any(str(text).strip() for text in notes.values())
    if not said and not places:
        return _("Say what to change in at least one section.")
    if unknown := (set(notes) | set(places)) - set(BY_CODE):
        return _("There is no such section: %(names)s.") % {"names": ", ".join(sorted(map(str, unknown)))}
    there = returning.places_of(obj) if places else {}
    if any(name not in there.get(code, {}) for code, each in places.items() for name in each):
        return _("What you wrote about is not in the application any more. Look at it again.")
    return ""


def answer_day_ahead(obj: Application, *, by, now, data) -> str:
    day = data.get("answer_by")
    today = dates.day_of(now)
    if day is not None and not today < day <= today + timedelta(days=LONGEST_RETURN_DAYS):
        return _("The last day to answer must be after today, and within a year.")
    return ""


def names_failing_rules(obj: Application, *, by, now, data) -> str:
    if not data:
        return ""
    known = {result.rule for result in check(obj, today=dates.day_of(now))}
    rules = list(data.get("rules") or [])
    if not rules:
        return _("Choose at least one rule that is not met.")
    if set(rules) - known:
        return _("There is no such rule: %(names)s.") % {"names": ", ".join(sorted(set(rules) - known))}
    return ""


def eligibility_signed(obj: Application, *, by, now, data) -> str:
    latest = obj.latest_submission
    if latest is None or not hasattr(latest, "sign_off"):
        return _("Eligibility is not signed off yet.")
    return ""


def earlier_reviews_settled(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 5: reviews belong to a version; the officer keeps or voids each."""
    latest = obj.latest_submission
    if latest is not None and any(row.is_live and not row.counts_for(latest) for row in obj.reviews.all()):
        return _("Keep or void each review of the earlier version first.")
    return ""


def reviewers_assigned(obj: Application, *, by, now, data) -> str:
    have, needed = len(counting(obj)), obj.call.reviews_needed
    if have < needed:
        return _("Assign the reviewers first: %(have)s of %(needed)s are there.") % {
            "have": have,
            "needed": needed,
        }
    return ""


def reviews_are_in(obj: Application, *, by, now, data) -> str:
    """Enough reviews sent, none still being written, and where they lie too far apart what the call asks for then."""
    call = obj.call
    met = call.asks_to_meet and consensus_on(call, obj.latest_submission) is not None
    return why_not_all_in(call, counting(obj), met=met)


def why_not_all_in(call: Call, live: Iterable[Review], *, met: bool) -> str:
    """The same of the live reviews that count for the last submission, as a page of many applications asks it. `met`:
    it is on record what the reviewers agreed on."""
    live = list(live)
    totals = [review.total for review in live if review.total is not None]
    if len(totals) < call.reviews_needed:
        words = {"have": len(totals), "needed": call.reviews_needed}
        return _("Not all reviews are in: %(have)s of %(needed)s.") % words
    if len(totals) < len(live):
        return _("A review is still being written. Wait for it, or void it.")
    if not too_far_apart(call, totals):
        return ""
    apart = {"spread": in_words(spread_of(totals)), "most": in_words(call.max_spread)}
    if call.asks_to_meet:
        sentence = _(
            "The reviews lie %(spread)s points apart, more than the %(most)s of the call: the reviewers must meet and agree."
        )
        return "" if met else sentence % apart
    if len(totals) > call.reviews_needed:
        return ""
    return (
        _(
            "The reviews lie %(spread)s points apart, more than the %(most)s of the call: one more review is needed."
        )
        % apart
    )


def recommendation_adds_up(obj: Application, *, by, now, data) -> str:
    if not data:
        return ""
    try:
        amount = sum(read_amounts(obj, data).values(), ZERO)
    except ValueError as wrong:
        return str(wrong)
    if amount > ZERO and (sentence := below_pass_mark(obj, score_of(obj))):
        return sentence
    return above_project(obj.call, amount)
