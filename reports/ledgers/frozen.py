"""The ledgers inside a report's frozen form: written when it is submitted, and ready to be shown on paper and on the
page, from the frozen form alone."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.models import Document
from reports.ledgers.models import Certification, Training


def file_of(document: Document | None) -> dict[str, Any] | None:
    """A file by its id, its name and its digest."""
    return {"id": document.pk, "name": document.filename, "sha256": document.sha256} if document else None


def frozen(report) -> dict[str, list[dict[str, Any]]]:
    """All entries of a report as data, in no language. Ten queries at most, however many there are."""
    return {
        "trainings": [_training(row) for row in _with_firms(report.trainings)],
        "certifications": [
            _certificate(row) for row in report.certifications.select_related("document", "firm")
        ],
        "machines": [
            _machine(row)
            for row in report.machines.select_related("line").prefetch_related(
                "shares__firm", "photos__document", "invoices__expense"
            )
        ],
    }


def _with_firms(rows) -> Any:
    return rows.select_related("document", "activity").prefetch_related("firms")


def _training(row) -> dict[str, Any]:
    return {
        "id": row.pk,
        "course": row.course,
        "activity": row.activity.name if row.activity else "",
        "on": f"{row.on:%Y-%m-%d}",
        "hours": str(row.hours),
        **{name: getattr(row, name) for name in row.GENDERS},
        "firms": [str(firm) for firm in row.firms.all()],
        "text": row.text,
        "document": file_of(row.document),
    }


def _certificate(row) -> dict[str, Any]:
    return {
        "id": row.pk,
        "firm": str(row.firm),
        "cuit": row.firm.cuit,
        "norm": row.norm,
        "norm_other": row.norm_other,
        "scope": row.scope,
        "certifier": row.certifier,
        "number": row.number,
        "issued_on": f"{row.issued_on:%Y-%m-%d}",
        "expires_on": f"{row.expires_on:%Y-%m-%d}" if row.expires_on else None,
        "document": file_of(row.document),
    }


def _machine(row) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "serial_number": row.serial_number,
        "on": f"{row.on:%Y-%m-%d}",
        "cost": str(row.cost),
        "line": row.line.description if row.line else "",
        "custodian": row.custodian,
        "site": row.site,
        "insurer": row.insurer,
        "policy": row.policy,
        "insured_until": f"{row.insured_until:%Y-%m-%d}" if row.insured_until else None,
        "shares": [{"firm": str(share.firm), "percent": str(share.percent)} for share in row.shares.all()],
        "photos": [file_of(photo.document) for photo in row.photos.all()],
        "invoices": [_invoice(link.expense) for link in row.invoices.all()],
    }


def _invoice(expense) -> dict[str, Any]:
    return {
        "id": expense.pk,
        "supplier": expense.supplier_name or expense.description,
        "number": expense.formatted_number,
        "total": str(expense.total),
    }


# --- Shown ---------------------------------------------------------------------------------------------


def shown(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The ledgers of a frozen form, with days as days and norms in words; empty in one from before there were any."""
    ledgers = snapshot.get("ledgers") or {}
    trainings = [
        {**row, "on": _day(row["on"]), "hours": Decimal(row["hours"]), "people": _people(row)}
        for row in ledgers.get("trainings", ())
    ]
    return {
        "trainings": trainings,
        "people": sum(row["people"] for row in trainings),
        "certifications": [
            {
                **row,
                "norm": row["norm_other"] or str(Certification.Norm(row["norm"]).label),
                "issued_on": _day(row["issued_on"]),
                "expires_on": _day(row["expires_on"]),
            }
            for row in ledgers.get("certifications", ())
        ],
        "machines": [
            {
                **row,
                "on": _day(row["on"]),
                "cost": Decimal(row["cost"]),
                "insured_until": _day(row["insured_until"]),
                "shares": [{**share, "percent": Decimal(share["percent"])} for share in row["shares"]],
                # Reports of before did not say.
                "invoices": [{**each, "total": Decimal(each["total"])} for each in row.get("invoices", ())],
            }
            for row in ledgers.get("machines", ())
        ],
    }


def files_in(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """Every file of the ledgers, with what it shows."""
    ledgers = snapshot.get("ledgers") or {}
    rows = [(row["course"], row["document"]) for row in ledgers.get("trainings", ())]
    rows += [
        (
            _("Certificate %(number)s of %(firm)s") % {"number": row["number"], "firm": row["firm"]},
            row["document"],
        )
        for row in ledgers.get("certifications", ())
    ]
    rows += [(row["name"], photo) for row in ledgers.get("machines", ()) for photo in row["photos"]]
    return [{"about": about, **file} for about, file in rows if file]


def _people(row: dict[str, Any]) -> int:
    return sum(row[name] for name in Training.GENDERS)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
