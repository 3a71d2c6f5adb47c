"""The bank statement of a project's account: its lines, bringing more, matching them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates, imports
from core.forms import Form, posted_version
from core.lists import BoundedPaginator
from core.money import format_money
from core.workflow import NotAllowed, Refusal
from grants.account import actions, guards, reading
from grants.models import AccountLine, Project

ON_A_PAGE = 50


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


@require_http_methods(["GET", "HEAD", "POST"])
def account_bring(request: HttpRequest, pk: int) -> HttpResponse:
    """The table of the bank, then what each row says and what is wrong in which cell. Only the last saves."""
    project = fetch(request.user, Project.objects.with_case(), Action.MATCH_ACCOUNT, pk=pk)
    if request.method != "POST":
        return _first_page(request, project, reading.ImportForm())
    if "table" in request.POST:
        try:
            source = reading.Source.from_text(request.POST["table"]).corrected(request.POST)
        except ValidationError as error:
            return _first_page(request, project, reading.ImportForm.refusing(error), status=422)
        return _second_page(request, project, source)
    form = reading.ImportForm(request.POST, request.FILES)
    if not form.is_valid() or not isinstance(form.source, reading.Source):
        return _first_page(request, project, form, status=422)
    return _second_page(request, project, form.source)


def _first_page(
    request: HttpRequest, project: Project, form: reading.ImportForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "staff": request.user.is_staff_member,
        "form": form,
        "columns": reading.COLUMNS,
        "most": reading.Source.MOST,
        "refusal": actions.brings_refusal(project),
    }
    return render(request, "grants/account_bring.html", context, status=status)


def _second_page(request: HttpRequest, project: Project, source: reading.Source) -> HttpResponse:
    """What is wrong in which cell; or, when it was confirmed and nothing is, the account with its new lines."""
    preview = reading.look(source, there=actions.keys_of(project), left_out=imports.left_out_of(request.POST))
    refused, status = actions.brings_refusal(project), 422 if preview.bad else 200
    if "confirm" in request.POST and not preview.bad:
        try:
            done = actions.bring(
                by=request.user, project=project, movements=preview.movements, now=dates.now()
            )
        except NotAllowed:
            raise
        except Refusal as refusal:
            refused, status = refusal.sentence, refusal.status_code
        else:
            words = ngettext("%(n)s line was added.", "%(n)s lines were added.", done) % {"n": done}
            messages.success(request, words)
            return redirect("project_account", pk=project.pk)
    context = {
        "project": project,
        "staff": request.user.is_staff_member,
        **imports.shown(preview, request.POST, refused=refused),
    }
    return render(request, "grants/account_preview.html", context, status=status)


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
        elif not self.is_bound and (near := actions.likely(line)):
            # Nothing is chosen beforehand that may be another one.
            self.initial["what"] = f"{near[0]}:{near[1].pk}"

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
