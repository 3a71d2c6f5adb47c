"""The agreement: its text, the two signatures, its PDF."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import fetch, require
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from grants import actions
from grants.forms import SignForm
from grants.models import Project
from grants.wording import in_words


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """What both sides sign; the form to whom it is asked of now."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PROJECT, pk=pk)
    user, for_state = request.user, request.user.can(Action.MANAGE_AGREEMENT, project)
    if request.method == "POST" and not for_state:
        require(user, Action.SIGN_AGREEMENT, project)
    signs = for_state or user.can(Action.SIGN_AGREEMENT, project)
    form = SignForm(posted(request), user=user, declaration=_declaration(for_state))
    if request.method == "POST" and form.is_valid():
        sign = actions.sign_for_state if for_state else actions.sign_for_group
        name, declared = form.cleaned_data["name"], form.cleaned_data["declared"]
        version = posted_version(request)
        if tried(
            form,
            lambda: sign(
                by=user, project=project, name=name, declared=declared, now=dates.now(), version=version
            ),
        ):
            messages.success(request, _("You signed the agreement."))
            return redirect("agreement", pk=project.pk)
    context = {
        "project": project,
        "agreement": project.agreement,
        "terms": in_words(project.agreement.terms),
        "form": form,
        "signs": signs,
        "for_state": for_state,
        "refusal": actions.signature_refusal(project, for_state=for_state),
    }
    return render(request, "grants/agreement.html", context, status=status_of(form))


def _declaration(for_state: bool) -> str:
    if for_state:
        return _("I have read this agreement, and sign it for the State.")
    return _(
        "I have read this agreement, I represent the group, its firms know what it says, and I sign it for them."
    )


@require_POST
def agreement_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the PDF of a signed agreement, where it is not there yet."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PROJECT, pk=pk)
    if not project.agreement.is_signed:
        raise Http404
    if project.agreement.document_id:
        return redirect("document", pk=project.agreement.document_id)
    job = actions.ask_for_document(project.agreement, by=request.user, now=dates.now())
    return redirect("job", pk=job.pk)
