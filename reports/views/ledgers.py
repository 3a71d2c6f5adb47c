"""The ledgers of a report while it is written: add, change and take out people trained, certificates, machines."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.views.answers import status_of, tried
from core import conflict, dates
from core.forms import posted_version
from grants.saving import saved_once
from reports.ledgers import actions
from reports.ledgers.entries import KINDS, Kind
from reports.models import MachinePhoto
from reports.views.writing import opened_with, writable


def kind_named(name: str) -> Kind:
    """The kind of entry of that name. Raises Http404."""
    if name not in KINDS:
        raise Http404
    return KINDS[name]


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def report_entry(request: HttpRequest, pk: int, kind: str, row: int | None = None) -> HttpResponse:
    """Add an entry, or change one."""
    found = kind_named(kind)
    report = writable(request, pk)
    entry = get_object_or_404(found.of(report), pk=row) if row else found.model(report=report)
    sent, about = request.method == "POST", {"report": report, "today": dates.today()}
    saved = found.of(report).get(pk=entry.pk) if row else found.model(report=report)
    fresh = found.form(instance=saved, **about)
    form: Any = found.form(
        conflict.chosen(request.POST, fresh) if sent else None,
        request.FILES if sent else None,
        instance=entry,
        **about,
    )
    if (
        sent
        and form.is_valid()
        and tried(
            form,
            lambda: actions.save_entry(
                by=request.user,
                report=report,
                version=posted_version(request),
                now=dates.now(),
                entry=form.save(commit=False),
                **form.more,
            ),
        )
    ):
        messages.success(request, _("Saved."))
        return redirect("report_edit", pk=pk)
    context = {
        "report": report,
        "kind": found,
        "entry": entry,
        "form": form,
        **opened_with(request, report, form, fresh),
        "photos": entry.photos.select_related("document") if row and kind == "machine" else [],
    }
    return render(request, "reports/ledgers/entry_edit.html", context, status=status_of(form))


@require_POST
def report_entry_remove(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """Take an entry out."""
    found = kind_named(kind)
    report = writable(request, pk)
    actions.remove_entry(
        by=request.user,
        report=report,
        version=posted_version(request),
        now=dates.now(),
        entry=get_object_or_404(found.of(report), pk=row),
    )
    messages.success(request, _("It is no longer part of the report."))
    return redirect("report_edit", pk=pk)


@require_POST
def machine_photo_remove(request: HttpRequest, pk: int, row: int, photo: int) -> HttpResponse:
    """Take a photograph of a machine out. The file stays with the case."""
    report = writable(request, pk)
    found = get_object_or_404(MachinePhoto, machine__report=report, machine=row, pk=photo)
    actions.remove_photo(
        by=request.user, report=report, version=posted_version(request), now=dates.now(), photo=found
    )
    messages.success(request, _("The photograph is no longer part of the report."))
    return redirect("report_entry_edit", pk=pk, kind="machine", row=row)
