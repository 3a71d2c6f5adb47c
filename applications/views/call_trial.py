"""A call as a group will see it, before anybody does: the preview, and an admin's own test application."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications import calls
from applications.forms.answers import AnswersForm
from applications.questions import of_section, questions_of
from applications.sections import SECTIONS
from applications.views.call_desk import one_call
from applications.views.calls import rules_of
from core import dates

LANGUAGES = {"en": gettext_lazy("English"), "es": gettext_lazy("Spanish")}


@require_safe
def call_preview(request: HttpRequest, code: str) -> HttpResponse:
    """The call and its application as an applicant sees them, in the language that was asked for."""
    call = one_call(request, code)
    language = request.GET.get("language") or get_language() or "es"
    language = language if language in LANGUAGES else "es"
    with translation.override(language):
        asked = questions_of(call)

        def form(section: str) -> AnswersForm:
            made = AnswersForm(questions=of_section(asked, section), deciding=asked, answers={})
            for field in made.fields.values():
                field.disabled = True
            return made

        context = {
            "call": call,
            "language": language,
            "languages_of_call": [(name, label, name == language) for name, label in LANGUAGES.items()],
            "sections": [section for section in SECTIONS if section.is_asked(call)],
            "questions": form("questions"),
            "declarations": form("declarations"),
            **rules_of(call, dates.now()),
        }
        return render(request, "applications/call_edit_preview.html", context)


@require_POST
def call_test_start(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a test application, or go on with the one that there is."""
    call = one_call(request, code)
    application = calls.start_test(by=request.user, call=call, now=dates.now())
    messages.success(request, _("This is a test: write what you like, nothing of it counts."))
    return redirect("application_detail", pk=application.pk)


@require_POST
def call_test_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw one's own test of a call away."""
    call = one_call(request, code)
    application = calls.test_of(call, request.user)
    if application is None:
        raise Http404
    calls.discard_test(by=request.user, application=application, now=dates.now())
    messages.success(request, _("The test was thrown away."))
    return redirect("call_edit", code=code)
