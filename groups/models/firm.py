"""A firm, known once in the whole system by its CUIT, and what makes it an SME (PROGRAMME 4)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.ar import cuit as stdnum_cuit
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as BadNumber

from accounts.permissions import roles_on_case
from accounts.roles import Role
from core import bilingual
from core.models import Case
from groups.models.size import EconomicActivity
from groups.provinces import Province
from groups.querysets import FirmQuerySet

# People and companies. The library also knows numbers of international bodies (50, 51, 55), which are no firms.
CUIT_PREFIXES = ("20", "23", "24", "27", "30", "33", "34")


def clean_cuit(text: str) -> str:
    """The eleven digits of a CUIT typed with spaces, points or hyphens.

    Raises ValidationError with the sentence for the person.
    """
    digits = stdnum_cuit.compact(text.replace(".", "").strip())
    try:
        number = stdnum_cuit.validate(digits)
        if number[:2] not in CUIT_PREFIXES:
            raise InvalidComponent
    except (InvalidLength, InvalidFormat):
        raise ValidationError(_("A CUIT has 11 digits, for example 30-12345678-1."), code="length") from None
    except InvalidChecksum:
        raise ValidationError(
            _("The check digit does not match: look for a mistyped digit."), code="check"
        ) from None
    except BadNumber:
        raise ValidationError(
            _("A CUIT begins with 20, 23, 24 or 27 (people) or 30, 33 or 34 (companies)."), code="prefix"
        ) from None
    return number


class CuitFunction(models.Func):
    """The database's own check of the digit (groups migration 0001)."""

    function = "cuit_is_valid"
    output_field = models.BooleanField()


class Sector(models.Model):
    """A productive sector of the programme."""

    code = models.SlugField(unique=True)
    name_en = models.CharField(max_length=80, unique=True)
    name_es = models.CharField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return bilingual.text(self, "name")


class LegalForm(models.TextChoices):
    """What a firm is in law."""

    PERSON = "person", _("A person (sole trader)")
    SRL = "srl", _("Limited liability company (SRL)")
    SA = "sa", _("Joint-stock company (SA)")
    SAS = "sas", _("Simplified joint-stock company (SAS)")
    COOPERATIVE = "cooperative", _("Cooperative")
    SIMPLE = "simple", _("Unregistered partnership")
    OTHER = "other", _("Another form")


class Firm(models.Model):
    """A company. Its data are its own: groups see it because it is their member."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="firm")
    cuit = models.CharField(_("CUIT"), max_length=11, unique=True)
    name = models.CharField(_("Name of the firm"), max_length=200)
    # "" until somebody says so: the number and the name tell most (groups.legal_form).
    legal_form = models.CharField(_("Legal form"), max_length=12, choices=LegalForm, blank=True)
    activity = models.ForeignKey(
        EconomicActivity, models.PROTECT, verbose_name=_("What it does"), related_name="firms"
    )
    sector = models.ForeignKey(Sector, models.PROTECT, verbose_name=_("Sector"), related_name="firms")
    province = models.CharField(_("Province"), max_length=4, choices=Province)
    locality = models.CharField(_("Town or city"), max_length=100)
    people = models.PositiveIntegerField(_("People employed"), null=True, blank=True)
    # Only a young firm says it: its first year counts in proportion (groups.size).
    started_on = models.DateField(
        _("Day on which it began, if it is younger than three years"), null=True, blank=True
    )
    # Whoever speaks for the firm: links and codes go there, never to whoever typed its number.
    contact_name = models.CharField(_("Contact person"), max_length=150, blank=True)
    contact_email = models.EmailField(_("E-mail of the firm"), blank=True)
    contact_phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    # A code sent to `contact_email` was typed back: the address is the firm's.
    contact_verified_at = models.DateTimeField(null=True, blank=True)
    # The firm entered its sales through its own link: its groups see the size and never the figures (PROGRAMME 4).
    sales_are_private = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects = FirmQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(CuitFunction("cuit")), name="cuit_check_digit"),
            models.CheckConstraint(condition=models.Q(province__in=Province.values), name="firm_province"),
        ]
        indexes = [
            # Firms of one e-mail or one telephone (applications.related).
            models.Index(fields=["contact_email"], name="firm_by_email"),
            models.Index(fields=["contact_phone"], name="firm_by_phone"),
        ]

    def __str__(self) -> str:
        return self.name

    def roles_of(self, user) -> frozenset[Role]:
        """The roles that a person holds for this firm: those in the groups of which it is a member now."""
        places = self.memberships.current().select_related("group")
        groups = [place.group for place in places.prefetch_related("group__people", "group__appointments")]
        return roles_on_case(
            user,
            group_roles=set().union(*(group.own_roles(user) for group in groups)),
            case_id=self.case_id,
            assigned={Role.ADVISER} if any(user.pk in group.adviser_ids() for group in groups) else set(),
            within=[group.case_id for group in groups],
        )

    @property
    def branch(self) -> str:
        """The branch of the norm on SMEs: that of its activity."""
        return self.activity.branch

    def get_branch_display(self) -> str:
        """The branch in words."""
        return self.activity.get_branch_display()

    @property
    def formatted_cuit(self) -> str:
        """30-12345678-1."""
        return stdnum_cuit.format(self.cuit)
