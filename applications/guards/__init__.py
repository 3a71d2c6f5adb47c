"""When a transition may happen: each guard answers "" or the sentence that the person reads.

A page asks with an empty `data` (the form is yet to come); guards that look at the form's data pass then, and are asked
again at the POST. Who may is not here but in accounts/permissions.py.
"""

from applications.guards.amounts import (
    above_project,
    approval_adds_up,
    below_pass_mark,
    passes,
    read_amounts,
    within_envelope,
)
from applications.guards.authority import (
    MOST_CONDITIONS,
    conditions_have_days,
    has_resolution,
    is_the_authority,
    resolution_is_new,
)
from applications.guards.calls import (
    UNDECIDED,
    call_has_closed,
    call_is_ready,
    nothing_submitted,
    nothing_undecided,
)
from applications.guards.group import (
    amount_not_raised,
    declared,
    files_are_scanned,
    no_failing_rule,
    no_other_application,
    not_a_test,
    would_be_accepted,
)
from applications.guards.independence import (
    WRITING,
    barred_from_reviewing,
    decider_is_independent,
    took_no_part,
    why_not_reviewer,
)
from applications.guards.office import (
    LONGEST_RETURN_DAYS,
    answer_day_ahead,
    earlier_reviews_settled,
    eligibility_signed,
    names_failing_rules,
    recommendation_adds_up,
    reviewers_assigned,
    reviews_are_in,
    says_what_to_change,
    why_not_all_in,
)
from applications.guards.reviews import interest_is_said, is_complete, review_has_begun, review_is_possible
from applications.guards.times import (
    GRACE,
    LONGEST_WAIT,
    answer_is_late,
    arrival,
    call_is_over,
    call_is_wound_up,
    call_takes,
    in_time,
    in_time_to_reconsider,
    in_words,
)

__all__ = [
    "GRACE",
    "LONGEST_RETURN_DAYS",
    "LONGEST_WAIT",
    "MOST_CONDITIONS",
    "UNDECIDED",
    "WRITING",
    "above_project",
    "amount_not_raised",
    "answer_day_ahead",
    "answer_is_late",
    "approval_adds_up",
    "arrival",
    "barred_from_reviewing",
    "below_pass_mark",
    "call_has_closed",
    "call_is_over",
    "call_is_ready",
    "call_is_wound_up",
    "call_takes",
    "conditions_have_days",
    "decider_is_independent",
    "declared",
    "earlier_reviews_settled",
    "eligibility_signed",
    "files_are_scanned",
    "has_resolution",
    "in_time",
    "in_time_to_reconsider",
    "in_words",
    "interest_is_said",
    "is_complete",
    "is_the_authority",
    "names_failing_rules",
    "no_failing_rule",
    "no_other_application",
    "not_a_test",
    "nothing_submitted",
    "nothing_undecided",
    "passes",
    "read_amounts",
    "recommendation_adds_up",
    "resolution_is_new",
    "review_has_begun",
    "review_is_possible",
    "reviewers_assigned",
    "reviews_are_in",
    "says_what_to_change",
    "took_no_part",
    "why_not_all_in",
    "why_not_reviewer",
    "within_envelope",
    "would_be_accepted",
]
