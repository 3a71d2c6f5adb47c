"""The programme's first years: projects that ended long before this system, taken over from the files of the office.

They are written as rows, not acted out, so that a hundred of them take seconds; every rule of the database holds for
them too, and the timeline of each says that it was taken over.
"""

import datetime as dt
from decimal import Decimal

from django.db.models import F

from accounts.models import User
from accounts.roles import Role
from applications import snapshot
from applications.facts import Facts
from applications.models import Activity, Application, BudgetLine, Call, Decision, DecisionLine, EnvelopeEntry
from core import dates, timeline
from core.models import Case
from core.money import ZERO
from core.pdf import content_hash
from grants.effects import copy_baseline
from grants.models import Agreement, Disbursement, Payee, Project, Tranche
from grants.terms import terms_of
from groups.models import Firm, FirmYear, Group, GroupPerson, Membership
from groups.provinces import Province
from lsp_program.demo import applying, names, outcomes
from lsp_program.demo.forming import Maker
from lsp_program.demo.running import SUMMARY, Running, account_number
from reports import content
from reports.models import ProgressReport

DAY = dt.timedelta(days=1)


class Archive:
    """Takes over one project after the other."""

    def __init__(self, running: Running, maker: Maker):
        self.running, self.maker, self.story, self.cast = running, maker, running.story, running.cast

    def take_over(self, call: Call, closes: dt.date, province: Province, sector: str) -> Project:
        """A project of an early call, from its group to its last payment."""
        submitted = closes - self.story.draw.randint(2, 40) * DAY
        by = self.running.people.new("empresa", dates.at_noon(submitted - 60 * DAY))
        group = self._group(by, province, sector, submitted)
        application = self._application(group, call, by, submitted)
        self._approve(application, closes + 60 * DAY)
        project = self._start(application, by, closes + 75 * DAY)
        self._pay(project)
        self._report(project, by)
        ended = project.last_day + 40 * DAY
        Project.objects.filter(pk=project.pk).update(status="closed", ended_on=ended, ended_why="close")
        for case, obj in ((group.case, group), (application.case, project)):
            timeline.record(
                case,
                f"{obj._meta.model_name}.taken_over",
                by=self.cast["admin"],
                now=dates.at_noon(ended),
                obj=obj,
            )
        return project

    # --- Who -----------------------------------------------------------------------------------

    def _group(self, by: User, province: Province, sector: str, day: dt.date) -> Group:
        town = self.story.draw.choice(names.TOWNS[province])
        fields = self.maker.group_fields(sector, province, town, day)
        now = dates.at_noon(day - 30 * DAY)
        group = Group.objects.create(
            case=timeline.open_case(Case.Kind.GROUP, fields["name"], now=now), **fields
        )
        GroupPerson.objects.create(group=group, user=by, role=Role.REPRESENTATIVE, since=day - 30 * DAY)
        rows = [self.maker.firm_fields(sector, province, town) for _ in range(self.maker.size())]
        cases = Case.objects.bulk_create(
            Case(kind=Case.Kind.FIRM, title=row["name"], created_at=now) for row in rows
        )
        places = [row.pop("place_in_chain") for row in rows]
        firms = Firm.objects.bulk_create(
            Firm(case=case, **row) for case, row in zip(cases, rows, strict=True)
        )
        FirmYear.objects.bulk_create(
            FirmYear(firm=firm, year=year, sales=sales)
            for firm in firms
            for year, sales in self.maker.sales(sector, day).items()
        )
        Membership.objects.bulk_create(
            Membership(group=group, firm=firm, place_in_chain=place, joined_on=day - 30 * DAY)
            for firm, place in zip(firms, places, strict=True)
        )
        return group

    # --- What it asked, and what was decided -----------------------------------------------------

    def _application(self, group: Group, call: Call, by: User, day: dt.date) -> Application:
        now = dates.at_noon(day)
        title = f"{names.PROJECTS[group.sector.name_en]} en {group.locality}"
        reference = snapshot.next_reference(now)
        application = Application.objects.create(
            case=timeline.open_case(Case.Kind.APPLICATION, title, now=now, reference=reference),
            call=call,
            group=group,
            created_at=now,
            created_by=by,
            updated_at=now,
            state_since=now,
            title=title,
            diagnosis=applying.DIAGNOSIS,
            objectives=applying.OBJECTIVES,
            learning=applying.LEARNING,
            prior_support=applying.PRIOR_SUPPORT if call.needs_prior_support else "",
            declared=True,
        )
        Activity.objects.bulk_create(self.story.activities(application, by))
        BudgetLine.objects.bulk_create(self.story.lines(application))
        facts = Facts(application, today=day)
        sent = snapshot.freeze(facts, number=1, reference=reference, by=by, arrived_at=now)
        Application.objects.filter(pk=application.pk).update(
            status="approved", first_submitted_at=now, asked=sent.amount
        )
        application.refresh_from_db()
        return application

    def _approve(self, application: Application, day: dt.date) -> None:
        lines = list(application.lines.all())
        amount = sum((line.programme_share for line in lines), ZERO)
        decision = Decision.objects.create(
            application=application,
            submission=application.latest_submission,
            kind=Decision.Kind.APPROVE,
            decided_by=self.cast["approver"],
            decided_at=dates.at_noon(day),
            resolution=self.story.resolution(day),
            grounds="Según la resolución que obra en el expediente.",
            amount=amount,
        )
        DecisionLine.objects.bulk_create(
            DecisionLine(
                decision=decision, line=line, amount=line.programme_share, group_share=line.group_share
            )
            for line in lines
        )
        EnvelopeEntry.objects.create(
            call=application.call, application=application, amount=amount, why=EnvelopeEntry.Why.APPROVE,
            at=dates.at_noon(day),
        )  # fmt: skip

    # --- The project -----------------------------------------------------------------------------

    def _start(self, application: Application, by: User, day: dt.date) -> Project:
        approval = application.decisions.get()
        officer, now = self.cast["officer"], dates.at_noon(day)
        first_day = dates.add_months(day.replace(day=1), 1)
        last_day = dates.add_months(first_day, application.call.months) - DAY
        project = Project.objects.create(
            application=application, opened_on=day, opened_by=officer, sign_by=day + 30 * DAY,
            appoint_by=day + 30 * DAY, approved_amount=approval.amount,
        )  # fmt: skip
        # Their salaries were paid with the tranches.
        terms = terms_of(application, approval, salary_apart=False)
        Agreement.objects.create(
            project=project, terms=terms, digest=content_hash(terms),
            group_signed_by=by, group_signed_at=now, group_signed_name=by.full_name,
            state_signed_by=officer, state_signed_at=now, state_signed_name=officer.full_name,
        )  # fmt: skip
        copy_baseline(project, by=officer, now=now, data={})
        firm = project.group.firms.order_by("pk").first()
        Payee.objects.create(
            project=project, name=firm.name, cuit=firm.cuit, cbu=account_number(project.pk), entered_by=by,
            entered_at=now, checked_by=officer, checked_at=now,
        )  # fmt: skip
        Tranche.objects.bulk_create(
            Tranche(
                project=project, number=row["number"], percent=Decimal(row["percent"]),
                amount=Decimal(row["amount"]), after_report=row["after_report"],
                opened_at=dates.at_noon(dates.add_months(first_day, 3 * row["after_report"])),
            )
            for row in terms["tranches"]
        )  # fmt: skip
        Project.objects.filter(pk=project.pk).update(status="active", first_day=first_day, last_day=last_day)
        project.refresh_from_db()
        return project

    def _pay(self, project: Project) -> None:
        payee = project.payee
        payments = Disbursement.objects.bulk_create(
            Disbursement(
                tranche=tranche, payee=payee, amount=tranche.amount, ordered_by=self.cast["finance"],
                ordered_at=tranche.opened_at,
            )
            for tranche in project.tranches.all()
        )  # fmt: skip
        for payment in payments:
            number = self.running.next_order()
            day = dates.day_of(payment.ordered_at) + 3 * DAY
            Disbursement.objects.filter(pk=payment.pk).update(
                status="paid", confirmed_by=self.cast["finance2"], confirmed_at=dates.at_noon(day),
                treasury_number=number, treasury_date=day, gross=F("amount"), withheld=ZERO, net=F("amount"),
            )  # fmt: skip

    def _report(self, project: Project, by: User) -> None:
        """The final report, with what came of the project."""
        months, officer = project.call.months, self.cast["officer"]
        sent, seen = dates.at_noon(project.last_day + 5 * DAY), dates.at_noon(project.last_day + 15 * DAY)
        report = ProgressReport.objects.create(
            project=project, number=1, first_month=1, last_month=months, period_from=project.first_day,
            period_to=project.last_day, due_on=project.last_day + 10 * DAY, is_final=True, status="draft",
            summary=SUMMARY,
        )  # fmt: skip
        outcomes.taken_over(report)
        report.status, report.submitted_at, report.submitted_by = "submitted", sent, by
        report.snapshot = content.snapshot_of(report, by=by, now=sent)
        report.sha256 = content_hash(report.snapshot)
        report.save()
        report.status, report.accepted_at, report.accepted_by = "accepted", seen, officer
        report.snapshot = content.accepted(report.snapshot, [], by=officer, now=seen)
        report.sha256 = content_hash(report.snapshot)
        report.save()
