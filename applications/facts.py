"""What the rules of eligibility look at, gathered once: the call, the group and its firms, the plan, the budget.

While it is the group's turn the firms are those of today; afterwards they are those that were frozen at the last
submission. The day of the dated rules is that of the first submission (PROGRAMME 5, request_changes).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from applications import examples, questions
from applications.models import (
    Activity,
    Answer,
    Application,
    BudgetLine,
    BudgetQuote,
    Call,
    DocumentRequirement,
    FirmClaim,
    Question,
)
from core import dates
from core.money import ZERO
from groups.models import Certificate, Membership, Partner, Sector
from groups.size import Outcome, SizeResult, sizes_of


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
            legal_form=firm.legal_form,
            activity=firm.activity.code,
            activity_en=firm.activity.name_en,
            activity_es=firm.activity.name_es,
            people=firm.people,
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
            return [Member.from_data(row) for row in self.frozen["members"]]
        if self.application.is_test:
            return [Member.from_data(row) for row in examples.members(self.application.group)]
        rows = list(
            self.application.group.memberships.filter(left_on=None)
            .select_related("firm__sector", "firm__activity")
            .prefetch_related("firm__years", "firm__certificates")
        )
        accepted = self.call.certificate_accepted
        sizes = sizes_of([row.firm for row in rows], self.day, certificates=accepted)
        return [Member.of(row, sizes[row.firm_id]) for row in rows]

    @cached_property
    def group(self) -> GroupFacts:
        if self.frozen is not None:
            return GroupFacts.from_data(self.frozen["group"])
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
        return list(self.application.activities.select_related("firm", "institution"))

    @cached_property
    def lines(self) -> list[BudgetLine]:
        return list(self.application.lines.select_related("firm"))

    @cached_property
    def quotes(self) -> list[BudgetQuote]:
        """The quotes of all lines, with their files' rows."""
        return list(self.application.quotes.select_related("document"))

    @cached_property
    def partners(self) -> list[Partner]:
        """The institutions that act with the group now."""
        return list(self.application.group.partners.filter(left_on=None).select_related("institution"))

    @cached_property
    def certificates(self) -> dict[int, Certificate]:
        """By firm, its MiPyME certificate that is valid on the day; the one that is valid longest."""
        ours = [member.firm_id for member in self.members]
        rows = Certificate.objects.filter(firm_id__in=ours, valid_until__gte=self.day).order_by("valid_until")
        return {row.firm_id: row for row in rows}

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
    def answers(self) -> dict[int, Answer]:
        """The answers to the questions of the call, by the question's id."""
        if not questions.questions_of(self.call):
            return {}
        rows = self.application.answers.select_related("document")
        return {answer.question_id: answer for answer in rows}

    @cached_property
    def given(self) -> dict[int, str]:
        """The same as text; a file by its name."""
        return questions.given(self.answers.values())

    @cached_property
    def asked_questions(self) -> list[Question]:
        """The questions and declarations that apply, given the answers."""
        return questions.asked(questions.questions_of(self.call), self.given)

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
