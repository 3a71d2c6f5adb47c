"""What the work plan and the budget share: rows in an order, on one page with a form to add one more; each changed on a
page of its own, moved and taken out. What each of them has of its own is its `Table`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from applications.forms.rows import RowForm
from applications.models import Application
from applications.views.frame import Frame, open_to_write
from core.workflow import TransitionRefused

# More than anybody plans by hand: who sends more is a program.
MOST_ROWS = 100


@dataclass(frozen=True)
class Table:
    """One kind of rows: its section, the relation and the form, what the templates are called and say.

    `shown(application, facts)` is what `rows_template` takes. Rows move among those that have the same value in the
    column `within`.
    """

    section: str
    related: str
    form: type[RowForm]
    shown: Callable[..., dict[str, Any]]
    rows_template: str
    edit_template: str
    delete_url: str
    add_label: Promise
    change_label: Promise
    take_out_label: Promise
    within: str = ""

    def form_of(self, request: HttpRequest, frame: Frame, row: models.Model | None = None) -> RowForm:
        """The form as it was sent, or as it is shown first."""
        data = request.POST if request.method == "POST" else None
        return self.form(data, instance=row, application=frame.application)


# --- Pages -----------------------------------------------------------------------------------------


def section_page(request: HttpRequest, frame: Frame, table: Table) -> HttpResponse:
    """The rows as they stand, and a form to add one more. With htmx only these are sent.

    “Continue” adds what was typed before it goes on: nobody leaves a half-written row behind without a word.
    """
    form = table.form_of(request, frame)
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    onward = "onward" in request.POST
    added = ""
    if request.method == "POST":
        frame.status = 422
        if onward and not form.has_changed():
            return _go_on(frame, auto=auto)
        if form.is_valid() and add(frame, form, table):
            added = _("“%(name)s” was added.") % {"name": form.instance}
            if onward:
                messages.success(request, added)
                return _go_on(frame, auto=auto)
            if not auto:
                messages.success(request, added)
                return redirect(frame.section_url + "#add")
            frame.status, form = 200, table.form(application=frame.application)
        elif auto:
            # 422 whatever it is: htmx shows no other refusal.
            frame.status = 422
    shown = table.shown(frame.application, frame.facts)
    context = frame.context(form=form, table=table, added=added, kept_here=onward, **shown)
    name = "rows_added" if auto and request.method == "POST" else "section_rows"
    response = render(request, f"applications/{name}.html", context, status=frame.status)
    if added:
        response.headers["HX-Trigger"] = "saved"
    return response


def _go_on(frame: Frame, *, auto: bool) -> HttpResponse:
    """To the next section; htmx is told where, because it follows no redirect to another page."""
    return HttpResponseClientRedirect(frame.onward) if auto else redirect(frame.onward)


def add_page(request: HttpRequest, pk: int, table: Table) -> HttpResponse:
    """A page with nothing but the form of a new row."""
    frame = open_to_write(request, pk, table.section)
    form = table.form_of(request, frame)
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and add(frame, form, table):
            messages.success(request, _("“%(name)s” was added.") % {"name": form.instance})
            return redirect(frame.section_url)
    context = frame.context(form=form, table=table)
    return render(request, table.edit_template, context, status=frame.status)


def edit_page(request: HttpRequest, pk: int, row_pk: int, table: Table, **more: Any) -> HttpResponse:
    """The page of one row, to be changed; `more` is for its template."""
    frame = open_to_write(request, pk, table.section)
    row = get_object_or_404(getattr(frame.application, table.related), pk=row_pk)
    form = table.form_of(request, frame, row)
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and change(frame, form, table):
            messages.success(request, _("“%(name)s” was saved.") % {"name": form.instance})
            return redirect(frame.section_url)
    context = frame.context(form=form, table=table, row=row, **more)
    return render(request, table.edit_template, context, status=frame.status)


def shown_row(
    request: HttpRequest, frame: Frame, table: Table, row: models.Model, **more: Any
) -> HttpResponse:
    """The page of one row as it is saved, when another form of it came back with errors."""
    form = table.form(instance=row, application=frame.application)
    context = frame.context(form=form, table=table, row=row, **more)
    return render(request, table.edit_template, context, status=frame.status)


def moved(request: HttpRequest, pk: int, row_pk: int, table: Table) -> HttpResponse:
    """Move a row by the button that was pressed, and go back to where it stands now."""
    frame = open_to_write(request, pk, table.section)
    name = move(frame, table, row_pk, down=request.POST.get("direction") == "down")
    messages.success(request, _("“%(name)s” was moved.") % {"name": name})
    return redirect(frame.section_url + f"#row-{row_pk}")


def taken_out(request: HttpRequest, pk: int, row_pk: int, table: Table) -> HttpResponse:
    """Take a row out, and go back to the others."""
    frame = open_to_write(request, pk, table.section)
    name = take_out(frame, table, row_pk)
    messages.success(request, _("“%(name)s” was taken out.") % {"name": name})
    return redirect(frame.section_url)


# --- Saving ----------------------------------------------------------------------------------------


def add(frame: Frame, form: RowForm, table: Table) -> bool:
    """Save a new row at the end; answers whether it was saved."""

    def write(fresh: Application) -> None:
        rows = getattr(fresh, table.related)
        there = rows.aggregate(count=models.Count("pk"), last=models.Max("order"))
        if there["count"] >= MOST_ROWS:
            raise TransitionRefused(
                _("There are %(most)s rows already. Join some of them.") % {"most": MOST_ROWS}
            )
        row: Any = form.instance
        for name, value in form.columns().items():
            setattr(row, name, value)
        row.application, row.order = fresh, 0 if there["last"] is None else there["last"] + 1
        row.save()
        fresh.noted = {"did": "added", "rows": [row.pk]}

    return frame.save(write, form=form)


def change(frame: Frame, form: RowForm, table: Table) -> bool:
    """Save a row that is there; answers whether it was saved. On a conflict, says what is saved now."""

    def write(fresh: Application) -> None:
        row = getattr(fresh, table.related).filter(pk=form.instance.pk).first()
        if row is None:
            raise TransitionRefused(_("Somebody took this row out meanwhile."))
        columns = form.columns()
        changed = [name for name, value in columns.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, columns[name])
        row.save()
        fresh.noted = {"did": "changed", "rows": [row.pk], "fields": changed} if changed else None

    def theirs(fresh: Application) -> list[tuple[str, Any, Any]]:
        row = getattr(fresh, table.related).filter(pk=form.instance.pk).first()
        return [(_("This row"), _("taken out"), "")] if row is None else form.differences(row)

    return frame.save(write, form=form, theirs=theirs, row=form.instance.pk)


def take_out(frame: Frame, table: Table, row_pk: int) -> str:
    """Take a row out; answers what it was called."""
    row = _row(frame, table, row_pk)

    def write(fresh: Application) -> None:
        getattr(fresh, table.related).filter(pk=row_pk).delete()
        fresh.noted = {"did": "taken_out", "rows": [row_pk]}

    frame.save(write)
    return str(row)


def move(frame: Frame, table: Table, row_pk: int, *, down: bool) -> str:
    """Move a row one place; answers what it is called. Above the first and below the last it stays."""
    row = _row(frame, table, row_pk)

    def write(fresh: Application) -> None:
        rows = list(getattr(fresh, table.related).all())
        place = next((n for n, each in enumerate(rows) if each.pk == row_pk), None)
        if place is None:
            raise TransitionRefused(_("Somebody took this row out meanwhile."))
        alike = [n for n, each in enumerate(rows) if _same(each, rows[place], table.within)]
        other = alike.index(place) + (1 if down else -1)
        if 0 <= other < len(alike):
            rows[place], rows[alike[other]] = rows[alike[other]], rows[place]
        for order, each in enumerate(rows):
            each.order = order
        type(rows[0])._default_manager.bulk_update(rows, ["order"])
        fresh.noted = {"did": "moved", "rows": [row_pk]}

    frame.save(write)
    return str(row)


def _same(one: models.Model, other: models.Model, column: str) -> bool:
    return not column or getattr(one, column) == getattr(other, column)


def _row(frame: Frame, table: Table, row_pk: int) -> models.Model:
    row = getattr(frame.application, table.related).filter(pk=row_pk).first()
    if row is None:
        raise Http404
    return row
