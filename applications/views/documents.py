"""Pages of the documents that the call asks for: one row for each, attached, replaced or taken out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import actions
from applications.forms.group import UploadForm
from applications.models import ApplicationDocument, DocumentRequirement
from applications.views.frame import Frame, open_to_write


def section(request: HttpRequest, frame: Frame, wrong: UploadForm | None = None) -> HttpResponse:
    """One row for each document of the call; `wrong` is the form that came back with errors."""
    if request.method == "POST" and wrong is None:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    attached = {row.requirement_id: row for row in frame.facts.documents}
    rows: list[dict[str, Any]] = []
    for requirement in frame.facts.requirements:
        mine = wrong is not None and wrong.requirement == requirement
        form = wrong if mine else UploadForm(requirement=requirement)
        rows.append({"requirement": requirement, "attached": attached.get(requirement.pk), "form": form})
    forms = [row["form"] for row in rows]
    context = frame.context(rows=rows, forms=forms)
    return render(request, "applications/section_documents.html", context, status=frame.status)


@require_POST
def document_attach(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """Attach a file, or replace the one that is there."""
    frame = open_to_write(request, pk, "documents")
    asked = get_object_or_404(DocumentRequirement, pk=requirement, call_id=frame.application.call_id)
    form = UploadForm(request.POST, request.FILES, requirement=asked)
    frame.status = 422
    if form.is_valid() and _attach(request, frame, form):
        messages.success(request, _("The document “%(name)s” was attached.") % {"name": asked})
        return redirect(frame.url("application_section", "documents") + f"#requirement-{asked.pk}")
    return section(request, frame, wrong=form)


def _attach(request: HttpRequest, frame: Frame, form: UploadForm) -> bool:
    """Attach what was sent; what refuses it stands at the form."""
    try:
        return frame.tried(
            lambda version: actions.attach(
                by=request.user,
                application=frame.application,
                requirement=form.requirement,
                upload=form.cleaned_data["file"],
                version=version,
                now=frame.now,
            ),
            form=form,
        )
    except ValidationError as error:
        form.add_error("file", error)
        return False


@require_POST
def document_detach(request: HttpRequest, pk: int, attached: int) -> HttpResponse:
    """Take a document out of the application."""
    frame = open_to_write(request, pk, "documents")
    row = get_object_or_404(
        ApplicationDocument.objects.select_related("requirement"),
        pk=attached,
        application=frame.application,
        replaced=False,
    )
    frame.tried(
        lambda version: actions.detach(
            by=request.user, application=frame.application, attached=row, version=version, now=frame.now
        )
    )
    messages.success(request, _("The document “%(name)s” was taken out.") % {"name": row.requirement})
    return redirect(frame.url("application_section", "documents"))
