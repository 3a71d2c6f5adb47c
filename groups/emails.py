"""The letters about a coordinator and about who represents a group. Each is queued in the transaction of what it
tells, once, in its reader's language."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from core import outbox
from groups.models import Appointment, Group
from groups.querysets import LIVE


def nominated(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Ask somebody who has an account to answer. Who has none gets the invitation of accounts instead."""
    outbox.queue(
        key=f"coordinator_nominated.{appointment.pk}",
        to=appointment.person,
        template="coordinator_nominated",
        now=now,
        case=appointment.case,
        context={
            "nominated_by": str(by),
            "url": address_of(appointment),
            # Of a mandate to stand in.
            "first": f"{appointment.stand_in_from:%d/%m/%Y}" if appointment.stand_in_from else "",
            "until": f"{appointment.stand_in_until:%d/%m/%Y}" if appointment.stand_in_until else "",
        },
    )


# What each transition tells, to whom: subject, sentence. {name} is the person, {group} the group.
NEWS = {
    "accept": (
        _("{name} accepts to be coordinator"),
        _(
            "{name} accepts to be the coordinator of {group}. The next step is the programme's: an officer confirms."
        ),
    ),
    "decline": (
        _("{name} declines to be coordinator"),
        _("{name} declines to be the coordinator of {group}. You may nominate somebody else."),
    ),
    "confirm": (
        _("{name} is confirmed as coordinator"),
        _("{name} is confirmed as the coordinator of {group}, from {day} on."),
    ),
    "refuse": (
        _("{name} is not confirmed as coordinator"),
        _(
            "The programme did not confirm {name} as the coordinator of {group}. The group may nominate somebody else."
        ),
    ),
    "withdraw": (
        _("The nomination as coordinator was taken back"),
        _("{group} took back the nomination of {name} as its coordinator. There is nothing left to answer."),
    ),
    "end": (
        _("{name} is no longer coordinator"),
        _("The appointment of {name} as the coordinator of {group} has ended; the last day is {day}."),
    ),
}


# The same of somebody who stands in for the coordinator.
NEWS_OF_STAND_INS = {
    "accept": (
        _("{name} accepts to stand in for the coordinator"),
        _(
            "{name} accepts to stand in for the coordinator of {group}. The next step is the programme's: an officer confirms."
        ),
    ),
    "decline": (
        _("{name} declines to stand in for the coordinator"),
        _("{name} declines to stand in for the coordinator of {group}. You may nominate somebody else."),
    ),
    "confirm": (
        _("{name} stands in for the coordinator"),
        _(
            "{name} stands in for the coordinator of {group}, from {first} to {day}. On these days {name} reports for the project."
        ),
    ),
    "refuse": (
        _("{name} is not confirmed to stand in for the coordinator"),
        _("The programme did not confirm {name} to stand in for the coordinator of {group}."),
    ),
    "withdraw": (
        _("The nomination to stand in for the coordinator was taken back"),
        _(
            "{group} took back the nomination of {name} to stand in for its coordinator. There is nothing left to answer."
        ),
    ),
    "end": (
        _("{name} no longer stands in for the coordinator"),
        _("{name} no longer stands in for the coordinator of {group}; the last day is {day}."),
    ),
}


def news(
    appointment: Appointment, what: str, readers: Iterable[User | None], *, now: datetime, reason: str = ""
) -> None:
    """Tell people what became of an appointment. Each reads it once; nobody without an account does."""
    subject, sentence = (NEWS_OF_STAND_INS if appointment.is_stand_in else NEWS)[what]
    facts = {
        "name": appointment.full_name,
        "group": appointment.group.name,
        "first": f"{appointment.confirmed_from or appointment.nominated_on:%d/%m/%Y}",
        "day": f"{appointment.ended_on or appointment.confirmed_from or appointment.nominated_on:%d/%m/%Y}",
    }
    for reader in {reader.pk: reader for reader in readers if reader}.values():
        # Once it is over, the person who was asked has no page of it any more.
        opened = appointment.status in LIVE or reader.pk != appointment.person_id
        outbox.queue(
            key=f"coordinator_{what}.{appointment.pk}.{reader.pk}",
            to=reader,
            template="coordinator_news",
            now=now,
            case=appointment.case,
            context={
                "subject": format_lazy(subject, **facts),
                "sentence": format_lazy(sentence, **facts),
                "reason": reason,
                "url": address_of(appointment) if opened else "",
            },
        )


def to_confirm(appointment: Appointment, *, now: datetime) -> None:
    """Tell the officers that a nomination waits for them."""
    for officer in User.objects.with_role(Role.OFFICER, now):
        outbox.queue(
            key=f"coordinator_to_confirm.{appointment.pk}.{officer.pk}",
            to=officer,
            template="coordinator_to_confirm",
            now=now,
            case=appointment.case,
            context={"name": appointment.full_name, "url": address_of(appointment)},
        )


def representation(group: Group, *, old: User, new: User, event: int, now: datetime) -> None:
    """Tell both that the representation passed from one to the other."""
    for reader in (old, new):
        outbox.queue(
            key=f"representation.{event}.{reader.pk}",
            to=reader,
            template="group_representation",
            now=now,
            case=group.case,
            context={
                "old": str(old),
                "new": str(new),
                "mine": reader.pk == new.pk,
                "url": reverse("group_detail", args=[group.pk]),
            },
        )


def address_of(appointment: Appointment) -> str:
    """The page of an appointment, where it is answered and confirmed."""
    return reverse("appointment_detail", args=[appointment.pk])
