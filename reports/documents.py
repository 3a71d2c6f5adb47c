"""Who may read the files of a report: whoever may read the report itself."""

from accounts.permissions import Action
from core.models import Document
from reports.models import ProgressReport


def can_read(user, document: Document) -> bool:
    """For evidence and for the report's own PDF; `owner_id` is the report's."""
    report = ProgressReport.objects.with_case().filter(pk=document.owner_id).first()
    return report is not None and user.can(Action.VIEW_REPORT, report)
