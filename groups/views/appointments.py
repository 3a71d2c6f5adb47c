"""The coordinator's appointment: nominated, answered, confirmed, ended."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch
from accounts.permissions import Action
from core import dates
from core.forms import posted_version
from core.workflow import Available, Refusal, StaleObject, Transition
from groups import actions, mandates
from groups.forms import STEPS, NominationForm, StandInForm
from groups.models import Appointment, Group
from groups.workflow import APPOINTMENT

# What a step left behind, for the person who did it.
DONE = {
    "accept": gettext_lazy("You accepted the nomination. An officer of the programme confirms it next."),
    "decline": gettext_lazy("You declined the nomination."),
    "confirm": gettext_lazy("The coordinator was confirmed."),
    "refuse": gettext_lazy("The coordinator was not confirmed."),
    "withdraw": gettext_lazy("The nomination was taken back."),
    "end": gettext_lazy("The appointment has ended."),
    "dismiss": gettext_lazy("The appointment has ended."),
}


@dataclass(frozen=True)
class Step:
    """A step as components/actions.html draws it."""

    label: str | Promise
    reason: str
    style: str
    url: str


def steps_of(appointment: Appointment, user, now) -> list[Step]:
    """What this person may do next, each with what stands against it."""

    def step(row: Available) -> Step:
        url = reverse("appointment_act", args=[appointment.pk, row.name])
        return Step(label_of(appointment, row), row.reason, row.style, url)

    return [step(row) for row in APPOINTMENT.available(appointment, by=user, now=now)]


def label_of(appointment: Appointment, row: Available | Transition) -> str | Promise:
    """What a step is called: who stands in is no coordinator."""
    if row.name == "confirm" and appointment.is_stand_in:
        return _("Confirm who stands in")
    return row.label


def posted(request: HttpRequest) -> QueryDict | None:
    """What was typed into the form that was sent, or None."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
def coordinator_nominate(request: HttpRequest, pk: int) -> HttpResponse:
    """The group says whom it wants, and why."""
    group = fetch(request.user, Group.objects.with_roles(), Action.NOMINATE_COORDINATOR, pk=pk)
    files = request.FILES if request.method == "POST" else None
    before = actions.replaced(group)
    form = NominationForm(posted(request), files, replaces=before)
    refusal = actions.why_not_nominate(group)
    return _nominate(request, group, form, refusal=refusal, replaces=before, stands_in=False)


@require_http_methods(["GET", "HEAD", "POST"])
def stand_in_nominate(request: HttpRequest, pk: int) -> HttpResponse:
    """The group says who stands in for its coordinator, on which days and why."""
    group = fetch(request.user, Group.objects.with_roles(), Action.NOMINATE_COORDINATOR, pk=pk)
    today = dates.today()
    form = StandInForm(posted(request), initial={"stand_in_from": today}, group=group, today=today)
    refusal = actions.why_not_stand_in(group)
    return _nominate(request, group, form, refusal=refusal, replaces=None, stands_in=True)


def _nominate(
    request: HttpRequest,
    group: Group,
    form: NominationForm | StandInForm,
    *,
    refusal: str,
    replaces: Appointment | None,
    stands_in: bool,
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            appointment = actions.nominate(by=request.user, group=group, now=dates.now(), **form.cleaned_data)
        except Refusal as refused:
            form.add_error(None, refused.sentence)
            status = refused.status_code
        else:
            messages.success(
                request,
                _("%(name)s was nominated. A letter with the link to answer is on its way.")
                % {"name": appointment.full_name},
            )
            for sentence in mandates.warnings(group, appointment.stand_in_from, appointment.stand_in_until):
                messages.warning(request, sentence)
            return redirect("appointment_detail", pk=appointment.pk)
    context = {
        "group": group,
        "form": form,
        "refusal": refusal,
        "replaces": replaces,
        "stands_in": stands_in,
    }
    return render(request, "groups/coordinator_nominate.html", context, status=status)


def fetch_appointment(request: HttpRequest, pk: int, action: Action) -> Appointment:
    """The appointment, if this person may do this with it."""
    found = Appointment.objects.select_related("group__case", "person", "cv")
    return fetch(request.user, found, action, pk=pk)


@require_safe
def appointment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was nominated, why, how far it is, and what this person may do next."""
    appointment = fetch_appointment(request, pk, Action.VIEW_APPOINTMENT)
    context = {
        "appointment": appointment,
        "group": appointment.group,
        "available": steps_of(appointment, request.user, dates.now()),
        # Whoever answers must know which firms the declaration is about.
        "firms": appointment.group.memberships.current().select_related("firm"),
        "mine": appointment.person_id == request.user.pk,
    }
    return render(request, "groups/appointment_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of an appointment: its form, and doing it."""
    row = APPOINTMENT.by_name.get(name)
    if row is None or row.permission is None:
        raise Http404
    appointment = fetch_appointment(request, pk, row.permission)
    now = dates.now()
    refusal = APPOINTMENT.refusal(appointment, row, by=request.user, now=now, data={})
    first = max(dates.today(), appointment.stand_in_from or dates.today())
    initial = {"confirmed_from": first, "ended_on": dates.today()}
    form = STEPS[name](posted(request), initial=initial, row=row, appointment=appointment, now=now)
    status = 422 if form.is_bound else 409 if refusal else 200
    version = appointment.version
    if request.method == "POST":
        version = posted_version(request)
        if form.is_valid():
            try:
                APPOINTMENT.apply(
                    appointment, name, by=request.user, now=now, version=version, data=form.cleaned_data
                )
            except Refusal as refused:
                form.add_error(None, refused.sentence)
                status = refused.status_code
                if isinstance(refused, StaleObject):
                    version = appointment.version
            else:
                stands_in = name == "confirm" and appointment.is_stand_in
                messages.success(request, _("Who stands in was confirmed.") if stands_in else str(DONE[name]))
                return _after(request, appointment)
    context = {
        "appointment": appointment,
        "group": appointment.group,
        "row": row,
        "label": label_of(appointment, row),
        "doubts": mandates.warnings(appointment.group, appointment.stand_in_from, appointment.stand_in_until)
        if name == "confirm"
        else [],
        "form": form,
        "version": version,
        "refusal": "" if form.is_bound else refusal,
        "firms": appointment.group.memberships.current().select_related("firm"),
    }
    return render(request, "groups/appointment_act.html", context, status=status)


def _after(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The appointment, unless it was the person's last look at it."""
    if Appointment.objects.visible_to(request.user).filter(pk=appointment.pk).exists():
        return redirect("appointment_detail", pk=appointment.pk)
    return redirect("group_list")
