"""The institutions of a group."""

import datetime as dt

from django.db.models import Q, QuerySet

from groups.models import Group, Partner


def partners_on(group: Group, day: dt.date) -> QuerySet[Partner]:
    """The institutions that act with a group on a day, each with its institution. One query."""
    present = Q(left_on=None) | Q(left_on__gt=day)
    return group.partners.filter(present, joined_on__lte=day).select_related("institution")
