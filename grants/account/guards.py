"""What the account of a project must show before the project closes."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import together
from core.money import ZERO
from grants.models import Disbursement, Project


def paid_into(project_id: int) -> QuerySet[Disbursement]:
    """What the programme paid into a project's account; a salary goes to the coordinator's own."""
    return Disbursement.objects.filter(tranche__project=project_id, tranche__kind="grant", status="paid")


def missing_in(project: Project) -> list[Disbursement]:
    """Payments of the programme that no line of the account shows."""
    return list(_missing(project).select_related("tranche").order_by("pk"))


def _missing(project: Project) -> QuerySet[Disbursement]:
    return paid_into(project.pk).filter(net__gt=ZERO, account_line=None)


def account_is_matched(project: Project, *, by, now, data) -> str:
    """Before closing, the statement of the project's account is there, and each of its lines is matched or explained."""
    found = together.count(missing=_missing(project), left=project.account_lines.unmatched())
    if found["missing"]:
        return _(
            "The bank statement does not show the payment of tranche %(number)s yet: bring it, and match it."
        ) % {"number": missing_in(project)[0].tranche.number}
    left = found["left"]
    if left and paid_into(project.pk).exists():
        return ngettext(
            "%(n)s line of the bank statement is neither matched nor explained.",
            "%(n)s lines of the bank statement are neither matched nor explained.",
            left,
        ) % {"n": left}
    return ""
