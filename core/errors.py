"""The pages for what went wrong: our own, in the person's language, saying what to do next.

`lsp_program.urls` names these as handler400, handler403, handler404 and handler500.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from core.workflow import Refusal


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The browser sent something that cannot be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Visible, but not for this person: says whose it is."""
    sentence = getattr(exception, "sentence", "") or str(exception or "")
    return render(request, "403.html", {"sentence": sentence}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or not one that this person may know of."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault. The page asks neither the database nor the session: they may be what failed."""
    return HttpResponseServerError(loader.get_template("500.html").render({}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or its cookie is gone. `reason` is for developers, not for the person."""
    return render(request, "errors/csrf.html", status=403)


def not_allowed(request: HttpRequest, methods: str) -> HttpResponse:
    """Something was sent to an address that takes nothing, or not in this way."""
    context = {"sentence": _("This page takes no form.")}
    response = render(request, "errors/refused.html", context, status=405)
    response.headers["Allow"] = methods
    return response


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A workflow or a permission said no, with the sentence why."""
    if refusal.status_code == 403:
        return forbidden(request, refusal)
    context = {"sentence": refusal.sentence or _("This is not possible any more.")}
    return render(request, "errors/refused.html", context, status=refusal.status_code)
