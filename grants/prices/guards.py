"""When an update of prices may be prepared, issued or withdrawn: "" or the sentence that the person reads."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from applications.models import Call, IndexFigure
from applications.prices import figure_of, month_text
from core.dates import day_of
from grants.models import PriceUpdate, Project
from grants.prices.working import work_out
from groups.querysets import member_group_ids


def why_no_clause(call: Call) -> str:
    """Why a call has no update clause that can be used, in a sentence; "" when it has one, with the figure from which it
    counts."""
    if call.update_index is None or call.update_base_month is None:
        return _("This call has no update clause: its amounts stay as they were approved.")
    if call.status not in (Call.Status.PUBLISHED, Call.Status.WOUND_UP):
        return _("Only a call that was published has projects.")
    if figure_of(call.update_index, call.update_base_month) is None:
        return _("The index has no confirmed figure of %(month)s, from which the clause counts.") % {
            "month": month_text(call.update_base_month)
        }
    return ""


def why_not_prepared(call: Call, *, by) -> str:
    """Why this person cannot prepare an update now, in a sentence; "" when they can."""
    if call.price_updates.waiting().exists():
        return _("An update of this call is prepared, and waits for the approver.")
    return why_no_clause(call) or not_of_their_own(call, by)


def not_of_their_own(call: Call, by) -> str:
    """PROGRAMME 3: no staff role on a case of a group in which one holds a role, and nobody decides on what they advised."""
    if by is None:
        return ""
    projects = Project.objects.filter(application__call=call).open()
    if projects.filter(application__group__in=member_group_ids(by)).exists():
        return _("You hold a role in a group of this call: somebody else does this.")
    accepted = Q(
        application__group__supports__adviser=by, application__group__supports__accepted_at__isnull=False
    )
    if projects.filter(accepted | Q(application__group__advisers=by)).exists():
        return _("You advised a group of this call: somebody else does this.")
    return ""


def figure_fits(call: Call, figure: IndexFigure) -> str:
    """A confirmed month of the clause's index, after its base month."""
    if figure.index_id != call.update_index_id or not figure.is_confirmed:
        return _("Choose a month whose figure is confirmed.")
    if call.update_base_month and figure.month <= call.update_base_month:
        return _("Choose a month after the one from which the clause counts.")
    return ""


# --- Issuing it -------------------------------------------------------------------------------------------


def clause_holds(update: PriceUpdate, *, by, now, data) -> str:
    return why_no_clause(update.call)


def issued_by_another(update: PriceUpdate, *, by, now, data) -> str:
    """PROGRAMME 3: nobody decides on what they proposed."""
    if by is not None and by.pk == update.prepared_by_id:
        return _("You prepared it: an approver who did not issues it.")
    return ""


def is_independent(update: PriceUpdate, *, by, now, data) -> str:
    return not_of_their_own(update.call, by)


def envelope_holds(update: PriceUpdate, *, by, now, data) -> str:
    """PROGRAMME 6.4, asked under the call's lock; the database holds the same."""
    return work_out(update.call, update.figure).refusal()


def has_resolution(update: PriceUpdate, *, by, now, data) -> str:
    """An act of the authority has its number, its date and its grounds."""
    if not data:
        return ""
    if not str(data.get("resolution", "")).strip():
        return _("Give the number of the resolution.")
    resolved_on = data.get("resolved_on")
    if resolved_on is None:
        return _("Give the date of the resolution.")
    return (
        resolution_day_fits(update, resolved_on, today=day_of(now))
        or resolution_is_new(update, str(data["resolution"]), resolved_on)
        or ("" if str(data.get("grounds", "")).strip() else _("Give the grounds."))
    )


def resolution_day_fits(update: PriceUpdate, resolved_on: dt.date, *, today: dt.date) -> str:
    """Nobody resolves on what was not prepared yet, nor tomorrow."""
    prepared_on = day_of(update.prepared_at)
    if resolved_on > today:
        return _("The date of the resolution is not to come.")
    if resolved_on < prepared_on:
        return _("The update was prepared on %(day)s: the resolution is not before it.") % {
            "day": f"{prepared_on:%d/%m/%Y}"
        }
    return ""


def resolution_is_new(update: PriceUpdate, number: str, resolved_on: dt.date) -> str:
    """One resolution issues one update: its number counts within its year."""
    issued = PriceUpdate.objects.filter(
        status=PriceUpdate.Status.ISSUED,
        resolution__iexact=number.strip(),
        resolved_on__year=resolved_on.year,
    )
    other = issued.exclude(pk=update.pk).select_related("call", "figure").first()
    if other is None:
        return ""
    return _("This number issued another update of that year: %(update)s.") % {"update": other.name}
