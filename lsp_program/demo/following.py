"""What follows a project while it runs: amendments in each state, and visits with their photographs."""

import datetime as dt
from decimal import Decimal
from typing import Any

from applications.models import BudgetCategory
from core import dates
from grants.amendments import actions, in_force
from grants.amendments.workflow import AMENDMENT
from grants.models import Amendment, Project
from grants.visits import actions as visiting
from lsp_program.demo import papers
from lsp_program.demo.agenda import Story
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
SEEN = (
    "El horno está instalado y en uso tres días por semana. Las cinco empresas llevan una planilla común de turnos. Falta "
    "la cartelería de seguridad."
)


def amended(cast: Cast, project: Project, today: dt.date, *, decided: bool) -> Story:
    """An amendment of another project: to be decided by the approver, or back with the group."""
    yield today - 9 * DAY
    if project.last_day is not None and project.last_day > today + 30 * DAY:
        yield _waiting(cast, project, today) if decided else _returned(cast, project, today)


def ours(cast: Cast, project: Project, today: dt.date) -> Story:
    """Of our own: visits, and a little money that an officer moved between two lines."""
    yield _visits(cast, project, today)
    yield _approved(cast, project, today)


def _ask(project: Project, kind: str, day: dt.date, reason: str, content: dict[str, Any]) -> Amendment:
    now, by = dates.at_noon(day), project.reporter_on(day)
    row = actions.begin(by=by, project=project, kind=kind, now=now)
    row = actions.save(
        by=by, amendment=row, version=row.version, now=now, content=content, reason=reason,
        uploads=[papers.picture("presupuesto")],
    )  # fmt: skip
    return AMENDMENT.apply(row, "submit", by=by, now=now)


def _two_lines(project: Project) -> tuple[Any, Any, Decimal]:
    """The dearest line, the next one, and what may move between them within any call's tolerance."""
    rows = [row for row in in_force.lines_on(project) if row.category != BudgetCategory.COORDINATION]
    dear, other = sorted(rows, key=lambda row: (-row.programme_share, row.pk))[:2]
    most = min(dear.programme_share, other.programme_share, other.group_share) * Decimal("0.04")
    return dear, other, most.quantize(Decimal(1))


def _share(programme: Decimal, group: Decimal) -> dict[str, str]:
    return {"programme": f"{programme:.2f}", "group": f"{group:.2f}"}


def _approved(cast: Cast, project: Project, today: dt.date) -> Story:
    yield today - 14 * DAY
    dear, other, part = _two_lines(project)
    lines = {
        str(dear.pk): _share(dear.programme_share - part, dear.group_share),
        str(other.pk): _share(other.programme_share + part, other.group_share + part),
    }
    why = "El flete del equipamiento salió más caro; se compensa con lo que sobró de la compra principal."
    row = _ask(project, "budget", today - 14 * DAY, why, {"lines": lines})
    yield today - 11 * DAY
    now = dates.at_noon(today - 11 * DAY)
    AMENDMENT.apply(row, "approve", by=cast["officer"], now=now, data={"reason": ""})


def _waiting(cast: Cast, project: Project, today: dt.date) -> Story:
    """A line of its own, which the approver has to decide."""
    dear, _other, part = _two_lines(project)
    admitted = [code for code in project.call.categories if code != BudgetCategory.COORDINATION]
    new = {"category": admitted[-1], "description": "Capacitación en seguridad", **_share(part, part)}
    lines = {str(dear.pk): _share(dear.programme_share - part, dear.group_share)}
    why = "Al instalar el equipamiento vimos que hace falta capacitar a quienes lo usan."
    row = _ask(project, "budget", today - 9 * DAY, why, {"lines": lines, "new": [new]})
    opinion = "Es razonable: el curso es condición del fabricante para la garantía."
    yield today - 6 * DAY
    now = dates.at_noon(today - 6 * DAY)
    AMENDMENT.apply(row, "advise", by=cast["officer"], now=now, data={"opinion": opinion})


def _returned(cast: Cast, project: Project, today: dt.date) -> Story:
    """Later dates, with a question of the officer."""
    assert project.last_day is not None
    last_day = f"{project.last_day + 30 * DAY:%Y-%m-%d}"
    why = "El proveedor pide un mes más para entregar."
    yield today - 8 * DAY
    row = _ask(project, "dates", today - 8 * DAY, why, {"last_day": last_day})
    note = "Adjunten la nota del proveedor con la nueva fecha de entrega."
    yield today - 4 * DAY
    now = dates.at_noon(today - 4 * DAY)
    AMENDMENT.apply(row, "return_amendment", by=cast["officer"], now=now, data={"reason": note})


def _visits(cast: Cast, project: Project, today: dt.date) -> Story:
    """One that took place, with two photographs and an agreement, one before it, and one to come."""
    application, officer = project.application, cast["officer"]
    common = {"by": officer, "application": application, "mode": "on_site"}
    for on, seen, agreed in (
        (today - 90 * DAY, "El galpón está listo y el horno, en camino.", []),
        (
            today - 18 * DAY,
            SEEN,
            [{"text": "Colocar la cartelería de seguridad.", "due_on": today + 9 * DAY}],
        ),
    ):
        yield on
        visiting.log_unplanned(
            on=on, now=dates.at_noon(on), met="La coordinadora y dos de las empresas", seen=seen, agreements=agreed,
            photos=[papers.picture("taller"), papers.picture("horno")], **common,
        )  # fmt: skip
    yield today - 2 * DAY
    visiting.plan(
        visitor=officer, on=today + 6 * DAY, purpose="Ver la cartelería y el uso compartido del horno.",
        now=dates.at_noon(today - 2 * DAY), **common,
    )  # fmt: skip
