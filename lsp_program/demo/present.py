"""The cases of today: applications in every state, projects that wait for their agreement, and drafts for the open calls."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from accounts import actions as accounts
from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, Support
from applications.supporting import actions as supporting
from applications.supporting import suggestions
from applications.supporting.workflow import SUPPORT
from applications.workflow import APPLICATION
from core import dates
from grants.actions import sign_for_group
from grants.models import Project
from groups.models import Firm, Group
from groups.provinces import Province
from lsp_program.demo import deciding, meeting, salaries, whole
from lsp_program.demo.forming import Maker
from lsp_program.demo.names import TOWNS
from lsp_program.demo.running import Running

DAY = dt.timedelta(days=1)
WOOD, SOFTWARE, TOURISM = "Wood and furniture", "Software and information services", "Tourism"


class Present:
    """Tells the cases of today, of groups that are formed for them and of our own."""

    def __init__(self, running: Running, maker: Maker, calls: dict[str, Call], ours: Group, today: dt.date):
        self.running, self.people = running, running.people
        self.story, self.cast = running.story, running.cast
        self.maker, self.calls, self.ours, self.today = maker, calls, ours, today
        self.open = calls[f"P-{today.year}"]

    def tell(self) -> None:
        """Each case in a group of its own, then the open calls, and what the auditor reads."""
        closed = self.calls[f"G-{self.today.year}-1"]
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
                by = self.people.representative(closes - 20 * DAY)
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
            someone = self.people.representative(self.today - 30 * DAY)
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
        someone = self.people.representative(self.today - 30 * DAY)
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
