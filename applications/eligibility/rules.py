"""THE list of the rules of eligibility, in the order in which people read them, and running it (PROGRAMME 4).

The same list is the live panel while a group writes, the wall at submission, and the officer's page.
"""

import datetime as dt
from dataclasses import replace

from applications.eligibility import advice, budget, confirmations, members, project, questions
from applications.eligibility.engine import FAIL, WARN, Result, Rule
from applications.facts import Facts
from applications.models import Application

RULES: tuple[Rule, ...] = (
    Rule("members", members.enough_smes),
    Rule("members", members.others_admitted),
    Rule("members", members.valid_cuits),
    Rule("members", members.independent_firms),
    Rule("members", members.linked_sales),
    Rule("members", members.firms_are_free),
    Rule("members", members.area_and_chain),
    Rule("members", members.province_admitted),
    Rule("members", members.sector_admitted),
    Rule("members", members.group_age),
    Rule("members", members.joint_work),
    Rule("members", confirmations.firms_confirmed),
    Rule("project", project.project_texts),
    Rule("project", project.prior_support),
    Rule("plan", project.plan_months),
    Rule("plan", project.responsibles),
    Rule("budget", budget.costs),
    Rule("budget", budget.share_of_lines, advice.share_of_lines),
    Rule("budget", budget.share_of_whole, advice.share_of_whole),
    Rule("budget", budget.highest_amounts, advice.highest_amounts),
    Rule("budget", budget.salary, advice.salary),
    Rule("budget", budget.others_at_no_cost, advice.others_at_no_cost),
    Rule("budget", budget.quotes_attached),
    Rule("questions", questions.questions_answered),
    Rule("documents", project.documents_present),
    Rule("declarations", questions.declarations_accepted),
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}


def check(application: Application, *, today: dt.date) -> list[Result]:
    """Every rule on an application as it stands, in the order of the list. A constant number of queries."""
    return check_facts(Facts(application, today=today))


def check_facts(facts: Facts) -> list[Result]:
    """The same, for who has gathered the facts already."""
    waived = set(facts.application.waived_rules)
    return [_waive(each.result(facts), waived) for each in RULES]


def _waive(result: Result, waived: set[str]) -> Result:
    """A rule that was waived in reconsideration blocks no more: the officer sees what it says."""
    if result.outcome == FAIL and result.rule in waived:
        return replace(result, outcome=WARN, figures={**result.figures, "waived": True})
    return result
