"""The bank statement of a project's account: its lines, bringing more, matching them."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates, sheets
from core.forms import Form, posted_version
from core.lists import BoundedPaginator
from core.money import format_money
from grants.account import actions, guards, reading
from grants.models import AccountLine, Project

ON_A_PAGE = 50
SHOWN = 50


@require_safe
def project_account(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of a project's account, what is not matched first."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, pk=pk)
    rows = project.account_lines.with_matches().order_by("matched_at", "on", "id")
    left = project.account_lines.unmatched().count()
    context = {
        "project": project,
        "staff": request.user.is_staff_member,
        "page": BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "left": left,
        "missing": guards.missing_in(project),
        "may_match": request.user.can(Action.MATCH_ACCOUNT, project),
        "refusal": actions.brings_refusal(project),
    }
    return render(request, "grants/project_account.html", context)


class StatementForm(Form):
    """The file of the bank; on the way back from the preview, the table itself."""

    hides_optional = True
    file = forms.FileField(label=gettext_lazy("Statement of the bank"), required=False)
    table = forms.CharField(required=False, widget=forms.HiddenInput, max_length=400_000)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = sheets.limits()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        upload, table = data.get("file"), data.get("table")
        try:
            if upload:
                data["sheet"] = sheets.read_upload(upload, most_rows=reading.MOST_LINES + 10)[0]
            elif table:
                data["sheet"] = _sheet_of(table)
            else:
                self.add_error("file", _("Choose the file of the bank."))
                return data
            data["reading"] = reading.read(data["sheet"])
        except forms.ValidationError as error:
            self.add_error("file", error)
        except IndexError:
            self.add_error("file", _("This file is empty. Choose another one."))
        return data


def _sheet_of(table: str) -> sheets.Sheet:
    """The table that the page carried. Raises ValidationError."""
    try:
        rows = sheets.carried(table)
        if not isinstance(rows, list) or len(rows) > reading.MOST_LINES + 10:
            raise ValueError(table[:20])
        return sheets.Sheet(
            "",
            [
                sheets.Row(
                    int(number),
                    tuple(sheets.Cell(str(text), int(number), place) for place, text in enumerate(texts, 1)),
                )
                for number, texts in rows
            ],
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise forms.ValidationError(_("The table did not arrive whole. Choose the file again.")) from error


@require_http_methods(["GET", "HEAD", "POST"])
def account_bring(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a statement, look at what it says, and bring its lines."""
    project = fetch(request.user, Project.objects.with_case(), Action.MATCH_ACCOUNT, pk=pk)
    form = StatementForm(posted(request), request.FILES if request.method == "POST" else None)
    found, fresh, table = None, [], ""
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data["reading"]
        fresh = actions.new_of(project, found.movements)
        if "bring" in request.POST and tried(
            form,
            lambda: actions.bring(
                by=request.user, project=project, movements=found.movements, now=dates.now()
            ),
        ):
            messages.success(request, _("The lines of the statement are there."))
            return redirect("project_account", pk=pk)
        rows = form.cleaned_data["sheet"].rows
        table = json.dumps([[row.number, [cell.text for cell in row.cells]] for row in rows])
    context = {
        "project": project,
        "staff": request.user.is_staff_member,
        "form": form,
        "found": found,
        "fresh": fresh[:SHOWN],
        "count": len(fresh),
        "known": len(found.movements) - len(fresh) if found else 0,
        "table": table,
        "refusal": actions.brings_refusal(project),
    }
    return render(request, "grants/account_bring.html", context, status=status_of(form))


class MatchForm(Form):
    """What a line is: one of the suggestions, or in words."""

    hides_optional = True
    what = forms.ChoiceField(label=gettext_lazy("What it is"), widget=forms.RadioSelect, required=False)
    explanation = forms.CharField(
        label=gettext_lazy("Or explain it"),
        help_text=gettext_lazy("Bank charges, interest, money of the group's own."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, line: AccountLine, **kwargs: Any):
        super().__init__(*args, **kwargs)
        found = [(f"{kind}:{row.pk}", _words(kind, row)) for kind, row in actions.candidates(line)]
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = found
        if not found:
            del self.fields["what"]
        elif not self.is_bound:
            self.initial["what"] = found[0][0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("what") and not (data.get("explanation") or "").strip():
            self.add_error("explanation", _("Choose what it is, or explain it."))
        return data


def _words(kind: str, row: Any) -> str:
    if kind == "disbursement":
        return _("Payment of tranche %(number)s, Treasury order %(order)s of %(day)s") % {
            "number": row.tranche.number,
            "order": row.treasury_number,
            "day": f"{row.treasury_date:%d/%m/%Y}",
        }
    if kind == "receipt":
        return _("Refund %(number)s, %(reference)s of %(day)s") % {
            "number": row.refund.number,
            "reference": row.reference,
            "day": f"{row.paid_on:%d/%m/%Y}",
        }
    return _("Paid on %(day)s: %(expense)s") % {
        "day": f"{row.paid_on:%d/%m/%Y}",
        "expense": f"{row.expense.description} ({row.expense})",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def account_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a line is."""
    line = fetch(request.user, AccountLine.objects.with_case(), Action.MATCH_ACCOUNT, pk=pk)
    form = MatchForm(posted(request), line=line)
    if request.method == "POST" and form.is_valid():
        kind, _colon, chosen = form.cleaned_data.get("what", "").partition(":")
        explanation, version = form.cleaned_data["explanation"], posted_version(request)
        if explanation.strip():
            kind, chosen = "", ""
        if tried(
            form,
            lambda: actions.match(
                by=request.user,
                line=line,
                now=dates.now(),
                version=version,
                kind=kind,
                pk=int(chosen) if chosen else None,
                explanation=explanation,
            ),
        ):
            messages.success(request, _("The line is matched."))
            return redirect("project_account", pk=line.project_id)
    context = {
        "title": _("What is this line?"),
        "back": (reverse("project_account", args=[line.project_id]), _("Bank statement of the account")),
        "facts": [
            (_("Date"), f"{line.on:%d/%m/%Y}"),
            (_("Text"), line.text),
            (_("Reference"), line.reference or "–"),
            (_("Amount"), format_money(line.amount)),
        ],
        "form": form,
        "button": _("Match it"),
        "version": line.version,
        "applicant": not request.user.is_staff_member,
        "refusal": actions.brings_refusal(line.project)
        or (_("This line is matched already.") if line.is_matched else ""),
    }
    return render(request, "grants/money_form.html", context, status=status_of(form))


@require_POST
def account_let_go(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a match back."""
    line = fetch(request.user, AccountLine, Action.MATCH_ACCOUNT, pk=pk)
    actions.let_go(by=request.user, line=line, now=dates.now(), version=posted_version(request))
    messages.success(request, _("The match was taken back."))
    return redirect("project_account", pk=line.project_id)
