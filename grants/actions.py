"""What happens to projects across models: opened, signed, paid. Each is one transaction, on the timeline.

Changes of state go through grants.workflow; here is what makes a row, and what changes one without changing its state.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from applications.days import last_day
from applications.models import Application, Call
from core import jobs, timeline
from core.dates import day_of
from core.models import Case
from core.pdf import content_hash
from core.workflow import StaleObject, TransitionRefused
from grants import conditions, emails, guards, tranches
from grants.models import Agreement, Disbursement, Payee, Project, Tranche
from grants.terms import approval_of, terms_of
from grants.workflow import DISBURSEMENT, PROJECT, order_refusal


def _fresh(obj: Any, version: int | None) -> Any:
    """The row under its lock. The caller holds the case's lock. Raises StaleObject when it moved on since."""
    obj = type(obj)._default_manager.select_for_update().get(pk=obj.pk)
    if version is not None and version != obj.version:
        raise StaleObject
    return obj


@contextmanager
def _changing(project: Project, *, by, action: Action, version: int | None) -> Iterator[Project]:
    """One change of a project that leaves its state: locked, permitted, seen, and counted."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=project.case.pk)
        project = _fresh(project, version)
        require(by, action, project)
        yield project
        project.version += 1
        project.save(update_fields=["version"])


def opening_refusal(application: Application) -> str:
    """Why no project can be opened from an application now, in a sentence; "" when it can."""
    if Project.objects.filter(application=application).exists():
        return _("This application has its project already.")
    if application.status != Application.Status.APPROVED or approval_of(application) is None:
        return _("A project comes from an approved application. This one is in the state “%(state)s”.") % {
            "state": application.get_status_display()
        }
    return ""


def dates_to_keep(call: Call, opened_on: dt.date) -> dict[str, dt.date]:
    """By when the agreement is signed and the coordinator appointed: the call's days, from the day after."""
    return {
        "sign_by": last_day(call, opened_on, call.days_to_sign),
        "appoint_by": last_day(call, opened_on, call.days_to_appoint),
    }


def open_project(*, by, application: Application, now: dt.datetime, version: int | None = None) -> Project:
    """Open the project of an approved application, with its agreement ready to sign.

    `version` is the application's, as the page showed it. Raises NotAllowed, StaleObject or TransitionRefused.
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=application.case_id)
        application = _fresh(application, version)
        require(by, Action.OPEN_PROJECT, application)
        approval = approval_of(application)
        if refusal := opening_refusal(application):
            raise TransitionRefused(refusal)
        assert approval is not None
        assert approval.amount is not None  # constraint approval_has_amount_and_number
        project = Project.objects.create(
            application=application,
            status=Project.Status.AWAITING_AGREEMENT,
            opened_on=day_of(now),
            opened_by=by,
            **dates_to_keep(application.call, day_of(now)),
            approved_amount=approval.amount,
        )
        terms = terms_of(application, approval)
        Agreement.objects.create(project=project, terms=terms, digest=content_hash(terms))
        timeline.record(
            application.case,
            PROJECT.action("open_project"),
            by=by,
            now=now,
            obj=project,
            to_state=project.status,
            amount=project.approved_amount,
            sign_by=project.sign_by,
        )
        emails.project_opened(project, now=now)
    return project


# --- The agreement -----------------------------------------------------------------------------


def _check_signature(user, name: str, declared: bool) -> str:
    """The person's name as their account writes it, if it is the one that was typed. Raises TransitionRefused."""
    if not declared:
        raise TransitionRefused(_("Confirm the declaration."))
    if refusal := guards.name_is_own(user, name):
        raise TransitionRefused(refusal)
    return str(user.full_name)


def signature_refusal(project: Project, *, for_state: bool) -> str:
    """Why the agreement cannot be signed now for this side, in a sentence; "" when it can."""
    agreement = project.agreement
    if (agreement.state_signed_at if for_state else agreement.group_signed_at) is not None:
        return _("This signature was given already.")
    if project.status != Project.Status.AWAITING_AGREEMENT:
        return _("The agreement can no longer be signed: the project is in the state “%(state)s”.") % {
            "state": project.get_status_display()
        }
    if for_state and agreement.group_signed_at is None:
        return _("The group signs first.")
    return ""


def sign_for_group(
    *, by, project: Project, name: str, declared: bool, now: dt.datetime, version: int | None = None
) -> Agreement:
    """The representative signs. Raises NotAllowed, StaleObject or TransitionRefused."""
    with _changing(project, by=by, action=Action.SIGN_AGREEMENT, version=version) as project:
        if refusal := signature_refusal(project, for_state=False):
            raise TransitionRefused(refusal)
        agreement = project.agreement
        agreement.group_signed_name = _check_signature(by, name, declared)
        agreement.group_signed_by, agreement.group_signed_at = by, now
        agreement.save(update_fields=["group_signed_by", "group_signed_at", "group_signed_name"])
        timeline.record(
            project.case, "agreement.group_signed", by=by, now=now, obj=agreement, digest=agreement.digest
        )
        emails.agreement_signed_by_group(project, now=now)
    return agreement


def sign_for_state(
    *, by, project: Project, name: str, declared: bool, now: dt.datetime, version: int | None = None
) -> Agreement:
    """The officer signs for the State; a worker then makes the PDF. Raises NotAllowed, StaleObject or
    TransitionRefused."""
    with _changing(project, by=by, action=Action.MANAGE_AGREEMENT, version=version) as project:
        if refusal := signature_refusal(project, for_state=True):
            raise TransitionRefused(refusal)
        agreement = project.agreement
        agreement.state_signed_name = _check_signature(by, name, declared)
        agreement.state_signed_by, agreement.state_signed_at = by, now
        agreement.save(update_fields=["state_signed_by", "state_signed_at", "state_signed_name"])
        timeline.record(
            project.case, "agreement.state_signed", by=by, now=now, obj=agreement, digest=agreement.digest
        )
        ask_for_document(agreement, by=by, now=now)
        emails.agreement_signed_by_both(project, now=now)
    return agreement


def ask_for_document(agreement: Agreement, *, by, now: dt.datetime) -> Any:
    """Ask for the PDF of a signed agreement, in the language of the group's representative. Answers the job."""
    representative = agreement.project.group.representative
    return jobs.ask(
        kind="agreement",
        key=f"agreement.{agreement.pk}",
        by=by,
        now=now,
        params={"agreement": agreement.pk},
        case=agreement.project.case,
        language=representative.language if representative else None,
    )


# --- Who is paid -------------------------------------------------------------------------------


def enter_payee(
    *, by, project: Project, name: str, cuit: str, cbu: str, now: dt.datetime, version: int | None = None
) -> Payee:
    """Say who is paid, and on which account. It replaces the one before: nothing is paid until it is checked.

    `cuit` and `cbu` come cleaned from the form. Raises NotAllowed, StaleObject or TransitionRefused.
    """
    with _changing(project, by=by, action=Action.EDIT_PAYEE, version=version) as project:
        if not project.is_open:
            raise TransitionRefused(_("The project has ended: nothing more is paid."))
        before = project.payee
        if before is not None and (before.name, before.cuit, before.cbu) == (name, cuit, cbu):
            raise TransitionRefused(_("This is the payee already."))
        project.payees.filter(current=True, person=None).update(current=False)
        payee = Payee.objects.create(
            project=project, name=name, cuit=cuit, cbu=cbu, entered_by=by, entered_at=now
        )
        timeline.record(
            project.case, "payee.entered", by=by, now=now, obj=payee, replaces=before and before.pk
        )
        emails.payee_entered(payee, now=now)
    return payee


def payee_check_refusal(payee: Payee | None, *, by) -> str:
    """Why this person cannot check the payee now, in a sentence; "" when they can."""
    if payee is None:
        return _("The group has not said yet who is paid.")
    if not payee.current:
        return _("Another payee was entered meanwhile.")
    if payee.is_checked:
        return _("This payee was checked already.")
    if payee.entered_by_id == by.pk:
        return _("You entered this payee: somebody else checks it.")
    return ""


def check_payee(*, by, payee: Payee, now: dt.datetime, version: int | None = None) -> Payee:
    """An officer has checked name, CUIT and account: payments may go there. `version` is the project's."""
    with _changing(payee.project, by=by, action=Action.MANAGE_AGREEMENT, version=version) as project:
        payee = project.payees.select_for_update().get(pk=payee.pk)
        if refusal := payee_check_refusal(payee, by=by):
            raise TransitionRefused(refusal)
        payee.checked_by, payee.checked_at = by, now
        payee.save(update_fields=["checked_by", "checked_at"])
        timeline.record(project.case, "payee.checked", by=by, now=now, obj=payee)
        emails.payee_checked(payee, now=now)
    return payee


def refuse_payee(*, by, payee: Payee, reason: str, now: dt.datetime, version: int | None = None) -> Payee:
    """An officer found that it does not hold: the group enters another. `version` is the project's."""
    with _changing(payee.project, by=by, action=Action.MANAGE_AGREEMENT, version=version) as project:
        payee = project.payees.select_for_update().get(pk=payee.pk)
        if refusal := payee_check_refusal(payee, by=by):
            raise TransitionRefused(refusal)
        if not reason.strip():
            raise TransitionRefused(_("Say why."))
        payee.current = False
        payee.save(update_fields=["current"])
        timeline.record(project.case, "payee.refused", by=by, now=now, obj=payee, text=reason.strip())
        emails.payee_refused(payee, reason=reason.strip(), now=now)
    return payee


# --- Tranches and payments ---------------------------------------------------------------------


def open_tranches(
    project: Project,
    *,
    report_number: int,
    now: dt.datetime,
    by=None,
    held: Collection[int] = (),
) -> list[Tranche]:
    """Open the tranches that waited for a report, now accepted. `held` are the ids of those that an observation
    still holds back: ask again when it is done. Called by reports; answers those that were opened."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=project.case.pk)
        project = Project.objects.get(pk=project.pk)
        return tranches.open_waiting(project, report_number=report_number, now=now, by=by, held=held)


def order_disbursement(*, by, tranche: Tranche, now: dt.datetime, version: int | None = None) -> Disbursement:
    """Order the payment of an open tranche, to the checked payee. `version` is the tranche's.

    Raises NotAllowed, StaleObject or TransitionRefused; the database holds the same (PROGRAMME 6.5).
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=tranche.case.pk)
        tranche = _fresh(tranche, version)
        require(by, Action.ORDER_PAYMENT, tranche)
        if refusal := order_refusal(tranche, by=by, now=now):
            raise TransitionRefused(refusal)
        payee = tranche.payee
        assert payee is not None  # guards.payee_is_checked
        disbursement = Disbursement.objects.create(
            tranche=tranche,
            payee=payee,
            amount=conditions.amount_to_order(tranche, conditions.Money.of(tranche.project)),
            ordered_by=by,
            ordered_at=now,
        )
        tranche.version += 1
        tranche.save(update_fields=["version"])
        which: dict[str, Any] = {"salary": tranche.salary.number} if tranche.is_salary else {}
        timeline.record(
            tranche.case,
            "disbursement.order",
            by=by,
            now=now,
            obj=disbursement,
            to_state=disbursement.status,
            tranche=tranche.number,
            amount=disbursement.amount,
            payee=disbursement.payee_id,
            **which,
        )
        emails.payment_ordered(disbursement, now=now)
    return disbursement


def confirm_disbursement(
    *, by, disbursement: Disbursement, now: dt.datetime, version: int | None = None, **paid: Any
) -> Disbursement:
    """Confirm that the Treasury paid: treasury_number, treasury_date, gross, withheld, net (pesos).

    Raises NotAllowed, StaleObject or TransitionRefused.
    """
    try:
        return DISBURSEMENT.apply(disbursement, "confirm", by=by, now=now, version=version, data=paid)
    except IntegrityError as error:
        # Two projects at the same moment: only the database sees both.
        if "treasury_order_once" in str(error):
            raise TransitionRefused(guards.treasury_order_used(paid["treasury_date"].year)) from error
        raise
