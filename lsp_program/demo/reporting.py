"""What projects of the demonstration report besides the timetable: a notebook, and a report that an officer asked for."""

import datetime as dt

from accounts.models import User
from core import dates
from grants.models import Project
from lsp_program.demo import papers
from lsp_program.demo.agenda import Story
from reports import extra
from reports.notebook import actions

DAY = dt.timedelta(days=1)

# (days ago, kind, text, people): none is of a day before the project began.
ENTRIES = (
    (
        75,
        "note",
        "Llegó la cortadora. Falta la conexión trifásica; la cooperativa la hace la semana próxima.",
        None,
    ),
    (62, "attendance", "Primer encuentro de capacitación, en el galpón de la cooperativa.", 14),
    (61, "photo", "Encuentro de capacitación", None),
    (48, "note", "Reunión de todas las empresas: se acordó el orden de uso de la máquina.", None),
    (40, "attendance", "Segundo encuentro, con el centro tecnológico.", 11),
    (19, "photo", "La máquina instalada", None),
    (6, "note", "El proveedor confirmó la fecha de la puesta en marcha.", None),
    (2, "attendance", "Jornada abierta para empresas de la zona.", 23),
)
WHY = (
    "La inundación del mes pasado afectó a tres empresas del grupo: hace falta saber qué actividades siguen y cuáles se "
    "demoran."
)


def keep_notebook(project: Project, by: User, today: dt.date) -> Story:
    """What the coordinator wrote down in the last weeks."""
    activities = list(project.activities.order_by("order")[:3])
    for number, (ago, kind, text, people) in enumerate(ENTRIES):
        day = today - ago * DAY
        if project.first_day is None or day < project.first_day:
            continue
        yield day
        actions.add(
            by=by,
            project=project,
            kind=kind,
            activity=activities[number % len(activities)] if activities and number != 3 else None,
            text=text,
            people=people,
            photo=papers.picture("cuaderno", 120 + 10 * number) if kind == "photo" else None,
            now=dates.at_noon(day),
        )


def ask_for_one_more(project: Project, officer: User, today: dt.date) -> Story:
    """A report besides those of the timetable, on the last month."""
    yield today - 2 * DAY
    assert project.first_day is not None
    assert project.last_day is not None
    if project.last_day > today:
        extra.ask(
            by=officer,
            project=project,
            period_from=max(project.first_day, today - 33 * DAY),
            period_to=today - 3 * DAY,
            due_on=today + 9 * DAY,
            reason=WHY,
            now=dates.at_noon(today - 2 * DAY),
        )
