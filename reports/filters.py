"""What lists are filtered by; always in the URL."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from applications.models import Line
from core.forms import Form
from groups.provinces import Province
from reports.figures import Only
from reports.models import ProgressReport


class ReportFilter(Form):
    """Finds reports by words, by state, or those of one project. Without a state: the open ones, or all of a project."""

    hides_optional = True
    ALL = "all"

    q = forms.CharField(label=gettext_lazy("Project, group or reference"), required=False, max_length=100)
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    waits = forms.ChoiceField(label=gettext_lazy("Waits for"), required=False)
    late = forms.BooleanField(label=gettext_lazy("Only late ones"), required=False)
    project = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", _("Open ones")),
            (self.ALL, _("All")),
            *ProgressReport.Status.choices,
        ]
        self.fields["waits"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((role.value, role.label) for role in (Role.COORDINATOR, Role.OFFICER)),
        ]


class ResultsFilter(Form):
    """The year, the line and the province that the results are asked for."""

    hides_optional = True

    year = forms.TypedChoiceField(
        label=gettext_lazy("Year in which they began"), required=False, coerce=int, empty_value=None
    )
    line = forms.ChoiceField(label=gettext_lazy("Line of action"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]
        self.fields["line"].choices = [("", _("All")), *Line.choices]  # type: ignore[attr-defined]
        self.fields["province"].choices = [("", _("All")), *Province.choices]  # type: ignore[attr-defined]

    @property
    def only(self) -> Only:
        """As the figures take it."""
        asked = self.cleaned_data
        return Only(asked["year"], asked["line"], asked["province"])
