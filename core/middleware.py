"""What happens around every request, whatever the app."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control

from core import errors, uploads
from core.workflow import Refusal


class PrivatePagesMiddleware:
    """No cache keeps a page of somebody who is signed in, unless its view said otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asked on both sides: the view may sign the person in or out.
        known = request.user.is_authenticated
        response = self.get_response(request)
        if known or request.user.is_authenticated:
            said = response.headers.get("Cache-Control", "")
            if not said:
                response.headers["Cache-Control"] = "private, no-store"
            elif "public" not in said:
                patch_cache_control(response, private=True)
        return response


class RefusalMiddleware:
    """Turns a refusal that a view let through into a page with its sentence: 409, or 403 for a permission.

    A form of a library's view that comes back with errors gets the status that ours have: 422.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.refused(request, exception) if isinstance(exception, Refusal) else None

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and getattr(form, "errors", None):
            response.status_code = 422
        return response


class MethodMiddleware:
    """An address that takes only forms leads whoever types it, or changes the language on its page, to the nearest page
    above it; what an address does not take at all is refused with a page of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        if request.method in ("GET", "HEAD"):
            named = request.resolver_match.kwargs if request.resolver_match else {}
            return HttpResponseRedirect(_above(request.path_info, named))
        return errors.not_allowed(request, response.headers["Allow"])


def _above(path: str, named: dict[str, Any]) -> str:
    """The nearest address above another that names nothing else: its row, its case or its list. That may lead further up
    itself; the home page is above all."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            found = resolve(path)
        except Resolver404:
            continue
        if set(found.kwargs.values()) <= set(named.values()):
            return path
    return "/"


class UploadsMiddleware:
    """Files that came in parts before their form stand where plain ones would be: no view and no form has to know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if request.method == "POST" and request.user.is_authenticated:
            uploads.take_over(request.user, request.POST, request.FILES)
