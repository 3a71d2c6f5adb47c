"""What closing a project asks for, one row each, done or with what is missing and where it is done.

The rules are the guards of the transition itself; here each gets its name and its page. A guard that has none is shown by its
sentence alone.
"""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Action
from applications import conditions
from grants import guards, settling
from grants.account.guards import account_is_matched
from grants.models import Project
from grants.salary.guards import no_salary_unpaid
from grants.steps import Step
from grants.workflow import PROJECT
from reports.guards import final_report_is_accepted


def steps_of(project: Project, *, by: Any, now: dt.datetime) -> list[Step]:
    """Each condition of closing, in the order of the table."""
    named = _named(project)
    rules = (*PROJECT.by_name["close"].guards, *PROJECT.more_guards.get("close", ()))
    found = []
    for rule in rules:
        missing = rule(project, by=by, now=now, data={})
        label, url = named.get(rule, ("", ""))
        if label or missing:
            state = ("waiting", _("Missing")) if missing else ("done", _("Done"))
            found.append(Step(label or missing, *state, hint=missing if label else "", url=url))
    return found


def conditions_of(project: Project, *, by: Any) -> list[Step]:
    """The dated conditions of the approval that were never met. Closing waits for none of them (PROGRAMME 5), but once it is
    closed nobody owes them any more: whoever closes it knows. One query."""
    page = ""
    rows = list(conditions.owed().filter(decision__application=project.application).order_by("due_on", "pk"))
    if rows and by.can(Action.VIEW_DECISION, project.application):
        page = reverse("decision_detail", args=[rows[0].decision_id]) + "#conditions"
    return [
        Step(
            row.text,
            "overdue",
            _("Not met"),
            hint=_("Until %(day)s. Nobody owes it any more once the project is closed.")
            % {"day": f"{row.due_on:%d/%m/%Y}"},
            url=page,
        )
        for row in rows
    ]


def _named(project: Project) -> dict[Any, tuple[str, str]]:
    """The name of each rule, and the page on which what is missing is done."""
    money = reverse("project_ledger", args=[project.pk])
    settlement = reverse("project_settlement", args=[project.pk])
    return {
        final_report_is_accepted: (
            _("The final report is accepted, and nothing of any report is open"),
            f"{reverse('report_list')}?project={project.pk}",
        ),
        settling.no_open_expense: (
            _("Every expense is verified or rejected"),
            reverse("project_statements", args=[project.pk]),
        ),
        guards.no_payment_under_way: (_("No payment is under way"), money),
        no_salary_unpaid: (
            _("No salary is unpaid"),
            reverse("project_salary", args=[project.pk]) if project.must_appoint else money,
        ),
        settling.balance_is_settled: (
            _("What was paid is proven or given back, and what the programme owes is paid"),
            settlement,
        ),
        settling.refunds_are_settled: (_("Every refund came back"), money),
        account_is_matched: (
            _("The bank statement of the account is matched to the ledger"),
            reverse("project_account", args=[project.pk]),
        ),
    }
