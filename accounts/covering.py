"""Cover (PROGRAMME 12): an officer who stands in for another from day to day. The covered cases come onto the list of who
covers, and so do their reminders; every act is signed by who did it. It gives no right that its holder has not.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import Cover, User
from accounts.permissions import Action
from accounts.roles import Role
from core import dates, outbox, timeline
from core.templatetags.lsp import day
from core.workflow import TransitionRefused

LONGEST = dt.timedelta(days=366)


def refusal(*, person: User, cover: User, first_on: dt.date, last_on: dt.date, now: dt.datetime) -> str:
    """Why one cannot stand in for the other on these days, in a sentence; "" when one can."""
    if person.pk == cover.pk:
        return _("Nobody stands in for themselves. Choose a colleague.")
    if first_on < dates.day_of(now):
        return _("A cover begins today or later.")
    if last_on < first_on:
        return _("The last day must not be before the first.")
    if last_on - first_on > LONGEST:
        return _("A cover lasts a year at most. Whoever leaves for longer gives their cases away.")
    for somebody in (person, cover):
        if not _is_officer(somebody, now, last_on):
            return _("%(name)s is not a programme officer on all of these days.") % {"name": somebody}
    return _clash(person, cover, first_on, last_on)


def _is_officer(person: User, now: dt.datetime, last_on: dt.date) -> bool:
    """Now, and still at the end."""
    moments = (now, dates.end_of(last_on))
    return all(Role.OFFICER in person.staff_roles(moment) for moment in moments)


def _clash(person: User, cover: User, first_on: dt.date, last_on: dt.date) -> str:
    """One cover at a time, and by somebody who is there."""
    others = Cover.objects.within(first_on, last_on).select_related("person", "by")
    # Who goes away while they stand in for another would leave that one's cases to nobody.
    if other := others.filter(Q(person=person) | Q(by=person)).first():
        return _("%(by)s stands in for %(name)s already from %(first)s to %(last)s. End that first.") % {
            "by": other.by,
            "name": other.person,
            "first": day(other.first_on),
            "last": day(other.last_on),
        }
    if other := others.filter(person=cover).first():
        return _("%(name)s is away themselves from %(first)s to %(last)s.") % {
            "name": cover,
            "first": day(other.first_on),
            "last": day(other.last_on),
        }
    return ""


@transaction.atomic
def set_cover(
    *, by: User, person: User, cover: User, first_on: dt.date, last_on: dt.date, now: dt.datetime
) -> Cover:
    """Let `cover` stand in for `person`, both days included. Officers set it for themselves and for a colleague who fell
    ill. Raises NotAllowed or TransitionRefused."""
    require(by, Action.SET_COVER)
    # Covers queue up behind one another, so that two at the same moment do not overlap.
    system = timeline.locked_system_case(now)
    if sentence := refusal(person=person, cover=cover, first_on=first_on, last_on=last_on, now=now):
        raise TransitionRefused(sentence)
    made = Cover.objects.create(
        person=person, by=cover, first_on=first_on, last_on=last_on, set_by=by, set_at=now
    )
    timeline.record(
        system,
        "cover.set",
        by=by,
        now=now,
        obj=made,
        person=person.pk,
        cover=cover.pk,
        first_on=first_on,
        last_on=last_on,
    )
    _tell(made, "cover_set", by, now)
    return made


@transaction.atomic
def end_cover(*, by: User, cover: Cover, now: dt.datetime) -> Cover:
    """End a cover early, or call one off that has not begun. Raises NotAllowed or TransitionRefused."""
    require(by, Action.SET_COVER)
    system = timeline.locked_system_case(now)
    cover = Cover.objects.select_for_update(of=("self",)).select_related("person", "by").get(pk=cover.pk)
    if cover.ended_at or cover.last_on < dates.day_of(now):
        raise TransitionRefused(_("This cover is over already."))
    cover.ended_at = now
    cover.save(update_fields=["ended_at"])
    timeline.record(
        system, "cover.ended", by=by, now=now, obj=cover, person=cover.person_id, cover=cover.by_id
    )
    _tell(cover, "cover_ended", by, now)
    return cover


def _tell(cover: Cover, template: str, by: User, now: dt.datetime) -> None:
    """Both hear of it, also when one of them did it: it is their receipt."""
    for reader in (cover.person, cover.by):
        outbox.queue(
            key=f"{template}.{cover.pk}.{reader.pk}",
            to=reader,
            template=template,
            now=now,
            context={
                "name": str(cover.person),
                "cover": str(cover.by),
                "first_on": day(cover.first_on),
                "last_on": day(cover.last_on),
                "by": str(by),
                "covers": reader == cover.by,
                "url": reverse("inbox") if reader == cover.by else reverse("cover_list"),
            },
        )


def register_sentences() -> None:
    """How covers read on the timeline of the system."""
    timeline.register("cover.set", gettext_lazy("A colleague stands in for an officer"), internal=True)
    timeline.register("cover.ended", gettext_lazy("A cover ended early"), internal=True)
