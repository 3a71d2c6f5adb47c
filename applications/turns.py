"""Whose turn it is with an application: in a sentence, by when, and which step is waited for. Read only; the case page and
the officer's Monday list say the same."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from applications import guards
from applications.days import meet_by
from applications.models import Application, Review
from core import dates
from core.templatetags.lsp import day, deadline


@dataclass(frozen=True)
class Turn:
    """What is waited for; an empty sentence when nothing is. `who` is the role that moves next, None when it is money or
    nobody; `step` the name of the step that an officer may take now."""

    sentence: str
    who: Role | None = None
    step: str = ""
    due_on: dt.date | None = None


def of(application: Application, *, signed: bool, live: Iterable[Review], met: bool = False) -> Turn:
    """Whose turn it is. `signed`: eligibility of the last submission is signed off; `live`: the reviews that count for
    it; `met`: it is on record what its reviewers agreed on. No queries, when the call is there."""
    live = list(live)
    if application.status == "submitted":
        return _submitted(application, signed, live)
    if application.status == "in_review":
        return _in_review(application, live, met)
    return _others(application)


def _submitted(application: Application, signed: bool, live: list[Review]) -> Turn:
    due_on, missing = application.staff_due_on, application.call.reviews_needed - len(live)
    if not signed:
        return Turn(_("Waits for an officer: look at eligibility."), Role.OFFICER, "eligibility", due_on)
    if missing > 0:
        return _assign(missing, due_on)
    return Turn(_("Waits for an officer: start the review."), Role.OFFICER, "start_review", due_on)


def _assign(missing: int, due_on: dt.date | None = None) -> Turn:
    words = ngettext(
        "Waits for an officer: assign %(n)s more reviewer.",
        "Waits for an officer: assign %(n)s more reviewers.",
        missing,
    )
    return Turn(words % {"n": missing}, Role.OFFICER, "reviews_assign", due_on)


def _in_review(application: Application, live: list[Review], met: bool) -> Turn:
    sent = [review for review in live if review.status == Review.Status.SENT]
    if (missing := application.call.reviews_needed - len(live)) > 0:
        # Somebody dropped out: as many reviews as the call asks for do not come without another.
        return _assign(missing)
    if len(sent) == len(live):
        if sentence := guards.why_not_all_in(application.call, live, met=met):
            # They lie too far apart: one more is asked for, or a meeting.
            if not application.call.asks_to_meet:
                return Turn(sentence, Role.OFFICER, "reviews_assign")
            last = max(review.sent_at for review in sent if review.sent_at)
            return Turn(sentence, Role.OFFICER, "consensus", meet_by(application.call, last))
        return Turn(_("All reviews are in. Waits for an officer: recommend."), Role.OFFICER, "recommend")
    text = _("Waits for reviewers: %(sent)s of %(all)s reviews sent.") % {"sent": len(sent), "all": len(live)}
    due_on = min(review.due_on for review in live if review.status != Review.Status.SENT)
    following = _("The next is due on %(day)s.") % {"day": day(due_on)}
    return Turn(f"{text} {following}", Role.REVIEWER, due_on=due_on)


def _others(application: Application) -> Turn:
    until = application.answer_by
    if application.status == "changes_requested" and until:
        words = _("Waits for the group, which may answer until %(when)s.") % {"when": deadline(until)}
        return Turn(words, Role.REPRESENTATIVE, due_on=dates.day_of(until))
    due_on = application.staff_due_on
    return {
        "draft": Turn(_("The group is writing it."), Role.REPRESENTATIVE),
        "recommended": Turn(_("Waits for the approver: decide."), Role.APPROVER, due_on=due_on),
        "reserve": Turn(
            _("Money was freed: waits for the approver, who decides on the reserve list."),
            Role.APPROVER,
            due_on=due_on,
        )
        if due_on
        else Turn(_("On the reserve list: waits for money of the call.")),
        "reconsideration": Turn(
            _("Waits for the authority: decide on the reconsideration."), Role.APPROVER, due_on=due_on
        ),
        "approved": Turn(_("Approved. An officer opens the project."), Role.OFFICER, "project_open"),
    }.get(application.status, Turn(""))
