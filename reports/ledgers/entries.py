"""The ledgers of a report as its pages show them: one row here for each kind of entry, and their cards."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.money import format_money
from core.templatetags.lsp import day, percent
from reports.ledgers.forms import CertificationForm, EntryForm, MachineForm, TrainingForm
from reports.ledgers.models import Certification, Entry, Machine, Training
from reports.ledgers.units import counted
from reports.machines.forms import in_one_line
from reports.models import ProgressReport
from reports.returning import OUTCOMES
from reports.wording import figure


@dataclass(frozen=True)
class Kind:
    """A kind of entry: its name in an address, its model and form, and how its pages are headed."""

    name: str
    model: type[Entry]
    form: type[EntryForm]
    add: Promise
    change: Promise

    def of(self, report: ProgressReport) -> QuerySet:
        """Those of a report."""
        return getattr(report, f"{self.model._meta.model_name}s").all()


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "people",
            Training,
            TrainingForm,
            gettext_lazy("Add people trained"),
            gettext_lazy("Change people trained"),
        ),
        Kind(
            "certificate",
            Certification,
            CertificationForm,
            gettext_lazy("Add a certificate"),
            gettext_lazy("Change a certificate"),
        ),
        Kind(
            "machine",
            Machine,
            MachineForm,
            gettext_lazy("Add a machine in joint use"),
            gettext_lazy("Change a machine in joint use"),
        ),
    )
}


def cards(report: ProgressReport) -> list[dict[str, Any]]:
    """All that came of the period, as it is being written: a card each, with the way to change it and the part of the
    report that it is (reports.returning). A constant number of queries."""
    found = [
        _outcome(report, row) for row in report.outcomes.select_related("document").prefetch_related("firms")
    ]
    trainings = report.trainings.select_related("document", "activity").prefetch_related("firms")
    found += [_card(report, "people", row, row.course, training_rows(row)) for row in trainings]
    certificates = report.certifications.select_related("document", "firm")
    found += [
        _card(report, "certificate", row, f"{row.norm_name}, {row.firm}", certificate_rows(row))
        for row in certificates
    ]
    machines = report.machines.select_related("line").prefetch_related(
        "shares__firm", "photos__document", "invoices__expense"
    )
    found += [_card(report, "machine", row, row.name, machine_rows(row)) for row in machines]
    return found


def _card(report, kind: str, entry: Entry, title: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    url = reverse("report_entry_edit", args=[report.pk, kind, entry.pk])
    return {"title": title, "url": url, "rows": rows, "part": OUTCOMES}


def _outcome(report: ProgressReport, outcome) -> dict[str, Any]:
    return {
        "title": outcome.get_kind_display(),
        "part": f"outcome{outcome.pk}",
        "url": reverse("report_outcome_edit", args=[report.pk, outcome.pk]),
        "rows": [
            _row(_("How many"), counted(outcome.kind, outcome.figure)),
            _row(_("On which day"), day(outcome.on)),
            _row(_("Of which firms"), named(outcome.firms.all()) or _("Of the whole group")),
            _row(_("What shows it"), _shown_by(outcome.text, outcome.document)),
        ],
    }


def _row(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def named(firms: Iterable[Any]) -> str:
    """Their names in one line."""
    return ", ".join(str(firm) for firm in firms)


def _shown_by(text: str, document: Any) -> str:
    return "\n".join(filter(None, [text, document.filename if document else ""]))


def by_gender(counts: dict[str, int]) -> str:
    """`8 women, 4 men, 2 not said`: who is not there is not mentioned."""
    words = [
        ngettext("%(n)d woman", "%(n)d women", counts["women"]) % {"n": counts["women"]},
        ngettext("%(n)d man", "%(n)d men", counts["men"]) % {"n": counts["men"]},
        _("%(n)d of another gender") % {"n": counts["other"]},
        _("%(n)d whose gender was not said") % {"n": counts["not_said"]},
    ]
    return ", ".join(word for name, word in zip(Training.GENDERS, words, strict=True) if counts[name])


def training_rows(row: Training) -> list[dict[str, str]]:
    """What a card says of a course."""
    counts = {name: getattr(row, name) for name in row.GENDERS}
    return [
        _row(_("People trained"), f"{row.people}: {by_gender(counts)}"),
        _row(_("On which day it ended"), day(row.on)),
        _row(_("Hours"), figure(row.hours)),
        _row(_("Activity of the plan"), row.activity.name if row.activity else ""),
        _row(_("Of which firms"), named(row.firms.all()) or _("Of the whole group")),
        _row(_("What shows it"), _shown_by(row.text, row.document)),
    ]


def certificate_rows(row: Certification) -> list[dict[str, str]]:
    """What a card says of a certificate."""
    return [
        _row(_("What it covers"), row.scope),
        _row(_("Who certified it"), row.certifier),
        _row(_("Number of the certificate"), row.number),
        _row(_("Issued on"), day(row.issued_on)),
        _row(_("Expires on"), day(row.expires_on) if row.expires_on else _("It has no end")),
        _row(_("The certificate itself"), row.document.filename if row.document else ""),
    ]


def machine_rows(row: Machine) -> list[dict[str, str]]:
    """What a card says of a machine."""
    insured = ""
    if row.insured_until:
        insured = _("%(insurer)s, policy %(policy)s, until %(day)s") % {
            "insurer": row.insurer,
            "policy": row.policy,
            "day": day(row.insured_until),
        }
    return [
        _row(_("Serial number"), row.serial_number),
        _row(_("In use since"), day(row.on)),
        _row(_("What it cost"), format_money(row.cost)),
        _row(_("Budget line"), row.line.description if row.line else ""),
        _row(_("Shares"), shares_of(row)),
        _row(_("Who keeps it"), row.custodian),
        _row(_("Place of the machine"), row.site),
        _row(_("Insurance"), insured or _("Not insured")),
        _row(_("Bought with"), "\n".join(in_one_line(link.expense) for link in row.invoices.all())),
        _row(_("Photographs"), ", ".join(photo.document.filename for photo in row.photos.all())),
    ]


def shares_of(row: Machine) -> str:
    """`Sawmill Norte 60 %, Muebles Sur 40 %`."""
    return ", ".join(f"{share.firm} {percent(share.percent)}" for share in row.shares.all())
