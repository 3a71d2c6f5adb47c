"""Pages of the sections: the dispatcher, the project's texts, the firms, and what the rules say."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from stdnum.ar import cuit

from accounts.access import fetch
from accounts.permissions import Action
from applications.eligibility import check, failing
from applications.facts import Facts, Member
from applications.forms.group import ProjectForm
from applications.models import Application
from applications.sections import BY_CODE, SECTIONS
from applications.views import budget, documents, plan
from applications.views.frame import Frame, open_section
from core import dates
from groups.provinces import Province
from groups.size import Outcome, SizeResult


@require_http_methods(["GET", "HEAD", "POST"])
def application_section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section: to write in, or to read."""
    frame = open_section(request, pk, section)
    return PAGES[section](request, frame)


def saved_at(frame: Frame) -> str:
    """`Saved 14:32`, in Buenos Aires."""
    return _("Saved %(time)s") % {"time": f"{frame.now.astimezone(dates.BUENOS_AIRES):%H:%M}"}


# --- The project -------------------------------------------------------------------------------------


def project(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The texts. With htmx they are saved whenever a field is left."""
    # The form writes into its object: into one of its own, so that the page goes on showing what is saved.
    form = ProjectForm(request.POST if request.method == "POST" else None, instance=copy(frame.application))
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and _save_project(frame, form):
            if auto:
                return _saved(request, frame)
            messages.success(request, saved_at(frame))
            stays = "stay" in request.POST
            return (
                redirect("application_detail", pk=frame.application.pk) if stays else redirect(frame.onward)
            )
        if auto:
            # 422 whatever it is: htmx shows no other refusal. The button of the form says the rest.
            return render(
                request, "applications/section_project.html#saved", frame.context(form=form), status=422
            )
    context = frame.context(form=form, texts=project_texts(frame.application), sent=_sent_texts(frame))
    return render(request, "applications/section_project.html", context, status=frame.status)


def _save_project(frame: Frame, form: ProjectForm) -> bool:
    data = form.cleaned_data

    def write(fresh: Application) -> None:
        for name, text in data.items():
            setattr(fresh, name, text)

    def theirs(fresh: Application) -> list[tuple[str, str, str]]:
        return [
            (str(form.fields[name].label), getattr(fresh, name), text)
            for name, text in data.items()
            if getattr(fresh, name) != text
        ]

    if frame.save(write, form=form, theirs=theirs):
        return True
    if frame.conflict and not frame.conflict.differences:
        # What is saved is what was typed: the page had saved itself a moment before.
        form.errors.clear()
        return True
    return False


def _saved(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Only what changes on the page after it saved itself."""
    context = frame.context(saved=saved_at(frame))
    response = render(request, "applications/section_project.html#saved", context)
    response.headers["HX-Trigger"] = "saved"
    return response


def project_texts(application: Application) -> list[tuple[str, str, str]]:
    """(name, label, text) of what is written now."""
    names = ["title", "diagnosis", "objectives", "learning"]
    if application.call.needs_prior_support or application.prior_support:
        names.append("prior_support")
    return [
        (name, str(Application._meta.get_field(name).verbose_name), getattr(application, name))
        for name in names
    ]


def _sent_texts(frame: Frame) -> list[tuple[str, str]]:
    """What was sent, while the group answers a return for changes and has changed it since."""
    latest = frame.application.latest_submission if frame.asked else None
    if latest is None:
        return []
    project = latest.snapshot["project"]
    return [
        (str(Application._meta.get_field(name).verbose_name), text)
        for name, text in project.items()
        if text != getattr(frame.application, name)
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


PAGES = {
    "project": project,
    "members": members,
    "plan": plan.section,
    "budget": budget.section,
    "documents": documents.section,
}


# --- The rules ---------------------------------------------------------------------------------------


@require_safe
def application_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rules say of the application now: a page, or with htmx the list alone, of one section or of all."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    results = check(application, today=dates.day_of(dates.now()))
    code = request.GET.get("section", "")
    if code in BY_CODE:
        results = BY_CODE[code].results(results)
    context = {
        "application": application,
        "rules": results,
        "failing": failing(results),
        "sections": {section.code: section.label for section in SECTIONS},
        "shows_sections": code not in BY_CODE,
    }
    template = "applications/application_rules.html" + ("#list" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context)
