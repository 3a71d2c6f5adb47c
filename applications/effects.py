"""What a transition does besides changing the state: called by the engine in the same transaction, with the new state
set and not yet saved. `data` is the engine's own copy: what is put into it here can go to the timeline.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts import delegating
from applications import emails, guards, reserve_list, returning, snapshot
from applications.days import last_day
from applications.eligibility import check_facts, failing
from applications.eligibility.members import stand_elsewhere
from applications.facts import Facts
from applications.models import (
    Application,
    Call,
    Decision,
    DecisionCondition,
    DecisionLine,
    EnvelopeEntry,
    FirmClaim,
    Recommendation,
    RecommendationLine,
    ReturnForChanges,
    Review,
    Submission,
)
from applications.scoring import score_of, weighted_total
from applications.sections import SECTIONS
from core import dates
from core.models import Case
from core.money import ZERO, cents, total
from core.workflow import TransitionRefused


def in_days(call: Call, now, days: int) -> dt.date:
    """The last of so many days of a call after today: days count from the day after notice (PROGRAMME 4)."""
    return last_day(call, dates.day_of(now), days)


# --- The group ---------------------------------------------------------------------------------------


def freeze_submission(obj: Application, *, by, now, data) -> None:
    """Number, snapshot, members, claims (PROGRAMME 5, submit)."""
    arrived = guards.arrival(data, now)
    earlier = obj.submissions.count()
    if obj.first_submitted_at is None:
        obj.first_submitted_at = arrived
    reference = obj.case.reference or snapshot.next_reference(arrived)
    obj.declared = True
    facts = data.pop("facts")
    claim_firms(obj, facts)
    submission = snapshot.freeze(facts, number=earlier + 1, reference=reference, by=by, arrived_at=arrived)
    obj.case.reference, obj.case.title = reference, title_of(obj)
    Case.objects.filter(pk=obj.case_id).update(reference=reference, title=obj.case.title)
    obj.asked = submission.amount
    obj.open_sections, obj.answer_by = [], None
    obj.staff_due_on = in_days(obj.call, now, obj.call.days_to_check)
    obj.returns.filter(answered_at=None).update(answered_at=now)
    data |= {"number": submission.number, "sha256": submission.sha256, "amount": submission.amount}
    emails.submitted(obj, submission, now=now)


def title_of(obj: Application) -> str:
    """What a case is called in lists and messages."""
    return obj.title or str(obj.group)


def claim_firms(obj: Application, facts: Facts) -> None:
    """Take every member for this application, and let go of those that left. Two groups at the same moment: the
    second waits for the first, and is refused."""
    ours = sorted(member.firm_id for member in facts.members)
    obj.claims.exclude(firm_id__in=ours).delete()
    wanted = [FirmClaim(call_id=obj.call_id, firm_id=firm, application=obj) for firm in ours]
    FirmClaim.objects.bulk_create(wanted, ignore_conflicts=True)
    got = set(obj.claims.values_list("firm_id", flat=True))
    if missing := [member for member in facts.members if member.firm_id not in got]:
        raise TransitionRefused(stand_elsewhere(missing))


def free_firms(obj: Application, *, by, now, data) -> None:
    """An application that ended lets its firms take part elsewhere."""
    obj.claims.all().delete()


def close_for_all(obj: Application, *, by, now, data) -> None:
    """Nothing is owed any more on an application that ended."""
    obj.open_sections, obj.answer_by, obj.staff_due_on = [], None, None


def close_reviews(obj: Application, *, by, now, data) -> None:
    """What somebody was still to review of an application that ended: they hear that it is not needed."""
    from applications.workflow import REVIEW

    for review in obj.reviews.unfinished().order_by("pk"):
        REVIEW.apply(review, "close", by=None, now=now)


def tell_withdrawn(obj: Application, *, by, now, data) -> None:
    if obj.first_submitted_at is not None:
        emails.withdrawn(obj, now=now)


def tell_lapsed(obj: Application, *, by, now, data) -> None:
    emails.lapsed(obj, now=now)


def tell_expired(obj: Application, *, by, now, data) -> None:
    emails.expired(obj, now=now)


# --- Officers ----------------------------------------------------------------------------------------


def open_sections(obj: Application, *, by, now, data) -> None:
    """Open what the officer names, and any section with a failing rule (PROGRAMME 5, request_changes)."""
    notes = {code: str(text).strip() for code, text in data["notes"].items() if str(text).strip()}
    answer_by = data.get("answer_by") or in_days(obj.call, now, obj.call.days_to_answer)
    failed = {result.section for result in failing(check_facts(Facts(obj, today=dates.day_of(now))))}
    places = returning.cleaned(data.get("field_notes") or {})
    named = {*notes, *places, *failed}
    opened = [section.code for section in SECTIONS if section.code in named]
    obj.open_sections, obj.answer_by, obj.staff_due_on = opened, dates.end_of(answer_by), None
    returned = ReturnForChanges.objects.create(
        application=obj,
        asked_by=by,
        asked_at=now,
        answer_by=obj.answer_by,
        notes=notes,
        field_notes=places,
    )
    data |= {"sections": opened, "until": answer_by}
    emails.returned(obj, returned, now=now)


def decide_ineligible(obj: Application, *, by, now, data) -> None:
    decision = _decide(obj, Decision.Kind.INELIGIBLE, by=by, now=now, data=data, rules=list(data["rules"]))
    _open_reconsideration(obj, now)
    emails.ineligible(obj, decision, now=now)


def begin_reviews(obj: Application, *, by, now, data) -> None:
    obj.staff_due_on = None


def write_recommendation(obj: Application, *, by, now, data) -> None:
    amounts, score = guards.read_amounts(obj, data), score_of(obj)
    assert score is not None  # the guard reviews_are_in
    submission = _latest(obj)
    recommendation = Recommendation.objects.create(
        application=obj,
        submission=submission,
        recommended_by=by,
        recommended_at=now,
        amount=sum(amounts.values(), ZERO),
        score=score,
        grounds=str(data["reason"]).strip(),
    )
    lines = {line.pk: line for line in obj.lines.all()}
    RecommendationLine.objects.bulk_create(
        RecommendationLine(
            recommendation=recommendation, line_id=pk, description=lines[pk].description, amount=amount
        )
        for pk, amount in amounts.items()
    )
    obj.staff_due_on = in_days(obj.call, now, obj.call.days_to_decide)
    data |= {"amount": recommendation.amount, "score": recommendation.score}
    emails.decision_waits(obj, now=now)


def return_recommendation(obj: Application, *, by, now, data) -> None:
    obj.staff_due_on = None
    emails.sent_back(obj, str(data["reason"]), now=now)


# --- The authority -----------------------------------------------------------------------------------


def _latest(obj: Application) -> Submission:
    submission = obj.latest_submission
    assert submission is not None  # no state of staff's without one (constraint submitted_has_a_day)
    return submission


def _decide(obj: Application, kind: str, *, by, now, data, **fields: Any) -> Decision:
    """Write the act. Two of one number at the same moment: the second is refused."""
    number = str(data.get("resolution") or "").strip()
    if lender := delegating.in_name_of(by, now):
        data["in_name_of"] = lender.pk
    try:
        with transaction.atomic():
            return Decision.objects.create(
                application=obj,
                submission=_latest(obj),
                kind=kind,
                decided_by=by,
                decided_at=now,
                resolution=number or None,
                file_number=str(data.get("file_number") or "").strip(),
                grounds=str(data.get("reason") or "").strip(),
                conditions=str(data.get("conditions") or "").strip(),
                **fields,
            )
    except IntegrityError as error:
        if "resolution" not in str(error):
            raise
        raise TransitionRefused(guards.number_is_taken(number)) from error


def _open_reconsideration(obj: Application, now) -> None:
    obj.staff_due_on = None
    if not obj.reconsidered_from:
        obj.reconsider_by = dates.end_of(in_days(obj.call, now, obj.call.days_to_reconsider))


def approve(obj: Application, *, by, now, data) -> None:
    """Lines, amount, and the money committed under the call's lock (PROGRAMME 5, approve; 6.4)."""
    amounts = guards.read_amounts(obj, data)
    amount = sum(amounts.values(), ZERO)
    decision = _decide(obj, Decision.Kind.APPROVE, by=by, now=now, data=data, amount=amount)
    dated = list(data.get("dated_conditions") or [])
    DecisionCondition.objects.bulk_create(
        DecisionCondition(decision=decision, order=order, text=text.strip(), due_on=due_on)
        for order, (text, due_on) in enumerate(dated, 1)
    )
    data["conditions_dated"] = len(dated)
    lines = {line.pk: line for line in obj.lines.all()}
    # The counterpart stays as offered; a reduced plan is accepted when the group signs.
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=decision, line_id=pk, amount=given, group_share=lines[pk].group_share)
        for pk, given in amounts.items()
    )
    EnvelopeEntry.objects.create(
        call_id=obj.call_id, application=obj, amount=amount, why=EnvelopeEntry.Why.APPROVE, at=now
    )
    obj.staff_due_on = None
    reserve_list.money_committed(obj.call, now=now, but=obj.pk)
    data |= {"amount": amount, "decision": decision.pk}
    emails.approved(obj, decision, now=now)


def reject(obj: Application, *, by, now, data) -> None:
    decision = _decide(obj, Decision.Kind.REJECT, by=by, now=now, data=data)
    _open_reconsideration(obj, now)
    data["decision"] = decision.pk
    emails.rejected(obj, decision, now=now)


def reserve(obj: Application, *, by, now, data) -> None:
    decision = _decide(obj, Decision.Kind.RESERVE, by=by, now=now, data=data)
    obj.staff_due_on = None
    data["decision"] = decision.pk
    emails.on_reserve(obj, now=now)


def pass_reserve_on(obj: Application, *, by, now, data) -> None:
    """Who was called from the reserve list and goes away leaves the money to the next."""
    reserve_list.passed_on(obj, now=now)


def end_reserve(obj: Application, *, by, now, data) -> None:
    """The reserve list has ended: nobody decided against it, and reconsideration stays open."""
    _open_reconsideration(obj, now)
    emails.reserve_ended(obj, now=now)


def note_reconsideration(obj: Application, *, by, now, data) -> None:
    obj.reconsidered_from = Application.objects.values_list("status", flat=True).get(pk=obj.pk)
    obj.staff_due_on = in_days(obj.call, now, obj.call.days_to_decide)
    emails.reconsideration_asked(obj, now=now)


def grant_reconsideration(obj: Application, *, by, now, data) -> None:
    """Live again, where it was: with the rules waived that had been named against it."""
    if obj.reconsidered_from == Application.Status.INELIGIBLE:
        against = obj.decisions.filter(kind=Decision.Kind.INELIGIBLE).first()
        obj.waived_rules = against.rules if against else []
        obj.staff_due_on = in_days(obj.call, now, obj.call.days_to_check)
    else:
        obj.staff_due_on = None
    claim_firms(obj, Facts(obj, today=dates.day_of(now)))
    decision = _decide(obj, Decision.Kind.GRANT_RECONSIDERATION, by=by, now=now, data=data)
    data["decision"] = decision.pk
    obj.reconsider_by = None
    emails.reconsidered(obj, now=now)


def deny_reconsideration(obj: Application, *, by, now, data) -> None:
    decision = _decide(obj, Decision.Kind.DENY_RECONSIDERATION, by=by, now=now, data=data)
    data["decision"] = decision.pk
    obj.reconsider_by, obj.staff_due_on = None, None
    emails.confirmed(obj, decision, now=now)


def release_money(obj: Application, why: str, now) -> Decimal:
    """What is still committed for it returns to the envelope, and the reserve moves up. Answers how much."""
    held = total(EnvelopeEntry.objects.filter(application=obj), "amount")
    if held > ZERO:
        EnvelopeEntry.objects.create(
            call_id=obj.call_id, application=obj, amount=-cents(held), why=why, at=now
        )
        reserve_list.money_freed(obj.call, held, now=now)
    return held


def renounce(obj: Application, *, by, now, data) -> None:
    data["amount"] = release_money(obj, EnvelopeEntry.Why.RENOUNCE, now)
    emails.renounced(obj, now=now)


# Says of an application whether its money was settled when something ended that was opened from it: what is committed still
# was paid then, and does not return. Registered by the app that spends it.
settled: list[Callable[[Application], bool]] = []


def annul(obj: Application, *, by, now, data) -> None:
    decision = _decide(obj, Decision.Kind.ANNUL, by=by, now=now, data=data)
    was_settled = any(asked(obj) for asked in settled)
    amount = ZERO if was_settled else release_money(obj, EnvelopeEntry.Why.ANNUL, now)
    data |= {"amount": amount, "decision": decision.pk}
    emails.annulled(obj, decision, now=now)


# --- One review --------------------------------------------------------------------------------------


def note_interest(obj: Review, *, by, now, data) -> None:
    obj.no_interest = data["no_interest"]
    if not obj.no_interest:
        emails.review_declined(obj, now=now)


def note_declined(obj: Review, *, by, now, data) -> None:
    if data.get("no_interest") is False:
        obj.no_interest = False
    emails.review_declined(obj, now=now)


def total_scores(obj: Review, *, by, now, data) -> None:
    """The weighted mean in per cent, two places, frozen (the database refuses to change a sent review)."""
    obj.total, obj.sent_at = weighted_total(obj), now
    data["total"] = obj.total
    emails.review_sent(obj, now=now)


def tell_not_needed(obj: Review, *, by, now, data) -> None:
    """Somebody who was still to write it hears that it is not needed."""
    if obj.sent_at is None:
        emails.review_not_needed(obj, now=now)


# --- One call ----------------------------------------------------------------------------------------


def end_reserves(obj: Call, *, by, now, data) -> None:
    """The reserve list ends with the call (PROGRAMME 5, lapse_reserve)."""
    # The state is saved first: each application looks at its call.
    Call.objects.filter(pk=obj.pk).update(status=obj.status)
    from applications.workflow import APPLICATION

    for application in obj.applications.filter(status=Application.Status.RESERVE).order_by("pk"):
        APPLICATION.apply(application, "lapse_reserve", by=None, now=now)
