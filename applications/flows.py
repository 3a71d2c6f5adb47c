"""Who pays what, and when, of a budget: by firm and by month, in pesos. Pure: no database, no words.

A cost runs evenly over the months of its activity, the remainder of cents in the last one; a cost without an activity
over the whole plan. A cost that is for one firm is that firm's; of a cost of the whole group each firm has an even part.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from applications.models import Activity, BudgetLine
from core.money import CENT, ZERO, cents

WHOLE = Decimal(100)  # per cent


def split(amount: Decimal, parts: int) -> list[Decimal]:
    """Even parts that add up: the cents that are left over go one each to the first of them."""
    each = (amount / parts).quantize(CENT, ROUND_DOWN)
    left = int((amount - each * parts) / CENT)
    return [each + CENT if number < left else each for number in range(parts)]


def spread(amount: Decimal, first: int, last: int) -> dict[int, Decimal]:
    """An amount over the months from `first` to `last`, the remainder of cents in the last one."""
    count = last - first + 1
    each = (amount / count).quantize(CENT, ROUND_DOWN)
    return dict.fromkeys(range(first, last), each) | {last: amount - each * (count - 1)}


# --- By month --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """What is spent in one month of the plan."""

    number: int
    programme: Decimal
    group: Decimal

    @property
    def cost(self) -> Decimal:
        return self.programme + self.group


def by_month(lines: Iterable[BudgetLine], activities: Iterable[Activity], months: int) -> list[Month]:
    """Every month of the plan, in order; also those beyond it in which an activity has costs."""
    lines, when = list(lines), _when(activities)
    last = max([months, *(when[line.activity_id][1] for line in lines if line.activity_id in when)])
    programme = dict.fromkeys(range(1, last + 1), ZERO)
    group = dict(programme)
    for line in lines:
        first, end = when.get(line.activity_id, (1, months))
        for month, amount in spread(line.programme_share, first, end).items():
            programme[month] += amount
        for month, amount in spread(line.group_share, first, end).items():
            group[month] += amount
    return [Month(month, programme[month], group[month]) for month in programme]


def _when(activities: Iterable[Activity]) -> dict[int | None, tuple[int, int]]:
    return {row.pk: (row.first_month, row.last_month) for row in activities}


# --- By firm ---------------------------------------------------------------------------------------


@dataclass
class FirmPart:
    """What of a budget is for one firm: of its own costs, and its even part of the group's.

    `puts_in` is what the firm pays itself in each month; the sum of it is `group`.
    """

    firm_id: int
    name: str
    own_programme: Decimal = ZERO
    part_programme: Decimal = ZERO
    own_group: Decimal = ZERO
    part_group: Decimal = ZERO
    puts_in: dict[int, Decimal] = field(default_factory=dict)

    @property
    def programme(self) -> Decimal:
        """What the programme pays that is for this firm."""
        return self.own_programme + self.part_programme

    @property
    def group(self) -> Decimal:
        """What the firm pays."""
        return self.own_group + self.part_group

    @property
    def cost(self) -> Decimal:
        return self.programme + self.group

    @property
    def months(self) -> list[Decimal]:
        """What it pays, month by month."""
        return [self.puts_in[month] for month in sorted(self.puts_in)]


def by_firm(
    lines: Iterable[BudgetLine],
    activities: Iterable[Activity],
    months: int,
    firms: Sequence[tuple[int, str, bool]],
) -> list[FirmPart]:
    """One row for each firm, then for firms with costs that are no members any more.

    `firms` are (id, name, is an SME). The programme pays for SMEs only (PROGRAMME 1: others belong at no cost to it), so
    its part of the group's costs goes to them; what the group pays is shared by all.
    """
    lines, activities = list(lines), list(activities)
    rows = {pk: FirmPart(pk, name) for pk, name, _is_sme in firms}
    of_all = [line for line in lines if line.firm_id is None]
    of_one = [line for line in lines if line.firm_id is not None]
    for line in of_one:
        pk = line.firm_id
        assert pk is not None
        if pk not in rows:
            rows[pk] = FirmPart(pk, str(line.firm))
        rows[pk].own_programme += line.programme_share
        rows[pk].own_group += line.group_share
    whole = sum((line.programme_share for line in of_all), ZERO)
    smes = [pk for pk, _name, is_sme in firms if is_sme]
    for pk, amount in zip(smes, split(whole, len(smes)) if smes else [], strict=True):
        rows[pk].part_programme = amount
    _put_in(rows, [pk for pk, _name, _is_sme in firms], of_all, of_one, activities, months)
    return list(rows.values())


def _put_in(
    rows: Mapping[int, FirmPart],
    members: Sequence[int],
    of_all: Sequence[BudgetLine],
    of_one: Sequence[BudgetLine],
    activities: Sequence[Activity],
    months: int,
) -> None:
    """Fill what each firm pays, month by month: the same months for each of them."""
    last = len(by_month([*of_all, *of_one], activities, months))
    for pk, row in rows.items():
        mine = [line for line in of_one if line.firm_id == pk]
        row.puts_in = dict.fromkeys(range(1, last + 1), ZERO)
        row.puts_in |= {month.number: month.group for month in by_month(mine, activities, months)}
    if not members:
        return
    turn = 0
    for month in by_month(of_all, activities, months):
        # Whose turn it is to pay a cent that is left over goes on from month to month: so the parts of the whole are
        # even too.
        parts = split(month.group, len(members))
        left = sum(part != parts[-1] for part in parts)
        for number, part in enumerate(parts):
            row = rows[members[(turn + number) % len(members)]]
            row.puts_in[month.number] += part
            row.part_group += part
        turn = (turn + left) % len(members)


# --- What the programme pays -----------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A tranche as it is expected: `month` is the last one of the report for which it waits (0: at the start)."""

    number: int
    percent: Decimal
    amount: Decimal
    report: int
    month: int


def tranches(asked: Decimal, planned: Iterable[tuple[Decimal, int]], months: int, every: int) -> list[Part]:
    """The parts of a grant, as the project will have them (grants.tranches.parts_of; a test holds them equal).

    `planned` are (per cent, report that must be accepted first) of the call, in order; `every` so many months there is
    a report.
    """
    rows = list(planned) or [(WHOLE, 0)]
    found: list[Part] = []
    left = asked
    for place, (percent, report) in enumerate(rows):
        amount = left if place == len(rows) - 1 else min(cents(asked * percent / WHOLE), left)
        left -= amount
        if amount > ZERO:
            month = min(report * every, months) if every else months * bool(report)
            found.append(Part(len(found) + 1, percent, amount, report, month))
    return found


def ahead(months: Iterable[Month], parts: Iterable[Part]) -> list[tuple[int, Decimal]]:
    """(month, pesos) of the months in which the group has to pay in advance what the programme pays later: what was spent
    of the programme's share by the end of it, less the tranches of the months before. A tranche that waits for the
    report of a month comes after that month."""
    parts, found, spent = list(parts), [], ZERO
    for month in months:
        spent += month.programme
        received = sum((part.amount for part in parts if part.month < month.number), ZERO)
        if spent > received:
            found.append((month.number, spent - received))
    return found
