"""What begins a support, and its log of sessions: permission, lock, timeline, messages, in one transaction each."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import Support, SupportSession
from applications.supporting import emails
from applications.supporting.history import hours_in_words
from applications.supporting.workflow import DAYS_TO_ASSIGN, SUPPORT, due_in
from core import dates, timeline
from core.models import Case
from core.workflow import TransitionRefused
from groups.models import Group

ASKED, SESSION, CORRECTED = "support.asked", "support.session", "support.session_corrected"
# For so many days an adviser may correct what they logged.
DAYS_TO_CORRECT = 7


@transaction.atomic
def ask(*, by: User, group: Group, need: str, now: dt.datetime) -> Support:
    """A group asks for help, with what it needs. Raises NotAllowed, or TransitionRefused while one waits already."""
    require(by, Action.ASK_SUPPORT, group)
    support = _begin(group, by=by, need=need, asked_by=by, now=now)
    emails.asked(support, now=now)
    return support


@transaction.atomic
def offer(*, by: User, group: Group, adviser: User, need: str, now: dt.datetime) -> Support:
    """An officer offers help to a group that did not ask. Raises what `ask` and the transition raise."""
    require(by, Action.ASSIGN_ADVISER, group)
    support = _begin(group, by=by, need=need, asked_by=None, now=now)
    return SUPPORT.apply(support, "assign", by=by, now=now, data={"adviser": adviser})


def _begin(group: Group, *, by: User, need: str, asked_by: User | None, now: dt.datetime) -> Support:
    case = Case.objects.select_for_update().get(pk=group.case_id)
    if sentence := why_not_ask(group):
        raise TransitionRefused(sentence)
    support = Support.objects.create(
        group=group, need=need, asked_by=asked_by, asked_at=now, due_on=due_in(now, DAYS_TO_ASSIGN)
    )
    timeline.record(case, ASKED, by=by, now=now, obj=support, asked=asked_by is not None, text=need)
    return support


def why_not_ask(group: Group) -> str:
    """Why a group cannot ask now, in a sentence; "" when it can. One request waits at a time (the database holds it)."""
    if group.supports.filter(status__in=["asked", "offered"]).exists():
        return _("A request of this group waits already. It is answered first.")
    return ""


# --- Sessions ----------------------------------------------------------------------------------------


@transaction.atomic
def log_session(
    *,
    by: User,
    support: Support,
    on: dt.date,
    mode: str,
    hours: Decimal,
    people: str,
    done: str,
    now: dt.datetime,
) -> SupportSession:
    """Log a session. Raises NotAllowed, or TransitionRefused for a day that cannot be and a support that is not active."""
    fresh = _locked(support)
    require(by, Action.LOG_SESSION, fresh)
    if sentence := why_not_log(fresh) or why_not_on(fresh, on, now):
        raise TransitionRefused(sentence)
    session = SupportSession.objects.create(
        support=fresh,
        on=on,
        mode=mode,
        hours=hours,
        people=people,
        done=done,
        logged_by=by,
        logged_at=now,
    )
    facts: dict[str, Any] = {"session": session.pk, "on": on, "mode": mode, "hours": hours}
    timeline.record(fresh.case, SESSION, by=by, now=now, obj=fresh, **facts)
    return session


@transaction.atomic
def correct_session(*, by: User, session: SupportSession, now: dt.datetime, **fields: Any) -> SupportSession:
    """Correct what one logged oneself, within days; what was changed stands on the timeline. Raises NotAllowed or
    TransitionRefused."""
    support = _locked(session.support)
    require(by, Action.LOG_SESSION, support)
    fresh = SupportSession.objects.select_for_update().get(pk=session.pk, support=support)
    if sentence := why_not_correct(fresh, by, now) or why_not_on(support, fields["on"], now):
        raise TransitionRefused(sentence)
    before = in_words(fresh)
    for name, value in fields.items():
        setattr(fresh, name, value)
    after = in_words(fresh)
    changed = [
        f"{label}: {was} → {now_is}"
        for (label, was), (_label, now_is) in zip(before, after, strict=True)
        if was != now_is
    ]
    if changed:
        fresh.save()
        text = "\n".join(changed)
        timeline.record(
            support.case, CORRECTED, by=by, now=now, obj=support, session=fresh.pk, on=fresh.on, text=text
        )
    return fresh


def in_words(session: SupportSession) -> list[tuple[str, str]]:
    """(label, words) of what a session says."""
    return [
        (_("Day"), f"{session.on:%d/%m/%Y}"),
        (_("How"), str(session.get_mode_display())),
        (_("Hours"), hours_in_words(session.hours)),
        (_("With whom"), session.people),
        (_("What was done"), session.done),
    ]


def why_not_log(support: Support) -> str:
    if support.status != Support.Status.ACTIVE:
        return _("Sessions are logged while the support is active.")
    return ""


def why_not_on(support: Support, on: dt.date, now: dt.datetime) -> str:
    """A session was held: not in the future, and not before the support was spoken of."""
    begun = dates.day_of(support.asked_at)
    if on > dates.day_of(now):
        return _("The day of a session cannot be in the future.")
    if on < begun:
        return _("The day of a session cannot be before %(day)s, when this support began.") % {
            "day": f"{begun:%d/%m/%Y}"
        }
    return ""


def why_not_correct(session: SupportSession, by: User, now: dt.datetime) -> str:
    """Why a person cannot correct an entry of the log; "" when they can."""
    if session.logged_by_id != by.pk:
        return _("Only who logged a session corrects it.")
    if now > session.logged_at + dt.timedelta(days=DAYS_TO_CORRECT):
        return _("A session can be corrected for %(n)s days after it was logged.") % {"n": DAYS_TO_CORRECT}
    return ""


def _locked(support: Support) -> Support:
    """The support afresh; its case and itself locked."""
    Case.objects.select_for_update().get(pk=support.case_id)
    return Support.objects.select_for_update(of=("self",)).select_related("group__case").get(pk=support.pk)
