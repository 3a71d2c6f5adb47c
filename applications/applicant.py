"""The applicant as the rules of eligibility see it: the group and its firms. The same fields stand in the snapshot of a
submission, and of one that is older than a field comes its default.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from groups.models import Group, Membership
from groups.size import Outcome, SizeResult, linked_sales_doubt


class Frozen:
    """A dataclass whose fields stand in snapshots: one of an older snapshot has fewer, which take their defaults."""

    @classmethod
    def from_data(cls, row: Mapping[str, Any]) -> Self:
        """What a snapshot says of it."""
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in row.items() if name in known})


@dataclass(frozen=True)
class Member(Frozen):
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
    # From schema 2 of the snapshot on.
    legal_form: str = ""
    activity: str = ""
    activity_en: str = ""
    activity_es: str = ""
    people: int | None = None
    # The CUITs of other members with which the firm says that it is linked.
    links: tuple[str, ...] = ()
    # It declares linked firms and no sales of them count; and whether its figures are its own affair.
    linked_doubt: bool = False
    private: bool = False

    @classmethod
    def of(cls, row: Membership, size: SizeResult, links: Iterable[str] = ()) -> "Member":
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
            legal_form=firm.legal_form,
            activity=firm.activity.code,
            activity_en=firm.activity.name_en,
            activity_es=firm.activity.name_es,
            people=firm.people,
            links=tuple(links),
            linked_doubt=bool(linked_sales_doubt(firm, size)),
            private=size.private,
        )


@dataclass(frozen=True)
class GroupFacts(Frozen):
    """The group as the rules see it; the same fields stand in the snapshot."""

    group_id: int
    name: str
    value_chain: str
    sector: str
    province: str
    locality: str
    working_since: str

    @classmethod
    def of(cls, group: Group) -> "GroupFacts":
        """A group of today."""
        return cls(
            group_id=group.pk,
            name=group.name,
            value_chain=group.value_chain,
            sector=group.sector.code,
            province=group.province,
            locality=group.locality,
            working_since=group.working_since.isoformat(),
        )

    @property
    def since(self) -> dt.date:
        return dt.date.fromisoformat(self.working_since)
