"""The letters to firms, which have no account, and what a group hears of their answers.

A firm is written to in the language of whoever represents the group, until it chooses another on its page. A letter
with a secret in it is confidential: what it said is forgotten once it is sent.
"""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import outbox
from core.dates import day_of
from core.money import format_money
from groups.links import path_of
from groups.models import CodedLink, FirmConfirmation, FirmLink, Group


def language_of(group: Group) -> str:
    """The language in which a group's firms are written to."""
    person = group.representative
    return person.language if person else settings.LANGUAGE_CODE


def asked_to_join(link: FirmLink, token: str, *, by: User, now: datetime) -> None:
    """A group asks the firm to join."""
    _to_firm(link, "firm_join", now, url=path_of(token), asked_by=str(by))


def asked_to_confirm(link: FirmLink, token: str, *, by: User, now: datetime) -> None:
    """A group asks its member to confirm."""
    _to_firm(link, "firm_confirm", now, url=path_of(token), asked_by=str(by), firm=link.firm.name)


def _to_firm(link: FirmLink, template: str, now: datetime, **context: str) -> None:
    until = f"{day_of(link.expires_at):%d/%m/%Y}"
    outbox.queue(
        key=f"{template}.{link.pk}",
        address=link.email,
        template=template,
        now=now,
        case=link.group.case,
        language=language_of(link.group),
        confidential=True,
        context={"group": link.group.name, "expires_on": until, **context},
    )


def code(link: CodedLink, figures: str, *, group: Group, address: str, language: str, now: datetime) -> None:
    """The code that a shared link asks for, to the firm's own address."""
    outbox.queue(
        key=f"{link._meta.model_name}_code.{link.pk}.{link.codes_sent}",
        address=address,
        template="firm_code",
        now=now,
        case=group.case,
        language=language,
        confidential=True,
        context={"group": group.name, "code": figures},
    )


def copy(
    confirmation: FirmConfirmation, *, size: str, private: bool, address: str, language: str, now: datetime
) -> None:
    """What the firm confirmed, for its own files. Its sales are not in it: mailboxes are shared."""
    membership = confirmation.membership
    firm = membership.firm
    outbox.queue(
        key=f"firm_confirmed.{confirmation.pk}",
        address=address,
        template="firm_confirmed",
        now=now,
        case=membership.group.case,
        language=language,
        confidential=True,
        context={
            "group": membership.group.name,
            "firm": firm.name,
            "cuit": firm.formatted_cuit,
            "activity": str(firm.activity),
            "locality": f"{firm.locality}, {firm.get_province_display()}",
            "chain": membership.place_in_chain,
            "size": size,
            "private": private,
            "contribution": confirmation.contribution,
            "amount": ""
            if confirmation.contribution_amount is None
            else format_money(confirmation.contribution_amount),
            "name": confirmation.person_name,
            "position": confirmation.person_position,
            "day": f"{day_of(now):%d/%m/%Y}",
        },
    )


# What a group hears: subject, sentence. {firm} is the firm's name, or its CUIT as long as it has not agreed.
NEWS = {
    "agreed": (_("{firm} joins the group"), _("{firm} agreed to join {group}.")),
    "declined": (
        _("{firm} does not join the group"),
        _("The firm with the CUIT {firm} declined to join {group}."),
    ),
    "refused": (
        _("{firm} says that it does not belong to the group"),
        _(
            "{firm} says that it does not belong to {group}. It does not count as confirmed. Talk to it, or take it out "
            "of the group."
        ),
    ),
    "paper_accepted": (
        _("The signed paper of {firm} was accepted"),
        _("An officer accepted the signed paper of {firm}: it counts as confirmed."),
    ),
    "paper_refused": (
        _("The signed paper of {firm} was not accepted"),
        _("An officer did not accept the signed paper of {firm}. Ask the firm again, or send another paper."),
    ),
}


def news(
    what: str,
    group: Group,
    *,
    firm: str,
    about: int,
    also: User | None = None,
    now: datetime,
    reason: str = "",
) -> None:
    """Tell whoever represents the group, and `also` who began it, what became of a question. `about` is the id of its
    row."""
    subject, sentence = NEWS[what]
    facts = {"firm": firm, "group": group.name}
    readers = {person.pk: person for person in (group.representative, also) if person}
    for reader in readers.values():
        outbox.queue(
            key=f"firm_{what}.{about}.{reader.pk}",
            to=reader,
            template="firm_news",
            now=now,
            case=group.case,
            context={
                "subject": format_lazy(subject, **facts),
                "sentence": format_lazy(sentence, **facts),
                "reason": reason,
                "url": reverse("group_detail", args=[group.pk]),
            },
        )
