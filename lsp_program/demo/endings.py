"""What the authority tells groups, with the proof of its notification; a group that is heard; and machines at the end of the
trail of a peso: their invoices, and an insurance that was renewed."""

import datetime as dt

from applications import notices
from applications.models import Application, Decision
from core import dates
from grants.letters import actions, writing
from grants.models import Project
from lsp_program.demo import papers
from lsp_program.demo.agenda import Story
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

KEPT = "Las dos empresas que se habían ido volvieron, y el grupo presentó un cronograma para recuperar el atraso."


def heard(cast: Cast, project: Project, day: dt.date) -> Story:
    """The termination is proposed on `day`, notified the day after by registered letter, and answered soon."""
    yield day
    letter = writing.propose(
        by=cast["officer"], project=project, reason=PROPOSED, days_to_answer=project.call.days_to_answer,
        file_number=FILE, now=dates.at_noon(day),
    )  # fmt: skip
    yield from notified(cast, project, day + DAY)
    yield day + 4 * DAY
    by = project.group.representative
    now = dates.at_noon(day + 4 * DAY)
    actions.answer(by=by, letter=letter, text=ANSWERED, upload=papers.pdf("Nota del grupo"), now=now)


def thought_better_of(cast: Cast, project: Project, day: dt.date) -> Story:
    """What the group answered was enough: the proposal is taken back on `day`."""
    yield day
    letter = writing.last_proposal(project)
    assert letter is not None
    writing.withdraw(by=cast["officer"], letter=letter, reason=KEPT, now=dates.at_noon(day))


def notified(cast: Cast, project: Project, day: dt.date) -> Story:
    """The last letter of a project reached the group on `day`; it is recorded the day after."""
    yield day + DAY
    letter = project.letters.first()
    assert letter is not None
    actions.notify(
        by=cast["officer"], about=letter, means="letter", notified_on=day, upload=papers.pdf("Aviso de recibo"),
        now=dates.at_noon(day + DAY),
    )  # fmt: skip


def tell_of_approval(cast: Cast, application: Application) -> None:
    """The approval reached its group two days later."""
    decision = application.decisions.get(kind=Decision.Kind.APPROVE)
    on = dates.day_of(decision.decided_at) + 2 * DAY
    notices.record(
        by=cast["officer"], decision=decision, means="platform", notified_on=on,
        upload=papers.pdf("Constancia de notificación"), now=dates.at_noon(on + DAY),
    )  # fmt: skip


def machines(project: Project, cast: Cast, today: dt.date, *, ours: bool) -> Story:
    """What bought each machine; one of ours is insured for longer."""
    yield today - 2 * DAY
    found = list(Machine.objects.counted().with_case().filter(report__project=project).order_by("pk"))
    if ours and found and found[0].insured_until:
        first = found[0]
        until = max(dates.add_months(first.insured_until, 12), today + 40 * DAY)
        insurance.insure(
            by=project.reporter_on(today), machine=first, insurer="Aseguradora (ejemplo)",
            policy=f"{first.policy}-R", insured_until=until, upload=papers.pdf("Póliza renovada"),
            now=dates.at_noon(today - 2 * DAY), today=today - 2 * DAY,
        )  # fmt: skip
    yield today - DAY
    for machine in found:
        # What cost most is what bought it.
        bought = invoices.choices_of(project).order_by("-net").first()
        if bought:
            invoices.link(
                by=cast["officer"], machine=machine, expenses=[bought], now=dates.at_noon(today - DAY)
            )
