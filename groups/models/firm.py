"""A firm, known once in the whole system by its CUIT, and what makes it an SME (PROGRAMME 4)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum.ar import cuit as stdnum_cuit
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength
from stdnum.exceptions import ValidationError as BadNumber

from accounts.permissions import roles_on_case
from accounts.roles import Role
from core.models import Case
from core.money import MoneyField
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
        return self.name_en if get_language() == "en" else self.name_es


class Branch(models.TextChoices):
    """The branches that the norm on SMEs knows."""

    AGRICULTURE = "agriculture", _("Agriculture")
    INDUSTRY_MINING = "industry_mining", _("Industry and mining")
    COMMERCE = "commerce", _("Commerce")
    SERVICES = "services", _("Services")
    CONSTRUCTION = "construction", _("Construction")


class Size(models.TextChoices):
    """Sizes of an SME, smallest first. `medium` is the single medium size of the norm of 2006."""

    MICRO = "micro", _("Micro")
    SMALL = "small", _("Small")
    MEDIUM = "medium", _("Medium")
    MEDIUM_1 = "medium_1", _("Medium 1")
    MEDIUM_2 = "medium_2", _("Medium 2")


class SizeCeiling(models.Model):
    """The highest average yearly sales of one size in one branch, from a day on. Kept by an admin."""

    valid_from = models.DateField()
    # The norm's year is sure, its first day in force is not until an admin confirms it.
    provisional = models.BooleanField(default=True)
    norm = models.CharField(max_length=120)
    branch = models.CharField(max_length=20, choices=Branch)
    size = models.CharField(max_length=10, choices=Size)
    yearly_sales = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["valid_from", "branch", "size"], name="one_ceiling_per_day"),
            models.CheckConstraint(condition=models.Q(yearly_sales__gt=0), name="ceiling_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.norm} {self.branch} {self.size}"


class Firm(models.Model):
    """A company. Its data are its own: groups see it because it is their member."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="firm")
    cuit = models.CharField(_("CUIT"), max_length=11, unique=True)
    name = models.CharField(_("Name of the firm"), max_length=200)
    branch = models.CharField(_("Branch"), max_length=20, choices=Branch)
    sector = models.ForeignKey(Sector, models.PROTECT, verbose_name=_("Sector"), related_name="firms")
    province = models.CharField(_("Province"), max_length=4, choices=Province)
    locality = models.CharField(_("Town or city"), max_length=100)
    people = models.PositiveIntegerField(_("People employed"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = FirmQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(CuitFunction("cuit")), name="cuit_check_digit"),
            models.CheckConstraint(condition=models.Q(province__in=Province.values), name="firm_province"),
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
    def formatted_cuit(self) -> str:
        """30-12345678-1."""
        return stdnum_cuit.format(self.cuit)


class FirmYear(models.Model):
    """A closed year of a firm."""

    firm = models.ForeignKey(Firm, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("Year closed"))
    sales = MoneyField(_("Sales without VAT"))

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["firm", "year"], name="firm_year_once"),
            models.CheckConstraint(condition=models.Q(sales__gte=0), name="sales_not_negative"),
            models.CheckConstraint(condition=models.Q(year__range=(1990, 2100)), name="year_plausible"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.year}"
