"""What is told about the salary: to who earned it, and to the officers who accept it."""

import datetime as dt
from collections.abc import Callable

from django.urls import reverse

from core.money import format_money
from grants.emails import day_text, officers_of, tell
from grants.models import SalaryMonth


def to_hand_in(month: SalaryMonth, *, now: dt.datetime) -> None:
    """To the person: a month was counted; hand in invoice and note."""
    _tell(month, [month.person], "to_hand_in", now=now)


def submitted(month: SalaryMonth, *, by, now, data) -> None:
    """To the officer: a month to look at (an effect)."""
    _tell(month, officers_of(month.project, now), "submitted", now=now)


def moved(what: str) -> Callable[..., None]:
    """An effect that tells the person what became of it."""

    def effect(month: SalaryMonth, *, by, now, data) -> None:
        _tell(month, [month.person], what, now=now, remark=month.remark)

    return effect


def _tell(month: SalaryMonth, people, what: str, *, now: dt.datetime, remark: str = "") -> None:
    tell(
        people,
        f"salary_{what}",
        month.project,
        key=f"salary.{month.pk}.{what}.{month.version}",
        now=now,
        url=reverse("salary_month", args=[month.pk]),
        number=month.number,
        amount=format_money(month.amount),
        days=month.days,
        of_days=month.of_days,
        due_on=day_text(month.due_on),
        person=month.person.full_name,
        remark=remark,
    )
