"""The photographs of visits: who may read them (whoever may read the visit itself)."""

from core.models import Document
from grants.models import Visit

PHOTO = "visit_photo"


def may_read(user, document: Document) -> bool:
    """`owner_id` is the visit's."""
    return Visit.objects.visible_to(user).filter(pk=document.owner_id).exists()
