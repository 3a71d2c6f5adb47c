"""How and when a group was notified of a decision, with the proof: its days to ask for reconsideration count from that day
(PROGRAMME 4, 11)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Action
from applications.days import last_day
from applications.locking import locked_for
from applications.models import Application, Decision, DecisionNotice
from core import dates, documents, timeline
from core.models import Document, Event
from core.templatetags.lsp import day
from core.workflow import TransitionRefused

KIND = "decision_notice"
NOTIFIED = "application.notified"
# Decisions that the group may ask to be reconsidered, while it stands at them.
MAY_ASK = (Application.Status.REJECTED, Application.Status.INELIGIBLE)


def why_not_on(notified_on: dt.date, *, first: dt.date, today: dt.date) -> str:
    """Why nobody can have been notified on a day; "" when they can."""
    if notified_on > today:
        return _("This day is still to come.")
    if notified_on < first:
        return _("It was signed on %(day)s: nobody was notified before.") % {"day": day(first)}
    return ""


@transaction.atomic
def record(
    *, by: User, decision: Decision, means: str, notified_on: dt.date, upload: Any, now: dt.datetime
) -> DecisionNotice:
    """Write down how the group was notified of a decision. Raises NotAllowed or TransitionRefused."""
    application = locked_for(decision.application, by, Action.RECORD_NOTICE)
    first = dates.day_of(decision.decided_at)
    if sentence := why_not_on(notified_on, first=first, today=dates.day_of(now)):
        raise TransitionRefused(sentence)
    document = documents.store(
        case=application.case, kind=KIND, owner_id=decision.pk, upload=upload, by=by, now=now
    )
    notice = DecisionNotice.objects.create(
        decision=decision,
        means=means,
        notified_on=notified_on,
        document=document,
        recorded_by=by,
        recorded_at=now,
    )
    until = _count_again(application, decision, notified_on)
    timeline.record(
        application.case,
        NOTIFIED,
        by=by,
        now=now,
        obj=application,
        locked=True,
        decision=decision.pk,
        kind=decision.kind,
        on=notified_on,
        means=means,
        until=until,
    )
    return notice


def _count_again(application: Application, decision: Decision, notified_on: dt.date) -> dt.date | None:
    """Until when the group may ask for reconsideration now; None where it may not."""
    last = application.decisions.order_by("-decided_at", "-pk").first()
    if (
        application.status not in MAY_ASK
        or application.reconsidered_from
        or last is None
        or last.pk != decision.pk
    ):
        return None
    call = application.call
    until = last_day(call, notified_on, call.days_to_reconsider)
    Application.objects.filter(pk=application.pk).update(reconsider_by=dates.end_of(until))
    return until


def may_read(user: Any, document: Document) -> bool:
    """Whoever reads the decision. `owner_id` is the decision's."""
    decision = Decision.objects.filter(pk=document.owner_id).select_related("application__group").first()
    return decision is not None and user.can(Action.VIEW_DECISION, decision.application)


def sentence(event: Event) -> str:
    """How it reads on the timeline."""
    words = {
        "decision": dict(Decision.Kind.choices).get(str(event.data.get("kind")), "–"),
        "day": timeline.day_in(event, "on"),
        "means": dict(DecisionNotice.Means.choices).get(str(event.data.get("means")), "–"),
        "until": timeline.day_in(event, "until"),
    }
    if event.data.get("until"):
        return (
            _(
                "The group was notified on %(day)s: %(decision)s. How: %(means)s. It may ask for reconsideration until "
                "%(until)s."
            )
            % words
        )
    return _("The group was notified on %(day)s: %(decision)s. How: %(means)s.") % words


def register() -> None:
    """Called once, when the app is ready."""
    documents.register(KIND, can_read=may_read, label=gettext_lazy("Proof of a notification"))
    timeline.register(NOTIFIED, sentence)
