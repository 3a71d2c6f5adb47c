"""The applicant: firms that act together, the people who act for it, and its coordinator."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import roles_on_case
from accounts.roles import Role
from core.models import Case, Document
from groups.models.firm import Firm, Sector
from groups.provinces import Province
from groups.querysets import AppointmentQuerySet, GroupQuerySet, MembershipQuerySet


class Group(models.Model):
    """A group of firms of one area and one value chain."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="group")
    name = models.CharField(_("Name of the group"), max_length=200)
    value_chain = models.CharField(
        _("What you make together"), max_length=200, help_text=_("The value chain, in a few words.")
    )
    sector = models.ForeignKey(Sector, models.PROTECT, verbose_name=_("Sector"), related_name="groups")
    province = models.CharField(_("Province"), max_length=4, choices=Province)
    locality = models.CharField(_("Town or city"), max_length=100)
    working_since = models.DateField(
        _("Working together since"),
        help_text=_("The day of your first act together, for example 24/11/2024."),
    )
    description = models.TextField(_("About the group"), max_length=2000, blank=True)
    # Staff who help this group (PROGRAMME 3, adviser).
    advisers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="advised_groups", blank=True)
    firms = models.ManyToManyField(Firm, through="Membership", related_name="groups")
    # The group of an admin's test application: in no list and no figure.
    is_test = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(province__in=Province.values), name="group_province")
        ]

    def __str__(self) -> str:
        return self.name

    def own_roles(self, user) -> set[Role]:
        """The roles that a person holds in the group itself: what it says of its people, its coordinator and
        whoever is nominated."""
        roles = {Role(row.role) for row in self.people.all() if row.user_id == user.pk and row.until is None}
        for row in self.appointments.all():
            if row.person_id == user.pk:
                if row.status == Appointment.Status.CONFIRMED:
                    roles.add(Role.COORDINATOR)
                elif row.status in (Appointment.Status.NOMINATED, Appointment.Status.ACCEPTED):
                    roles.add(Role.NOMINEE)
        return roles

    def adviser_ids(self) -> set[int]:
        """The staff who help this group."""
        return {user.pk for user in self.advisers.all()}

    def roles_of(self, user) -> frozenset[Role]:
        """The roles that a person holds for this group (ARCHITECTURE: a permission is a cell). That of a test application
        has no page: nothing of it reaches the registry."""
        if self.is_test:
            return frozenset()
        own = self.own_roles(user)
        # Whoever is of the group holds no staff role here: who advises it need not be asked.
        if own or not user.is_authenticated:
            return roles_on_case(user, group_roles=own, case_id=self.case_id)
        assigned = {Role.ADVISER} if user.pk in self.adviser_ids() else set()
        return roles_on_case(user, group_roles=(), case_id=self.case_id, assigned=assigned)

    @property
    def representative(self):
        """The person who represents the group now."""
        row = self.people.filter(role=Role.REPRESENTATIVE, until=None).select_related("user").first()
        return row.user if row else None

    def confirmed_coordinator(self, day):
        """Who holds the coordinator's office on a day (a stand-in on the days of the mandate), or None."""
        if "appointments" in getattr(self, "_prefetched_objects_cache", {}):
            row = self.post_on(day)
        else:
            row = self.appointments.in_office(day).select_related("person").first()
        return row.person if row else None

    def post_on(self, day: dt.date) -> "Appointment | None":
        """The appointment of who holds that office on a day, of those that are read already (`in_office`, in memory)."""
        held = [row for row in self.appointments.all() if row.is_in_office(day)]
        # A stand-in first, then the newest.
        newest = sorted(held, key=lambda row: (row.nominated_on, row.pk), reverse=True)
        return min(newest, key=lambda row: row.stand_in_until or dt.date.max, default=None)

    def is_run_by(self, user, day: dt.date) -> bool:
        """Whether a person reports for the group on a day: who holds the coordinator's office, else the representative
        (PROGRAMME 12). Of people and appointments that are read already."""
        post = self.post_on(day)
        return post.person_id == user.pk if post else Role.REPRESENTATIVE in self.own_roles(user)


class Membership(models.Model):
    """A firm's place in a group, over time."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="memberships")
    place_in_chain = models.CharField(
        _("Its place in the chain"), max_length=120, help_text=_("For example: grows, packs, designs, sells.")
    )
    joined_on = models.DateField()
    # The first day on which it is no member any more.
    left_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["joined_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "firm"], condition=models.Q(left_on=None), name="firm_once_in_group"
            ),
            models.CheckConstraint(
                condition=models.Q(left_on=None) | models.Q(left_on__gte=models.F("joined_on")),
                name="left_after_joined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} in {self.group_id}"


class GroupPerson(models.Model):
    """A person who acts for a group, by invitation."""

    ROLES = [
        (Role.REPRESENTATIVE.value, Role.REPRESENTATIVE.label),
        (Role.MEMBER.value, Role.MEMBER.label),
        (Role.VIEWER.value, Role.VIEWER.label),
    ]
    group = models.ForeignKey(Group, models.CASCADE, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="group_places")
    role = models.CharField(max_length=20, choices=ROLES)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(until=None), name="person_once_in_group"
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(until=None, role="representative"),
                name="one_representative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.group_id}"


def _group_and_days() -> list[tuple]:
    """The days in office of one group, both ends included."""
    days = models.Func(
        "confirmed_from",
        "ended_on",
        models.Value("[]"),
        function="daterange",
        output_field=DateRangeField(),
    )
    return [("group", RangeOperators.EQUAL), (days, RangeOperators.OVERLAPS)]


class Appointment(models.Model):
    """The appointment of a group's coordinator: nominated, accepted by the person, confirmed by staff, ended.

    With `stand_in_until` it is a dated mandate to stand in for the coordinator: on its days the stand-in holds the office.
    """

    class Status(models.TextChoices):
        NOMINATED = "nominated", pgettext_lazy("appointment", "Nominated")
        ACCEPTED = "accepted", pgettext_lazy("appointment", "Accepted by the person")
        CONFIRMED = "confirmed", pgettext_lazy("appointment", "Confirmed")
        ENDED = "ended", pgettext_lazy("appointment", "Ended")
        DECLINED = "declined", pgettext_lazy("appointment", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("appointment", "Withdrawn")

    group = models.ForeignKey(Group, models.PROTECT, related_name="appointments")
    # Null until the invited person has an account; then the e-mail says who it is.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    email = models.EmailField(_("E-mail of the coordinator"))
    full_name = models.CharField(_("Full name"), max_length=150)
    background = models.TextField(_("Why this person"), max_length=2000)
    no_conflict = models.BooleanField(
        _("This person owns no member firm, is no relative of an owner and is not employed by one"),
        default=False,
    )
    cv = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.NOMINATED)
    version = models.PositiveIntegerField(default=0)
    nominated_on = models.DateField()
    # The days for which a stand-in was nominated; null for a coordinator.
    stand_in_from = models.DateField(_("First day"), null=True, blank=True)
    stand_in_until = models.DateField(_("Last day"), null=True, blank=True)
    # Why the coordinator in office is replaced, or away.
    why = models.CharField(
        _("Why the coordinator is replaced or away"), max_length=1000, blank=True, default="", db_default=""
    )
    confirmed_from = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-nominated_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(status__in=["nominated", "accepted"], stand_in_until=None),
                name="one_open_nomination",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(status__in=["nominated", "accepted"], stand_in_until__isnull=False),
                name="one_open_stand_in",
            ),
            models.CheckConstraint(
                condition=models.Q(stand_in_from=None, stand_in_until=None)
                | models.Q(
                    stand_in_from__isnull=False,
                    stand_in_until__isnull=False,
                    stand_in_until__gte=models.F("stand_in_from"),
                )
                & ~models.Q(why=""),
                name="stand_in_has_days",
            ),
            # A mandate is held on its own days only.
            models.CheckConstraint(
                condition=models.Q(stand_in_until=None)
                | ~models.Q(status__in=["confirmed", "ended"])
                | models.Q(
                    ended_on__isnull=False,
                    ended_on__lte=models.F("stand_in_until"),
                    confirmed_from__gte=models.F("stand_in_from"),
                ),
                name="stand_in_keeps_its_days",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["confirmed", "ended"])
                | models.Q(confirmed_from__isnull=False),
                name="confirmed_has_first_day",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("confirmed_from")),
                name="ended_after_first_day",
            ),
            # PROGRAMME 6.8: never two confirmed coordinators on the same day, nor two who stand in.
            ExclusionConstraint(
                name="one_coordinator_a_day",
                expressions=_group_and_days(),
                condition=models.Q(
                    confirmed_from__isnull=False, status__in=["confirmed", "ended"], stand_in_until=None
                ),
            ),
            ExclusionConstraint(
                name="one_stand_in_a_day",
                expressions=_group_and_days(),
                condition=models.Q(
                    confirmed_from__isnull=False,
                    status__in=["confirmed", "ended"],
                    stand_in_until__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.group_id}"

    @property
    def was_held(self) -> bool:
        """In office once, now or to come."""
        return self.status in (self.Status.CONFIRMED, self.Status.ENDED)

    def is_in_office(self, day: dt.date) -> bool:
        """As `AppointmentQuerySet.in_office` asks."""
        begun = self.was_held and self.confirmed_from is not None and self.confirmed_from <= day
        return begun and (self.ended_on is None or self.ended_on >= day)

    @property
    def is_stand_in(self) -> bool:
        """Whether it is a dated mandate to stand in for the coordinator."""
        return self.stand_in_until is not None

    @property
    def case(self) -> Case:
        return self.group.case

    def roles_of(self, user) -> frozenset[Role]:
        """As in the group; a nominee answers for their own nomination only."""
        roles = self.group.roles_of(user)
        return roles if self.person_id == user.pk else roles - {Role.NOMINEE}
