"""What an update would give to each project of a call, with its arithmetic. Read only, and in a constant number of queries.

Only the unpaid rest moves: what is neither ordered, paid nor verified. The coordinator's salary stays out of it: it has a scale
of its own (PROGRAMME 10).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from applications.models import BudgetCategory, Call, IndexFigure
from applications.prices import figure_of, month_text
from core.money import ZERO, format_money
from core.pdf import content_hash
from grants.models import BaselineLine, Expense, LineVersion, PriceUpdateRow, Project, Tranche
from grants.prices import arithmetic as sums


@dataclass(frozen=True)
class LineOf:
    """A budget line in force: what it has, and what of it is not verified yet, in pesos."""

    pk: int
    category: str
    programme: Decimal
    group: Decimal
    open: Decimal


@dataclass(frozen=True)
class Row:
    """One project: what it gets, or why it gets nothing (`left_out`)."""

    project: Project
    level_before: Decimal
    level_after: Decimal
    rest: Decimal
    left_out: str = ""
    # By line: (programme, group) from now on; only those that change.
    lines: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    more: Decimal = ZERO
    group_more: Decimal = ZERO

    @property
    def factor(self) -> Decimal:
        """By which the rest is multiplied, as it is shown; the amount is rounded once."""
        return sums.six_places(self.level_after / self.level_before)

    @property
    def approved_after(self) -> Decimal:
        return self.project.approved_amount + self.more


@dataclass(frozen=True)
class Work:
    """An update of a call to the prices of a month, worked out now."""

    call: Call
    base: IndexFigure
    figure: IndexFigure
    rows: list[Row]
    # What the envelope of the call has left before it.
    left: Decimal

    @property
    def level(self) -> Decimal:
        return sums.level(self.base.value, self.figure.value, self.cap)

    @property
    def cap(self) -> Decimal:
        """In per cent."""
        assert self.call.update_cap is not None  # the clause is whole
        return self.call.update_cap

    @property
    def is_capped(self) -> bool:
        return sums.six_places(self.figure.value / self.base.value) > sums.highest_level(self.cap)

    @property
    def raised(self) -> list[Row]:
        return [row for row in self.rows if not row.left_out]

    @property
    def more(self) -> Decimal:
        """For all projects together, in pesos."""
        return sum((row.more for row in self.raised), ZERO)

    @property
    def left_after(self) -> Decimal:
        return self.left - self.more

    @property
    def figures(self) -> str:
        """A digest of what each project gets: who issues it signs just that."""
        rows = [
            [row.project.pk, f"{row.project.approved_amount:.2f}", f"{row.rest:.2f}", f"{row.more:.2f}"]
            for row in self.raised
        ]
        return content_hash({"month": f"{self.figure.month}", "projects": rows})

    def refusal(self) -> str:
        """Why it cannot be issued as it stands, in a sentence; "" when it can. All of it, or nothing (PROGRAMME 6.4)."""
        if not self.raised:
            return _("No project of the call would get anything.")
        if self.left_after < ZERO:
            return _(
                "The projects would get %(more)s more, and the envelope of the call has %(left)s left: %(missing)s are "
                "missing. Nothing is issued in part."
            ) % {
                "more": format_money(self.more),
                "left": format_money(self.left),
                "missing": format_money(-self.left_after),
            }
        return ""


def work_out(call: Call, figure: IndexFigure) -> Work:
    """Of all projects of the call that have not ended. The call has an update clause whose base month has its figure."""
    assert call.update_index is not None
    assert call.update_base_month is not None
    base = figure_of(call.update_index, call.update_base_month)
    assert base is not None  # guards.why_no_clause
    left = call.envelope - call.entries.committed()
    work = Work(call, base, figure, [], left)
    projects = list(
        Project.objects.filter(application__call=call)
        .open()
        .with_case()
        .order_by("application__case__reference", "pk")
    )
    for project in projects:
        project.application.call = call
    lines, rests, levels = lines_of(projects), _unpaid(projects), _levels(projects)
    for project in projects:
        last = levels.get(project.pk)
        before = last.level_after if last else sums.ONE
        own = lines[project.pk]
        rest = min(rests.get(project.pk, ZERO), sum((line.open for line in own), ZERO))
        why = _left_out(project, last, figure, before, work.level, rest)
        work.rows.append(_row(project, own, before, work.level, rest, why))
    return work


def _left_out(
    project: Project,
    last: PriceUpdateRow | None,
    figure: IndexFigure,
    before: Decimal,
    after: Decimal,
    rest: Decimal,
) -> str:
    """Why a project gets nothing, in a sentence; "" when it gets something."""
    if project.status == Project.Status.AWAITING_AGREEMENT:
        return _("It has not started yet.")
    if project.status == Project.Status.SUSPENDED:
        return _("It is suspended: it follows with another update once it goes on.")
    if last and last.month >= figure.month:
        return _("It has the prices of %(month)s already.") % {"month": month_text(last.month)}
    if after <= before:
        return _("Prices are not above those that it has, or the cap is reached.")
    if rest <= ZERO or sums.more_of(rest, before, after) <= ZERO:
        return _("Nothing of it is left unpaid.")
    return ""


def _row(
    project: Project, lines: list[LineOf], before: Decimal, after: Decimal, rest: Decimal, why: str
) -> Row:
    if why:
        return Row(project, before, after, rest, left_out=why)
    more = sums.more_of(rest, before, after)
    found = _raised(project, lines, more)
    group_more = sum((found[line.pk][1] - line.group for line in lines if line.pk in found), ZERO)
    return Row(project, before, after, rest, lines=found, more=more, group_more=group_more)


def _raised(project: Project, lines: list[LineOf], more: Decimal) -> dict[int, tuple[Decimal, Decimal]]:
    """The lines that get something, in proportion to what of each is open; the group's share goes along (PROGRAMME 6.6)."""
    call = project.call
    parts = dict(
        zip((line.pk for line in lines), sums.in_parts(more, [line.open for line in lines]), strict=True)
    )
    found = {}
    for line in lines:
        part = parts[line.pk]
        if part > ZERO:
            group = sums.counterpart(line.programme, line.group, part, call.share_of(line.category))
            found[line.pk] = line.programme + part, line.group + group
    now = {line.pk: (line.programme, line.group) for line in lines} | found
    programme, own = (sum(shares, ZERO) for shares in zip(*now.values(), strict=True))
    missing = sums.missing_cost(programme, own, call.max_share)
    if missing > ZERO:
        dearest = max(found, key=lambda pk: parts[pk])
        found[dearest] = found[dearest][0], found[dearest][1] + missing
    return found


# --- Of many projects at once ---------------------------------------------------------------------------


def lines_of(projects: Iterable[Project]) -> dict[int, list[LineOf]]:
    """The lines in force of each project, without the coordinator's salary. Three queries."""
    ids = [project.pk for project in projects]
    verified = Expense.objects.filter(statement__project__in=ids).verified().order_by().values("line")
    proven = {row["line"]: row["sum"] for row in verified.annotate(sum=Sum("programme_share"))}
    newest: QuerySet[LineVersion] = LineVersion.objects.filter(plan__project__in=ids)
    changed = {row.line_id: row for row in newest.order_by("line_id", "-plan__number").distinct("line_id")}
    found: dict[int, list[LineOf]] = defaultdict(list)
    rows = BaselineLine.objects.filter(project__in=ids).exclude(category=BudgetCategory.COORDINATION)
    for row in rows.order_by("project", "order", "pk"):
        now = changed.get(row.pk, row)
        left = max(now.programme_share - proven.get(row.pk, ZERO), ZERO)
        found[row.project_id].append(LineOf(row.pk, row.category, now.programme_share, now.group_share, left))
    return found


def _unpaid(projects: Iterable[Project]) -> dict[int, Decimal]:
    """What the tranches of each have that are neither ordered, paid nor cancelled."""
    rows = Tranche.objects.filter(project__in=[project.pk for project in projects]).of_the_grant().unpaid()
    found = rows.order_by().values("project").annotate(sum=Sum("amount"))
    return {row["project"]: row["sum"] for row in found}


def _levels(projects: Iterable[Project]) -> dict[int, PriceUpdateRow]:
    """The last update of each."""
    rows = PriceUpdateRow.objects.filter(project__in=[project.pk for project in projects])
    return {row.project_id: row for row in rows.order_by("project_id", "-month").distinct("project_id")}
