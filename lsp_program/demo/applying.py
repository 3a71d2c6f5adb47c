"""Applications of the demonstration: written, submitted, reviewed and decided through the actions that people use."""

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from applications import actions, attachments, judging
from applications.models import (
    Activity,
    Application,
    ApplicationDocument,
    BudgetLine,
    Call,
    Criterion,
    DocumentRequirement,
    Review,
)
from applications.workflow import APPLICATION, REVIEW
from core import dates
from core.money import cents
from groups.models import Group
from lsp_program.demo import names, office, papers
from lsp_program.demo.people import Cast

ACTIVITIES = (
    ("Diagnóstico conjunto y acuerdos", 1, 3, "Acta de acuerdos firmada"),
    ("Compra y puesta en marcha del equipamiento", 2, 7, "Equipamiento instalado y en uso"),
    ("Capacitación de las personas que trabajan", 4, 10, "Personas capacitadas con certificado"),
    ("Marca, calidad y venta conjunta", 6, 12, "Primera venta conjunta"),
)
DIAGNOSIS = (
    "Cada empresa compra y vende por su cuenta, con poca escala y calidad despareja. Falta un equipamiento que ninguna "
    "puede pagar sola, y los compradores piden volúmenes que ninguna alcanza."
)
OBJECTIVES = (
    "Producir con una misma calidad, compartir el equipamiento y vender juntas. Al terminar el año el grupo tendrá un "
    "reglamento de uso, personas capacitadas y una primera operación conjunta."
)
LEARNING = "A planificar la producción en común, a llevar costos por producto y a cumplir una norma de calidad entre todas."
PRIOR_SUPPORT = "Asistencia técnica de la provincia, con certificado del año anterior."
COMMENTS = (
    "La propuesta es clara y el grupo muestra trabajo en común. Conviene detallar quién mantiene el equipamiento.",
    "Plan posible en los plazos. El presupuesto es razonable; falta explicar mejor cómo sigue el grupo después del año.",
    "Buen vínculo con instituciones de la zona. La capacitación está bien pensada.",
)
REASONS = ("Bien fundado.", "Está explicado y es creíble.", "Alcanza, con algo por precisar.", "Correcto.")
# How the money asked is spread: category, kind, part of it, what for, the activity that it serves (from 0).
SPREAD = (
    ("fixed_investment", "machinery", Decimal("0.45"), "Equipamiento de uso común", 1),
    ("soft_technology", "marketing", Decimal("0.35"), "Consultoría, marca y certificación", 3),
    ("innovation", "product", Decimal("0.20"), "Desarrollo de producto y ensayos", 2),
)


@dataclass
class Applying:
    """What moves cases forward: the staff, the draw of luck."""

    cast: Cast
    draw: random.Random
    resolutions: int = 0

    def resolution(self, day: dt.date) -> str:
        """The next number of a resolution."""
        self.resolutions += 1
        return f"{self.resolutions}/{day.year}"

    # --- The group ---------------------------------------------------------------------------

    def draft(
        self, group: Group, call: Call, by: User, day: dt.date, parts: str = "project plan budget documents"
    ) -> Application:
        """An application with the sections that `parts` names written."""
        now = dates.at_noon(day)
        application = actions.start(by=by, group=group, call=call, now=now)
        if "project" in parts:
            with actions.editing(application, by=by, section="project", version=None, now=now) as fresh:
                title = names.PROJECTS[group.sector.name_en]
                fresh.title = f"{title} en {group.locality}"
                fresh.diagnosis, fresh.objectives, fresh.learning = DIAGNOSIS, OBJECTIVES, LEARNING
                if call.needs_prior_support:
                    fresh.prior_support = PRIOR_SUPPORT
        if "plan" in parts:
            with actions.editing(application, by=by, section="plan", version=None, now=now) as fresh:
                Activity.objects.bulk_create(self.activities(fresh, by))
        if "budget" in parts:
            with actions.editing(application, by=by, section="budget", version=None, now=now) as fresh:
                BudgetLine.objects.bulk_create(self.lines(fresh))
        if "documents" in parts:
            self._attach(application, by, now)
        return application

    def activities(self, application: Application, by: User) -> list[Activity]:
        """A work plan of four activities over the year, each with a firm that is responsible for it; the first one with
        the person besides."""
        firms = [row.firm_id for row in application.group.memberships.current().order_by("pk")] or [None]
        return [
            Activity(
                application=application, order=order, name=name, first_month=first, last_month=last,
                firm_id=firms[order % len(firms)], responsible=by.full_name if order == 1 or not any(firms) else "",
                deliverable=leaves,
            )
            for order, (name, first, last, leaves) in enumerate(ACTIVITIES, 1)
        ]  # fmt: skip

    def lines(self, application: Application) -> list[BudgetLine]:
        """Costs whose programme share stays below what the call pays."""
        call, activities = application.call, list(application.activities.all())
        asked = call.max_per_project * self.draw.randint(60, 92) / 100
        percent, lines = 60, []
        if call.salary_per_month:
            salary = call.salary_per_month
            asked -= salary * 12
            percent = 55
            lines.append(
                BudgetLine(
                    application=application, order=1, category="coordination", kind="salary",
                    activity=activities[0],
                    description="Honorarios de la coordinación", quantity=12, unit_cost=salary,
                    programme_share=salary * 12,
                )
            )  # fmt: skip
        for category, kind, part, description, serves in SPREAD:
            unit = (asked * part * 100 / percent / 10).quantize(Decimal(1)) * 10
            share = cents(unit * percent / 100).quantize(Decimal(1))
            lines.append(
                BudgetLine(
                    application=application, order=len(lines) + 1, category=category, kind=kind,
                    activity=activities[serves], description=description, quantity=1, unit_cost=unit,
                    programme_share=share,
                )
            )  # fmt: skip
        return lines

    @staticmethod
    def _attach(application: Application, by: User, now: dt.datetime) -> ApplicationDocument:
        minutes = DocumentRequirement.objects.get(call=application.call, code="minutes")
        (attached,) = attachments.attach(
            by=by,
            application=application,
            requirement=minutes,
            uploads=[papers.pdf("Acta de acuerdo")],
            now=now,
        )
        return attached

    def submitted(self, group: Group, call: Call, by: User, day: dt.date) -> Application:
        """Written some days before, and sent on `day`; an officer takes it in charge."""
        application = self.draft(group, call, by, day - dt.timedelta(days=self.draw.randint(3, 9)))
        application = actions.submit(
            by=by, application=application, declared=True, version=None, now=dates.at_noon(day)
        )
        return office.take_charge(self.cast, application, day)

    # --- Staff ---------------------------------------------------------------------------------

    def act(self, application: Application, name: str, who: str | User, day: dt.date, **data) -> Application:
        """One transition of the application, at noon."""
        by = self.cast[who] if isinstance(who, str) else who
        return APPLICATION.apply(application, name, by=by, now=dates.at_noon(day), data=data)

    def in_review(self, application: Application, day: dt.date) -> Application:
        """Eligibility signed, two reviewers assigned, review begun."""
        officer, now = self.cast["officer"], dates.at_noon(day)
        warned = dict.fromkeys(RULES, "Visto con el grupo: es un mismo sistema productivo.")
        judging.sign_eligibility(
            by=officer, application=application, judgements=warned, note="", version=None, now=now
        )
        for name in ("reviewer1", "reviewer2"):
            judging.assign_reviewer(by=officer, application=application, reviewer=self.cast[name], now=now)
        return self.act(application, "start_review", "officer", day)

    def review(self, review: Review, day: dt.date, low: int = 6, sent: bool = True) -> Review:
        """Interest declared, scores from `low` to 9, and sent if wanted."""
        by, now = review.reviewer, dates.at_noon(day)
        review = REVIEW.apply(review, "declare_interest", by=by, now=now, data={"no_interest": True})
        scores = {
            criterion.pk: (self.draw.randint(low, min(low + 3, 10)), self.draw.choice(REASONS))
            for criterion in Criterion.objects.filter(call=review.application.call_id)
        }
        review = judging.save_review(
            by=by,
            review=review,
            scores=scores,
            comment=self.draw.choice(COMMENTS),
            advice=Review.Advice.APPROVE if low > 4 else Review.Advice.REJECT,
            version=None,
            now=now,
        )
        return REVIEW.apply(review, "send", by=by, now=now) if sent else review

    def recommended(self, application: Application, day: dt.date, low: int = 6) -> Application:
        """Reviewed by both, and recommended with what was asked (less where reviews are low: nothing)."""
        application = self.in_review(application, day)
        for review in application.reviews.order_by("pk"):
            self.review(review, day + dt.timedelta(days=12), low)
        passes = low >= 6
        amounts = {
            line.pk: line.programme_share if passes else Decimal(0) for line in application.lines.all()
        }
        ground = (
            "Ambas evaluaciones coinciden. Se recomienda aprobar." if passes else "No alcanza el puntaje."
        )
        return self.act(
            application, "recommend", "officer", day + dt.timedelta(days=16), amounts=amounts, reason=ground
        )

    def approved(
        self, application: Application, day: dt.date, conditions: Iterable[tuple[str, dt.date]] = ()
    ) -> Application:
        """From submitted to approved: reviewed from `day` on, decided 30 days later; now and then with less money."""
        application = self.recommended(application, day)
        decided = day + dt.timedelta(days=30)
        cut = Decimal(self.draw.choice(("1", "1", "1", "0.9")))
        amounts = {
            line.pk: line.programme_share
            if line.category == "coordination"
            else cents(line.programme_share * cut)
            for line in application.lines.all()
        }
        return self.act(
            application,
            "approve",
            self.draw.choice(("approver", "approver2")),
            decided,
            amounts=amounts,
            resolution=self.resolution(decided),
            file_number=f"EX-{decided.year}-{application.pk:06d}",
            reason="Cumple los requisitos y supera el puntaje mínimo.",
            dated_conditions=list(conditions),
        )


# The rules that may answer with a warning, which an officer judges.
RULES = ("area_and_chain", "prior_support", "enough_smes", "others_admitted", "group_age")
