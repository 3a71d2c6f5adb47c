"""Who decides, pays or changes a bank account logs in again when their log-in is old (QUALITY: fresh authentication).

With a second factor a code of it is asked, without one the password; allauth's own pages ask, and allauth keeps what
was sent meanwhile and sends it again afterwards, so that nothing typed is lost.
"""

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

LOGGED_IN_AT = "logged_in_at"


def note_log_in(sender: Any, request: HttpRequest, **_more: Any) -> None:
    """A log-in is complete only with the second factor, where there is one: allauth asks for it before."""
    request.session[LOGGED_IN_AT] = time.time()


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this person has an authenticator app."""
    return Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person logged in, or was asked again, a short while ago. A password does not stand for the code of
    who has a second factor."""
    limit = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if request.session.get(LOGGED_IN_AT, 0) > limit:
        return True
    records = get_authentication_records(request, request.user)
    again = [record for record in records if record.get("reauthenticated") and record["at"] > limit]
    if again and has_second_factor(request):
        return any(record["method"] == "mfa" for record in again)
    return bool(again)


def page(request: HttpRequest) -> str:
    """The page that asks."""
    return reverse("mfa_reauthenticate" if has_second_factor(request) else "account_reauthenticate")


def url_to_ask(request: HttpRequest) -> str:
    """The same, as a link that comes back to the page that is shown; "" when nothing has to be asked."""
    return "" if is_fresh(request) else f"{page(request)}?{urlencode({'next': request.path})}"


View = Callable[..., HttpResponse]


def fresh_login(
    view: View | None = None, *, reads: bool = False, when: Callable[..., bool] = lambda **_of: True
) -> Any:
    """Ask again before a page that decides or pays is shown, and once more when it is sent. `reads`: the page is read
    by others too, so only what is sent is held; `when` says for which arguments of the address it counts."""
    if view is None:
        return functools.partial(fresh_login, reads=reads, when=when)

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **of: Any) -> HttpResponse:
        looks = reads and request.method != "POST"
        if looks or not request.user.is_authenticated or not when(**of) or is_fresh(request):
            return view(request, *args, **of)
        return suspend_request(request, page(request))

    return guarded


def register() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(note_log_in, dispatch_uid="accounts.fresh")
