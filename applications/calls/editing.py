"""Writing the rules of a call: one lock, one check, one event for every page of the editor.

A draft may be as incomplete as it likes. Once published it stays whole, and once groups have begun applications its
rules stand: the database refuses the rest (migrations 0002 and 0004). A test application freezes nothing.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications import readiness
from applications.calls import changes
from applications.models import BudgetCategory, Call, Line
from core import timeline
from core.models import Case
from core.workflow import StaleObject, TransitionRefused

YEAR = 12


def has_applications(call: Call) -> bool:
    """Whether groups have begun applications; tests do not count."""
    return call.applications.filter(is_test=False).exists()


def why_not_editable(call: Call, page: str) -> str:
    """Why a page of the editor cannot be written now; "" when it can. Permission is asked for apart."""
    if call.status == Call.Status.DRAFT:
        return ""
    if page == "authority" and call.status == Call.Status.WOUND_UP:
        # A reconsideration may still wait when the call is over, and its authority have left.
        return ""
    if call.status != Call.Status.PUBLISHED:
        return _("The call is over: it is “%(state)s”.") % {"state": call.get_status_display()}
    if page == "dates":
        return _(
            "The call is published: its days are only extended, a further cut added and the envelope set, each with "
            "its reason, from the page of the call."
        )
    if page not in ("texts", "authority") and has_applications(call):
        return _("Groups have begun applications: the rules of the call stay as they are.")
    return ""


@contextmanager
def editing(call: Call, *, by: User, page: str, version: int | None, now: dt.datetime) -> Iterator[Call]:
    """Change one page of a call: `with editing(…) as call:`; columns set on it are saved at the end, rows inside.

    Yields the fresh call under its lock. Writes the next version and the event with what differs, or nothing when
    nothing does. Raises NotAllowed, StaleObject or TransitionRefused; then nothing has changed. `version` is what the
    page showed; None skips the comparison.
    """
    with transaction.atomic():
        fresh = locked(call, by, version)
        if sentence := why_not_editable(fresh, page):
            raise TransitionRefused(sentence)
        before = changes.state_of(fresh)
        yield fresh
        keep_to_line(fresh)
        fresh.save()
        found = changes.between(before, changes.state_of(Call.objects.get(pk=fresh.pk)))
        if found:
            if fresh.status == Call.Status.PUBLISHED:
                stays_whole(fresh, now)
            fresh.version += 1
            fresh.save(update_fields=["version"])
            rename(fresh)
            timeline.record(fresh.case, "call.edited", by=by, now=now, obj=fresh, page=page, changes=found)
        # Whoever holds the older instance goes on with the new version.
        call.version = fresh.version


def keep_to_line(call: Call) -> None:
    """What a line of action fixes for each of its calls (PROGRAMME 1 and 4), whichever page changed it."""
    if call.line == Line.PARTNERSHIP:
        call.months = YEAR
    else:
        call.categories = [each for each in call.categories if each != BudgetCategory.COORDINATION]
        call.salary_per_month = call.salary_cap = None
        call.salary_waits_for_report = False
        call.share_by_category.pop(BudgetCategory.COORDINATION.value, None)
    if call.line == Line.JOINT_INVESTMENT:
        call.needs_prior_support = True


def stays_whole(call: Call, now: dt.datetime) -> None:
    """A published call never lacks anything of what it was published with."""
    for lacking in readiness.missing(Call.objects.get(pk=call.pk), now):
        if lacking.page != "dates":
            raise TransitionRefused(
                _("The call is published, and stays whole: %(sentence)s") % {"sentence": lacking.sentence}
            )


def rename(call: Call) -> None:
    """The case is called as the call is."""
    title = case_title(call)
    if call.case.title != title:
        Case.objects.filter(pk=call.case_id).update(title=title)


def case_title(call: Call) -> str:
    """What the case of a call is called in lists and messages."""
    return (call.title_es or call.title_en or call.code)[:300]


def locked(call: Call, by: User, version: int | None) -> Call:
    """The call afresh and locked, in the order of its transitions: the case, then the call. Nobody begins an application
    meanwhile. Raises NotAllowed, or StaleObject for another version than the page showed."""
    Case.objects.select_for_update().get(pk=call.case_id)
    fresh = Call.objects.select_for_update(of=("self",)).select_related("case").get(pk=call.pk)
    require(by, Action.EDIT_CALL, fresh)
    if version is not None and version != fresh.version:
        raise StaleObject
    return fresh
