"""What is owed about the ledgers (PROGRAMME 7): a certificate to renew, a plan of checks to make, a machine to look at.

Each source is one bounded query, and one for who the officers are. A machine is looked at for years: also when its
project has ended, since the State's money stands in it.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import OFFICER_FROM, Duty, Reading
from grants.duties import IN_CHARGE, between_days_after, with_reporter, worded
from grants.models import Project
from reports.duties import in_charge
from reports.models import Certification, Machine, MachineCheck

# How long an officer has to say how often machines are looked at; no call says it.
DAYS_TO_PLAN = 15
# A list of what is to do shows certificates and checks of the next months only.
LOOKS_AHEAD = 60


def certificates_to_renew(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Certificates before they expire: of whoever reports for the project; its officer hears when it is long over."""
    rows: Any = Certification.objects.expiring().with_expiry()
    if due_from:
        rows = rows.filter(valid_until__gte=due_from)
    rows = rows.filter(valid_until__lte=due_to or today + dt.timedelta(days=LOOKS_AHEAD))
    officers = charge.officers(today, user)
    rows = with_reporter(rows, "report__project", today)
    rows = officers.bounded(rows, None, *in_charge("report__project"))
    if user is not None:
        long_over = Q(valid_until__lte=today - dt.timedelta(days=OFFICER_FROM))
        rows = rows.filter(Q(reporter_id=user.pk) | (officers.falls_to(user) & long_over))
    found = rows.select_related("report__project__application", "firm")
    return Reading(found, partial(_certificates_to_renew, officers=officers, user=user))


def _certificates_to_renew(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for row in rows:
        owe = partial(
            Duty,
            key=f"certificate.{row.pk}",
            case_id=row.report.project.application.case_id,
            due_on=row.valid_until,
            url=reverse("certificate_detail", args=[row.pk]),
        )
        if row.reporter_id:
            yield owe(user_id=row.reporter_id, title=partial(_title, TO_RENEW, row))
        for officer, covered in officers.whose(row.in_charge_id, user):
            say = partial(_title, EXPIRED, row)
            yield owe(user_id=officer, title=say, officer=True, covered_id=covered)


def checks_to_plan(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Projects with machines of which nobody said how often they are looked at: of the officer."""
    rows = Project.objects.filter(
        check_plan=None,
        pk__in=Machine.objects.counted().values("report__project_id"),
    ).annotate(
        since=Min(
            "reports__accepted_at", filter=Q(reports__machines__isnull=False, reports__status="accepted")
        )
    )
    rows = between_days_after(rows, "since", DAYS_TO_PLAN, due_from, due_to)
    officers = charge.officers(today, user)
    found = officers.bounded(rows, user, *IN_CHARGE).select_related("application")
    return Reading(found, partial(_checks_to_plan, officers=officers, user=user))


def _checks_to_plan(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_PLAN)
    for project in rows:
        for officer, covered in officers.whose(project.in_charge_id, user):
            yield Duty(
                key=f"check_plan.{project.pk}",
                user_id=officer,
                case_id=project.application.case_id,
                title=TO_PLAN,
                due_on=dates.day_of(project.since) + after,
                url=reverse("check_plan", args=[project.pk]),
                since=dates.day_of(project.since),
                covered_id=covered,
            )


def machines_to_check(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Planned checks of machines: of the project's officer, whatever became of the project."""
    rows = MachineCheck.objects.owed()
    if due_from:
        rows = rows.filter(due_on__gte=due_from)
    rows = rows.filter(due_on__lte=due_to or today + dt.timedelta(days=LOOKS_AHEAD))
    officers = charge.officers(today, user)
    rows = officers.bounded(rows, user, *in_charge("machine__report__project"))
    found = rows.select_related("machine__report__project__application").order_by("due_on", "pk")
    return Reading(found, partial(_machines_to_check, officers=officers, user=user))


def _machines_to_check(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for check in rows:
        for officer, covered in officers.whose(check.in_charge_id, user):
            yield Duty(
                key=f"machine_check.{check.pk}",
                user_id=officer,
                case_id=check.machine.report.project.application.case_id,
                title=partial(worded, TO_LOOK, name=check.machine.name),
                due_on=check.due_on,  # type: ignore[arg-type]
                url=reverse("machine_detail", args=[check.machine_id]),
                covered_id=covered,
            )


def _title(words: Promise, row: Certification) -> str:
    # The name of a norm may be words too.
    return worded(words, norm=row.norm_name, firm=row.firm.name)


TO_RENEW = gettext_lazy("Renew the certificate %(norm)s of %(firm)s")
EXPIRED = gettext_lazy("The certificate %(norm)s of %(firm)s expired")
TO_PLAN = gettext_lazy("Say how often the machines of the project are checked")
TO_LOOK = gettext_lazy("Look at the machine “%(name)s”")

SOURCES = {
    "reports.certificates": certificates_to_renew,
    "reports.check_plans": checks_to_plan,
    "reports.machine_checks": machines_to_check,
}

# The headings of the inbox.
KINDS = {
    "certificate": gettext_lazy("Certificates to renew"),
    "certificate:late": gettext_lazy("Certificates that expired"),
    "check_plan": gettext_lazy("Checks of machines to plan"),
    "machine_check": gettext_lazy("Machines to look at"),
}
