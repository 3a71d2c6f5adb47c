"""Preparing an update of prices: one transaction, on the call's timeline. Issuing it goes through grants.prices.workflow."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from applications.models import Call, IndexFigure
from core import timeline
from core.models import Case
from core.workflow import TransitionRefused
from grants.models import PriceUpdate
from grants.prices import emails, guards
from grants.prices.workflow import PRICE_UPDATE
from grants.prices.working import work_out


def prepare(*, by, call: Call, figure: IndexFigure, opinion: str, now: dt.datetime) -> PriceUpdate:
    """An officer proposes to update the call's projects to the prices of a month. Nothing changes until an approver issues it.
    Raises NotAllowed or TransitionRefused."""
    with transaction.atomic():
        call = (
            Call.objects.select_for_update(no_key=True, of=("self",))
            .select_related("update_index")
            .get(pk=call.pk)
        )
        case = Case.objects.select_for_update().get(pk=call.case_id)
        require(by, Action.PREPARE_PRICE_UPDATE, call)
        refusal = guards.why_not_prepared(call, by=by) or guards.figure_fits(call, figure)
        if sentence := refusal or work_out(call, figure).refusal():
            raise TransitionRefused(sentence)
        if not opinion.strip():
            raise TransitionRefused(_("Say what the approver should know."))
        update = PriceUpdate.objects.create(
            call=call, figure=figure, prepared_by=by, prepared_at=now, opinion=opinion.strip()
        )
        timeline.record(
            case,
            PRICE_UPDATE.action("prepare"),
            by=by,
            now=now,
            obj=update,
            to_state=update.status,
            month=figure.month,
            text=update.opinion,
        )
        emails.prepared(update, now=now)
    return update
