"""The states of an amendment, and what moves it (PROGRAMME 5). Nothing else writes its status. A draft is begun by
grants.amendments.actions."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from core.workflow import Transition, Workflow
from grants.amendments import effects, emails, guards
from grants.models import Amendment
from grants.workflow import lock_call

State = Amendment.Status


def lock_envelope(amendment: Amendment) -> None:
    """The envelope is shared with the other projects of the call: its lock comes before the case's."""
    lock_call(amendment.project)


AMENDMENT = Workflow(
    model=Amendment,
    lock_first=lock_envelope,
    transitions=[
        Transition(
            name="begin",
            label=_("Ask for an amendment"),
            sources=("",),
            target=State.DRAFT,
            permission=Action.EDIT_AMENDMENT,
        ),
        Transition(
            name="submit",
            label=_("Send the amendment"),
            sources=(State.DRAFT, State.RETURNED),
            target=State.SUBMITTED,
            permission=Action.EDIT_AMENDMENT,
            guards=(guards.project_runs, guards.is_sound, guards.files_are_scanned),
            effects=(effects.say_which, effects.freeze, emails.submitted),
            notes=("number", "kind", "sha256"),
            style="success",
        ),
        Transition(
            name="withdraw",
            label=_("Withdraw the amendment"),
            sources=(State.DRAFT, State.SUBMITTED, State.RETURNED),
            target=State.WITHDRAWN,
            permission=Action.EDIT_AMENDMENT,
            effects=(effects.say_which, emails.withdrawn),
            notes=("number", "kind"),
            style="outline-danger",
        ),
        Transition(
            name="return_amendment",
            label=_("Return it to the group"),
            sources=(State.SUBMITTED,),
            target=State.RETURNED,
            permission=Action.DECIDE_AMENDMENT,
            guards=(guards.project_runs, guards.says_what_to_change),
            effects=(effects.say_which, effects.give_back, emails.returned),
            needs=("reason",),
            notes=("number", "kind"),
            style="secondary",
        ),
        Transition(
            name="set_anew",
            label=_("Set anew on the plan of the day"),
            sources=(State.SUBMITTED,),
            target=State.RETURNED,
            effects=(effects.say_which, effects.give_back, emails.returned),
            notes=("number", "kind"),
        ),
        Transition(
            name="advise",
            label=_("Pass it on to the approver"),
            sources=(State.SUBMITTED,),
            target=State.SUBMITTED,
            permission=Action.DECIDE_AMENDMENT,
            guards=(
                guards.project_runs,
                guards.is_for_the_approver,
                guards.has_no_opinion_yet,
                guards.stands_on_the_plan,
                guards.is_independent,
                guards.is_sound,
                guards.says_what_they_think,
            ),
            effects=(effects.say_which, effects.write_opinion, emails.passed_on),
            needs=("opinion",),
            notes=("number", "kind"),
        ),
        Transition(
            name="approve",
            label=_("Approve it"),
            sources=(State.SUBMITTED,),
            target=State.APPROVED,
            permission=Action.DECIDE_AMENDMENT,
            guards=(
                guards.project_runs,
                guards.is_for_an_officer,
                guards.stands_on_the_plan,
                guards.is_independent,
                guards.is_sound,
            ),
            effects=(
                effects.say_which,
                effects.decide,
                effects.put_in_force,
                effects.set_others_anew,
                emails.decided,
            ),
            notes=("number", "kind", "plan", "last_day", "amount"),
            style="success",
        ),
        Transition(
            name="reject",
            label=_("Reject it"),
            sources=(State.SUBMITTED,),
            target=State.REJECTED,
            permission=Action.DECIDE_AMENDMENT,
            guards=(
                guards.project_runs,
                guards.is_for_an_officer,
                guards.is_independent,
                guards.has_grounds,
            ),
            effects=(effects.say_which, effects.decide, emails.decided),
            needs=("reason",),
            notes=("number", "kind"),
            style="outline-danger",
        ),
        Transition(
            name="resolve",
            label=_("Approve it by resolution"),
            sources=(State.SUBMITTED,),
            target=State.APPROVED,
            permission=Action.RESOLVE_AMENDMENT,
            guards=(
                guards.project_runs,
                guards.is_for_the_approver,
                guards.officer_has_advised,
                guards.stands_on_the_plan,
                guards.is_independent,
                guards.gave_no_opinion,
                guards.is_sound,
                guards.has_resolution,
            ),
            effects=(
                effects.say_which,
                effects.decide,
                effects.put_in_force,
                effects.set_others_anew,
                emails.decided,
            ),
            needs=("resolution",),
            notes=("number", "kind", "plan", "last_day", "amount", "resolution"),
            style="success",
        ),
        Transition(
            name="refuse",
            label=_("Reject it by resolution"),
            sources=(State.SUBMITTED,),
            target=State.REJECTED,
            permission=Action.RESOLVE_AMENDMENT,
            guards=(
                guards.project_runs,
                guards.is_for_the_approver,
                guards.officer_has_advised,
                guards.is_independent,
                guards.gave_no_opinion,
                guards.has_grounds,
            ),
            effects=(effects.say_which, effects.decide, emails.decided),
            needs=("reason",),
            notes=("number", "kind", "resolution"),
            style="outline-danger",
        ),
        Transition(
            name="void",
            label=_("The project ended"),
            sources=(State.DRAFT, State.SUBMITTED, State.RETURNED),
            target=State.WITHDRAWN,
            effects=(effects.say_which,),
            notes=("number", "kind"),
        ),
    ],
)
