"""What is said of an amendment: one list of rules, the same while it is written, when it is sent, and when it is decided.

A rule answers what fails (it cannot be sent or approved so) or what somebody has to look at. `Case` gathers what the rules
compare with; `needs_approver` says whose decision it is, and why.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from applications.models import BudgetCategory, Call
from core.money import ZERO, cents, format_money
from core.templatetags.lsp import day
from grants.amendments import content as contents
from grants.amendments import in_force
from grants.amendments.firms import leaving_payee, smes_in
from grants.expenses.counting import most_of_line
from grants.models import Amendment, Disbursement, Expense, PlanVersion, Project, SalaryLine
from groups.size import count_in_words

Kind = Amendment.Kind
FAIL, WARN = "fail", "warn"
MOST_MONTHS = 36
LONGEST_MOVE = dt.timedelta(days=366)
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Finding:
    """What is wrong with an amendment, or has to be looked at."""

    rule: str
    outcome: str
    sentence: str

    @property
    def fails(self) -> bool:
        return self.outcome == FAIL


@dataclass
class Case:
    """An amendment, with the plan that it is compared with and what it asks for."""

    amendment: Amendment
    today: dt.date

    @property
    def project(self) -> Project:
        return self.amendment.project

    @property
    def call(self) -> Call:
        return self.project.call

    @cached_property
    def now(self) -> dict[str, Any]:
        """What it touches, on the plan of today."""
        return contents.before_of(self.project, self.amendment.kind, self.today)

    @cached_property
    def before(self) -> dict[str, Any]:
        """What it is set on: frozen while it was sent, else the plan of today."""
        if self.amendment.is_with_the_group or self.amendment.before is None:
            return self.now
        return self.amendment.before

    @cached_property
    def after(self) -> dict[str, Any]:
        return contents.after_of(self.before, self.amendment.content, self.amendment.kind)

    @cached_property
    def charged(self) -> dict[int, tuple[Decimal, Decimal]]:
        """Of each line: what is charged to the programme, and to both, in pesos."""
        rows = Expense.objects.of_project(self.project).live().values("line").order_by()
        rows = rows.annotate(programme=Sum("programme_share"), group=Sum("group_share"))
        return {row["line"]: (row["programme"], row["programme"] + row["group"]) for row in rows}

    @cached_property
    def reference(self) -> dict[int, tuple[Decimal, Decimal]]:
        """Of each line the shares that an authority gave it last: of the approval, or of an amendment that an approver
        decided. The tolerance of an officer counts from there, so that many small steps are no large one."""
        decided = PlanVersion.objects.filter(project=self.project).exclude(amendment__for_approver=False)
        last = decided.order_by("-number").first()
        rows = in_force.lines_of(self.project, last.number if last else 0)
        return {row.pk: (row.programme_share, row.group_share) for row in rows}

    @property
    def amount(self) -> Decimal:
        """What the programme would pay, in pesos."""
        return Decimal(self.after["amount"])

    @property
    def difference(self) -> Decimal:
        """More (+) or less (-) than today, in pesos."""
        return self.amount - Decimal(self.before["amount"])


Answer = Iterator[tuple[str, str]]  # outcome, sentence


def asks_for_something(case: Case) -> Answer:
    if case.after == case.before:
        yield FAIL, _("Nothing would change. Say what you ask for.")


def says_why(case: Case) -> Answer:
    if not case.amendment.reason.strip():
        yield FAIL, _("Say why the change is needed.")


def plan_is_not_over(case: Case) -> Answer:
    """In a project that closes the plan is over; what is left is money and firms."""
    if case.project.status == Project.Status.CLOSING and case.amendment.kind not in contents.OF_MONEY:
        yield FAIL, _("The project is closing: its plan and its dates do not change any more.")


def dates_fit(case: Case) -> Answer:
    was, will = (dt.date.fromisoformat(part["last_day"]) for part in (case.before, case.after))
    if was < case.today:
        yield FAIL, _("The last day of the project has passed: %(day)s.") % {"day": day(was)}
    elif will < was:
        yield FAIL, _("The new last day is after the present one, %(day)s.") % {"day": day(was)}
    elif will - was > LONGEST_MOVE:
        yield FAIL, _("The dates move by one year at most.")


def months_fit(case: Case) -> Answer:
    if case.after["months"] > MOST_MONTHS:
        yield (
            FAIL,
            _("A plan has at most %(most)s months; this makes %(months)s.")
            % {
                "most": MOST_MONTHS,
                "months": case.after["months"],
            },
        )
    if dt.date.fromisoformat(case.before["last_day"]) < case.today:
        yield FAIL, _("The last day of the project has passed: ask for more months before it ends.")


def activities_fit(case: Case) -> Answer:
    rows = [row for row in case.after["activities"] if not row["dropped"]]
    if not rows:
        yield FAIL, _("A plan has at least one activity.")
    for row in rows:
        words = {"name": row["name"] or "–", "months": case.after["months"]}
        if not row["name"]:
            yield FAIL, _("Give each new activity a name.")
        elif not row["first_month"] or not row["last_month"] or row["last_month"] < row["first_month"]:
            yield FAIL, _("“%(name)s”: say from which month to which.") % words
        elif row["last_month"] > case.after["months"]:
            yield FAIL, _("“%(name)s”: the plan has %(months)s months.") % words
        if not row["responsible"]:
            yield FAIL, _("“%(name)s”: say who is responsible.") % words


def lines_fit(case: Case) -> Answer:
    """PROGRAMME 6.6: the shares of the call, for each line that changes and for the whole; its categories; its salary."""
    old = {row["id"]: row for row in case.before["lines"]}
    for row in case.after["lines"]:
        if row != old.get(row["id"]):
            yield from _line_fits(case, row, old.get(row["id"]))
    programme, group = (contents.sum_of(case.after["lines"], name) for name in ("programme", "group"))
    most = cents((programme + group) * case.call.max_share / WHOLE)
    paid_whole = _salary_in(case.after)
    if programme - paid_whole > most:
        yield (
            FAIL,
            _("The programme would pay more than its share of the whole: %(most)s at most.")
            % {"most": format_money(most)},
        )
    cap = case.call.salary_cap
    if cap is not None and paid_whole > cap:
        yield (
            FAIL,
            _("The coordinator's salary is %(most)s at most in this call.") % {"most": format_money(cap)},
        )


def _salary_in(plan: dict[str, Any]) -> Decimal:
    """What a plan has for the coordinator's salary, in pesos."""
    return contents.sum_of(
        [row for row in plan["lines"] if row["category"] == BudgetCategory.COORDINATION], "programme"
    )


def _line_fits(case: Case, row: dict[str, Any], old: dict[str, Any] | None) -> Answer:
    programme, group = Decimal(row["programme"]), Decimal(row["group"])
    words = {"name": row["description"] or "–"}
    if not row["description"]:
        yield FAIL, _("Say what each new line is for.")
    if old is None and programme + group <= ZERO:
        yield FAIL, _("“%(name)s”: a new line needs an amount.") % words
    grows = old is None or programme > Decimal(old["programme"])
    if grows and row["category"] not in case.call.categories:
        yield FAIL, _("“%(name)s”: this call pays nothing in its category.") % words
    most = case.call.highest_share(row["category"], programme + group)
    if programme > most:
        words["most"] = format_money(most)
        yield FAIL, _("“%(name)s”: the programme pays at most %(most)s of it.") % words


def charges_fit(case: Case) -> Answer:
    """PROGRAMME 6.7: what is charged already is never above the line and the tolerance."""
    for row in case.after["lines"]:
        programme, both = case.charged.get(row["id"], (ZERO, ZERO))
        line = Decimal(row["programme"])
        whole = line + Decimal(row["group"])
        tolerance = case.call.tolerance
        if programme > most_of_line(line, tolerance) or both > most_of_line(whole, tolerance):
            yield (
                FAIL,
                _("“%(name)s”: %(charged)s are charged to it already.")
                % {
                    "name": row["description"],
                    "charged": format_money(both),
                },
            )


def salary_stays(case: Case) -> Answer:
    """The coordinator's salary is paid month by month from a line of its own, by the call's scale (PROGRAMME 10)."""
    if not SalaryLine.objects.filter(project=case.project).exists():
        return
    if _salary_in(case.before) != _salary_in(case.after):
        yield FAIL, _("The coordinator's salary does not change by an amendment: the call's scale sets it.")


def budget_moves_only(case: Case) -> Answer:
    """What one line gets another one gives; the group puts in no less."""
    if case.difference:
        yield (
            FAIL,
            _("The lines of the programme must add up to %(amount)s as before; they make %(sum)s.")
            % {
                "amount": format_money(Decimal(case.before["amount"])),
                "sum": format_money(case.amount),
            },
        )
    was, will = (contents.sum_of(part["lines"], "group") for part in (case.before, case.after))
    if will < was:
        yield FAIL, _("The group puts in no less than before: %(amount)s.") % {"amount": format_money(was)}


def amount_fits(case: Case) -> Answer:
    """PROGRAMME 6.4 and 6.5: down to what is ordered and paid; up to what the call pays for one project, and has left."""
    if not case.difference:
        yield FAIL, _("The amount stays the same: to move money between lines there is a form of its own.")
        return
    committed = case.project.committed()
    if case.amount <= ZERO or case.amount < committed:
        yield (
            FAIL,
            _("%(paid)s are ordered or paid: the amount cannot be less.") % {"paid": format_money(committed)},
        )
    charged = sum((programme for programme, _both in case.charged.values()), ZERO)
    if case.amount < charged:
        yield (
            FAIL,
            _("%(charged)s are charged to the programme: the amount cannot be less.")
            % {"charged": format_money(charged)},
        )
    if case.difference > ZERO and case.amount > case.call.max_per_project:
        yield (
            FAIL,
            _("This call pays at most %(most)s per project; these amounts make %(amount)s.")
            % {
                "most": format_money(case.call.max_per_project),
                "amount": format_money(case.amount),
            },
        )


def envelope_holds(case: Case) -> Answer:
    """Asked once more under the call's row lock, when it is decided; the database holds the same."""
    left = case.call.envelope - case.call.entries.committed()
    if case.difference > left:
        yield (
            FAIL,
            _("The envelope of the call has %(left)s left; this asks for %(more)s more.")
            % {
                "left": format_money(max(left, ZERO)),
                "more": format_money(case.difference),
            },
        )


def tranches_hold(case: Case) -> Answer:
    """Less is taken from what is not ordered yet."""
    free = case.project.tranches.of_the_grant().unpaid().aggregate(sum=Sum("amount"))["sum"] or ZERO
    if case.difference < ZERO and -case.difference > free:
        yield FAIL, _("Only %(free)s are neither ordered nor paid.") % {"free": format_money(free)}
    if (
        case.difference
        and Disbursement.objects.awaiting_confirmation().filter(tranche__project=case.project).exists()
    ):
        yield FAIL, _("A payment is ordered and under way. Finance first confirms it, or cancels it.")


def member_fits(case: Case) -> Answer:
    asked = case.amendment.content
    where = case.before["firms"] if asked.get("change") == "leaves" else case.before["others"]
    if asked.get("firm") not in [row["id"] for row in where]:
        yield FAIL, _("Choose which firm it is.")
        return
    if asked["change"] == "joins" and not case.call.others_admitted:
        firm = next(row for row in where if row["id"] == asked["firm"])
        if not firm["sme"]:
            yield (
                FAIL,
                _("This call admits SMEs only. Not shown to be SMEs: %(names)s.") % {"names": firm["name"]},
            )


def enough_smes(case: Case) -> Answer:
    """PROGRAMME 6.1 is about what was submitted; below that number an approver judges whether the project may go on."""
    smes, least = smes_in(case.after["firms"]), case.call.min_firms
    if case.after != case.before and smes < least:
        yield (
            WARN,
            _("%(count)s. An approver judges whether the project goes on.")
            % {"count": count_in_words(smes, least)},
        )


def payee_stays(case: Case) -> Answer:
    """Whoever left is paid nothing (PROGRAMME 10)."""
    if leaving_payee(case.project, case.amendment.content):
        yield (
            WARN,
            _(
                "This firm is the one that is paid. With the approval payments to its account stop, until another "
                "account is entered and checked."
            ),
        )


RULES: dict[str, tuple[Callable[[Case], Answer], ...]] = {
    Kind.DATES: (dates_fit,),
    Kind.EXTENSION: (months_fit,),
    Kind.ACTIVITIES: (activities_fit,),
    Kind.BUDGET: (budget_moves_only, lines_fit, salary_stays, charges_fit),
    Kind.AMOUNT: (amount_fits, lines_fit, salary_stays, charges_fit, envelope_holds, tranches_hold),
    Kind.MEMBER: (member_fits, enough_smes, payee_stays),
}


def findings(case: Case) -> list[Finding]:
    """All that is said of an amendment, what fails first. Of one that asks for nothing, only that."""
    nothing = [*_asked(asks_for_something, case)]
    rules = () if nothing else (plan_is_not_over, *RULES[case.amendment.kind])
    found = [*nothing, *(each for rule in rules for each in _asked(rule, case)), *_asked(says_why, case)]
    return sorted(found, key=lambda each: not each.fails)


def _asked(rule: Callable[[Case], Answer], case: Case) -> list[Finding]:
    return [Finding(rule.__name__, outcome, sentence) for outcome, sentence in rule(case)]


def needs_approver(case: Case) -> str:
    """Why it is the approver's decision, in a sentence; "" when an officer decides (PROGRAMME 3 and 5)."""
    kind = case.amendment.kind
    if kind == Kind.AMOUNT:
        return _("The amount changes: an approver decides.")
    if kind == Kind.BUDGET:
        return _beyond_tolerance(case)
    if kind == Kind.MEMBER and any(each.rule == "enough_smes" for each in findings(case)):
        return _("Too few SMEs would be left: an approver decides.")
    return ""


def _beyond_tolerance(case: Case) -> str:
    """Each line moves by at most the call's tolerance, of what an authority gave it last."""
    for row in case.after["lines"]:
        if row["id"] is None or row["id"] not in case.reference:
            return _("“%(name)s” is a new line: an approver decides.") % {"name": row["description"]}
        programme, group = case.reference[row["id"]]
        moves = ((Decimal(row["programme"]), programme), (Decimal(row["group"]), group))
        for will, was in moves:
            if abs(will - was) > cents(was * case.call.tolerance / WHOLE):
                return _("“%(name)s” moves by more than %(percent)s %%: an approver decides.") % {
                    "name": row["description"],
                    "percent": f"{case.call.tolerance.normalize():f}".replace(".", ","),
                }
    return ""
