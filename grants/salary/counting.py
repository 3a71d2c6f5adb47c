"""What a project's people earned, from what is on record: its months, who held the office, the call's scale."""

import datetime as dt
from decimal import Decimal

from core.money import ZERO, cents, total
from grants.amendments import in_force
from grants.models import Project, SalaryLine
from grants.salary import arithmetic as sums


def months_of(project: Project) -> list[sums.Month]:
    """The months of a project that has begun: those of the plan in force, until its last day."""
    assert project.first_day is not None
    stops = [sums.Stop(row.first_day, row.last_day) for row in project.pauses.all()]
    return sums.months(
        project.first_day,
        in_force.months_of(project),
        stops,
        last_day=project.last_day,
        ended_on=project.ended_on,
    )


def posts_of(project: Project) -> list[sums.Post]:
    """Who held the coordinator's office of the group, and when; whoever never had an account earned nothing."""
    rows = project.group.appointments.held().filter(person__isnull=False)
    return [
        sums.Post(row.person_id, row.confirmed_from, row.ended_on, stands_in=row.is_stand_in)
        for row in rows
        if row.person_id and row.confirmed_from
    ]


def rates_of(line: SalaryLine) -> list[sums.Rate]:
    """The scale of the call, as it counts for this project: where less was approved than the call's salary, each row counts
    in the same proportion."""
    call = line.project.call
    agreed = cents(line.amount / call.months)
    base = call.salary_per_month or agreed
    rows = [(dt.date.min, base), *call.salary_scales.values_list("valid_from", "per_month")]
    if agreed >= base:
        return [sums.Rate(day, amount) for day, amount in rows]
    return [sums.Rate(day, cents(amount * line.amount / (base * call.months))) for day, amount in rows]


def most_of(project: Project, amount: Decimal) -> Decimal:
    """What may be earned in all: never above the line, nor the call's cap (PROGRAMME 4)."""
    cap = project.call.salary_cap
    return amount if cap is None else min(amount, cap)


def earned_in_all(line: SalaryLine) -> Decimal:
    """What was earned so far, in pesos."""
    return total(line.project.salary_months.real(), "amount")


def outstanding(project: Project) -> Decimal:
    """What people earned in it and was not paid to them yet, in pesos: it is kept for them when the project ends."""
    months = project.salary_months.real().exclude(tranche__disbursements__status="paid")
    return total(months, "amount")


def left_of(line: SalaryLine) -> Decimal:
    """What of the line nobody has earned yet, in pesos."""
    return max(line.most - earned_in_all(line), ZERO)
