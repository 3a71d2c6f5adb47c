"""Saves that a page sends again by itself while the connection is away (static/retry.js): each is made once, however often
it arrives (PROGRAMME 12: a poor connection).

The page gives a save a key. Its row is written in the transaction of the save itself, so that there is never one without
the other; a repeat waits for the first, and is answered as that was.
"""

import datetime as dt
import functools
import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import dates
from grants.models import FormSave

# What the page sends, and the address to which it goes on. Other answers it leaves to the browser.
KEY_HEADER, ADDRESS_HEADER = "X-Save-Key", "X-Saved-To"
KEY = re.compile(r"[0-9a-f]{32}")
# A page that was left open does not try for longer.
KEPT_FOR = dt.timedelta(days=7)


def saved_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers a save with a redirect, and anything else with a page."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(KEY_HEADER, "")
        if request.method != "POST" or not KEY.fullmatch(key):
            return view(request, *args, **kwargs)
        person = request.user if request.user.is_authenticated else None
        with transaction.atomic():
            row, is_new = FormSave.objects.get_or_create(
                person=person, key=key, defaults={"saved_at": dates.now()}
            )
            if not is_new:
                # What the first answer said got lost with it.
                messages.success(request, _("Saved."))
                return _led_to(row.led_to)
            response = view(request, *args, **kwargs)
            if response.status_code != 302:
                row.delete()
                return response
            row.led_to = response.headers["Location"]
            row.save(update_fields=["led_to"])
        return _led_to(row.led_to)

    return wrapped


def _led_to(address: str) -> HttpResponse:
    return HttpResponse(status=204, headers={ADDRESS_HEADER: address})


def forget(now: dt.datetime) -> None:
    """Keys that no page sends any more (core.dated)."""
    FormSave.objects.filter(saved_at__lt=now - KEPT_FOR).delete()
