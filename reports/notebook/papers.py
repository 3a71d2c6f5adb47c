"""The photographs of a notebook: for its group, and for whoever reads the report that took one in."""

from accounts.permissions import Action
from core.models import Document
from grants.models import Project
from reports.models import ReportEvidence

PHOTO = "notebook_photo"


def may_read(user, document: Document) -> bool:
    """`owner_id` is the project's."""
    project = Project.objects.with_case().filter(pk=document.owner_id).first()
    if project is None:
        return False
    if user.can(Action.VIEW_NOTEBOOK, project):
        return True
    piece = ReportEvidence.objects.filter(document=document).select_related("report").first()
    return piece is not None and user.can(Action.VIEW_REPORT, piece.report)
