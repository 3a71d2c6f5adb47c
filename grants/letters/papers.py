"""The papers of letters: proofs of notification and what the group attached to its answer. Whoever sees the project reads
them; `owner_id` is the project's."""

from accounts.permissions import Action
from core.models import Document
from grants.models import Project

PROOF, ANSWER = "notice_proof", "hearing_paper"


def may_read(user, document: Document) -> bool:
    """Whoever sees the project."""
    project = Project.objects.with_case().filter(pk=document.owner_id).first()
    return project is not None and user.can(Action.VIEW_PROJECT, project)
