"""What the work plan and the budget share: rows in an order, on one page with a form to add one more; each changed on a
page of its own, moved and taken out. What each of them has of its own is its `Table`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import require
from accounts.permissions import Action
from applications import edits, rows
from applications.forms.rows import RowForm
from applications.models import Application
from applications.views.frame import Frame, open_to_write
from core.models import Event
from core.templatetags.lsp import moment


@dataclass(frozen=True)
class Table:
    """One kind of rows: its section, the relation and the form, what the templates are called and say.

    `shown(application, facts)` is what `rows_template` takes. Rows move among those that have the same value in the
    column `within`. `told(form)` is what else a change of a row has to say, in sentences.
    """

    section: str
    related: str
    form: type[RowForm]
    shown: Callable[..., dict[str, Any]]
    rows_template: str
    edit_template: str
    add_url: str
    delete_url: str
    add_label: Promise
    change_label: Promise
    take_out_label: Promise
    # What becomes of what belongs to the row.
    take_out_hint: Promise
    within: str = ""
    told: Callable[[Any], list[str]] = lambda _form: []

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
    row = _row(frame, table, row_pk)
    if row is None:
        return _gone_page(request, frame, table, row_pk)
    form = table.form_of(request, frame, row)
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and change(frame, form, table):
            messages.success(request, _("“%(name)s” was saved.") % {"name": form.instance})
            for sentence in table.told(form):
                messages.info(request, sentence)
            return redirect(frame.section_url)
        if frame.status == 409 and _row(frame, table, row_pk) is None:
            return _gone_page(request, frame, table, row_pk)
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
    row = _row(frame, table, row_pk)
    if row is None:
        return _was_gone(request, frame, table, row_pk)
    down = request.POST.get("direction") == "down"
    frame.save(lambda fresh: rows.move(fresh, table.related, row_pk, down=down, within=table.within))
    messages.success(request, _("“%(name)s” was moved.") % {"name": row})
    return redirect(frame.section_url + f"#row-{row_pk}")


def taken_out(request: HttpRequest, pk: int, row_pk: int, table: Table) -> HttpResponse:
    """Take a row out, and go back to the others; first the page that asks whether that is meant."""
    frame = open_to_write(request, pk, table.section)
    row = _row(frame, table, row_pk)
    if row is None:
        return _was_gone(request, frame, table, row_pk)
    if request.method != "POST":
        return render(request, "applications/row_take_out.html", frame.context(table=table, row=row))
    frame.save(lambda fresh: rows.take_out(fresh, table.related, row_pk), row=row_pk)
    messages.success(request, _("“%(name)s” was taken out.") % {"name": row})
    return redirect(frame.section_url)


# --- Rows that somebody took out meanwhile -----------------------------------------------------------


def _row(frame: Frame, table: Table, pk: int) -> models.Model | None:
    """A row; None when somebody took it out. Raises Http404 for one that never was of this application."""
    row = getattr(frame.application, table.related).filter(pk=pk).first()
    if row is None and _taking_out(frame, table, pk) is None:
        raise Http404
    return row


def _taking_out(frame: Frame, table: Table, pk: int) -> Event | None:
    return edits.taking_out(frame.application, table.section, pk)


def _who_took_out(frame: Frame, table: Table, pk: int) -> str:
    """Who took a row out and when, in a sentence."""
    event = _taking_out(frame, table, pk)
    assert event is not None
    words = {"who": event.actor or _("Somebody"), "when": moment(event.at)}
    return _("%(who)s took this out on %(when)s.") % words


def _gone_page(request: HttpRequest, frame: Frame, table: Table, pk: int) -> HttpResponse:
    """What was typed for a row that is not there any more, to be added as a new one."""
    form, said = table.form_of(request, frame), _who_took_out(frame, table, pk)
    frame.status = 404
    if request.method == "POST":
        frame.status = 409
        form.add_error(None, _("%(said)s It was not saved.") % {"said": said})
    context = frame.context(form=form, table=table, said=said)
    return render(request, "applications/row_gone.html", context, status=frame.status)


def _was_gone(request: HttpRequest, frame: Frame, table: Table, pk: int) -> HttpResponse:
    """Nothing is left to be done with a row that is not there any more."""
    require(request.user, Action.EDIT_APPLICATION, frame.application)
    messages.info(request, _who_took_out(frame, table, pk))
    return redirect(frame.section_url)


# --- Saving ----------------------------------------------------------------------------------------


def add(frame: Frame, form: RowForm, table: Table) -> bool:
    """Save a new row at the end; answers whether it was saved."""
    return frame.save(
        lambda fresh: rows.add(fresh, table.related, form.instance, form.columns()),
        form=form,
    )


def change(frame: Frame, form: RowForm, table: Table) -> bool:
    """Save a row that is there; answers whether it was saved. On a conflict, says what is saved now."""
    pk = form.instance.pk

    def theirs(fresh: Application) -> list[tuple[str, Any, Any]]:
        row = getattr(fresh, table.related).filter(pk=pk).first()
        return [] if row is None else form.differences(row)

    return frame.save(
        lambda fresh: rows.change(fresh, table.related, pk, form.columns()),
        form=form,
        theirs=theirs,
        row=pk,
    )
