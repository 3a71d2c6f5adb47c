"""A notebook as pages show it."""

from typing import Any

from django.urls import reverse

from reports.models import NotebookEntry

ON_A_PAGE = 20


def cards(entries: Any, *, by, may_write: bool) -> list[dict[str, Any]]:
    """Each entry with what this person may do with it."""
    return [
        {
            "entry": entry,
            "used": entry.is_used,
            "edit_url": reverse("notebook_edit", args=[entry.project_id, entry.pk])
            if may_write and entry.author_id == by.pk and not entry.is_used
            else "",
        }
        for entry in entries
    ]


def by_activity(entries: Any) -> dict[int | None, list[NotebookEntry]]:
    """Entries by the id of their activity; None of the project as a whole."""
    found: dict[int | None, list[NotebookEntry]] = {}
    for entry in entries:
        found.setdefault(entry.activity_id, []).append(entry)
    return found
