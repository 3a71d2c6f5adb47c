"""What a start and a payment wait for besides: signed papers, and accounts that nobody stopped. "" or the sentence."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.agreements.firms import missing, who_sign
from grants.models import Agreement, Disbursement, Project, SignedPaper, Tranche
from groups.models import Firm


def copies_are_there(project: Project, *, by, now, data) -> str:
    """Where the call asks for it, the agreement signed on paper is on file, for both sides."""
    if not project.call.agreement_copies:
        return ""
    there = set(project.agreement.papers.filter(current=True, firm=None).values_list("kind", flat=True))
    if SignedPaper.Kind.GROUP not in there:
        return _("The copy of the agreement that was signed for the group is not on file yet.")
    if SignedPaper.Kind.STATE not in there:
        return _("The copy of the agreement that was signed for the State is not on file yet.")
    return ""


def every_firm_signed(project: Project, *, by, now, data) -> str:
    """Where the call asks for it, each firm signed the agreement or a mandate (PROGRAMME 10)."""
    if not project.call.firms_sign:
        return ""
    firms = missing(project.agreement)
    if not firms:
        return ""
    return ngettext(
        "%(n)d firm has not signed yet: %(name)s.",
        "%(n)d firms have not signed yet, the first is: %(name)s.",
        len(firms),
    ) % {"n": len(firms), "name": firms[0].name}


def signed_on_fits(project: Project, day: dt.date, today: dt.date) -> str:
    """A paper was signed after the project was opened, and not tomorrow."""
    if day > today:
        return _("The day of the signature is in the future.")
    if day < project.opened_on:
        return _("The agreement was not there before %(day)s: look at the day of the signature.") % {
            "day": f"{project.opened_on:%d/%m/%Y}"
        }
    return ""


def firm_signs(agreement: Agreement, firm: Firm | None, machines: str) -> str:
    """A firm's paper is of one that signs, and says who has the machines (PROGRAMME 10)."""
    if firm is None:
        return ""
    if not who_sign(agreement).filter(pk=firm.pk).exists():
        return _("This firm does not sign the agreement.")
    return "" if machines.strip() else _("Say who owns, keeps and insures each machine.")


# --- Accounts -------------------------------------------------------------------------------------------


def account_is_not_stopped(tranche: Tranche, *, by, now, data) -> str:
    """Nothing is paid to an account that is embargoed, or whose holder has a new administrator (PROGRAMME 10)."""
    payee = tranche.payee
    stop = payee.open_stop if payee else None
    if stop is None:
        return ""
    return _("Payments to this account are stopped since %(day)s: %(why)s.") % {
        "day": f"{stop.stopped_on:%d/%m/%Y}",
        "why": stop.get_why_display(),
    }


def paid_before_the_stop(disbursement: Disbursement, *, by, now, data) -> str:
    """What was ordered before the stop counts as paid only if the Treasury had paid it by then."""
    stop = disbursement.payee.open_stop
    paid_on = data.get("treasury_date")
    if stop is None or not data or (paid_on is not None and paid_on <= stop.stopped_on):
        return ""
    return _(
        "Payments to this account are stopped since %(day)s: only what the Treasury paid until then can be confirmed."
    ) % {"day": f"{stop.stopped_on:%d/%m/%Y}"}
