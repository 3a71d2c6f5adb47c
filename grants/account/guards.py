"""What the account of a project must show before the project closes."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import ZERO
from grants.models import Disbursement, Project


def missing_in(project: Project) -> list[Disbursement]:
    """Payments of the programme that no line of the account shows; a salary goes to the coordinator's own."""
    rows = Disbursement.objects.filter(
        tranche__project=project, tranche__kind="grant", status="paid", net__gt=ZERO, account_line=None
    )
    return list(rows.select_related("tranche").order_by("pk"))


def account_is_matched(project: Project, *, by, now, data) -> str:
    """Before closing, the statement of the project's account is there, and each of its lines is matched or explained."""
    paid = Disbursement.objects.filter(tranche__project=project, tranche__kind="grant", status="paid")
    if not paid.exists():
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
