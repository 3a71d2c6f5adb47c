"""How events of calls, applications and reviews read on the timeline, and which of them are the programme's own affair:
the group reads what was decided, not who reviewed it and what was proposed."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications import edits
from applications.calls import changes, pages
from applications.office import notes
from applications.prices import month_text
from applications.scoring import in_words
from applications.sections import BY_CODE
from core import dates, timeline
from core.models import Event
from core.money import format_money
from core.templatetags.lsp import percent


def _money(event: Event, key: str = "amount") -> str:
    return format_money(Decimal(str(event.data[key]))) if key in event.data else "–"


def _day(event: Event, key: str) -> str:
    text = event.data.get(key)
    return f"{dt.date.fromisoformat(str(text)[:10]):%d/%m/%Y}" if text else "–"


def submitted(event: Event) -> str:
    words = {"amount": _money(event), "number": event.data.get("number", 1)}
    if words["number"] == 1:
        return _("Submitted: %(amount)s asked for") % words
    return _("Submitted again, version %(number)s: %(amount)s asked for") % words


def message(event: Event) -> str:
    return _("Message of the group") if event.data.get("from") == "group" else _("Message of the programme")


def noted(event: Event) -> str:
    count = len(event.data.get("mentions") or [])
    if not count:
        return _("Note of the office")
    return ngettext(
        "Note of the office, for %(n)s colleague", "Note of the office, for %(n)s colleagues", count
    ) % {"n": count}


def contacted(event: Event) -> str:
    kind = dict(notes.Contact.choices).get(event.data.get("kind", ""), "–")
    return _("%(kind)s, on %(day)s") % {"kind": kind, "day": _day(event, "on")}


def marked(event: Event) -> str:
    section = BY_CODE.get(event.data.get("section", ""))
    words = {"section": section.label if section else "–"}
    if "ready" not in event.data:
        return _("Assigned among the group: %(section)s") % words
    return (
        _("Marked as ready: %(section)s") if event.data["ready"] else _("Not ready yet: %(section)s")
    ) % words


def returned(event: Event) -> str:
    codes = [str(BY_CODE[code].label) for code in event.data.get("sections", []) if code in BY_CODE]
    words = {"sections": ", ".join(codes), "day": _day(event, "until")}
    return _("Returned for changes until %(day)s: %(sections)s") % words


def answer_extended(event: Event) -> str:
    return _("More time to answer: until %(day)s") % {"day": _day(event, "until")}


def approved(event: Event) -> str:
    count = int(event.data.get("conditions_dated") or 0)
    if not count:
        return _("Approved: %(amount)s") % {"amount": _money(event)}
    return ngettext(
        "Approved: %(amount)s, with %(n)s condition that has a day",
        "Approved: %(amount)s, with %(n)s conditions that have a day",
        count,
    ) % {"amount": _money(event), "n": count}


def condition_met(event: Event) -> str:
    words = {"n": event.data.get("order", "–"), "day": _day(event, "met_on")}
    return _("Condition %(n)s of the approval was met on %(day)s") % words


def recommended(event: Event) -> str:
    words = {"amount": _money(event), "score": in_words(event.data.get("score"))}
    return _("Recommended: %(amount)s, with %(score)s points") % words


def reserve_called(event: Event) -> str:
    words = {"freed": _money(event, "freed"), "amount": _money(event)}
    return _("%(freed)s were freed, and the %(amount)s proposed for it fit: a decision is due") % words


def money_returned(event: Event) -> str:
    words = {"amount": _money(event)}
    if event.action == "application.annul":
        return _("Approval annulled; %(amount)s return to the envelope") % words
    return _("Grant renounced; %(amount)s return to the envelope") % words


def call_extended(event: Event) -> str:
    if not event.data.get("until"):
        return _("The call has no closing day any more")
    moment = dt.datetime.fromisoformat(str(event.data["until"]))
    return _("The call closes later: on %(day)s") % {"day": f"{dates.day_of(moment):%d/%m/%Y}"}


def salary_scale_set(event: Event) -> str:
    return _("A month of a coordinator is worth %(amount)s from %(day)s on.") % {
        "amount": format_money(Decimal(event.data.get("per_month") or 0)),
        "day": _day(event, "valid_from"),
    }


def call_edited(event: Event) -> str:
    page = pages.BY_CODE.get(event.data.get("page", ""))
    return _("Call changed: %(page)s") % {"page": page.label if page else "–"}


def call_created(event: Event) -> str:
    if former := event.data.get("copy_of"):
        return _("Call prepared, with the rules of %(call)s") % {"call": former}
    return _("Call prepared")


def cut_added(event: Event) -> str:
    moment = dt.datetime.fromisoformat(str(event.data["at"]))
    return _("A further cut: on %(day)s") % {"day": f"{dates.day_of(moment):%d/%m/%Y}"}


def reserve_ended(event: Event) -> str:
    return _("The reserve list of cut %(n)s ended") % {"n": event.data["cut"]}


def envelope_set(event: Event) -> str:
    return _("The envelope is now %(amount)s") % {"amount": _money(event, "after")}


def consensus_recorded(event: Event) -> str:
    words = {"total": percent(event.data["total"]), "day": _day(event, "held_on")}
    return _("The reviewers met on %(day)s and agreed on %(total)s") % words


def interest_declared(event: Event) -> str:
    if event.data.get("no_interest") is False:
        return _("A reviewer declared an interest, and does not review it")
    return _("A reviewer declared that they have no interest")


Sentence = str | Promise | Callable[[Event], str]

PUBLIC: dict[str, Sentence] = {
    "application.started": gettext_lazy("Application begun"),
    edits.EDITED: edits.sentence,
    "application.copied": gettext_lazy("Copied from a former application"),
    "application.section_marked": marked,
    "application.submit": submitted,
    "application.request_changes": returned,
    "application.answer_extended": answer_extended,
    "application.message": message,
    "application.lapse": gettext_lazy("Lapsed: the call closed before it was submitted"),
    "application.withdraw": gettext_lazy("Withdrawn"),
    "application.expire": gettext_lazy("Withdrawn: no answer came in time"),
    "application.declare_ineligible": gettext_lazy("Declared not eligible"),
    "application.eligibility_signed": gettext_lazy("Eligibility signed off"),
    "application.start_review": gettext_lazy("Review begun"),
    "application.approve": approved,
    "application.condition_met": condition_met,
    "application.reject": gettext_lazy("Rejected"),
    "application.put_on_reserve": gettext_lazy("Put on the reserve list"),
    "application.lapse_reserve": gettext_lazy("The reserve list ended"),
    "application.ask_reconsideration": gettext_lazy("Reconsideration asked for"),
    "application.grant_reconsideration": gettext_lazy("Reconsideration granted"),
    "application.deny_reconsideration": gettext_lazy("Reconsideration denied"),
    "application.renounce": money_returned,
    "application.annul": money_returned,
    "call.publish": gettext_lazy("Call published"),
    "call.extended": call_extended,
    "call.cut_added": cut_added,
    "call.reserve_ended": reserve_ended,
    "call.wind_up": gettext_lazy("Call wound up"),
    "call.cancel": gettext_lazy("Call cancelled"),
}
INTERNAL: dict[str, Sentence] = {
    # Of before technical support had states of its own.
    "application.adviser_assigned": gettext_lazy("Adviser assigned"),
    "application.adviser_left": gettext_lazy("Adviser left"),
    "application.officer_assigned": gettext_lazy("The officer in charge changed"),
    "application.message_dealt_with": gettext_lazy(
        "Message of the group dealt with, without an answer in writing"
    ),
    notes.NOTED: noted,
    notes.CONTACTED: contacted,
    "application.reviewer_assigned": gettext_lazy("Reviewer assigned"),
    "application.review_kept": gettext_lazy("Review kept for the new version"),
    "application.consensus_recorded": consensus_recorded,
    "application.recommend": recommended,
    "application.reserve_called": reserve_called,
    "application.reserve_left": gettext_lazy("Left on the reserve list, although money was freed"),
    "application.reserve_waits": gettext_lazy(
        "The freed money went elsewhere: it waits on the reserve list again"
    ),
    "application.send_back": gettext_lazy("Sent back to the officer"),
    "review.declare_interest": interest_declared,
    "review.write": gettext_lazy("Review begun by its reviewer"),
    "review.send": gettext_lazy("Review sent"),
    "review.decline": gettext_lazy("Review declined"),
    "review.reassign": gettext_lazy("Review given to somebody else"),
    "review.void": gettext_lazy("Review voided"),
    "review.close": gettext_lazy("Review not needed any more"),
    "application.reviewer_tied": gettext_lazy("A reviewer declared a tie to the group or to a firm in it"),
    "application.reviewer_tie_ended": gettext_lazy("A reviewer's tie to the group or to a firm in it ended"),
    "reviewer.profile_edited": gettext_lazy("The profile of a reviewer changed"),
    "reviewer.tie_declared": gettext_lazy("A reviewer declared a tie to a firm or a group"),
    "reviewer.tie_ended": gettext_lazy("A reviewer's tie to a firm or a group ended"),
    "call.created": call_created,
    "call.envelope_set": envelope_set,
    "call.discarded": gettext_lazy("The draft of a call was discarded."),
}


def of_index(words: Promise) -> Callable[[Event], str]:
    """A sentence with the index, the month and the figure."""
    return lambda event: (
        str(words)
        % {
            "code": event.data.get("code", "–"),
            "month": month_text(dt.date.fromisoformat(event.data["month"])) if "month" in event.data else "–",
            "value": str(event.data.get("value", "–")).replace(".", ","),
        }
    )


OF_PRICES: dict[str, Promise] = {
    "priceindex.begun": gettext_lazy("The index %(code)s was begun."),
    "indexfigure.entered": gettext_lazy("%(code)s of %(month)s was entered: %(value)s."),
    "indexfigure.confirmed": gettext_lazy("%(code)s of %(month)s was confirmed: %(value)s."),
    "indexfigure.taken_out": gettext_lazy("%(code)s of %(month)s was taken out: %(value)s."),
}


def register() -> None:
    """Put every event of this app into words."""
    for action, sentence in PUBLIC.items():
        timeline.register(action, sentence)
    for action, sentence in INTERNAL.items():
        timeline.register(action, sentence, internal=True)
    timeline.register("call.salary_scale", salary_scale_set)
    for action, words in OF_PRICES.items():
        timeline.register(action, of_index(words))
    timeline.register("call.edited", call_edited, internal=True, details=changes.details)
