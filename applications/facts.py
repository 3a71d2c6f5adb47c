"""What the rules of eligibility look at, gathered once: the call, the group and its firms, the plan, the budget.

While it is the group's turn the firms are those of today; afterwards they are those that were frozen at the last
submission. The day of the dated rules is that of the first submission (PROGRAMME 5, request_changes).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Sum, prefetch_related_objects

from applications import examples, questions
from applications.applicant import GroupFacts, Member
from applications.models import (
    Activity,
    Answer,
    Application,
    BudgetCategory,
    BudgetLine,
    BudgetQuote,
    Call,
    DocumentRequirement,
    FirmClaim,
    Question,
    Support,
)
from core import dates, together
from core.money import ZERO
from groups import confirmations as voices
from groups.ceilings import EveryNorm, newest_first
from groups.models import (
    Certificate,
    Firm,
    FirmYear,
    HeadcountCeiling,
    LinkedFirm,
    Partner,
    Sector,
    SizeCeiling,
)
from groups.size import sizes_of


class Facts:
    """Everything about one application, each read from the database once."""

    def __init__(self, application: Application, *, today: dt.date):
        self.application = application
        self.live = application.is_open
        self._gathered: dict[str, list[Any]] = {}
        # The ceilings of every day, where many applications are looked at at once.
        self.norms: EveryNorm | None = None
        first = application.first_submitted_at
        self.day = dates.day_of(first) if first else today

    def lists(self) -> dict[str, QuerySet]:
        """What the rules read of an application that is being written, list by list."""
        application, group, call = self.application, self.application.group, self.call
        members = group.memberships.filter(left_on=None)
        claims = FirmClaim.objects.filter(call=call.pk, firm__in=members.values("firm"))
        return {
            "memberships": members.select_related("firm__sector", "firm__activity"),
            "activities": application.activities.select_related("firm", "institution"),
            "lines": application.lines.select_related("firm"),
            "quotes": application.quotes.select_related("document"),
            "partners": group.partners.filter(left_on=None).select_related("institution"),
            "requirements": call.requirements.all(),
            "documents": application.documents.filter(replaced=False).select_related(
                "document__uploaded_by", "requirement"
            ),
            "answers": application.answers.select_related("document"),
            "sectors": call.sectors.all(),
            "voices": voices.standing_rows(group),
            "claims": claims.exclude(application=application),
        }

    def _read(self, name: str) -> list[Any]:
        return self._gathered[name] if name in self._gathered else list(self.lists()[name])

    def gather(self, **more: QuerySet) -> dict[str, list[Any]]:
        """Read all of that at once, in one query, and `more` with it; answers what was read. For the pages that a group
        opens all day; without it each list is read when a rule first looks at it. A name in both is read once, as here."""
        return self._take(together.read(**(more | self.everything())))

    def take_documents(self, documents: list[Any]) -> None:
        """The documents, where a page has read them with more of its own."""
        self._gathered["documents"] = documents

    def everything(self) -> dict[str, QuerySet]:
        """Those lists, and what the models would read of themselves later: for sizes, marks and roles."""
        group, call = self.application.group, self.call
        firms = group.memberships.filter(left_on=None).values("firm")
        return {
            **self.lists(),
            "years": FirmYear.objects.filter(firm__in=firms),
            "certificates": Certificate.objects.filter(firm__in=firms),
            "links": LinkedFirm.objects.filter(firm__in=firms),
            "questions": call.questions.all(),
            "marks": self.application.marks.select_related("assigned_to", "ready_by"),
            "people": group.people.all(),
            "appointments": group.appointments.all(),
        }

    def _take(self, found: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Keep what was read, with the models that would read it again."""
        group, call = self.application.group, self.call
        members = [row.firm for row in found["memberships"]]
        for parents, name, key in (
            (members, "years", "firm_id"),
            (members, "certificates", "firm_id"),
            (members, "links", "firm_id"),
            ([call], "questions", "call_id"),
            ([self.application], "marks", "application_id"),
            ([group], "people", "group_id"),
            ([group], "appointments", "group_id"),
        ):
            together.attach(parents, name, found[name], key)
        self._gathered = found
        return found

    @classmethod
    def of_many(cls, applications: Iterable[Application], *, today: dt.date) -> "list[Facts]":
        """The facts of applications that are being written, for a list of them: a constant number of queries, for the
        rules too."""
        found = [cls(application, today=today) for application in applications]
        parts = [each.everything() for each in found]
        asking = {each.application.group_id for each in found if each.call.needs_prior_support}
        read = together.read(
            **{f"{number} {name}": rows for number, part in enumerate(parts) for name, rows in part.items()},
            sales=newest_first(SizeCeiling.objects.all()),
            people=newest_first(HeadcountCeiling.objects.all()),
            sectors=Sector.objects.all(),
            approved=_approved().filter(group__in=asking).select_related("case"),
        )
        norms, sectors = EveryNorm(read["sales"], read["people"]), read["sectors"]
        for number, (each, part) in enumerate(zip(found, parts, strict=True)):
            each._take({name: read[f"{number} {name}"] for name in part})
            each.norms, each.sectors = norms, sectors
        ended = list(_ended_supports().filter(group__in=asking))
        for each in found:
            each.earlier_support = [
                row.reference
                for row in read["approved"]
                if row.group_id == each.application.group_id and row.pk != each.application.pk
            ]
            each.ended_supports = [
                row
                for row in ended
                if row.group_id == each.application.group_id and row.ended_at <= dates.end_of(each.day)
            ]
        return found

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
        rows = self._read("memberships")
        prefetch_related_objects(rows, "firm__years", "firm__certificates", "firm__links")
        accepted = self.call.certificate_accepted
        norms = self.norms.on(self.day) if self.norms else None
        sizes = sizes_of([row.firm for row in rows], self.day, certificates=accepted, norms=norms)
        ours = {row.firm.cuit for row in rows}
        return [Member.of(row, sizes[row.firm_id], ours.intersection(_linked(row.firm))) for row in rows]

    @cached_property
    def group(self) -> GroupFacts:
        if self.frozen is not None:
            return GroupFacts.from_data(self.frozen["group"])
        return GroupFacts.of(self.application.group)

    @cached_property
    def activities(self) -> list[Activity]:
        return self._read("activities")

    @cached_property
    def lines(self) -> list[BudgetLine]:
        return self._read("lines")

    @cached_property
    def quotes(self) -> list[BudgetQuote]:
        """The quotes of all lines, with their files' rows."""
        return self._read("quotes")

    @cached_property
    def partners(self) -> list[Partner]:
        """The institutions that act with the group now."""
        return self._read("partners")

    @cached_property
    def confirmations(self) -> dict[int, dict[str, Any]]:
        """What the firms said for themselves, by their ids (groups.confirmations)."""
        if self.frozen is not None:
            said = {row["firm_id"]: row for row in self.frozen.get("confirmations", [])}
            return voices.judged_since(said)
        return voices.in_data(self._read("voices"))

    @cached_property
    def certificates(self) -> dict[int, Certificate]:
        """By firm, its MiPyME certificate that is valid on the day; the one that is valid longest."""
        ours = [member.firm_id for member in self.members]
        rows = Certificate.objects.filter(firm_id__in=ours, valid_until__gte=self.day).order_by("valid_until")
        return {row.firm_id: row for row in rows}

    @cached_property
    def requirements(self) -> list[DocumentRequirement]:
        return self._read("requirements")

    @cached_property
    def documents(self) -> list[Any]:
        """The documents that stand, with their files' rows."""
        return self._read("documents")

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """The answers to the questions of the call, by the question's id."""
        if not questions.questions_of(self.call):
            return {}
        return {answer.question_id: answer for answer in self._read("answers")}

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
        return self._read("sectors")

    @cached_property
    def sectors(self) -> list[Sector]:
        """All sectors, for their names."""
        return list(Sector.objects.all())

    @cached_property
    def claimed_elsewhere(self) -> set[int]:
        """Ids of our firms that stand in another live application of this call."""
        if self.live:
            return {claim.firm_id for claim in self._read("claims")}
        ours = [member.firm_id for member in self.members]
        others = FirmClaim.objects.filter(call_id=self.application.call_id, firm_id__in=ours)
        return set(others.exclude(application_id=self.application.pk).values_list("firm_id", flat=True))

    @cached_property
    def earlier_support(self) -> list[str]:
        """References of the group's earlier applications that the programme approved."""
        mine = _approved().filter(group_id=self.application.group_id).exclude(pk=self.application.pk)
        return list(mine.values_list("case__reference", flat=True))

    @cached_property
    def ended_supports(self) -> list[Support]:
        """Technical support that the programme gave to the group before the day of the rules: ended, and with sessions
        (`sessions_held`, `hours`)."""
        mine = _ended_supports().filter(group_id=self.application.group_id)
        return list(mine.filter(ended_at__lte=dates.end_of(self.day)))

    @property
    def smes(self) -> list[Member]:
        return [member for member in self.members if member.is_sme]

    @property
    def asked(self) -> Decimal:
        """What the programme would pay, in pesos."""
        return sum((line.programme_share for line in self.lines), ZERO)

    @property
    def salary(self) -> Decimal:
        """What of it is the coordinator's salary, which is paid by month and not with the tranches (PROGRAMME 10)."""
        mine = [line for line in self.lines if line.category == BudgetCategory.COORDINATION]
        return sum((line.programme_share for line in mine), ZERO)

    @property
    def cost(self) -> Decimal:
        """What the whole costs, in pesos."""
        return sum((line.cost for line in self.lines), ZERO)

    def as_data(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The group and its members, for the snapshot."""
        return asdict(self.group), [asdict(member) for member in self.members]


def _approved() -> QuerySet:
    """Applications that the programme approved, oldest first."""
    found = Application.objects.filter(status=Application.Status.APPROVED, case__reference__isnull=False)
    return found.order_by("pk")


def _ended_supports() -> QuerySet:
    """Technical support that ended, with its sessions, oldest first."""
    held = Support.objects.filter(status=Support.Status.ENDED).annotate(
        sessions_held=Count("sessions"), hours=Sum("sessions__hours")
    )
    return held.filter(sessions_held__gt=0).order_by("ended_at", "pk")


def _linked(firm: Firm) -> list[str]:
    """The CUITs of the firms with which a firm says that it is linked, in their order."""
    return sorted(each.cuit for each in firm.links.all())
