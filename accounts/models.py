"""People, the staff roles that they were given, and invitations by e-mail.

What a person is in a group (representative, member, coordinator) is kept by the apps that own it; there are no
groups, superusers or permissions of Django here: permissions.py is the one table.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.permissions import TABLE, THE_OFFICE, Action
from accounts.querysets import CoverQuerySet, InvitationQuerySet, RoleGrantQuerySet, UserQuerySet
from accounts.roles import NEED_SECOND_ADMIN, STAFF, Role
from core import dates
from core.models import Case


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people; the e-mail is the name."""

    def create_user(
        self,
        email: str,
        password: str | None = None,
        full_name: str = "",
        language: str = settings.LANGUAGE_CODE,
        **fields,
    ) -> "User":
        """A new person, with no role. Without a password nobody can log in as them until they reset it."""
        user = self.model(email=email.strip().lower(), full_name=full_name, language=language, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser):
    """A person."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=dates.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        constraints = [
            # Two spellings of one address are one person.
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_in_lower_case")
        ]
        indexes = [models.Index(fields=["full_name", "id"], name="user_by_name")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def can(self, action: Action, obj=None) -> bool:
        """Whether this person may, for this object: the one question of every view and transition.

        Without an object, only staff roles count.
        """
        roles = self.staff_roles() if obj is None else obj.roles_of(self)
        return not TABLE[action].isdisjoint(roles)

    def staff_roles(self, now: datetime | None = None) -> frozenset[Role]:
        """The staff roles in force, now or at a given moment. Read once per instance, so once per request."""
        if not self.is_active:
            return frozenset()
        now = now or dates.now()
        return frozenset(Role(grant.role) for grant in self._grants() if grant.is_live(now))

    def audited_cases(self, now: datetime | None = None) -> frozenset[int]:
        """The ids of the cases that this person was given to audit, at this moment."""
        now = now or dates.now()
        grants = [grant for grant in self._grants() if grant.role == Role.AUDITOR and grant.is_live(now)]
        return frozenset(case_id for grant in grants for case_id in grant.case_ids())

    def _grants(self) -> list["RoleGrant"]:
        if not hasattr(self, "_grants_read"):
            self._grants_read = list(self.role_grants.all())
        return self._grants_read

    def forget_roles(self) -> None:
        """Read the roles again next time, after they changed."""
        self.__dict__.pop("_grants_read", None)
        self.__dict__.get("_prefetched_objects_cache", {}).pop("role_grants", None)

    @property
    def is_staff_member(self) -> bool:
        """Whether they hold any staff role now (who therefore needs a second factor)."""
        return bool(self.staff_roles())

    def reads_internal(self, case: Case) -> bool:
        """Whether they read what the programme notes for itself on a case."""
        return self.can(Action.VIEW_INTERNAL, case)

    @property
    def in_the_office(self) -> bool:
        """Whether they hold a role of the office: reviewers, advisers and auditors come from outside."""
        return not THE_OFFICE.isdisjoint(self.staff_roles())

    @property
    def may_operate(self) -> bool:
        """Whether they watch over the system: unsent messages, failed jobs."""
        return self.can(Action.OPERATE)


class RoleGrant(models.Model):
    """A staff role that an admin gave to a person. It is ended, never deleted or changed: the database holds that
    too (see the migrations)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_grants")
    role = models.CharField(
        max_length=20, choices=[(role.value, role.label) for role in Role if role in STAFF]
    )
    # Null only for the first admin, who is named by whoever runs the machine.
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    seconded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # An authority that lends its own power for some days: the role ends with that of whoever lends it.
    delegated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="delegations")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True, help_text="The moment from which it is over")

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(role.value for role in STAFF)), name="grant_of_a_staff_role"
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=False) | Q(role="admin"), name="grant_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="grant_not_to_oneself"),
            models.CheckConstraint(
                condition=~Q(seconded_by=F("user")) & ~Q(seconded_by=F("granted_by")),
                name="grant_second_is_another",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(role="auditor") | Q(valid_to__isnull=False), name="grant_of_auditor_ends"
            ),
            models.CheckConstraint(
                condition=Q(delegated_by=None)
                | Q(role="approver", valid_to__isnull=False, granted_by=F("delegated_by")),
                name="delegation_of_an_approver_ends",
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(valid_to=None), name="grant_once_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["role", "user"], name="grant_by_role")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def waits_for_second(self) -> bool:
        """Whether a second admin has yet to agree."""
        return self.role in NEED_SECOND_ADMIN and self.seconded_by_id is None

    def is_live(self, now: datetime) -> bool:
        """Whether it is in force: the same rule as `RoleGrantQuerySet.live`."""
        return self.spans(now) and (self.delegated_by is None or self._lender_holds(now))

    def spans(self, moment: datetime) -> bool:
        """Whether it was given for this moment, and agreed to: a delegation then still depends on who lent it."""
        over = self.valid_to is not None and self.valid_to <= moment
        return self.valid_from <= moment and not over and not self.waits_for_second

    def _lender_holds(self, now: datetime) -> bool:
        """Whether who delegated it is an approver in their own right."""
        lender = self.delegated_by
        assert lender is not None
        own = (grant for grant in lender._grants() if grant.role == self.role)
        return lender.is_active and any(grant.spans(now) for grant in own if grant.delegated_by_id is None)

    def has_ended(self, now: datetime) -> bool:
        """Whether it is over; what was called off before it began is over at once."""
        return self.valid_to is not None and (self.valid_to <= now or self.valid_to <= self.valid_from)

    def case_ids(self) -> list[int]:
        """What an auditor was given; read once."""
        if not hasattr(self, "_case_ids"):
            self._case_ids = [scope.case_id for scope in self.scopes.all()]
        return self._case_ids


class Cover(models.Model):
    """A colleague who sees and does for some days what waits for another; each act is signed by who did it."""

    person = models.ForeignKey(User, models.PROTECT, related_name="covers")
    by = models.ForeignKey(User, models.PROTECT, related_name="covering")
    first_on = models.DateField(_("First day"))
    last_on = models.DateField(_("Last day"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["first_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("by")), name="cover_by_another"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="cover_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["by", "last_on"], name="cover_by_person")]

    def __str__(self) -> str:
        return f"{self.by_id} for {self.person_id}"


class AuditorScope(models.Model):
    """One case that an auditor was given to read."""

    grant = models.ForeignKey(RoleGrant, models.PROTECT, related_name="scopes")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "case"], name="scope_once")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.case_id}"


class Invitation(models.Model):
    """An invitation to take a role in a case, by a link that works once. The token is not kept, only its digest:
    who reads the database cannot accept in another's name."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    # A name that an app registered in accounts.invitations.
    role = models.CharField(max_length=30)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Where who accepted it goes on, as the role's handler said. Not stored.
    next_url = ""

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_one_end"
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))), name="invitation_email_in_lower_case"
            ),
            models.UniqueConstraint(
                fields=["case", "email", "role"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role} {self.email}"

    @property
    def role_label(self) -> str:
        """The role in words."""
        return str(Role(self.role).label) if self.role in Role.values else self.role
