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
    """What was read of a project: `lists` is all of it by its names, those of the panels too."""

    plan: in_force.Plan
    payee: Payee | None
    # Of the grant and of the salary; and all payments, the newest first.
    tranches: list[Tranche]
    payments: list[Disbursement]
    lists: dict[str, list[Any]]


def read(project: Project) -> Page:
    """Read it, and let the project and its group answer from it. One query."""
    found = together.read(**lists(project), **panels.lists(project))
    group = project.group
    for name in ("people", "appointments", "advisers"):
        together.give(group, name, found[name])
    tranches, payments = found["tranches"], found["payments"]
    together.give(project, "tranches", tranches)
    together.attach(tranches, "disbursements", payments, "tranche_id")
    by_pk = {tranche.pk: tranche for tranche in tranches}
    for payment in payments:
        payment.tranche = by_pk[payment.tranche_id]
    for name in _for_its_end(project):
        together.give(project, name, found[name])
    plan = in_force.plan_from(project, found)
    return Page(plan, next(iter(found["payees"]), None), tranches, payments, found)


def lists(project: Project) -> dict[str, QuerySet]:
    """What is read of a project, whatever the panels show."""
    group = project.group
    return {
        "people": group.people.all(),
        "appointments": group.appointments.select_related("person"),
        "advisers": group.advisers.all(),
        "payees": project.payees.filter(current=True, person=None),
        "tranches": project.tranches.select_related("salary__person"),
        "payments": Disbursement.objects.filter(tranche__project=project),
        **in_force.lists(project),
        **{name: getattr(project, name).all() for name in _for_its_end(project)},
    }


def _for_its_end(project: Project) -> tuple[str, ...]:
    """What the guards of closing ask for, and nobody before."""
    return ("salary_months", "refunds") if project.status == Project.Status.CLOSING else ()
