"""The notebook of a project: its entries, a new one, one's own changed or taken out; and those that a report takes in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import status_of
from core import conflict, dates
from core.forms import posted_version
from core.lists import BoundedPaginator
from core.workflow import NotAllowed, Refusal, StaleObject
from grants.models import Project
from grants.saving import saved_once
from reports.models import NotebookEntry
from reports.notebook import actions, lists
from reports.notebook.forms import EntryForm
from reports.views.writing import writable

TITLES = {
    "note": gettext_lazy("Write a note"),
    "photo": gettext_lazy("Take a photograph"),
    "attendance": gettext_lazy("Count who came"),
}


def _project(request: HttpRequest, pk: int, action: Action) -> Project:
    return fetch(request.user, Project.objects.with_case().with_roles(), action, pk=pk)


@require_safe
def notebook(request: HttpRequest, pk: int) -> HttpResponse:
    """The entries, the newest first, and the way to a new one."""
    project = _project(request, pk, Action.VIEW_NOTEBOOK)
    rows = project.notebook.select_related("activity", "document", "author", "report")
    page = BoundedPaginator(rows.order_by("-on", "-id"), lists.ON_A_PAGE).get_page(request.GET.get("page"))
    may_write = request.user.can(Action.WRITE_NOTEBOOK, project)
    reason = actions.why_not_written(project)
    context = {
        "project": project,
        "page": page,
        "cards": lists.cards(page, by=request.user, may_write=may_write and not reason),
        "may_write": may_write,
        "reason": reason,
        "kinds": list(TITLES.items()),
    }
    return render(request, "reports/notebook.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def notebook_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A note, a photograph or a count."""
    if kind not in TITLES:
        raise Http404
    project = _project(request, pk, Action.WRITE_NOTEBOOK)
    posted = request.method == "POST"
    form = EntryForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        project=project,
        kind=kind,
        initial={"activity": _likely_activity(request, project)},
    )
    if posted and form.is_valid():
        try:
            actions.add(by=request.user, project=project, kind=kind, now=dates.now(), **_values(form))
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("It is in the notebook."))
            return redirect("notebook", pk=pk)
    context = {
        "project": project,
        "form": form,
        "kind": kind,
        "title": TITLES[kind],
        "reason": actions.why_not_written(project),
    }
    return render(request, "reports/notebook_entry.html", context, status=422 if form.errors else 200)


def _likely_activity(request: HttpRequest, project: Project) -> int | None:
    """That of this person's last entry: who takes three photographs of a course chooses it once."""
    return (
        project.notebook.filter(author=request.user.pk)
        .order_by("-created_at", "-id")
        .values_list("activity_id", flat=True)
        .first()
    )


def _values(form: EntryForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name in form.fields}


def _entry(request: HttpRequest, pk: int, entry_pk: int) -> tuple[Project, NotebookEntry]:
    project = _project(request, pk, Action.WRITE_NOTEBOOK)
    entry = get_object_or_404(NotebookEntry.objects.select_related("report"), project=project, pk=entry_pk)
    entry.project = project
    if entry.author_id != request.user.pk:
        raise NotAllowed(_("Only who wrote an entry changes it."))
    return project, entry


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def notebook_edit(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Change an entry of one's own."""
    project, entry = _entry(request, pk, entry_pk)
    saved = {"activity": entry.activity_id, "text": entry.text, "people": entry.people}
    about: dict[str, Any] = {"project": project, "kind": entry.kind, "new": False, "initial": saved}
    fresh = EntryForm(**about)
    form = EntryForm(
        conflict.chosen(request.POST, fresh) if request.method == "POST" else None,
        **about,
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=request.user, entry=entry, version=posted_version(request), **_values(form))
        except StaleObject as refusal:
            form.add_error(None, refusal.sentence)
            form.refused, stale = refusal.status_code, True  # type: ignore[attr-defined]
        else:
            messages.success(request, _("Saved."))
            return redirect("notebook", pk=pk)
    context = {
        "project": project,
        "form": form,
        "entry": entry,
        "kind": entry.kind,
        "title": _("Change an entry"),
        "reason": _("A report took this entry in: it stays as it is.") if entry.is_used else "",
        "carries": conflict.carries(request, fresh, version=entry.version, stale=stale),
        "conflict": conflict.between(form, fresh, entry, request.POST.getlist("was")) if stale else None,
    }
    return render(request, "reports/notebook_entry.html", context, status=status_of(form))


@require_POST
def notebook_remove(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Take an entry of one's own out."""
    _of_project, entry = _entry(request, pk, entry_pk)
    actions.remove(by=request.user, entry=entry, version=posted_version(request))
    messages.success(request, _("The entry is no longer in the notebook."))
    return redirect("notebook", pk=pk)


@require_POST
def report_notebook(request: HttpRequest, pk: int, activity_pk: int | None = None) -> HttpResponse:
    """Take one entry of an activity (or of the project as a whole), or all that are offered, into the report."""
    report = writable(request, pk)
    activity = (
        get_object_or_404(report.project.activities, pk=activity_pk) if activity_pk is not None else None
    )
    named = request.POST.get("entry", "")
    if named and not (named.isascii() and named.isdecimal() and len(named) < 19):
        raise Http404
    found = actions.adopt(
        by=request.user,
        report=report,
        activity=activity,
        entries=[int(named)] if named else None,
        version=posted_version(request),
        now=dates.now(),
    )
    messages.success(
        request,
        ngettext(
            "%(n)d entry is part of the report now.", "%(n)d entries are part of the report now.", len(found)
        )
        % {"n": len(found)},
    )
    if activity is None:
        return redirect("report_edit", pk=pk)
    return redirect("report_activity", pk=pk, activity_pk=activity_pk)
