"""Who may not judge (PROGRAMME 3): nobody decides on, or reviews, what they had a part in."""

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Application, DeclaredRelation, Review
from applications.supporting.history import advised_ids
from core.models import Event
from groups.models import Firm

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


def barred_from_reviewing(obj: Application, reviews: Iterable[Review] | None = None) -> dict[int, str]:
    """Everybody who cannot review it, with the sentence: by their id. `reviews` are those that count, else all."""
    wrote = Event.objects.filter(case_id=obj.case_id, action__in=WRITING).values_list("actor_id", flat=True)
    group = obj.group
    places = group.people.filter(until=None).values_list("user_id", flat=True)
    posts = group.appointments.filter(status__in=["nominated", "accepted", "confirmed"])
    reviews = list(obj.reviews.all()) if reviews is None else reviews
    bars = ties_to_the_group(obj)
    bars |= {pk: _("Wrote in this application.") for pk in wrote if pk}
    bars |= {pk: _("Advises this group.") for pk in advised_ids(obj)}
    bars |= {pk: _("Holds a role in this group.") for pk in places}
    bars |= {pk: _("Holds a role in this group.") for pk in posts.values_list("person_id", flat=True) if pk}
    bars |= {
        r.reviewer_id: _("Declared an interest in this case.") for r in reviews if r.no_interest is False
    }
    bars |= {r.reviewer_id: _("Reviews it already.") for r in reviews if r.is_live}
    return bars


def ties_to_the_group(obj: Application) -> dict[int, str]:
    """Who declared a tie to the group or to a firm in it, or answers the mail of one of its firms."""
    firms = Firm.objects.filter(memberships__group=obj.group_id, memberships__left_on=None)
    addresses = {address.lower() for address in firms.values_list("contact_email", flat=True) if address}
    people = User.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    bars = {
        pk: _("Their address is that of a firm in this group.") for pk in people.values_list("pk", flat=True)
    }
    ties = DeclaredRelation.objects.filter(ended_at=None).filter(Q(group=obj.group_id) | Q(firm__in=firms))
    for person, group in ties.order_by("pk").values_list("user_id", "group_id"):
        bars[person] = (
            _("Declared a tie to this group.") if group else _("Declared a tie to a firm in this group.")
        )
    return bars


def reviewer_is_independent(obj: Review, *, by, now, data) -> str:
    """PROGRAMME 3, asked again at each step: a tie may have come after the assignment. To say that one has an interest
    stays possible."""
    if data and data.get("no_interest") is False:
        return ""
    others = [review for review in obj.application.reviews.all() if review.pk != obj.pk]
    bars = barred_from_reviewing(obj.application, reviews=others)
    if sentence := bars.get(obj.reviewer_id, ""):
        return _("%(why)s Somebody else must review it.") % {"why": sentence}
    return ""
