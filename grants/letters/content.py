"""What a letter about a project says: gathered once, in no language, when it is signed; and read again in the reader's.

Later apps add the dates that they keep: `DATES` holds functions of a project that answer rows of `report` and `due_on`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import delegating
from accounts.roles import Role
from applications.days import in_words
from core import bilingual
from core.dates import day_of
from core.money import ZERO, format_money
from core.templatetags.lsp import day
from grants.ledger import figures_of
from grants.models import Project, ProjectLetter
from grants.salary import counting

Kind = ProjectLetter.Kind
# A letter names no more of them.
MOST_DATES = 40
DATES: list[Callable[[Project], Iterable[dict[str, Any]]]] = []


def of(project: Project, *, by: Any, now: dt.datetime, data: dict[str, Any]) -> dict[str, Any]:
    """What stands in a letter signed now. `data` is what the transition found out: the days of a pause."""
    figures, call, last_day = figures_of(project), project.call, project.last_day
    lender = delegating.in_name_of(by, now)
    return {
        "reference": project.reference or "",
        "title": project.title,
        "group": project.group.name,
        "call": {"code": call.code, "title_en": call.title_en, "title_es": call.title_es},
        "on": f"{day_of(now):%Y-%m-%d}",
        "last_day": f"{last_day:%Y-%m-%d}" if last_day else "",
        "days": int(data.get("days") or 0),
        # The number of the proposal that is taken back.
        "withdraws": data.get("withdraws"),
        "money": {
            "approved": str(project.approved_amount),
            "paid": str(figures.paid),
            "to_prove": str(figures.to_prove),
            "unpaid": str(project.approved_amount - figures.paid),
            # Of the coordinator's salary: earned and not paid yet. It is paid whatever becomes of the project.
            "earned": str(counting.outstanding(project)),
            "under_way": str(figures.under_way),
        },
        "dates": [row for source in DATES for row in source(project)][:MOST_DATES],
        "working_days": call.working_days,
        "signed_by": str(by),
        "role": str(Role.APPROVER if Role.APPROVER in project.roles_of(by) else Role.OFFICER),
        "in_name_of": str(lender) if lender else "",
    }


# --- Read again --------------------------------------------------------------------------------------------


def title_of(letter: ProjectLetter) -> str:
    """What the letter is called."""
    return {
        Kind.HEARING: _("Proposal to terminate the project"),
        Kind.WITHDRAWAL: _("Withdrawal of the proposal to terminate the project"),
        Kind.SUSPENSION: _("Suspension of the project"),
        Kind.RESUMPTION: _("Resumption of the project"),
        Kind.TERMINATION: _("Termination of the project"),
    }[Kind(letter.kind)]


def shown(letter: ProjectLetter) -> dict[str, Any]:
    """The letter in the reader's language, from what was frozen alone: for its page and for its PDF."""
    said = letter.content
    words = {"title": said["title"], "group": said["group"], "on": day(_day(said["on"]))}
    opening = {
        Kind.HEARING: _(
            "The programme proposes to terminate the project “%(title)s” of %(group)s, and hears the group."
        ),
        Kind.WITHDRAWAL: _(
            "The programme takes back its proposal to terminate the project “%(title)s” of %(group)s."
        ),
        Kind.SUSPENSION: _("The project “%(title)s” of %(group)s is suspended from %(on)s on."),
        Kind.RESUMPTION: _("The project “%(title)s” of %(group)s goes on from %(on)s on."),
        Kind.TERMINATION: _("The project “%(title)s” of %(group)s is terminated on %(on)s."),
    }[Kind(letter.kind)]
    return {
        "opening": opening % words,
        "call": f"{said['call']['code']} · {said['call'][f'title_{bilingual.language()}']}",
        "means": meaning(letter),
        "dates": [{**row, "due_on": _day(row["due_on"])} for row in said["dates"]]
        if letter.kind == Kind.RESUMPTION
        else [],
        "signature": _signature(said),
    }


def meaning(letter: ProjectLetter) -> list[str]:
    """What the letter means for money and duties, in sentences."""
    said = letter.content
    money = {name: Decimal(amount) for name, amount in said["money"].items()}
    return {
        Kind.HEARING: _of_proposal,
        Kind.WITHDRAWAL: _of_withdrawal,
        Kind.SUSPENSION: _of_suspension,
        Kind.RESUMPTION: _of_resumption,
        Kind.TERMINATION: _of_termination,
    }[Kind(letter.kind)](letter, said, money)


def _of_proposal(letter: ProjectLetter, said: dict[str, Any], money: dict[str, Decimal]) -> list[str]:
    days = in_words(letter.days_to_answer or 0, working=said["working_days"])
    return [
        _("The group may answer within %(days)s, counted from the day after this is notified.")
        % {"days": days},
        _("Until the authority has decided the project goes on as before, with its reports and payments."),
        _(
            "If it is terminated, %(unpaid)s are not paid any more, and what is not proven of %(paid)s is asked back."
        )
        % {"unpaid": format_money(_given_up(money)), "paid": format_money(money["paid"])},
        *_of_salary(money),
    ]


def _of_withdrawal(letter: ProjectLetter, said: dict[str, Any], money: dict[str, Decimal]) -> list[str]:
    return [
        _("Letter %(number)s has no effect any more, and asks for no answer.")
        % {"number": said["withdraws"]},
        _("The project goes on as before, with its reports and payments."),
        _("Should termination be proposed again, the group is heard again."),
    ]


def _given_up(money: dict[str, Decimal]) -> Decimal:
    """What is not paid any more of a project that ends. Letters of before the salary was told apart hold no `earned`."""
    return money["unpaid"] - money.get("earned", ZERO)


def _of_salary(money: dict[str, Decimal]) -> list[str]:
    """What the coordinator earned is paid, whatever becomes of the project."""
    earned = money.get("earned", ZERO)
    if earned <= ZERO:
        return []
    said = _(
        "The coordinator's salary that was earned until this day and is not paid yet is paid: %(amount)s."
    )
    return [said % {"amount": format_money(earned)}]


def _of_suspension(letter: ProjectLetter, said: dict[str, Any], money: dict[str, Decimal]) -> list[str]:
    found = [
        _("Nothing is paid while it lasts: %(unpaid)s of %(approved)s wait.")
        % {"unpaid": format_money(money["unpaid"]), "approved": format_money(money["approved"])}
    ]
    if money["under_way"] > ZERO:
        found.append(
            _("%(amount)s are ordered: only what the Treasury paid until this day counts as paid.")
            % {"amount": format_money(money["under_way"])}
        )
    return [
        *found,
        _("Reports and statements are not due while it lasts, and nobody is reminded of them."),
        _(
            "When the project resumes, the last day and the dates of the reports move by the days of the pause."
        ),
        _("What was bought stays insured and in its place, and what was paid stays to be proven."),
    ]


def _of_resumption(letter: ProjectLetter, said: dict[str, Any], money: dict[str, Decimal]) -> list[str]:
    return [
        _("The pause took %(days)d days. The last day of the project is now %(day)s.")
        % {"days": said["days"], "day": day(_day(said["last_day"]))},
        *([_("Reports and statements are due again, by the dates below.")] if said["dates"] else []),
        _("Payments go on as their conditions are met: %(unpaid)s of %(approved)s are not paid yet.")
        % {"unpaid": format_money(money["unpaid"]), "approved": format_money(money["approved"])},
    ]


def _of_termination(letter: ProjectLetter, said: dict[str, Any], money: dict[str, Decimal]) -> list[str]:
    found = [
        _("%(unpaid)s of %(approved)s are not paid any more, and go back to the call.")
        % {"unpaid": format_money(_given_up(money)), "approved": format_money(money["approved"])},
        *_of_salary(money),
        _("Reports and statements that were still to come are void."),
    ]
    if money["to_prove"] > ZERO:
        found.append(
            _(
                "Of %(paid)s that were paid, %(amount)s are neither proven nor given back: they are asked back."
            )
            % {"paid": format_money(money["paid"]), "amount": format_money(money["to_prove"])}
        )
    return [
        *found,
        _("Machines that were bought stay in their register, and are looked at as before."),
        _("The days to give money back count from the day after this is notified."),
    ]


def _signature(said: dict[str, Any]) -> str:
    words = {"name": said["signed_by"], "role": Role(said["role"]).label, "by": said["in_name_of"]}
    if said["in_name_of"]:
        return _("Signed by %(name)s (%(role)s), by delegation of %(by)s.") % words
    return _("Signed by %(name)s (%(role)s).") % words


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
