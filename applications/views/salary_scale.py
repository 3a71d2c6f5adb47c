"""The scale of the coordinators' salary of one call: its rows, and a form for the next one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications.calls import scales
from applications.forms.salary_scale import ScaleForm
from applications.models import Call
from applications.views.answers import posted, status_of, tried
from core import dates


@require_http_methods(["GET", "HEAD", "POST"])
def salary_scale(request: HttpRequest, code: str) -> HttpResponse:
    """What a month is worth, from which day on and by which resolution."""
    call = fetch(request.user, Call, Action.SET_SALARY_SCALE, code=code)
    form = ScaleForm(posted(request), call=call, today=dates.today())
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: scales.set_scale(by=request.user, call=call, now=dates.now(), **form.cleaned_data),
        )
    ):
        messages.success(request, _("The scale is set. It counts for every project of the call."))
        return redirect("salary_scale", code=call.code)
    context = {
        "call": call,
        "rows": call.salary_scales.select_related("entered_by"),
        "form": form,
        "refusal": scales.why_not_set(call),
    }
    return render(request, "applications/salary_scale.html", context, status=status_of(form))
