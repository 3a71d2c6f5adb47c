"""Throwing away a call that was never published: nobody outside the office saw it, and nothing was promised.

A published one stays: it is wound up or cancelled, and remains readable (PROGRAMME 4).
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.models import User
from applications.calls import trial
from applications.calls.editing import has_applications, locked
from applications.models import Call
from core import timeline
from core.models import Case
from core.workflow import TransitionRefused


def why_not_discard(call: Call) -> str:
    """Why a call cannot be thrown away, in a sentence; "" when it can. Permission is asked for apart."""
    if call.status != Call.Status.DRAFT:
        return _("The call was published: it stays readable.")
    if has_applications(call):
        return _("Groups have begun applications to this call.")
    return ""


@transaction.atomic
def discard(*, by: User, call: Call, version: int | None, now: dt.datetime) -> None:
    """Delete the draft of a call with its rules and everybody's tests of it.

    The timeline of the call stays, and that of the system says what it was called; its code is free again. Raises
    NotAllowed, StaleObject or TransitionRefused.
    """
    fresh = locked(call, by, version)
    if sentence := why_not_discard(fresh):
        raise TransitionRefused(sentence)
    words = f"{fresh.code} · {fresh}"
    timeline.record(fresh.case, "call.discarded", by=by, now=now, obj=fresh, text=words)
    timeline.record(timeline.system_case(now), "call.discarded", by=by, now=now, obj=fresh, text=words)
    try:
        with transaction.atomic():
            for application in fresh.applications.select_related("group"):
                trial.delete(application)
            fresh.delete()
    except (ProtectedError, IntegrityError) as error:
        raise TransitionRefused(
            _("A test application of this call is still in use somewhere: it cannot be discarded.")
        ) from error
    Case.objects.filter(pk=fresh.case_id).update(reference=None)
