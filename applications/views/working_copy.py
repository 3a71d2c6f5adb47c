"""The working copy: taking it, bringing it back, looking at what it would change, saving that."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications import actions, working_copy
from applications.forms.working_copy import WorkingCopyForm
from applications.models import Application
from applications.sections import BY_CODE
from applications.working_copy import members
from applications.working_copy.file import check_key
from applications.working_copy.tables import TABLES
from core import dates
from core.forms import posted_version
from core.workbook import CONTENT_TYPE
from core.workflow import NotAllowed, Refusal


def _fetch(request: HttpRequest, pk: int) -> Application:
    return fetch(request.user, Application.objects.with_roles(), Action.EDIT_APPLICATION, pk=pk)


@require_safe
def working_copy_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, as the application is now."""
    application = _fetch(request, pk)
    response = HttpResponse(working_copy.make(application, now=dates.now()), content_type=CONTENT_TYPE)
    name = slugify(application.reference or application.title)[:60] or "lsp"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{application.version}.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def application_working_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Download, bring back; then what would change, cell by cell. Only the confirmation saves."""
    application = _fetch(request, pk)
    if request.method == "POST" and "table" in request.POST:
        try:
            brought = working_copy.Brought.from_text(request.POST["table"])
            check_key(brought, application)
        except ValidationError as error:
            form = WorkingCopyForm({}, {}, application=application)
            form.errors.clear()
            form.add_error(None, error)
            return _first_page(request, application, form, status=422)
        return _second_page(request, application, brought)
    form = WorkingCopyForm(
        request.POST if request.method == "POST" else None, request.FILES or None, application=application
    )
    if request.method == "POST" and form.is_valid() and form.brought:
        return _second_page(request, application, form.brought)
    return _first_page(request, application, form, status=422 if form.is_bound else 200)


def _first_page(
    request: HttpRequest, application: Application, form: WorkingCopyForm, *, status: int
) -> HttpResponse:
    now = dates.now()
    closed = [
        (BY_CODE[code], sentence)
        for code in TABLES
        if (sentence := actions.why_not_editable(application, code, by=request.user, now=now))
    ]
    context = {"application": application, "form": form, "closed": closed}
    return render(request, "applications/working_copy.html", context, status=status)


def _second_page(
    request: HttpRequest, application: Application, brought: working_copy.Brought
) -> HttpResponse:
    """What would change; or, when that was confirmed and nothing is in the way, the change itself."""
    now = dates.now()
    changes = working_copy.compare(application, brought, request.POST, by=request.user, now=now)
    closed = [
        sentence
        for code in changes.sections
        if code in TABLES
        and (sentence := actions.why_not_editable(application, code, by=request.user, now=now))
    ]
    refused, status = "", 422 if changes.bad or closed else 200
    if "confirm" in request.POST:
        refusal = _save(request, application, changes, now)
        if refusal is None:
            messages.success(request, _saved(changes))
            return redirect("application_section", application.pk, changes.sections[0])
        refused, status = refusal.sentence, refusal.status_code
    key, shown = brought.key, _shown(changes)
    context = {
        "application": application,
        "brought": brought,
        "table": brought.as_text(),
        "changes": changes,
        "tables": shown,
        "closed": [] if refused in closed else closed,
        "refused": refused,
        "unread": [*brought.unread, *changes.firms.unread],
        "taken": dt.datetime.fromisoformat(key["taken"]),
        "others_wrote": key["version"] != application.version,
        "has_errors": bool(changes.bad or refused or closed),
        "may_save": changes.may_be_saved and not changes.bad and not closed,
    }
    return render(request, "applications/working_copy_preview.html", context, status=status)


def _save(
    request: HttpRequest, application: Application, changes: working_copy.Changes, now: dt.datetime
) -> Refusal | None:
    """Save the changes; answers what refused them, to be said on the page. Raises NotAllowed."""
    try:
        working_copy.save(
            by=request.user,
            application=application,
            changes=changes,
            version=posted_version(request),
            now=now,
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        return refusal
    return None


def _saved(changes: working_copy.Changes) -> str:
    """What was done, in words."""
    saved, asked = _("The working copy was saved."), changes.firms.asks
    if not asked:
        return saved
    words = ngettext(
        "%(n)s firm that is registered already was asked to join.",
        "%(n)s firms that are registered already were asked to join.",
        asked,
    )
    return f"{saved} {words % {'n': asked}}"


def _shown(changes: working_copy.Changes) -> list[dict[str, Any]]:
    """The changes by table and kind, and the order where rows were moved, for the page."""
    words = {"added": _("Added"), "changed": _("Changed"), "removed": _("Taken out")}
    found: list[dict[str, Any]] = []
    for table in TABLES.values():
        rows = [row for row in changes.rows if row.table is table]
        order = changes.orders[table.code]
        if rows or order.moves:
            named = [(row, words[row.kind]) for row in rows]
            found.append({"label": table.label, "code": table.code, "rows": named, "order": order})
    if changes.firms.rows:
        firms = [(row, row.words) for row in changes.firms.rows]
        found.append({"label": members.label(), "code": members.MEMBERS, "rows": firms})
    return found
