"""The states of a progress report, and the only ways between them (PROGRAMME 5).

Late is a date, not a state: a report that is owed after `due_on` is late. Moving a report keeps its state.
"""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from core.workflow import Transition, Workflow, needs_reason
from reports import effects, guards
from reports.models import ProgressReport
from reports.querysets import OPEN


def same_state(report, _data) -> str:
    """Where a move leads: the date changes, the state does not."""
    return report.status


REPORT = Workflow(
    model=ProgressReport,
    transitions=[
        Transition(
            "fall_due",
            _("The report fell due"),
            ("planned",),
            "due",
            guards=(guards.project_runs, guards.period_is_over),
            effects=(effects.say_which,),
            notes=("number",),
        ),
        Transition(
            "write",
            _("Write the report"),
            ("due",),
            "draft",
            permission=Action.EDIT_REPORT,
            guards=(guards.project_runs, guards.writes_it),
            effects=(effects.say_which,),
            notes=("number",),
        ),
        Transition(
            "submit",
            _("Send the report"),
            ("draft", "returned"),
            "submitted",
            permission=Action.SUBMIT_REPORT,
            guards=(guards.project_runs, guards.writes_it, guards.is_complete, guards.files_are_scanned),
            effects=(effects.say_which, effects.freeze, effects.tell_submitted),
            notes=("number", "sha256"),
            style="success",
        ),
        Transition(
            "return_report",
            _("Return it for changes"),
            ("submitted",),
            "returned",
            permission=Action.DECIDE_REPORT,
            guards=(guards.project_runs, guards.is_another_person, guards.says_what_to_change),
            effects=(effects.say_which, effects.keep_what_was_returned, effects.tell_returned),
            notes=("number",),
            style="secondary",
        ),
        Transition(
            "accept",
            _("Accept the report"),
            ("submitted",),
            "accepted",
            permission=Action.DECIDE_REPORT,
            guards=(guards.project_runs, guards.is_another_person, guards.observations_hold),
            effects=(
                effects.say_which,
                effects.close_with_observations,
                effects.open_money,
                effects.ask_for_pdf,
                effects.tell_accepted,
            ),
            notes=("number", "sha256"),
            style="success",
        ),
        Transition(
            "move",
            _("Change its date"),
            ("planned", "due", "draft", "returned"),
            same_state,
            permission=Action.MOVE_REPORT,
            guards=(guards.project_is_open, needs_reason, guards.has_a_new_date),
            effects=(effects.say_which, effects.change_date, effects.tell_moved),
            notes=("number", "due_on", "was_due_on"),
            style="secondary",
        ),
        Transition(
            "skip",
            _("Skip it: none for this period"),
            ("planned", "due", "draft", "returned"),
            "skipped",
            permission=Action.MOVE_REPORT,
            guards=(guards.project_is_open, guards.is_not_final, needs_reason),
            effects=(effects.say_which, effects.tell_left_out),
            notes=("number",),
            style="secondary",
        ),
        Transition(
            "cancel",
            _("Cancel it"),
            ("planned", "due", "draft", "returned"),
            "cancelled",
            permission=Action.MOVE_REPORT,
            guards=(guards.project_is_open, guards.is_not_final, needs_reason),
            effects=(effects.say_which, effects.tell_left_out),
            notes=("number",),
            style="outline-danger",
        ),
        # The project ended before its time: what it still owed is void.
        Transition(
            "void",
            _("The report is no longer owed: the project ended"),
            OPEN,
            "cancelled",
            effects=(effects.say_which,),
            notes=("number",),
        ),
    ],
)
