"""The ledgers read as registers: of one project with its totals, and of all projects with filters and as tables."""

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tables import Column
from grants.models import Project
from reports.ledgers.entries import by_gender, shares_of
from reports.ledgers.querysets import SOON, CertificationQuerySet, MachineQuerySet
from reports.ledgers.units import counted
from reports.models import Certification, Machine, MachineCheck, Outcome, Training


def of_project(project: Project, today: dt.date) -> dict[str, Any]:
    """What came of a project, of its accepted reports. A constant number of queries."""
    outcomes = Outcome.objects.filter(report__project=project, report__status="accepted")
    outcomes = outcomes.exclude(kind__in=Outcome.IN_LEDGERS)
    trainings = Training.objects.of_project(project).counted()
    certificates = list(
        Certification.objects.of_project(project).counted().with_expiry().select_related("firm", "report")
    )
    for row in certificates:
        row.badge = certificate_state(row, today)  # type: ignore[attr-defined]
    machines = list(
        Machine.objects.of_project(project).counted().with_checks(today).prefetch_related("shares__firm")
    )
    people = trainings.totals()
    return {
        "sums": _sums(outcomes),
        "outcomes": outcomes.select_related("report", "document")
        .prefetch_related("firms")
        .order_by("on", "pk"),
        "trainings": trainings.select_related("report", "document").prefetch_related("firms"),
        "people": people,
        "by_gender": by_gender(people) if people["people"] else "",
        "certificates": certificates,
        "machines": machines,
    }


def _sums(outcomes: Any) -> list[tuple[str, str]]:
    """Each kind of the catalogue that has any, with its total in its unit; in the catalogue's order."""
    found = dict(outcomes.order_by().values_list("kind").annotate(sum=Sum("figure")))
    return [(str(kind.label), counted(kind, found[kind])) for kind in Outcome.Kind if kind in found]


# --- Certificates --------------------------------------------------------------------------------------


def certificate_state(row: Any, today: dt.date) -> tuple[str, str]:
    """The look of a certificate and its words; `row` has `valid_until`."""
    if row.valid_until is None:
        return "done", _("Valid, without an end")
    if row.valid_until < today:
        return ("ended", _("Expired, not renewed")) if row.let_go_on else ("overdue", _("Expired"))
    if row.valid_until <= today + SOON:
        return ("ended", _("Not to be renewed")) if row.let_go_on else ("due", _("Expires soon"))
    return "done", _("Valid")


def certificates_asked_for(
    found: CertificationQuerySet, asked: dict[str, Any], today: dt.date
) -> CertificationQuerySet:
    """What the filters leave."""
    if asked["q"]:
        found = found.matching(asked["q"])
    if asked["norm"]:
        found = found.filter(norm=asked["norm"])
    if asked["province"]:
        found = found.in_province(asked["province"])
    return found.in_state(asked["state"], today) if asked["state"] else found


CERTIFICATE_COLUMNS = (
    Column(gettext_lazy("Project"), lambda row: row.project.reference or ""),
    Column(gettext_lazy("Group"), lambda row: row.project.group.name),
    Column(gettext_lazy("Firm"), lambda row: row.firm.name),
    Column("CUIT", lambda row: row.firm.formatted_cuit),
    Column(gettext_lazy("Norm"), lambda row: row.norm_name),
    Column(gettext_lazy("What it covers"), lambda row: row.scope),
    Column(gettext_lazy("Who certified it"), lambda row: row.certifier),
    Column(gettext_lazy("Number of the certificate"), lambda row: row.number),
    Column(gettext_lazy("Issued on"), lambda row: row.issued_on),
    Column(gettext_lazy("Valid until"), lambda row: row.valid_until),
    Column(gettext_lazy("Not to be renewed since"), lambda row: row.let_go_on),
)


# --- Machines ------------------------------------------------------------------------------------------


def machines_asked_for(found: MachineQuerySet, asked: dict[str, Any], today: dt.date) -> MachineQuerySet:
    """What the filters leave; `found` is `with_checks`."""
    if asked["q"]:
        found = found.matching(asked["q"])
    if asked["province"]:
        found = found.in_province(asked["province"])
    return found.in_state(asked["state"], today) if asked["state"] else found


def _found(row: Any) -> str:
    return str(MachineCheck.Found(row.last_found).label) if row.last_found else ""


def _condition(row: Any) -> str:
    return str(MachineCheck.Condition(row.last_condition).label) if row.last_condition else ""


MACHINE_COLUMNS = (
    Column(gettext_lazy("Project"), lambda row: row.project.reference or ""),
    Column(gettext_lazy("Group"), lambda row: row.project.group.name),
    Column(gettext_lazy("What it is"), lambda row: row.name),
    Column(gettext_lazy("Serial number"), lambda row: row.serial_number),
    Column(gettext_lazy("What it cost"), lambda row: row.cost),
    Column(gettext_lazy("Shares"), shares_of),
    Column(gettext_lazy("Who keeps it"), lambda row: row.custodian),
    Column(gettext_lazy("Place of the machine"), lambda row: row.site),
    Column(gettext_lazy("Insured until"), lambda row: row.insured_until),
    Column(gettext_lazy("Last check"), lambda row: row.last_check),
    Column(gettext_lazy("Was it there"), _found),
    Column(gettext_lazy("Its state"), _condition),
    Column(gettext_lazy("Next check"), lambda row: row.next_check),
)
