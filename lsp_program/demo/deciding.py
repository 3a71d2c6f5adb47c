"""What the authority does besides deciding: conditions of an approval, and a delegation that is in force."""

import datetime as dt

from accounts import actions, delegating
from applications import conditions
from applications.models import Application, DecisionCondition
from core import dates
from lsp_program.demo.applying import Applying
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)


def on_conditions(cast: Cast, story: Applying, application: Application, today: dt.date) -> Application:
    """Approved twenty days ago on two conditions: one was met, the other is late."""
    asked = (
        ("Contratar el seguro del horno de secado.", today - 10 * DAY),
        ("Presentar la habilitación municipal del galpón.", today - 8 * DAY),
    )
    application = story.approved(application, today - 50 * DAY, asked)
    conditions.meet(
        by=cast["officer"],
        condition=DecisionCondition.objects.get(decision__application=application, order=1),
        met_on=today - 12 * DAY,
        proof="Póliza recibida y verificada con la aseguradora.",
        now=dates.at_noon(today - 12 * DAY),
    )
    return application


def delegate(cast: Cast, today: dt.date) -> None:
    """The second approver is away, and somebody decides for them meanwhile."""
    now = dates.at_noon(today - 2 * DAY)
    grant = delegating.delegate(
        by=cast["approver2"],
        person=cast["finance2"],
        starts=now,
        ends=dates.at_noon(today + 12 * DAY),
        grounds="Licencia anual ordinaria.",
        now=now,
    )
    actions.second_role(by=cast["admin"], grant=grant, now=now)
