"""Which firms, which groups: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.permissions import Action, staff_scope
from accounts.roles import Role

# The states of an appointment that wait for somebody, and those that tie the person to the group.
WAITING = ("nominated", "accepted")
LIVE = (*WAITING, "confirmed")


class FirmQuerySet(models.QuerySet):
    """Firms."""

    def visible_to(self, user) -> Self:
        """Firms that a person may see: those of the own groups, and those that a staff role opens. Whoever holds a
        role in one of its groups sees it by that role alone."""
        from groups.models import Group, Membership

        now = Membership.objects.current()
        opened = Group.objects.filter(
            staff_scope(user, Action.VIEW_FIRM, case="case", adviser="advisers")
        ).values("pk")
        staff = staff_scope(user, Action.VIEW_FIRM, case="case") | Q(
            pk__in=now.filter(group__in=opened).values("firm_id")
        )
        own = Q(pk__in=now.filter(group__in=member_group_ids(user)).values("firm_id"))
        tied = Q(pk__in=now.filter(group__in=own_group_ids(user)).values("firm_id"))
        return self.filter(own | (staff & ~tied))

    def managed_by(self, user) -> Self:
        """Firms that a person looks after: members of a group that they write for; or once members of one, and of no
        group now. Those they may bring into another group of theirs; for any other the firm has to agree."""
        from groups.models import Membership

        written_for = Membership.objects.filter(group__in=written_group_ids(user))
        now = Membership.objects.current()
        return self.filter(
            Q(pk__in=written_for.current().values("firm_id"))
            | (Q(pk__in=written_for.values("firm_id")) & ~Q(pk__in=now.values("firm_id")))
        )

    def matching(self, words: str) -> Self:
        """Whose name, CUIT or town contains each of the words; hyphens and points of a CUIT go."""
        found = self
        for word in words.split():
            found = found.filter(Q(name__icontains=word) | Q(locality__icontains=word) | with_digits(word))
        return found


class InstitutionQuerySet(models.QuerySet):
    """Institutions."""

    def matching(self, words: str) -> Self:
        """Whose name or CUIT contains each of the words."""
        found = self
        for word in words.split():
            found = found.filter(Q(name__icontains=word) | with_digits(word))
        return found


def with_digits(word: str) -> Q:
    """Rows whose CUIT contains a word of digits, however it is punctuated; none for any other word."""
    digits = word.replace("-", "").replace(".", "")
    return Q(cuit__contains=digits) if digits.isascii() and digits.isdecimal() else Q(pk__in=[])


class MembershipQuerySet(models.QuerySet):
    """Places of firms in groups."""

    def current(self) -> Self:
        """Those that have not ended."""
        return self.filter(left_on=None)

    def on(self, day: dt.date) -> Self:
        """Those of a day."""
        return self.filter(Q(left_on=None) | Q(left_on__gt=day), joined_on__lte=day)


class GroupQuerySet(models.QuerySet):
    """Groups."""

    def of(self, user) -> Self:
        """Groups in which a person holds a role of the group itself. The group of a test application is none."""
        return self.filter(pk__in=own_group_ids(user), is_test=False)

    def visible_to(self, user) -> Self:
        """Groups that a person may see: the own ones, and those that a staff role opens."""
        own = Q(pk__in=own_group_ids(user))
        scope = staff_scope(user, Action.VIEW_GROUP, case="case", adviser="advisers")
        return self.filter(own | scope, is_test=False).distinct()

    def matching(self, words: str) -> Self:
        """Whose name, chain or place contains each of the words."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(value_chain__icontains=word) | Q(locality__icontains=word)
            )
        return found

    def with_roles(self) -> Self:
        """With all that `roles_of` reads, in three queries, however many groups."""
        return self.prefetch_related("people", "appointments", "advisers")


def written_group_ids(user) -> models.QuerySet:
    """Ids of the groups whose data a person may write."""
    from groups.models import GroupPerson

    roles = (Role.REPRESENTATIVE, Role.MEMBER)
    return GroupPerson.objects.filter(user_id=user.pk, until=None, role__in=roles).values("group_id")


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
    posts = Appointment.objects.filter(person_id=user.pk, status__in=LIVE).values("group_id")
    return places.union(posts)


class AppointmentQuerySet(models.QuerySet):
    """Appointments of coordinators."""

    def in_office(self, day: dt.date) -> Self:
        """Confirmed, and begun, and not ended on this day: a stand-in first, who holds the office then."""
        return (
            self.filter(status__in=["confirmed", "ended"], confirmed_from__lte=day)
            .filter(Q(ended_on=None) | Q(ended_on__gte=day))
            .order_by(models.F("stand_in_until").asc(nulls_last=True), "-nominated_on", "-id")
        )

    def coordinators(self) -> Self:
        """Without those who only stand in."""
        return self.filter(stand_in_until=None)

    def stand_ins(self) -> Self:
        """Dated mandates."""
        return self.filter(stand_in_until__isnull=False)

    def held(self) -> Self:
        """In office once, now or to come."""
        return self.filter(status__in=["confirmed", "ended"])

    def until_after(self, day: dt.date) -> Self:
        """Confirmed, now or once, and in office on this day or on a later one."""
        return self.filter(status__in=["confirmed", "ended"]).filter(Q(ended_on=None) | Q(ended_on__gte=day))

    def waiting(self) -> Self:
        """Nominations without an end: the person, or the programme, has yet to answer."""
        return self.filter(status__in=WAITING)

    def visible_to(self, user) -> Self:
        """Appointments that a person may see: those of the own groups, the own nomination, and those that a staff
        role opens."""
        own = Q(group__in=member_group_ids(user)) | Q(person_id=user.pk, status__in=LIVE)
        scope = staff_scope(
            user, Action.VIEW_APPOINTMENT, case="group__case", adviser="group__advisers"
        ) & ~Q(group__in=own_group_ids(user))
        return self.filter(own | scope).distinct()
