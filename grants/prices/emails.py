"""What is told about updates of prices: to the approvers, to who prepared it, and to the people of each project."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.prices import month_text
from core import outbox
from core.dates import day_of
from core.money import format_money
from grants.emails import day_text, tell
from grants.models import PriceUpdate, PriceUpdateRow


def _office(people: Iterable[User], what: str, update: PriceUpdate, now: dt.datetime, **context: str) -> None:
    for person in people:
        outbox.queue(
            key=f"price_update.{update.pk}.{what}.{person.pk}",
            to=person,
            template=f"price_update_{what}",
            now=now,
            case=update.case,
            context={
                "url": reverse("price_update_detail", args=[update.pk]),
                "month": update.month_text,
                "code": update.call.code,
                **context,
            },
        )


def prepared(update: PriceUpdate, *, now: dt.datetime) -> None:
    """To the approvers: an update to issue."""
    approvers = User.objects.with_role(Role.APPROVER, now).exclude(pk=update.prepared_by_id)
    _office(approvers, "prepared", update, now, opinion=update.opinion)


def issued(update: PriceUpdate, *, by, now, data) -> None:
    """To the officer who prepared it (an effect)."""
    amount = format_money(data["amount"])
    _office([update.prepared_by], "issued", update, now, amount=amount, resolution=update.resolution)


def refused(update: PriceUpdate, *, by, now, data) -> None:
    """To the officer who prepared it: why not (an effect)."""
    _office([update.prepared_by], "refused", update, now, reason=str(data["reason"]))


def raised(row: PriceUpdateRow, *, now: dt.datetime) -> None:
    """To the people of the project, each in their language: what it gets now, and by which act."""
    project, update = row.project, row.update
    tell(
        project.people_to_tell(day_of(now)),
        "price_update_raised",
        project,
        key=f"price_update.{update.pk}.raised.{project.pk}",
        now=now,
        url=reverse("plan_version", args=[project.pk, row.plan.number]),
        month=month_text(row.month),
        more=format_money(row.more),
        group_more=format_money(row.group_more) if row.group_more else "",
        approved=format_money(row.approved_after),
        resolution=update.resolution,
        resolved_on=day_text(update.resolved_on),
    )
