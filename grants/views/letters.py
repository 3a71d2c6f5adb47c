"""The letters about a project: each with what it says, how the group was notified, and what it answered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications.forms.notices import NoticeForm
from applications.views.answers import posted, status_of, tried
from core import dates
from grants.letters import actions, content, writing
from grants.letters.forms import AnswerForm, LetterForm, ProposalForm
from grants.models import Project, ProjectLetter, Refund


@require_safe
def project_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """All letters of a project, the newest first."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PROJECT, pk=pk)
    user, today = request.user, dates.today()
    letters = list(project.letters.with_case().with_answers())
    may_hear = user.can(Action.HEAR_GROUP, project)
    last = next((letter for letter in letters if letter.is_proposal and not letter.is_withdrawn), None)
    context = {
        "project": project,
        "staff": user.is_staff_member,
        "rows": [
            {
                "letter": letter,
                "title": content.title_of(letter),
                "said": content.shown(letter),
                "refusal": actions.why_not_answered(letter, today),
                "may_withdraw": may_hear and not writing.why_not_withdrawn(letter),
            }
            for letter in letters
        ],
        "may_hear": may_hear,
        "may_answer": user.can(Action.ANSWER_HEARING, project),
        "may_notify": user.can(Action.RECORD_NOTICE, project),
        "refusal": writing.why_not_proposed(project, last) if may_hear else "",
    }
    return render(request, "grants/project_letters.html", context)


def _page(request: HttpRequest, form: Any, project: Project, **context: Any) -> HttpResponse:
    """The page of one act about a letter."""
    back = reverse("project_letters", args=[project.pk]), project.case.name
    shown = {"form": form, "project": project, "back": back, **context}
    return render(request, "grants/money_form.html", shown, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def hearing_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to terminate a project: the group is heard first."""
    project = fetch(request.user, Project.objects.with_case(), Action.HEAR_GROUP, pk=pk)
    form, now = ProposalForm(posted(request), project=project), dates.now()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, lambda: writing.propose(by=request.user, project=project, now=now, **data)):
            messages.success(
                request, _("The group was told. Write down how it was notified, with the proof.")
            )
            return redirect("project_letters", pk=pk)
    return _page(
        request,
        form,
        project,
        title=_("Propose to terminate the project"),
        lead=_(
            "The group reads the grounds and may answer. The authority decides when it has, or when its days are over."
        ),
        button=_("Tell the group"),
        style="danger",
        refusal=writing.why_not_proposed(project, writing.last_proposal(project)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hearing_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal to terminate back."""
    rows = ProjectLetter.objects.with_case().with_answers()
    letter = fetch(request.user, rows, Action.HEAR_GROUP, pk=pk)
    form, now = LetterForm(posted(request)), dates.now()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, lambda: writing.withdraw(by=request.user, letter=letter, now=now, **data)):
            messages.success(request, _("The proposal was taken back. The group was told."))
            return redirect("project_letters", pk=letter.project_id)
    return _page(
        request,
        form,
        letter.project,
        title=_("Take back the proposal to terminate the project"),
        lead=_("The project goes on as before. The group reads why, and need not answer."),
        button=_("Take the proposal back"),
        refusal=writing.why_not_withdrawn(letter),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def letter_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """How and when the group was notified of a letter."""
    letter = fetch(request.user, ProjectLetter.objects.with_case(), Action.RECORD_NOTICE, pk=pk)
    title = _("How the group was notified of letter %(number)s") % {"number": letter.number}
    return _notice(request, letter, title, reverse("project_letters", args=[letter.project_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def refund_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """How and when the group was notified of a refund; its days count from then on."""
    refund = fetch(request.user, Refund.objects.with_case(), Action.RECORD_NOTICE, pk=pk)
    title = _("How the group was notified of refund %(number)s") % {"number": refund.number}
    return _notice(request, refund, title, reverse("refund_detail", args=[pk]))


def _notice(request: HttpRequest, about: ProjectLetter | Refund, title: str, done: str) -> HttpResponse:
    now, files = dates.now(), request.FILES if request.method == "POST" else None
    first = actions.first_day_of(about)
    form = NoticeForm(posted(request), files, first=first, today=dates.day_of(now))
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: actions.notify(by=request.user, about=about, now=now, **form.answer))
    ):
        messages.success(request, _("Written down. The days of the group count from that day."))
        return redirect(done)
    return _page(request, form, about.project, title=title, button=_("Write it down"))


@require_http_methods(["GET", "HEAD", "POST"])
def hearing_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The group answers a proposal to terminate."""
    rows = ProjectLetter.objects.with_case().with_answers()
    letter = fetch(request.user, rows, Action.ANSWER_HEARING, pk=pk)
    now, files = dates.now(), request.FILES if request.method == "POST" else None
    form = AnswerForm(posted(request), files)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(form, lambda: actions.answer(by=request.user, letter=letter, now=now, **data)):
            messages.success(request, _("Your answer is on the record. The programme was told."))
            return redirect("project_letters", pk=letter.project_id)
    return _page(
        request,
        form,
        letter.project,
        title=_("Answer the proposal to terminate the project"),
        lead=letter.grounds,
        facts=[(_("Until"), f"{letter.answer_by:%d/%m/%Y}")] if letter.answer_by else [],
        button=_("Put it on the record"),
        style="success",
        refusal=actions.why_not_answered(letter, dates.day_of(now)),
        applicant=True,
    )
