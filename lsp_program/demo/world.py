"""The whole demonstration, in the order in which it happened: people, calls, the 106 projects, and the cases of today."""

import datetime as dt
import random
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import translation

from accounts.roles import Role
from applications.models import Call, Line
from applications.workflow import CALL
from core import dates
from grants.models import Project
from groups.models import Group, GroupPerson
from groups.provinces import Province
from lsp_program.demo import (
    agenda,
    allocation,
    calls,
    correspondence,
    deciding,
    endings,
    expenses,
    experts,
    following,
    money,
    office,
    outcomes,
    past,
    prices,
    reporting,
    salaries,
    whole,
)
from lsp_program.demo.agenda import Story
from lsp_program.demo.applying import Applying
from lsp_program.demo.archive import Archive
from lsp_program.demo.forming import Maker
from lsp_program.demo.people import Cast, People
from lsp_program.demo.present import Present
from lsp_program.demo.running import Running

DAY = dt.timedelta(days=1)


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
            Present(self.running, self.maker, self.calls, self.ours, self.today).tell()
            correspondence.exchange(self.cast, self.today)
            office.share_out(self.cast, self.today)
            experts.introduce(self.cast, self.today)
            deciding.delegate(self.cast, self.today)
            prices.tell(self.cast, self.calls[f"J-{self.today.year}"], self.today)
            money.show(self.cast, self.today)
            past.settle(self.today)

    def prepare(self) -> None:
        """People and calls."""
        with transaction.atomic():
            self.cast, self.people = Cast.make(), People(self.draw)
            self.maker = Maker.ready(self.draw)
            self.story = Applying(self.cast, self.draw)
            self.running = Running(self.story, self.people)
            self.archive = Archive(self.running, self.maker)
            self.calls: dict[str, Call] = {}
            self.plans = calls.plans(self.today)
            for plan in self.plans:
                call = calls.make(plan)
                if plan.code == f"G-{self.today.year}-2":
                    whole.ask_more(call)
                    money.ask_for_proof(call)
                if plan.code == f"J-{self.today.year}":
                    prices.follow(call, prices.keep_index(self.cast, self.today))
                before = dates.at_noon(plan.opens - DAY)
                self.calls[plan.code] = CALL.apply(call, "publish", by=self.cast["admin"], now=before)

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
        by = self.cast["representative"] if ours else self.people.representative(opening)
        group = self.maker.group(by=by, sector=sector, province=province, on=opening)
        if ours:
            self.ours = self._our_people(group)
        application = self.story.submitted(group, call, by, opening + 5 * DAY)
        application = self.story.approved(application, closes + 6 * DAY)
        if ours:
            endings.tell_of_approval(self.cast, application)
        opened = closes + self.draw.randint(44, 52) * DAY
        coordinator = self.cast["coordinator"] if ours else None
        project = self.running.started(application, opened, coordinator)
        self.follow(project, number, ours)

    def _our_people(self, group: Group) -> Group:
        """The log-ins of the demonstration that belong to one group."""
        member = self.cast["member"]
        GroupPerson.objects.create(group=group, user=member, role=Role.MEMBER, since=self.today - 400 * DAY)
        return group

    def follow(self, project: Project, number: int, ours: bool) -> None:
        """What happened to a project until today, in one of the ways that occur."""
        stories = [
            self.running.pay(project, project.first_day + 4 * DAY),
            self._reported(project, number, ours),
            salaries.pay_coordinators(self.running, project, number, self.today),
            outcomes.afterwards(project, self.cast, self.today, ours=ours),
            endings.machines(project, self.cast, self.today, ours=ours),
        ]
        if number % 4 != 2:
            # What closes, stops or was accepted in these days was paid before that.
            until = "failed" if number % 5 == 3 else "paid"
            stories.append(self.running.pay(project, self.today - 6 * DAY, until=until))
        if ours:
            stories += [
                expenses.show(project, self.cast, self.today),
                reporting.keep_notebook(project, self.cast["coordinator"], self.today),
                following.ours(self.cast, project, self.today),
            ]
        elif number == 1:
            stories.append(reporting.ask_for_one_more(project, self.cast["officer"], self.today))
        if number in (1, 2) and project.call.code == f"P-{self.today.year - 1}":
            stories.append(following.amended(self.cast, project, self.today, decided=number == 1))
        agenda.tell(*stories)

    def _reported(self, project: Project, number: int, ours: bool) -> Story:
        """The reports whose periods are over, and what the project came to after the last."""
        over = list(project.reports.filter(period_to__lt=self.today).order_by("number"))
        for report in over[:-1]:
            yield from self.running.fallen_due(report)
            slips = ours and report.number == 1
            yield from self.running.accepted(report, report.period_to + 7 * DAY, behind=slips)
        if over:
            yield from self._last_report(project, over[-1], 0 if ours else number)
        yield from self._turn(project, number)

    def _turn(self, project: Project, number: int) -> Story:
        """What does not go as planned, or comes to its end."""
        if project.call.line == Line.PARTNERSHIP and number == 5:
            numbers = {"resolution": f"RS-{self.today.year}-77", "file_number": endings.FILE}
            yield self.today - 3 * DAY
            self.running.act(project, "suspend", "officer", self.today - 3 * DAY, reason=SUSPENDED, **numbers)
            yield from endings.notified(self.cast, project, self.today - 2 * DAY)
        elif project.call.line == Line.PARTNERSHIP and number == 6:
            yield from endings.heard(self.cast, project, self.today - 9 * DAY)
            yield self.today - 3 * DAY
            self.running.act(project, "terminate", "approver", self.today - 3 * DAY, reason=TERMINATED)
        elif project.call.line == Line.PARTNERSHIP and number in (3, 4) and project.last_day >= self.today:
            # Of the one nothing comes, the other waits for the authority.
            yield from endings.heard(self.cast, project, self.today - 5 * DAY)
            if number == 3:
                yield from endings.thought_better_of(self.cast, project, self.today - DAY)
        elif project.last_day < self.today and number in (2, 4):
            yield self.today - 2 * DAY
            self.running.act(project, "start_closing", "officer", self.today - 2 * DAY)
            if number == 4:
                money.settle(self.cast, project, self.today - 2 * DAY)
                yield self.today - DAY
                self.running.act(project, "close", "officer", self.today - DAY)

    def _last_report(self, project: Project, report, number: int) -> Story:
        """The report of the period that ended last, in each state that a visitor may want to see."""
        day = max(report.period_to + 2 * DAY, self.today - 12 * DAY)
        yield from self.running.fallen_due(report)
        match number % 6:
            case 0:
                pass  # owed: due soon, or late
            case 1:
                yield self.today - DAY
                report.refresh_from_db()
                self.running.written(report, self.today - DAY, whole=False)
            case 2:
                yield from self.running.submitted(report, min(day, self.today - 3 * DAY), behind=True)
            case 3:
                yield from self.running.returned(report, min(day, self.today - 6 * DAY))
            case _:
                yield from self.running.accepted(report, min(day, self.today - 9 * DAY))
                if number % 6 == 5:
                    yield from self.running.pay(project, self.today - DAY, until="ordered")


SUSPENDED = "El grupo cambia de administración; se espera la nueva acta."
TERMINATED = "Cuatro empresas dejaron el grupo y el plan no puede seguir."
