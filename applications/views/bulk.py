"""One act for the cases that were chosen in the list: what is asked once, then a result for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import judging
from applications.forms.bulk import MessageForm, PersonForm
from applications.models import Application
from applications.office import assigning, bulk, charge, thread
from applications.views.answers import status_of
from core import dates


@dataclass(frozen=True)
class Act:
    """Something that may be done to many cases: its words, who may, whom it chooses among, and how it is done to one."""

    title: Promise
    button: Promise
    permission: Action
    role: Role | None
    do: Callable[[User, Application, Any], Any]
    # Words for leaving it to the suggestion, where there is one.
    suggested: Promise | str = ""


def _charge(by: User, application: Application, form: PersonForm) -> None:
    charge.put_in_charge(by=by, application=application, officer=form.chosen, now=dates.now())


def _reviewer(by: User, application: Application, form: PersonForm) -> str | None:
    if form.chosen is None:
        return assigning.assign_suggested(by=by, application=application, now=dates.now())
    judging.assign_reviewer(by=by, application=application, reviewer=form.chosen, now=dates.now())
    return None


def _message(by: User, application: Application, form: MessageForm) -> None:
    thread.write(by=by, application=application, text=form.cleaned_data["text"], now=dates.now())


ACTS = {
    "officer": Act(
        gettext_lazy("Put an officer in charge"),
        gettext_lazy("Put in charge"),
        Action.ASSIGN_OFFICER,
        Role.OFFICER,
        _charge,
    ),
    "reviewer": Act(
        gettext_lazy("Assign a reviewer"),
        gettext_lazy("Assign"),
        Action.ASSIGN_REVIEWS,
        Role.REVIEWER,
        _reviewer,
        gettext_lazy("For each application, those who are suggested for it"),
    ),
    "message": Act(
        gettext_lazy("Write to the groups"),
        gettext_lazy("Send to the groups"),
        Action.WRITE_MESSAGE,
        None,
        _message,
    ),
}


def offered(user: User) -> list[tuple[str, Promise]]:
    """The acts that this person may do to many cases: (name, title)."""
    return [(name, act.title) for name, act in ACTS.items() if user.can(act.permission)]


@require_POST
def application_bulk(request: HttpRequest) -> HttpResponse:
    """First which and what, from the list; then who or which words; then one result for each case."""
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise Http404
    act = ACTS[name]
    require(request.user, act.permission)
    chosen, sentence = _chosen(request)
    done = request.POST.get("step") == "do"
    form = _form(request, act, bound=done)
    context: dict[str, Any] = {"act": act, "name": name, "chosen": chosen, "form": form, "sentence": sentence}
    if done and not sentence and form.is_valid():
        context["results"] = bulk.each(chosen, lambda each: act.do(request.user, each, form))
        return render(request, "applications/application_bulk_done.html", context)
    status = 422 if sentence else status_of(form)
    return render(request, "applications/application_bulk.html", context, status=status)


def _form(request: HttpRequest, act: Act, *, bound: bool) -> PersonForm | MessageForm:
    """What this act asks."""
    data = request.POST if bound else None
    if act.role is None:
        return MessageForm(data)
    people = User.objects.with_role(act.role, dates.now()).order_by("full_name", "pk")
    return PersonForm(data, people=people, suggested=str(act.suggested))


def _chosen(request: HttpRequest) -> tuple[list[Application], str]:
    """The cases that were chosen and that this person may see; and what is wrong with the choice, if anything."""
    picked = {
        int(pk) for pk in request.POST.getlist("pick") if pk.isascii() and pk.isdecimal() and len(pk) < 19
    }
    if not picked:
        return [], _("Choose at least one application: tick it in the list.")
    if len(picked) > bulk.MOST_AT_ONCE:
        return [], _("Choose at most %(most)s applications at once.") % {"most": bulk.MOST_AT_ONCE}
    found = Application.objects.visible_to(request.user).real().with_case().filter(pk__in=picked)
    rows = list(found.order_by("case__reference", "pk"))
    return rows, "" if rows else _("None of these applications is there any more.")
