"""The list of applications, and the case page: where one stands, what comes next, and what its group may do."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require
from accounts.permissions import Action
from applications import lists, standing
from applications.eligibility import Result, check
from applications.forms.group import AnnulForm, ApplicationFilter, ReasonForm, ResolutionForm
from applications.models import Application
from applications.sections import COMPLETE, SECTIONS, done_count, state_label
from applications.views.answers import status_of, tried
from applications.workflow import APPLICATION
from core import dates, timeline
from core.forms import posted_version
from core.lists import MOST_COUNTED, BoundedPaginator, chips

# --- The list ----------------------------------------------------------------------------------------


@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """Every application that this person may see, newest first: the group's own, or all for the office."""
    user, today = request.user, dates.today()
    form = ApplicationFilter(request.GET, user=user)
    found = Application.objects.visible_to(user)
    on = []
    if form.is_valid():
        found = lists.matching(found, form.cleaned_data)
        on = chips(request, form)
    paginator = BoundedPaginator(lists.rows(lists.newest(found)), lists.APPLICATIONS_ON_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "chips": on,
        "page": page,
        "rows": [(row, (today - dates.day_of(row.since)).days) for row in page],
        "most": MOST_COUNTED,
        "is_staff": user.is_staff_member,
    }
    return render(
        request, "applications/application_list.html", context, status=200 if form.is_valid() else 422
    )


# --- The case page -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """A step that a person may take, with the page where it is asked, or why it cannot be taken now."""

    label: str | Promise
    url: str
    reason: str
    style: str


@dataclass(frozen=True)
class Task:
    """A section on the task list."""

    label: str | Promise
    url: str
    hint: str | Promise
    state: str
    state_label: str


@require_safe
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The case page, for everybody who may see it: each finds their own part."""
    user, now = request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    results = check(application, today=dates.day_of(now)) if application.is_open else []
    submissions = list(application.submissions.select_related("submitted_by"))
    context = {
        "application": application,
        "next_step": standing.next_step(application, results, now),
        "until": standing.last_day(application),
        "too_late": application.status == "draft" and not application.call.is_open(now),
        "steps": standing.steps(),
        "current": standing.step_of(application),
        "tasks": tasks(application, results),
        "done": _("%(done)s of %(all)s sections")
        % {"done": done_count(application, results), "all": len(SECTIONS)},
        "asked": asked(application),
        "acts": acts(application, user, now),
        "submissions": submissions,
        "decisions": list(application.decisions.all()) if submissions else [],
        "documents": list(
            application.documents.filter(replaced=False).select_related("document", "requirement")
        ),
        "timeline": history(application, user),
        "may_write": application.is_open and user.can(Action.EDIT_APPLICATION, application),
        "staff": staff_panel(application, user, now),
        "reads_group": user.can(Action.VIEW_GROUP, application.group),
    }
    return render(request, "applications/application_detail.html", context)


def staff_panel(application: Application, user, now: dt.datetime) -> dict[str, Any] | None:
    """What staff see besides; None for everybody else."""
    from applications.views.staff import panel

    return panel(application, user, now)


def tasks(application: Application, results: list[Result]) -> list[Task]:
    """The sections with their states; while it is not the group's turn, just to read."""
    returned = application.status == Application.Status.CHANGES_REQUESTED
    changed = sections_changed(application) if returned else set()
    found = []
    for section in SECTIONS:
        url = reverse("application_section", args=[application.pk, section.code])
        if not application.is_open:
            found.append(Task(section.label, url, "", "", ""))
            continue
        state = section.state(application, results)
        label = state_label(state)
        if returned and section.is_open(application) and state == COMPLETE:
            done = section.code in changed
            state, label = (COMPLETE, _("Changed")) if done else ("changes_requested", _("To change"))
        found.append(Task(section.label, url, section.hint, state, label))
    return found


def sections_changed(application: Application) -> set[str]:
    """The sections that were written in since it was returned the last time."""
    events = application.case.events
    returned = events.filter(action="application.request_changes").aggregate(last=Max("sequence"))["last"]
    edits = events.filter(action="application.edited", sequence__gt=returned or 0)
    return set(edits.values_list("data__section", flat=True))


def history(application: Application, user) -> list[timeline.Row]:
    """The timeline, newest first. What one person wrote in one section in a row is one line, the last time of it."""
    found: list[timeline.Row] = []
    for row in timeline.rows(application.case, user):
        last = found[-1] if found else None
        if (
            last
            and not row.details
            and (last.actor, last.sentence, last.details) == (row.actor, row.sentence, row.details)
        ):
            continue
        found.append(row)
    return found


def asked(application: Application) -> dict[str, Any] | None:
    """What the office asked to change, section by section, while it waits for the answer."""
    if application.status != "changes_requested":
        return None
    latest = application.returns.filter(answered_at=None).first()
    if latest is None:
        return None
    rows = [
        (
            section.label,
            latest.notes.get(section.code, ""),
            reverse("application_section", args=[application.pk, section.code]),
        )
        for section in SECTIONS
        if section.code in application.open_sections
    ]
    return {"at": latest.asked_at, "until": application.answer_by, "rows": rows}


def acts(application: Application, user, now: dt.datetime) -> list[Act]:
    """What the group may do next. Staff have their own list in their panel."""
    found = []
    for row in APPLICATION.available(application, by=user, now=now):
        if row.name == "submit":
            # Checking comes first, also while something is in the way: the page says what.
            url = reverse("application_check", args=[application.pk])
            found.append(Act(_("Check and send"), url, "", "primary"))
        elif row.name in ACTS and row.name in OF_THE_GROUP:
            url = reverse("application_act", args=[application.pk, row.name])
            style = "outline-danger" if row.style == "danger" else "secondary"
            found.append(Act(row.label, url, row.reason, style))
    return found


# --- A step that asks for a reason -------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """The words of the page of one transition: what it means, what to write, what was done."""

    title: Promise
    meaning: Promise
    label: Promise
    done: Promise
    form: type[ReasonForm] = ReasonForm


ACTS: dict[str, Asked] = {
    "withdraw": Asked(
        gettext_lazy("Withdraw the application"),
        gettext_lazy(
            "It ends. Its firms are free for another application, and you may start a new one while the call is open."
        ),
        gettext_lazy("Why you withdraw it"),
        gettext_lazy("The application was withdrawn."),
    ),
    "renounce": Asked(
        gettext_lazy("Renounce the grant"),
        gettext_lazy("The approval ends, and its money goes to other groups. This cannot be undone."),
        gettext_lazy("Why you renounce it"),
        gettext_lazy("You renounced the grant."),
    ),
    "ask_reconsideration": Asked(
        gettext_lazy("Ask for reconsideration"),
        gettext_lazy("The authority looks at the decision again, once, on the grounds that you give."),
        gettext_lazy("Your grounds"),
        gettext_lazy("You asked for reconsideration. The authority answers."),
    ),
    "grant_reconsideration": Asked(
        gettext_lazy("Grant the reconsideration"),
        gettext_lazy("The application goes back to where it was before it was refused."),
        gettext_lazy("Grounds"),
        gettext_lazy("The reconsideration was granted. The group is told."),
        ResolutionForm,
    ),
    "deny_reconsideration": Asked(
        gettext_lazy("Deny the reconsideration"),
        gettext_lazy("The decision stays as it was. This is the end of the application."),
        gettext_lazy("Grounds"),
        gettext_lazy("The reconsideration was denied. The group is told."),
        ResolutionForm,
    ),
    "annul": Asked(
        gettext_lazy("Annul the approval"),
        gettext_lazy(
            "A new act with its own number. The old one stays readable; its money returns to the call."
        ),
        gettext_lazy("Grounds"),
        gettext_lazy("The approval was annulled. The group is told."),
        AnnulForm,
    ),
}
OF_THE_GROUP = ("withdraw", "renounce", "ask_reconsideration")


@require_http_methods(["GET", "HEAD", "POST"])
def application_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step that asks for a reason: what it means, and the reason."""
    words = ACTS.get(name)
    if words is None:
        raise Http404
    row, user, now = APPLICATION.by_name[name], request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    require(user, row.permission, application)
    form = words.form(request.POST if request.method == "POST" else None, label=words.label)
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        if tried(
            form,
            lambda: APPLICATION.apply(
                application, name, by=user, now=now, version=version, data=form.cleaned_data
            ),
        ):
            messages.success(request, words.done)
            return redirect("application_detail", pk=pk)
    if form.is_bound:
        application.refresh_from_db(fields=["status", "version"])
    context = {
        "application": application,
        "form": form,
        "words": words,
        "style": row.style,
        "refusal": APPLICATION.refusal(application, row, by=user, now=now, data={}),
    }
    return render(request, "applications/application_act.html", context, status=status_of(form))
