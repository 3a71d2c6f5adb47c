"""What the group does: starting an application, writing its sections, attaching documents, submitting.

Every save of a section goes through `editing`: one lock, one check, one event.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import guards
from applications.effects import title_of
from applications.models import Application, ApplicationDocument, Call, DocumentRequirement
from applications.sections import BY_CODE
from applications.workflow import APPLICATION
from core import documents, timeline
from core.models import Case, Document
from core.workflow import StaleObject, TransitionRefused
from groups.models import Group

DOCUMENT_KIND = "application"


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
                case=case, call=call, group=group, created_at=now, created_by=by, updated_at=now
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
    and the event is written. Raises NotAllowed, StaleObject or TransitionRefused; then, and whenever the block raises,
    nothing has changed. `version` is what the page showed; None skips the comparison.
    """
    with transaction.atomic():
        fresh = _locked(application)
        require(by, Action.EDIT_APPLICATION, fresh)
        if version is not None and version != fresh.version:
            raise StaleObject(
                _("Somebody changed this since you opened the page. Look at it again before you go on.")
            )
        if sentence := why_not_editable(fresh, section, by=by, now=now):
            raise TransitionRefused(sentence)
        yield fresh
        fresh.version += 1
        fresh.updated_at = now
        fresh.save()
        if section == "project" and fresh.case.title != title_of(fresh):
            Case.objects.filter(pk=fresh.case_id).update(title=title_of(fresh))
        timeline.record(fresh.case, "application.edited", by=by, now=now, obj=fresh, section=section)
        # Whoever holds the older instance goes on with the new version.
        application.version, application.updated_at = fresh.version, fresh.updated_at


def _locked(application: Application) -> Application:
    """The application afresh; its case and itself locked, in the order of the transitions."""
    Case.objects.select_for_update().get(pk=application.case_id)
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("case", "call", "group")
        .get(pk=application.pk)
    )


def why_not_editable(application: Application, section: str, *, by: User, now: datetime) -> str:
    """Why a section cannot be written in now, in a sentence; "" when it can. Permission is asked for apart."""
    if section not in BY_CODE:
        raise ValueError(f"no section {section!r}")
    if not application.is_open:
        return _("This application cannot be changed any more: it is “%(state)s”.") % {
            "state": application.get_status_display()
        }
    if sentence := guards.in_time(application, by=by, now=now, data={}):
        return sentence
    if application.status == Application.Status.CHANGES_REQUESTED:
        if application.roles_of(by) <= {Role.ADVISER} | _STAFF:
            return _("Advisers write in an application only while it is a draft.")
        if section not in application.open_sections:
            return _("This section was not returned: only what was returned can be changed.")
    return ""


_STAFF = {Role.OFFICER, Role.APPROVER, Role.FINANCE, Role.ADMIN, Role.AUDITOR, Role.REVIEWER}


def attach(
    *,
    by: User,
    application: Application,
    requirement: DocumentRequirement,
    upload: Any,
    version: int | None,
    now: datetime,
) -> ApplicationDocument:
    """Attach the document that answers a requirement; an earlier one stays, replaced.

    Raises what `editing` raises, and ValidationError when the file cannot come in.
    """
    if requirement.call_id != application.call_id:
        raise TransitionRefused(_("This call does not ask for that document."))
    documents.check_upload(upload)
    with editing(application, by=by, section="documents", version=version, now=now) as fresh:
        document = documents.store(
            case=fresh.case, kind=DOCUMENT_KIND, owner_id=fresh.pk, upload=upload, by=by, now=now
        )
        fresh.documents.filter(requirement=requirement, replaced=False).update(replaced=True)
        return ApplicationDocument.objects.create(
            application=fresh, requirement=requirement, document=document
        )


def detach(
    *, by: User, application: Application, attached: ApplicationDocument, version: int | None, now: datetime
) -> None:
    """Take a document out of the application; its file stays with the case."""
    with editing(application, by=by, section="documents", version=version, now=now) as fresh:
        fresh.documents.filter(pk=attached.pk).update(replaced=True)


def may_read_document(user: User, document: Document) -> bool:
    """Who sees an application reads what was attached to it."""
    application = Application.objects.filter(pk=document.owner_id).select_related("group").first()
    return application is not None and user.can(Action.VIEW_APPLICATION, application)


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
