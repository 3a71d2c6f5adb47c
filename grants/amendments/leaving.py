"""A firm leaves the group while a project of it goes on (PROGRAMME 5, 10): it belongs to the project until an amendment says
that it left, and is paid nothing from the moment at which it leaves the group."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.dates import day_of
from core.models import Case
from grants.agreements.actions import stop_account
from grants.amendments.firms import account_of, firms_of, smes_in
from grants.models import PayeeStop, Project
from groups.leaving import Follow
from groups.models import Firm, Group
from groups.size import count_in_words


def _projects(group: Group) -> Any:
    return (
        Project.objects.with_case().filter(application__group=group, status__in=Project.OPEN).order_by("pk")
    )


def says(group: Group, firm: Firm, now: dt.datetime) -> Iterator[Follow]:
    """What a project that goes on has to do with it."""
    for project in _projects(group):
        firms = firms_of(project, day_of(now))
        left = [row for row in firms if row["id"] != firm.pk]
        sentences = []
        if len(left) < len(firms):
            sentences.append(
                _("The firm belongs to the project until an amendment says that it left: ask for one.")
                if project.is_running
                else _("The agreement names this firm.")
            )
            smes, least = smes_in(left), project.call.min_firms
            if smes < least:
                words = count_in_words(smes, least)
                sentences.append(
                    _("Without it: %(count)s. An approver judges whether the project goes on.")
                    % {"count": words}
                )
        payee = account_of(project, firm)
        if payee is not None and not payee.open_stop:
            sentences.append(
                _(
                    "This firm is the one that is paid. Payments to its account stop now, until another account is "
                    "entered and checked."
                )
            )
        if sentences:
            page = "project_amendments" if project.is_running else "project_detail"
            yield Follow(project.title, reverse(page, args=[project.pk]), sentences)


def stop_payments(group: Group, firm: Firm, *, by: Any, now: dt.datetime) -> None:
    """Nothing is paid to a firm that has left."""
    for project in _projects(group):
        case = Case.objects.select_for_update().get(pk=project.case.pk)
        payee = account_of(project, firm)
        if payee is not None and not payee.open_stop:
            text = _("The firm left the group.")
            stop_account(case, payee, by=by, why=PayeeStop.Why.OTHER, text=text, now=now)
