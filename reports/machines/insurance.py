"""The insurance of a machine: written down anew when it is renewed, owed before it ends (PROGRAMME 7, 10)."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import charge
from accounts.access import require
from accounts.permissions import Action
from core import timeline
from core.duties import Duty, Reading
from core.models import Case
from core.workflow import TransitionRefused
from grants.duties import with_reporter, worded
from grants.models import Project
from reports.actions import store_file
from reports.duties import in_charge
from reports.ledgers.models import Machine, MachineCheck
from reports.machines.models import MachineInsurance

LOOKS_AHEAD = 60


def why_not_until(machine: Any, insured_until: dt.date, today: dt.date) -> str:
    """Why a machine (`with_insurance`) cannot be insured until a day; "" when it can."""
    if insured_until < today:
        return _("This day is over already.")
    if machine.insured_to and insured_until <= machine.insured_to:
        return _("It is insured until a later day already.")
    return ""


@transaction.atomic
def insure(
    *,
    by,
    machine: Machine,
    insurer: str,
    policy: str,
    insured_until: dt.date,
    upload: Any,
    now: dt.datetime,
    today: dt.date,
) -> MachineInsurance:
    """Write down that a machine is insured, with its policy. Raises NotAllowed or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=machine.case.pk)
    machine = Machine.objects.with_case().with_insurance().get(pk=machine.pk)
    require(by, Action.KEEP_MACHINE, machine)
    if machine.report.status != "accepted":
        raise TransitionRefused(_("Its report is not accepted yet: change it there."))
    if sentence := why_not_until(machine, insured_until, today):
        raise TransitionRefused(sentence)
    row = MachineInsurance.objects.create(
        machine=machine,
        insurer=insurer,
        policy=policy,
        insured_until=insured_until,
        document=store_file(machine.report, upload, by=by, now=now) if upload else None,
        recorded_by=by,
        recorded_at=now,
    )
    timeline.record(
        case, "machine.insured", by=by, now=now, obj=machine, machine=machine.name, until=insured_until
    )
    return row


# --- Owed ------------------------------------------------------------------------------------------------


def insurances_to_renew(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Insurances before they end, while the project goes on or the machine is still looked at: of whoever reports for the
    project, and of its officer, who sees to it."""
    checks = MachineCheck.objects.owed().filter(machine=OuterRef("pk"))
    rows: Any = Machine.objects.counted().with_insurance()
    rows = rows.filter(insured_to__isnull=False)
    rows = rows.filter(Q(report__project__status__in=Project.OPEN) | Exists(checks))
    if due_from:
        rows = rows.filter(insured_to__gte=due_from)
    rows = rows.filter(insured_to__lte=due_to or today + dt.timedelta(days=LOOKS_AHEAD))
    officers = charge.officers(today, user)
    rows = with_reporter(rows, "report__project", today)
    rows = officers.bounded(rows, None, *in_charge("report__project"))
    if user is not None:
        rows = rows.filter(Q(reporter_id=user.pk) | officers.falls_to(user))
    found = rows.select_related("report__project__application")
    return Reading(found, partial(_insurances_to_renew, officers=officers, user=user))


def _insurances_to_renew(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    for machine in rows:
        owe = partial(
            Duty,
            key=f"machine_insurance.{machine.pk}",
            case_id=machine.report.project.application.case_id,
            due_on=machine.insured_to,
            url=reverse("machine_insure", args=[machine.pk]),
        )
        if machine.reporter_id:
            yield owe(user_id=machine.reporter_id, title=partial(worded, TO_RENEW, name=machine.name))
        say = partial(worded, TO_SEE_TO, name=machine.name)
        for officer, covered in officers.whose(machine.in_charge_id, user):
            yield owe(user_id=officer, title=say, covered_id=covered)


TO_RENEW = gettext_lazy("Renew the insurance of the machine “%(name)s”")
TO_SEE_TO = gettext_lazy("The insurance of the machine “%(name)s” ends: see that it is renewed")

SOURCES = {"reports.machine_insurances": insurances_to_renew}
# The headings of the inbox.
KINDS = {"machine_insurance": gettext_lazy("Insurances of machines that end")}
