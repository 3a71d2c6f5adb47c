"""The officer's Monday list (PROGRAMME 12): a row for each case in charge, by risk: what changed since one looked, what it
waits for and whose turn that is, what one can do about it now. Read only.

Everything is read in a constant number of queries, for the MOST cases that have been longest in their state.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from accounts import charge
from accounts.models import User
from accounts.roles import Role
from applications import conditions, pace, turns
from applications.models import Application, Decision, Review, Submission
from applications.office import in_review, tied
from applications.turns import Turn
from core import dates, seen, timeline, together
from core.duties import Duty, read_together
from core.models import Event
from grants.duties import DAYS_TO_OPEN, coordinators_to_appoint
from grants.models import Project
from groups.querysets import own_group_ids
from reports import project_risk, risk
from reports.home_rows import Row as Link
from reports.models import Observation, ProgressReport
from reports.monday_statements import Waiting, waiting_of
from reports.monday_turns import acts, project_turn

MOST = 300
# From the first submission to the end of the project; a draft is its group's.
IN_THE_OFFICE = (
    "submitted",
    "in_review",
    "changes_requested",
    "recommended",
    "reserve",
    "reconsideration",
    "approved",
)
MINE, ALL, WITHOUT = "mine", "all", "without"
OFFICE = (Role.OFFICER, Role.REVIEWER, Role.APPROVER, Role.FINANCE)


@dataclass
class Row:
    """A case as the list shows it. `changed` is how much others did since the reader looked, None when they never did;
    `for_name` the colleague for whom they stand in; `signs` the figures of its project, while that runs."""

    application: Application
    project: Project | None
    turn: Turn
    reasons: list[risk.Reason]
    for_name: str = ""
    signs: project_risk.Signs | None = None
    acts: list[Link] = field(default_factory=list)
    last: str = ""
    last_at: dt.datetime | None = None

    @property
    def points(self) -> int:
        return risk.points(self.reasons)

    @property
    def level(self) -> str:
        return risk.level(self.points)

    @property
    def changed(self) -> int | None:
        looked_at = self.application.seen is not None  # type: ignore[attr-defined]
        return self.application.news if looked_at else None  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        if self.project:
            return reverse("project_detail", args=[self.project.pk])
        return reverse("application_detail", args=[self.application.pk])

    @property
    def state(self) -> str:
        return (self.project or self.application).status

    @property
    def state_label(self) -> str:
        return str((self.project or self.application).get_status_display())

    @property
    def officer(self) -> User | None:
        """Who is in charge, if anybody is."""
        officers = [self.application.officer, self.project.opened_by if self.project else None]
        in_charge = self.application.in_charge_id  # type: ignore[attr-defined]
        return next((person for person in officers if person and person.pk == in_charge), None)


def rows(user: User, scope: str, now: dt.datetime) -> tuple[list[Row], bool]:
    """The list, the most urgent first, and whether there are more cases than it looks at."""
    officers = charge.officers(dates.day_of(now), user)
    found = list(_cases(user, scope, officers)[: MOST + 1])
    more, found = len(found) > MOST, found[:MOST]
    return sorted(_rows(found, user if scope == MINE else None, officers, user, now), key=_urgency), more


def row_of(user: User, application: int, now: dt.datetime) -> Row | None:
    """The row of one case; None where the list has none of it."""
    officers = charge.officers(dates.day_of(now), user)
    found = list(_cases(user, ALL, officers).filter(pk=application))
    return next(iter(_rows(found, None, officers, user, now)), None)


def _rows(
    found: list[Application], whose: User | None, officers: charge.Holders, user: User, now: dt.datetime
) -> list[Row]:
    """What is read of these cases, and what it comes to. `whose`: what only this person owes on them."""
    today = dates.day_of(now)
    read = together.read(reviews=_reviews(found), reports=_reports(found))
    reviews, reports = _live(read["reviews"], found), _by_project(read["reports"])
    usual = pace.usual_by_state(now)
    covered = set(officers.covered_by(user.pk))
    owed, projects = _owed(found, whose, today), _projects(found)
    signs = project_risk.signs_of(projects, today)
    statements = waiting_of([project.pk for project in projects]) if projects else {}
    return [
        _row(application, reviews[application.pk], reports, usual, owed, covered, now, signs, statements)
        for application in found
    ]


def _projects(found: Iterable[Application]) -> list[Project]:
    """Their projects, with the applications that were read already."""
    projects = []
    for application in found:
        if project := getattr(application, "project", None):
            project.application = application
            projects.append(project)
    return projects


def _urgency(row: Row) -> tuple[Any, ...]:
    """More points first; then what is due first; then the longest in its state."""
    return (
        -row.points,
        row.turn.due_on or dt.date.max,
        row.application.state_since,
        row.application.pk,
    )


# --- Reading -----------------------------------------------------------------------------------------


def _cases(user: User, scope: str, officers: charge.Holders):
    """The cases of one choice, the longest in their state first."""
    last = Submission.objects.filter(application=OuterRef("pk")).order_by("-number")
    approved = Decision.objects.filter(application=OuterRef("pk"), kind=Decision.Kind.APPROVE)
    asked = conditions.owed().filter(decision__application=OuterRef("pk")).order_by("due_on")
    observed = (
        Observation.objects.open().filter(report__project__application=OuterRef("pk")).order_by("due_on")
    )
    live = Q(status__in=IN_THE_OFFICE, project=None) | Q(project__status__in=Project.OPEN)
    found = Application.objects.visible_to(user).real().filter(live)
    # With a role in the group one is no officer of its cases (PROGRAMME 3).
    found = found.exclude(group__in=own_group_ids(user))
    found = officers.bounded(found, None, "officer", "project__opened_by")
    if scope == MINE:
        found = found.filter(in_charge_id__in=[user.pk, *officers.covered_by(user.pk)])
    elif scope == WITHOUT:
        found = found.filter(in_charge_id=None)
    return (
        found.annotate(
            last_submission=Subquery(last.values("pk")[:1]),
            signed=Subquery(last.values("sign_off__pk")[:1]),
            agreed=Subquery(last.values("consensus__pk")[:1]),
            approved_at=Subquery(approved.values("decided_at")[:1]),
            condition_due=Subquery(asked.values("due_on")[:1]),
            observation_due=Subquery(observed.values("due_on")[:1]),
            **seen.news(user),
        )
        .select_related("case", "call", "group", "officer", "project__opened_by", "project__agreement")
        .defer("diagnosis", "objectives", "learning", "prior_support", "project__agreement__terms")
        .order_by("state_since", "pk")
    )


def _reviews(found: Iterable[Application]):
    """The live reviews of the applications that wait for one."""
    waiting = [row.pk for row in found if row.status in ("submitted", "in_review")]
    return Review.objects.live().filter(application__in=waiting).order_by("due_on", "pk").defer("comment")


def _live(reviews: Iterable[Review], found: Iterable[Application]) -> dict[int, list[Review]]:
    """By application, those that count for its last submission."""
    last = {row.pk: row.last_submission for row in found}  # type: ignore[attr-defined]
    rows: dict[int, list[Review]] = defaultdict(list)
    for review in reviews:
        if last[review.application_id] in (review.submission_id, review.kept_for_id):
            rows[review.application_id].append(review)
    return rows


def _reports(found: Iterable[Application]):
    """The reports that are not over yet, in their order."""
    projects = [row.project.pk for row in found if hasattr(row, "project")]
    reports = ProgressReport.objects.open().filter(project__in=projects).order_by("number")
    return reports.defer("snapshot", "summary")


def _by_project(reports: Iterable[ProgressReport]) -> dict[int, list[ProgressReport]]:
    rows: dict[int, list[ProgressReport]] = defaultdict(list)
    for report in reports:
        rows[report.project_id].append(report)
    return rows


@dataclass(frozen=True)
class Owed:
    """What is owed on cases besides what their states say, from the duties: by case the first day. `office`: what officers
    owe; `coordinator`: late nominations."""

    office: dict[int, dt.date]
    coordinator: dict[int, dt.date]


def _owed(found: Iterable[Application], user: User | None, today: dt.date) -> Owed:
    """Of one officer, or of all. What can be many is read of these cases alone; reviewers who are tied and nominations that
    are late are few."""
    yesterday = today - dt.timedelta(days=1)
    office = in_review.due_days([application.pk for application in found])
    late = partial(coordinators_to_appoint, due_to=yesterday)
    others = read_together([tied.reviews, late], today=today, user=user)
    for case, day in _first_days(duty for duty in others if duty.kind in tied.KINDS).items():
        office[case] = min(day, office.get(case, day))
    return Owed(office, _first_days(duty for duty in others if duty.kind not in tied.KINDS))


def _first_days(owed: Iterable[Duty]) -> dict[int, dt.date]:
    first: dict[int, dt.date] = {}
    for duty in owed:
        if duty.case_id:
            first[duty.case_id] = min(duty.due_on, first.get(duty.case_id, duty.due_on))
    return first


def add_last_events(shown: Iterable[Row]) -> None:
    """What happened last on the cases of one page. One query."""
    shown = list(shown)
    last = Event.objects.filter(
        case__in=[row.application.case_id for row in shown], sequence=F("case__length")
    )
    events = {event.case_id: event for event in last.select_related("actor")}
    for row in shown:
        if event := events.get(row.application.case_id):
            row.last, row.last_at = timeline.sentence_of(event), event.at


# --- What it comes to --------------------------------------------------------------------------------


def _row(
    application: Application,
    reviews: list[Review],
    reports: dict[int, list[ProgressReport]],
    usual: dict[str, int],
    owed: Owed,
    covered: set[int],
    now: dt.datetime,
    signs: dict[int, project_risk.Signs],
    statements: dict[int, Waiting],
) -> Row:
    today, project = dates.day_of(now), getattr(application, "project", None)
    waits = statements.get(project.pk) if project else None
    figures = signs.get(project.pk) if project else None
    if project:
        turn = project_turn(project, reports[project.pk], waits)
    else:
        signed, met = application.signed is not None, application.agreed is not None  # type: ignore[attr-defined]
        turn = turns.of(application, signed=signed, live=reviews, met=met)
    office_due = office_due_on(application, project, owed)
    if turn.who == Role.OFFICER and turn.due_on is None:
        turn = replace(turn, due_on=office_due)
    if waits:
        office_due = min(waits.due_on, office_due or waits.due_on)
    facts = facts_of(application, project, turn, usual, today)
    facts = replace(
        facts,
        office_late=max(facts.office_late, _late(office_due, today)),
        condition_late=_late(application.condition_due, today),  # type: ignore[attr-defined]
        observation_late=_late(application.observation_due, today),  # type: ignore[attr-defined]
        coordinator_late=_late(owed.coordinator.get(application.case_id), today),
        **(vars(figures) if figures else {}),
    )
    row = Row(application, project, turn, risk.reasons(facts), signs=figures)
    row.acts = acts(application, project, turn, reports[project.pk] if project else [], facts)
    if waits:
        row.acts.insert(0, waits.act)
    if application.in_charge_id in covered:  # type: ignore[attr-defined]
        row.for_name = str(row.officer)
    return row


def _late(due_on: dt.date | None, today: dt.date) -> int:
    """Days after a day that may not be set; 0 before it."""
    return max((today - due_on).days, 0) if due_on else 0


def office_due_on(application: Application, project: Project | None, owed: Owed) -> dt.date | None:
    """By when an officer owes something that the turn has no day for."""
    if project is None and application.status == Application.Status.APPROVED:
        return dates.day_of(application.approved_at) + dt.timedelta(days=DAYS_TO_OPEN)  # type: ignore[attr-defined]
    return owed.office.get(application.case_id)


def facts_of(
    application: Application,
    project: Project | None,
    turn: Turn,
    usual: dict[str, int],
    today: dt.date,
) -> risk.Facts:
    """The figures by which the risk is judged."""
    late = _late(turn.due_on, today)
    returned = application.status == Application.Status.CHANGES_REQUESTED
    waits = application.message_waits_since
    return risk.Facts(
        office_late=late if turn.who in OFFICE else 0,
        report_late=late if turn.who == Role.COORDINATOR else 0,
        group_late=late if turn.who == Role.REPRESENTATIVE and not returned else 0,
        answer_in=(turn.due_on - today).days if returned and turn.due_on else None,
        message=(today - dates.day_of(waits)).days if waits else None,
        in_state=0 if project else (today - dates.day_of(application.state_since)).days,
        usual=None if project else usual.get(application.status),
        suspended=project is not None and project.status == Project.Status.SUSPENDED,
    )
