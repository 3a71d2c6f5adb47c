"""Pages of the sections: the dispatcher, the firms, the project's texts, the institutions; marks, and what the rules
say."""

from copy import copy

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from stdnum.ar import cuit

from accounts.access import fetch
from accounts.permissions import Action
from applications import actions, marking
from applications.applicant import Member
from applications.eligibility import check_facts, failing, worst_first
from applications.facts import Facts
from applications.forms.group import AssignForm, ProjectForm
from applications.models import Application
from applications.sections import BY_CODE, sections_of
from applications.views import budget, documents, plan, questions
from applications.views.frame import Frame, open_section, whole
from applications.views.merged import saved_at, swapped
from core import dates
from core.conflict import carried
from core.workflow import TransitionRefused
from groups.provinces import Province
from groups.size import Outcome, SizeResult


@require_http_methods(["GET", "HEAD", "POST"])
def application_section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section: to write in, or to read."""
    frame = open_section(request, pk, section)
    return PAGES[section](request, frame)


# --- The project -------------------------------------------------------------------------------------


def project(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The texts. With htmx they are saved whenever a field is left."""
    # The form writes into its object: into one of its own, so that the page goes on showing what is saved.
    form = ProjectForm(request.POST if request.method == "POST" else None, instance=copy(frame.application))
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    if request.method == "POST":
        frame.status = 422
        saved = form.is_valid() and _save_project(frame, form)
        if auto:
            context = frame.brief(form=form, saved=saved_at(frame) if saved else "")
            return swapped(request, "applications/section_project.html#saved", context, saved=saved)
        if saved:
            for sentence in (saved_at(frame), *frame.said):
                messages.success(request, sentence)
            stays = "stay" in request.POST
            return (
                redirect("application_detail", pk=frame.application.pk) if stays else redirect(frame.onward)
            )
    else:
        frame.was = carried({name: getattr(frame.application, name) for name in form.fields})
    context = frame.context(form=form, texts=project_texts(frame.application), sent=_sent_texts(frame))
    return render(request, "applications/section_project.html", context, status=frame.status)


def _save_project(frame: Frame, form: ProjectForm) -> bool:
    # A field that did not come was not emptied.
    texts = {name: text for name, text in form.cleaned_data.items() if name in form.data}
    return frame.save_fields(
        lambda was, version: actions.write_project(
            by=frame.request.user,
            application=frame.application,
            texts=texts,
            was=was,
            version=version,
            now=frame.now,
        ),
        form=form,
        typed=texts,
    )


def project_texts(application: Application) -> list[tuple[str, str, str]]:
    """(name, label, text) of what is written now."""
    asks_support = application.call.needs_prior_support or application.prior_support
    return [
        (name, label, getattr(application, name))
        for name, label in Application.text_labels().items()
        if name != "prior_support" or asks_support
    ]


def _sent_texts(frame: Frame) -> list[tuple[str, str]]:
    """What was sent, while the group answers a return for changes and has changed it since."""
    latest = frame.application.latest_submission if frame.asked else None
    if latest is None:
        return []
    sent, now = latest.snapshot["project"], frame.application.texts
    return [
        (label, sent[name]) for name, label in Application.text_labels().items() if sent[name] != now[name]
    ]


# --- The firms ---------------------------------------------------------------------------------------


def members(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The firms with their sizes. They are the group's: they are changed on the group's page."""
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    facts = frame.facts
    context = frame.context(rows=member_rows(facts), smes=len(facts.smes), least=facts.call.min_firms)
    return render(request, "applications/section_members.html", context)


def member_rows(facts: Facts) -> list[tuple[Member, str, str, str]]:
    """As templates/applications/_members_table.html takes them: the firm; its CUIT, size and province as people read
    them."""
    return [
        (member, cuit.format(member.cuit), size_label(member), str(Province(member.province).label))
        for member in facts.members
    ]


def size_label(member: Member) -> str:
    """The size of a firm in words, or why it is none."""
    return SizeResult(Outcome(member.outcome), member.size, None, None, (), "").label


# --- The institutions --------------------------------------------------------------------------------


def institutions(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The institutions that act with the group. They too are changed on the group's page."""
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return render(
        request, "applications/section_institutions.html", frame.context(partners=frame.facts.partners)
    )


PAGES = {
    "members": members,
    "project": project,
    "plan": plan.section,
    "budget": budget.section,
    "institutions": institutions,
    "questions": questions.section,
    "documents": documents.section,
    "declarations": questions.section,
}


# --- Who writes a section, and whether it is ready ---------------------------------------------------


@require_POST
def section_mark(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Assign a section to a person of the group, or mark it as ready: the button that was pressed says which."""
    if section not in BY_CODE:
        raise Http404
    user, now = request.user, dates.now()
    application = fetch(user, Application.objects.with_roles(), Action.MARK_SECTION, pk=pk)
    act = request.POST.get("act", "")
    if act == "assign":
        form = AssignForm(request.POST, people=marking.writers(application))
        if not form.is_valid():
            raise TransitionRefused(_("Choose somebody who writes for your group."))
        person = form.cleaned_data["person"]
        marking.assign(by=user, application=application, section=section, person=person, now=now)
        messages.success(request, _("Saved: who writes this section."))
    elif act in ("ready", "not_ready"):
        marking.set_ready(by=user, application=application, section=section, ready=act == "ready", now=now)
        ready = act == "ready"
        messages.success(
            request, _("The section is marked as ready.") if ready else _("The mark was taken away.")
        )
    else:
        raise Http404
    return redirect("application_section", pk=pk, section=section)


# --- The rules ---------------------------------------------------------------------------------------


def may_apply(user, application: Application) -> bool:
    """Whether this person may do what the advice of a rule on money says."""
    return user.can(Action.EDIT_APPLICATION, application) and not actions.why_not_editable(
        application, "budget", by=user, now=dates.now()
    )


@require_safe
def application_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rules say of the application now: a page, or with htmx the list alone, of one section or of all."""
    facts = whole(request, pk)
    application, results = facts.application, check_facts(facts)
    code, here = request.GET.get("section", ""), sections_of(application)
    if code in BY_CODE:
        results = BY_CODE[code].results(results)
    else:
        # Of a section that this call does not have there is nothing to say.
        results = worst_first(result for result in results if BY_CODE[result.section] in here)
    context = {
        "application": application,
        "rules": results,
        "failing": failing(results),
        "sections": {section.code: section.label for section in here},
        "shows_sections": code not in BY_CODE,
        "may_apply": may_apply(request.user, application),
    }
    template = "applications/application_rules.html" + ("#list" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context)
