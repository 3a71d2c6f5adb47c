"""Where else an account, a bank reference or a bank paper was used: said to who checks it, and refuses nothing. Only staff read
it (PROGRAMME 3, 10)."""

from django.db.models import Q
from django.utils.translation import gettext as _

from core.money import format_money
from grants.models import Payee, RefundReceipt

# How many are named; more say no more.
MOST = 5


def same_cbu(payee: Payee) -> list[str]:
    """Each other project, and each other holder, with the CBU of this account."""
    rows = Payee.objects.filter(cbu=payee.cbu).exclude(project=payee.project_id, cuit=payee.cuit)
    found: dict[tuple[int, str], Payee] = {}
    for row in rows.select_related("project__application__case").order_by("-current", "-entered_at", "-pk"):
        found.setdefault((row.project_id, row.cuit), row)
    return [_same_cbu(payee, row) for row in list(found.values())[:MOST]]


def _same_cbu(payee: Payee, row: Payee) -> str:
    words = {
        "name": row.name,
        "cuit": row.formatted_cuit,
        "project": row.project.case.name,
        "day": f"{row.entered_at:%d/%m/%Y}",
    }
    if row.cuit == payee.cuit:
        return _("The same CBU stands in another project: %(project)s, entered on %(day)s.") % words
    return (
        _("The same CBU stands as the account of somebody else: %(name)s, CUIT %(cuit)s, %(project)s.")
        % words
    )


def same_transfer(receipt: RefundReceipt) -> list[str]:
    """Each other receipt with the reference or the paper of this one, but those that were not found at the bank."""
    same = Q(reference__iexact=receipt.reference.strip()) | Q(document__sha256=receipt.document.sha256)
    rows = RefundReceipt.objects.filter(same).exclude(pk=receipt.pk).exclude(status="refused")
    return [
        _(
            "The same reference or the same paper stands on another receipt: %(amount)s of %(day)s, refund %(number)s of"
            " %(project)s."
        )
        % {
            "amount": format_money(row.amount),
            "day": f"{row.paid_on:%d/%m/%Y}",
            "number": row.refund.number,
            "project": row.refund.case.name,
        }
        for row in rows.select_related("refund__project__application__case").order_by("-written_at", "-pk")[
            :MOST
        ]
    ]
