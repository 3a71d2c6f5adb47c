"""Writing a letter: an effect of what it tells, in its transaction; the proposal to terminate, on which the group is heard; and
taking such a proposal back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import jobs, pdf, timeline
from core.models import Case
from core.workflow import TransitionRefused
from grants.letters import content, emails
from grants.models import Project, ProjectLetter

KIND = "project_letter"
MOST_DAYS = 60


def write(kind: str) -> Callable[..., None]:
    """An effect that writes the letter of a transition, after all that it tells of has been done."""

    def effect(project: Project, *, by, now, data) -> None:
        _write(project, kind, by=by, now=now, data=data)

    return effect


def _write(
    project: Project,
    kind: str,
    *,
    by,
    now: dt.datetime,
    data: dict[str, Any],
    days: int | None = None,
    withdraws: ProjectLetter | None = None,
) -> ProjectLetter:
    last = project.letters.order_by("-number").values_list("number", flat=True).first() or 0
    said = content.of(project, by=by, now=now, data=data)
    letter = ProjectLetter(
        project=project,
        number=last + 1,
        kind=kind,
        grounds=str(data.get("reason", "")).strip(),
        resolution=str(data.get("resolution") or "").strip(),
        file_number=str(data.get("file_number") or "").strip(),
        days_to_answer=days,
        withdraws=withdraws,
        content=said,
        signed_by=by,
        signed_at=now,
    )
    letter.sha256 = digest_of(letter)
    letter.save()
    representative = project.group.representative
    jobs.ask(
        kind=KIND,
        key=f"{KIND}:{letter.pk}",
        by=None,
        now=now,
        params={"letter": letter.pk},
        case=project.case,
        language=representative.language if representative else None,
    )
    return letter


def digest_of(letter: ProjectLetter) -> str:
    """What the paper prints about itself: the hash of all that it says."""
    return pdf.content_hash(
        {
            "number": letter.number,
            "kind": letter.kind,
            "grounds": letter.grounds,
            "resolution": letter.resolution,
            "file_number": letter.file_number,
            "days_to_answer": letter.days_to_answer,
            "content": letter.content,
            "signed_by": letter.signed_by_id,
            # The same moment, in whatever zone it was given.
            "signed_at": letter.signed_at.astimezone(dt.UTC).isoformat(),
        }
    )


def last_proposal(project: Project) -> ProjectLetter | None:
    """The newest letter on which its group is heard, with the answer; None without one that stands."""
    return project.letters.proposals().select_related("answer").first()


def why_not_proposed(project: Project, last: ProjectLetter | None) -> str:
    """Why the termination of a project cannot be proposed now, in a sentence; "" when it can. `last` is its last proposal."""
    if not project.is_open:
        return _("The project has ended.")
    if project.first_day is None:
        return _("The project has not started: it can be terminated without a hearing.")
    if last is not None and last.answered is None:
        return _("The group was asked already: letter %(number)s.") % {"number": last.number}
    return ""


@transaction.atomic
def propose(
    *,
    by,
    project: Project,
    reason: str,
    days_to_answer: int,
    resolution: str = "",
    file_number: str = "",
    now: dt.datetime,
) -> ProjectLetter:
    """Tell the group that its project may be terminated, why, and how many days it has to answer.

    Raises NotAllowed or TransitionRefused.
    """
    case = Case.objects.select_for_update().get(pk=project.case.pk)
    project = Project.objects.with_case().select_for_update(no_key=True, of=("self",)).get(pk=project.pk)
    require(by, Action.HEAR_GROUP, project)
    if sentence := why_not_proposed(project, last_proposal(project)) or why_not_for(project, days_to_answer):
        raise TransitionRefused(sentence)
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    data = {"reason": reason, "resolution": resolution, "file_number": file_number}
    letter = _write(project, ProjectLetter.Kind.HEARING, by=by, now=now, data=data, days=days_to_answer)
    timeline.record(
        case,
        "project.hearing",
        by=by,
        now=now,
        obj=project,
        text=letter.grounds,
        number=letter.number,
        answer_by=letter.answer_by,
    )
    emails.proposed(letter, now=now)
    return letter


def why_not_withdrawn(letter: ProjectLetter) -> str:
    """Why a letter cannot be taken back now, in a sentence; "" when it can."""
    if not letter.is_proposal:
        return _("Only a proposal to terminate is taken back.")
    if letter.is_withdrawn:
        return _("The proposal was taken back already.")
    return "" if letter.project.is_open else _("The project has ended.")


@transaction.atomic
def withdraw(
    *, by, letter: ProjectLetter, reason: str, resolution: str = "", file_number: str = "", now: dt.datetime
) -> ProjectLetter:
    """Take a proposal to terminate back, answered or not, by a letter that says why; answers that letter.

    Raises NotAllowed or TransitionRefused.
    """
    case = Case.objects.select_for_update().get(pk=letter.case.pk)
    project = (
        Project.objects.with_case().select_for_update(no_key=True, of=("self",)).get(pk=letter.project_id)
    )
    letter = project.letters.with_case().with_answers().get(pk=letter.pk)
    require(by, Action.HEAR_GROUP, project)
    if sentence := why_not_withdrawn(letter):
        raise TransitionRefused(sentence)
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    data = {
        "reason": reason,
        "resolution": resolution,
        "file_number": file_number,
        "withdraws": letter.number,
    }
    written = _write(project, ProjectLetter.Kind.WITHDRAWAL, by=by, now=now, data=data, withdraws=letter)
    timeline.record(
        case,
        "project.hearing_withdrawn",
        by=by,
        now=now,
        obj=project,
        text=written.grounds,
        number=written.number,
        withdraws=letter.number,
    )
    emails.withdrawn(written, now=now)
    return written


def why_not_for(project: Project, days: int) -> str:
    """Why the group cannot have so many days to answer; "" when it can."""
    least = project.call.days_to_answer
    if not least <= days <= max(MOST_DAYS, least):
        return _("The call gives at least %(least)d days to answer; give at most %(most)d.") % {
            "least": least,
            "most": max(MOST_DAYS, least),
        }
    return ""
