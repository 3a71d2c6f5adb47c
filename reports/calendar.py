"""What a person owes, as a calendar that their own program reads (iCalendar, RFC 5545; PROGRAMME 7).

The address is private: it holds a code that only the system can make, and another password makes another code. Nothing is kept.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from core.duties import Duty
from core.models import Case

# More than anybody owes, and bounded.
MOST = 500
LONGEST_LINE = 75  # octets, by the standard


def code_of(user: User) -> str:
    """The secret part of a person's address. Whoever changes the password has another one."""
    return salted_hmac("lsp.calendar", f"{user.pk}.{user.password}", algorithm="sha256").hexdigest()


def address_of(user: User) -> str:
    """Where a person's calendar is read."""
    return settings.SITE_URL + reverse("calendar_feed", args=[user.pk, code_of(user)])


def person_of(pk: int, code: str) -> User | None:
    """Whose address it is; None for any that is not right, or of a closed account."""
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and constant_time_compare(code_of(user), code) else None


def feed(duties: Iterable[Duty], *, now: dt.datetime) -> str:
    """The calendar: a whole day for each duty, in the language of the moment."""
    duties = list(duties)[:MOST]
    cases = Case.objects.in_bulk({duty.case_id for duty in duties if duty.case_id})
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//LSP//duties//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(_('What you owe to the programme'))}",
        *(line for duty in duties for line in _event(duty, cases.get(duty.case_id or 0), now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(duty: Duty, case: Case | None, now: dt.datetime) -> Iterator[str]:
    url = settings.SITE_URL + duty.url if duty.url.startswith("/") else duty.url
    yield "BEGIN:VEVENT"
    yield f"UID:{duty.key}.{duty.user_id}@{settings.SITE_URL.partition('://')[2]}"
    yield f"DTSTAMP:{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{duty.due_on:%Y%m%d}"
    if duty.due_on < dt.date.max:  # Without an end it is that day.
        yield f"DTEND;VALUE=DATE:{duty.due_on + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(duty.words())}"
    if case is not None:
        yield f"DESCRIPTION:{escaped(case.name)}"
    yield f"URL:{url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as the standard wants it."""
    for mark, instead in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", ""),
    ):
        text = text.replace(mark, instead)
    return text


def folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets; those that go on begin with a space. No letter is cut in two."""
    part, room = "", LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            yield part
            part, room = " ", LONGEST_LINE - 1
        part, room = part + letter, room - size
    yield part
