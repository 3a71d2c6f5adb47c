"""The calls of the demonstration: all three lines of action, past, running and open."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from applications.models import Call, CallTranche, Criterion, DocumentRequirement, Line
from core import dates, timeline
from core.models import Case

# Calls that closed before it are history, taken over from the office's files.
LAST_EARLY_YEAR = 2012

TEXTS = {
    Line.PARTNERSHIP: (
        ("New partnerships among firms", "Nuevas asociaciones entre empresas"),
        (
            "For groups of at least five small and medium firms that want to work together. The programme helps you to "
            "write a one-year work plan, pays part of it, and pays the salary of a coordinator whom you choose.",
            "Para grupos de al menos cinco pequeñas y medianas empresas que quieren trabajar juntas. El programa ayuda a "
            "escribir un plan de trabajo de un año, paga una parte y paga el sueldo de una persona que coordina, elegida "
            "por el grupo.",
        ),
    ),
    Line.JOINT_INVESTMENT: (
        ("Joint investment", "Inversión conjunta"),
        (
            "For groups that already had technical support from the State and now invest together.",
            "Para grupos que ya tuvieron asistencia técnica del Estado y ahora invierten juntos.",
        ),
    ),
    Line.GRANT: (
        ("Non-refundable grants for groups at work", "Aportes no reembolsables para grupos en marcha"),
        (
            "For solid groups that already work together and want to invest. The grant is paid in tranches against "
            "accepted progress reports.",
            "Para grupos consolidados que ya trabajan juntos y quieren invertir. El aporte se paga en tramos, contra "
            "informes de avance aceptados.",
        ),
    ),
}

CRITERIA = [
    ("Working together", "Trabajo conjunto", "Do the firms do together what none could do alone?",
     "¿Hacen juntas lo que ninguna podría hacer sola?", 30),
    ("Learning", "Aprendizaje", "What will the firms have learnt, not only bought?",
     "¿Qué habrán aprendido las empresas, además de lo que compren?", 30),
    ("Plan and budget", "Plan y presupuesto", "Can it be done in the time and with the money asked?",
     "¿Se puede hacer en ese tiempo y con ese dinero?", 25),
    ("Effect on the area", "Efecto en la zona", "Jobs, quality, links with institutions of the area.",
     "Empleo, calidad, vínculos con instituciones de la zona.", 15),
]  # fmt: skip

# What no point, half of them and all of them mean, in both languages.
ANCHORS = {
    "Working together": {
        "low": ("Each firm buys for itself.", "Cada empresa compra para sí."),
        "middle": ("They share one step of their work.", "Comparten un paso de su trabajo."),
        "high": ("What they do together none could do alone.", "Lo que hacen juntas ninguna podría sola."),
    },
    "Learning": {
        "low": ("Nobody learns anything.", "Nadie aprende nada."),
        "middle": ("People are trained.", "Se capacita a personas."),
        "high": ("The group plans, measures and mends by itself.", "El grupo planifica, mide y corrige solo."),
    },
    "Plan and budget": {
        "low": ("No dates, no prices.", "Sin fechas ni precios."),
        "middle": ("Dates and prices, some without grounds.", "Fechas y precios, algunos sin fundamento."),
        "high": ("Each activity has its month, each cost its quote.", "Cada actividad tiene su mes, cada costo su presupuesto."),
    },
    "Effect on the area": {
        "low": ("None outside the firms.", "Ninguno fuera de las empresas."),
        "middle": ("Some jobs are kept.", "Se conservan algunos empleos."),
        "high": ("New jobs, and institutions that take part.", "Empleos nuevos, e instituciones que participan."),
    },
}  # fmt: skip


def anchors(criterion: str) -> dict[str, str]:
    """The words of a criterion's scale, by column."""
    return {
        f"{point}_{language}": text
        for point, texts in ANCHORS[criterion].items()
        for language, text in zip(("en", "es"), texts, strict=True)
    }


DOCUMENTS = [
    (
        "minutes",
        "Minutes in which the firms agree to apply",
        "Acta en que las empresas acuerdan presentarse",
        True,
    ),
    ("quotes", "Quotes for what will be bought", "Presupuestos de lo que se va a comprar", False),
]


@dataclass(frozen=True)
class Plan:
    """One call of the demonstration: its line, its dates, its money; `more` are further rules."""

    code: str
    line: Line
    opens: dt.date
    closes: dt.date
    envelope: int
    highest: int
    projects: int = 0
    more: dict[str, Any] = field(default_factory=dict)


def plans(today: dt.date) -> list[Plan]:
    """Every call, oldest first; `projects` says how many of the 106 it holds."""
    year = today.year
    # Thirty days to report: the visitor finds the coordinator's report due, not late.
    partnership = {
        "salary_per_month": Decimal(950_000),
        "salary_cap": Decimal(11_400_000),
        "report_due_days": 30,
    }
    old = {"salary_per_month": Decimal(3_000), "salary_cap": Decimal(36_000)}
    grant = {"min_group_months": 12}
    joint = {"needs_prior_support": True}
    meets = {"max_spread": Decimal(30), "spread_asks": Call.Spread.CONSENSUS}

    def day(days: int) -> dt.date:
        return today + dt.timedelta(days)

    return [
        Plan(
            "P-2007", Line.PARTNERSHIP, dt.date(2007, 3, 1), dt.date(2007, 5, 31), 8_000_000, 300_000, 24, old
        ),
        Plan("G-2008", Line.GRANT, dt.date(2008, 3, 3), dt.date(2008, 6, 2), 9_500_000, 450_000, 20, grant),
        Plan(
            "P-2009", Line.PARTNERSHIP, dt.date(2009, 3, 2), dt.date(2009, 6, 1), 9_500_000, 400_000, 22, old
        ),
        Plan(
            "J-2010",
            Line.JOINT_INVESTMENT,
            dt.date(2010, 3, 1),
            dt.date(2010, 6, 1),
            11_000_000,
            500_000,
            20,
            joint,
        ),
        Plan(
            f"P-{year - 1}", Line.PARTNERSHIP, day(-425), day(-365), 900_000_000, 60_000_000, 8, partnership
        ),
        Plan(f"G-{year - 1}", Line.GRANT, day(-540), day(-465), 1_200_000_000, 90_000_000, 6, grant),
        Plan(f"J-{year}", Line.JOINT_INVESTMENT, day(-335), day(-275), 700_000_000, 80_000_000, 6, joint),
        # Less than its applications ask: the money ends within the ranking.
        Plan(f"G-{year}-1", Line.GRANT, day(-120), day(-60), 340_000_000, 60_000_000, 0, grant | meets),
        Plan(f"P-{year}", Line.PARTNERSHIP, day(-40), day(20), 800_000_000, 60_000_000, 0, partnership),
        Plan(f"G-{year}-2", Line.GRANT, day(-10), day(60), 900_000_000, 90_000_000, 0, grant),
    ]


def make(plan: Plan) -> Call:
    """The call with its criteria, documents and tranches, still a draft."""
    (title_en, title_es), (text_en, text_es) = TEXTS[plan.line]
    opens_at = dates.at_noon(plan.opens)
    case = timeline.open_case(Case.Kind.CALL, f"{plan.code} {title_es}", now=opens_at, reference=plan.code)
    categories = ["fixed_investment", "innovation", "soft_technology"]
    if plan.line == Line.PARTNERSHIP:
        categories.append("coordination")
    call = Call.objects.create(
        case=case,
        code=plan.code,
        line=plan.line,
        title_en=f"{title_en} {plan.opens.year}",
        title_es=f"{title_es} {plan.opens.year}",
        text_en=text_en,
        text_es=text_es,
        opens_at=opens_at,
        closes_at=dates.end_of(plan.closes),
        envelope=Decimal(plan.envelope),
        max_per_project=Decimal(plan.highest),
        max_share=Decimal(70),
        share_by_category={"coordination": "100.00"} if plan.line == Line.PARTNERSHIP else {},
        categories=categories,
        **plan.more,
    )
    Criterion.objects.bulk_create(
        Criterion(
            call=call,
            order=order,
            name_en=en,
            name_es=es,
            help_en=help_en,
            help_es=help_es,
            weight=weight,
            **anchors(en),
        )
        for order, (en, es, help_en, help_es, weight) in enumerate(CRITERIA, 1)
    )
    DocumentRequirement.objects.bulk_create(
        DocumentRequirement(call=call, order=order, code=code, name_en=en, name_es=es, required=required)
        for order, (code, en, es, required) in enumerate(DOCUMENTS, 1)
    )
    CallTranche.objects.bulk_create(
        CallTranche(call=call, number=number, percent=percent, after_report=after)
        for number, percent, after in ((1, 40, 0), (2, 40, 2), (3, 20, 4))
    )
    return call
