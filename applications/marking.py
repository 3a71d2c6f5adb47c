"""Who of a group writes which section, and which are ready: a help among several people. No rule looks at it, and where
one person writes it is not shown at all."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import TABLE, Action
from accounts.roles import Role
from applications import actions
from applications.models import Application, SectionMark
from applications.sections import BY_CODE, Section
from core import timeline
from core.models import Case
from core.workflow import TransitionRefused

MARKED = "application.section_marked"


def writers(application: Application) -> list[User]:
    """The people of the group who write in it. No query of its own after `Application.objects.with_roles()`, but one for
    their names."""
    may = TABLE[Action.MARK_SECTION]
    rows = [row for row in application.group.people.all() if row.until is None and Role(row.role) in may]
    return list(User.objects.filter(pk__in=[row.user_id for row in rows]).order_by("full_name", "pk"))


def is_shared(application: Application) -> bool:
    """Whether more than one person of the group writes in it. No query after `with_roles()`."""
    may = TABLE[Action.MARK_SECTION]
    people = [row for row in application.group.people.all() if row.until is None and Role(row.role) in may]
    return len(people) > 1


@dataclass(frozen=True)
class Shown:
    """What the page of a section shows of its mark."""

    mark: SectionMark | None
    people: list[User]
    may_mark: bool

    @property
    def is_ready(self) -> bool:
        return self.mark is not None and self.mark.ready_at is not None


def shown(application: Application, section: Section, user: User) -> Shown | None:
    """The mark of a section for its page; None where one person writes, or it is not the group's turn."""
    if section.of_group or not application.is_open or not is_shared(application):
        return None
    mark = of(application).get(section.code)
    may_mark = user.can(Action.MARK_SECTION, application)
    return Shown(mark, writers(application) if may_mark else [], may_mark)


def of(application: Application) -> dict[str, SectionMark]:
    """All marks by section; none where one person writes. No query of its own after `Facts.gather`."""
    return {mark.section: mark for mark in application.marks.all()} if is_shared(application) else {}


def assign(*, by: User, application: Application, section: str, person: User | None, now: datetime) -> None:
    """Say who writes a section; None: nobody in particular. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        fresh = _locked(application, section, by=by, now=now)
        if person is not None and person not in writers(fresh):
            raise TransitionRefused(_("%(name)s does not write for this group any more.") % {"name": person})
        SectionMark.objects.update_or_create(
            application=fresh, section=section, defaults={"assigned_to": person}
        )
        told = person.pk if person else None
        timeline.record(fresh.case, MARKED, by=by, now=now, obj=fresh, section=section, assigned=told)


def set_ready(*, by: User, application: Application, section: str, ready: bool, now: datetime) -> None:
    """Mark a section as ready, or take the mark away. Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        fresh = _locked(application, section, by=by, now=now)
        ready_at, ready_by = (now, by) if ready else (None, None)
        SectionMark.objects.update_or_create(
            application=fresh, section=section, defaults={"ready_at": ready_at, "ready_by": ready_by}
        )
        timeline.record(fresh.case, MARKED, by=by, now=now, obj=fresh, section=section, ready=ready)


def _locked(application: Application, section: str, *, by: User, now: datetime) -> Application:
    """The application afresh under its case's lock, for somebody who may mark this section now."""
    Case.objects.select_for_update().get(pk=application.case_id)
    fresh = Application.objects.with_roles().get(pk=application.pk)
    require(by, Action.MARK_SECTION, fresh)
    if BY_CODE[section].of_group:
        raise TransitionRefused(_("This section is written on the page of the group."))
    if sentence := actions.why_not_editable(fresh, section, by=by, now=now):
        raise TransitionRefused(sentence)
    return fresh
