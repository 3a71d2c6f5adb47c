"""The papers of amendments: who may read them (whoever may read the amendment itself)."""

from core.models import Document
from grants.models import Amendment

PAPER = "amendment_paper"


def may_read(user, document: Document) -> bool:
    """`owner_id` is the amendment's."""
    return Amendment.objects.visible_to(user).filter(pk=document.owner_id).exists()
