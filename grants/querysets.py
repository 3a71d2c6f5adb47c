"""Which projects, which payments: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from accounts.permissions import TABLE, Action, staff_scope
from accounts.roles import Role
from core.money import ZERO, MoneyField
from groups.models import Appointment, GroupPerson
from groups.querysets import member_group_ids

if TYPE_CHECKING:
    from accounts.models import User


def staff_half(user: "User", action: Action, application: str) -> Q:
    """What a person's staff roles open; `application` is the lookup from the listed model to the application.

    Advisers by a subquery, not a join: a list needs no DISTINCT then.
    """
    within = (f"{application}__group__case", f"{application}__call__case")
    scope = staff_scope(user, action, case=f"{application}__case", within=within)
    if Role.ADVISER in user.staff_roles() & TABLE[action]:
        scope |= Q(**{f"{application}__group__in": user.advised_groups.values("pk")})
    return scope


def paid_group_ids(user: "User") -> models.QuerySet:
    """Ids of the groups whose payments a person sees as one of the group: its representative, its coordinator."""
    places = GroupPerson.objects.filter(user_id=user.pk, until=None, role=Role.REPRESENTATIVE)
    posts = Appointment.objects.filter(person_id=user.pk, status=Appointment.Status.CONFIRMED)
    return places.values("group_id").union(posts.values("group_id"))


# Everybody else names them Project.OPEN, Project.RUNNING and Disbursement.LIVE.
OPEN = ("awaiting_agreement", "active", "closing", "suspended")
RUNNING = ("active", "closing")
LIVE = ("ordered", "paid")
# Who signs an agreement: the group, then an officer.
SIGNERS = (Role.REPRESENTATIVE, Role.OFFICER)


def _model(model: Any, relation: str) -> Any:
    """The model at the other end of a relation: importing it here would go in a circle."""
    return model._meta.get_field(relation).related_model


class ProjectQuerySet(models.QuerySet):
    """Projects."""

    def visible_to(self, user) -> Self:
        """Those of the own groups, and those that a staff role opens."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(application__group__in=member_group_ids(user))
        return self.filter(own | staff_half(user, Action.VIEW_PROJECT, "application"))

    def open(self) -> Self:
        """Not closed and not terminated."""
        return self.filter(status__in=OPEN)

    def running(self) -> Self:
        """Reports and payments go on."""
        return self.filter(status__in=RUNNING)

    def awaiting_signature(self) -> Self:
        """Opened, and the group has yet to sign."""
        return self.filter(status="awaiting_agreement", agreement__group_signed_at=None)

    def with_case(self) -> Self:
        """Ready for a list or a page: one query for what every row shows."""
        return self.select_related(
            "application__case", "application__call", "application__group__sector", "agreement"
        )

    def with_roles(self) -> Self:
        """Ready for many questions of `can`: what the roles in the group are read from, in two queries."""
        return self.prefetch_related("application__group__people", "application__group__appointments")

    def matching(self, text: str) -> Self:
        """Whose reference, title or group contains each of the words."""
        return self.filter(words_in(text, "application"))

    def asked_for(self, asked: dict[str, Any]) -> Self:
        """Those that the filters of the list ask for (cleaned data of `ProjectFilter`)."""
        found = self.matching(asked.get("q", ""))
        if asked.get("status"):
            found = found.filter(status=asked["status"])
        if asked.get("waits"):
            unsigned = asked["waits"] == Role.REPRESENTATIVE
            found = found.filter(status="awaiting_agreement", agreement__group_signed_at__isnull=unsigned)
        if asked.get("call"):
            found = found.filter(application__call=asked["call"])
        if asked.get("province"):
            found = found.filter(application__group__province=asked["province"])
        return found


def words_in(text: str, application: str) -> Q:
    """That reference, title or group contain each of the words; `application` is the lookup that leads there."""
    found = Q()
    for word in text.split():
        found &= (
            Q(**{f"{application}__case__reference__icontains": word})
            | Q(**{f"{application}__title__icontains": word})
            | Q(**{f"{application}__group__name__icontains": word})
        )
    return found


class MoneyQuerySet(models.QuerySet):
    """What tranches and payments have in common: whose money it is."""

    project = ""

    def matching(self, text: str) -> Self:
        """Whose project's reference, title or group contains each of the words."""
        return self.filter(words_in(text, f"{self.project}application"))

    def visible_to(self, user) -> Self:
        """Those of the groups that the person represents or coordinates, and those that a staff role opens: but
        not where they hold another role of the group, which voids the staff's (PROGRAMME 3)."""
        return self._seen_with(user, Action.VIEW_PAYMENTS)

    def _seen_with(self, user, action: Action) -> Self:
        if not user.is_authenticated or not user.is_active:
            return self.none()
        group = f"{self.project}application__group__in"
        staff = staff_half(user, action, f"{self.project}application")
        return self.filter(
            Q(**{group: paid_group_ids(user)}) | (staff & ~Q(**{group: member_group_ids(user)}))
        )


class TrancheQuerySet(MoneyQuerySet):
    """Tranches."""

    project = "project__"

    def to_order(self) -> Self:
        """Open, with no live payment, of a project that runs."""
        live = _model(self.model, "disbursements").objects.live()
        return self.filter(
            opened_at__isnull=False, cancelled_on=None, project__status__in=["active", "closing"]
        ).exclude(pk__in=live.values("tranche_id"))

    def with_checked_payee(self) -> Self:
        """With `payee_is_checked`: whether money has somewhere to go."""
        payees = _model(_model(self.model, "project"), "payees")
        checked = payees.objects.filter(
            project_id=models.OuterRef("project_id"), current=True, checked_at__isnull=False
        )
        return self.annotate(payee_is_checked=models.Exists(checked))

    def unpaid(self) -> Self:
        """Neither paid nor cancelled, nor ordered."""
        live = _model(self.model, "disbursements").objects.live()
        return self.filter(cancelled_on=None).exclude(pk__in=live.values("tranche_id"))

    def with_case(self) -> Self:
        """Ready for a list."""
        return self.select_related(
            "project__application__case", "project__application__call", "project__application__group"
        )


class DisbursementQuerySet(MoneyQuerySet):
    """Payments."""

    project = "tranche__project__"

    def live(self) -> Self:
        """Ordered or paid: they count against the approved amount."""
        return self.filter(status__in=LIVE)

    def awaiting_confirmation(self) -> Self:
        """Ordered, and not yet confirmed, failed or cancelled."""
        return self.filter(status="ordered")

    def amount(self):
        """Their sum, in pesos."""
        return self.aggregate(sum=models.Sum("amount"))["sum"] or ZERO

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "tranche__project__application__case",
            "tranche__project__application__call",
            "tranche__project__application__group",
            "payee",
            "ordered_by",
            "confirmed_by",
        )


class StatementQuerySet(MoneyQuerySet):
    """Expense statements."""

    project = "project__"

    def visible_to(self, user) -> Self:
        """Those of the groups that the person represents or coordinates, and those that a staff role opens: but
        not where they hold another role of the group, which voids the staff's (PROGRAMME 3)."""
        return self._seen_with(user, Action.VIEW_STATEMENT)

    def with_sums(self) -> Self:
        """With how many expenses each has (`count`), how many wait to be judged (`waiting`), and what they charge to the
        programme and to the group, in pesos."""
        live = ~Q(expenses__status="rejected")
        return self.annotate(
            count=Count("expenses"),
            waiting=Count("expenses", filter=Q(expenses__status__in=["submitted", "queried"])),
            rejected=Count("expenses", filter=Q(expenses__status="rejected")),
            programme=Coalesce(
                Sum("expenses__programme_share", filter=live), ZERO, output_field=MoneyField()
            ),
            group=Coalesce(Sum("expenses__group_share", filter=live), ZERO, output_field=MoneyField()),
        )

    def to_check(self) -> Self:
        """Submitted, and not yet settled."""
        return self.filter(status="submitted")

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "project__application__case", "project__application__call", "project__application__group"
        )


class ExpenseQuerySet(MoneyQuerySet):
    """Expenses."""

    project = "statement__project__"

    def visible_to(self, user) -> Self:
        """As their statements."""
        return self._seen_with(user, Action.VIEW_STATEMENT)

    def with_case(self) -> Self:
        """Ready for a page."""
        return self.select_related(
            "statement__project__application__case",
            "statement__project__application__call",
            "statement__project__application__group",
            "line",
            "firm",
            "document",
            "checked_by",
        )

    def live(self) -> Self:
        """All but the rejected: they are charged, or about to be."""
        return self.exclude(status="rejected")

    def of_project(self, project) -> Self:
        """Those of all statements of a project."""
        return self.filter(statement__project=project)

    def verified(self) -> Self:
        """Proven."""
        return self.filter(status="verified")

    def open(self) -> Self:
        """Still to be judged."""
        return self.filter(status__in=["draft", "submitted", "queried"])

    def same_voucher(self, expense) -> Self:
        """Live expenses, of any project, that charge the same voucher as this one."""
        return self.live().filter(
            supplier_cuit=expense.supplier_cuit,
            supplier_abroad=expense.supplier_abroad,
            kind=expense.kind,
            point_of_sale=expense.point_of_sale,
            number=expense.number,
        )


class AmendmentQuerySet(models.QuerySet):
    """Amendments."""

    def visible_to(self, user) -> Self:
        """Those of the projects that the person sees; what the group has not sent yet, its own people alone."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(project__application__group__in=member_group_ids(user))
        staff = staff_half(user, Action.VIEW_AMENDMENT, "project__application")
        return self.filter(own | staff & Q(submitted_at__isnull=False))

    def awaiting_decision(self) -> Self:
        """Submitted, of projects that run."""
        return self.filter(status="submitted", project__status__in=RUNNING)

    def awaiting_answer(self) -> Self:
        """Returned to the group, of projects that run."""
        return self.filter(status="returned", project__status__in=RUNNING)

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "project__application__case", "project__application__call", "project__application__group"
        )

    def matching(self, text: str) -> Self:
        """Whose project's reference, title or group contains each of the words."""
        return self.filter(words_in(text, "project__application"))

    def asked_for(self, asked: dict[str, Any]) -> Self:
        """Those that the filters of the list ask for."""
        found = self.matching(asked.get("q") or "")
        if asked.get("kind"):
            found = found.filter(kind=asked["kind"])
        if asked.get("status"):
            found = found.filter(status=asked["status"])
        if asked.get("whose"):
            # The approver's once an officer has looked at it.
            theirs = Q(for_approver=True, opinion_by__isnull=False)
            found = found.filter(theirs if asked["whose"] == "approver" else ~theirs, status="submitted")
        return found


class VisitQuerySet(models.QuerySet):
    """Visits."""

    def visible_to(self, user) -> Self:
        """Those of the own groups, and those that a staff role opens."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(application__group__in=member_group_ids(user))
        return self.filter(own | staff_half(user, Action.VIEW_VISIT, "application"))

    def to_come(self) -> Self:
        """Planned, and neither logged nor called off."""
        return self.filter(status="planned")

    def with_case(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related(
            "application__case", "application__call", "application__group", "visitor", "logged_by"
        )

    def asked_for(self, asked: dict[str, Any]) -> Self:
        """Those that the filters of the list ask for."""
        found = self.filter(words_in(asked.get("q") or "", "application"))
        if asked.get("status"):
            found = found.filter(status=asked["status"])
        return found


class VisitAgreementQuerySet(models.QuerySet):
    """What was agreed at visits."""

    def open(self) -> Self:
        """Not done yet, of cases that go on."""
        ended = Q(visit__application__project__status__in=["closed", "terminated"]) | Q(
            visit__application__status__in=["withdrawn", "rejected", "ineligible", "renounced", "annulled"]
        )
        return self.filter(done_on=None).exclude(ended)
