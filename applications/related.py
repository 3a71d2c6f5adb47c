"""Cases that belong beside another when it is judged: of the same firms, of groups that share a contact, of the same bank
account. Each with its reason in words; they prove nothing, an officer looks (PROGRAMME 6.3).

Other apps name more of them through `register`: this one knows no bank accounts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from applications.models import Application, SubmissionMember
from applications.querysets import ENDED
from core import together
from groups.models import Firm, Membership

MOST = 20
# Of each kind of tie; more of them say nothing more.
MOST_TIES = 200
# Given an application: (id of another, why), in one query at most.
Source = Callable[[Application], Iterable[tuple[int, str]]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Name a further source of related cases; the same name again replaces it."""
    _sources[name] = source


@dataclass(frozen=True)
class Related:
    """Another case, why it is named, and whether two live applications share a firm."""

    application: Application
    reasons: list[str]
    warns: bool
    has_project: bool


def is_live(application: Application) -> bool:
    """Whether it is still being written or judged."""
    return application.status not in (*ENDED, Application.Status.APPROVED)


def to(application: Application, user: Any) -> list[Related]:
    """The cases that stand beside this one, of those that this person sees: warnings first, then the newest. The reads
    are constant in number: ties, sources, cases."""
    of_group, of_case, firms = _ties(application)
    for source in _sources.values():
        for pk, reason in source(application):
            of_case[pk].append(reason)
    of_group[application.group_id].append(_("Of the same group"))
    found = Application.objects.visible_to(user).real().exclude(pk=application.pk)
    found = found.filter(Q(group__in=list(of_group)) | Q(pk__in=list(of_case)))
    rows = [
        Related(
            row,
            list(dict.fromkeys([*of_group.get(row.group_id, ()), *of_case.get(row.pk, ())])),
            warns=is_live(row) and is_live(application) and row.group_id in firms,
            has_project=getattr(row, "project", None) is not None,
        )
        for row in found.select_related("case", "call", "group", "project").order_by("-created_at", "-pk")[
            : 3 * MOST
        ]
    ]
    return sorted(rows, key=lambda row: not row.warns)[:MOST]


Reasons = dict[int, list[str]]


def _ties(application: Application) -> tuple[Reasons, Reasons, set[int]]:
    """Reasons by group and by application, and the groups that share a firm today. One query."""
    group = application.group_id
    now = Membership.objects.filter(left_on=None)
    frozen = SubmissionMember.objects.filter(submission__application=application)
    ours = Firm.objects.filter(
        Q(pk__in=now.filter(group=group).values("firm")) | Q(pk__in=frozen.values("firm"))
    )
    emails, phones = ours.exclude(contact_email=""), ours.exclude(contact_phone="")
    same_contact = Firm.objects.filter(
        Q(contact_email__in=emails.values("contact_email"))
        | Q(contact_phone__in=phones.values("contact_phone"))
    ).exclude(pk__in=ours.values("pk"))
    others = now.exclude(group=group).select_related("firm").order_by("pk")
    sent = SubmissionMember.objects.filter(firm__in=ours.values("pk"))
    sent = sent.exclude(submission__application__group=group)
    read = together.read(
        ours=ours,
        members=others.filter(firm__in=ours.values("pk"))[:MOST_TIES],
        contacts=others.filter(firm__in=same_contact.values("pk"))[:MOST_TIES],
        sent=sent.select_related("submission__application")
        .only("name", "firm_id", "submission__application__group_id")
        .order_by("pk")[:MOST_TIES],
    )
    of_group: Reasons = defaultdict(list)
    of_case: Reasons = defaultdict(list)
    names: dict[int, list[str]] = defaultdict(list)
    for row in read["members"]:
        names[row.group_id].append(row.firm.name)
    for other, shared in names.items():
        of_group[other].append(_("The same firms: %(names)s") % {"names": ", ".join(shared)})
    for row in read["contacts"]:
        of_group[row.group_id].extend(_same_contact(row.firm, read["ours"]))
    then: dict[int, list[str]] = defaultdict(list)
    today = {(row.group_id, row.firm_id) for row in read["members"]}
    for row in read["sent"]:
        other = row.submission.application
        if (other.group_id, row.firm_id) not in today:
            then[other.pk].append(row.name)
    for pk, shared in then.items():
        told = ", ".join(dict.fromkeys(shared))
        of_case[pk].append(_("The same firms when it was sent: %(names)s") % {"names": told})
    return of_group, of_case, set(names)


def _same_contact(firm: Firm, ours: Iterable[Firm]) -> Iterable[str]:
    for own in ours:
        words = {"own": own.name, "other": firm.name}
        if own.contact_email and own.contact_email == firm.contact_email:
            yield _("The same e-mail: %(own)s and %(other)s") % words
        if own.contact_phone and own.contact_phone == firm.contact_phone:
            yield _("The same telephone: %(own)s and %(other)s") % words
