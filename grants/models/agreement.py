"""What was signed on paper: copies of the agreement, and each firm's signature or mandate (PROGRAMME 10). And the stop on an
account to which nothing more is paid until somebody has looked.

A copy is never changed: another one takes its place, with a reason, and the first stays readable (the migrations).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles import Role
from core.models import Case, Document
from grants.models.money import Payee
from grants.models.project import Agreement
from groups.models import Firm


class SignedPaper(models.Model):
    """A file with signatures: the agreement for the group, the agreement for the State, or what one firm signed."""

    class Kind(models.TextChoices):
        GROUP = "group", _("Agreement, signed for the group")
        STATE = "state", _("Agreement, signed for the State")
        FIRM_AGREEMENT = "firm_agreement", _("Agreement, signed by the firm")
        FIRM_MANDATE = "firm_mandate", _("Mandate of the firm")

    OF_A_FIRM = (Kind.FIRM_AGREEMENT, Kind.FIRM_MANDATE)

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="papers")
    kind = models.CharField(_("What it is"), max_length=16, choices=Kind)
    firm = models.ForeignKey(Firm, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    signed_on = models.DateField(_("Signed on"))
    signer = models.CharField(_("Who signed"), max_length=150)
    # Of a firm: who owns, keeps and insures each machine.
    machines = models.TextField(_("Who owns, keeps and insures each machine"), max_length=2000, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    # The one before, and why this one took its place.
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    why = models.CharField(_("Why it takes the place of the one before"), max_length=500, blank=True)
    current = models.BooleanField(default=True)

    class Meta:
        ordering = ["-added_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "kind"],
                condition=Q(current=True, firm=None),
                name="one_current_copy",
            ),
            models.UniqueConstraint(
                fields=["agreement", "firm"],
                condition=Q(current=True, firm__isnull=False),
                name="one_current_paper_of_a_firm",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["group", "state"], firm=None)
                | Q(kind__in=["firm_agreement", "firm_mandate"], firm__isnull=False) & ~Q(machines=""),
                name="paper_says_whose",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, why="") | Q(replaces__isnull=False) & ~Q(why=""),
                name="replaced_paper_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agreement_id}"

    @property
    def case(self) -> Case:
        return self.agreement.project.case

    def roles_of(self, user) -> frozenset[Role]:
        return self.agreement.project.roles_of(user)


class PayeeStop(models.Model):
    """Nothing is paid to an account: it was embargoed, or its holder has a new administrator (PROGRAMME 10)."""

    class Why(models.TextChoices):
        EMBARGO = "embargo", pgettext_lazy("account", "The account is embargoed")
        ADMINISTRATOR = "administrator", pgettext_lazy("account", "Its holder has a new administrator")
        OTHER = "other", pgettext_lazy("account", "Another reason")

    payee = models.ForeignKey(Payee, models.PROTECT, related_name="stops")
    why = models.CharField(_("Why"), max_length=14, choices=Why)
    text = models.CharField(_("What happened"), max_length=1000)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField()
    stopped_on = models.DateField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(_("What was checked"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-stopped_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["payee"], condition=Q(lifted_at=None), name="one_stop_at_a_time"),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None, ground="")
                | Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(ground=""),
                name="lifted_stop_says_why",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | ~Q(lifted_by=F("stopped_by")), name="stop_lifted_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"stop of {self.payee_id}"
