"""What the group does: starting an application, writing its sections, submitting.

Every save of a section goes through `editing`: one lock, one check, one event.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import OuterRef
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import STAFF, Role
from applications import edits, guards, merging, reopened
from applications.effects import title_of
from applications.models import Application, Call, SectionMark
from applications.sections import BY_CODE
from applications.workflow import APPLICATION
from core import timeline
from core.models import Case
from core.workflow import StaleObject, TransitionRefused
from groups.models import Group


def start(*, by: User, group: Group, call: Call, now: datetime) -> Application:
    """Begin a group's answer to an open call, as a draft.

    Raises NotAllowed, or TransitionRefused when the call takes none or the group has one already (PROGRAMME 6.3).
    """
    require(by, Action.START_APPLICATION, group)
    if sentence := guards.call_takes(call, now):
        raise TransitionRefused(sentence)
    try:
        with transaction.atomic():
            if Application.objects.live().filter(group=group, call=call).exists():
                raise TransitionRefused(_has_one())
            case = timeline.open_case(Case.Kind.APPLICATION, str(group), now=now)
            application = Application.objects.create(
                case=case,
                call=call,
                group=group,
                created_at=now,
                created_by=by,
                updated_at=now,
                state_since=now,
            )
            timeline.record(
                case, "application.started", by=by, now=now, obj=application, call=call.pk, group=group.pk
            )
    except IntegrityError as error:
        if "one_live_application" not in str(error):
            raise
        raise TransitionRefused(_has_one()) from error
    return application


def _has_one() -> str:
    return _("Your group has an application to this call already. Go on with that one.")


@contextmanager
def editing(
    application: Application, *, by: User, section: str, version: int | None, now: datetime
) -> Iterator[Application]:
    """Change rows of one section: `with editing(…) as application:` and save them inside.

    Yields the fresh application under its lock; its own texts set on it are saved at the end, with the next version,
    and the event is written. What the event tells besides (ids and codes, no words) the block puts into
    `application.noted`; None there: nothing was changed, nothing is saved. Whoever writes in a section that somebody
    marked ready takes the mark away. Raises NotAllowed, StaleObject or TransitionRefused; then, and whenever the block
    raises, nothing has changed. `version` is what the page showed; None skips the comparison.
    """
    with transaction.atomic():
        fresh = _locked(application)
        require(by, Action.EDIT_APPLICATION, fresh)
        if version is not None and version != fresh.version:
            raise StaleObject
        if sentence := why_not_editable(fresh, section, by=by, now=now):
            raise TransitionRefused(sentence)
        fresh.noted, before = {}, fresh.texts
        yield fresh
        if fresh.noted is None:
            application.version = fresh.version
            return
        if section in fresh.ready_sections:  # type: ignore[attr-defined]
            fresh.marks.filter(section=section).update(ready_at=None, ready_by=None)
            fresh.noted["not_ready"] = True
        if changed := [name for name, text in fresh.texts.items() if text != before[name]]:
            fresh.noted["fields"] = changed
        fresh.version += 1
        fresh.updated_at = now
        fresh.save(update_fields=[*changed, "version", "updated_at"])
        if section == "project" and fresh.case.title != title_of(fresh):
            Case.objects.filter(pk=fresh.case_id).update(title=title_of(fresh))
        data = {"section": section, "version": fresh.version, **_as_adviser(fresh, by), **fresh.noted}
        timeline.record(fresh.case, edits.EDITED, by=by, now=now, obj=fresh, locked=True, **data)
        # Whoever holds the older instance goes on with the new version.
        application.version, application.updated_at = fresh.version, fresh.updated_at
        application.noted = fresh.noted


def _as_adviser(application: Application, by: User) -> dict[str, str]:
    """That who writes does it as the group's adviser, as the event keeps it: `edits.by_adviser` reads it. No query for the
    people of a group."""
    is_adviser = Role.ADVISER in by.staff_roles() and Role.ADVISER in application.roles_of(by)
    return {"as": Role.ADVISER.value} if is_adviser else {}


def _locked(application: Application) -> Application:
    """The application afresh; its case and itself locked, in the order of the transitions. Its call and its group, which
    nothing here locks, are those that were read with `application`: they are wide, and a save is frequent."""
    case = Case.objects.select_for_update().get(pk=application.case_id)
    ready = SectionMark.objects.filter(application=OuterRef("pk"), ready_at__isnull=False)
    fresh = (
        Application.objects.select_for_update()
        .annotate(ready_sections=ArraySubquery(ready.values("section")))
        .get(pk=application.pk)
    )
    fresh.case, fresh.call, fresh.group = case, application.call, application.group
    return fresh


def write_project(
    *,
    by: User,
    application: Application,
    texts: Mapping[str, str],
    was: Mapping[str, str],
    version: int,
    now: datetime,
) -> merging.Merge:
    """Write the project's texts. `was`: digests of those that the page was opened with (applications.merging).

    Raises what `editing` raises, and BothWrote when somebody else changed one of those that this person changed.
    """
    with editing(application, by=by, section="project", version=None, now=now) as fresh:
        saved = {name: getattr(fresh, name) for name in texts}
        found = merging.merge(saved, texts, was, same_version=version == fresh.version)
        if found.both:
            raise merging.BothWrote(found)
        for name, text in found.write.items():
            setattr(fresh, name, text)
        fresh.noted = {} if found.write else None
    return found


def why_not_editable(application: Application, section: str, *, by: User, now: datetime) -> str:
    """Why a section cannot be written in now, in a sentence; "" when it can. Permission is asked for apart."""
    if section not in BY_CODE:
        raise ValueError(f"no section {section!r}")
    if sentence := guards.why_closed(application):
        return sentence
    if sentence := guards.in_time(application, by=by, now=now, data={}):
        return sentence
    if application.status == Application.Status.CHANGES_REQUESTED:
        if application.roles_of(by) <= STAFF:
            return _("Advisers write in an application only while it is a draft.")
        return reopened.why_not_open(application, section, now)
    return ""


def submit(
    *,
    by: User,
    application: Application,
    declared: bool,
    version: int | None,
    now: datetime,
    arrived_at: datetime | None = None,
) -> Application:
    """Submit, as the transition does. Who sends twice, or from a second tab, reads what was received the first time."""
    data = {"declared": declared, "arrived_at": arrived_at}
    try:
        return APPLICATION.apply(application, "submit", by=by, now=now, version=version, data=data)
    except TransitionRefused as refused:
        fresh = Application.objects.select_related("case").get(pk=application.pk)
        latest = fresh.latest_submission
        if fresh.status != Application.Status.SUBMITTED or latest is None:
            raise
        raise TransitionRefused(
            _("It was submitted already, on %(day)s, with the number %(number)s. Nothing was sent twice.")
            % {"day": guards.in_words(latest.submitted_at), "number": fresh.reference}
        ) from refused


# --- Dates that passed: run by the worker (core.dated) -----------------------------------------------


def lapse_drafts(now: datetime) -> int:
    """Drafts whose call closed; answers how many."""
    over = Application.objects.draft_of_closed_calls(now - guards.GRACE)
    return _move_each(over, "lapse", now)


def expire_answers(now: datetime) -> int:
    """Returns for changes that nobody answered in time; answers how many."""
    late = Application.objects.unanswered(now - guards.GRACE)
    return _move_each(late, "expire", now)


def _move_each(applications: Any, name: str, now: datetime) -> int:
    """Each in its own transaction: one that somebody else moves at this moment does not stop the others."""
    moved = 0
    for application in applications.order_by("pk").iterator(chunk_size=200):
        try:
            APPLICATION.apply(application, name, by=None, now=now)
            moved += 1
        except TransitionRefused:
            continue
    return moved
