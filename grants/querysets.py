"""Which projects, which payments: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Sum
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
# What the coordinator earned until the project was terminated is paid after it.
PAYS_SALARY = (*RUNNING, "terminated")
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

    def with_proposal(self) -> Self:
        """With whether a proposal to terminate it stands (`has_proposal`): what its guard would ask by a query."""
        letters = _model(self.model, "letters").objects.proposals()
        return self.annotate(has_proposal=Exists(letters.filter(project=OuterRef("pk"))))

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
    """What tranches, payments and the rest of a project's money have in common: whose it is."""

    # The lookup that leads to the project, and what a list or a page of them shows besides its case.
    project = ""
    also: tuple[str, ...] = ()

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

    def with_case(self) -> Self:
        """Ready for a list or a page: one query for what every row shows."""
        application = f"{self.project}application"
        case = (f"{application}__{each}" for each in ("case", "call", "group"))
        return self.select_related(*case, *self.also)

    def with_roles(self) -> Self:
        """Ready for many questions of `can`: what the roles in the group are read from, in two queries."""
        group = f"{self.project}application__group"
        return self.prefetch_related(f"{group}__people", f"{group}__appointments")


class TrancheQuerySet(MoneyQuerySet):
    """Tranches."""

    project = "project__"
    also = ("salary__person",)

    def to_order(self) -> Self:
        """Open, with no live payment, of a project that runs; and what was earned in one that was terminated."""
        runs = Q(project__status__in=RUNNING) | Q(kind="salary", project__status__in=PAYS_SALARY)
        return self.unpaid().filter(runs, opened_at__isnull=False)

    def with_checked_payee(self) -> Self:
        """With `payee_is_checked`: whether money has somewhere to go. A salary goes to the account of who earned it."""
        payees = _model(_model(self.model, "project"), "payees")
        checked = payees.objects.filter(
            project_id=models.OuterRef("project_id"), current=True, checked_at__isnull=False
        ).exclude(stops__in=_model(payees, "stops").objects.filter(lifted_at=None))
        whose = checked.filter(person_id=models.OuterRef("salary__person_id"))
        return self.annotate(
            payee_is_checked=models.Case(
                models.When(kind="salary", then=models.Exists(whose)),
                default=models.Exists(checked.filter(person=None)),
                output_field=models.BooleanField(),
            )
        )

    def of_the_grant(self) -> Self:
        """Without the months of the coordinator's salary."""
        return self.filter(kind="grant")

    def unpaid(self) -> Self:
        """Neither paid nor cancelled, nor ordered."""
        live = _model(self.model, "disbursements").objects.live()
        return self.filter(cancelled_on=None).exclude(pk__in=live.values("tranche_id"))


class DisbursementQuerySet(MoneyQuerySet):
    """Payments."""

    project = "tranche__project__"
    also = ("tranche__salary__person", "payee", "ordered_by", "confirmed_by")

    def live(self) -> Self:
        """Ordered or paid: they count against the approved amount."""
        return self.filter(status__in=LIVE)

    def awaiting_confirmation(self) -> Self:
        """Ordered, and not yet confirmed, failed or cancelled."""
        return self.filter(status="ordered")


class StatementQuerySet(MoneyQuerySet):
    """Expense statements."""

    project = "project__"

    def visible_to(self, user) -> Self:
        """Those of the groups that the person represents or coordinates, and those that a staff role opens: but
        not where they hold another role of the group, which voids the staff's (PROGRAMME 3)."""
        return self._seen_with(user, Action.VIEW_STATEMENT)

    def with_sums(self) -> Self:
        """With how many expenses each has (`count`), how many wait to be judged (`waiting`), how many of those the group
        answered about (`answered`), and what they charge to the programme and to the group, in pesos."""
        live = ~Q(expenses__status="rejected")
        return self.annotate(
            count=Count("expenses"),
            waiting=Count("expenses", filter=Q(expenses__status__in=["submitted", "queried"])),
            answered=Count("expenses", filter=Q(expenses__status="submitted") & ~Q(expenses__answer="")),
            rejected=Count("expenses", filter=Q(expenses__status="rejected")),
            programme=Coalesce(
                Sum("expenses__programme_share", filter=live), ZERO, output_field=MoneyField()
            ),
            group=Coalesce(Sum("expenses__group_share", filter=live), ZERO, output_field=MoneyField()),
        )

    def to_check(self) -> Self:
        """Submitted, and not yet settled."""
        return self.filter(status="submitted")

    def waiting(self) -> Self:
        """Submitted, of a project that runs, with something to judge now."""
        expenses = _model(self.model, "expenses").objects.filter(status="submitted")
        waits = models.Exists(expenses.filter(statement=models.OuterRef("pk")))
        return self.to_check().filter(waits, project__status__in=RUNNING)


class ExpenseQuerySet(MoneyQuerySet):
    """Expenses."""

    project = "statement__project__"
    also = ("line", "firm", "document", "checked_by")

    def visible_to(self, user) -> Self:
        """As their statements."""
        return self._seen_with(user, Action.VIEW_STATEMENT)

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


# --- The ledger and what is given back -----------------------------------------------------------------


class LedgerQuerySet(MoneyQuerySet):
    """Entries of the ledger."""

    project = "project__"

    def sums(self) -> dict[str, Any]:
        """The sum of each kind, in pesos, by its name."""
        found = self.order_by().values("kind").annotate(sum=Sum("amount"))
        return {row["kind"]: row["sum"] for row in found}

    def with_sources(self) -> Self:
        """Ready for a page: one query for what each entry tells of."""
        return self.select_related("tranche__salary__person", "expense", "receipt__refund")


class RefundQuerySet(MoneyQuerySet):
    """Refunds."""

    project = "project__"
    also = ("asked_by", "expense")

    def asked(self) -> Self:
        """Neither settled nor cancelled."""
        return self.filter(status="asked")

    def principal(self) -> Self:
        """Of the grant itself, not of what it earned."""
        return self.exclude(why="interest")

    def with_sums(self) -> Self:
        """With what confirmed receipts cover (`came`), and how many receipts wait to be confirmed (`waiting`)."""
        confirmed = Q(receipts__status="confirmed")
        return self.annotate(
            came=Coalesce(Sum("receipts__amount", filter=confirmed), ZERO, output_field=MoneyField()),
            waiting=Count("receipts", filter=Q(receipts__status="given")),
        )


class RefundReceiptQuerySet(MoneyQuerySet):
    """Receipts of refunds."""

    project = "refund__project__"
    also = ("document", "written_by", "checked_by")


class SuretyQuerySet(MoneyQuerySet):
    """Sureties."""

    project = "project__"
    also = ("document", "entered_by", "released_by")

    def held(self) -> Self:
        """Not released."""
        return self.filter(status="held")


class FindingQuerySet(MoneyQuerySet):
    """Findings of auditors: for the office and for auditors, never for the group."""

    project = "project__"
    also = ("expense", "disbursement__tranche__salary__person", "written_by", "answered_by", "closed_by")

    def visible_to(self, user) -> Self:
        """Those that a staff role opens, but not on a case of a group in which the person holds a role."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        staff = staff_half(user, Action.FOLLOW_MONEY, "project__application")
        return self.filter(staff & ~Q(project__application__group__in=member_group_ids(user)))


class AccountLineQuerySet(MoneyQuerySet):
    """Lines of bank statements."""

    project = "project__"

    def unmatched(self) -> Self:
        """Neither matched to anything nor explained."""
        return self.filter(matched_at=None)

    def with_matches(self) -> Self:
        """Ready for a page."""
        return self.select_related(
            "disbursement__tranche", "expense_payment__expense", "receipt__refund", "matched_by"
        )
