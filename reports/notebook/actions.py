"""Writing into a notebook, and taking its entries into a report."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import require
from accounts.permissions import Action
from core import dates, documents
from core.models import Case
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants.models import BaselineActivity, Project
from reports import actions
from reports.models import NotebookEntry, ProgressReport, ReportEvidence
from reports.notebook.papers import PHOTO
from reports.returning import SUMMARY, Opened

# As many as fit a page of the report; a year of daily notes is fewer.
MOST_ENTRIES = 2000


def why_not_written(project: Project) -> str:
    """Why nothing can be written into the notebook now; "" when something can."""
    if project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    if not project.is_running:
        return _("The notebook is written while the project runs.")
    return ""


@transaction.atomic
def add(
    *,
    by,
    project: Project,
    kind: str,
    activity: BaselineActivity | None,
    text: str = "",
    people: int | None = None,
    photo: Any = None,
    now: dt.datetime,
) -> NotebookEntry:
    """Write an entry of today. Raises NotAllowed or TransitionRefused."""
    case = Case.objects.select_for_update().get(pk=project.case.pk)
    require(by, Action.WRITE_NOTEBOOK, project)
    refusal = why_not_written(Project.objects.get(pk=project.pk))
    if not refusal and project.notebook.count() >= MOST_ENTRIES:
        refusal = _("The notebook is full: it holds %(n)d entries.") % {"n": MOST_ENTRIES}
    if refusal:
        raise TransitionRefused(refusal)
    document = None
    if photo:
        document = documents.store(case=case, kind=PHOTO, owner_id=project.pk, upload=photo, by=by, now=now)
    return NotebookEntry.objects.create(
        project=project,
        activity=activity,
        kind=kind,
        on=dates.day_of(now),
        text=text.strip(),
        people=people,
        document=document,
        author=by,
        created_at=now,
    )


def _held(entry: NotebookEntry, *, by, version: int) -> NotebookEntry:
    """The fresh row, if its author may still change it. The caller is in a transaction."""
    Case.objects.select_for_update().get(pk=entry.project.case.pk)
    fresh = NotebookEntry.objects.select_for_update(of=("self",)).select_related("report").get(pk=entry.pk)
    require(by, Action.WRITE_NOTEBOOK, entry.project)
    if fresh.author_id != by.pk:
        raise NotAllowed(_("Only who wrote an entry changes it."))
    if fresh.is_used:
        raise TransitionRefused(_("A report took this entry in: it stays as it is."))
    if sentence := why_not_written(entry.project):
        raise TransitionRefused(sentence)
    if fresh.version != version:
        raise StaleObject
    return fresh


@transaction.atomic
def edit(
    *,
    by,
    entry: NotebookEntry,
    version: int,
    activity: BaselineActivity | None,
    text: str = "",
    people: int | None = None,
) -> NotebookEntry:
    """Change an entry of one's own, as long as no report took it in."""
    fresh = _held(entry, by=by, version=version)
    fresh.activity, fresh.text = activity, text.strip()
    if fresh.kind == NotebookEntry.Kind.ATTENDANCE:
        fresh.people = people
    fresh.version += 1
    fresh.save()
    return fresh


@transaction.atomic
def remove(*, by, entry: NotebookEntry, version: int) -> None:
    """Take an entry of one's own out, as long as no report took it in. Its file stays with the case."""
    _held(entry, by=by, version=version).delete()


# --- Into a report -----------------------------------------------------------------------------------


def offered(report: ProgressReport):
    """The entries that a report may take in: those of its period, and what earlier ones left. The final report takes what
    there is."""
    rows = report.project.notebook.free().select_related("document", "author")
    rows = rows if report.is_final else rows.until(report.period_to)
    return rows.order_by("on", "id")


def adopt(
    *,
    by,
    report: ProgressReport,
    activity: BaselineActivity | None,
    entries: Iterable[int] | None,
    version: int,
    now: dt.datetime,
) -> list[NotebookEntry]:
    """Take entries (ids; None for all that are offered) of an activity into its answer, or those of the project as a
    whole into the summary: their words are added to what was done, and photographs become evidence.

    They belong to the report from then on. Raises NotAllowed, StaleObject or TransitionRefused.
    """

    def is_open(opened: Opened, _fresh: ProgressReport) -> bool:
        if activity is None:
            return opened.is_open(SUMMARY) and opened.files_are_open(None)
        return opened.is_open(f"activity{activity.pk}")

    with actions.editing(report, by=by, version=version, now=now, part="notebook", is_open=is_open) as fresh:
        rows = offered(fresh).filter(activity=activity).select_for_update(of=("self",))
        found = list(rows if entries is None else rows.filter(pk__in=list(entries)))
        if not found:
            raise TransitionRefused(_("This entry is part of a report already, or is no longer there."))
        if activity is None:
            fresh.summary = _joined(fresh.summary, found)
        else:
            _into_answer(fresh, activity, found)
        _into_evidence(fresh, activity, found)
        for entry in found:
            entry.report = fresh
            entry.version += 1
            entry.save(update_fields=["report", "version"])
    return found


def words_of(entry: NotebookEntry) -> str:
    """An entry as the report says it: `12/03/2026: 14 people came. The course began.`"""
    parts = [entry.text]
    if entry.people:
        parts.insert(
            0, ngettext("%(n)d person came.", "%(n)d people came.", entry.people) % {"n": entry.people}
        )
    said = " ".join(part for part in parts if part)
    return f"{entry.on:%d/%m/%Y}: {said}" if said else ""


def _joined(text: str, entries: list[NotebookEntry]) -> str:
    """A text with the words of entries below it, each on a line."""
    joined = "\n".join(part for part in (text.strip(), *(words_of(entry) for entry in entries)) if part)
    if len(joined) > actions.LONGEST_TEXT:
        raise TransitionRefused(
            _(
                "With these entries the text would have more than 4.000 characters. Take in fewer, or shorten it."
            )
        )
    return joined


def _into_answer(report: ProgressReport, activity: BaselineActivity, entries: list[NotebookEntry]) -> None:
    row = actions.answer_of(report, activity)
    row.what_was_done = _joined(row.what_was_done, entries)
    row.save()


def _into_evidence(report: ProgressReport, activity, entries: list[NotebookEntry]) -> None:
    pictures = [entry.document for entry in entries if entry.document]
    actions.check_room(report, activity, len(pictures))
    ReportEvidence.objects.bulk_create(
        ReportEvidence(report=report, activity=activity, document=document) for document in pictures
    )
