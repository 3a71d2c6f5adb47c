"""The states of a finding. `write` makes the row: grants.findings.actions does that."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Action
from core.dates import day_of
from core.workflow import Transition, Workflow, needs_reason
from grants.findings import emails
from grants.models import Finding

State = Finding.Status


def says_the_answer(finding: Finding, *, by, now, data) -> str:
    """The answer is in words."""
    if data and not str(data.get("answer", "")).strip():
        return _("Answer what was found.")
    return ""


def closed_by_another(finding: Finding, *, by, now, data) -> str:
    """Nobody closes a finding that they answered (PROGRAMME 3)."""
    if by is not None and finding.answered_by_id == by.pk:
        return _("You answered this finding: an auditor closes it.")
    return ""


def asks_by_a_day(finding: Finding, *, by, now, data) -> str:
    """Asking again says by when."""
    due_on = data.get("due_on")
    if due_on is not None and due_on < day_of(now):
        return _("The day by which it is answered is over already.")
    return ""


def say_which(finding: Finding, *, by, now, data) -> None:
    """Which finding, for the timeline."""
    data["number"] = finding.number


def write_answer(finding: Finding, *, by, now, data) -> None:
    """What the office says; the event holds it apart, as free text."""
    finding.answer = data["reason"] = data["answer"].strip()
    finding.answered_by, finding.answered_at = by, now


def ask_again(finding: Finding, *, by, now, data) -> None:
    """By another day; the answer stays until the next one."""
    finding.due_on = data["due_on"]


def write_end(finding: Finding, *, by, now, data) -> None:
    finding.closed_by, finding.closed_at = by, now


FINDING = Workflow(
    model=Finding,
    transitions=[
        Transition(
            name="write",
            label=gettext_lazy("Write a finding"),
            sources=("",),
            target=State.OPEN,
            permission=Action.WRITE_FINDING,
        ),
        Transition(
            name="answer",
            label=gettext_lazy("Answer the finding"),
            sources=(State.OPEN,),
            target=State.ANSWERED,
            permission=Action.ANSWER_FINDING,
            guards=(says_the_answer,),
            effects=(say_which, write_answer, emails.finding_moved("answered")),
            needs=("answer",),
            notes=("number",),
        ),
        Transition(
            name="ask_again",
            label=gettext_lazy("Ask again"),
            sources=(State.ANSWERED,),
            target=State.OPEN,
            permission=Action.WRITE_FINDING,
            guards=(asks_by_a_day, needs_reason),
            effects=(say_which, ask_again, emails.finding_moved("asked")),
            needs=("reason", "due_on"),
            notes=("number", "due_on"),
            style="secondary",
        ),
        Transition(
            name="close",
            label=gettext_lazy("Close the finding"),
            sources=(State.ANSWERED,),
            target=State.CLOSED,
            permission=Action.WRITE_FINDING,
            guards=(closed_by_another,),
            effects=(say_which, write_end),
            notes=("number",),
            style="success",
        ),
    ],
)
