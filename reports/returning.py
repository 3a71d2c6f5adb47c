"""A return for changes, part by part (PROGRAMME 5): what an officer may point at in a report, and what a return leaves open.

A part is named by a text: `summary`, `activity12`, `outcome7`, `file31` (by the id of its document), `documents`,
`outcomes`. A note on the whole alone opens the whole report; notes on parts open these and no other, and any activity
that is not answered as the rules ask.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Outcome, ProgressReport, ReportReturn

LONGEST = 1000
SUMMARY, DOCUMENTS, OUTCOMES = "summary", "documents", "outcomes"
NAME = re.compile(r"(summary|documents|outcomes|(activity|file|outcome)\d{1,18})")

LABELS: Mapping[str, Promise] = {
    SUMMARY: gettext_lazy("How the period went"),
    DOCUMENTS: gettext_lazy("Files of the report as a whole"),
    OUTCOMES: gettext_lazy("What came of it, as a whole"),
}


@dataclass(frozen=True)
class Place:
    """A part that a note may point at; `under` is the activity whose file it is."""

    name: str
    label: str | Promise
    under: str = ""


def places_of(report: ProgressReport) -> list[Place]:
    """What a note on a submitted report may point at, in the order of its pages: from its frozen form."""
    frozen = report.snapshot or {}
    found = [Place(SUMMARY, LABELS[SUMMARY])]
    for row in frozen.get("activities", []):
        if row["asked"]:
            found.append(Place(f"activity{row['id']}", row["name"]))
            found += [Place(f"file{piece['id']}", piece["name"], row["name"]) for piece in row["evidence"]]
    for outcome in frozen.get("outcomes", []):
        if "id" in outcome:
            found.append(Place(f"outcome{outcome['id']}", _outcome(outcome)))
    found.append(Place(OUTCOMES, LABELS[OUTCOMES]))
    found += [Place(f"file{piece['id']}", piece["name"]) for piece in frozen.get("evidence", [])]
    found.append(Place(DOCUMENTS, LABELS[DOCUMENTS]))
    return found


def _outcome(row: Mapping[str, Any]) -> str:
    kind = row.get("kind", "")
    label = Outcome.Kind(kind).label if kind in Outcome.Kind.values else kind
    return f"{label}: {row.get('text') or row.get('figure', '')}"


def cleaned(notes: object, places: list[Place]) -> dict[str, str]:
    """Notes by part without those that say nothing, and without what is no part of the report."""
    known = {place.name for place in places}
    if not isinstance(notes, dict):
        return {}
    return {
        name: str(text).strip()[:LONGEST]
        for name, text in notes.items()
        if name in known and NAME.fullmatch(name) and str(text).strip()
    }


@dataclass(frozen=True)
class Note:
    """What was said of a part: what it is called, the words, and the page where it is changed ("" when that is gone)."""

    label: str | Promise
    text: str
    url: str = ""


def last_return(report: ProgressReport) -> ReportReturn | None:
    """The return that the group answers now."""
    return report.returns.first() if report.status == ProgressReport.Status.RETURNED else None


@dataclass(frozen=True)
class Opened:
    """What of a report may be changed now, and what was said of it."""

    returned: ReportReturn | None

    @classmethod
    def of(cls, report: ProgressReport) -> "Opened":
        """One query for a report that was returned; none for any other."""
        return cls(last_return(report))

    @property
    def notes(self) -> dict[str, str]:
        return dict(self.returned.notes) if self.returned else {}

    @property
    def everything(self) -> bool:
        """It was never returned, or as a whole."""
        return not self.notes

    def is_open(self, name: str) -> bool:
        """Whether a part may be changed; a new outcome, or whatever else came of it, opens with any outcome."""
        if self.everything or name in self.notes:
            return True
        return name == OUTCOMES and any(each.startswith("outcome") for each in self.notes)

    def card_is_open(self, part: str) -> bool:
        """Whether what a card shows may be changed: an outcome, or an entry of a ledger. One that was added since the return
        may be taken out again."""
        if self.is_open(part) or OUTCOMES in self.notes:
            return True
        frozen = self.returned.snapshot.get("outcomes", []) if self.returned else []
        return part != OUTCOMES and part not in {f"outcome{row['id']}" for row in frozen if "id" in row}

    def activity_is_open(self, row: Any) -> bool:
        """`row` is a reports.content.Progress. What breaks a rule opens too: the group could never answer."""
        if self.is_open(f"activity{row.activity.pk}"):
            return True
        asked = row.is_asked or row.is_begun
        return asked and (not row.is_answered or row.lacks_reason or row.lacks_month)

    def files_are_open(self, activity_pk: int | None) -> bool:
        """Whether files may be added to an activity, or (None) to the report as a whole."""
        whole = DOCUMENTS if activity_pk is None else f"activity{activity_pk}"
        return self.is_open(whole) or bool(self.notes.keys() & self._files_of(activity_pk))

    def piece_is_open(self, piece: Any) -> bool:
        """Whether a file may be taken out: it was named, or what it belongs to; it was added since the return; or the virus
        scanner refused it."""
        whole = DOCUMENTS if piece.activity_id is None else f"activity{piece.activity_id}"
        name, infected = f"file{piece.document_id}", piece.document.scan == "infected"
        is_new = name not in self._files_of(piece.activity_id)
        return self.is_open(whole) or self.is_open(name) or is_new or infected

    def _files_of(self, activity_pk: int | None) -> set[str]:
        """The names of the files that an activity had when the report was returned."""
        frozen = self.returned.snapshot if self.returned else {}
        if activity_pk is None:
            pieces = frozen.get("evidence", [])
        else:
            rows = [row for row in frozen.get("activities", []) if row["id"] == activity_pk]
            pieces = rows[0]["evidence"] if rows else []
        return {f"file{piece['id']}" for piece in pieces}

    def told(self, report: ProgressReport) -> list[Note]:
        """Every note on a part, in the order of the report, with the page where the part is changed."""
        if not self.returned or not self.notes:
            return []
        frozen = ProgressReport(pk=report.pk, snapshot=self.returned.snapshot)
        found, activity = [], ""
        for place in places_of(frozen):
            if place.name.startswith("activity"):
                activity = place.name.removeprefix("activity")
            if place.name in self.notes:
                label = f"{place.under}: {place.label}" if place.under else place.label
                under = activity if place.under else ""
                found.append(Note(label, self.notes[place.name], _page(report, place.name, under)))
        return found

    def said_of(self, *names: str) -> list[str]:
        """The notes on these parts."""
        return [self.notes[name] for name in names if name in self.notes]

    def said_of_files(self, activity_pk: int | None) -> dict[str, str]:
        """The notes on the files of an activity, by the name of the part."""
        names = self._files_of(activity_pk)
        return {name: text for name, text in self.notes.items() if name in names}


def _page(report: ProgressReport, name: str, activity: str) -> str:
    """Where a part is changed."""
    if name.startswith("activity") or activity:
        return reverse("report_activity", args=[report.pk, activity or name.removeprefix("activity")])
    if name.startswith("outcome") and name != OUTCOMES:
        return reverse("report_outcome_edit", args=[report.pk, name.removeprefix("outcome")])
    return reverse("report_edit", args=[report.pk])


def why_closed(opened: Opened, is_open: bool) -> str:
    """The sentence for a part that was not returned; "" for one that may be changed."""
    if is_open or opened.everything:
        return ""
    return _("This part was not returned: only what the officer named can be changed.")
