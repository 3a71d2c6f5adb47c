"""The lists that a person comes back to: filters and order under a name, for themselves or for all staff."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.models import SavedFilter
from core.workflow import TransitionRefused

MOST_OF_A_PERSON = 50
LONGEST_NAME = SavedFilter._meta.get_field("name").max_length or 0
LONGEST_QUERY = SavedFilter._meta.get_field("query").max_length or 0
# Where in a list somebody was is not part of what they look for.
PLACE = ("page", "after", "before")


def of(user: Any, page: str) -> QuerySet[SavedFilter]:
    """Those of a list that this person sees: their own, and in the office what others share."""
    theirs = Q(owner=user) | Q(shared=True) if user.in_the_office else Q(owner=user)
    return SavedFilter.objects.filter(theirs, page=page).select_related("owner")


def save(*, by: Any, page: str, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep the filters of an address under a name; one that has the name already is written over. Who is not of the
    office keeps it for themselves.

    Raises TransitionRefused with the sentence.
    """
    words = name.strip()
    if not words or len(words) > LONGEST_NAME:
        raise TransitionRefused(_("Give the list a name of at most 80 letters."))
    kept = QueryDict(query, mutable=True)
    for gone in PLACE:
        kept.pop(gone, None)
    clean = "&".join(part for part in kept.urlencode().split("&") if part and not part.endswith("="))
    if not clean:
        raise TransitionRefused(_("There is no filter to keep: choose one first."))
    if len(clean) > LONGEST_QUERY:
        raise TransitionRefused(_("These are too many filters to keep."))
    mine = SavedFilter.objects.filter(owner=by)
    if mine.count() >= MOST_OF_A_PERSON and not mine.filter(page=page, name=words).exists():
        raise TransitionRefused(
            _("You keep %(most)s lists already: take one out first.") % {"most": MOST_OF_A_PERSON}
        )
    return SavedFilter.objects.update_or_create(
        owner=by, page=page, name=words, defaults={"query": clean, "shared": shared and by.in_the_office}
    )[0]


def take_out(*, by: Any, pk: int) -> SavedFilter:
    """Take out one's own. Raises SavedFilter.DoesNotExist for what is somebody else's."""
    found = SavedFilter.objects.get(owner=by, pk=pk)
    found.delete()
    return found
