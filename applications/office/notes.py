"""What the office notes of a case for itself: notes, which may call a colleague's attention, and the log of contacts with
the group, visits before approval among them (PROGRAMME 12). Events of its timeline, which only staff of the case read."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RoleGrant, User
from accounts.permissions import THE_OFFICE, Action
from applications import emails
from applications.locking import locked_for
from applications.models import Application
from core import dates, timeline
from core.models import Event
from core.workflow import TransitionRefused

NOTED, CONTACTED = "application.noted", "application.contacted"
LONGEST = 4000
MOST_MENTIONS = 10
# What is older is history, and stands in the papers.
YEARS_BACK = 5


class Contact(TextChoices):
    """How the office and the group met."""

    CALL = "call", gettext_lazy("Telephone call")
    VISIT = "visit", gettext_lazy("Visit")
    MESSAGE = "message", gettext_lazy("Message outside this site")


def can_be_mentioned(application: Application, by: User, now: dt.datetime) -> list[User]:
    """Colleagues who read the internal notes of a case: of the office, and of no place in its group. One query, when the
    people of the group are there."""
    office = RoleGrant.objects.live(now).filter(role__in=THE_OFFICE)
    people = User.objects.filter(is_active=True, pk__in=office.values("user_id")).exclude(pk=by.pk)
    return [
        person for person in people.order_by("full_name", "pk") if not application.group.own_roles(person)
    ]


@transaction.atomic
def note(
    *, by: User, application: Application, text: str, mentions: Iterable[User] = (), now: dt.datetime
) -> Event:
    """Note something for the office. Who is mentioned stands before the text, and hears of it by notice.

    Raises NotAllowed, or TransitionRefused for an empty note and for somebody who does not read it.
    """
    fresh = locked_for(application, by, Action.NOTE_CASE)
    words = _checked(text, _("Write the note."))
    people = sorted({person.pk: person for person in mentions}.values(), key=lambda person: person.pk)
    if len(people) > MOST_MENTIONS:
        raise TransitionRefused(_("Mention at most %(most)s people in a note.") % {"most": MOST_MENTIONS})
    for person in people:
        if not person.can(Action.VIEW_INTERNAL, fresh):
            raise TransitionRefused(_("%(name)s does not read the notes of this case.") % {"name": person})
    if people:
        words = f"{', '.join(f'@{person}' for person in people)}: {words}"
    ids = [person.pk for person in people]
    event = timeline.record(
        fresh.case, NOTED, by=by, now=now, obj=fresh, text=words, locked=True, mentions=ids
    )
    emails.mentioned(fresh, event, [person for person in people if person.pk != by.pk], now=now)
    return event


@transaction.atomic
def contact(
    *, by: User, application: Application, kind: str, on: dt.date, text: str, now: dt.datetime
) -> Event:
    """Log a call, a visit or a message outside the site, with its day.

    Raises NotAllowed, or TransitionRefused for an empty text, an unknown kind, and a day that cannot be.
    """
    fresh = locked_for(application, by, Action.NOTE_CASE)
    words = _checked(text, _("Say what was said or seen."))
    if kind not in Contact.values:
        raise TransitionRefused(_("Choose how you were in contact."))
    if sentence := why_not_on(on, dates.day_of(now)):
        raise TransitionRefused(sentence)
    return timeline.record(
        fresh.case, CONTACTED, by=by, now=now, obj=fresh, text=words, locked=True, kind=kind, on=on
    )


def why_not_on(on: dt.date, today: dt.date) -> str:
    """Why a contact cannot have been on a day; "" when it can."""
    if on > today:
        return _("The day is in the future. Log the contact once it took place.")
    if on < dates.add_months(today, -12 * YEARS_BACK):
        return _("The day is more than %(years)s years ago.") % {"years": YEARS_BACK}
    return ""


def _checked(text: str, missing: str) -> str:
    words = text.strip()
    if not words:
        raise TransitionRefused(missing)
    if len(words) > LONGEST:
        raise TransitionRefused(_("A text has at most %(most)s letters.") % {"most": LONGEST})
    return words
