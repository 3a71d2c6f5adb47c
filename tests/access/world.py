"""One world for all the tests of access: two groups with everything that an address can name, and the cast.

It is made once, through the real transitions, in a transaction that is never committed. Every request is undone.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts import covering, delegating
from accounts.models import Cover, Invitation, User
from accounts.roles import Role
from applications.models import Application, DecisionCondition, DeclaredRelation, Snippet
from applications.supporting import suggestions
from applications.supporting.workflow import SUPPORT
from applications.workflow import REVIEW
from core import documents, jobs, uploads
from core.models import Message
from grants.letters.writing import propose
from grants.models import Payee, Project
from groups import actions as groups_actions
from groups.models import Group
from reports import actions as reports_actions
from reports.models import Outcome, ProgressReport
from reports.notebook import actions as notebook
from tests.access.money import money_rows
from tests.cast import give_audit, give_role, make_person
from tests.factories_amendments import follow_up
from tests.factories_applications import (
    OFFICE,
    PDF,
    a_pdf,
    application_at,
    make_call,
    make_questions,
    make_quote,
    staff_member,
)
from tests.factories_expenses import judge, statement_at
from tests.factories_grants import order, project_at
from tests.factories_groups import (
    give_place,
    make_appointment,
    make_certificate,
    make_firm,
    make_firm_link,
    make_group,
    make_link,
    make_paper,
    make_partner,
    make_question,
)
from tests.factories_ledgers import make_part, with_ledgers
from tests.factories_reports import report_at
from tests.factories_support import log, support_at
from tests.grants.prices.rows import clause, figure_to_confirm, prepared
from tests.grants.salary.rows import month_at, own_account, paid_project

DAY = dt.timedelta(days=1)
# The projects begin at NOON (10 March 2026): by now the periods of three of their reports are over.
TODAY = dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC)
CODE = "a1" * 32

CAST = (
    "visitor",
    "stranger",
    "representative",
    "member",
    "viewer",
    "coordinator",
    "adviser",
    "reviewer",
    "officer",
    "approver",
    "finance",
    "admin",
    "auditor",
    "other_representative",
    "other_coordinator",
)


@dataclass(eq=False)
class Side:
    """One group, and all that is its own."""

    group: Group
    draft: Application
    in_review: Application
    recommended: Application
    approved: Application
    project: Project
    accepted: ProgressReport
    submitted: ProgressReport
    writing: ProgressReport
    rows: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class World:
    """Ours, the other group's, and who asks."""

    ours: Side
    theirs: Side
    people: dict[str, User]
    rows: dict[str, Any]
    sessions: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str, method: str, url: str, body: dict | None = None) -> HttpResponse:
        """One request of one person. What it changed is undone; an exception is a 500."""
        with transaction.atomic():
            response = self.do(who, method, url, body)
            transaction.set_rollback(True)
        return response

    def do(self, who: str, method: str, url: str, body: dict | None = None) -> HttpResponse:
        """One request of one person, that stays."""
        client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        if who != "visitor":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client.get(url, body) if method == "GET" else client.post(url, body)

    def sign_in(self, who: str) -> None:
        """Without the pages of log-in."""
        client = Client()
        client.force_login(self.people[who])
        self.sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value


def make_world() -> World:
    """Both groups and the cast. Every call is open to the end: the drafts can still be written."""
    people = make_staff()
    # The last one, which has the projects, follows an index of prices.
    clauses = [{}, {}, {}, clause()]
    calls = [
        make_call(code=f"CALL-{number}", closes_at=TODAY + 20 * DAY, **more)
        for number, more in enumerate(clauses, 1)
    ]
    make_questions(calls[0], "yes_no", "declaration")
    ours = make_side(
        make_group(representative=make_person("representative"), name="Muebles del Norte"),
        make_person("coordinator"),
        calls,
        people,
    )
    theirs = make_side(
        make_group(representative=make_person("other_representative"), name="Quesos del Sur"),
        make_person("other_coordinator"),
        calls,
        people,
    )
    people |= {
        "stranger": make_person("stranger"),
        "representative": ours.group.representative,
        "member": make_person("member"),
        "viewer": make_person("viewer"),
        "coordinator": ours.rows["appointment"].person,
        "other_representative": theirs.group.representative,
        "other_coordinator": theirs.rows["appointment"].person,
    }
    ours.rows |= make_salary(ours.group)
    ours.rows["places"] = {
        name: give_place(ours.group, people[name], Role(name)) for name in ("member", "viewer")
    }
    help_both(ours, theirs, people["adviser"])
    give_audit(people["auditor"], ours.group.case, by=people["admin"])
    update = prepared(calls[3], now=TODAY)
    shared = {"price_update": update, "price_figure": figure_to_confirm(update.figure.index)}
    world = World(ours, theirs, people, make_shared(ours, people, calls[0]) | shared)
    for who in CAST[1:]:
        world.sign_in(who)
    return world


def help_both(ours: Side, theirs: Side, adviser: User) -> None:
    """Our group has its adviser, with a session and a suggestion; the other group had somebody else."""
    other = staff_member("other_adviser", Role.ADVISER)
    for side, person in ((ours, adviser), (theirs, other)):
        support = support_at("active", group=side.group, adviser=person, now=TODAY)
        suggestion = suggestions.suggest(
            by=person, application=side.draft, section="project", comment="Say more.", now=TODAY
        )
        side.rows |= {"support": support, "session": log(support, now=TODAY), "suggestion": suggestion}
    theirs.rows["support"] = SUPPORT.apply(
        theirs.rows["support"], "end", by=other, now=TODAY, data={"reason": "It is written."}
    )


def make_staff() -> dict[str, User]:
    """One person for each role of the programme. `reviewer` is one of the two who review every application."""
    people = {role.value: staff_member(role.value, role) for role in (Role.OFFICER, Role.APPROVER)}
    people |= {"finance": staff_member("finance", Role.FINANCE), "admin": OFFICE.admin}
    people |= {"adviser": staff_member("adviser", Role.ADVISER), "auditor": make_person("auditor")}
    people["reviewer"] = OFFICE.reviewers[0]
    return people


def make_side(group: Group, coordinator: User, calls: list, people: dict[str, User]) -> Side:
    """One application in each call, the last one with a project, its reports and a payment."""
    appointment = make_appointment(group, coordinator)
    writing, in_review, recommended, approved = (
        application_at(status, group=group, call=call)
        for status, call in zip(("draft", "in_review", "recommended", "approved"), calls, strict=True)
    )
    # A reviewer reads the application from the moment at which they said that they have no interest.
    review = in_review.reviews.get(reviewer=people["reviewer"])
    declared = {"no_interest": True}
    REVIEW.apply(review, "declare_interest", by=people["reviewer"], now=TODAY, data=declared)
    project = project_at("active", application=approved)
    rows: dict[str, Any] = {"appointment": appointment}
    rows["payment"] = order(project.tranches.get(number=1), by=people["finance"])
    rows["paid_later"] = project.tranches.get(number=2)
    rows |= money_rows(project, rows["payment"], people, now=TODAY)
    observation = {"text": "Show the invoice.", "due_on": TODAY.date() + 5 * DAY, "tranche": None}
    kept = {"by": coordinator, "officer": people["officer"]}
    rows |= with_ledgers(report_at("draft", project, number=1, **kept))
    accepted = report_at("accepted", project, number=1, observations=(observation,), **kept)
    submitted = report_at("submitted", project, number=2, **kept)
    report = report_at("draft", project, number=3, **kept)
    rows |= write_in(report, coordinator)
    rows |= spend(project)
    rows |= follow_up(project, coordinator, people["officer"], now=TODAY)
    rows["letter"] = propose(
        by=people["officer"], project=project, reason="It stands still.", days_to_answer=20, now=TODAY
    )
    rows["entry"] = notebook.add(
        by=coordinator, project=project, kind="note", activity=None, text="We met.", now=TODAY
    )
    rows |= {f"written_{name}": row for name, row in with_ledgers(report).items()}
    rows["part"], part_token = make_part(
        report, by=coordinator, firm=group.memberships.all()[2].firm, now=TODAY
    )
    rows["part_token"] = part_token
    return Side(
        group=group,
        draft=Application.objects.get(pk=writing.pk),
        in_review=in_review,
        recommended=recommended,
        approved=approved,
        project=Project.objects.get(pk=project.pk),
        accepted=accepted,
        submitted=submitted,
        writing=ProgressReport.objects.with_case().get(pk=report.pk),
        rows={
            **rows,
            "firm": group.memberships.first().firm,
            "certificate": make_certificate(group.memberships.first().firm),
            "linked_firm": make_link(group.memberships.first().firm),
            "paper": make_paper(group.memberships.all()[1]),
            "question": make_question(group, make_firm()),
            "partner": make_partner(group),
            "activity": writing.activities.first(),
            "line": writing.lines.first(),
            "quote": make_quote(writing),
            "attached": writing.documents.get(),
            "requirement": calls[0].requirements.get(code="minutes"),
            "review": in_review.reviews.get(reviewer=people["reviewer"]),
            "decision": approved.decisions.get(),
            "condition": DecisionCondition.objects.create(
                decision=approved.decisions.get(), order=1, text="Insure it.", due_on=TODAY.date() + DAY
            ),
            "observation": accepted.observations.get(),
            "baseline": project.activities.first(),
        },
    )


def make_salary(group: Group) -> dict[str, Any]:
    """A second project of the group, which pays its coordinator: a month to hand in, and the account."""
    paid = paid_project(code="PAID", group=group)
    return {
        "paid_project": paid,
        "salary_month": month_at("accrued", paid),
        "own_account": own_account(paid),
        "project_payee": project_payee(group),
    }


def project_payee(group: Group) -> Payee:
    """Who is paid for the group's first project."""
    return Payee.objects.filter(project__application__group=group, person=None).order_by("pk").first()


def write_in(report: ProgressReport, by: User) -> dict[str, Any]:
    """A file of evidence and an outcome in a report that is being written."""
    report = reports_actions.save_activity(
        by=by,
        report=report,
        activity=report.project.activities.first(),
        version=report.version,
        now=TODAY,
        done_percent=100,
        what_was_done="Installed.",
        reason="",
        uploads=[a_pdf("photo.pdf")],
    )
    reports_actions.save_outcome(
        by=by,
        report=report,
        version=report.version,
        now=TODAY,
        outcome=Outcome(
            report=report, kind=Outcome.Kind.TRAINED, figure=3, on=TODAY.date() - DAY, text="List."
        ),
        upload=None,
    )
    return {"evidence": report.evidence.get(), "outcome": report.outcomes.get()}


def spend(project: Project) -> dict[str, Any]:
    """A statement that waits for finance, with an expense to judge and one that was asked about; and one that is open."""
    statement = statement_at("submitted", project, expenses=2, now=TODAY)
    expense, queried = statement.expenses.order_by("pk")
    judge(queried, "query", now=TODAY, remark="Which firm uses it?")
    opened = statement_at("open", project, now=TODAY)
    draft = opened.expenses.get()
    return {
        "statement": statement,
        "open_statement": opened,
        "expense": expense,
        "queried": queried,
        "draft_expense": draft,
        "payment_part": draft.payments.get(),
    }


def make_cover(person: User, by: User) -> Cover:
    """One officer stands in for the other, for some days."""
    first, last = TODAY.date(), TODAY.date() + 9 * DAY
    return covering.set_cover(by=person, person=person, cover=by, first_on=first, last_on=last, now=TODAY)


def make_shared(ours: Side, people: dict[str, User], call: Any) -> dict[str, Any]:
    """What belongs to no side: a role, an invitation, a job, a message, a document with its code."""
    admin, representative = people["admin"], people["representative"]
    groups_actions.invite_person(
        by=representative, group=ours.group, email="invited@lsp.example", role=Role.MEMBER, now=TODAY
    )
    letter = Message.objects.get(address="invited@lsp.example")
    waiting = give_role(make_person("newcomer"), Role.OFFICER, by=admin)
    job = jobs.ask(
        kind="application_dossier", key="a job", by=representative, now=TODAY, case=ours.group.case
    )
    return {
        "call": call,
        "hidden_call": make_call(code="HIDDEN", published=False),
        "role": waiting,
        "cover": make_cover(people["officer"], staff_member("officer2", Role.OFFICER)),
        "delegation": delegating.delegate(
            by=people["approver"],
            person=staff_member("officer2", Role.OFFICER),
            starts=TODAY,
            ends=TODAY + 9 * DAY,
            grounds="On leave.",
            now=TODAY,
        ),
        "person": people["stranger"],
        "tie": DeclaredRelation.objects.create(
            user=people["reviewer"], firm=make_firm(), kind="works", declared_at=TODAY
        ),
        "snippet": Snippet.objects.create(
            owner=people["officer"], name="Greeting", text="Good day.", shared=True
        ),
        "invitation": Invitation.objects.get(email="invited@lsp.example"),
        "firm_token": make_firm_link(ours.group.memberships.all()[2], now=TODAY)[1],
        "token": letter.context["url"].rstrip("/").rpartition("/")[2],
        "job": job,
        "message": Message.objects.filter(recipient=representative, confidential=False).first(),
        "upload": uploads.begin(by=representative, filename="acta.pdf", size=9, now=TODAY),
        "genuine": documents.store_bytes(
            case=ours.approved.case,
            kind="application_receipt",
            owner_id=ours.approved.pk,
            filename="receipt.pdf",
            content_type="application/pdf",
            data=PDF,
            by=None,
            now=TODAY,
            content_hash=CODE,
        ),
    }
