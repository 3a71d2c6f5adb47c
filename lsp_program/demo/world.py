"""The whole demonstration, in the order in which it happened: people, calls, the 106 projects, and the cases of today."""

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import translation

from accounts import actions as accounts
from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, Line, Support
from applications.supporting import actions as supporting
from applications.supporting import suggestions
from applications.supporting.workflow import SUPPORT
from applications.workflow import APPLICATION, CALL
from core import dates
from grants.actions import sign_for_group
from grants.models import Project
from groups.models import Firm, Group, GroupPerson
from groups.provinces import Province
from lsp_program.demo import (
    allocation,
    calls,
    correspondence,
    deciding,
    expenses,
    experts,
    following,
    meeting,
    money,
    office,
    outcomes,
    past,
    reporting,
    salaries,
    whole,
)
from lsp_program.demo.applying import Story
from lsp_program.demo.archive import Archive
from lsp_program.demo.forming import Maker
from lsp_program.demo.names import TOWNS
from lsp_program.demo.people import Cast, People
from lsp_program.demo.running import Running

DAY = dt.timedelta(days=1)
WOOD, SOFTWARE, TOURISM = "Wood and furniture", "Software and information services", "Tourism"


@dataclass
class World:
    """What the steps share. `today` is the day on which a visitor looks at it."""

    today: dt.date
    draw: random.Random = field(default_factory=lambda: random.Random("lsp"))  # noqa: S311  (not a secret)

    def build(self) -> None:
        """Everything, in one language and in steps that are each whole."""
        with translation.override("es"):
            self.prepare()
            self.history()
            self.present()
            correspondence.exchange(self.cast, self.today)
            office.share_out(self.cast, self.today)
            experts.introduce(self.cast, self.today)
            deciding.delegate(self.cast, self.today)
            following.tell(self.cast, self.ours, self.today)
            money.show(self.cast, self.today)
            outcomes.tell(self.cast, self.ours, self.today)
            past.settle(self.today)

    def prepare(self) -> None:
        """People and calls."""
        with transaction.atomic():
            self.cast, self.people = Cast.make(), People(self.draw)
            self.maker = Maker.ready(self.draw)
            self.story = Story(self.cast, self.draw)
            self.running = Running(self.story, self.people)
            self.archive = Archive(self.running, self.maker)
            self.calls: dict[str, Call] = {}
            self.plans = calls.plans(self.today)
            for plan in self.plans:
                call = calls.make(plan)
                if plan.code == f"G-{self.today.year}-2":
                    whole.ask_more(call)
                    money.ask_for_proof(call)
                before = dates.at_noon(plan.opens - DAY)
                self.calls[plan.code] = CALL.apply(call, "publish", by=self.cast["admin"], now=before)

    # --- The 106 projects ----------------------------------------------------------------------

    def history(self) -> None:
        """Each published project, in its province and its sector, told up to today."""
        places = iter(allocation.pairs())
        for plan in self.plans:
            call, early = self.calls[plan.code], plan.closes.year < calls.LAST_EARLY_YEAR
            for number in range(plan.projects):
                province, sector = next(places)
                with transaction.atomic():
                    if early:
                        self.archive.take_over(call, plan.closes, province, sector)
                    else:
                        self._supported(call, plan.closes, province, sector, number)
            if early:
                wound_up = dates.at_noon(plan.closes + 500 * DAY)
                CALL.apply(call, "wind_up", by=self.cast["admin"], now=wound_up)

    def _supported(self, call: Call, closes: dt.date, province: Province, sector: str, number: int) -> None:
        """One project from its group's first day on; the representative's and the coordinator's own is among them."""
        opening = closes - self.draw.randint(8, 40) * DAY
        ours = call.code == f"P-{self.today.year - 1}" and number == 0
        by = self.cast["representative"] if ours else self._representative(opening)
        group = self.maker.group(by=by, sector=sector, province=province, on=opening)
        if ours:
            self.ours = self._our_people(group)
        application = self.story.submitted(group, call, by, opening + 5 * DAY)
        application = self.story.approved(application, closes + 6 * DAY)
        opened = closes + self.draw.randint(44, 52) * DAY
        coordinator = self.cast["coordinator"] if ours else None
        project = self.running.started(application, opened, coordinator)
        self.follow(project, number, ours)

    def _representative(self, opening: dt.date) -> User:
        return self.people.new("empresa", dates.at_noon(opening - 60 * DAY))

    def _our_people(self, group: Group) -> Group:
        """The log-ins of the demonstration that belong to one group."""
        member = self.cast["member"]
        GroupPerson.objects.create(group=group, user=member, role=Role.MEMBER, since=self.today - 400 * DAY)
        return group

    def follow(self, project: Project, number: int, ours: bool) -> None:
        """What happened to a project until today, in one of the ways that occur."""
        self.running.pay(project, project.first_day + 4 * DAY)
        over = list(project.reports.filter(period_to__lt=self.today).order_by("number"))
        for report in over[:-1]:
            slips = ours and report.number == 1
            self.running.accepted(self.running.fallen_due(report), report.period_to + 7 * DAY, behind=slips)
        if number % 4 != 2:
            # What closes today was paid before that.
            days = 6 if number == 4 else 2
            self.running.pay(project, self.today - days * DAY, until="failed" if number % 5 == 3 else "paid")
        if over:
            self._last_report(project, over[-1], 0 if ours else number)
        if ours:
            expenses.show(project, self.cast, self.today)
            reporting.keep_notebook(project, self.cast["coordinator"], self.today)
        elif number == 1 and project.is_running and project.last_day > self.today:
            reporting.ask_for_one_more(project, self.cast["officer"], self.today)
        salaries.pay_coordinators(self.running, project, number, self.today)
        self._turn(project, number)

    def _turn(self, project: Project, number: int) -> None:
        """What does not go as planned, or comes to its end."""
        if project.call.line == Line.PARTNERSHIP and number == 5:
            self.running.act(project, "suspend", "officer", self.today - 6 * DAY, reason=SUSPENDED)
        elif project.call.line == Line.PARTNERSHIP and number == 6:
            self.running.act(project, "terminate", "approver", self.today - 4 * DAY, reason=TERMINATED)
        elif project.last_day < self.today and number in (2, 4):
            self.running.act(project, "start_closing", "officer", self.today - 3 * DAY)
            if number == 4:
                money.settle(self.cast, project, self.today - 2 * DAY)
                self.running.act(project, "close", "officer", self.today - DAY)

    def _last_report(self, project: Project, report, number: int) -> None:
        """The report of the period that ended last, in each state that a visitor may want to see."""
        day = max(report.period_to + 2 * DAY, self.today - 12 * DAY)
        report = self.running.fallen_due(report)
        match number % 6:
            case 0:
                pass  # owed: due soon, or late
            case 1:
                self.running.written(report, self.today - DAY, whole=False)
            case 2:
                self.running.submitted(report, min(day, self.today - 3 * DAY), behind=True)
            case 3:
                self.running.returned(report, min(day, self.today - 6 * DAY))
            case _:
                self.running.accepted(report, min(day, self.today - 9 * DAY))
                if number % 6 == 5:
                    self.running.pay(project, self.today - DAY, until="ordered")

    # --- The cases of today ----------------------------------------------------------------------

    def present(self) -> None:
        """Applications in every state, projects that wait for their agreement, and drafts for the open calls."""
        year = self.today.year
        closed, self.open = self.calls[f"G-{year}-1"], self.calls[f"P-{year}"]
        closes = self.today - 60 * DAY
        for number, tell in enumerate(
            (
                self.waits_for_eligibility, self.far_apart, self.under_review, self.under_review,
                self.half_reviewed, self.returned, self.waits_for_decision, self.waits_for_decision,
                self.on_reserve, self.on_conditions, self.awaiting_agreement, self.awaiting_signature, self.rejected,
                self.ineligible, self.reconsidered, self.withdrawn, self.renounced, self.annulled, self.lapsed,
                self.ended_before_it_began, self.ready_to_recommend, self.ready_to_recommend,
                self.ready_to_recommend, self.ready_to_recommend, self.below_the_mark,
                self.must_meet, self.have_met,
            )
        ):  # fmt: skip
            province, sector = self._somewhere(number)
            with transaction.atomic():
                by = self._representative(closes - 20 * DAY)
                group = self.maker.group(
                    by=by, sector=sector, province=province, on=closes - 12 * DAY, firms=6
                )
                if tell in (self.waits_for_eligibility, self.far_apart):
                    tell(group, self.open, by, self.today - (3 + number) * DAY)
                else:
                    tell(group, closed, by, closes - (2 + number % 5) * DAY)
        with transaction.atomic():
            self._open_calls()
            self._audit()

    def _somewhere(self, number: int) -> tuple[Province, str]:
        provinces = list(Province.__members__.values())
        known = [province for province in provinces if province in TOWNS]
        sector = (WOOD, SOFTWARE, TOURISM, "Metal-mechanic", "Textile")[number % 5]
        return known[(number * 5) % len(known)], sector

    def waits_for_eligibility(self, group: Group, call: Call, by: User, day: dt.date) -> Application:
        return self.story.submitted(group, call, by, day)

    def far_apart(self, group: Group, call: Call, by: User, day: dt.date) -> Application:
        """Waits for a judgement: one firm lies at the other end of the country and makes something else."""
        far = {"sector": TOURISM, "province": Province.SALTA}
        self.maker.join_from_afar(group, by=by, on=day - DAY, **far)
        return self.waits_for_eligibility(group, call, by, day)

    def under_review(self, group, call, by, day) -> Application:
        application = self.story.submitted(group, call, by, day)
        return self.story.in_review(application, self.today - 9 * DAY)

    def ready_to_recommend(self, group, call, by, day, low: int = 6) -> Application:
        application = self.under_review(group, call, by, day)
        for review in application.reviews.order_by("pk"):
            self.story.review(review, self.today - 3 * DAY, low)
        return application

    def below_the_mark(self, group, call, by, day) -> Application:
        return self.ready_to_recommend(group, call, by, day, low=3)

    def must_meet(self, group, call, by, day) -> Application:
        return meeting.apart(self.story, self.story.submitted(group, call, by, day), self.today)

    def have_met(self, group, call, by, day) -> Application:
        return meeting.agreed(self.cast, self.story, self.story.submitted(group, call, by, day), self.today)

    def half_reviewed(self, group, call, by, day) -> Application:
        application = self.under_review(group, call, by, day)
        first, second = application.reviews.order_by("pk")
        self.story.review(first, self.today - 5 * DAY)
        self.story.review(second, self.today - 2 * DAY, sent=False)
        return application

    def returned(self, group, call, by, day) -> Application:
        application = self.story.submitted(group, call, by, day)
        notes = {
            "budget": "Falta separar el costo de instalación del equipamiento.",
            "plan": "Precisar el mes 7.",
        }
        until = self.today + 8 * DAY
        return self.story.act(
            application, "request_changes", "officer", self.today - 4 * DAY, notes=notes, answer_by=until
        )

    def waits_for_decision(self, group, call, by, day) -> Application:
        return self.story.recommended(self.story.submitted(group, call, by, day), self.today - 28 * DAY)

    def on_reserve(self, group, call, by, day) -> Application:
        application = self.waits_for_decision(group, call, by, day)
        return self.story.act(
            application, "put_on_reserve", "approver", self.today - 8 * DAY,
            reason="Supera el puntaje; queda a la espera de fondos.",
        )  # fmt: skip

    def approved(self, group, call, by, day) -> Application:
        return self.story.approved(self.story.submitted(group, call, by, day), self.today - 40 * DAY)

    def on_conditions(self, group, call, by, day) -> Application:
        """Approved, with a condition that was met and one that is late."""
        application = self.story.submitted(group, call, by, day)
        return deciding.on_conditions(self.cast, self.story, application, self.today)

    def awaiting_agreement(self, group, call, by, day) -> Project:
        return self.running.opened(self.approved(group, call, by, day), self.today - 7 * DAY)

    def awaiting_signature(self, group, call, by, day) -> None:
        project = self.awaiting_agreement(group, call, by, day)
        now = dates.at_noon(self.today - 3 * DAY)
        sign_for_group(by=by, project=project, name=by.full_name, declared=True, now=now)
        salaries.sign_on_paper(project, by, self.today)

    def rejected(self, group, call, by, day) -> Application:
        application = self.story.recommended(
            self.story.submitted(group, call, by, day), self.today - 30 * DAY, low=3
        )
        decided = self.today - 5 * DAY
        return self.story.act(
            application, "reject", "approver2", decided, reason="No alcanza el puntaje mínimo de la convocatoria.",
            resolution=self.story.resolution(decided),
        )  # fmt: skip

    def ineligible(self, group, call, by, day) -> Application:
        application = self.far_apart(group, call, by, day)
        return self.story.act(
            application, "declare_ineligible", "officer", self.today - 6 * DAY, rules=["area_and_chain"],
            reason="Las empresas no integran una misma cadena de valor.",
        )  # fmt: skip

    def reconsidered(self, group, call, by, day) -> Application:
        application = self.rejected(group, call, by, day)
        return self.story.act(
            application, "ask_reconsideration", by, self.today - 2 * DAY,
            reason="Adjuntamos el convenio con la universidad, que no se tuvo en cuenta.",
        )  # fmt: skip

    def withdrawn(self, group, call, by, day) -> Application:
        application = self.story.submitted(group, call, by, day)
        return self.story.act(
            application, "withdraw", by, day + 12 * DAY, reason="Dos empresas dejaron el grupo."
        )

    def renounced(self, group, call, by, day) -> Application:
        application = self.approved(group, call, by, day)
        return self.story.act(
            application,
            "renounce",
            by,
            self.today - 3 * DAY,
            reason="El grupo no puede aportar su contraparte.",
        )

    def annulled(self, group, call, by, day) -> Application:
        application = self.approved(group, call, by, day)
        on = self.today - 2 * DAY
        return self.story.act(
            application, "annul", "approver2" if self._decided_by(application, "approver") else "approver", on,
            reason="Error en el acto anterior.", resolution=self.story.resolution(on),
        )  # fmt: skip

    def _decided_by(self, application: Application, name: str) -> bool:
        return application.decisions.filter(decided_by=self.cast[name]).exists()

    def lapsed(self, group, call, by, day) -> Application:
        application = self.story.draft(group, call, by, day, "project plan")
        now = dates.at_noon(dates.day_of(call.closes_at) + DAY)
        return APPLICATION.apply(application, "lapse", by=None, now=now)

    def ended_before_it_began(self, group, call, by, day) -> Project:
        project = self.awaiting_agreement(group, call, by, day)
        return self.running.act(
            project, "renounce", by, self.today - 2 * DAY, reason="Una empresa se retiró y quedaron cuatro."
        )

    def _open_calls(self) -> None:
        """For the open calls: our group's draft, a draft that an adviser helps with, and one that was sent."""
        year, by = self.today.year, self.cast["representative"]
        grant = self.calls[f"G-{year}-2"]
        other = Firm.objects.exclude(groups=self.ours).order_by("pk").last()
        whole.let_firms_speak(self.ours, by, other, self.today)
        draft = self.story.draft(self.ours, grant, by, self.today - 6 * DAY, "project plan budget")
        support = self._support(draft, self.today - 5 * DAY)
        self._visits(support, self.today - 4 * DAY)
        draft.refresh_from_db()
        suggestions.suggest(
            by=self.cast["adviser"], application=draft, section="project", now=dates.at_noon(self.today - 2 * DAY),
            comment="Digan con cifras qué cambia en un año: quien evalúa busca eso primero.",
            field="objectives", proposed=f"{draft.objectives} En un año, un tercio menos de desperdicio.",
        )  # fmt: skip
        for number, parts in enumerate(("project", "project plan budget documents")):
            someone = self._representative(self.today - 30 * DAY)
            province, sector = self._somewhere(number + 7)
            group = self.maker.group(
                by=someone,
                sector=sector,
                province=province,
                on=self.today - 20 * DAY,
                firms=5,
                smes=4 + number,
            )
            application = self.story.draft(group, self.open, someone, self.today - 8 * DAY, parts)
            self._support(application, self.today - 7 * DAY)
        someone = self._representative(self.today - 30 * DAY)
        group = self.maker.group(
            by=someone, sector=TOURISM, province=Province.SALTA, on=self.today - 20 * DAY
        )
        self.story.submitted(group, self.open, someone, self.today - 2 * DAY)
        supporting.ask(
            by=someone, group=group, need="Pensar el proyecto del año que viene.", now=dates.at_noon(self.today - DAY)
        )  # fmt: skip
        whole.write_on(draft, by, self.cast["member"], self.today)
        admin = self.cast["admin"]
        whole.other_calls(self.calls[f"J-{year}"], admin, self.today)
        whole.a_draft(grant, admin, self.today)

    def _support(self, application: Application, day: dt.date) -> Support:
        """The group asks for technical support, an officer assigns the adviser, who accepts."""
        by = application.group.representative
        support = supporting.ask(
            by=by, group=application.group, need="Armar el plan de trabajo y el presupuesto.",
            now=dates.at_noon(day - DAY),
        )  # fmt: skip
        now, adviser = dates.at_noon(day), self.cast["adviser"]
        support = SUPPORT.apply(
            support, "assign", by=self.cast["officer"], now=now, data={"adviser": adviser}
        )
        return SUPPORT.apply(support, "accept", by=adviser, now=now)

    def _visits(self, support: Support, day: dt.date) -> None:
        """Two sessions in the log."""
        for number, (mode, hours, done) in enumerate(
            [
                ("visit", "3", "Recorrimos los talleres y anotamos qué hace cada empresa."),
                ("video", "1.5", "Ordenamos las actividades por mes y por responsable."),
            ]
        ):
            supporting.log_session(
                by=support.adviser, support=support, on=day + number * DAY, mode=mode, hours=Decimal(hours),
                people="Las cinco empresas", done=done, now=dates.at_noon(day + number * DAY),
            )  # fmt: skip

    def _audit(self) -> None:
        """The auditor reads three cases, for a year."""
        cases = [project.application.case for project in Project.objects.order_by("pk")[:2]]
        cases.append(self.ours.applications.order_by("pk").first().case)
        accounts.grant_role(
            by=self.cast["admin"],
            user=self.cast["auditor"],
            role=Role.AUDITOR,
            now=dates.at_noon(self.today - 10 * DAY),
            valid_to=dates.end_of(self.today + 365 * DAY),
            cases=cases,
        )


SUSPENDED = "El grupo cambia de administración; se espera la nueva acta."
TERMINATED = "Cuatro empresas dejaron el grupo y el plan no puede seguir."
