"""What the office does on a case besides judging it: notes, contacts, who is in charge; and the messages with the group."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch, require
from accounts.models import User
from accounts.permissions import THE_GROUP, Action
from accounts.roles import Role
from applications.forms.bulk import MessageForm
from applications.forms.office import ContactForm, NoteForm, OfficerForm
from applications.models import Application
from applications.office import charge, notes, thread
from applications.views.answers import posted, status_of, tried
from core import dates


def _case(request: HttpRequest, pk: int, action: Action) -> Application:
    return fetch(request.user, Application.objects.with_roles(), action, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def note_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note for the office."""
    user, now = request.user, dates.now()
    application = _case(request, pk, Action.NOTE_CASE)
    form = NoteForm(posted(request), people=notes.can_be_mentioned(application, user, now))

    def act() -> Any:
        text = form.cleaned_data["text"]
        return notes.note(by=user, application=application, text=text, mentions=form.mentioned, now=now)

    said = {
        "title": _("Add a note"),
        "meaning": _("Only the office and the auditors of this case read it. It stays as it is written."),
        "button": _("Save the note"),
        "done": _("The note is kept."),
        "keep": "note",
    }
    return _asked(request, application, form, act, said)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Log a call, a visit or a message outside the site."""
    user, now = request.user, dates.now()
    application = _case(request, pk, Action.NOTE_CASE)
    today = dates.day_of(now)
    form = ContactForm(posted(request), today=today, initial={"on": today})

    def act() -> Any:
        data = form.cleaned_data
        return notes.contact(
            by=user, application=application, kind=data["kind"], on=data["on"], text=data["text"], now=now
        )

    said = {
        "title": _("Log a contact"),
        "meaning": _(
            "A call, a visit or a message outside this site, so that colleagues know of it. The group does not read it."
        ),
        "button": _("Log the contact"),
        "done": _("The contact is logged."),
        "keep": "contact",
    }
    return _asked(request, application, form, act, said)


@require_http_methods(["GET", "HEAD", "POST"])
def application_officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an officer in charge, or nobody."""
    user, now = request.user, dates.now()
    application = _case(request, pk, Action.ASSIGN_OFFICER)
    people = User.objects.with_role(Role.OFFICER, now).order_by("full_name", "pk")
    form = OfficerForm(posted(request), people=people, initial={"officer": application.officer_id or ""})

    def act() -> Any:
        return charge.put_in_charge(by=user, application=application, officer=form.chosen, now=now)

    said = {
        "title": _("Officer in charge"),
        "meaning": _("The case stands on their list, and they are reminded. Any officer may still act."),
        "button": _("Put in charge"),
        "done": _("The officer in charge was changed."),
        "keep": "",
    }
    return _asked(request, application, form, act, said)


def _asked(
    request: HttpRequest,
    application: Application,
    form: BaseForm,
    act: Callable[[], Any],
    said: dict[str, str],
) -> HttpResponse:
    """The page of a form that stands alone: what it is for, the form, and back to the case when it is done."""
    if form.is_bound and form.is_valid() and tried(form, act):
        messages.success(request, said["done"])
        return redirect("application_detail", pk=application.pk)
    context = {"application": application, "form": form, "said": said}
    return render(request, "applications/office_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def application_messages(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread with the form to write, for both sides; officers may say that no answer is needed."""
    user, now = request.user, dates.now()
    application = _case(request, pk, Action.VIEW_MESSAGES)
    act = request.POST.get("act", "")
    form = MessageForm(posted(request, act="write"))
    if request.method == "POST":
        require(user, Action.ANSWER_MESSAGE if act == "deal_with" else Action.WRITE_MESSAGE, application)
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        if tried(form, lambda: thread.write(by=user, application=application, text=text, now=now)):
            messages.success(request, _("The message was sent."))
            return redirect("application_messages", pk=pk)
    if act == "deal_with":
        thread.deal_with(by=user, application=application, now=now)
        messages.success(request, _("The message of the group needs no answer."))
        return redirect("application_messages", pk=pk)
    own = application.group.own_roles(user)
    context = {
        "application": application,
        "rows": list(thread.of(application)),
        "form": form,
        "of_group": not THE_GROUP.isdisjoint(own),
        "may_write": user.can(Action.WRITE_MESSAGE, application) and not application.is_test,
        "may_deal": application.message_waits_since is not None
        and user.can(Action.ANSWER_MESSAGE, application),
        "reads_internal": user.can(Action.VIEW_INTERNAL, application),
    }
    status = status_of(form) if form.is_bound or request.method != "POST" else 422
    return render(request, "applications/application_messages.html", context, status=status)
