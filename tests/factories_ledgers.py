"""What came of a project, for tests: entries of a report that is being written, and a firm that is asked for its part."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core import documents
from core.dates import at_noon
from core.models import Message
from grants.models import Project
from groups.models import Firm
from reports.models import (
    Certification,
    FirmPart,
    Machine,
    MachinePhoto,
    MachineShare,
    ProgressReport,
    Training,
)
from reports.parts import actions as parts
from tests.factories_reports import report_at

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
DAY = dt.timedelta(days=1)


def photo(name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def keep(report: ProgressReport, name: str = "photo.png") -> Any:
    """A file of the report."""
    now = at_noon(report.period_to)
    return documents.store(
        case=report.case, kind="report_evidence", owner_id=report.pk, upload=photo(name), by=None, now=now
    )


def firms_in(report: ProgressReport) -> list[Firm]:
    return [place.firm for place in report.group.memberships.select_related("firm").order_by("pk")]


def make_training(report: ProgressReport, **fields: Any) -> Training:
    """Eight women, four men, three who did not say."""
    fields = {
        "course": "Drying of wood", "on": report.period_from + 9 * DAY, "hours": Decimal(12), "women": 8, "men": 4,
        "not_said": 3, "text": "Attendance list", **fields,
    }  # fmt: skip
    return Training.objects.create(report=report, **fields)


def make_certification(report: ProgressReport, **fields: Any) -> Certification:
    """ISO 9001 of the first firm, issued in the period, for a year."""
    issued = report.period_from + 9 * DAY
    fields = {
        "firm": firms_in(report)[0], "norm": "iso_9001", "scope": "Chairs and tables", "certifier": "IRAM",
        "number": "RI-9000-1", "issued_on": issued, "expires_on": issued + 365 * DAY, **fields,
    }  # fmt: skip
    return Certification.objects.create(report=report, **fields)


def make_machine(report: ProgressReport, shares: tuple = (60, 40), **fields: Any) -> Machine:
    """A kiln of the first two firms, with a photograph."""
    fields = {
        "name": "Drying kiln", "serial_number": "K-77", "on": report.period_from + 9 * DAY,
        "cost": Decimal("1500000.00"), "custodian": "Muebles Norte, Ana Sosa", "site": "Ruta 9, km 12", **fields,
    }  # fmt: skip
    machine = Machine.objects.create(report=report, **fields)
    for firm, share in zip(firms_in(report), shares, strict=False):
        MachineShare.objects.create(machine=machine, firm=firm, percent=Decimal(share))
    MachinePhoto.objects.create(machine=machine, document=keep(report))
    return machine


def with_ledgers(report: ProgressReport) -> dict[str, Any]:
    """An entry of each kind."""
    return {
        "training": make_training(report),
        "certification": make_certification(report),
        "joint_machine": make_machine(report),
    }


def accepted_with(
    *make: Any, project: Project | None = None, number: int = 1, **kwargs: Any
) -> ProgressReport:
    """An accepted report with these entries: functions that are given the report while it is written."""
    report = report_at("draft", project, number=number, **kwargs)
    for each in make:
        each(report)
    return report_at("accepted", report.project, number=number, **kwargs)


def make_part(
    report: ProgressReport,
    *,
    by: Any = None,
    firm: Firm | None = None,
    now: dt.datetime | None = None,
    **asked: Any,
) -> tuple[FirmPart, str]:
    """A firm that is asked for its part, and the secret of its link."""
    now = now or at_noon(report.period_to + DAY)
    firm = firm or firms_in(report)[0]
    if not firm.contact_email:
        firm.contact_email = f"own{firm.pk}@firm.example"
        firm.save()
    asked = {
        "asks": list(FirmPart.Asks.values), "activities": [], "message": "Please write.",
        "answer_by": now.date() + 10 * DAY, **asked,
    }  # fmt: skip
    found, _refused = parts.ask(
        by=by or report.group.representative, report=report, firms=[firm], now=now, **asked
    )
    return found[0], token_of(found[0])


def token_of(part: FirmPart) -> str:
    """The secret in the newest letter about a part."""
    letter = Message.objects.filter(key=f"firm_part_ask.{part.links.first().pk}").get()
    return letter.context["url"].rstrip("/").rpartition("/")[2]
