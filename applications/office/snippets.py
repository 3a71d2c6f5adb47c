"""Pieces of text that somebody of the office writes again and again: their own, and those that colleagues share."""

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import Snippet


def of(user: User) -> QuerySet[Snippet]:
    """What a person can use: their own and the shared ones, by name."""
    return (
        Snippet.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner").order_by("name", "pk")
    )


@transaction.atomic
def keep(*, by: User, snippet: Snippet) -> Snippet:
    """Keep a new text, or a changed one of their own. Raises NotAllowed."""
    require(by, Action.NOTE_CASE)
    snippet.owner = by
    snippet.save()
    return snippet


@transaction.atomic
def take_out(*, by: User, snippet: Snippet) -> None:
    """Take a text out. Raises NotAllowed."""
    require(by, Action.NOTE_CASE)
    Snippet.objects.filter(owner=by, pk=snippet.pk).delete()
