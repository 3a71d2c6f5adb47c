"""What ties people to the applications that they might judge (PROGRAMME 3: nobody reviews with an interest): one question
to the database, however many applications and people."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import DeclaredRelation, Support
from core.models import Event
from groups.models import Appointment, Group, GroupPerson, Membership

# Writing on the timeline: who did one of these wrote the application.
WRITING = ("application.started", "application.edited", "application.submit")

# What is said of somebody with several ties is the last of these.
SENTENCES: tuple[Promise, ...] = (
    _("Their address is that of a firm in this group."),
    _("Declared a tie to a firm in this group."),
    _("Declared a tie to this group."),
    _("Wrote in this application."),
    _("Advises this group."),
    _("Holds a role in this group."),
)
ADDRESS, FIRM, GROUP, WROTE, ADVISES, ROLE = range(len(SENTENCES))


def of(applications: Collection[int], *, among: Collection[int] | None = None) -> dict[int, dict[int, str]]:
    """{application: {person: the sentence}}, of applications by their ids; `among` these people only, when they are
    given."""
    if not applications or (among is not None and not among):
        return {}
    first, *others = _sources(applications, among)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    # The later sentences write over the earlier ones.
    for kind, application, person in sorted(first.union(*others).order_by()):
        found[application][person] = str(SENTENCES[kind])
    return dict(found)


def of_one(application: int, *, among: Collection[int] | None = None) -> dict[int, str]:
    """{person: the sentence}, of one application."""
    return of([application], among=among).get(application, {})


def _sources(applications: Collection[int], among: Collection[int] | None) -> Iterator[QuerySet]:
    """Rows of (kind, application, person), for each way of being tied."""

    def rows(kind: int, found: QuerySet, application: str, person: str) -> QuerySet:
        found = found.filter(**{f"{application}__in": applications})
        if among is None:
            found = found.filter(**{f"{person}__isnull": False})
        else:
            found = found.filter(**{f"{person}__in": among})
        return found.order_by().values_list(Value(kind), application, person)

    in_group = "group__applications"
    open_ties = DeclaredRelation.objects.filter(ended_at=None)
    place = FilteredRelation("firm__memberships", condition=Q(firm__memberships__left_on=None))
    owner = User.objects.filter(email=Lower(OuterRef("firm__contact_email"))).values("pk")[:1]
    firms = Membership.objects.filter(left_on=None).exclude(firm__contact_email="")
    yield rows(ADDRESS, firms.annotate(owner=Subquery(owner)), in_group, "owner")
    yield rows(FIRM, open_ties.annotate(place=place), "place__group__applications", "user_id")
    yield rows(GROUP, open_ties, in_group, "user_id")
    yield rows(WROTE, Event.objects.filter(action__in=WRITING), "case__application", "actor_id")
    helped = Support.objects.filter(accepted_at__isnull=False)
    yield rows(ADVISES, helped, in_group, "adviser_id")
    yield rows(ADVISES, Group.objects.all(), "applications", "advisers")
    yield rows(ROLE, GroupPerson.objects.filter(until=None), in_group, "user_id")
    posts = Appointment.objects.filter(status__in=["nominated", "accepted", "confirmed"])
    yield rows(ROLE, posts, in_group, "person_id")
