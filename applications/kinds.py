"""The kinds of cost of each category (PROGRAMME 1). Which one a cost is helps to read a budget; no rule asks for it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import BudgetCategory

OTHER = "other"
_OTHER_LABEL = pgettext_lazy("kind of cost", "Other")

KINDS: dict[str, dict[str, Promise]] = {
    BudgetCategory.FIXED_INVESTMENT: {
        "machinery": _("Machinery"),
        "training_equipment": _("Equipment for training"),
        OTHER: _OTHER_LABEL,
    },
    BudgetCategory.INNOVATION: {
        "product": pgettext_lazy("kind of cost", "Product"),
        "process": pgettext_lazy("kind of cost", "Process"),
        "design": pgettext_lazy("kind of cost", "Design"),
        OTHER: _OTHER_LABEL,
    },
    BudgetCategory.SOFT_TECHNOLOGY: {
        "image": _("Corporate image of the group"),
        "consultancy": _("Consultancy"),
        "certification": _("Certifications"),
        "restructuring": _("Organisational restructuring"),
        "management": pgettext_lazy("kind of cost", "Management"),
        "marketing": _("Marketing"),
        "logistics": _("Logistics"),
        OTHER: _OTHER_LABEL,
    },
    BudgetCategory.COORDINATION: {
        "salary": _("Salary of the coordinator"),
        OTHER: _OTHER_LABEL,
    },
}


def label(category: str, kind: str, other: str = "") -> str:
    """A kind in words, `Other: a hall`; "" when none was said, or the category has no such kind."""
    if kind == OTHER and other:
        return f"{_OTHER_LABEL}: {other}"
    return str(KINDS.get(category, {}).get(kind, ""))
