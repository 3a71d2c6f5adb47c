"""The messages about technical support and suggestions. One template, templates/emails/support_news.*; what it says is
here. Each is queued in the transaction of what it tells, once, in its reader's language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Suggestion, Support
from applications.sections import BY_CODE
from core import outbox
from core.models import Case

# What is told: subject and sentence, lazy texts. {group}, {name} of the adviser, {day} by when, {section}, {by} who did it.
News = tuple[Any, Any]
ASKED: News = (
    _("A group asks for technical support"),
    _("{group} asks for technical support. Assign an adviser by {day}."),
)
OFFERED: News = (_("Will you help this group?"), _("You are asked to help {group}. Please answer by {day}."))
PROPOSED: News = (
    _("An adviser was proposed"),
    _("{name} was asked to help {group}, and answers by {day}."),
)
NOT_NEEDED: News = (
    _("Your answer is not needed any more"),
    _("Somebody else was asked to help {group}. There is nothing left to answer."),
)
ACCEPTED: News = (
    _("{name} helps the group now"),
    _(
        "{name} accepted to help {group}: they read what the group writes, may write in its drafts, and suggest changes."
    ),
)
DECLINED: News = (
    _("{name} does not help this group"),
    _("{name} declined to help {group}. Assign another adviser by {day}."),
)
ENDED: News = (_("The technical support has ended"), _("The support of {group} by {name} has ended."))
WITHDRAWN: News = (
    _("A request for technical support was taken back"),
    _("{group} took back its request for technical support. There is nothing left to do."),
)
SUGGESTED: News = (
    _("A suggestion for: {section}"),
    _(
        "{name} suggests something for the section “{section}” of your application. You decide what becomes of it."
    ),
)
ADOPTED: News = (
    _("A suggestion was adopted: {section}"),
    _("{by} adopted your suggestion for the section “{section}” of the application of {group}."),
)
DISMISSED: News = (
    _("A suggestion was dismissed: {section}"),
    _("{by} dismissed your suggestion for the section “{section}” of the application of {group}."),
)


def _send(
    key: str,
    news: News,
    readers: Iterable[User | None],
    *,
    case: Case,
    now: datetime,
    url: str,
    reason: str = "",
    **facts: object,
) -> None:
    subject, sentence = news
    for reader in {reader.pk: reader for reader in readers if reader}.values():
        outbox.queue(
            key=f"{key}.{reader.pk}",
            to=reader,
            template="support_news",
            now=now,
            case=case,
            context={
                "subject": format_lazy(subject, **facts),
                "sentence": format_lazy(sentence, **facts),
                "reason": reason,
                "url": url,
            },
        )


# --- The support -------------------------------------------------------------------------------------


def _tell(
    what: str,
    news: News,
    support: Support,
    readers: Iterable[User | None],
    *,
    now: datetime,
    reason: str = "",
    url: str = "",
) -> None:
    _send(
        f"support_{what}.{support.pk}.{support.version}",
        news,
        readers,
        case=support.case,
        now=now,
        url=url or reverse("support_detail", args=[support.pk]),
        reason=reason,
        group=support.group.name,
        name=str(support.adviser or ""),
        day=f"{support.due_on:%d/%m/%Y}" if support.due_on else "",
    )


def _group(support: Support) -> list[User | None]:
    return [support.group.representative, support.asked_by]


def _officers(support: Support, now: datetime) -> list[User]:
    """Those who may assign: nobody does it for their own group."""
    people = User.objects.with_role(Role.OFFICER, now).order_by("pk")
    return [person for person in people if not support.group.own_roles(person)]


def asked(support: Support, *, now: datetime) -> None:
    _tell("asked", ASKED, support, _officers(support, now), now=now, reason=support.need)


def offered(support: Support, *, now: datetime) -> None:
    _tell("offered", OFFERED, support, [support.adviser], now=now, reason=support.need)
    _tell("proposed", PROPOSED, support, _group(support), now=now)


def not_needed(support: Support, former: User, *, now: datetime) -> None:
    _tell("not_needed", NOT_NEEDED, support, [former], now=now, url=reverse("support_list"))


def accepted(support: Support, *, now: datetime) -> None:
    _tell("accepted", ACCEPTED, support, [*_group(support), support.assigned_by], now=now)


def declined(support: Support, *, now: datetime, reason: str) -> None:
    _tell("declined", DECLINED, support, [support.assigned_by], now=now, reason=reason)


def ended(support: Support, *, by: User, now: datetime, reason: str) -> None:
    readers = [*_group(support), support.adviser, support.assigned_by]
    others = [reader for reader in readers if reader and reader.pk != by.pk]
    _tell("ended", ENDED, support, others, now=now, reason=reason)


def withdrawn(support: Support, *, now: datetime) -> None:
    """To the adviser who was asked and the officer who did so; to all officers while none had taken it up."""
    taken_up = [support.adviser, support.assigned_by]
    _tell("withdrawn", WITHDRAWN, support, taken_up if support.adviser else _officers(support, now), now=now)


# --- Suggestions -------------------------------------------------------------------------------------


def suggested(suggestion: Suggestion, *, now: datetime) -> None:
    """To everybody of the group who writes."""
    places = suggestion.application.group.people.filter(
        until=None, role__in=[Role.REPRESENTATIVE, Role.MEMBER]
    )
    readers = [place.user for place in places.select_related("user")]
    _about(suggestion, "made", SUGGESTED, readers, now=now, reason=suggestion.comment)


def answered(suggestion: Suggestion, *, now: datetime) -> None:
    news = ADOPTED if suggestion.adopted else DISMISSED
    _about(suggestion, "answered", news, [suggestion.made_by], now=now, reason=suggestion.reason)


def _about(
    suggestion: Suggestion, what: str, news: News, readers: Iterable[User], *, now: datetime, reason: str
) -> None:
    application = suggestion.application
    _send(
        f"suggestion_{what}.{suggestion.pk}",
        news,
        readers,
        case=application.case,
        now=now,
        url=reverse("application_section", args=[application.pk, suggestion.section]),
        reason=reason,
        section=BY_CODE[suggestion.section].label,
        group=application.group.name,
        name=str(suggestion.made_by),
        by=str(suggestion.answered_by or ""),
    )
