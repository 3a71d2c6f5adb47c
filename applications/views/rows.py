"""What the work plan and the budget share: rows in an order, added, changed, moved and taken out."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from applications.models import Application
from applications.views.frame import Frame
from core.workflow import TransitionRefused

# More than anybody plans by hand: who sends more is a program.
MOST_ROWS = 100


def add(frame: Frame, form: ModelForm, related: str) -> bool:
    """Save a new row at the end; answers whether it was saved."""

    def write(fresh: Application) -> None:
        rows = getattr(fresh, related)
        if rows.count() >= MOST_ROWS:
            raise TransitionRefused(
                _("There are %(most)s rows already. Join some of them.") % {"most": MOST_ROWS}
            )
        last = rows.aggregate(last=models.Max("order"))["last"]
        row = form.save(commit=False)
        row.application, row.order = fresh, 0 if last is None else last + 1
        row.save()
        fresh.noted = {"did": "added", "rows": [row.pk]}

    return frame.save(write, form=form)


def change(frame: Frame, form: ModelForm, related: str) -> bool:
    """Save a row that is there; answers whether it was saved. On a conflict, says what is saved now."""
    data = form.cleaned_data

    def write(fresh: Application) -> None:
        row = getattr(fresh, related).filter(pk=form.instance.pk).first()
        if row is None:
            raise TransitionRefused(_("Somebody took this row out meanwhile."))
        changed = [name for name, value in data.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, data[name])
        row.save()
        fresh.noted = {"did": "changed", "rows": [row.pk], "fields": changed} if changed else None

    def theirs(fresh: Application) -> list[tuple[str, Any, Any]]:
        row = getattr(fresh, related).filter(pk=form.instance.pk).first()
        if row is None:
            return [(_("This row"), _("taken out"), "")]
        return [
            (str(form.fields[name].label), shown(row, name), shown_typed(form, name, value))
            for name, value in data.items()
            if getattr(row, name) != value
        ]

    return frame.save(write, form=form, theirs=theirs, row=form.instance.pk)


def shown(row: models.Model, name: str) -> Any:
    """A stored value as people read it."""
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name)


def shown_typed(form: ModelForm, name: str, value: Any) -> Any:
    """A typed value as people read it."""
    choices = getattr(form.fields[name], "choices", None)
    return dict(choices).get(value, value) if choices and isinstance(value, str) else value


def take_out(frame: Frame, related: str, row_pk: int) -> str:
    """Take a row out; answers what it was called."""
    row = _row(frame, related, row_pk)

    def write(fresh: Application) -> None:
        getattr(fresh, related).filter(pk=row_pk).delete()
        fresh.noted = {"did": "taken_out", "rows": [row_pk]}

    frame.save(write)
    return str(row)


def move(frame: Frame, related: str, row_pk: int, *, down: bool, within: str = "") -> str:
    """Move a row one place, among those that have the same value in the column `within`; answers what it is called.

    Above the first and below the last it stays.
    """
    row = _row(frame, related, row_pk)

    def write(fresh: Application) -> None:
        rows = list(getattr(fresh, related).all())
        place = next((n for n, each in enumerate(rows) if each.pk == row_pk), None)
        if place is None:
            raise TransitionRefused(_("Somebody took this row out meanwhile."))
        alike = [n for n, each in enumerate(rows) if not within or _same(each, rows[place], within)]
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
    return getattr(one, column) == getattr(other, column)


def _row(frame: Frame, related: str, row_pk: int) -> models.Model:
    row = getattr(frame.application, related).filter(pk=row_pk).first()
    if row is None:
        raise Http404
    return row


def edit_page(
    request: HttpRequest, frame: Frame, form: ModelForm, related: str, template: str
) -> HttpResponse:
    """The page of one row, to be changed."""
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and change(frame, form, related):
            messages.success(request, _("“%(name)s” was saved.") % {"name": form.instance})
            return redirect(frame.url("application_section", frame.section.code))
    return render(request, template, frame.context(form=form, row=form.instance), status=frame.status)


def row_moved(
    request: HttpRequest, frame: Frame, related: str, row_pk: int, *, within: str = ""
) -> HttpResponse:
    """Move a row by the button that was pressed, and go back to where it stands now."""
    name = move(frame, related, row_pk, down=request.POST.get("direction") == "down", within=within)
    messages.success(request, _("“%(name)s” was moved.") % {"name": name})
    return redirect(frame.url("application_section", frame.section.code) + f"#row-{row_pk}")


def row_taken_out(request: HttpRequest, frame: Frame, related: str, row_pk: int) -> HttpResponse:
    """Take a row out, and go back to the others."""
    name = take_out(frame, related, row_pk)
    messages.success(request, _("“%(name)s” was taken out.") % {"name": name})
    return redirect(frame.url("application_section", frame.section.code))
