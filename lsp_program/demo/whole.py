"""What shows the whole application: a call that asks more, calls of the other kinds, and a group whose firms speak for
themselves."""

import datetime as dt
from decimal import Decimal

from accounts.models import User
from applications import actions, marking, quotes
from applications.calls import making
from applications.calls.editing import editing
from applications.models import Answer, Application, Call, CallCut, Question
from applications.workflow import CALL
from core import dates
from groups import actions as groups
from groups.actions import asking, papers, voice
from groups.models import Firm, Group, Institution, Size
from lsp_program.demo import papers as made

DAY = dt.timedelta(days=1)
NEEDS = [
    {"code": "machines", "en": "Machines", "es": "Máquinas"},
    {"code": "training", "en": "Training", "es": "Capacitación"},
    {"code": "buyers", "en": "Buyers", "es": "Compradores"},
]
NORMS = [
    {"code": "iso", "en": "ISO 9001", "es": "ISO 9001"},
    {"code": "gap", "en": "GLOBALG.A.P.", "es": "GLOBALG.A.P."},
    {"code": "gmp", "en": "Good manufacturing practices", "es": "Buenas prácticas de manufactura"},
]
# Kind, whether it has to be answered, English, Spanish, options, and the answers to the question before it on which it
# depends.
QUESTIONS: list[tuple[str, bool, str, str, list, list]] = [
    ("yes_no", True, "Do you sell together already?", "¿Ya venden juntas?", [], []),
    ("text", True, "What do you sell together?", "¿Qué venden juntas?", [], ["yes"]),
    ("number", True, "How many people work in your firms, in all?", "¿Cuántas personas trabajan en sus empresas, en total?",
     [], []),
    ("choice", True, "What holds you back most?", "¿Qué es lo que más les falta?", NEEDS, []),
    ("choices", False, "Which norms do you aim at?", "¿Qué normas quieren alcanzar?", NORMS, []),
    ("date", False, "When would the equipment work?", "¿Cuándo funcionaría el equipamiento?", [], []),
    ("long_text", False, "How do the firms decide together?", "¿Cómo deciden juntas las empresas?", [], []),
    ("file", False, "A plan of the place", "Un plano del lugar", [], []),
    ("declaration", True, "We let the programme visit our firms.",
     "Aceptamos que el programa visite nuestras empresas.", [], []),
    ("declaration", True, "No other body pays for the same costs.",
     "Ningún otro organismo paga los mismos costos.", [], []),
]  # fmt: skip


def ask_more(call: Call) -> None:
    """A call that uses what a call may ask: confirmations, quotes, questions of every kind, declarations."""
    call.confirmations, call.quorum = Call.Confirmations.QUORUM, 80
    call.quotes_from, call.quotes_needed = Decimal(20_000_000), 1
    call.cash_limit = Decimal(100_000)
    call.working_days = True
    call.save()
    before = None
    for order, (kind, required, en, es, options, only_if) in enumerate(QUESTIONS, 1):
        before = Question.objects.create(
            call=call, order=order, kind=kind, required=required, text_en=en, text_es=es, options=options,
            only_if=before if only_if else None, only_if_answers=only_if,
        )  # fmt: skip


def other_calls(former: Call, by: User, today: dt.date) -> Call:
    """A joint investment without a closing day, decided by dated cuts; answers it."""
    now = dates.at_noon(today - 30 * DAY)
    call = making.copy(
        by=by, former=former, code=f"J-{today.year}-C", title_en=f"Joint investment {today.year}, by cuts",
        title_es=f"Inversión conjunta {today.year}, por cortes", opens_at=now, now=now - DAY,
    )  # fmt: skip
    with editing(call, by=by, page="dates", version=None, now=now - DAY) as fresh:
        fresh.intake, fresh.closes_at = Call.Intake.CUTS, None
        for number, days in enumerate((25, 115), 1):
            CallCut.objects.create(call=fresh, number=number, at=dates.end_of(today + days * DAY))
    return CALL.apply(call, "publish", by=by, now=now - DAY)


def a_draft(former: Call, by: User, today: dt.date) -> Call:
    """Next year's call, which an admin has begun: a copy of this year's, with dates still to be set."""
    return making.copy(
        by=by, former=former, code=f"G-{today.year + 1}-1",
        title_en=f"Non-refundable grants for groups at work {today.year + 1}",
        title_es=f"Aportes no reembolsables para grupos en marcha {today.year + 1}",
        opens_at=dates.at_noon(today + 90 * DAY), now=dates.at_noon(today - 3 * DAY),
    )  # fmt: skip


def let_firms_speak(group: Group, by: User, other: Firm, today: dt.date) -> None:
    """Institutions, and firms in each state: confirmed, asked, by paper, with a certificate, not asked yet; and one of
    another group that is asked to join."""
    now = dates.at_noon(today - 12 * DAY)
    group = Group.objects.get(pk=group.pk)
    town = {"province": group.province, "locality": group.locality}
    for kind, name, does in (
        (Institution.Kind.UNIVERSITY, "Universidad de la Región", "Capacita y ensaya materiales"),
        (Institution.Kind.MUNICIPALITY, f"Municipalidad de {group.locality}", "Presta el galpón"),
    ):
        groups.add_partner(
            by=by,
            group=group,
            institution=None,
            contribution=does,
            now=now,
            kind=kind,
            name=name,
            cuit="",
            **town,
        )
    firms = [place.firm for place in group.memberships.current().select_related("firm").order_by("pk")]
    groups.add_certificate(
        by=by, group=group, firm=firms[1], number=f"{today.year}-004512", size=Size.MICRO,
        year_closed_on=dt.date(today.year, 12, 31), now=now,
    )  # fmt: skip
    links = [asking.send_link(by=by, group=group, firm=firm, now=now) for firm in firms[:3]]
    for firm, link, who, what in zip(
        firms[:3],
        links,
        ("Ana Sosa", "Luis Vera", "Marta Ríos"),
        ("Horas de taller", "Un camión", "Madera"),
        strict=False,
    ):
        version = Firm.objects.get(pk=firm.pk).version
        said = voice.Answer(
            person_name=who,
            person_position="Titular",
            contribution=what,
            contribution_amount=Decimal(900_000),
        )
        voice.confirm(link=link, version=version, answer=said, now=now + DAY)
    asking.send_link(by=by, group=group, firm=firms[3], now=dates.at_noon(today - 9 * DAY))
    papers.add_paper(
        by=by, group=group, firm=firms[4], paper=made.pdf("Conformidad firmada"), person_name="Pedro Luna",
        person_position="Socio gerente", contribution="Horas de trabajo", now=dates.at_noon(today - 8 * DAY),
    )  # fmt: skip
    asking.ask_to_join(
        by=by, group=group, cuit=other.cuit, place_in_chain="Transporta", now=dates.at_noon(today - 8 * DAY)
    )


def write_on(application: Application, by: User, member: User, today: dt.date) -> None:
    """Some answers, a quote, and who writes what."""
    now = dates.at_noon(today - DAY)
    questions = list(application.call.questions.all())
    given = {0: "yes", 1: "Mesas y sillas de escuela", 2: "64", 3: "machines", 4: "iso,gmp"}
    with actions.editing(application, by=by, section="questions", version=None, now=now) as fresh:
        Answer.objects.bulk_create(
            Answer(application=fresh, question=questions[at], value=value) for at, value in given.items()
        )
    line = application.lines.order_by("-unit_cost").first()
    if line:
        quotes.add(
            by=by, application=application, line=line, supplier="Máquinas del Litoral", amount=line.unit_cost,
            valid_until=today + 30 * DAY, file=made.pdf("Presupuesto"), now=now,
        )  # fmt: skip
    marking.assign(by=by, application=application, section="budget", person=member, now=now)
    marking.set_ready(by=by, application=application, section="project", ready=True, now=now)
