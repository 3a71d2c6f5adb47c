"""Attaching the documents that a call asks for: several files each, added, put in another's place, taken out.

Two people who attach at once do not disturb each other: a file that is added changes nothing that somebody else saw.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications.actions import editing
from applications.models import Application, ApplicationDocument, DocumentRequirement
from core import documents, scanning
from core.models import Document
from core.workflow import StaleObject, TransitionRefused

KIND = "application"
SECTION = "documents"


def attach(
    *,
    by: User,
    application: Application,
    requirement: DocumentRequirement,
    uploads: Iterable[Any],
    now: datetime,
    version: int | None = None,
) -> list[ApplicationDocument]:
    """Attach files that answer a requirement, beside those that are there.

    Raises what `editing` raises, TransitionRefused for more files than the call takes or one that is there already,
    and ValidationError when a file cannot come in; then nothing has changed.
    """
    uploads = list(uploads)
    _check(application, requirement, uploads)
    with editing(application, by=by, section=SECTION, version=version, now=now) as fresh:
        standing = fresh.documents.filter(requirement=requirement, replaced=False).count()
        if standing + len(uploads) > requirement.most_files:
            raise TransitionRefused(too_many(requirement, standing))
        made = [_add(fresh, requirement, upload, by=by, now=now) for upload in uploads]
        fresh.noted = {"did": "added", "documents": [row.document_id for row in made]}
    return made


def replace(
    *,
    by: User,
    application: Application,
    attached: ApplicationDocument,
    upload: Any,
    now: datetime,
    version: int | None = None,
) -> ApplicationDocument:
    """Put a file in another's place; the other stays with the case. Raises as `attach` does, and StaleObject when
    somebody replaced it, or took it out, meanwhile."""
    _check(application, attached.requirement, [upload])
    with editing(application, by=by, section=SECTION, version=version, now=now) as fresh:
        if not fresh.documents.filter(pk=attached.pk, replaced=False).update(replaced=True):
            raise StaleObject(
                _("Somebody replaced this file or took it out meanwhile. Look at the list again.")
            )
        made = _add(fresh, attached.requirement, upload, by=by, now=now)
        fresh.noted = {"did": "replaced", "documents": [attached.document_id, made.document_id]}
    return made


def detach(
    *,
    by: User,
    application: Application,
    attached: ApplicationDocument,
    now: datetime,
    version: int | None = None,
) -> None:
    """Take a file out of the application; it stays with the case. One that is out already is no error."""
    with editing(application, by=by, section=SECTION, version=version, now=now) as fresh:
        out = fresh.documents.filter(pk=attached.pk, replaced=False).update(replaced=True)
        fresh.noted = {"did": "taken_out", "documents": [attached.document_id]} if out else None


def _check(application: Application, requirement: DocumentRequirement, uploads: list[Any]) -> None:
    """What can be said before anything is locked."""
    if requirement.call_id != application.call_id:
        raise TransitionRefused(_("This call does not ask for that document."))
    if not uploads:
        raise TransitionRefused(_("Choose a file first."))
    for upload in uploads:
        documents.check_upload(upload)


def _add(
    application: Application, requirement: DocumentRequirement, upload: Any, *, by: User, now: datetime
) -> ApplicationDocument:
    document = documents.store(
        case=application.case, kind=KIND, owner_id=application.pk, upload=upload, by=by, now=now
    )
    same = application.documents.filter(
        requirement=requirement, replaced=False, document__sha256=document.sha256
    )
    if there := same.select_related("document").first():
        raise TransitionRefused(
            _("“%(name)s” is attached here already, as “%(there)s”: the same file, byte for byte.")
            % {"name": document.filename, "there": there.document.filename}
        )
    return ApplicationDocument.objects.create(
        application=application, requirement=requirement, document=document
    )


def too_many(requirement: DocumentRequirement, standing: int) -> str:
    """How many files the call takes for a requirement, and how many are there."""
    return _(
        "At most %(most)s files for “%(name)s”, and %(standing)s are there. Take one out, or join the pictures into one PDF."
    ) % {"most": requirement.most_files, "name": requirement, "standing": standing}


# --- Who reads them, and who hears of a refused one -------------------------------------------------------


def may_read(user: User, document: Document) -> bool:
    """Who sees an application reads what was attached to it, the ZIP of all of that, and the papers made of it."""
    application = Application.objects.filter(pk=document.owner_id).select_related("group").first()
    return application is not None and user.can(Action.VIEW_APPLICATION, application)


def infected(document: Document, now: datetime) -> None:
    """Tell the uploader and the group's representative that the virus scanner refused a file."""
    application = Application.objects.filter(pk=document.owner_id).select_related("group").first()
    if application is None:
        return
    url = reverse("application_section", args=[application.pk, SECTION])
    for person in (document.uploaded_by, application.group.representative):
        scanning.tell(document, person, now=now, url=url)
