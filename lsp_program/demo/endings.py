"""What the authority tells groups, with the proof of its notification; a group that is heard; and machines at the end of the
trail of a peso: their invoices, and an insurance that was renewed."""

import datetime as dt

from applications import notices
from applications.models import Decision
from core import dates
from grants.letters import actions, writing
from grants.models import Project
from groups.models import Group
from lsp_program.demo import papers
from lsp_program.demo.people import Cast
from reports.ledgers.models import Machine
from reports.machines import insurance, invoices

DAY = dt.timedelta(days=1)
FILE = "EX-2026-04410982-APN-SSPYME"
PROPOSED = (
    "Cuatro de las cinco empresas dejaron el grupo. Sin ellas no se alcanza el mínimo de la convocatoria y el plan no puede "
    "seguir."
)
ANSWERED = (
    "Es cierto que las cuatro empresas se fueron. Buscamos otras tres y no llegamos a sumarlas. Pedimos que se reconozcan los "
    "gastos del curso, que ya está rendido."
)


def hear(cast: Cast, project: Project, day: dt.date) -> None:
    """The termination is proposed on `day`, notified the day after by registered letter, and answered soon."""
    officer = cast["officer"]
    letter = writing.propose(
        by=officer, project=project, reason=PROPOSED, days_to_answer=project.call.days_to_answer, file_number=FILE,
        now=dates.at_noon(day),
    )  # fmt: skip
    notify(cast, project, day + DAY)
    by = project.group.representative
    now = dates.at_noon(day + 4 * DAY)
    actions.answer(by=by, letter=letter, text=ANSWERED, upload=papers.pdf("Nota del grupo"), now=now)


def notify(cast: Cast, project: Project, day: dt.date) -> None:
    """The last letter of a project reached the group on `day`."""
    letter = project.letters.first()
    assert letter is not None
    actions.notify(
        by=cast["officer"], about=letter, means="letter", notified_on=day, upload=papers.pdf("Aviso de recibo"),
        now=dates.at_noon(day + DAY),
    )  # fmt: skip


def tell(cast: Cast, ours: Group, today: dt.date) -> None:
    """Our own approval was notified; machines are linked with what bought them, and one is insured for longer."""
    decision = Decision.objects.filter(application__group=ours, kind=Decision.Kind.APPROVE).first()
    if decision:
        on = dates.day_of(decision.decided_at) + 2 * DAY
        notices.record(
            by=cast["officer"], decision=decision, means="platform", notified_on=on,
            upload=papers.pdf("Constancia de notificación"), now=dates.at_noon(on + DAY),
        )  # fmt: skip
    for machine in Machine.objects.counted().with_case().order_by("pk"):
        # What cost most is what bought it.
        bought = invoices.choices_of(machine.project).order_by("-net").first()
        if bought:
            invoices.link(
                by=cast["officer"], machine=machine, expenses=[bought], now=dates.at_noon(today - DAY)
            )
    ours_first = (
        Machine.objects.counted().filter(report__project__application__group=ours).order_by("pk").first()
    )
    if ours_first and ours_first.insured_until:
        until = max(dates.add_months(ours_first.insured_until, 12), today + 40 * DAY)
        insurance.insure(
            by=ours_first.project.reporter_on(today), machine=ours_first, insurer="Aseguradora (ejemplo)",
            policy=f"{ours_first.policy}-R", insured_until=until, upload=papers.pdf("Póliza renovada"),
            now=dates.at_noon(today - 2 * DAY), today=today - 2 * DAY,
        )  # fmt: skip
