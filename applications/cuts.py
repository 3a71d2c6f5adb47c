"""Calls without a closing day: their dated cuts, and the order of arrival (PROGRAMME 12)."""

import datetime as dt

from django.db.models import Q

from applications.models import Application, Call, CallCut


def next_cut(call: Call, now: dt.datetime) -> CallCut | None:
    """The cut to which what is sent now belongs; None for a call without cuts, and after the last."""
    return _first(call, now) if call.intake == Call.Intake.CUTS else None


def cut_of(application: Application) -> CallCut | None:
    """The cut with which an application is ranked and decided: the first at or after its first submission."""
    sent = application.first_submitted_at
    if sent is None or application.call.intake != Call.Intake.CUTS:
        return None
    return _first(application.call, sent)


def _first(call: Call, moment: dt.datetime) -> CallCut | None:
    return next((cut for cut in call.cuts.all() if cut.at >= moment), None)


def arrived_for(call: Call, cut: CallCut) -> Q:
    """The applications that belong to a cut: sent after the one before, and by its moment."""
    before = max((each.at for each in call.cuts.all() if each.at < cut.at), default=None)
    here = Q(first_submitted_at__lte=cut.at)
    return here & Q(first_submitted_at__gt=before) if before else here


def after_the_last(call: Call) -> Q:
    """The applications of a call with cuts that were sent after the last of them: they wait for a further cut."""
    last = max((each.at for each in call.cuts.all()), default=None)
    return Q(first_submitted_at__gt=last) if last else Q(first_submitted_at__isnull=False)


def arrival_number(application: Application) -> int | None:
    """The how-manieth it arrived, from 1, where a call decides in order of arrival; else None."""
    sent, call = application.first_submitted_at, application.call
    if sent is None or call.intake != Call.Intake.ARRIVAL:
        return None
    before = call.applications.real().filter(first_submitted_at__lt=sent)
    same = call.applications.real().filter(first_submitted_at=sent, pk__lt=application.pk)
    return before.count() + same.count() + 1
