"""Which firms, which groups: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.permissions import Action, staff_scope


class FirmQuerySet(models.QuerySet):
    """Firms."""

    def members_of(self, group) -> "FirmQuerySet":
        """The firms that are members of a group now."""
        return self.filter(memberships__group=group, memberships__left_on=None)


class GroupQuerySet(models.QuerySet):
    """Groups."""

    def of(self, user) -> "GroupQuerySet":
        """Groups in which a person holds a role of the group itself."""
        return self.filter(pk__in=own_group_ids(user))

    def visible_to(self, user) -> "GroupQuerySet":
        """Groups that a person may see: the own ones, and those that a staff role opens."""
        own = Q(pk__in=own_group_ids(user))
        scope = staff_scope(user, Action.VIEW_GROUP, case="case", adviser="advisers")
        return self.filter(own | scope).distinct()


def member_group_ids(user) -> models.QuerySet:
    """Ids of the groups in which a person has a place or is the confirmed coordinator."""
    from groups.models import Appointment, GroupPerson

    places = GroupPerson.objects.filter(user_id=user.pk, until=None).values("group_id")
    posts = Appointment.objects.filter(person_id=user.pk, status="confirmed").values("group_id")
    return places.union(posts)


def own_group_ids(user) -> models.QuerySet:
    """Ids of the groups in which a person has a place, is coordinator or is nominated."""
    from groups.models import Appointment, GroupPerson

    places = GroupPerson.objects.filter(user_id=user.pk, until=None).values("group_id")
    posts = Appointment.objects.filter(
        person_id=user.pk, status__in=["nominated", "accepted", "confirmed"]
    ).values("group_id")
    return places.union(posts)


class AppointmentQuerySet(models.QuerySet):
    """Appointments of coordinators."""

    def in_office(self, day: dt.date) -> "AppointmentQuerySet":
        """Confirmed, and begun, and not ended on this day."""
        return self.filter(status__in=["confirmed", "ended"], confirmed_from__lte=day).filter(
            Q(ended_on=None) | Q(ended_on__gte=day)
        )
