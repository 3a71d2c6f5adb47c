"""What base.html knows on every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

from core import dates, navigation, notices


def site(request: HttpRequest) -> dict[str, Any]:
    """Names from the settings, the navigation of this person, the languages, and when the session ends."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_LOGO": settings.SITE_LOGO,
        "SITE_URL": settings.SITE_URL,
        "DEMO": settings.DEMO,
        # Partials of a page have no navigation: it is built when the template asks.
        "navigation": SimpleLazyObject(lambda: navigation.links_for(request)),
        "languages": [
            (code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES
        ],
        "unread_notices": SimpleLazyObject(lambda: unread_notices(request)),
        "session_seconds": SimpleLazyObject(lambda: seconds_left(request)),
    }


def unread_notices(request: HttpRequest) -> int:
    """How many notices wait on this person's bell; 0 for a visitor."""
    user = getattr(request, "user", None)
    return notices.unread(user) if user is not None and user.is_authenticated else 0


def seconds_left(request: HttpRequest) -> int:
    """After how many seconds the session of this person ends at the earliest; 0 for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    if user.last_login is None:
        return settings.SESSION_COOKIE_AGE
    since = (dates.now() - user.last_login).total_seconds()
    return max(int(settings.SESSION_COOKIE_AGE - since), 0)
