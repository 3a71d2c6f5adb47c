"""Many firms at once: paste or choose a table, look at every row, correct or leave out, add."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Action
from core import dates, imports, sheets
from core.workbook import CONTENT_TYPE, Choice, Column, Table, workbook
from core.workflow import NotAllowed, Refusal
from groups.forms.imports import ImportForm, Names
from groups.import_rows import look, save
from groups.imports import COLUMNS, MOST_FIRMS, Source, headings
from groups.models import Group
from groups.views.firms import fetch_group


@require_http_methods(["GET", "HEAD", "POST"])
def firms_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The table, then what would happen to each row of it, then what happened. Only the last saves."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    if request.method != "POST":
        return _first_page(request, group, ImportForm())
    if "table" in request.POST:
        try:
            source = Source.from_text(request.POST["table"]).corrected(request.POST)
        except ValidationError as error:
            return _first_page(request, group, ImportForm.refusing(error), status=422)
        return _second_page(request, group, source)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid() or form.source is None:
        return _first_page(request, group, form, status=422)
    return _second_page(request, group, form.source)


def _first_page(request: HttpRequest, group: Group, form: ImportForm, *, status: int = 200) -> HttpResponse:
    context = {"group": group, "form": form, "columns": COLUMNS, "most": MOST_FIRMS}
    return render(request, "groups/firms_import.html", context, status=status)


def _second_page(request: HttpRequest, group: Group, source: Source) -> HttpResponse:
    """What would happen to each row; or, when that was confirmed and nothing is wrong, what happened."""
    now = dates.now()
    left_out = imports.left_out_of(request.POST)
    preview = look(source, group=group, by=request.user, today=dates.day_of(now), left_out=left_out)
    refused, status = "", 422 if preview.bad else 200
    if "confirm" in request.POST:
        try:
            done = save(preview, by=request.user, group=group, now=now)
        except NotAllowed:
            raise
        except Refusal as refusal:
            refused, status = refusal.sentence, refusal.status_code
        else:
            return render(request, "groups/firms_import_done.html", {"group": group, "done": done})
    context = {"group": group, **imports.shown(preview, request.POST, refused=refused)}
    return render(request, "groups/firms_import_preview.html", context, status=status)


@require_safe
def firms_import_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty sheet with the right columns, with its drop-downs, and a page that explains them with an example."""
    group = fetch_group(request, pk, Action.EDIT_GROUP)
    choices = Names.read().choices
    columns = [
        Column(title, width=24, choice=Choice(choices[code]) if code in choices else None)
        for code, title in headings(dates.today())
    ]
    tables = [Table(_("Firms"), columns), Table(_("How to fill it in"), rows=_help(group))]
    response = HttpResponse(workbook(tables), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_("firms")}.xlsx"'
    return response


def _help(group: Group) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = [
        (_("Firms of %(group)s") % {"group": group.name},),
        ("", _("One row for each firm, on the first sheet. At most %(most)s.") % {"most": MOST_FIRMS}),
        ("", _("Columns may stand in any order, and those that you do not need may be deleted.")),
        ("", sheets.limits()),
        ("",),
        (_("Column"), _("What to write"), _("Example")),
    ]
    lines += [(str(column.label), str(column.hint), column.example) for column in COLUMNS]
    for _code, title in headings(dates.today())[len(COLUMNS) :]:
        lines.append((title, _("In pesos, without VAT. Empty: the firm enters it itself."), "1.234.567,50"))
    return lines
