"""A project's dates month by month: what ends, what is due, what is paid and when. Other apps add theirs (reports).

Dates that somebody owes are duties as well, and reach their people as such; this is the whole on one page.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from core.dates import add_months, day_of
from core.money import format_money
from core.templatetags.lsp import day as written_day
from grants.models import Project
from grants.salary.arithmetic import Month
from grants.salary.counting import months_of


@dataclass(frozen=True)
class Entry:
    """One thing on one day. `state` and its label as the badges show them; `url` "" where there is no page of it."""

    day: dt.date
    what: str
    state: str = ""
    state_label: str = ""
    url: str = ""


@dataclass
class Row:
    """One month of the project, or what lies before and after them."""

    label: str
    first: dt.date | None = None
    last: dt.date | None = None
    is_now: bool = False
    entries: list[Entry] = field(default_factory=list)


# Called as source(project, user): the entries of another app (filled in AppConfig.ready).
SOURCES: list[Callable[..., Iterable[Entry]]] = []


def rows_of(project: Project, user, today: dt.date) -> list[Row]:
    """The months of a project that has begun, each with its dates in order; before them the agreement, after them the rest."""
    prefetch_related_objects([project], "pauses")  # the months need them too
    months = months_of(project)
    entries = [*_agreement(project), *_pauses(project), *_office(project), *_money(project, months)]
    for source in SOURCES:
        entries += source(project, user)
    entries.sort(key=lambda entry: (entry.day, entry.what))
    rows = [Row(_("Before the first day"))]
    for month in months:
        is_now = month.first <= today <= month.last
        label = _("Month %(number)s") % {"number": month.number}
        rows.append(Row(label, month.first, month.last, is_now))
    rows.append(Row(_("After the last day")))
    for entry in entries:
        _place(rows, entry).entries.append(entry)
    return [row for row in rows if row.first or row.entries]


def _place(rows: list[Row], entry: Entry) -> Row:
    """The row to which a day belongs."""
    months = rows[1:-1]
    if months and months[0].first and entry.day < months[0].first:
        return rows[0]
    return next((row for row in months if row.last and entry.day <= row.last), rows[-1])


def _agreement(project: Project) -> Iterable[Entry]:
    agreement = project.agreement
    if agreement.group_signed_at:
        yield Entry(day_of(agreement.group_signed_at), _("The agreement was signed for the group"))
    if agreement.state_signed_at:
        yield Entry(day_of(agreement.state_signed_at), _("The agreement was signed for the State"))
    if project.first_day and project.last_day:
        yield Entry(project.first_day, _("First day of the project"))
        yield Entry(project.last_day, _("Last day of the project"))


def _pauses(project: Project) -> Iterable[Entry]:
    """Why a month is longer than the others: the days on which the project stood still, and one that has not ended."""
    for pause in project.pauses.all():
        words = {"first": written_day(pause.first_day), "last": written_day(pause.last_day)}
        yield Entry(pause.first_day, _("The project was suspended from %(first)s to %(last)s") % words)
    if project.suspended_on:
        state, label = project.status, str(project.get_status_display())
        yield Entry(
            project.suspended_on, _("The project was suspended: its dates move when it resumes"), state, label
        )


def _office(project: Project) -> Iterable[Entry]:
    for post in project.group.appointments.held():
        assert post.confirmed_from is not None  # constraint confirmed_has_first_day
        words = {"name": post.full_name}
        begins = (
            _("%(name)s begins to stand in for the coordinator")
            if post.is_stand_in
            else _("%(name)s begins as coordinator")
        )
        yield Entry(post.confirmed_from, begins % words)
        if post.ended_on:
            yield Entry(post.ended_on, _("Last day in office of %(name)s") % words)


def _money(project: Project, months: list[Month]) -> Iterable[Entry]:
    """What was paid stands on the Treasury's day, what is open on the day on which it opened; a tranche that waits for a report
    stands with the end of that report's period."""
    assert project.first_day is not None
    every = project.call.report_every_months
    ends = {month.number: month.last for month in months}
    whole = max(project.call.months, len(months))
    tranches = project.tranches.select_related("salary__person").prefetch_related("disbursements")
    for tranche in tranches:
        last = tranche.last_disbursement
        if last and last.treasury_date and last.status == "paid":
            day = last.treasury_date
        elif tranche.opened_at:
            day = day_of(tranche.opened_at)
        else:
            number = min(tranche.after_report * every, whole)
            day = ends.get(number) or add_months(project.first_day, number)
        what = f"{tranche.name}, {format_money(tranche.amount)}"
        if not tranche.opened_at:
            what = f"{what}. {tranche.condition}"
        yield Entry(day, what, tranche.state, tranche.state_label)
