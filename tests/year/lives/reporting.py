"""The reports of a project: written, sent, returned, observed and accepted; late ones, and one that is given up."""

from reports import actions as reports
from reports import extra
from reports.models import Observation, ProgressReport
from reports.workflow import REPORT
from tests.factories_reports import answer
from tests.year.lives.base import DAY, Steps, while_running


class Reporting(Steps):
    """The last report accepted, the project begins to close."""

    @while_running
    def write(self, number: int) -> None:
        """When its period is over, after as many days as this life takes; one that is lost is written at the end, or never."""
        report = self.project.reports.get(number=number)
        if report.status == ProgressReport.Status.PLANNED:
            return self.after(max((report.period_to - self.today).days, 0) + 1, self.write, number)
        if report.status != ProgressReport.Status.DUE:
            return None
        if (self, number) not in self.year.begun:
            self.year.begun.add((self, number))
            return self.after(self._days_to_write(report), self.write, number)
        by = self.project.reporter_on(self.today)
        behind = number == 1 and not report.is_final and self.once("behind")
        report = answer(report, by=by, now=self.now, done=10 if behind else None)
        REPORT.apply(report, "submit", by=by, now=self.now)
        self.count("report sent")
        if self.today > report.due_on:
            self.count("report sent late")
        return self.after(self.draw.randint(3, 7), self.judge, number)

    def _days_to_write(self, report: ProgressReport) -> int:
        in_time = (report.due_on - report.period_to).days - 2
        if report.number == 1 and self.once("late"):
            return in_time + self.draw.randint(3, 25)
        if report.number == 1 and self.once("skipped"):
            self.after(in_time + 20, self.skip, report.number)
            return 400
        if report.number == 1 and self.once("lost"):
            return self.draw.randint(110, 160)
        return self.draw.randint(1, in_time)

    @while_running
    def skip(self, number: int) -> None:
        """The officer gives up waiting; an extra report opens the money that waited for it."""
        report = self.project.reports.get(number=number)
        data = {"reason": "The group was without a coordinator."}
        REPORT.apply(report, "skip", by=self.cast.officer, now=self.now, data=data)
        opens = extra.tranches_to_name(self.project).first()
        asked = extra.ask(
            by=self.cast.officer,
            project=self.project,
            period_from=report.period_from,
            period_to=self.today - DAY,
            due_on=self.today + 10 * DAY,
            reason="What was done since the start.",
            opens=opens,
            now=self.now,
        )
        self.year.begun.add((self, asked.number))
        self.after(4, self.write, asked.number)

    @while_running
    def judge(self, number: int) -> None:
        report = self.project.reports.get(number=number)
        officer = self.cast.officer
        if self.once("returned"):
            data = {"reason": "Show the invoices."}
            REPORT.apply(report, "return_report", by=officer, now=self.now, data=data)
            return self.after(5, self.correct, number)
        data = {}
        waits = self.project.tranches.filter(opened_at=None, cancelled_on=None, after_report=number).first()
        if waits and self.once("observed"):
            row = {"text": "Insure the machine.", "due_on": self.today + 20 * DAY, "tranche": waits.pk}
            data = {"observations": [row]}
        REPORT.apply(report, "accept", by=officer, now=self.now, data=data)
        self.count("report accepted")
        for observation in Observation.objects.filter(report=report):
            self.after(14, self.meet, observation)
        self.after(2, self.pay)
        if report.is_final:
            self.after(4, self.begin_closing)
        return None

    @while_running
    def correct(self, number: int) -> None:
        """What was returned is written anew and sent again."""
        report = ProgressReport.objects.with_case().get(project=self.project, number=number)
        by = self.project.reporter_on(self.today)
        report = reports.save_summary(
            by=by, report=report, version=report.version, now=self.now, summary="The invoices are there now."
        )
        REPORT.apply(report, "submit", by=by, now=self.now)
        self.count("report corrected")
        self.after(4, self.judge, number)

    @while_running
    def meet(self, observation: Observation) -> None:
        reports.meet_observation(by=self.cast.officer, observation=observation, now=self.now)
        self.count("observation met")
        self.after(1, self.pay)
