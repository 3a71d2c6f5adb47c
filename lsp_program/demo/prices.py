"""Prices that move: an index with its figures, a call that follows it, an update that was issued and one that waits."""

import datetime as dt
from decimal import Decimal

from applications import prices
from applications.models import Call, PriceIndex
from core import dates
from grants.prices import actions
from grants.prices.forms import months_of
from grants.prices.workflow import PRICE_UPDATE
from grants.prices.working import work_out
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
# Of the year and a half before today; the last one is still to be confirmed.
MONTHS = 18
RISES = Decimal("1.021")


def keep_index(cast: Cast, today: dt.date) -> PriceIndex:
    """An index of equipment and works, month by month."""
    first = dates.add_months(today.replace(day=1), -MONTHS)
    begun = dates.at_noon(first)
    index = prices.begin(
        by=cast["admin"], code="IPEQ", name_en="Prices of equipment and works",
        name_es="Precios de equipamiento y obras", publisher="Índice de demostración", now=begun,
    )  # fmt: skip
    value = Decimal(100)
    for number in range(MONTHS):
        month = dates.add_months(first, number)
        now = dates.at_noon(min(month + 44 * DAY, today - 2 * DAY))
        figure = prices.enter(
            by=cast["admin"], index=index, month=month, value=value.quantize(Decimal("0.0001")),
            source=f"Boletín {month:%m/%Y}", now=now,
        )  # fmt: skip
        if number < MONTHS - 1:
            prices.confirm(by=cast["admin2"], figure=figure, now=now + DAY)
        value *= RISES
    return index


def follow(call: Call, index: PriceIndex) -> None:
    """The clause of a call, while it is a draft."""
    call.update_index, call.update_cap = index, Decimal(35)
    call.update_base_month = dates.day_of(call.opens_at).replace(day=1)
    call.save(update_fields=["update_index", "update_base_month", "update_cap"])


def tell(cast: Cast, call: Call, today: dt.date) -> None:
    """A resolution of yesterday, when all else of its projects was told, and an officer's next proposal."""
    call = Call.objects.select_related("update_index").get(pk=call.pk)
    newest, _next, before, *_rest = months_of(call)
    opinion = "El índice subió desde la convocatoria y los proveedores actualizaron sus presupuestos."
    prepared = dates.at_noon(today - 12 * DAY)
    update = actions.prepare(by=cast["officer"], call=call, figure=before, opinion=opinion, now=prepared)
    data = {
        "resolution": f"RES-{today.year}-118",
        "resolved_on": today - 2 * DAY,
        "grounds": "Cláusula de actualización de la convocatoria; informe del área de proyectos.",
        "figures": work_out(update.call, update.figure).figures,
    }
    issued = dates.at_noon(today - DAY)
    PRICE_UPDATE.apply(update, "issue", by=cast["approver"], now=issued, data=data)
    opinion = "Queda margen en el sobre de la convocatoria; no hay pagos en curso que esperar."
    actions.prepare(
        by=cast["officer"], call=call, figure=newest, opinion=opinion, now=dates.at_noon(today - DAY)
    )
