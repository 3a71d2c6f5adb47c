"""Who may not judge (PROGRAMME 3): nobody decides on, or reviews, what they had a part in."""

from django.utils.translation import gettext as _

from applications.models import Application, Review
from applications.supporting.history import advised_ids
from core.models import Event

# Writing on the timeline: who did one of these wrote the application.
WRITING = ("application.started", "application.edited", "application.submit")


def decider_is_independent(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 3: nobody decides on an application that they wrote, advised, reviewed or recommended."""
    if any(row.recommended_by_id == by.pk for row in obj.recommendations.all()):
        return _("You recommended it: somebody else decides.")
    return took_no_part(obj, by=by, now=now, data=data)


def took_no_part(obj: Application, *, by, now, data) -> str:
    if Event.objects.filter(case_id=obj.case_id, actor=by, action__in=WRITING).exists():
        return _("You wrote in this application: somebody else decides.")
    if by.pk in advised_ids(obj):
        return _("You advised this group: somebody else decides.")
    mine = [review for review in obj.reviews.all() if review.reviewer_id == by.pk]
    touched = (*Review.LIVE, Review.Status.VOIDED)
    if any(review.status in touched or review.no_interest is not None for review in mine):
        return _("You are or were its reviewer: somebody else decides.")
    return ""


def why_not_reviewer(obj: Application, person) -> str:
    """Why a person cannot review an application, in a sentence; "" when they can (PROGRAMME 3)."""
    return barred_from_reviewing(obj).get(person.pk, "")


def barred_from_reviewing(obj: Application) -> dict[int, str]:
    """Everybody who cannot review it, with the sentence: by their id."""
    wrote = Event.objects.filter(case_id=obj.case_id, action__in=WRITING).values_list("actor_id", flat=True)
    group = obj.group
    places = group.people.filter(until=None).values_list("user_id", flat=True)
    posts = group.appointments.filter(status__in=["nominated", "accepted", "confirmed"])
    reviews = obj.reviews.select_related("reviewer")
    bars = {pk: _("Wrote in this application.") for pk in wrote if pk}
    bars |= {pk: _("Advises this group.") for pk in advised_ids(obj)}
    bars |= {pk: _("Holds a role in this group.") for pk in places}
    bars |= {pk: _("Holds a role in this group.") for pk in posts.values_list("person_id", flat=True) if pk}
    bars |= {
        r.reviewer_id: _("Declared an interest in this case.") for r in reviews if r.no_interest is False
    }
    bars |= {r.reviewer_id: _("Reviews it already.") for r in reviews if r.is_live}
    return bars
