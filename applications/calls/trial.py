"""A test application: an admin tries a call out as a group would, also before it is published, and nothing of it counts.

It belongs to a group made for it, whose five firms are examples (applications.examples). It is in no list, search or
figure, nobody owes anything on it, it is never sent, and it freezes no rule. Only who made it sees it.
"""

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import guards
from applications.models import Application, ApplicationDocument, BudgetQuote, Call
from applications.workflow import APPLICATION
from core import dates, timeline
from core.models import Case, Document
from core.workflow import TransitionRefused
from groups.models import Group, GroupPerson, Sector
from groups.provinces import Province

log = logging.getLogger(__name__)
# Older than any call asks for, so that the age of the group is not what a test stops at.
MONTHS_TOGETHER = 120


def test_of(call: Call, user: User) -> Application | None:
    """The test application of this call that a person has begun."""
    tests = Application.objects.filter(call=call, is_test=True, created_by=user).live()
    return tests.order_by("-pk").first()


def start_test(*, by: User, call: Call, now: dt.datetime) -> Application:
    """Begin a test application of a draft or a published call; the one that this person has already, if there is one."""
    require(by, Action.EDIT_CALL, call)
    if call.status not in (Call.Status.DRAFT, Call.Status.PUBLISHED):
        raise TransitionRefused(
            _("The call is over: it is “%(state)s”.") % {"state": call.get_status_display()}
        )
    with transaction.atomic():
        # Two clicks make one.
        Case.objects.select_for_update().get(pk=call.case_id)
        if found := test_of(call, by):
            return found
        title = _("Test of %(call)s") % {"call": call.code}
        group = _group(call, title, by, now)
        case = timeline.open_case(Case.Kind.APPLICATION, title, now=now)
        application = Application.objects.create(
            case=case,
            call=call,
            group=group,
            is_test=True,
            created_at=now,
            created_by=by,
            updated_at=now,
            state_since=now,
        )
        timeline.record(
            case, "application.started", by=by, now=now, obj=application, call=call.pk, group=group.pk
        )
    return application


def _group(call: Call, title: str, by: User, now: dt.datetime) -> Group:
    """The group of a test: of a province and a sector that the call admits."""
    today = dates.day_of(now)
    sectors = Sector.objects.order_by("order")
    group = Group.objects.create(
        case=timeline.open_case(Case.Kind.GROUP, title, now=now),
        name=title,
        value_chain=_("An example"),
        sector=call.sectors.order_by("order").first() or sectors[0],
        province=(call.provinces or [Province.MISIONES])[0],
        locality=_("Example town"),
        working_since=dates.add_months(today, -max(MONTHS_TOGETHER, call.min_group_months)),
        is_test=True,
    )
    GroupPerson.objects.create(group=group, user=by, role=Role.REPRESENTATIVE, since=today)
    return group


def try_sending(application: Application, *, by: User, now: dt.datetime) -> tuple[bool, str]:
    """What would become of a test if it were sent: whether it would be accepted, and the sentence. Nothing is sent."""
    row = APPLICATION.by_name["submit"]
    sentence = APPLICATION.refusal(application, row, by=by, now=now, data={"now": now, "declared": True})
    return sentence == guards.would_be_accepted(), sentence


def discard_test(*, by: User, application: Application, now: dt.datetime) -> None:
    """Throw a test away: its rows and files are deleted. What the timeline holds of it (ids, no words) stays, as all of
    the timeline does. Where something else still holds it, it is withdrawn."""
    if not application.is_test or application.created_by_id != by.pk:
        raise ValueError("not a test of this person")
    try:
        with transaction.atomic():
            delete(application)
    except (ProtectedError, IntegrityError):
        log.exception("a test application could not be deleted", extra={"application": application.pk})
        if application.status == Application.Status.DRAFT:
            reason = _("The test was thrown away.")
            APPLICATION.apply(application, "withdraw", by=by, now=now, data={"reason": reason})


def delete(application: Application) -> None:
    """The rows and files of a test, and its group, for whoever may. Raises ProtectedError or IntegrityError."""
    group = application.group
    Case.objects.select_for_update().get(pk=application.case_id)
    documents = list(Document.objects.filter(case_id=application.case_id))
    ApplicationDocument.objects.filter(application=application).delete()
    BudgetQuote.objects.filter(application=application).delete()
    application.answers.all().delete()
    application.delete()
    group.delete()
    for document in documents:
        document.delete()
        transaction.on_commit(lambda file=document.file: file.storage.delete(file.name))  # type: ignore[misc]
