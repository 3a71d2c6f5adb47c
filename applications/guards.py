"""When a transition may happen: each guard answers "" or the sentence that the person reads.

A page asks with an empty `data` (the form is yet to come); guards that look at the form's data pass then, and are asked
again at the POST. Who may is not here but in accounts/permissions.py.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import advising, snapshot
from applications.eligibility import check, failing, names
from applications.models import Application, Call, Decision, Recommendation, Review
from applications.scoring import mean_score
from applications.sections import BY_CODE
from core import dates
from core.models import Event
from core.money import ZERO, cents, format_money
from core.workflow import needs_reason

__all__ = ["needs_reason"]

# A request that waited longer than this before it was served has a wrong time of arrival.
LONGEST_WAIT = timedelta(minutes=10)
LONGEST_RETURN_DAYS = 366
# Writing on the timeline: who did one of these wrote the application (PROGRAMME 3).
WRITING = ("application.started", "application.edited", "application.submit")


# --- Submitting --------------------------------------------------------------------------------------


def arrival(data: Mapping[str, Any], now: datetime) -> datetime:
    """When a submission arrived: what the proxy noted, if that can be."""
    arrived = data.get("arrived_at")
    return arrived if arrived and now - LONGEST_WAIT <= arrived <= now else now


def in_time(obj: Application, *, by, now, data) -> str:
    moment = arrival(data, now)
    if obj.status == Application.Status.CHANGES_REQUESTED:
        assert obj.answer_by is not None
        if moment > obj.answer_by:
            return _("The answer was due by %(day)s.") % {"day": in_words(obj.answer_by)}
        return ""
    return call_takes(obj.call, moment)


def call_takes(call: Call, moment: datetime) -> str:
    """Why a call takes no application at a moment; "" when it does."""
    if call.status != Call.Status.PUBLISHED:
        return _("This call takes no applications: it is %(state)s.") % {
            "state": call.get_status_display().lower()
        }
    if moment < call.opens_at:
        return _("This call opens on %(day)s.") % {"day": in_words(call.opens_at)}
    if call.closes_at is not None and moment > call.closes_at:
        return _("This call closed on %(day)s.") % {"day": in_words(call.closes_at)}
    return ""


def in_words(moment: datetime) -> str:
    """`24/11/2026, 18:00`, in Buenos Aires."""
    return f"{moment.astimezone(dates.BUENOS_AIRES):%d/%m/%Y, %H:%M}"


def declared(obj: Application, *, by, now, data) -> str:
    if data and not data.get("declared"):
        return _("Accept the declaration before you send.")
    return ""


def no_failing_rule(obj: Application, *, by, now, data) -> str:
    failed = failing(check(obj, today=dates.day_of(arrival(data, now))))
    if not failed:
        return ""
    count = len(failed)
    start = ngettext(
        "%(count)s thing is in the way: %(first)s", "%(count)s things are in the way, first: %(first)s", count
    )
    return start % {"count": count, "first": failed[0].sentence}


def amount_not_raised(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 5: after closing the amount asked may not rise."""
    before = snapshot.asked_before(obj)
    closes = obj.call.closes_at
    if before is None or closes is None or arrival(data, now) <= closes:
        return ""
    asked = sum(obj.lines.values_list("programme_share", flat=True), ZERO)
    if asked > before:
        return _(
            "The call has closed: you cannot ask for more than before. You asked for %(before)s, and now for %(asked)s."
        ) % {"before": format_money(before), "asked": format_money(asked)}
    return ""


# --- Officers ----------------------------------------------------------------------------------------


def says_what_to_change(obj: Application, *, by, now, data) -> str:
    if not data:
        return ""
    notes = data.get("notes") or {}
    if not isinstance(notes, Mapping) or not any(str(text).strip() for text in notes.values()):
        return _("Say what to change in at least one section.")
    if unknown := set(notes) - set(BY_CODE):
        return _("There is no such section: %(names)s.") % {"names": ", ".join(sorted(map(str, unknown)))}
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
    if latest is not None and obj.reviews.to_settle(latest).exists():
        return _("Keep or void each review of the earlier version first.")
    return ""


def reviewers_assigned(obj: Application, *, by, now, data) -> str:
    latest, needed = obj.latest_submission, obj.call.reviews_needed
    have = obj.reviews.counting_for(latest).count() if latest else 0
    if have < needed:
        return _("Assign the reviewers first: %(have)s of %(needed)s are there.") % {
            "have": have,
            "needed": needed,
        }
    return ""


def reviews_are_in(obj: Application, *, by, now, data) -> str:
    """Enough reviews sent, none still being written, and one more where they lie too far apart."""
    call, latest = obj.call, obj.latest_submission
    live = list(obj.reviews.counting_for(latest)) if latest else []
    totals = [review.total for review in live if review.status == Review.Status.SENT]
    if len(totals) < call.reviews_needed:
        words = {"have": len(totals), "needed": call.reviews_needed}
        return _("Not all reviews are in: %(have)s of %(needed)s.") % words
    if len(totals) < len(live):
        return _("A review is still being written. Wait for it, or void it.")
    spread = max(totals) - min(totals)
    if call.max_spread is not None and spread > call.max_spread and len(totals) <= call.reviews_needed:
        return _(
            "The reviews lie %(spread)s points apart, more than the %(most)s of the call: one more review is needed."
        ) % {"spread": spread, "most": call.max_spread}
    return ""


# --- Amounts -----------------------------------------------------------------------------------------


def read_amounts(obj: Application, data: Mapping[str, Any]) -> dict[int, Decimal]:
    """The amounts of a form by line. Raises ValueError with the sentence when they cannot be."""
    lines = {line.pk: line for line in obj.lines.all()}
    given = data.get("amounts") or {}
    if set(given) - set(lines):
        raise ValueError(_("An amount belongs to a cost that is not in this budget."))
    if set(lines) - set(given):
        raise ValueError(_("Say an amount for every cost; it may be zero."))
    amounts = {}
    for pk, line in lines.items():
        try:
            amount = Decimal(given[pk])
            exact = amount.is_finite() and amount == cents(amount)
        except (InvalidOperation, TypeError, ValueError):
            exact = False
        if not exact:
            raise ValueError(_("“%(line)s”: write an amount in pesos.") % {"line": line.description})
        if not ZERO <= amount <= line.programme_share:
            words = {"line": line.description, "most": format_money(line.programme_share)}
            raise ValueError(_("“%(line)s”: the amount must be between zero and %(most)s.") % words)
        amounts[pk] = cents(amount)
    return amounts


def recommendation_adds_up(obj: Application, *, by, now, data) -> str:
    if not data:
        return ""
    try:
        amount = sum(read_amounts(obj, data).values(), ZERO)
    except ValueError as wrong:
        return str(wrong)
    if amount > ZERO and (sentence := below_pass_mark(obj, mean_score(obj))):
        return sentence
    return above_project(obj.call, amount)


def below_pass_mark(obj: Application, score: Decimal | None) -> str:
    if score is not None and score < obj.call.pass_mark:
        words = {"score": score, "mark": obj.call.pass_mark}
        return _("The reviews give %(score)s points on average, and the call asks for %(mark)s.") % words
    return ""


def above_project(call: Call, amount: Decimal) -> str:
    if amount > call.max_per_project:
        words = {"most": format_money(call.max_per_project), "amount": format_money(amount)}
        return _("This call pays at most %(most)s per project; these amounts make %(amount)s.") % words
    return ""


def approval_adds_up(obj: Application, *, by, now, data) -> str:
    if not data:
        return ""
    try:
        amount = sum(read_amounts(obj, data).values(), ZERO)
    except ValueError as wrong:
        return str(wrong)
    if amount <= ZERO:
        return _("An approval needs an amount above zero in at least one line.")
    return above_project(obj.call, amount)


def within_envelope(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 6.4, asked under the call's row lock, so that of two at the same second the second is refused."""
    call = Call.objects.select_for_update(no_key=True).get(pk=obj.call_id) if data else obj.call
    left = call.envelope - call.entries.committed()
    if not data:
        return "" if left > ZERO else _("No money is left in the envelope of the call.")
    try:
        amount = sum(read_amounts(obj, data).values(), ZERO)
    except ValueError:
        return ""
    if amount > left:
        words = {"amount": format_money(amount), "left": format_money(left)}
        return _("The envelope of the call has %(left)s left; these amounts make %(amount)s.") % words
    return ""


def passes(obj: Application, *, by, now, data) -> str:
    """What is approved, or waits for money, has reached the pass mark."""
    latest = obj.recommendations.first()
    return below_pass_mark(obj, latest.score if latest else None)


# --- The authority -----------------------------------------------------------------------------------


def decider_is_independent(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 3: nobody decides on an application that they wrote, advised, reviewed or recommended."""
    if Recommendation.objects.filter(application=obj, recommended_by=by).exists():
        return _("You recommended it: somebody else decides.")
    return took_no_part(obj, by=by, now=now, data=data)


def took_no_part(obj: Application, *, by, now, data) -> str:
    if Event.objects.filter(case_id=obj.case_id, actor=by, action__in=WRITING).exists():
        return _("You wrote in this application: somebody else decides.")
    if by.pk in advising.advised_ids(obj):
        return _("You advised this group: somebody else decides.")
    touched = Q(status__in=(*Review.LIVE, Review.Status.VOIDED)) | Q(no_interest__isnull=False)
    if Review.objects.filter(touched, application=obj, reviewer=by).exists():
        return _("You are or were its reviewer: somebody else decides.")
    return ""


def has_resolution(obj: Application, *, by, now, data) -> str:
    if data and not str(data.get("resolution") or "").strip():
        return _("Write the number of the resolution.")
    return resolution_is_new(obj, by=by, now=now, data=data)


def resolution_is_new(obj: Application, *, by, now, data) -> str:
    number = str(data.get("resolution") or "").strip()
    if number and Decision.objects.filter(resolution=number).exists():
        return _("The number %(number)s belongs to another resolution.") % {"number": number}
    return ""


# --- Afterwards --------------------------------------------------------------------------------------


def in_time_to_reconsider(obj: Application, *, by, now, data) -> str:
    if obj.reconsidered_from:
        return _("Reconsideration can be asked for once, and was.")
    if obj.reconsider_by is None or now > obj.reconsider_by:
        if obj.reconsider_by is None:
            return _("No reconsideration can be asked for any more.")
        return _("Reconsideration could be asked for until %(day)s.") % {"day": in_words(obj.reconsider_by)}
    return ""


def no_other_application(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 6.3: in reconsideration it is live again."""
    others = Application.objects.live().filter(call_id=obj.call_id, group_id=obj.group_id).exclude(pk=obj.pk)
    if others.exists():
        return _("Your group has another application to this call. Withdraw that one first.")
    return ""


# --- Dates that passed -------------------------------------------------------------------------------

# A request that arrived in the last second may still wait to be served: nothing lapses before it is.
GRACE = timedelta(minutes=15)


def call_is_over(obj: Application, *, by, now, data) -> str:
    call = obj.call
    if call.status in (Call.Status.WOUND_UP, Call.Status.CANCELLED):
        return ""
    if call.closes_at is None or call.closes_at + GRACE > now:
        return _("The call is still open.")
    return ""


def answer_is_late(obj: Application, *, by, now, data) -> str:
    if obj.answer_by is None or obj.answer_by + GRACE > now:
        return _("The answer may still come.")
    return ""


def call_is_wound_up(obj: Application, *, by, now, data) -> str:
    return "" if obj.call.status == Call.Status.WOUND_UP else _("The call is not wound up.")


def why_not_reviewer(obj: Application, person) -> str:
    """Why a person cannot review an application, in a sentence; "" when they can (PROGRAMME 3)."""
    return barred_from_reviewing(obj).get(person.pk, "")


def barred_from_reviewing(obj: Application) -> dict[int, str]:
    """Everybody who cannot review it, with the sentence: by their id."""
    wrote = Event.objects.filter(case_id=obj.case_id, action__in=WRITING).values_list("actor_id", flat=True)
    group = obj.group
    places = group.people.filter(until=None).values_list("user_id", flat=True)
    posts = group.appointments.filter(status__in=["nominated", "accepted", "confirmed"])
    reviews = obj.reviews.select_related("reviewer")
    bars = {pk: _("Wrote in this application.") for pk in wrote if pk}
    bars |= {pk: _("Advises this group.") for pk in advising.advised_ids(obj)}
    bars |= {pk: _("Holds a role in this group.") for pk in places}
    bars |= {pk: _("Holds a role in this group.") for pk in posts.values_list("person_id", flat=True) if pk}
    bars |= {
        r.reviewer_id: _("Declared an interest in this case.") for r in reviews if r.no_interest is False
    }
    bars |= {r.reviewer_id: _("Reviews it already.") for r in reviews if r.is_live}
    return bars


# --- One review --------------------------------------------------------------------------------------


def review_is_possible(obj: Review, *, by, now, data) -> str:
    """Interest can be declared as soon as it is assigned; scores are written once the review has begun."""
    if obj.application.status not in (Application.Status.SUBMITTED, Application.Status.IN_REVIEW):
        return _("The application is not under review now.")
    return ""


def review_has_begun(obj: Review, *, by, now, data) -> str:
    if obj.application.status != Application.Status.IN_REVIEW:
        return _("The application is not under review now.")
    return ""


def interest_is_said(obj: Review, *, by, now, data) -> str:
    if data and data.get("no_interest") not in (True, False):
        return _("Say whether you have an interest.")
    if data and data["no_interest"] is False and not str(data.get("reason") or "").strip():
        return _("Say which interest you have.")
    return ""


def is_complete(obj: Review, *, by, now, data) -> str:
    scores = {score.criterion_id: score for score in obj.scores.all()}
    missing = [
        criterion
        for criterion in obj.application.call.criteria.all()
        if (score := scores.get(criterion.pk)) is None or score.score is None or not score.reason.strip()
    ]
    if missing:
        return _("Give a score and its reason for: %(names)s.") % {"names": names(missing)}
    if not obj.comment.strip():
        return _("Write a comment for the group.")
    if not obj.advice:
        return _("Say what you advise.")
    return ""


# --- One call ----------------------------------------------------------------------------------------


def call_is_ready(obj: Call, *, by, now, data) -> str:
    """A call is published whole."""
    if not obj.categories:
        return _("Choose the categories of money.")
    if not obj.criteria.exists():
        return _("Write the criteria of the reviews.")
    if sum(obj.tranches.values_list("percent", flat=True), ZERO) != 100:
        return _("The tranches must add up to 100 %.")
    if obj.closes_at is not None and obj.closes_at <= now:
        return _("The call closes in the past.")
    return ""


def call_has_closed(obj: Call, *, by, now, data) -> str:
    if obj.closes_at is not None and obj.closes_at + GRACE > now:
        return _("The call is open until %(day)s.") % {"day": in_words(obj.closes_at)}
    return ""


UNDECIDED = ("submitted", "in_review", "changes_requested", "recommended", "reconsideration")


def nothing_undecided(obj: Call, *, by, now, data) -> str:
    if waiting := obj.applications.filter(status__in=UNDECIDED).count():
        sentence = ngettext(
            "%(count)s application still waits for a decision.",
            "%(count)s applications still wait for a decision.",
            waiting,
        )
        return sentence % {"count": waiting}
    return ""


def nothing_submitted(obj: Call, *, by, now, data) -> str:
    live = obj.applications.live().exclude(status=Application.Status.DRAFT)
    if live.exists():
        return _("Groups have applied already: wind it up instead, once each is decided.")
    return ""
