"""Projects that run, and their reports.

A project is written straight into the tables, in the order that the database asks for, so that lists of thirty are
quick. Reports get to a state through the real transitions: `report_at("accepted")`.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from accounts.models import RoleGrant, User
from accounts.permissions import Action
from accounts.roles import Role
from applications.models import (
    Activity,
    Application,
    BudgetLine,
    Call,
    Decision,
    DecisionLine,
    EnvelopeEntry,
    Line,
    Submission,
    SubmissionMember,
)
from core import timeline
from core.dates import add_months, at_noon
from core.models import Case
from grants.models import Agreement, BaselineActivity, BaselineLine, Project, Tranche
from groups.models import Group
from reports import actions
from reports.content import progress_of
from reports.models import ProgressReport
from reports.workflow import REPORT
from tests.cast import make_person
from tests.clock import LONG_BEFORE
from tests.factories_groups import make_group

AMOUNT = Decimal("1000000.00")
# (name, first month, last month): by the end of month 3 they should be at 100, 50, and 0 per cent.
ACTIVITIES = (("Buy the kiln", 1, 3), ("Train the operators", 1, 6), ("Open the showroom", 7, 12))
FIRST_DAY = dt.date(2025, 12, 10)


def make_call(**fields) -> Call:
    """A published call, open since long before."""
    number = Call.objects.count() + 1
    fields.setdefault("code", f"C-{number:03d}")
    fields.setdefault("line", Line.GRANT)
    fields.setdefault("title_en", f"Call {number}")
    fields.setdefault("title_es", f"Convocatoria {number}")
    fields.setdefault("text_en", "For groups of firms.")
    fields.setdefault("text_es", "Para grupos de empresas.")
    fields.setdefault("status", Call.Status.PUBLISHED)
    fields.setdefault("opens_at", LONG_BEFORE)
    fields.setdefault("envelope", Decimal("9000000000.00"))
    fields.setdefault("max_per_project", Decimal("9000000.00"))
    fields.setdefault("max_share", Decimal(60))
    fields.setdefault("categories", ["fixed_investment"])
    case = timeline.open_case(Case.Kind.CALL, fields["title_en"], now=LONG_BEFORE)
    return Call.objects.create(case=case, **fields)


@transaction.atomic
def make_project(
    group: Group | None = None,
    *,
    call: Call | None = None,
    officer: User | None = None,
    first_day: dt.date = FIRST_DAY,
    amount: Decimal = AMOUNT,
    activities: tuple = ACTIVITIES,
    status: str = Project.Status.ACTIVE,
    tranches: tuple = ((1, Decimal(40), 0), (2, Decimal(60), 1)),
    title: str = "A common kiln",
) -> Project:
    """A project of a group, as its activation leaves it: agreement signed, baseline, tranches; without its reports.

    `status` awaiting_agreement leaves it unsigned and without a first day.
    """
    group = group or make_group()
    call = call or Call.objects.first() or make_call()
    officer = officer or User.objects.filter(email="projects@lsp.example").first()
    officer = officer or make_person("projects", "Olga Oficial")
    application = approved_application(group, call, officer, amount, activities, title)
    project = Project.objects.create(
        application=application,
        opened_on=first_day - dt.timedelta(days=20),
        opened_by=officer,
        sign_by=first_day + dt.timedelta(days=10),
        appoint_by=first_day + dt.timedelta(days=10),
        approved_amount=amount,
    )
    agreement = Agreement.objects.create(project=project, terms={}, digest="0" * 64)
    if status == Project.Status.AWAITING_AGREEMENT:
        return project
    _sign(agreement, group, officer, first_day)
    _baseline(project, tranches, first_day)
    project.first_day = first_day
    project.last_day = add_months(first_day, call.months) - dt.timedelta(days=1)
    project.status = Project.Status.ACTIVE
    project.save()
    if status != Project.Status.ACTIVE:
        _become(project, status, first_day)
    return Project.objects.with_case().get(pk=project.pk)


def approved_application(
    group: Group, call: Call, officer: User, amount: Decimal, activities: tuple, title: str, lines: tuple = ()
) -> Application:
    """An application that `officer` approved as it was asked for, as rows. `lines` are (category, description, cost, share of
    the programme); without any it is one machine of twice the amount."""
    number = Application.objects.count() + 1
    case = timeline.open_case(
        Case.Kind.APPLICATION, title, now=LONG_BEFORE, reference=f"LSP-2025-{number:05d}"
    )
    application = Application.objects.create(
        case=case,
        call=call,
        group=group,
        created_at=LONG_BEFORE,
        created_by=officer,
        updated_at=LONG_BEFORE,
        state_since=LONG_BEFORE,
        title=title,
    )
    _plan(application, activities)
    budget = _budget(application, lines or (("fixed_investment", "Kiln", amount * 2, amount),))
    submission = _submission(application, group, officer, amount)
    Application.objects.filter(pk=application.pk).update(
        status=Application.Status.APPROVED, first_submitted_at=LONG_BEFORE
    )
    decision = Decision.objects.create(
        application=application,
        submission=submission,
        kind=Decision.Kind.APPROVE,
        decided_by=officer,
        decided_at=LONG_BEFORE,
        resolution=f"RES-{number}",
        grounds="It passes.",
        amount=amount,
    )
    DecisionLine.objects.bulk_create(
        DecisionLine(
            decision=decision,
            line=line,
            amount=line.programme_share,
            group_share=line.unit_cost - line.programme_share,
        )
        for line in budget
    )
    EnvelopeEntry.objects.create(
        call=call,
        application=application,
        amount=amount,
        why=EnvelopeEntry.Why.APPROVE,
        at=LONG_BEFORE,
    )
    application.refresh_from_db()
    return application


def _plan(application: Application, activities: tuple) -> None:
    for order, (name, first, last) in enumerate(activities, start=1):
        Activity.objects.create(
            application=application,
            order=order,
            name=name,
            first_month=first,
            last_month=last,
            responsible="The cooperative",
            deliverable="It works",
        )


def _budget(application: Application, lines: tuple) -> list[BudgetLine]:
    return BudgetLine.objects.bulk_create(
        BudgetLine(
            application=application,
            order=order,
            category=category,
            description=description,
            quantity=Decimal(1),
            unit_cost=cost,
            programme_share=share,
        )
        for order, (category, description, cost, share) in enumerate(lines)
    )


def _submission(application, group, officer, amount) -> Submission:
    firms = list(group.firms.all())
    submission = Submission.objects.create(
        application=application,
        number=1,
        submitted_at=LONG_BEFORE,
        submitted_by=officer,
        snapshot={"members": [firm.cuit for firm in firms]},
        sha256="0" * 64,
        amount=amount,
        min_firms=5,
    )
    SubmissionMember.objects.bulk_create(
        SubmissionMember(
            submission=submission,
            firm=firm,
            cuit=firm.cuit,
            name=firm.name,
            province=firm.province,
            size="small",
            is_sme=True,
        )
        for firm in firms
    )
    return submission


def _sign(agreement: Agreement, group: Group, officer: User, day: dt.date) -> None:
    signed = {
        "group_signed_by": group.representative,
        "group_signed_at": at_noon(day - dt.timedelta(days=2)),
        "state_signed_by": officer,
        "state_signed_at": at_noon(day - dt.timedelta(days=1)),
    }
    names = {"group_signed_name": str(group.representative), "state_signed_name": str(officer)}
    known = {field.name for field in Agreement._meta.get_fields()}
    Agreement.objects.filter(pk=agreement.pk).update(
        **{key: value for key, value in {**signed, **names}.items() if key in known}
    )


def _baseline(project: Project, tranches: tuple, first_day: dt.date) -> None:
    for activity in project.application.activities.all():
        BaselineActivity.objects.create(
            project=project,
            source=activity,
            order=activity.order,
            name=activity.name,
            first_month=activity.first_month,
            last_month=activity.last_month,
            responsible=activity.responsible,
            deliverable=activity.deliverable,
        )
    for line in project.application.lines.all():
        BaselineLine.objects.create(
            project=project,
            source=line,
            order=line.order,
            category=line.category,
            description=line.description,
            programme_share=line.programme_share,
            group_share=line.group_share,
        )
    for number, percent, after_report in tranches:
        Tranche.objects.create(
            project=project,
            number=number,
            percent=percent,
            amount=project.approved_amount * percent / 100,
            after_report=after_report,
            opened_at=None if after_report else at_noon(first_day),
        )


def _become(project: Project, status: str, day: dt.date) -> None:
    """Any later state, by the columns that the database asks for."""
    project.status = status
    if status == Project.Status.SUSPENDED:
        project.suspended_from, project.suspended_on = "active", day + dt.timedelta(days=30)
    if status in (Project.Status.CLOSED, Project.Status.TERMINATED):
        project.ended_on = day + dt.timedelta(days=60)
        # Given up: nobody had to be heard.
        project.ended_why = "close" if status == Project.Status.CLOSED else "renounce"
    project.save()


# --- Reports -----------------------------------------------------------------------------------------


def plan_reports(project: Project) -> list[ProgressReport]:
    """The timetable of a project that was made here, as its activation plans it."""
    actions.plan_timetable(project, by=None, now=at_noon(project.first_day), data={})
    return list(project.reports.order_by("number"))


def make_report(project: Project | None = None, number: int = 1) -> ProgressReport:
    """The report of that number, planned."""
    project = project or make_project()
    if not project.reports.exists():
        plan_reports(project)
    return project.reports.with_case().get(number=number)


def answer(report: ProgressReport, *, by: User, now: dt.datetime, done: int | None = None) -> ProgressReport:
    """Answer every activity that the report asks for, as far as the plan says (or `done`), and the summary."""
    for row in progress_of(report):
        if row.is_asked:
            report = actions.save_activity(
                by=by,
                report=report,
                activity=row.activity,
                version=report.version,
                now=now,
                done_percent=row.planned if done is None else done,
                what_was_done="Bought and installed.",
                reason="" if done is None else "The supplier was late.",
                expected_last_month=report.last_month + 1 if row.would_slip(done) else None,
            )
    return actions.save_summary(
        by=by, report=report, version=report.version, now=now, summary="It went well."
    )


def report_at(
    status: str,
    project: Project | None = None,
    *,
    officer: User | None = None,
    by: User | None = None,
    number: int = 1,
    now: dt.datetime | None = None,
    observations: tuple = (),
) -> ProgressReport:
    """A report in a state, through the real transitions, on the day after its period (or `now`).

    `by` writes it, the representative unless somebody is named; `officer` judges, the project's own unless named.
    """
    report = make_report(project, number)
    now = now or at_noon(report.period_to + dt.timedelta(days=1))
    by = by or report.group.representative
    officer = officer or the_officer(report.project)
    reason = {"reason": "Show the invoice."}
    if status in ("skipped", "cancelled"):
        name = "skip" if status == "skipped" else "cancel"
        return REPORT.apply(report, name, by=officer, now=now, data=reason)
    steps = {
        "planned": [],
        "due": ["fall_due"],
        "draft": ["fall_due", "answer"],
        "submitted": ["fall_due", "answer", "submit"],
        "returned": ["fall_due", "answer", "submit", "return_report"],
        "accepted": ["fall_due", "answer", "submit", "accept"],
    }[status]
    for step in steps:
        if step == "answer":
            report = answer(report, by=by, now=now)
        elif step == "fall_due":
            if report.status == "planned":
                report = REPORT.apply(report, step, by=None, now=now)
        elif step == "submit":
            report = REPORT.apply(report, step, by=by, now=now)
        else:
            data = {"observations": list(observations)} if step == "accept" else dict(reason)
            report = REPORT.apply(report, step, by=officer, now=now, data=data)
    return ProgressReport.objects.with_case().get(pk=report.pk)


def the_officer(project: Project) -> User:
    """Who opened the project, with the officer's role."""
    officer = project.opened_by
    if not officer.can(Action.DECIDE_REPORT):
        RoleGrant.objects.create(
            user=officer, role=Role.OFFICER, granted_by=make_granter(), valid_from=LONG_BEFORE
        )
        officer.forget_roles()
    return officer


def make_granter() -> User:
    """Somebody who may be named as having given a role."""
    return User.objects.filter(email="granter@lsp.example").first() or make_person("granter")
