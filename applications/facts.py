"""What the rules of eligibility look at, gathered once: the call, the group and its firms, the plan, the budget.

While it is the group's turn the firms are those of today; afterwards they are those that were frozen at the last
submission. The day of the dated rules is that of the first submission (PROGRAMME 5, request_changes).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from applications.models import Activity, Application, BudgetLine, Call, DocumentRequirement, FirmClaim
from core import dates
from core.money import ZERO
from groups.models import Membership, Sector
from groups.size import Outcome, SizeResult, sizes_of


@dataclass(frozen=True)
class Member:
    """A firm as the rules see it; the same fields stand in the snapshot of a submission."""

    firm_id: int
    cuit: str
    name: str
    branch: str
    sector: str
    province: str
    locality: str
    place: str
    size: str
    is_sme: bool
    outcome: str
    why: str

    @classmethod
    def of(cls, row: Membership, size: SizeResult) -> "Member":
        """A member of today, with its size. Without a ceiling on file it counts until an officer decides."""
        firm = row.firm
        return cls(
            firm_id=firm.pk,
            cuit=firm.cuit,
            name=firm.name,
            branch=firm.branch,
            sector=firm.sector.code,
            province=firm.province,
            locality=firm.locality,
            place=row.place_in_chain,
            size=str(size.size),
            is_sme=size.is_sme or size.outcome is Outcome.NO_CEILING,
            outcome=size.outcome.value,
            why=size.sentence,
        )


@dataclass(frozen=True)
class GroupFacts:
    """The group as the rules see it; the same fields stand in the snapshot."""

    group_id: int
    name: str
    value_chain: str
    sector: str
    province: str
    locality: str
    working_since: str

    @property
    def since(self) -> dt.date:
        return dt.date.fromisoformat(self.working_since)


class Facts:
    """Everything about one application, each read from the database once."""

    def __init__(self, application: Application, *, today: dt.date):
        self.application = application
        self.live = application.is_open
        first = application.first_submitted_at
        self.day = dates.day_of(first) if first else today

    @cached_property
    def call(self) -> Call:
        return self.application.call

    @cached_property
    def frozen(self) -> Mapping[str, Any] | None:
        """The snapshot of the last submission; None while it is the group's turn."""
        if self.live:
            return None
        return self.application.submissions.order_by("-number").values_list("snapshot", flat=True).first()

    @cached_property
    def members(self) -> list[Member]:
        if self.frozen is not None:
            return [Member(**row) for row in self.frozen["members"]]
        rows = list(
            self.application.group.memberships.filter(left_on=None)
            .select_related("firm__sector", "firm__activity")
            .prefetch_related("firm__years")
        )
        sizes = sizes_of([row.firm for row in rows], self.day)
        return [Member.of(row, sizes[row.firm_id]) for row in rows]

    @cached_property
    def group(self) -> GroupFacts:
        if self.frozen is not None:
            return GroupFacts(**self.frozen["group"])
        group = self.application.group
        return GroupFacts(
            group_id=group.pk,
            name=group.name,
            value_chain=group.value_chain,
            sector=group.sector.code,
            province=group.province,
            locality=group.locality,
            working_since=group.working_since.isoformat(),
        )

    @cached_property
    def activities(self) -> list[Activity]:
        return list(self.application.activities.all())

    @cached_property
    def lines(self) -> list[BudgetLine]:
        return list(self.application.lines.all())

    @cached_property
    def requirements(self) -> list[DocumentRequirement]:
        return list(self.call.requirements.all())

    @cached_property
    def documents(self) -> list[Any]:
        """The documents that stand, with their files' rows."""
        return list(
            self.application.documents.filter(replaced=False).select_related("document", "requirement")
        )

    @cached_property
    def admitted_sectors(self) -> list[Sector]:
        """The sectors that the call admits; none means all."""
        return list(self.call.sectors.all())

    @cached_property
    def claimed_elsewhere(self) -> set[int]:
        """Ids of our firms that stand in another live application of this call."""
        ours = [member.firm_id for member in self.members]
        others = FirmClaim.objects.filter(call_id=self.application.call_id, firm_id__in=ours)
        return set(others.exclude(application_id=self.application.pk).values_list("firm_id", flat=True))

    @cached_property
    def earlier_support(self) -> list[str]:
        """References of the group's earlier applications that the programme approved."""
        earlier = Application.objects.filter(
            group_id=self.application.group_id, status=Application.Status.APPROVED
        )
        rows = (
            earlier.exclude(pk=self.application.pk).order_by("pk").values_list("case__reference", flat=True)
        )
        return [reference for reference in rows if reference]

    @property
    def smes(self) -> list[Member]:
        return [member for member in self.members if member.is_sme]

    @property
    def asked(self) -> Decimal:
        """What the programme would pay, in pesos."""
        return sum((line.programme_share for line in self.lines), ZERO)

    @property
    def cost(self) -> Decimal:
        """What the whole costs, in pesos."""
        return sum((line.cost for line in self.lines), ZERO)

    def as_data(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The group and its members, for the snapshot."""
        return asdict(self.group), [asdict(member) for member in self.members]
