"""The places that a person holds in groups, for the page of their own account."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.places import Place
from accounts.roles import Role
from groups.emails import address_of
from groups.models import Appointment, GroupPerson
from groups.querysets import LIVE


def places_of(user) -> Iterator[Place]:
    """Places by invitation, and appointments that wait or are in office."""
    for row in GroupPerson.objects.filter(user=user, until=None).select_related("group"):
        yield Place(Role(row.role), row.group.name, reverse("group_detail", args=[row.group_id]))
    for post in Appointment.objects.filter(person=user, status__in=LIVE).select_related("group"):
        role = Role.COORDINATOR if post.status == Appointment.Status.CONFIRMED else Role.NOMINEE
        yield Place(role, post.group.name, address_of(post))
