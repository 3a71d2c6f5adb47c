"""The app of progress reports and results."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Progress reports, results, and the home page of each role."""

    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from core import navigation

        navigation.register(_("Reports"), "report_list", shown=reads_reports, order=50)
        navigation.register(_("Results"), "results", order=70)
        self._join_projects()
        self._join_amendments()
        self._join_mechanisms()
        self._join_ledgers()
        self._join_endings()

    def _join_projects(self) -> None:
        """A project that starts gets its timetable; one that pauses moves it; one that ends owes nothing more."""
        from grants.workflow import PROJECT
        from reports import actions, guards

        PROJECT.add_effect("activate", actions.plan_timetable)
        PROJECT.add_effect("resume", actions.shift_timetable)
        for name in ("renounce", "terminate"):
            PROJECT.add_effect(name, actions.void_reports)
        PROJECT.add_guard("start_closing", guards.final_report_is_due)
        PROJECT.add_guard("close", guards.final_report_is_accepted)
        # The page of a project, its timetable, and the coordinator's salary.
        from grants import panels
        from grants.salary.guards import HOLDS
        from grants.timetable import SOURCES
        from reports import project_page, timetable

        panels.register("reports", project_page.reports, reads=project_page.rows_of)
        for rows, mine in ((HOLDS, timetable.late_report), (SOURCES, timetable.entries)):
            if mine not in rows:
                rows.append(mine)  # type: ignore[arg-type]

    def _join_amendments(self) -> None:
        """What an amendment makes of the timetable."""
        from grants.amendments.workflow import AMENDMENT
        from reports import amending

        for name in ("submit", "approve"):
            AMENDMENT.add_guard(name, amending.final_report_is_to_come)
        for name in ("approve", "resolve"):
            AMENDMENT.add_effect(name, amending.follow)

    def _join_mechanisms(self) -> None:
        from core import dated, documents, duties, jobs
        from reports import actions, pdf, statements_due, wording
        from reports import duties as mine
        from reports.documents import can_read
        from reports.notebook.papers import PHOTO, may_read

        documents.register("report_evidence", can_read=can_read, label=_("Evidence of a report"))
        documents.register(PHOTO, can_read=may_read, label=_("Photograph of a notebook"))
        documents.register(pdf.KIND, can_read=can_read, label=_("Progress report"))
        jobs.register(pdf.KIND, pdf.work, _("The PDF of a progress report"))
        duties.register("reports.due", mine.reports_due)
        duties.register("reports.check", mine.reports_to_check)
        duties.register("reports.observations", mine.observations_due)
        duties.name_kinds(mine.KINDS)
        duties.register("reports.statements", statements_due.statements_open)
        duties.name_kinds(statements_due.KINDS)
        dated.register("reports.fall_due", actions.fall_due)
        wording.register_sentences()

    def _join_ledgers(self) -> None:
        """Certificates and machines live on after their report: duties of their own."""
        from core import duties
        from reports.ledgers import actions, wording
        from reports.ledgers import duties as owed
        from reports.workflow import REPORT

        REPORT.add_effect("accept", actions.plan_new_machines)
        for name, source in owed.SOURCES.items():
            duties.register(name, source)
        duties.name_kinds(owed.KINDS)
        wording.register_sentences()

    def _join_endings(self) -> None:
        """Letters, which name the dates of reports; the closing report; machines at the end of the trail of a peso."""
        from core import documents, duties, jobs, timeline, verifying
        from grants.letters import content, writing
        from grants.trail import ASSETS
        from grants.workflow import PROJECT
        from reports import timetable
        from reports.closing import freezing
        from reports.machines import insurance, invoices

        if timetable.dates_to_come not in content.DATES:
            content.DATES.append(timetable.dates_to_come)
        if invoices.assets_of not in ASSETS:
            ASSETS.append(invoices.assets_of)
        # After the effects that move or void reports: a letter tells what came of them.
        for name in ("suspend", "resume", "terminate"):
            PROJECT.add_effect(name, writing.write(name))
        PROJECT.add_effect("close", freezing.freeze)
        documents.register(freezing.KIND, can_read=freezing.may_read, label=_("Closing report"))
        jobs.register(freezing.KIND, freezing.work, _("The closing report as PDF"))
        timeline.register("project.closing_report", freezing.sentence)
        verifying.register("closing reports", freezing.changed)
        for name, source in insurance.SOURCES.items():
            duties.register(name, source)
        duties.name_kinds(insurance.KINDS)


def reads_reports(user) -> bool:
    """Whether the entry of the menu is for this person: staff who read reports, and everybody who is no staff (they
    may coordinate a project; asking costs a query that every page would pay)."""
    from accounts.permissions import Action, holds

    return user.is_authenticated and (holds(user, Action.VIEW_REPORT) or not user.is_staff_member)
