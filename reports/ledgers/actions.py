"""Writing the ledgers: entries of a report, renewals of certificates, checks of machines; on the timeline."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import dates, timeline
from core.models import Case
from core.workflow import StaleObject, TransitionRefused
from grants.models import Expense, Project
from reports.actions import editing, store_file
from reports.ledgers.models import (
    WHOLE,
    CertificateRenewal,
    Certification,
    CheckPhoto,
    CheckPlan,
    Entry,
    Machine,
    MachineCheck,
    MachinePhoto,
    MachineShare,
)
from reports.machines.invoices import set_invoices

# Enough for a report, and bounded.
MOST_ENTRIES = 60
MOST_PHOTOS = 8
# A check that is made this much before its day counts for it.
EARLY = dt.timedelta(days=31)


# --- Entries of a report -------------------------------------------------------------------------------


def why_not_again(row: Certification, report) -> str:
    """A certificate stands in the ledger of a project once. "" or the sentence."""
    same = Certification.objects.filter(
        report__project_id=report.project_id, firm=row.firm, norm=row.norm, number__iexact=row.number
    )
    if same.exclude(pk=row.pk).exclude(report__status__in=["skipped", "cancelled"]).exists():
        return _("This certificate is in the ledger already. If it was renewed, renew it there.")
    return ""


def save_entry(
    *,
    by,
    report,
    version: int,
    now: dt.datetime,
    entry: Entry,
    upload: Any = None,
    firms: Iterable[Any] | None = None,
    shares: Mapping[int, Decimal] | None = None,
    photos: Iterable[Any] = (),
    invoices: Iterable[Expense] | None = None,
) -> Any:
    """Add or change an entry; it carries the new values and is of this report. `shares` are per cent by the id of a firm,
    `photos` are added to those that are there; exactly `invoices` bought it, where they are given.

    Raises NotAllowed, StaleObject or TransitionRefused, and then nothing has changed.
    """
    name = str(entry._meta.model_name)
    with editing(report, by=by, version=version, now=now, part=name) as fresh:
        if entry.pk is None and getattr(fresh, f"{name}s").count() >= MOST_ENTRIES:
            raise TransitionRefused(
                _("There can be at most %(n)d of these in one report.") % {"n": MOST_ENTRIES}
            )
        if isinstance(entry, Certification) and (sentence := why_not_again(entry, fresh)):
            raise TransitionRefused(sentence)
        entry.report = fresh
        if upload:
            entry.document = store_file(fresh, upload, by=by, now=now)
        entry.save()
        if firms is not None:
            entry.firms.set(firms)  # type: ignore[attr-defined]
        if isinstance(entry, Machine):
            if shares is not None:
                _share_out(entry, shares)
            if invoices is not None:
                set_invoices(entry, invoices, by=by, now=now)
            _add_photos(MachinePhoto, {"machine": entry}, fresh, photos, by=by, now=now)
    return fresh


def _share_out(machine: Machine, shares: Mapping[int, Decimal]) -> None:
    if sum(shares.values(), Decimal(0)) != WHOLE:
        raise TransitionRefused(_("The shares of the firms must add up to the whole machine."))
    machine.shares.all().delete()
    MachineShare.objects.bulk_create(
        MachineShare(machine=machine, firm_id=firm, percent=share) for firm, share in shares.items()
    )


def _add_photos(model: Any, owner: dict[str, Any], report, uploads: Iterable[Any], *, by, now) -> None:
    uploads = list(uploads)
    if model.objects.filter(**owner).count() + len(uploads) > MOST_PHOTOS:
        raise TransitionRefused(_("There can be at most %(n)d photographs.") % {"n": MOST_PHOTOS})
    for upload in uploads:
        model.objects.create(**owner, document=store_file(report, upload, by=by, now=now))


def remove_entry(*, by, report, version: int, now: dt.datetime, entry: Entry) -> Any:
    """Take an entry out of the report. Its files stay with the case."""
    with editing(report, by=by, version=version, now=now, part=str(entry._meta.model_name)) as fresh:
        type(entry)._default_manager.filter(pk=entry.pk, report=fresh).delete()
    return fresh


def remove_photo(*, by, report, version: int, now: dt.datetime, photo: MachinePhoto) -> Any:
    """Take a photograph of a machine out of the report; one has to stay. Raises NotAllowed, StaleObject or
    TransitionRefused."""
    with editing(report, by=by, version=version, now=now, part="machine") as fresh:
        if photo.machine.photos.count() == 1:
            raise TransitionRefused(_("This is the only photograph of it: add another one first."))
        MachinePhoto.objects.filter(pk=photo.pk, machine__report=fresh).delete()
    return fresh


# --- Certificates --------------------------------------------------------------------------------------


def _certificate(by, certification: Certification) -> Certification:
    """The fresh row under the locks of its case and its own."""
    Case.objects.select_for_update().get(pk=certification.case.pk)
    rows = Certification.objects.select_for_update(of=("self",)).with_case()
    row = rows.select_related("firm").get(pk=certification.pk)
    require(by, Action.KEEP_CERTIFICATE, row)
    if sentence := why_not_kept(row):
        raise TransitionRefused(sentence)
    return row


def why_not_kept(certification: Certification) -> str:
    """Why nothing can be written to a certificate now; "" when it can."""
    if certification.report.status != "accepted":
        return _("Its report is not accepted yet: change it there.")
    if certification.project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    return "" if certification.project.is_running else _("The project has ended.")


@transaction.atomic
def renew(
    *, by, certification: Certification, renewal: CertificateRenewal, upload: Any, now: dt.datetime
) -> CertificateRenewal:
    """Write down that a certificate was renewed. Raises NotAllowed or TransitionRefused."""
    row = _certificate(by, certification)
    if row.expires_on is None:
        raise TransitionRefused(_("This certificate has no end."))
    with_expiry: Any = Certification.objects.with_expiry().get(pk=row.pk)
    if renewal.expires_on <= with_expiry.valid_until:
        raise TransitionRefused(_("The certificate is valid until a later day already."))
    renewal.certification, renewal.recorded_by, renewal.recorded_at = row, by, now
    if upload:
        renewal.document = store_file(row.report, upload, by=by, now=now)
    renewal.save(force_insert=True)
    timeline.record(
        row.case,
        "certification.renewed",
        by=by,
        now=now,
        obj=row,
        norm=row.norm_name,
        firm=row.firm.name,
        until=renewal.expires_on,
    )
    return renewal


@transaction.atomic
def let_go(*, by, certification: Certification, reason: str, now: dt.datetime) -> Certification:
    """The group does not renew a certificate: nobody is reminded of it any more. Raises NotAllowed or
    TransitionRefused."""
    row = _certificate(by, certification)
    if row.let_go_on:
        raise TransitionRefused(_("Somebody said so already."))
    if not reason.strip():
        raise TransitionRefused(_("Say why."))
    row.let_go_on, row.let_go_by, row.let_go_why = dates.day_of(now), by, reason.strip()
    row.save(update_fields=["let_go_on", "let_go_by", "let_go_why"])
    timeline.record(
        row.case,
        "certification.let_go",
        by=by,
        now=now,
        obj=row,
        text=row.let_go_why,
        norm=row.norm_name,
        firm=row.firm.name,
    )
    return row


# --- Checks of machines --------------------------------------------------------------------------------


@transaction.atomic
def set_plan(
    *, by, project: Project, every_months: int, years: int, version: int, now: dt.datetime
) -> CheckPlan:
    """Say how long and how often the machines of a project are looked at; also after it has ended. Checks that are planned
    and not made get new days. Raises NotAllowed, StaleObject or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=project.case.pk)
    require(by, Action.CHECK_MACHINE, project)
    plan = CheckPlan.objects.select_for_update().filter(project=project).first()
    if version != (plan.version if plan else 0):
        raise StaleObject
    plan = plan or CheckPlan(project=project)
    plan.every_months, plan.years, plan.set_by, plan.set_at = every_months, years, by, now
    plan.version += 1
    plan.save()
    for machine in Machine.objects.of_project(project).counted().select_related("report"):
        machine.checks.owed().delete()
        _plan_checks(machine, plan, since=machine.report.accepted_at, after=dates.day_of(now))
    timeline.record(
        case, "project.checks_planned", by=by, now=now, obj=project, every=every_months, years=years
    )
    return plan


def plan_new_machines(report, *, by, now: dt.datetime, data: dict) -> None:
    """Machines of a report that is accepted are checked as the project's others are, the first of them as the call says
    (an effect of the acceptance)."""
    machines = list(report.machines.all())
    plan = _plan_of(report.project, by=by, now=now) if machines else None
    if plan:
        for machine in machines:
            _plan_checks(machine, plan, since=now, after=dates.day_of(now))


def _plan_of(project: Project, *, by, now: dt.datetime) -> CheckPlan | None:
    """How often machines of a project are looked at: as an officer said, else as the call does; None where nobody has."""
    plan, call = CheckPlan.objects.filter(project=project).first(), project.call
    if plan or not call.check_every_months or not call.check_years:
        return plan
    return CheckPlan.objects.create(
        project=project, every_months=call.check_every_months, years=call.check_years, set_by=by, set_at=now
    )


def _plan_checks(machine: Machine, plan: CheckPlan, *, since: dt.datetime | None, after: dt.date) -> None:
    """One check every so many months from the acceptance on; days that have gone by are not planned any more."""
    first = dates.day_of(since) if since else after
    months = range(plan.every_months, 12 * plan.years + 1, plan.every_months)
    days = {dates.add_months(first, n) for n in months} - set(machine.checks.values_list("due_on", flat=True))
    MachineCheck.objects.bulk_create(
        MachineCheck(machine=machine, due_on=day) for day in sorted(days) if day >= after
    )


def planned_check(machine: Machine, day: dt.date) -> MachineCheck | None:
    """The planned check for which one on a day counts: the first that is not made, when it is near or overdue."""
    found = machine.checks.owed().order_by("due_on").first()
    return found if found and found.due_on and found.due_on - EARLY <= day else None


@transaction.atomic
def record_check(
    *,
    by,
    machine: Machine,
    done_on: dt.date,
    found: str,
    condition: str,
    note: str,
    photos: Iterable[Any] = (),
    now: dt.datetime,
) -> MachineCheck:
    """Write down what was found at a machine. It is written once. Raises NotAllowed or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=machine.case.pk)
    machine = Machine.objects.select_for_update(of=("self",)).with_case().get(pk=machine.pk)
    require(by, Action.CHECK_MACHINE, machine)
    if machine.report.status != "accepted":
        raise TransitionRefused(_("Its report is not accepted yet."))
    planned = planned_check(machine, done_on)
    if machine.checks.filter(done_on=done_on, done_by=by).exists():
        raise TransitionRefused(_("You wrote down a check of this day already."))
    check = planned or MachineCheck(machine=machine)
    check.done_on, check.done_by = done_on, by
    check.found, check.condition, check.note = found, condition, note.strip()
    check.save()
    _add_photos(CheckPhoto, {"check_of": check}, machine.report, photos, by=by, now=now)
    timeline.record(
        case,
        "machine.checked",
        by=by,
        now=now,
        obj=machine,
        text=check.note,
        machine=machine.name,
        found=found,
        condition=condition,
        on=done_on,
    )
    return check
