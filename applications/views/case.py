"""The case page, for everybody who may see it: the task list while it is the group's turn, afterwards where it stands;
what was sent, what was decided, what happened."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import require
from accounts.permissions import Action
from applications import case_reading, edits, history, marking, pace, related, returning, standing
from applications.eligibility import Result, check_facts
from applications.facts import Facts
from applications.models import Application, SectionMark, Support
from applications.office import thread
from applications.sections import COMPLETE, done_count, first_missing, sections_of, state_label
from applications.supporting.lists import card
from applications.views.group import ACTS, OF_THE_GROUP
from applications.views.staff import Act, panel
from applications.workflow import APPLICATION
from core import dates, seen, timeline, together

# More changes than that are read in the history.
MOST_NEWS = 10


@dataclass(frozen=True)
class Task:
    """A section on the task list. `missing` says what is missing first, `note` who writes it and whether it is ready."""

    label: str | Promise
    url: str
    hint: str | Promise
    state: str
    state_label: str
    missing: str = ""
    note: str = ""


@require_safe
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The case page: each finds their own part."""
    user, now = request.user, dates.now()
    found = (
        Application.objects.with_case().select_related("group__case", "officer", "project").visible_to(user)
    )
    application = get_object_or_404(found.annotate(**seen.news(user)), pk=pk)
    facts = Facts(application, today=dates.day_of(now))
    waiting: Counter[str] = Counter()
    lists = case_reading.lists(application)
    if application.is_open:
        lists["suggestions"] = application.suggestions.filter(adopted=None)
        read = facts.gather(**lists)
        waiting = Counter(row.section for row in read["suggestions"])
    else:
        read = together.read(**lists, documents=facts.lists()["documents"])
        facts.take_documents(read["documents"])
    case_reading.hand_over(application, read)
    supports = [row for row in read["all_supports"] if row.status in Support.OPEN]
    require(user, Action.VIEW_APPLICATION, application)
    results = check_facts(facts) if application.is_open else []
    was_sent = application.first_submitted_at is not None
    returned = application.status == Application.Status.CHANGES_REQUESTED
    changed = sections_changed(application) if returned else set()
    staff, to_group = panel(application, user, now), bool(application.group.own_roles(user))
    context = {
        "application": application,
        "next_step": standing.next_step(application, results, now, to_group=to_group),
        "until": standing.last_day(application),
        "too_late": application.status == "draft"
        and not (application.is_test or application.call.is_open(now)),
        "steps": standing.steps(to_group=to_group),
        "current": standing.step_of(application),
        "pace": pace.of(application, now),
        "tasks": tasks(application, results, waiting, changed),
        "done": _("%(done)s of %(all)s sections")
        % {"done": done_count(application, results), "all": len(sections_of(application))},
        "asked": asked(application),
        "next": next_thing(application, results, user, changed),
        "acts": acts(application, user, now),
        "submissions": read["submissions"] if was_sent else [],
        "decisions": read["decisions"] if was_sent else [],
        "documents": facts.documents,
        "staff": staff,
        "related": related.to(application, user) if staff else [],
        "thread": thread.standing(application, read["thread"])
        if user.can(Action.VIEW_MESSAGES, application)
        else None,
        "may_write": user.can(Action.WRITE_MESSAGE, application),
        **happened(request, application, now, staff=staff is not None),
        "support": card(application, user, supports),
        "reads_group": user.can(Action.VIEW_GROUP, application.group),
    }
    return render(request, "applications/application_detail.html", context)


def happened(
    request: HttpRequest, application: Application, now: dt.datetime, *, staff: bool
) -> dict[str, Any]:
    """The history, all of it or the kind that the address asks for (`?show=`); for staff also what is new since they
    looked. The links between the kinds carry on since when that is (`?since=`): to look at a part is not to look anew."""
    user, code = request.user, request.GET.get("show", "")
    kind = history.asked(code, staff=staff)
    # A number of figures that the database's column holds.
    asked_since = request.GET.get("since", "")
    since = (
        int(asked_since)
        if asked_since.isascii() and asked_since.isdecimal() and len(asked_since) < 9
        else None
    )
    before = seen.look(user, application.case, now) if staff and kind is None else None
    if before is not None and since is None:
        since = before.sequence
    where = kind.where if kind else None
    if not user.can(Action.VIEW_MESSAGES, application):
        where = (
            ~history.KINDS["messages"].where if where is None else where & ~history.KINDS["messages"].where
        )
    rows = timeline.rows(
        application.case, user, join=edits.joined, where=where, since=since if staff else None
    )
    news = [row for row in rows if row.is_new] if before is not None else []
    more = f"&since={since}" if staff and since is not None else ""
    return {
        "timeline": rows,
        "news": news[:MOST_NEWS],
        "news_count": application.news,  # type: ignore[attr-defined]
        "has_more_news": len(news) > MOST_NEWS,
        "looked_at": before.at if before else None,
        "shows": [
            (label, f"?show={name}{more}#history", (kind is None) if not name else name == code)
            for name, label in history.choices(staff=staff)
        ],
    }


def tasks(
    application: Application, results: list[Result], waiting: Mapping[str, int], changed: set[str]
) -> list[Task]:
    """The sections with their states; while it is not the group's turn, just to read. `waiting`: how many suggestions of
    an adviser wait in each; `changed`: the sections that were written in since they were returned."""
    sections = sections_of(application)
    urls = {each.code: reverse("application_section", args=[application.pk, each.code]) for each in sections}
    if not application.is_open:
        return [Task(section.label, urls[section.code], "", "", "") for section in sections]
    returned = application.status == Application.Status.CHANGES_REQUESTED
    marks = marking.of(application)
    found = []
    for section in sections:
        state = section.state(application, results)
        label = state_label(state)
        if returned and section.is_open(application, results) and state == COMPLETE:
            done = section.code in changed
            state, label = (COMPLETE, _("Changed")) if done else ("changes_requested", _("To change"))
        missing, note = (
            section.missing(results),
            note_of(marks.get(section.code), waiting.get(section.code, 0)),
        )
        hint = "" if missing else section.hint
        found.append(Task(section.label, urls[section.code], hint, state, label, missing, note))
    return found


def note_of(mark: SectionMark | None, waiting: int) -> str:
    """`Ana Paz · ready · 2 suggestions`: among the people of the group, and from their adviser."""
    told = [str(mark.assigned_to or ""), _("ready") if mark.ready_at else ""] if mark else []
    if waiting:
        told.append(ngettext("%(n)s suggestion", "%(n)s suggestions", waiting) % {"n": waiting})
    return " · ".join(filter(None, told))


def next_thing(application: Application, results: list[Result], user, changed: set[str]) -> Act | None:
    """The one button of who writes: the next thing that is missing, or was returned and not `changed` yet, or checking
    and sending."""
    if not application.is_open or not user.can(Action.EDIT_APPLICATION, application):
        return None
    section = first_missing(application, results)
    if section is None and application.status == Application.Status.CHANGES_REQUESTED:
        unchanged = (each for each in sections_of(application) if each.code not in changed)
        section = next((each for each in unchanged if each.is_open(application, results)), None)
    if section is None:
        return Act(_("Check and send"), reverse("application_check", args=[application.pk]), style="primary")
    url = reverse("application_section", args=[application.pk, section.code])
    return Act(_("Go on with: %(section)s") % {"section": section.label}, url, style="primary")


def sections_changed(application: Application) -> set[str]:
    """The sections that were written in since it was returned the last time."""
    events = application.case.events
    returned = events.filter(action="application.request_changes").aggregate(last=Max("sequence"))["last"]
    edited = events.filter(action=edits.EDITED, sequence__gt=returned or 0)
    return set(edited.values_list("data__section", flat=True))


def asked(application: Application) -> dict[str, Any] | None:
    """What the office asked to change, section by section, while it waits for the answer."""
    if application.status != "changes_requested":
        return None
    latest = next((row for row in application.returns.all() if row.answered_at is None), None)
    if latest is None:
        return None
    places = returning.places_of(application) if latest.field_notes else {}
    rows = [
        (
            section.label,
            latest.notes.get(section.code, ""),
            returning.told(latest, section.code, places),
            reverse("application_section", args=[application.pk, section.code]),
        )
        for section in sections_of(application)
        if section.code in application.open_sections
    ]
    return {"at": latest.asked_at, "until": application.answer_by, "rows": rows}


def acts(application: Application, user, now: dt.datetime) -> list[Act]:
    """What the group may do next. Staff have their own list in their panel."""
    found = []
    for row in APPLICATION.transitions:
        permitted = (
            application.status in row.sources and row.permission and user.can(row.permission, application)
        )
        if permitted and row.name == "submit":
            # Checking comes first, also while something is in the way: the page says what.
            url = reverse("application_check", args=[application.pk])
            found.append(Act(_("Check and send"), url))
        elif permitted and row.name in ACTS and row.name in OF_THE_GROUP:
            url = reverse("application_act", args=[application.pk, row.name])
            style = "outline-danger" if row.style == "danger" else "secondary"
            reason = APPLICATION.refusal(application, row, by=user, now=now, data={})
            found.append(Act(row.label, url, reason, style))
    return found
