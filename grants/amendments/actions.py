"""Writing an amendment: begun, saved as often as one likes, with its papers. Each is one transaction, on the timeline.

Changes of state go through grants.amendments.workflow.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import documents, timeline
from core.models import Case
from core.workflow import StaleObject, TransitionRefused
from grants.amendments import guards
from grants.amendments.papers import PAPER
from grants.amendments.workflow import AMENDMENT
from grants.models import Amendment, AmendmentFile, Project

MOST_FILES = 12


def begin(*, by, project: Project, kind: str, now: dt.datetime) -> Amendment:
    """The open amendment of a kind; begun when there is none. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        require(by, Action.EDIT_AMENDMENT, project)
        if found := project.amendments.filter(kind=kind, status__in=Amendment.OPEN).first():
            return found
        if sentence := guards.why_not_running(project):
            raise TransitionRefused(sentence)
        last = project.amendments.order_by("-number").values_list("number", flat=True).first() or 0
        amendment = Amendment.objects.create(
            project=project, number=last + 1, kind=kind, begun_by=by, begun_at=now
        )
        timeline.record(
            case,
            AMENDMENT.action("begin"),
            by=by,
            now=now,
            obj=amendment,
            to_state=amendment.status,
            number=amendment.number,
            kind=kind,
        )
    return amendment


@contextmanager
def _writing(amendment: Amendment, *, by, version: int, now: dt.datetime) -> Iterator[Amendment]:
    """One change of what is not sent: locked, permitted, seen, counted, on the timeline."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=amendment.case.pk)
        fresh = Amendment.objects.select_for_update().get(pk=amendment.pk)
        require(by, Action.EDIT_AMENDMENT, fresh)
        if sentence := guards.why_not_written(fresh):
            raise TransitionRefused(sentence)
        if version != fresh.version:
            raise StaleObject
        if sentence := guards.why_not_running(fresh.project):
            raise TransitionRefused(sentence)
        yield fresh
        fresh.version += 1
        fresh.save()
        timeline.record(case, "amendment.edited", by=by, now=now, obj=fresh, number=fresh.number)


def save(
    *,
    by,
    amendment: Amendment,
    version: int,
    now: dt.datetime,
    content: dict[str, Any],
    reason: str,
    uploads: Iterable[Any] = (),
) -> Amendment:
    """What is asked for, and why; it may be incomplete. Raises NotAllowed, StaleObject or TransitionRefused."""
    with _writing(amendment, by=by, version=version, now=now) as fresh:
        fresh.content, fresh.reason = content, reason.strip()
        _add_files(fresh, list(uploads), by=by, now=now)
    return fresh


def _add_files(amendment: Amendment, uploads: list[Any], *, by, now: dt.datetime) -> None:
    if amendment.files.count() + len(uploads) > MOST_FILES:
        raise TransitionRefused(_("There can be at most %(n)d files.") % {"n": MOST_FILES})
    for upload in uploads:
        document = documents.store(
            case=amendment.case, kind=PAPER, owner_id=amendment.pk, upload=upload, by=by, now=now
        )
        AmendmentFile.objects.create(amendment=amendment, document=document)


def remove_file(
    *, by, amendment: Amendment, file: AmendmentFile, version: int, now: dt.datetime
) -> Amendment:
    """Take a paper out. The file itself stays with the case."""
    with _writing(amendment, by=by, version=version, now=now) as fresh:
        fresh.files.filter(pk=file.pk).delete()
    return fresh
