"""The signed papers of an agreement: what is on file, what is missing, and putting one there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from grants.agreements import actions, guards
from grants.agreements.firms import signings, who_sign
from grants.agreements.forms import FirmPaperForm, SignedPaperForm
from grants.models import Project, SignedPaper

COPIES = (SignedPaper.Kind.GROUP, SignedPaper.Kind.STATE)


@require_safe
def agreement_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Both copies, and each firm with what it signed."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PROJECT, pk=pk)
    user, agreement = request.user, project.agreement
    papers = list(agreement.papers.filter(firm=None).select_related("document", "added_by", "replaced_by"))
    refusal, now = actions.paper_refusal(project), dates.now()
    context = {
        "project": project,
        "copies": [
            {
                "kind": kind.value,
                "label": kind.label,
                "paper": next((row for row in papers if row.kind == kind and row.current), None),
                "before": [row for row in papers if row.kind == kind and not row.current],
                "may_add": not refusal and user.can(actions.needs(kind), project),
            }
            for kind in COPIES
        ],
        "firms": signings(agreement),
        "may_add_firms": not refusal and user.can(Action.SIGN_AGREEMENT, project),
        "refusal": refusal,
        "lacking": [
            sentence
            for guard in (guards.copies_are_there, guards.every_firm_signed)
            if (sentence := guard(project, by=user, now=now, data={}))
        ],
    }
    return render(request, "grants/agreement_papers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def paper_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Put the signed copy of one side on file."""
    if kind not in COPIES:
        raise Http404
    project = fetch(request.user, Project.objects.with_case().with_roles(), actions.needs(kind), pk=pk)
    before = project.agreement.papers.filter(kind=kind, current=True).first()
    form = SignedPaperForm(
        posted(request), _files(request), project=project, before=before, today=dates.today()
    )
    title = SignedPaper.Kind(kind).label
    return _answer(request, project, form, {"kind": kind, "title": title, "before": before})


@require_http_methods(["GET", "HEAD", "POST"])
def firm_signature_add(request: HttpRequest, pk: int, firm_pk: int) -> HttpResponse:
    """Put on file what one firm signed."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.SIGN_AGREEMENT, pk=pk)
    firm = get_object_or_404(who_sign(project.agreement), pk=firm_pk)
    before = project.agreement.papers.filter(firm=firm, current=True).first()
    form = FirmPaperForm(
        posted(request), _files(request), project=project, before=before, today=dates.today(), firm=firm
    )
    return _answer(request, project, form, {"firm": firm, "title": firm.name, "before": before})


def _files(request: HttpRequest) -> Any:
    return request.FILES if request.method == "POST" else None


def _answer(request: HttpRequest, project: Project, form: Any, about: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = {"kind": about.get("kind"), "firm": about.get("firm"), **form.cleaned_data}
        if tried(
            form,
            lambda: actions.add_paper(by=request.user, project=project, now=dates.now(), **data),
        ):
            messages.success(request, _("The signed paper is on file."))
            return redirect("agreement_papers", pk=project.pk)
    context = {**about, "project": project, "form": form, "refusal": actions.paper_refusal(project)}
    return render(request, "grants/paper_add.html", context, status=status_of(form))
