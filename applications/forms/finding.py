"""The filters of the list of applications; always in the URL."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import holds
from applications.lists import FILTERS_OF, FLAGS, ORDERS, WAITS, options
from applications.models import Application, Line
from core.forms import Form, MoneyField, WholeNumberField
from groups.provinces import Province


class ApplicationFilter(Form):
    """What the people of a group look for among their own."""

    hides_optional = True

    q = forms.CharField(
        label=gettext_lazy("Project, group, firm, CUIT, place or reference"),
        required=False,
        max_length=100,
        strip=True,
    )
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    call = forms.ChoiceField(label=gettext_lazy("Call"), required=False)

    def __init__(self, *args: Any, user, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.found = options(user)
        self._offer("status", Application.Status.choices)
        self._offer("call", self.found["call"])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *choices]


class StaffFilter(ApplicationFilter):
    """What staff look for among all that they may see, by what they may know of it. The first row of filters is always
    open."""

    FIRST = ("q", "status", "call", "officer", "order")

    officer = forms.ChoiceField(label=gettext_lazy("Officer in charge"), required=False)
    order = forms.ChoiceField(label=gettext_lazy("Order"), required=False)
    line = forms.ChoiceField(label=gettext_lazy("Line of action"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    adviser = forms.ChoiceField(label=gettext_lazy("Adviser"), required=False)
    reviewer = forms.ChoiceField(label=gettext_lazy("Reviewer"), required=False)
    waits = forms.ChoiceField(label=gettext_lazy("Waits for"), required=False)
    flag = forms.ChoiceField(label=gettext_lazy("What stands out"), required=False)
    days = WholeNumberField(
        label=gettext_lazy("Days in its state, at least"), required=False, min_value=0, max_value=9999
    )
    least = MoneyField(label=gettext_lazy("Asks for at least"), required=False)
    most = MoneyField(label=gettext_lazy("Asks for at most"), required=False)

    def __init__(self, *args: Any, user, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        offered: dict[str, list[tuple[str, Any]]] = {
            "officer": [("me", _("Me")), ("none", _("Nobody")), *self.found["officer"]],
            "line": Line.choices,
            "province": Province.choices,
            "sector": self.found["sector"],
            "adviser": self.found["adviser"],
            "reviewer": self.found["reviewer"],
            "waits": [(role.value, role.label) for role in WAITS],
            "flag": list(FLAGS.items()),
        }
        for name, choices in offered.items():
            if name in FILTERS_OF and not holds(user, FILTERS_OF[name]):
                del self.fields[name]
            else:
                self._offer(name, choices)
        order = self.fields["order"]
        assert isinstance(order, forms.ChoiceField)
        order.choices = [(name, each.label) for name, each in ORDERS.items()]
        self.order_fields([*self.FIRST, *self.fields])

    def clean_order(self) -> str:
        """Nothing in the address is the first of the orders, and no filter."""
        return self.cleaned_data["order"] or ""

    @property
    def first(self):
        """The filters that are always open."""
        return [self[name] for name in self.FIRST if name in self.fields]

    @property
    def more(self):
        """The others."""
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def more_are_on(self) -> bool:
        """Whether one of the others is on, or wrong: then they stand open."""
        return any(self.data.get(name) for name in self.fields if name not in self.FIRST)
