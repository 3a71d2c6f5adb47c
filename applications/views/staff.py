"""What staff see of an application on its case page: whose turn it is, what was judged, what may be done next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from applications import cuts, guards, places, turns
from applications.models import Application, EligibilitySignOff, Review, Submission
from applications.scoring import consensus_on
from applications.workflow import APPLICATION
from core import dates

# Transitions that have a page of their own; those of the authority's decision share one.
PAGES = {
    "request_changes": "application_return",
    "declare_ineligible": "eligibility",
    "start_review": "reviews_assign",
    "recommend": "recommend",
    "approve": "decide",
    "reject": "decide",
    "put_on_reserve": "decide",
    "send_back": "decide",
}
# These lead to pages: the next step stands out, and what ends a case does not invite.
STYLES = {"start_review": "primary", "recommend": "primary", "declare_ineligible": "outline-danger"}
GENERIC = ("grant_reconsideration", "deny_reconsideration", "annul")


@dataclass(frozen=True)
class Act:
    """Something that may be done next, with where; or the reason why it cannot be done now."""

    label: str | Promise
    url: str
    reason: str = ""
    style: str = "secondary"


@dataclass(frozen=True)
class ReviewRow:
    """One review as officers and approvers see it."""

    review: Review
    url: str
    late: bool


def panel(application: Application, user: User, now: dt.datetime) -> dict[str, Any] | None:
    """What templates/applications/_staff_panel.html shows to this person; None for who is no staff of the case."""
    if not user.can(Action.VIEW_INTERNAL, application):
        return None
    submission = application.latest_submission
    sign_off, consensus = getattr(submission, "sign_off", None), consensus_on(application.call, submission)
    sees_reviews = user.can(Action.VIEW_REVIEWS, application)
    reviews = review_rows(application.reviews.all(), dates.day_of(now))
    turn = turns.of(
        application,
        signed=sign_off is not None,
        live=guards.counting(application),
        met=consensus is not None,
    )
    project = getattr(application, "project", None)
    return {
        "turn": "" if project else turn.sentence,
        "acts": acts(application, user, now, signed=sign_off is not None, step=turn.step),
        "submission": submission,
        "sign_off": sign_off,
        "eligibility_url": reverse("eligibility", args=[application.pk]) if submission else "",
        "reviews": reviews if sees_reviews else None,
        "consensus": consensus if sees_reviews else None,
        "recommendation": next(iter(application.recommendations.all()), None),
        "decisions": list(application.decisions.all()),
        "returns": list(application.returns.all()),
        "advisers": sorted(application.group.advisers.all(), key=str),
        "project": project,
        "cut": cuts.cut_of(application),
        "arrival": cuts.arrival_number(application),
        "ranking_url": ranking_url(application, user),
        "sees_support": user.can(Action.VIEW_SUPPORT, application.group),
        "late": application.staff_due_on is not None and application.staff_due_on < dates.day_of(now),
        "may_note": user.can(Action.NOTE_CASE, application),
        "may_assign": user.can(Action.ASSIGN_OFFICER, application),
    }


def ranking_url(application: Application, user: User) -> str:
    """The place of an application in the ranking of its call, for who reads the reviews of all of it; "" where it has none."""
    if application.status not in places.RANKED or not user.can(Action.VIEW_REVIEWS, application.call):
        return ""
    cut = cuts.cut_of(application)
    page = reverse("call_ranking", args=[application.call.code])
    return f"{page}{f'?cut={cut.number}' if cut else ''}#case-{application.pk}"


def sign_off_of(submission: Submission | None) -> EligibilitySignOff | None:
    """The officer's judgement on a submission, if there is one."""
    return EligibilitySignOff.objects.filter(submission=submission).select_related("signed_by").first()


def review_rows(reviews: Iterable[Review], today: dt.date) -> list[ReviewRow]:
    """The reviews of an application by the day on which they are due, live ones first."""
    rows = [
        ReviewRow(
            review,
            reverse("review_detail", args=[review.pk]),
            late=review.is_live and review.status != Review.Status.SENT and review.due_on < today,
        )
        for review in reviews
    ]
    return sorted(rows, key=lambda row: not row.review.is_live)


def acts(
    application: Application, user: User, now: dt.datetime, *, signed: bool = False, step: str = ""
) -> list[Act]:
    """What this person may do now with an application, as staff; each with its reason where it cannot be done yet.
    `signed`: whether eligibility is signed off; `step`: which step is waited for (applications.turns)."""
    rows: dict[str, Act] = {}
    if application.status == "submitted" and user.can(Action.CHECK_ELIGIBILITY, application):
        url = reverse("eligibility", args=[application.pk])
        rows["eligibility"] = Act(_("Check eligibility"), url, style="secondary" if signed else "primary")
    if application.status in ("submitted", "in_review") and user.can(Action.ASSIGN_REVIEWS, application):
        url = reverse("reviews_assign", args=[application.pk])
        style = "primary" if step == "reviews_assign" else "secondary"
        rows["reviews_assign"] = Act(_("Assign reviewers"), url, style=style)
    if step == "consensus" and user.can(Action.RECORD_CONSENSUS, application):
        url = reverse("application_consensus", args=[application.pk])
        rows[step] = Act(_("Record what the reviewers agree on"), url, style="primary")
    if application.status == "changes_requested" and user.can(Action.REQUEST_CHANGES, application):
        url = reverse("application_return", args=[application.pk])
        rows["extend"] = Act(_("Give the group more time"), url)
    opened = getattr(application, "project", None)
    if application.status == "approved" and not opened and user.can(Action.OPEN_PROJECT, application):
        url = reverse("project_open", args=[application.pk])
        rows["project_open"] = Act(_("Open the project"), url, style="primary")
    for row in APPLICATION.available(application, by=user, now=now):
        if row.name in GENERIC:
            url = reverse("application_act", args=[application.pk, row.name])
            rows[row.name] = Act(row.label, url, row.reason, row.style)
        elif page := PAGES.get(row.name):
            url = reverse(page, args=[application.pk])
            if page != "decide":
                anchor = "#ineligible" if row.name == "declare_ineligible" else ""
                rows[row.name] = Act(row.label, url + anchor, row.reason, STYLES.get(row.name, "secondary"))
            elif "decide" not in rows or rows["decide"].reason:
                # One link for the four decisions; closed only when none of them is possible.
                rows["decide"] = Act(_("Decide"), url, row.reason, "primary")
    return list(rows.values())
