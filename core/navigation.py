"""The main navigation: apps register their entries in AppConfig.ready(); base.html shows those of the person.

Entries link by URL name only, so that core needs to know no app.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One link of the main navigation."""

    label: str | Promise
    url_name: str
    shown: Callable[[Any], bool]
    order: int


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it; `current` is the value of aria-current, or ""."""

    label: str | Promise
    url: str
    current: str


def everybody(_user: Any) -> bool:
    """Shown to visitors and to people who are signed in."""
    return True


_entries: dict[str, Entry] = {}


def register(
    label: str | Promise, url_name: str, *, shown: Callable[[Any], bool] = everybody, order: int = 100
) -> None:
    """Add an entry. `shown(user)` must cost no query beyond the roles that every page reads.

    The same URL name again replaces the entry.
    """
    _entries[url_name] = Entry(label, url_name, shown, order)


def entries() -> list[Entry]:
    """All entries, in their order."""
    return sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name))


def links_for(request: HttpRequest) -> list[Link]:
    """What this person sees, with the current page marked."""
    links = []
    for entry in entries():
        if not entry.shown(request.user):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        links.append(Link(entry.label, url, _current(request.path, url)))
    return links


def _current(path: str, url: str) -> str:
    """ "page" on the page itself, "true" on a page below it (nothing is below the home page)."""
    if path == url:
        return "page"
    return "true" if url != "/" and path.startswith(url) else ""


register(_("Home"), "home", order=0)
