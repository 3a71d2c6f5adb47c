"""What is told about amendments: one function per message, an effect of what it tells."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core.dates import day_of
from grants.emails import officers_of, tell
from grants.models import Amendment


def _tell(people: list[User], template: str, amendment: Amendment, *, now, **context: Any) -> None:
    tell(
        list({person.pk: person for person in people}.values()),
        template,
        amendment.project,
        key=f"amendment.{amendment.pk}.{template}.{amendment.version}",
        now=now,
        url=reverse("amendment_detail", args=[amendment.pk]),
        number=amendment.number,
        **context,
    )


def _group(amendment: Amendment, now) -> list[User]:
    people = amendment.project.people_to_tell(day_of(now))
    return [*people, amendment.submitted_by] if amendment.submitted_by else people


def submitted(amendment: Amendment, *, by, now, data) -> None:
    """To the officer: something to decide."""
    _tell(officers_of(amendment.project, now), "amendment_submitted", amendment, now=now)


def withdrawn(amendment: Amendment, *, by, now, data) -> None:
    """To the officer, if they had it."""
    if amendment.submitted_at:
        _tell(officers_of(amendment.project, now), "amendment_withdrawn", amendment, now=now)


def returned(amendment: Amendment, *, by, now, data) -> None:
    """To the group: what to change."""
    _tell(_group(amendment, now), "amendment_returned", amendment, now=now, note=amendment.note)


def passed_on(amendment: Amendment, *, by, now, data) -> None:
    """To the approvers: money, or too few SMEs, make it theirs."""
    approvers = list(User.objects.with_role(Role.APPROVER, now))
    _tell(approvers, "amendment_passed_on", amendment, now=now, opinion=amendment.opinion)


def decided(amendment: Amendment, *, by, now, data) -> None:
    """To the group, and to the officer who looked at it before."""
    officers = [amendment.opinion_by] if amendment.opinion_by else []
    _tell(
        [*_group(amendment, now), *officers],
        f"amendment_{amendment.status}",
        amendment,
        now=now,
        grounds=amendment.grounds,
        resolution=amendment.resolution,
    )
