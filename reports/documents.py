"""The files of a report: who may read them (whoever may read the report itself), and which the virus scanner has not
passed."""

from accounts.permissions import Action
from core.models import Document
from core.scanning import NOT_PASSED
from reports.models import ProgressReport


def can_read(user, document: Document) -> bool:
    """For evidence and for the report's own PDF; `owner_id` is the report's."""
    report = ProgressReport.objects.with_case().filter(pk=document.owner_id).first()
    return report is not None and user.can(Action.VIEW_REPORT, report)


def not_passed(report: ProgressReport) -> list[Document]:
    """The evidence of a report, of its activities, outcomes and ledgers, that the virus scanner has not passed. What was
    taken out stays with the case, and is none of it."""
    shown = report.evidence.values("document").union(
        report.outcomes.filter(document__isnull=False).values("document"),
        report.trainings.filter(document__isnull=False).values("document"),
        report.certifications.filter(document__isnull=False).values("document"),
        report.machines.filter(photos__isnull=False).values("photos__document"),
    )
    return list(Document.objects.filter(pk__in=shown, scan__in=NOT_PASSED).order_by("pk"))
