"""The appointment of a coordinator (PROGRAMME 5): who may do what to it, and what stands against it.

A nomination begins with `groups.actions.nominate`; from then on it moves along this table only.
"""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Invitation
from accounts.permissions import Action
from accounts.roles import Role
from core import timeline
from core.dates import add_months, day_of
from core.workflow import Transition, TransitionRefused, Workflow, needs_reason
from groups import emails
from groups.models import Appointment

# How far ahead a first day may lie.
MONTHS_AHEAD = 12


# --- Guards ------------------------------------------------------------------------------------------


def declares(appointment, *, by, now, data) -> str:
    """Whoever accepts says whether there is a link with a member firm; either answer is one."""
    if data and not isinstance(data.get("no_conflict"), bool):
        return _("Say whether you have a link with a member firm.")
    return ""


def has_first_day(appointment, *, by, now, data) -> str:
    """A confirmation counts from a day: not before the nomination, and no more than a year ahead."""
    if not data:
        return ""
    first = data.get("confirmed_from")
    if not isinstance(first, dt.date):
        return _("Say from which day the appointment counts.")
    if first < appointment.nominated_on:
        return _("The first day cannot be before the nomination, %(day)s.") % {
            "day": f"{appointment.nominated_on:%d/%m/%Y}"
        }
    if first > add_months(day_of(now), MONTHS_AHEAD):
        return _("The first day cannot be more than a year ahead.")
    if appointment.is_stand_in and not appointment.stand_in_from <= first <= appointment.stand_in_until:
        return _("The mandate is for %(first)s to %(last)s: choose a first day within it.") % {
            "first": f"{appointment.stand_in_from:%d/%m/%Y}",
            "last": f"{appointment.stand_in_until:%d/%m/%Y}",
        }
    return ""


def is_the_only_one(appointment, *, by, now, data) -> str:
    """Never two confirmed coordinators on one day, nor two who stand in (PROGRAMME 6.8). The database holds it too."""
    posts = appointment.group.appointments.exclude(pk=appointment.pk)
    if appointment.is_stand_in:
        first = data.get("confirmed_from") or appointment.stand_in_from
        posts = posts.stand_ins().filter(confirmed_from__lte=appointment.stand_in_until)
    else:
        # Asked without a form, only somebody without a last day stands in the way for certain.
        first = data.get("confirmed_from") or dt.date.max
        posts = posts.coordinators()
    other = posts.until_after(first).first()
    if other is None or other == gives_way(appointment, first):
        return ""
    facts = {"name": other.full_name, "first": f"{other.confirmed_from:%d/%m/%Y}"}
    if other.is_stand_in:
        facts["last"] = f"{other.ended_on:%d/%m/%Y}"
        return _("%(name)s stands in from %(first)s to %(last)s: never two on one day.") % facts
    if other.ended_on is None:
        return _("%(name)s is confirmed as coordinator since %(first)s. End that appointment first.") % facts
    facts["last"] = f"{other.ended_on:%d/%m/%Y}"
    return (
        _("%(name)s was coordinator until %(last)s. Choose a later first day: never two on one day.") % facts
    )


def gives_way(appointment: Appointment, first: dt.date) -> Appointment | None:
    """The coordinator in office whom a successor, nominated with the reason, replaces: the last day is the one before."""
    if appointment.is_stand_in or not appointment.why:
        return None
    posts = appointment.group.appointments.coordinators().exclude(pk=appointment.pk)
    return posts.filter(status=Appointment.Status.CONFIRMED, ended_on=None, confirmed_from__lt=first).first()


def ground_for_a_link(appointment, *, by, now, data) -> str:
    """Without the declaration of having no link with a member firm, an officer decides and says why (PROGRAMME 12)."""
    if data and not appointment.no_conflict and not str(data.get("reason", "")).strip():
        return _(
            "There is a link with a member firm, or it was not ruled out. Say why you confirm all the same."
        )
    return ""


def has_last_day(appointment, *, by, now, data) -> str:
    """An appointment ends on a day that has come, not before its first. One that has not begun never begins."""
    if not data:
        return ""
    last, today = data.get("ended_on"), day_of(now)
    if not isinstance(last, dt.date):
        return _("Say which day is the last one.")
    if last > today:
        return _("The last day cannot be in the future.")
    if appointment.ended_on is not None and last > appointment.ended_on:
        return _("It ends on %(day)s already.") % {"day": f"{appointment.ended_on:%d/%m/%Y}"}
    if last < appointment.confirmed_from <= today:
        return _("The last day cannot be before the first, %(day)s.") % {
            "day": f"{appointment.confirmed_from:%d/%m/%Y}"
        }
    return ""


# --- Effects -----------------------------------------------------------------------------------------


def keep_declaration(appointment, *, by, now, data) -> None:
    """Free of links is only who says so and was nominated as such."""
    appointment.no_conflict = appointment.no_conflict and data["no_conflict"]


def keep_first_day(appointment, *, by, now, data) -> None:
    """From when; a mandate to stand in ends by itself."""
    appointment.confirmed_from = data["confirmed_from"]
    if appointment.is_stand_in:
        appointment.ended_on = data["ended_on"] = appointment.stand_in_until


def end_the_one_before(appointment, *, by, now, data) -> None:
    """Who is replaced goes the day before the successor comes: the reason is the one of the nomination."""
    other = gives_way(appointment, data["confirmed_from"])
    if other is None:
        return
    other.ended_on = data["confirmed_from"] - dt.timedelta(days=1)
    other.version += 1
    over = other.ended_on < day_of(now)
    other.status = Appointment.Status.ENDED if over else other.status
    other.save(update_fields=["ended_on", "status", "version"])
    timeline.record(
        appointment.case,
        "appointment.replaced",
        by=by,
        now=now,
        obj=other,
        to_state=other.status,
        text=appointment.why,
        ended_on=other.ended_on,
    )
    emails.news(other, "end", [other.person, other.group.representative], now=now, reason=appointment.why)


def its_days_are_over(appointment, *, by, now, data) -> str:
    """A last day that was set beforehand has passed."""
    if appointment.ended_on is None or appointment.ended_on >= day_of(now):
        return _("Its last day has not passed.")
    return ""


def keep_last_day(appointment, *, by, now, data) -> None:
    if appointment.status == Appointment.Status.ENDED:
        appointment.ended_on = data["ended_on"]


def take_back_invitation(appointment, *, by, now, data) -> None:
    """A link to a nomination that is over leads nowhere."""
    Invitation.objects.waiting().filter(
        case=appointment.case, email=appointment.email, role=Role.NOMINEE
    ).update(revoked_at=now)


def tell_group(what: str):
    """Tell the representative."""

    def tell(appointment, *, by, now, data) -> None:
        readers = [appointment.group.representative]
        emails.news(appointment, what, readers, now=now, reason=data.get("reason", ""))

    return tell


def tell_person(appointment, *, by, now, data) -> None:
    emails.news(appointment, "withdraw", [appointment.person], now=now, reason=data.get("reason", ""))


def tell_both(what: str):
    """Tell the person and the representative."""

    def tell(appointment, *, by, now, data) -> None:
        readers = [appointment.person, appointment.group.representative]
        if appointment.is_stand_in:
            # Whoever is away knows who holds the office meanwhile.
            posts = appointment.group.appointments.coordinators().filter(status=CONFIRMED)
            readers += [post.person for post in posts.select_related("person")]
        emails.news(appointment, what, readers, now=now, reason=data.get("reason", ""))

    return tell


def tell_officers(appointment, *, by, now, data) -> None:
    emails.to_confirm(appointment, now=now)


def ended_or_never_begun(appointment, data) -> str:
    """Where an end leads: an appointment whose first day had not come was none."""
    begun = appointment.confirmed_from <= data["ended_on"]
    return Appointment.Status.ENDED if begun else Appointment.Status.WITHDRAWN


ended_or_never_begun.states = (Appointment.Status.ENDED, Appointment.Status.WITHDRAWN)  # type: ignore[attr-defined]


# --- The table ---------------------------------------------------------------------------------------

NOMINATED, ACCEPTED, CONFIRMED = (
    Appointment.Status.NOMINATED,
    Appointment.Status.ACCEPTED,
    Appointment.Status.CONFIRMED,
)

APPOINTMENT = Workflow(
    model=Appointment,
    # Its case is the group's: two answers, or two confirmations of one group, queue up behind it.
    transitions=[
        Transition(
            name="accept",
            label=gettext_lazy("Accept the nomination"),
            sources=(NOMINATED,),
            target=ACCEPTED,
            permission=Action.ANSWER_NOMINATION,
            guards=(declares,),
            effects=(keep_declaration, tell_group("accept"), tell_officers),
            notes=("no_conflict",),
            style="success",
        ),
        Transition(
            name="decline",
            label=gettext_lazy("Decline the nomination"),
            sources=(NOMINATED, ACCEPTED),
            target=Appointment.Status.DECLINED,
            permission=Action.ANSWER_NOMINATION,
            effects=(tell_group("decline"),),
            style="secondary",
        ),
        Transition(
            name="confirm",
            label=gettext_lazy("Confirm the coordinator"),
            sources=(ACCEPTED,),
            target=CONFIRMED,
            permission=Action.CONFIRM_COORDINATOR,
            guards=(has_first_day, is_the_only_one, ground_for_a_link),
            effects=(keep_first_day, end_the_one_before, tell_both("confirm")),
            notes=("confirmed_from", "ended_on"),
            style="success",
        ),
        Transition(
            name="refuse",
            label=gettext_lazy("Do not confirm"),
            sources=(NOMINATED, ACCEPTED),
            target=Appointment.Status.DECLINED,
            permission=Action.CONFIRM_COORDINATOR,
            guards=(needs_reason,),
            effects=(take_back_invitation, tell_both("refuse")),
            style="outline-danger",
        ),
        Transition(
            name="withdraw",
            label=gettext_lazy("Take the nomination back"),
            sources=(NOMINATED, ACCEPTED),
            target=Appointment.Status.WITHDRAWN,
            permission=Action.NOMINATE_COORDINATOR,
            guards=(needs_reason,),
            effects=(take_back_invitation, tell_person),
            style="outline-danger",
        ),
        Transition(
            name="end",
            label=gettext_lazy("End the appointment"),
            sources=(CONFIRMED,),
            target=ended_or_never_begun,
            permission=Action.CONFIRM_COORDINATOR,
            guards=(has_last_day, needs_reason),
            effects=(keep_last_day, tell_both("end")),
            notes=("ended_on",),
            style="outline-danger",
        ),
        # The same, by the group: a row has one permission.
        Transition(
            name="dismiss",
            label=gettext_lazy("End the appointment"),
            sources=(CONFIRMED,),
            target=ended_or_never_begun,
            permission=Action.NOMINATE_COORDINATOR,
            guards=(has_last_day, needs_reason),
            effects=(keep_last_day, tell_both("end")),
            notes=("ended_on",),
            style="outline-danger",
        ),
        Transition(
            name="pass",
            label=gettext_lazy("Its last day has passed"),
            sources=(CONFIRMED,),
            target=Appointment.Status.ENDED,
            guards=(its_days_are_over,),
        ),
    ],
)


def posts_pass(now: dt.datetime) -> None:
    """Every appointment whose last day was set beforehand and has passed is over (core.dated)."""
    over = Appointment.objects.filter(status=CONFIRMED, ended_on__lt=day_of(now))
    for appointment in over.select_related("group__case").order_by("pk"):
        try:
            APPOINTMENT.apply(appointment, "pass", by=None, now=now)
        except TransitionRefused:
            # Somebody was faster.
            continue
