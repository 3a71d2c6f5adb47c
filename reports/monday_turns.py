"""Whose turn it is with a project, and what an officer can do now about a case of the Monday list. Read only."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from applications.models import Application
from applications.turns import Turn
from core import dates
from grants.models import Project
from reports import risk
from reports.duties import DAYS_TO_CHECK
from reports.home_rows import Row as Link
from reports.models import ProgressReport
from reports.monday_statements import Waiting


def project_turn(project: Project, reports: list[ProgressReport], waits: Waiting | None = None) -> Turn:
    """Whose turn it is with a project. `reports` are those that are not over, in their order; `waits` a statement with
    expenses to judge."""
    if project.status == Project.Status.AWAITING_AGREEMENT:
        if project.agreement.group_signed_at is None:
            words = _("Waits for the group: sign the agreement.")
            return Turn(words, Role.REPRESENTATIVE, due_on=project.sign_by)
        words = _("The group has signed. Waits for an officer: sign, and start the project.")
        return Turn(words, Role.OFFICER, "agreement", project.sign_by)
    if project.status == Project.Status.SUSPENDED:
        return Turn(_("Suspended. Waits for an officer: resume it or end it."), Role.OFFICER, "project")
    submitted = next((report for report in reports if report.status == "submitted"), None)
    if submitted and submitted.submitted_at:
        words = _("Waits for an officer: look at %(report)s.") % {"report": submitted.name}
        due_on = dates.day_of(submitted.submitted_at) + dt.timedelta(days=DAYS_TO_CHECK)
        return Turn(words, Role.OFFICER, "report", due_on)
    owed = next((report for report in reports if report.status in ProgressReport.OWED), None)
    if owed:
        words = _("Waits for the coordinator: send %(report)s.") % {"report": owed.name}
        return Turn(words, Role.COORDINATOR, due_on=owed.due_on)
    if waits:
        return waits.turn
    if reports:
        return Turn(_("It runs. Next comes %(report)s.") % {"report": reports[0].name})
    if project.status == Project.Status.CLOSING:
        return Turn(
            _("All reports are in. Waits for an officer: close the project."), Role.OFFICER, "project"
        )
    return Turn(_("All reports are in. Waits for an officer: begin the closing."), Role.OFFICER, "project")


# The step that is waited for → what its link says, and its page; the officer's own steps.
STEPS = {
    "eligibility": (gettext_lazy("Check eligibility"), "eligibility"),
    "reviews_assign": (gettext_lazy("Assign reviewers"), "reviews_assign"),
    "start_review": (gettext_lazy("Start the review"), "reviews_assign"),
    "consensus": (gettext_lazy("Record what the reviewers agree on"), "application_consensus"),
    "recommend": (gettext_lazy("Recommend"), "recommend"),
    "project_open": (gettext_lazy("Open the project"), "project_open"),
}


def acts(
    application: Application,
    project: Project | None,
    turn: Turn,
    reports: list[ProgressReport],
    facts: risk.Facts,
) -> list[Link]:
    """What an officer can do now, each with its page; whether it is possible in the end that page says."""
    found = []
    if application.message_waits_since:
        url = reverse("application_detail", args=[application.pk])
        found.append(Link(_("Answer the message"), f"{url}#messages"))
    if turn.step in STEPS:
        words, page = STEPS[turn.step]
        found.append(Link(str(words), reverse(page, args=[application.pk])))
    if not project and application.status == Application.Status.CHANGES_REQUESTED:
        url = reverse("application_return", args=[application.pk])
        found.append(Link(_("Give the group more time"), url))
    if project and turn.step == "agreement":
        found.append(Link(_("Sign the agreement"), reverse("agreement", args=[project.pk])))
    if project and turn.step == "project":
        found.append(Link(_("See the project"), reverse("project_detail", args=[project.pk])))
    if turn.step == "report":
        found += [
            Link(
                _("Look at %(report)s") % {"report": report.name}, reverse("report_detail", args=[report.pk])
            )
            for report in reports
            if report.status == "submitted"
        ]
    page = reverse("application_messages", args=[application.pk])
    if facts.report_late or facts.observation_late:
        found.append(Link(_("Write to the coordinator"), page))
    if facts.group_late or facts.condition_late or facts.coordinator_late:
        found.append(Link(_("Write to the group"), page))
    return found
