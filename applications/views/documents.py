"""Pages of the documents that the call asks for: several files for each, added, replaced or taken out; all as a ZIP."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import fetch
from accounts.permissions import Action
from applications import attachments, bundle
from applications.forms.documents import AttachForm, ReplaceForm
from applications.models import Application, ApplicationDocument, DocumentRequirement
from applications.views.frame import Frame, open_to_write
from core import dates, documents
from core.models import Document


def section(request: HttpRequest, frame: Frame, wrong: AttachForm | None = None) -> HttpResponse:
    """The files of each requirement of the call; `wrong` is the form that came back with errors."""
    if request.method == "POST" and wrong is None:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    attached: dict[int, list[ApplicationDocument]] = {}
    for row in frame.facts.documents:
        attached.setdefault(row.requirement_id, []).append(row)
    rows: list[dict[str, Any]] = []
    for requirement in frame.facts.requirements:
        mine = wrong is not None and wrong.requirement == requirement
        files = attached.get(requirement.pk, [])
        stands = any(row.document.scan != Document.Scan.INFECTED for row in files)
        room = requirement.most_files - len(files)
        form = wrong if mine else AttachForm(requirement=requirement, most=max(room, 1))
        rows.append(
            {"requirement": requirement, "files": files, "stands": stands, "room": room, "form": form}
        )
    context = frame.context(rows=rows, forms=[row["form"] for row in rows], limits=_limits())
    return render(request, "applications/section_documents.html", context, status=frame.status)


def _limits() -> str:
    return str(documents.limits(documents.DOCUMENT_TYPES, settings.UPLOAD_MAX_BYTES))


@require_POST
def document_attach(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """Attach files to a requirement, beside those that are there; `onward`: then go on to the next section."""
    frame = open_to_write(request, pk, attachments.SECTION)
    asked = get_object_or_404(DocumentRequirement, pk=requirement, call_id=frame.application.call_id)
    form = AttachForm(request.POST, request.FILES, requirement=asked)
    frame.status = 422
    if form.is_valid() and _tried(
        frame,
        form,
        lambda _version: attachments.attach(
            by=request.user,
            application=frame.application,
            requirement=asked,
            uploads=form.uploads,
            now=frame.now,
        ),
    ):
        count = len(form.uploads)
        said = ngettext(
            "%(count)d file was attached to “%(name)s”.",
            "%(count)d files were attached to “%(name)s”.",
            count,
        )
        messages.success(request, said % {"count": count, "name": asked})
        if "onward" in request.POST:
            return redirect(frame.onward)
        return redirect(frame.section_url + f"#requirement-{asked.pk}")
    return section(request, frame, wrong=form)


def document_replace(request: HttpRequest, pk: int, attached: int) -> HttpResponse:
    """Put a file in another's place."""
    frame = open_to_write(request, pk, attachments.SECTION)
    row = _attached(frame, attached)
    form = ReplaceForm(request.POST or None, request.FILES or None, row=row)
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and _tried(
            frame,
            form,
            lambda _version: attachments.replace(
                by=request.user,
                application=frame.application,
                attached=row,
                upload=form.cleaned_data["file"],
                now=frame.now,
            ),
        ):
            messages.success(
                request, _("“%(name)s” has another file in its place.") % {"name": row.document.filename}
            )
            return redirect(frame.section_url + f"#requirement-{row.requirement_id}")
    context = frame.context(form=form, row=row)
    return render(request, "applications/document_replace.html", context, status=frame.status)


def _tried(frame: Frame, form: Any, act: Callable[[int], Any]) -> bool:
    """Store what was sent; what refuses it stands at the form."""
    try:
        return frame.tried(act, form=form)
    except ValidationError as error:
        form.add_error("file", error)
        return False


def _attached(frame: Frame, pk: int) -> ApplicationDocument:
    rows = ApplicationDocument.objects.select_related("requirement", "document__uploaded_by")
    return get_object_or_404(rows, pk=pk, application=frame.application, replaced=False)


@require_POST
def document_detach(request: HttpRequest, pk: int, attached: int) -> HttpResponse:
    """Take a file out of the application."""
    frame = open_to_write(request, pk, attachments.SECTION)
    row = _attached(frame, attached)
    frame.tried(
        lambda version: attachments.detach(
            by=request.user, application=frame.application, attached=row, version=version, now=frame.now
        )
    )
    messages.success(request, _("“%(name)s” was taken out.") % {"name": row.document.filename})
    return redirect(frame.section_url + f"#requirement-{row.requirement_id}")


@require_POST
def application_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for all files as one ZIP; the page of the job shows how far it is."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    job = bundle.ask(application, by=request.user, now=dates.now())
    return redirect("job", pk=job.pk)
