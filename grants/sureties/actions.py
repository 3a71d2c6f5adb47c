"""Taking a surety: one transaction, on the timeline; and who reads its paper."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import documents, timeline
from core.dates import day_of
from core.models import Case, Document
from core.workflow import TransitionRefused
from grants.models import Project, Surety
from grants.sureties import guards
from grants.sureties.workflow import SURETY
from grants.tranches import tell_of_ready

POLICY_FILE = "surety_policy"


def take_surety(
    *,
    by,
    project: Project,
    insurer: str,
    policy: str,
    amount: Decimal,
    from_on: dt.date,
    expires_on: dt.date,
    upload: Any,
    now: dt.datetime,
) -> Surety:
    """Enter a policy that covers what is advanced to a project (pesos), with its paper.

    Raises NotAllowed or TransitionRefused.
    """
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=project.case.pk)
            project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
            require(by, Action.KEEP_SURETY, project)
            if refusal := guards.takes_sureties(project) or guards.still_runs(expires_on, today=day_of(now)):
                raise TransitionRefused(refusal)
            document = documents.store(
                case=case, kind=POLICY_FILE, owner_id=project.pk, upload=upload, by=by, now=now
            )
            surety = Surety.objects.create(
                project=project,
                insurer=insurer,
                policy=policy,
                amount=amount,
                from_on=from_on,
                expires_on=expires_on,
                document=document,
                entered_by=by,
                entered_at=now,
            )
            timeline.record(
                case,
                SURETY.action("take"),
                by=by,
                now=now,
                obj=surety,
                to_state=surety.status,
                amount=amount,
                expires_on=expires_on,
            )
            tell_of_ready(project, now=now)
    except IntegrityError as error:
        if "policy_once" in str(error):
            raise TransitionRefused(_("This policy is on record already.")) from error
        raise
    return surety


def may_read(user, document: Document) -> bool:
    """Whoever sees the payments of the project. `owner_id` is the project's."""
    project = Project.objects.with_case().filter(pk=document.owner_id).first()
    return project is not None and user.can(Action.VIEW_PAYMENTS, project)
