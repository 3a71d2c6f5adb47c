"""Signed papers put on file, and accounts stopped and let go. Each is one transaction, on the timeline."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import documents, timeline
from core.dates import day_of
from core.models import Case
from core.workflow import StaleObject, TransitionRefused
from grants import emails
from grants.agreements import guards
from grants.models import Agreement, Payee, PayeeStop, Project, SignedPaper
from groups.models import Firm

PAPER = "signed_agreement"
Kind = SignedPaper.Kind


def needs(kind: str) -> Action:
    """Who puts a paper on file: the State's an officer, any other the representative."""
    return Action.MANAGE_AGREEMENT if kind == Kind.STATE else Action.SIGN_AGREEMENT


def paper_refusal(project: Project) -> str:
    """Why no paper can be put on file now, in a sentence; "" when one can."""
    return "" if project.is_open else _("The project has ended: its papers stay as they are.")


def add_paper(
    *,
    by,
    project: Project,
    kind: str,
    upload: UploadedFile,
    signed_on: dt.date,
    signer: str,
    now: dt.datetime,
    firm: Firm | None = None,
    machines: str = "",
    why: str = "",
    replaces: int | None = None,
) -> SignedPaper:
    """Put a signed paper on file, with its digest. It takes the place of the one that is there, which stays readable: then
    `why` is asked, and `replaces` is the id that the page showed. Raises NotAllowed, StaleObject or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        project = Project.objects.with_case().get(pk=project.pk)
        require(by, needs(kind), project)
        agreement = project.agreement
        if refusal := (
            paper_refusal(project)
            or guards.signed_on_fits(project, signed_on, day_of(now))
            or guards.firm_signs(agreement, firm, machines)
        ):
            raise TransitionRefused(refusal)
        before = _replaced(agreement, kind, firm, shown=replaces, why=why)
        document = documents.store(case=case, kind=PAPER, owner_id=project.pk, upload=upload, by=by, now=now)
        if before is not None:
            before.current = False
            before.save(update_fields=["current"])
        paper = SignedPaper.objects.create(
            agreement=agreement,
            kind=kind,
            firm=firm,
            document=document,
            signed_on=signed_on,
            signer=" ".join(signer.split()),
            machines=machines.strip(),
            added_by=by,
            added_at=now,
            replaces=before,
            why=why.strip() if before else "",
        )
        timeline.record(
            case,
            "agreement.paper_replaced" if before else "agreement.paper_added",
            by=by,
            now=now,
            obj=paper,
            kind=kind,
            firm=firm and firm.pk,
            sha256=document.sha256,
            text=paper.why,
        )
    return paper


def _replaced(
    agreement: Agreement, kind: str, firm: Firm | None, *, shown: int | None, why: str
) -> SignedPaper | None:
    """The paper of that firm, or of that side, whose place another one takes; locked. Raises StaleObject where the page
    showed another, TransitionRefused where nobody says why."""
    same = agreement.papers.filter(firm=firm) if firm else agreement.papers.filter(kind=kind)
    before = same.select_for_update().filter(current=True).first()
    if (before.pk if before else None) != shown:
        raise StaleObject
    if before is not None and not why.strip():
        raise TransitionRefused(_("Say why."))
    return before


def may_read_paper(user, document) -> bool:
    """Whoever sees the project (`owner_id`)."""
    project = Project.objects.with_case().filter(pk=document.owner_id).first()
    return project is not None and user.can(Action.VIEW_PROJECT, project)


# --- Accounts -------------------------------------------------------------------------------------------


def stop_refusal(payee: Payee) -> str:
    """Why payments to an account cannot be stopped now, in a sentence; "" when they can."""
    if not payee.current:
        return _("Another account was entered meanwhile: nothing is paid to this one.")
    return _("Payments to this account are stopped already.") if payee.open_stop else ""


def stop_payee(*, by, payee: Payee, why: str, text: str, now: dt.datetime) -> PayeeStop:
    """Nothing is paid to an account until it was looked at. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=payee.project.case.pk)
        payee = Payee.objects.select_for_update().get(pk=payee.pk)
        require(by, Action.STOP_PAYEE, payee.project)
        if refusal := stop_refusal(payee):
            raise TransitionRefused(refusal)
        return stop_account(case, payee, by=by, why=why, text=text.strip(), now=now)


def stop_account(case: Case, payee: Payee, *, by, why: str, text: str, now: dt.datetime) -> PayeeStop:
    """Write it down, and tell whom it is about. The caller holds the case's lock, and asked whether it may be."""
    stop = PayeeStop.objects.create(
        payee=payee, why=why, text=text, stopped_by=by, stopped_at=now, stopped_on=day_of(now)
    )
    timeline.record(case, "payee.stopped", by=by, now=now, obj=payee, why=why, text=text)
    emails.payee_stopped(payee, why=PayeeStop.Why(why).label, text=text, now=now, key=stop.pk)
    return stop


def release_refusal(stop: PayeeStop | None, *, by) -> str:
    """Why this person cannot let payments go on, in a sentence; "" when they can."""
    if stop is None:
        return _("Nothing stands against payments to this account.")
    if stop.stopped_by_id == by.pk:
        return _("You stopped these payments: another officer lets them go on.")
    return ""


def release_payee(*, by, payee: Payee, ground: str, now: dt.datetime) -> PayeeStop:
    """An officer looked at the account: payments may go on. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=payee.project.case.pk)
        stop = payee.stops.select_for_update().filter(lifted_at=None).first()
        require(by, Action.MANAGE_AGREEMENT, payee.project)
        if refusal := release_refusal(stop, by=by):
            raise TransitionRefused(refusal)
        assert stop is not None
        if not ground.strip():
            raise TransitionRefused(_("Say what you checked."))
        stop.lifted_by, stop.lifted_at, stop.ground = by, now, ground.strip()
        stop.save(update_fields=["lifted_by", "lifted_at", "ground"])
        timeline.record(case, "payee.released", by=by, now=now, obj=payee, text=stop.ground)
        emails.payee_released(payee, ground=stop.ground, now=now, key=stop.pk)
    return stop
