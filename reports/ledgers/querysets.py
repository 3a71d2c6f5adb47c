"""Which entries of the ledgers: lists in the programme's words. `visible_to` equals `can(VIEW_REPORT)`."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from accounts.permissions import Action
from grants.models import Project
from grants.querysets import staff_half, words_in
from groups.querysets import member_group_ids

# A certificate that ends within so many days is shown as about to expire.
SOON = dt.timedelta(days=90)


class EntryQuerySet(models.QuerySet):
    """What the ledgers have in common: an entry is seen by whoever sees its report, and counts once that is accepted."""

    def visible_to(self, user) -> Self:
        """Of the own groups' projects, and of those that a staff role opens."""
        if not user.is_authenticated:
            return self.none()
        own = Q(report__project__application__group__in=member_group_ids(user))
        return self.filter(own | staff_half(user, Action.VIEW_REPORT, "report__project__application"))

    def counted(self) -> Self:
        """Of accepted reports: nothing else counts."""
        return self.filter(report__status="accepted")

    def of_project(self, project: Project) -> Self:
        """Of all reports of a project."""
        return self.filter(report__project=project)

    def in_province(self, province: str) -> Self:
        return self.filter(report__project__application__group__province=province)

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "report__project__application__case",
            "report__project__application__call",
            "report__project__application__group",
            "document",
        )

    def matching(self, text: str) -> Self:
        """Whose project's reference, title or group contains each of the words, or what is the entry's own."""
        return self.filter(words_in(text, "report__project__application") | self._own_words(text))

    def _own_words(self, _text: str) -> Q:
        return Q(pk__in=[])


class TrainingQuerySet(EntryQuerySet):
    """Courses."""

    def totals(self) -> dict[str, int]:
        """How many people, by gender and in all; how many courses. One query."""
        names = ("women", "men", "other", "not_said")
        sums = self.aggregate(
            courses=models.Count("pk"), **{name: Coalesce(models.Sum(name), 0) for name in names}
        )
        return {**sums, "people": sum(sums[name] for name in names)}


class CertificationQuerySet(EntryQuerySet):
    """Certificates."""

    def with_expiry(self) -> Self:
        """With `valid_until`: the last day of the certificate or of its newest renewal; None when it has no end."""
        renewals: Any = self.model._meta.get_field("renewals").related_model
        last = renewals.objects.filter(certification=OuterRef("pk")).order_by()
        last = last.values("certification").annotate(day=Max("expires_on")).values("day")
        # GREATEST leaves out what is NULL; a renewal that was written down twice never shortens it.
        return self.annotate(valid_until=Greatest(F("expires_on"), Subquery(last)))

    def expiring(self) -> Self:
        """Somebody has to renew them: of accepted reports, of a project that runs, and nobody said that they lapse."""
        return self.counted().filter(
            expires_on__isnull=False, let_go_on=None, report__project__status__in=Project.RUNNING
        )

    def in_state(self, state: str, today: dt.date) -> Self:
        """`valid`, `expiring` within ninety days, `expired`; by `valid_until`."""
        rows = self.with_expiry()
        if state == "expired":
            return rows.filter(valid_until__lt=today)
        if state == "expiring":
            return rows.filter(valid_until__range=(today, today + SOON))
        return rows.filter(Q(valid_until=None) | Q(valid_until__gte=today))

    def _own_words(self, text: str) -> Q:
        found = Q()
        for word in text.split():
            found &= (
                Q(firm__name__icontains=word)
                | Q(number__icontains=word)
                | Q(certifier__icontains=word)
                | Q(norm_other__icontains=word)
            )
        return found


class MachineQuerySet(EntryQuerySet):
    """Machines in joint use."""

    def with_checks(self, today: dt.date) -> Self:
        """With the next check that is planned (`next_check`), the last one made (`last_check`), what it found and the
        machine's state then (`last_found`, `last_condition`)."""
        checks: Any = self.model._meta.get_field("checks").related_model
        of_it = checks.objects.filter(machine=OuterRef("pk"))
        done = of_it.filter(done_on__isnull=False).order_by("-done_on", "-pk")
        return self.annotate(
            next_check=Subquery(of_it.filter(done_on=None).order_by("due_on").values("due_on")[:1]),
            last_check=Subquery(done.values("done_on")[:1]),
            last_found=Subquery(done.values("found")[:1]),
            last_condition=Subquery(done.values("condition")[:1]),
        )

    def with_insurance(self) -> Self:
        """With `insured_to`: the last day of its insurance or of the newest that took its place; None where it has none."""
        later: Any = self.model._meta.get_field("insurances").related_model
        last = later.objects.filter(machine=OuterRef("pk")).order_by()
        last = last.values("machine").annotate(day=Max("insured_until")).values("day")
        # GREATEST leaves out what is NULL.
        return self.annotate(insured_to=Greatest(F("insured_until"), Subquery(last)))

    def in_state(self, state: str, today: dt.date) -> Self:
        """`overdue`: a check is; `due` within ninety days; `missing` or `elsewhere`: as the last check found it; `unplanned`:
        nobody said how often it is checked. Of rows `with_checks`."""
        if state == "overdue":
            return self.filter(next_check__lt=today)
        if state == "due":
            return self.filter(next_check__range=(today, today + SOON))
        if state == "unplanned":
            plans: Any = self.model._meta.get_field("checks").related_model
            return self.filter(
                ~Exists(plans.objects.filter(machine=OuterRef("pk"))), report__project__check_plan=None
            )
        return self.filter(last_found=state)

    def _own_words(self, text: str) -> Q:
        found = Q()
        for word in text.split():
            found &= (
                Q(name__icontains=word)
                | Q(serial_number__icontains=word)
                | Q(custodian__icontains=word)
                | Q(site__icontains=word)
            )
        return found


class MachineCheckQuerySet(models.QuerySet):
    """Checks of machines."""

    def owed(self) -> Self:
        """Planned and not made: whatever became of the project, the State's money stands in the machine."""
        return self.filter(done_on=None)

    def done(self) -> Self:
        return self.filter(done_on__isnull=False)
