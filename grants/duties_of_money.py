"""What is owed about money by a date (PROGRAMME 7, 10): refunds to give back, receipts to confirm, sureties that expire.

Each source is one bounded query (and one for who the officers are).
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import charge
from accounts.models import User
from accounts.roles import Role
from core import dates
from core.duties import Duty, Reading
from core.money import ZERO, MoneyField
from grants.duties import between, between_days_after, representative, worded
from grants.models import Finding, Project, Refund, RefundReceipt, Surety

# How long finance has to look for money that was given back; no call says it.
DAYS_TO_CONFIRM = 5
# How long the office has to ask back what a project that ended before its time did not prove.
DAYS_TO_ASK = 10
IN_CHARGE = ("project__application__officer", "project__opened_by")


def _owed(rows: QuerySet, user: Any, today: dt.date, **said: Any) -> Reading:
    """Each row as a duty of the representative, whom the project's officer watches."""
    officers = charge.officers(today, user)
    rows = rows.annotate(representative_id=representative("project__application"))
    rows = officers.bounded(rows, None, *IN_CHARGE)
    if user is not None:
        rows = rows.filter(officers.falls_to(user) | Q(representative_id=user.pk))
    found = rows.select_related("project__application")
    return Reading(found, partial(_of_representative, officers=officers, user=user, **said))


def _of_representative(
    rows: Any,
    *,
    officers: charge.Holders,
    user: Any,
    say: Any,
    late: Any,
    kind: str,
    url: str,
    due: str,
    since: str,
) -> Iterator[Duty]:
    for row in rows:
        application = row.project.application
        place = row.pk if url == "refund_detail" else row.project_id
        owe = partial(
            Duty,
            key=f"{kind}.{row.pk}",
            case_id=application.case_id,
            due_on=getattr(row, due),
            url=reverse(url, args=[place]),
            since=dates.day_of(getattr(row, since)),
        )
        if row.representative_id:
            yield owe(user_id=row.representative_id, title=partial(worded, say, title=application.title))
        for officer, covered in officers.whose(row.in_charge_id, user):
            # Of a surety the officer is asked before it expires: it is theirs to renew or to let go.
            yield owe(
                user_id=officer,
                title=partial(worded, late, title=application.title),
                officer=kind == "refund",
                covered_id=covered,
            )


def refunds_due(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """What a group gives back: of its representative; the officer of the project hears when it is late."""
    rows = between(Refund.objects.asked(), "due_on", due_from, due_to)
    return _owed(
        rows, user, today, say=TO_RETURN, late=TO_CHASE, kind="refund", url="refund_detail", due="due_on",
        since="asked_at",
    )  # fmt: skip


def sureties_expiring(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Sureties that are held: before they expire they are renewed, or released when what they cover is proven."""
    held = Surety.objects.held().filter(project__status__in=["active", "closing", "suspended"])
    rows = between(held, "expires_on", due_from, due_to)
    return _owed(
        rows, user, today, say=TO_RENEW, late=TO_LOOK_AFTER, kind="surety", url="project_ledger", due="expires_on",
        since="entered_at",
    )  # fmt: skip


def receipts_to_confirm(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Receipts of refunds that wait: of every finance officer but who wrote them down."""
    moment = dates.moment_in(today)
    if user is not None and Role.FINANCE not in user.staff_roles(moment):
        return ()
    rows = RefundReceipt.objects.filter(status=RefundReceipt.Status.GIVEN)
    rows = between_days_after(rows, "written_at", DAYS_TO_CONFIRM, due_from, due_to)
    people = (
        [user.pk] if user else list(User.objects.with_role(Role.FINANCE, moment).values_list("pk", flat=True))
    )
    found = rows.select_related("refund__project__application")
    return Reading(found, partial(_receipts_to_confirm, people=people))


def _receipts_to_confirm(rows: Any, *, people: list[int]) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_CONFIRM)
    for receipt in rows:
        application = receipt.refund.project.application
        for person in people:
            if person == receipt.written_by_id:
                continue
            yield Duty(
                key=f"receipt.{receipt.pk}",
                user_id=person,
                case_id=application.case_id,
                title=partial(worded, TO_CONFIRM, title=application.title),
                due_on=dates.day_of(receipt.written_at) + after,
                url=reverse("refund_detail", args=[receipt.refund_id]),
                since=dates.day_of(receipt.written_at),
            )


def findings_to_answer(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Findings of auditors: of the officer in charge of the project, else of all."""
    officers = charge.officers(today, user)
    if not officers.people:
        return ()
    rows = between(Finding.objects.filter(status=Finding.Status.OPEN), "due_on", due_from, due_to)
    found = officers.bounded(rows, user, *IN_CHARGE).select_related("project__application")
    return Reading(found, partial(_findings_to_answer, officers=officers, user=user))


def _findings_to_answer(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    for finding in rows:
        application = finding.project.application
        for officer, covered in officers.whose(finding.in_charge_id, user):
            yield Duty(
                key=f"finding.{finding.pk}",
                user_id=officer,
                case_id=application.case_id,
                title=partial(worded, TO_ANSWER, title=application.title),
                due_on=finding.due_on,
                url=reverse("finding_detail", args=[finding.pk]),
                since=dates.day_of(finding.written_at),
                covered_id=covered,
            )


def refunds_to_ask(*, today, due_from=None, due_to=None, user=None) -> Iterable[Duty]:
    """Projects that ended before their time with money that is neither proven nor asked back (PROGRAMME 5, terminate): of
    the officer in charge, else of all."""
    officers = charge.officers(today, user)
    if not officers.people:
        return ()
    after = dt.timedelta(days=DAYS_TO_ASK)
    rows = Project.objects.filter(
        ~Exists(Refund.objects.filter(project=OuterRef("pk")).exclude(status=Refund.Status.CANCELLED)),
        status=Project.Status.TERMINATED,
    )
    if due_from:
        rows = rows.filter(ended_on__gte=due_from - after)
    if due_to:
        rows = rows.filter(ended_on__lte=due_to - after)
    counts = Q(ledger__kind="paid")
    rows = rows.annotate(
        left=Coalesce(Sum("ledger__amount", filter=counts), ZERO, output_field=MoneyField())
        - Coalesce(
            Sum("ledger__amount", filter=Q(ledger__kind__in=["proven", "salary", "returned"])),
            ZERO,
            output_field=MoneyField(),
        )
    ).filter(left__gt=ZERO)
    found = officers.bounded(rows, user, "application__officer", "opened_by")
    return Reading(
        found.select_related("application"), partial(_refunds_to_ask, officers=officers, user=user)
    )


def _refunds_to_ask(rows: Any, *, officers: charge.Holders, user: Any) -> Iterator[Duty]:
    after = dt.timedelta(days=DAYS_TO_ASK)
    for project in rows:
        assert project.ended_on is not None  # constraint ended_project_says_how
        for officer, covered in officers.whose(project.in_charge_id, user):
            yield Duty(
                key=f"refund_ask.{project.pk}",
                user_id=officer,
                case_id=project.application.case_id,
                title=partial(worded, TO_ASK, title=project.application.title),
                due_on=project.ended_on + after,
                url=reverse("refund_ask", args=[project.pk]),
                since=project.ended_on,
                covered_id=covered,
            )


TO_ASK = gettext_lazy("Ask back what “%(title)s” was paid and did not prove")
TO_ANSWER = gettext_lazy("Answer an audit finding on “%(title)s”")
TO_RETURN = gettext_lazy("Give money back of “%(title)s”")
TO_CHASE = gettext_lazy("A refund of “%(title)s” is late")
TO_RENEW = gettext_lazy("Renew the surety of “%(title)s” before it expires")
TO_LOOK_AFTER = gettext_lazy("A surety of “%(title)s” expires: have it renewed, or release it")
TO_CONFIRM = gettext_lazy("Look whether a refund of “%(title)s” came, and confirm it")

SOURCES = {
    "refunds_due": refunds_due,
    "sureties_expiring": sureties_expiring,
    "receipts_to_confirm": receipts_to_confirm,
    "findings_to_answer": findings_to_answer,
    "refunds_to_ask": refunds_to_ask,
}

# The headings of the inbox.
KINDS = {
    "refund": gettext_lazy("Money to give back"),
    "refund_ask": gettext_lazy("Refunds to ask for"),
    "refund:late": gettext_lazy("Refunds that are late"),
    "surety": gettext_lazy("Sureties that expire"),
    "finding": gettext_lazy("Audit findings to answer"),
    "receipt": gettext_lazy("Refunds to confirm"),
}
