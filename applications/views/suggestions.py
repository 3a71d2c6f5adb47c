"""Suggestions for a section: an adviser makes them, the group adopts or dismisses them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch, require
from accounts.permissions import Action
from applications import guards, word_changes
from applications.forms.support import DismissForm, SuggestForm
from applications.models import Application, Suggestion
from applications.sections import BY_CODE, sections_of
from applications.supporting import suggestions
from applications.views.answers import status_of, tried
from core import dates
from core.conflict import digest
from core.forms import Form


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_add(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Suggest something for a section."""
    application = fetch(request.user, Application.objects.with_roles(), Action.SUGGEST, pk=pk)
    if section not in {each.code for each in sections_of(application)}:
        raise Http404
    form = SuggestForm(request.POST if request.method == "POST" else None, section=section)
    sent = form.is_bound and form.is_valid()
    if sent and tried(
        form,
        lambda: suggestions.suggest(
            by=request.user, application=application, section=section, now=dates.now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("The group reads your suggestion, and decides."))
        return redirect("application_section", pk=pk, section=section)
    context = {
        "application": application,
        "section": BY_CODE[section],
        "form": form,
        "texts": [(label, getattr(application, name)) for name, label in form.texts.items()],
        "refusal": guards.why_closed(application),
    }
    return render(request, "applications/suggestion_add.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_detail(request: HttpRequest, pk: int, suggestion: int) -> HttpResponse:
    """One suggestion beside what stands there now; the group adopts or dismisses it."""
    user = request.user
    application = fetch(user, Application.objects.with_roles(), Action.VIEW_SUPPORT, pk=pk)
    row = get_object_or_404(
        Suggestion.objects.select_related("made_by", "answered_by"), pk=suggestion, application=application
    )
    act = request.POST.get("act", "") if request.method == "POST" else ""
    # A button that needs no field is a form all the same: what refuses it stands on the page.
    adopting = Form(request.POST if act == "adopt" else None)
    dismissing = DismissForm(request.POST if act == "dismiss" else None)
    if request.method == "POST":
        require(user, Action.ANSWER_SUGGESTION, application)
        if act not in ("adopt", "dismiss"):
            raise Http404
        if _answered(request, application, row, adopting, dismissing):
            return redirect("application_section", pk=pk, section=row.section)
        application = Application.objects.with_roles().get(pk=pk)
        row.refresh_from_db()
    present = getattr(application, row.field) if row.field else ""
    context = {
        "application": application,
        "section": BY_CODE[row.section],
        "suggestion": row,
        "label": suggestions.label_of(row),
        "present": present,
        "pieces": word_changes.by_word(present, row.proposed) if row.field and row.adopted is None else [],
        "was": digest(present),
        "may_answer": user.can(Action.ANSWER_SUGGESTION, application),
        "refusal": guards.why_closed(application),
        "forms": [adopting, dismissing],
        "dismissing": dismissing,
    }
    return render(
        request, "applications/suggestion_detail.html", context, status=status_of(adopting, dismissing)
    )


def _answered(
    request: HttpRequest, application: Application, row: Suggestion, adopting: Form, dismissing: DismissForm
) -> bool:
    """Whether the button that was pressed did what it says."""
    facts = {"by": request.user, "application": application, "suggestion": row, "now": dates.now()}
    if adopting.is_bound:
        was = request.POST.get("was", "")
        if adopting.is_valid() and tried(adopting, lambda: suggestions.adopt(was=was, **facts)):
            messages.success(request, _("The suggestion was adopted."))
            return True
    elif dismissing.is_bound and dismissing.is_valid():
        reason = dismissing.cleaned_data["reason"]
        if tried(dismissing, lambda: suggestions.dismiss(reason=reason, **facts)):
            messages.success(request, _("The suggestion was dismissed. The adviser is told."))
            return True
    return False
