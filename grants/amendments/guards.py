"""When an amendment may move: each guard answers "" or the sentence that the person reads."""

from django.utils.translation import gettext as _

from applications.supporting.history import advised_ids
from core import dates, scanning
from core.models import Document, Event
from core.scanning import NOT_PASSED
from grants.amendments import content as contents
from grants.amendments.checks import Case, findings, needs_approver
from grants.models import Amendment, Project


def project_runs(amendment: Amendment, *, by, now, data) -> str:
    """Nothing is asked or decided while the project stands still or has ended."""
    return why_not_running(amendment.project)


def why_not_running(project: Project) -> str:
    """Why nothing can be asked for now, in a sentence; "" when it can."""
    if project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    if project.status == Project.Status.AWAITING_AGREEMENT:
        return _("The project has not started yet: its plan is that of the approval.")
    return "" if project.is_running else _("The project has ended.")


def why_not_written(amendment: Amendment) -> str:
    """Why what it asks for cannot be changed, in a sentence; "" when it can."""
    if amendment.is_with_the_group:
        return ""
    return _("This is not possible any more: the state is now “%(state)s”.") % {
        "state": amendment.get_status_display()
    }


def is_sound(amendment: Amendment, *, by, now, data) -> str:
    """No rule fails."""
    found = findings(Case(amendment, dates.day_of(now)))
    return next((each.sentence for each in found if each.fails), "")


def files_are_scanned(amendment: Amendment, *, by, now, data) -> str:
    """Nothing is sent that the virus scanner, where there is one, has not passed."""
    shown = amendment.files.values("document")
    waiting = Document.objects.filter(pk__in=shown, scan__in=NOT_PASSED).order_by("pk")
    return scanning.why_not_sent(list(waiting))


def stands_on_the_plan(amendment: Amendment, *, by, now, data) -> str:
    """The plan of the day is the one on which it was sent (PROGRAMME 5)."""
    today = contents.before_of(amendment.project, amendment.kind, dates.day_of(now))
    if amendment.before is not None and contents.still_stands(amendment.before, today, amendment.kind):
        return ""
    return _(
        "The plan has moved since it was sent. Return it: the group sets it anew on the plan of the day."
    )


def is_for_an_officer(amendment: Amendment, *, by, now, data) -> str:
    """Money beyond the tolerance, and too few SMEs, are the approver's (PROGRAMME 3 and 5)."""
    return needs_approver(Case(amendment, dates.day_of(now)))


def is_for_the_approver(amendment: Amendment, *, by, now, data) -> str:
    if needs_approver(Case(amendment, dates.day_of(now))):
        return ""
    return _("No money changes beyond the call's tolerance: an officer decides.")


def officer_has_advised(amendment: Amendment, *, by, now, data) -> str:
    """The approver decides on what an officer has looked at."""
    return "" if amendment.opinion_by_id else _("An officer first looks at it and says what they think.")


def has_no_opinion_yet(amendment: Amendment, *, by, now, data) -> str:
    return _("An officer has said what they think already.") if amendment.opinion_by_id else ""


def is_independent(amendment: Amendment, *, by, now, data) -> str:
    """PROGRAMME 3: nobody decides on what they wrote, advised or recommended."""
    if by is None:
        return ""
    if by.pk in (amendment.begun_by_id, amendment.submitted_by_id) or _wrote_in(amendment, by):
        return _("You wrote this amendment: somebody else decides.")
    if by.pk in advised_ids(amendment.project.application):
        return _("You advised this group: somebody else decides.")
    return ""


def gave_no_opinion(amendment: Amendment, *, by, now, data) -> str:
    if by is not None and by.pk == amendment.opinion_by_id:
        return _("You recommended it: somebody else decides.")
    return ""


def _wrote_in(amendment: Amendment, by) -> bool:
    events = Event.objects.filter(case_id=amendment.case.pk, actor=by, action="amendment.edited")
    return events.filter(object_id=amendment.pk).exists()


def says_what_to_change(amendment: Amendment, *, by, now, data) -> str:
    """A return without a note helps nobody."""
    return "" if not data or str(data.get("reason", "")).strip() else _("Say what to change.")


def says_what_they_think(amendment: Amendment, *, by, now, data) -> str:
    return "" if not data or str(data.get("opinion", "")).strip() else _("Say what you think of it.")


def has_resolution(amendment: Amendment, *, by, now, data) -> str:
    """An act of the authority has its number."""
    if data and not str(data.get("resolution", "")).strip():
        return _("Give the number of the resolution.")
    return ""


def has_grounds(amendment: Amendment, *, by, now, data) -> str:
    return "" if not data or str(data.get("reason", "")).strip() else _("Give the grounds.")
