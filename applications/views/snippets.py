"""The texts that a person of the office keeps for its forms."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require
from accounts.permissions import Action
from applications.forms.office import SnippetForm
from applications.models import Snippet
from applications.office import snippets
from applications.views.answers import status_of


@require_safe
def snippet_list(request: HttpRequest) -> HttpResponse:
    """One's own, and what colleagues share."""
    require(request.user, Action.NOTE_CASE)
    rows = list(snippets.of(request.user))
    return render(request, "applications/snippet_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def snippet_add(request: HttpRequest) -> HttpResponse:
    """A new text."""
    require(request.user, Action.NOTE_CASE)
    return _written(request, Snippet(owner_id=request.user.pk or 0))


@require_http_methods(["GET", "HEAD", "POST"])
def snippet_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a text of one's own; that of a colleague is not there."""
    require(request.user, Action.NOTE_CASE)
    return _written(request, get_object_or_404(Snippet, pk=pk, owner=request.user))


@require_POST
def snippet_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a text of one's own out."""
    require(request.user, Action.NOTE_CASE)
    snippets.take_out(by=request.user, snippet=get_object_or_404(Snippet, pk=pk, owner=request.user))
    messages.success(request, _("The text was taken out."))
    return redirect("snippet_list")


def _written(request: HttpRequest, snippet: Snippet) -> HttpResponse:
    form = SnippetForm(request.POST if request.method == "POST" else None, instance=snippet)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                snippets.keep(by=request.user, snippet=form.instance)
        except IntegrityError:
            # The same form was sent twice at once.
            form.add_error("name", _("You have a text of this name already."))
        else:
            messages.success(request, _("The text is kept."))
            return redirect("snippet_list")
    context = {"form": form, "is_new": snippet.pk is None}
    return render(request, "applications/snippet_edit.html", context, status=status_of(form))
