"""What the account of a project must show before the project closes."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import ZERO
from grants.models import Disbursement, Project


def paid_into(project_id: int) -> QuerySet[Disbursement]:
    """What the programme paid into a project's account; a salary goes to the coordinator's own."""
    return Disbursement.objects.filter(tranche__project=project_id, tranche__kind="grant", status="paid")


def missing_in(project: Project) -> list[Disbursement]:
    """Payments of the programme that no line of the account shows."""
    rows = paid_into(project.pk).filter(net__gt=ZERO, account_line=None)
    return list(rows.select_related("tranche").order_by("pk"))


def account_is_matched(project: Project, *, by, now, data) -> str:
    """Before closing, the statement of the project's account is there, and each of its lines is matched or explained."""
    if not paid_into(project.pk).exists():
        return ""
    if missing := missing_in(project):
        return _(
            "The bank statement does not show the payment of tranche %(number)s yet: bring it, and match it."
        ) % {"number": missing[0].tranche.number}
    left = project.account_lines.unmatched().count()
    if left:
        return ngettext(
            "%(n)s line of the bank statement is neither matched nor explained.",
            "%(n)s lines of the bank statement are neither matched nor explained.",
            left,
        ) % {"n": left}
    return ""
