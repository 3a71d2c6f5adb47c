"""What the page of a project shows, read in ONE query and handed to the objects that will be asked for it: guards, steps and
panels ask the models as ever, and find it there."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core import together
from grants import panels
from grants.amendments import in_force
from grants.models import Disbursement, Payee, Project, Tranche


@dataclass(frozen=True)
class Page:
    """What was read of a project: `more` is what the panels asked for."""

    plan: in_force.Plan
    payee: Payee | None
    # Of the grant and of the salary; and all payments, the newest first.
    tranches: list[Tranche]
    payments: list[Disbursement]
    more: dict[str, list[Any]]


def read(project: Project) -> Page:
    """Read it, and let the project and its group answer from it. One query."""
    found = together.read(**lists(project), **panels.lists(project))
    group = project.group
    for name in ("people", "appointments"):
        together.attach([group], name, found[name], "group_id")
    together.give(group, "advisers", found["advisers"])
    tranches, payments = found["tranches"], found["payments"]
    together.attach([project], "tranches", tranches, "project_id")
    together.attach(tranches, "disbursements", payments, "tranche_id")
    by_pk = {tranche.pk: tranche for tranche in tranches}
    for payment in payments:
        payment.tranche = by_pk[payment.tranche_id]
    for name in WHEN_CLOSING & found.keys():
        together.attach([project], name, found[name], "project_id")
    plan = in_force.plan_from(project, found)
    return Page(plan, next(iter(found["payees"]), None), tranches, payments, found)


# What the guards of its end ask for, and nobody before.
WHEN_CLOSING = {"salary_months", "refunds"}


def lists(project: Project) -> dict[str, QuerySet]:
    """The lists, by name."""
    group = project.group
    closing = project.status == Project.Status.CLOSING
    return {
        "people": group.people.all(),
        "appointments": group.appointments.select_related("person"),
        "advisers": group.advisers.all(),
        "payees": project.payees.filter(current=True, person=None),
        "tranches": project.tranches.select_related("salary__person"),
        "payments": Disbursement.objects.filter(tranche__project=project),
        **in_force.lists(project),
        **({name: getattr(project, name).all() for name in WHEN_CLOSING} if closing else {}),
    }
