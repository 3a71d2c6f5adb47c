"""What happens around every request because of who asks: the language, the second factor, the auditor's log."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts import fresh
from accounts.roles import Role
from core import dates
from core.logs import without_keys
from core.models import AccessLog

LONGEST_PATH = AccessLog._meta.get_field("path").max_length


class LanguageMiddleware:
    """Speaks the person's own language; a visitor's by cookie or browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        known = user.is_authenticated
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if not known:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class SecondFactorMiddleware:
    """Staff without a second factor reach the pages that set one up, and nothing else."""

    OPEN = frozenset(
        {
            "account_logout",
            "account_reauthenticate",
            "account_email",
            "account_confirm_email",
            "account_email_verification_sent",
            "mfa_index",
            "mfa_activate_totp",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "set_language",
        }
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view, _args, _kwargs) -> HttpResponse | None:
        user = request.user
        if not settings.STAFF_SECOND_FACTOR or not user.is_authenticated or not user.is_staff_member:
            return None
        if request.resolver_match and request.resolver_match.view_name in self.OPEN:
            return None
        if fresh.has_second_factor(request):
            return None
        return redirect("mfa_activate_totp")


class AuditorAccessMiddleware:
    """Writes down every access of an auditor (PROGRAMME 3). If it cannot be written, nothing is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Who they are before the view: it may log them out.
        user = request.user
        watched = user.is_authenticated and Role.AUDITOR in user.staff_roles()
        response = self.get_response(request)
        if watched:
            AccessLog.objects.create(
                at=dates.now(),
                user_id=user.pk or 0,
                method=str(request.method)[:10],
                path=without_keys(request.get_full_path())[:LONGEST_PATH],
                status=response.status_code,
            )
        return response
