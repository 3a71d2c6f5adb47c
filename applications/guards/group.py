"""What the group may do: submitting, and asking again."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import files, snapshot
from applications.eligibility import check_facts, failing
from applications.facts import Facts
from applications.guards.times import arrival
from applications.models import Application
from core import dates
from core.money import ZERO, format_money


def why_closed(application: Application) -> str:
    """Why nobody writes in an application any more, in a sentence; "" while it is the group's turn."""
    if application.is_open:
        return ""
    return _("This application cannot be changed any more: it is “%(state)s”.") % {
        "state": application.get_status_display()
    }


def declared(obj: Application, *, by, now, data) -> str:
    if data and not data.get("declared"):
        return _("Accept the declaration before you send.")
    return ""


def no_failing_rule(obj: Application, *, by, now, data) -> str:
    facts = Facts(obj, today=dates.day_of(arrival(data, now)))
    failed = failing(check_facts(facts))
    if data:
        # What was judged is what is frozen, and is not gathered twice in the last minute of a call.
        data["facts"] = facts
    if not failed:
        return ""
    count = len(failed)
    start = ngettext(
        "%(count)s thing is in the way: %(first)s", "%(count)s things are in the way, first: %(first)s", count
    )
    return start % {"count": count, "first": failed[0].sentence}


def files_are_scanned(obj: Application, *, by, now, data) -> str:
    """Nothing is frozen that the virus scanner, where there is one, has not passed."""
    return files.why_not_sent(obj)


def not_a_test(obj: Application, *, by, now, data) -> str:
    """The last guard of all: what is refused here would have been accepted."""
    return would_be_accepted() if obj.is_test and data else ""


def would_be_accepted() -> str:
    """What is said of a test against which nothing stands."""
    return _("Everything is in order: it would have been accepted. This is a test, and nothing was sent.")


def amount_not_raised(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 5: after closing the amount asked may not rise."""
    before = snapshot.asked_before(obj)
    closes = obj.call.closes_at
    if before is None or closes is None or arrival(data, now) <= closes:
        return ""
    asked = sum(obj.lines.values_list("programme_share", flat=True), ZERO)
    if asked > before:
        return _(
            "The call has closed: you cannot ask for more than before. You asked for %(before)s, and now for %(asked)s."
        ) % {"before": format_money(before), "asked": format_money(asked)}
    return ""


def no_other_application(obj: Application, *, by, now, data) -> str:
    """PROGRAMME 6.3: in reconsideration it is live again."""
    others = Application.objects.live().filter(call_id=obj.call_id, group_id=obj.group_id).exclude(pk=obj.pk)
    if others.exists():
        return _("Your group has another application to this call. Withdraw that one first.")
    return ""
