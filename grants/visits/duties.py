"""What is owed about visits (PROGRAMME 7): making one that is planned, and what was agreed at one. Each source is one bounded
query, and one for who the officers are."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts import charge
from core import dates
from core.duties import Duty, Reading
from grants.duties import between, with_reporter, worded
from grants.models import Visit, VisitAgreement

IN_CHARGE = ("visit__application__officer", "visit__application__project__opened_by", "visit__visitor")


def visits_to_make(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """Planned ones: of who visits."""
    rows = between(Visit.objects.to_come(), "on", due_from, due_to)
    if user is not None:
        rows = rows.filter(visitor=user.pk)
    return Reading(rows.select_related("application"), _visits_to_make)


def _visits_to_make(rows) -> Iterator[Duty]:
    for visit in rows:
        yield Duty(
            key=f"visit.{visit.pk}",
            user_id=visit.visitor_id,
            case_id=visit.application.case_id,
            title=partial(worded, TO_VISIT, title=visit.application.title),
            due_on=visit.on,
            url=reverse("visit_detail", args=[visit.pk]),
            since=dates.day_of(visit.planned_at),
        )


def agreements_to_keep(*, today, due_from=None, due_to=None, user=None) -> Reading:
    """What was agreed at visits: of who coordinates, else of the representative; the officer in charge watches."""
    rows = between(VisitAgreement.objects.open(), "due_on", due_from, due_to)
    # A visit has an application, as a project has.
    rows = with_reporter(rows, "visit", today)
    officers = charge.officers(today, user)
    rows = officers.bounded(rows, None, *IN_CHARGE)
    if user is not None:
        rows = rows.filter(Q(reporter_id=user.pk) | officers.falls_to(user))
    found = rows.select_related("visit__application")
    return Reading(found, partial(_agreements_to_keep, officers=officers, user=user))


def _agreements_to_keep(rows, *, officers: charge.Holders, user) -> Iterator[Duty]:
    for agreement in rows:
        visit = agreement.visit
        owe = partial(
            Duty,
            key=f"visit_agreement.{agreement.pk}",
            case_id=visit.application.case_id,
            due_on=agreement.due_on,
            url=reverse("visit_detail", args=[visit.pk]),
            since=dates.day_of(visit.logged_at) if visit.logged_at else None,
        )
        if agreement.reporter_id:
            yield owe(
                user_id=agreement.reporter_id, title=partial(worded, TO_KEEP, title=visit.application.title)
            )
        for officer, covered in officers.whose(agreement.in_charge_id, user):
            yield owe(
                user_id=officer,
                title=partial(worded, LATE, title=visit.application.title),
                officer=True,
                covered_id=covered,
            )


TO_VISIT = gettext_lazy("Visit the group of “%(title)s”")
TO_KEEP = gettext_lazy("Do what was agreed at the visit about “%(title)s”")
LATE = gettext_lazy("What was agreed at a visit about “%(title)s” is late")

SOURCES = {"visits_to_make": visits_to_make, "visit_agreements": agreements_to_keep}
# The headings of the inbox.
KINDS = {
    "visit": gettext_lazy("Visits to make"),
    "visit_agreement": gettext_lazy("Agreements of a visit to keep"),
    "visit_agreement:late": gettext_lazy("Agreements of a visit that are late"),
}
