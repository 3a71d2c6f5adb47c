"""What may happen next to an application, a review, a call: ONE table each (PROGRAMME 5).

Guards say when, effects what else happens; who may is in accounts/permissions.py. The app of projects stands against
`renounce` and `annul` with guards of its own while it holds money (Workflow.add_guard).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from applications import effects, guards
from applications.models import Application, Call, Review
from core.workflow import Transition, Workflow, needs_reason

# States in which the envelope of the call is at stake: its row is locked before the case's.
MONEY = ("recommended", "reserve", "approved", "rejected", "reconsideration")


def lock_call(obj: Application) -> None:
    """Lock the call of an application whose next step may move its money, so that such steps queue up.

    What is submitted in the last minute of a call does not queue up here.
    """
    if obj.status in MONEY:
        Call.objects.select_for_update(no_key=True).get(pk=obj.call_id)


class Before:
    """A target that depends on whence an application came into reconsideration."""

    def __init__(self, of_rejected: str, of_ineligible: str):
        self.of_rejected, self.of_ineligible = of_rejected, of_ineligible
        self.states = (of_rejected, of_ineligible)

    def __call__(self, obj: Application, data: dict[str, Any]) -> str:
        return self.of_rejected if obj.reconsidered_from == "rejected" else self.of_ineligible


class Interest:
    """Who has an interest does not review."""

    states = ("interest_declared", "declined")

    def __call__(self, obj: Review, data: dict[str, Any]) -> str:
        return "interest_declared" if data["no_interest"] else "declined"


APPLICATION = Workflow(
    Application,
    [
        Transition(
            "submit",
            _("Submit"),
            ("draft", "changes_requested"),
            "submitted",
            Action.SUBMIT_APPLICATION,
            guards=(
                guards.in_time,
                guards.declared,
                guards.no_failing_rule,
                guards.files_are_scanned,
                guards.amount_not_raised,
                guards.not_a_test,
            ),
            effects=(effects.freeze_submission,),
            needs=("declared",),
            notes=("number", "sha256", "amount"),
        ),
        Transition(
            "lapse",
            _("Lapsed: the call closed"),
            ("draft",),
            "lapsed",
            guards=(guards.call_is_over,),
            effects=(effects.close_for_all, effects.tell_lapsed),
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            ("draft", "submitted", "changes_requested", "in_review", "recommended", "reserve"),
            "withdrawn",
            Action.WITHDRAW_APPLICATION,
            guards=(needs_reason,),
            effects=(
                effects.free_firms,
                effects.pass_reserve_on,
                effects.close_for_all,
                effects.close_reviews,
                effects.tell_withdrawn,
            ),
            needs=("reason",),
            style="danger",
        ),
        Transition(
            "request_changes",
            _("Return for changes"),
            ("submitted", "in_review"),
            "changes_requested",
            Action.REQUEST_CHANGES,
            guards=(guards.says_what_to_change, guards.answer_day_ahead),
            effects=(effects.open_sections,),
            notes=("sections", "until"),
            style="secondary",
        ),
        Transition(
            "declare_ineligible",
            _("Declare not eligible"),
            ("submitted", "in_review"),
            "ineligible",
            Action.CHECK_ELIGIBILITY,
            guards=(needs_reason, guards.names_failing_rules, guards.took_no_part),
            effects=(effects.decide_ineligible, effects.free_firms, effects.close_reviews),
            needs=("rules", "reason"),
            notes=("rules",),
            style="danger",
        ),
        Transition(
            "start_review",
            _("Start the review"),
            ("submitted",),
            "in_review",
            Action.ASSIGN_REVIEWS,
            guards=(guards.eligibility_signed, guards.earlier_reviews_settled, guards.reviewers_assigned),
            effects=(effects.begin_reviews,),
        ),
        Transition(
            "recommend",
            _("Recommend"),
            ("in_review",),
            "recommended",
            Action.RECOMMEND,
            guards=(
                guards.reviews_are_in,
                guards.reviewers_are_free,
                needs_reason,
                guards.recommendation_adds_up,
            ),
            effects=(effects.write_recommendation,),
            needs=("amounts", "reason"),
            notes=("amount", "score"),
        ),
        Transition(
            "send_back",
            _("Send back"),
            ("recommended",),
            "in_review",
            Action.DECIDE,
            guards=(needs_reason,),
            effects=(effects.return_recommendation,),
            needs=("reason",),
            style="secondary",
        ),
        Transition(
            "approve",
            _("Approve"),
            ("recommended", "reserve"),
            "approved",
            Action.DECIDE,
            guards=(
                guards.decider_is_independent,
                guards.reviews_are_in,
                guards.reviewers_were_free,
                guards.passes,
                guards.has_resolution,
                guards.conditions_have_days,
                guards.approval_adds_up,
                guards.within_envelope,
            ),
            effects=(effects.approve,),
            needs=("amounts", "resolution", "reason"),
            notes=("amount", "decision", "in_name_of", "conditions_dated"),
        ),
        Transition(
            "reject",
            _("Reject"),
            ("recommended", "reserve"),
            "rejected",
            Action.DECIDE,
            guards=(guards.decider_is_independent, needs_reason, guards.has_resolution),
            effects=(effects.pass_reserve_on, effects.reject, effects.free_firms),
            needs=("reason", "resolution"),
            notes=("decision", "in_name_of"),
            style="danger",
        ),
        Transition(
            "put_on_reserve",
            _("Put on the reserve list"),
            ("recommended",),
            "reserve",
            Action.DECIDE,
            guards=(
                guards.decider_is_independent,
                guards.reviews_are_in,
                guards.reviewers_were_free,
                guards.passes,
                guards.reserve_goes_on,
                needs_reason,
                guards.resolution_is_new,
            ),
            effects=(effects.reserve,),
            needs=("reason",),
            notes=("decision", "in_name_of"),
            style="secondary",
        ),
        Transition(
            "lapse_reserve",
            _("The reserve list ended"),
            ("reserve",),
            "rejected",
            guards=(guards.reserve_is_over,),
            effects=(effects.end_reserve, effects.free_firms),
        ),
        Transition(
            "ask_reconsideration",
            _("Ask for reconsideration"),
            ("rejected", "ineligible"),
            "reconsideration",
            Action.ASK_RECONSIDERATION,
            guards=(guards.in_time_to_reconsider, guards.no_other_application, needs_reason),
            effects=(effects.note_reconsideration,),
            needs=("reason",),
        ),
        Transition(
            "grant_reconsideration",
            _("Grant the reconsideration"),
            ("reconsideration",),
            Before("in_review", "submitted"),
            Action.DECIDE_RECONSIDERATION,
            guards=(
                guards.decider_is_independent,
                guards.is_the_authority,
                needs_reason,
                guards.resolution_is_new,
            ),
            effects=(effects.grant_reconsideration,),
            needs=("reason",),
            notes=("decision", "in_name_of"),
        ),
        Transition(
            "deny_reconsideration",
            _("Deny the reconsideration"),
            ("reconsideration",),
            Before("rejected", "ineligible"),
            Action.DECIDE_RECONSIDERATION,
            guards=(
                guards.decider_is_independent,
                guards.is_the_authority,
                needs_reason,
                guards.resolution_is_new,
            ),
            effects=(effects.deny_reconsideration,),
            needs=("reason",),
            notes=("decision", "in_name_of"),
            style="danger",
        ),
        Transition(
            "expire",
            _("Withdrawn: no answer in time"),
            ("changes_requested",),
            "withdrawn",
            guards=(guards.answer_is_late,),
            effects=(
                effects.free_firms,
                effects.close_for_all,
                effects.close_reviews,
                effects.tell_expired,
            ),
        ),
        Transition(
            "renounce",
            _("Renounce the grant"),
            ("approved",),
            "renounced",
            Action.RENOUNCE_APPLICATION,
            guards=(needs_reason,),
            effects=(effects.renounce, effects.free_firms),
            needs=("reason",),
            notes=("amount",),
            style="danger",
        ),
        Transition(
            "annul",
            _("Annul the approval"),
            ("approved",),
            "annulled",
            Action.ANNUL,
            guards=(
                guards.decider_is_independent,
                needs_reason,
                guards.has_resolution,
            ),
            effects=(effects.annul, effects.free_firms),
            needs=("reason", "resolution"),
            notes=("amount", "decision", "in_name_of"),
            style="danger",
        ),
    ],
    lock_first=lock_call,
    since="state_since",
)

REVIEW = Workflow(
    Review,
    [
        Transition(
            "declare_interest",
            _("Declare whether you have an interest"),
            ("assigned",),
            Interest(),
            Action.DO_REVIEW,
            guards=(guards.review_is_possible, guards.interest_is_said, guards.reviewer_is_independent),
            effects=(effects.note_interest,),
            needs=("no_interest",),
            notes=("no_interest",),
        ),
        Transition(
            "write",
            _("Write the review"),
            ("interest_declared",),
            "draft",
            Action.DO_REVIEW,
            guards=(guards.review_has_begun, guards.reviewer_is_independent),
        ),
        Transition(
            "send",
            _("Send the review"),
            ("draft",),
            "sent",
            Action.DO_REVIEW,
            guards=(guards.review_has_begun, guards.reviewer_is_independent, guards.is_complete),
            effects=(effects.total_scores,),
            notes=("total",),
        ),
        Transition(
            "decline",
            _("Decline the review"),
            ("assigned", "interest_declared", "draft"),
            "declined",
            Action.DO_REVIEW,
            guards=(needs_reason,),
            effects=(effects.note_declined,),
            needs=("reason",),
            style="secondary",
        ),
        Transition(
            "reassign",
            _("Give it to somebody else"),
            ("assigned", "interest_declared", "draft"),
            "reassigned",
            Action.MANAGE_REVIEW,
            guards=(needs_reason,),
            effects=(effects.tell_not_needed,),
            needs=("reason",),
            style="secondary",
        ),
        Transition(
            "void",
            _("Void the review"),
            ("assigned", "interest_declared", "draft", "sent"),
            "voided",
            Action.MANAGE_REVIEW,
            guards=(guards.not_judged_on, guards.not_agreed_on, needs_reason),
            effects=(effects.tell_not_needed,),
            needs=("reason",),
            style="danger",
        ),
        Transition(
            "close",
            _("Not needed any more: the application ended"),
            ("assigned", "interest_declared", "draft"),
            "voided",
            effects=(effects.tell_not_needed,),
        ),
    ],
)

CALL = Workflow(
    Call,
    [
        Transition(
            "publish",
            _("Publish the call"),
            ("draft",),
            "published",
            Action.PUBLISH_CALL,
            guards=(guards.call_is_ready,),
        ),
        Transition(
            "wind_up",
            _("Wind the call up"),
            ("published",),
            "wound_up",
            Action.PUBLISH_CALL,
            guards=(guards.call_has_closed, guards.nothing_undecided),
            effects=(effects.end_reserves,),
            style="secondary",
        ),
        Transition(
            "cancel",
            _("Cancel the call"),
            ("published",),
            "cancelled",
            Action.PUBLISH_CALL,
            guards=(guards.nothing_submitted, needs_reason),
            needs=("reason",),
            style="danger",
        ),
    ],
)
