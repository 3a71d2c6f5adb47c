"""What goes back and forth around the cases of today: messages, one of them unanswered; notes with a colleague mentioned; a
visit before approval; firms that two cases share; texts that the office keeps."""

import datetime as dt

from django.db import transaction

from applications.models import Application, Snippet
from applications.office import notes, snippets, thread
from core import dates
from groups.models import Membership
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
QUESTION = "Buen día. ¿El acta del grupo puede tener firma digital o tiene que ser en papel?"
ANSWER = "Buen día. Puede tener firma digital: alcanza con que se pueda validar el archivo."
UNANSWERED = "Una de las empresas cambió de domicilio la semana pasada. ¿Tenemos que avisarlo acá?"
NOTE = "La cámara confirmó por teléfono que las empresas trabajan juntas. Conviene mirarlo antes de decidir."
VISIT = "Visita al taller. Dos hornos en marcha y lugar para un tercero. Estaban tres de las cinco empresas."
TEXTS = (
    ("Saludo", "Buen día. Gracias por escribir al programa.", True),
    (
        "Falta el presupuesto",
        "Adjunten un presupuesto con fecha y CUIT del proveedor por cada gasto mayor.",
        True,
    ),
    (
        "Pedir un llamado",
        "¿Cuándo podemos llamar? Tenemos una pregunta breve sobre el plan de trabajo.",
        False,
    ),
)


@transaction.atomic
def exchange(cast: Cast, today: dt.date) -> None:
    """On the cases that the office has on its table, in the days before today."""
    officer, approver = cast["officer"], cast["approver"]
    for name, text, shared in TEXTS:
        snippets.keep(by=officer, snippet=Snippet(owner=officer, name=name, text=text, shared=shared))
    for number, application in enumerate(_on_the_table(today)):
        lead = application.group.representative
        if lead is None:
            continue
        when = dates.at_noon(today - 2 * DAY)
        if number % 3 == 0:
            thread.write(by=lead, application=application, text=QUESTION, now=when)
            thread.write(by=officer, application=application, text=ANSWER, now=when + dt.timedelta(hours=2))
            thread.write(by=lead, application=application, text=UNANSWERED, now=when + DAY)
        elif number % 3 == 1:
            notes.note(by=officer, application=application, text=NOTE, mentions=[approver], now=when)
        else:
            on = dates.day_of(when) - DAY
            notes.contact(by=officer, application=application, kind="visit", on=on, text=VISIT, now=when)
    _share_a_firm(today)


def _on_the_table(today: dt.date) -> list[Application]:
    """Those of which the last thing happened before these days: a timeline goes forward."""
    open_ones = Application.objects.real().in_state("submitted", "in_review", "recommended")
    open_ones = open_ones.exclude(case__events__at__gte=dates.at_noon(today - 2 * DAY))
    return list(open_ones.select_related("group", "case", "call").order_by("pk")[:6])


def _share_a_firm(today: dt.date) -> None:
    """A firm of one case joins the group of another: the case page says so."""
    first, *others = _live(today)
    for second in others:
        if second.group_id != first.group_id:
            place = first.group.memberships.filter(left_on=None).first()
            Membership.objects.get_or_create(
                group=second.group,
                firm=place.firm,
                left_on=None,
                defaults={"joined_on": today - 5 * DAY, "place_in_chain": "Provee insumos"},
            )
            return


def _live(today: dt.date) -> list[Application]:
    rows = Application.objects.real().in_state("submitted", "in_review", "draft").order_by("pk")
    return list(rows.select_related("group")[:10])
