"""A firm speaks for itself: it is asked to join, it confirms, through links of its own (PROGRAMME 4, 12)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Document
from core.money import MoneyField
from groups.models.firm import Firm
from groups.models.group import Group, Membership


class JoinRequestQuerySet(models.QuerySet):
    """Questions to firms."""

    def for_an_officer(self) -> "JoinRequestQuerySet":
        """Those that wait and reach the firm by no e-mail: an officer asks it."""
        return self.filter(ended_at=None, firm__contact_email="")


class JoinRequest(models.Model):
    """A group asks a firm that is registered already to join. Until the firm agrees, the group knows of it no more
    than the CUIT that it typed."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="join_requests")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="join_requests")
    place_in_chain = models.CharField(_("Its place in the chain"), max_length=120)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # The answer of the firm; null while it waits, and when the group took the question back.
    agreed = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "firm"], condition=Q(ended_at=None), name="firm_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(agreed=None) | Q(ended_at__isnull=False), name="join_answer_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} asked into {self.group_id}"


class CodedLink(models.Model):
    """An address by which a firm answers without an account: once, for a time, and revocable.

    Sent to the firm's own contact it is proof enough; shared (by WhatsApp, say) it needs a code besides, which goes to that
    contact, so that whoever shares it cannot answer for the firm (groups.links).
    """

    # The digest of the secret in the address; the secret itself is nowhere.
    token_digest = models.CharField(max_length=64, unique=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_sent_at = models.DateTimeField(null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-id"]


class FirmLink(CodedLink):
    """The address by which a firm joins a group, or confirms that it belongs to it."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="firm_links")
    group = models.ForeignKey(Group, models.CASCADE, related_name="firm_links")
    # Set: the firm is asked to join. Null: it is a member, and confirms.
    request = models.ForeignKey(JoinRequest, models.CASCADE, null=True, blank=True, related_name="firm_links")
    # The address to which it went, or to which its code goes.
    email = models.EmailField(blank=True)

    class Meta(CodedLink.Meta):
        indexes = [models.Index(fields=["group", "firm"])]
        constraints = [
            # A new link takes the place of the one before it.
            models.UniqueConstraint(
                fields=["group", "firm", "shared"],
                condition=Q(request=None, used_at=None, revoked_at=None),
                name="one_link_to_confirm",
            ),
            models.UniqueConstraint(
                fields=["request", "shared"],
                condition=Q(request__isnull=False, used_at=None, revoked_at=None),
                name="one_link_to_join",
            ),
            models.CheckConstraint(
                condition=Q(code_tries__lte=5, codes_sent__lte=3), name="link_codes_are_few"
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.firm_id} in {self.group_id}"


class ConfirmationQuerySet(models.QuerySet):
    """What firms said."""

    def papers_waiting(self) -> "ConfirmationQuerySet":
        """Signed papers that stand, of members of now, and nobody has looked at."""
        return self.filter(
            way=FirmConfirmation.Way.PAPER, accepted=None, superseded_at=None, membership__left_on=None
        )


class FirmConfirmation(models.Model):
    """A firm says that it belongs, that its data are right, and what it puts in. The newest of a membership counts,
    as long as the data that it saw are those of now."""

    class Way(models.TextChoices):
        EMAIL = "email", _("By the link sent to its own address")
        CODE = "code", _("By a shared link, with a code sent to its own address")
        PAPER = "paper", _("By a signed paper")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="confirmations")
    way = models.CharField(max_length=6, choices=Way)
    # False: the firm says that it does not belong to the group.
    belongs = models.BooleanField(default=True)
    person_name = models.CharField(_("Your full name"), max_length=150)
    person_position = models.CharField(_("What you are in the firm"), max_length=100)
    contribution = models.CharField(_("What the firm puts in"), max_length=300, blank=True)
    contribution_amount = MoneyField(_("Of that, in pesos"), null=True, blank=True)
    # What it saw: the version of the firm's row. A later one asks for a new confirmation.
    firm_version = models.PositiveIntegerField()
    email = models.EmailField(blank=True)
    confirmed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    # A paper is photographed by the group and checked by an officer.
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(null=True)
    check_reason = models.CharField(max_length=500, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(superseded_at=None), name="one_confirmation_stands"
            ),
            models.CheckConstraint(
                condition=~Q(way="paper") | Q(document__isnull=False), name="paper_has_its_document"
            ),
            models.CheckConstraint(
                condition=~Q(way="paper") | Q(belongs=True), name="paper_says_that_it_belongs"
            ),
            models.CheckConstraint(
                condition=Q(contribution_amount=None) | Q(contribution_amount__gte=0),
                name="contribution_not_negative",
            ),
        ]
        indexes = [
            # The daily scan of duties costs what waits, not what exists.
            models.Index(
                fields=["confirmed_at"],
                condition=Q(way="paper", accepted=None, superseded_at=None),
                name="paper_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} of {self.membership_id}"
