"""What an expert says of themselves, and the filters of the pool."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import experts
from applications.forms.staff import writing
from applications.models import DeclaredRelation, ReviewerProfile
from core.forms import Form, WholeNumberField
from groups.forms.firms import CuitField
from groups.models import Firm, Group, Sector
from groups.provinces import Province

# Nobody writes more than this at once.
MOST_AT_ONCE = 50


def _column(name: str) -> Any:
    return ReviewerProfile._meta.get_field(name)


class ProfileForm(Form):
    """What somebody knows, and how much they take on."""

    sectors = forms.ModelMultipleChoiceField(
        Sector.objects.all(),
        label=_column("sectors").verbose_name,
        help_text=gettext_lazy("Where a good project can be told from a weak one."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    provinces = forms.MultipleChoiceField(
        label=_column("provinces").verbose_name,
        help_text=gettext_lazy("Known from work there."),
        choices=Province.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    most_open = WholeNumberField(
        label=_column("most_open").verbose_name,
        help_text=gettext_lazy("0 while none is taken on, for example on leave."),
        min_value=0,
        max_value=MOST_AT_ONCE,
    )
    note = forms.CharField(
        label=_column("note").verbose_name, max_length=500, required=False, widget=writing(3)
    )

    def __init__(self, *args: Any, profile: ReviewerProfile, **kwargs: Any):
        initial = {
            "sectors": profile.sectors.all() if profile.pk else (),
            "provinces": profile.provinces,
            "most_open": profile.most_open,
            "note": profile.note,
        }
        super().__init__(*args, initial=initial, **kwargs)


class TieForm(Form):
    """A tie of any kind; to what, says the form that is made of it."""

    kind = forms.ChoiceField(
        label=DeclaredRelation._meta.get_field("kind").verbose_name,
        choices=DeclaredRelation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say which tie it is.")},
    )
    # The field that says to what, and what it found.
    about = ""
    firm: Firm | None = None
    group: Group | None = None

    def __init__(self, *args: Any, by: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by = by


class FirmTieForm(TieForm):
    """A tie to a firm, which its number names."""

    about = "cuit"
    cuit = CuitField(label=gettext_lazy("CUIT of the firm"))
    field_order = ["cuit", "kind"]

    def clean_cuit(self) -> str:
        cuit = self.cleaned_data["cuit"]
        self.firm = experts.firm_of(cuit)
        if self.firm is None:
            raise ValidationError(
                _("No firm of this number takes part in the programme: there is nothing to declare now."),
                code="unknown",
            )
        return cuit


class GroupTieForm(TieForm):
    """A tie to a group, which its whole name names."""

    about = "name"
    name = forms.CharField(
        label=gettext_lazy("Name of the group"),
        help_text=gettext_lazy(
            "Its whole name; or the reference of an application that you were given to review."
        ),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    field_order = ["name", "kind"]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        found = experts.groups_called(name, by=self.by)
        if not found:
            raise ValidationError(
                _(
                    "No group has exactly this name. Look at it again, or declare the tie to one of its firms."
                ),
                code="unknown",
            )
        if len(found) > 1:
            raise ValidationError(
                _("More than one group has this name. Declare the tie to one of its firms, by its CUIT."),
                code="many",
            )
        self.group = found[0]
        return name


TIES: dict[str, type[TieForm]] = {"firm": FirmTieForm, "group": GroupTieForm}


class PoolFilter(Form):
    """Finds experts."""

    hides_optional = True

    q = forms.CharField(label=gettext_lazy("Name or e-mail"), required=False, max_length=100)
    sector = forms.ModelChoiceField(
        Sector.objects.all(), label=gettext_lazy("Sector"), required=False, empty_label=gettext_lazy("Any")
    )
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    room = forms.ChoiceField(
        label=gettext_lazy("Room"),
        required=False,
        choices=[("", gettext_lazy("Any")), ("yes", gettext_lazy("Can take on another review"))],
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["province"].choices = [("", _("Any")), *Province.choices]  # type: ignore[attr-defined]
