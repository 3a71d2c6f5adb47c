"""A submission as people read it: the frozen snapshot in words, section by section. Never the live rows.

It reads the snapshots of every schema (applications.snapshot): what an older one does not hold is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from stdnum.ar import cuit

from applications import kinds
from applications.models import Application, BudgetCategory, Submission
from applications.sections import BY_CODE
from applications.snapshot_words import day, in_language, place
from core.money import format_money, written
from groups.confirmations import State
from groups.models import FirmConfirmation, Institution, LegalForm, Sector, Size

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Firm:
    """A member as it was on the day. `about` says what it is in law, what it does, how many work there."""

    name: str
    cuit: str
    place: str
    where: str
    size: str
    about: str
    confirmed: str


@dataclass(frozen=True)
class Body:
    """An institution that acts with the group."""

    name: str
    kind: str
    where: str
    contribution: str


@dataclass(frozen=True)
class Task:
    """An activity of the work plan."""

    name: str
    months: str
    responsible: str
    deliverable: str
    indicator: str


@dataclass(frozen=True)
class Paper:
    """A file that was attached, and the beginning of its digest."""

    pk: int
    name: str
    filename: str
    digest: str


@dataclass(frozen=True)
class Line:
    """A budget line, in pesos. `about` is its kind, activity and firm in words; `quotes` are (in words, its file)."""

    description: str
    category: str
    activity: str
    about: str
    quantity: str
    unit_cost: Decimal
    cost: Decimal
    programme: Decimal
    group: Decimal
    quotes: list[tuple[str, Paper]]


@dataclass(frozen=True)
class Reply:
    """A question of the call, or a declaration, and what was answered."""

    question: str
    answer: str
    file: Paper | None


@dataclass(frozen=True)
class Dossier:
    """All that a reader of the submission sees."""

    submission: Submission
    texts: list[tuple[str, str]]
    group: list[tuple[str, str]]
    firms: list[Firm]
    partners: list[Body]
    activities: list[Task]
    lines: list[Line]
    cost: Decimal
    programme: Decimal
    own: Decimal
    answers: list[Reply]
    declarations: list[Reply]
    papers: list[Paper]

    @property
    def index(self) -> dict[str, str]:
        """The label of each section that it has, in their order."""
        absent = {
            "institutions": not self.partners,
            "questions": not self.answers,
            "declarations": not self.declarations,
        }
        return {code: str(section.label) for code, section in BY_CODE.items() if not absent.get(code)}


def of(submission: Submission) -> Dossier:
    """The dossier of a submission, in the language of the page. One query, for the names of the sectors."""
    data = submission.snapshot
    sectors = {sector.code: str(sector) for sector in Sector.objects.all()}
    activities = {row["id"]: row["name"] for row in data["activities"]}
    confirmed = {row["firm_id"]: row for row in data.get("confirmations", [])}
    totals = data["totals"]
    return Dossier(
        submission=submission,
        texts=_texts(data["project"]),
        group=_group(data["group"], sectors),
        firms=[_firm(row, confirmed.get(row["firm_id"])) for row in data["members"]],
        partners=[_partner(row) for row in data.get("partners", [])],
        activities=[_activity(row) for row in data["activities"]],
        lines=[_line(row, activities) for row in data["lines"]],
        cost=Decimal(totals["cost"]),
        programme=Decimal(totals["programme"]),
        own=Decimal(totals["group"]),
        answers=[_reply(row) for row in data.get("answers", [])],
        declarations=[_reply(row) for row in data.get("declarations", [])],
        papers=[_paper(row, in_language(row, "name")) for row in data["documents"]],
    )


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


# --- Part by part ----------------------------------------------------------------------------------


def _texts(project: Data) -> list[tuple[str, str]]:
    # In our order: JSON in the database keeps none.
    return [
        (label, project[name]) for name, label in Application.text_labels().items() if project[name].strip()
    ]


def _group(group: Data, sectors: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Group"), group["name"]),
        (_("What it makes together"), group["value_chain"]),
        (_("Sector"), sectors.get(group["sector"], group["sector"])),
        (_("Place"), place(group)),
        (_("Working together since"), day(group["working_since"])),
    ]


def _firm(row: Data, confirmation: Data | None) -> Firm:
    if row["is_sme"]:
        size = str(Size(row["size"]).label) if row["size"] else _("To be judged")
    else:
        size = _("Not shown to be an SME")
    return Firm(
        name=row["name"],
        cuit=cuit.format(row["cuit"]),
        place=row["place"],
        where=place(row),
        size=size,
        about=_about(row),
        confirmed=_confirmed(confirmation),
    )


def _about(row: Data) -> str:
    """`SRL · Furniture · 12 people · MiPyME certificate 123, valid until 30/04/2027`."""
    form, people, certificate = row.get("legal_form"), row.get("people"), row.get("certificate")
    return _joined(
        str(LegalForm(form).label) if form else "",
        in_language(row, "activity") if row.get("activity") else "",
        "" if people is None else ngettext("%(n)s person", "%(n)s people", people) % {"n": people},
        _("MiPyME certificate %(number)s, valid until %(day)s")
        % {"number": certificate["number"], "day": day(certificate["valid_until"])}
        if certificate
        else "",
    )


def _confirmed(row: Data | None) -> str:
    """By whom, when and how the firm confirmed, and what it puts in; or how else it stands."""
    if row is None:
        return ""
    if row["state"] != State.CONFIRMED:
        return str(State(row["state"]).label)
    amount = row.get("contribution_amount")
    return _joined(
        _("Confirmed on %(day)s by %(name)s, %(position)s")
        % {"day": day(row["confirmed_at"]), "name": row["person_name"], "position": row["person_position"]},
        str(FirmConfirmation.Way(row["way"]).label),
        _("puts in: %(what)s") % {"what": row["contribution"]} if row.get("contribution") else "",
        format_money(Decimal(amount)) if amount else "",
    )


def _partner(row: Data) -> Body:
    return Body(row["name"], str(Institution.Kind(row["kind"]).label), place(row), row["contribution"])


def _activity(row: Data) -> Task:
    first, last = row["first_month"], row["last_month"]
    responsible = row["responsible"]
    if row.get("coordinator"):
        # The words of that day are in the language of whoever sent it.
        person = row["person"]
        responsible = _("The coordinator") + (f" ({person})" if person else "")
    return Task(
        name=row["name"],
        months=str(first) if first == last else f"{first}–{last}",
        responsible=responsible,
        deliverable=row["deliverable"],
        indicator=row.get("indicator", ""),
    )


def _line(row: Data, activities: Mapping[int, str]) -> Line:
    activity = activities.get(row["activity"], "")
    kind = kinds.label(row["category"], row.get("kind", ""), row.get("other_kind", ""))
    firm = row.get("firm_name", "")
    return Line(
        description=row["description"],
        category=str(BudgetCategory(row["category"]).label),
        activity=activity,
        about=_joined(kind, activity, _("for %(firm)s") % {"firm": firm} if firm else ""),
        quantity=written(Decimal(row["quantity"])),
        unit_cost=Decimal(row["unit_cost"]),
        cost=Decimal(row["cost"]),
        programme=Decimal(row["programme_share"]),
        group=Decimal(row["group_share"]),
        quotes=[(_quote(quote), _paper(quote, quote["supplier"])) for quote in row.get("quotes", [])],
    )


def _quote(row: Data) -> str:
    words = {"supplier": row["supplier"], "amount": format_money(Decimal(row["amount"]))}
    if row["valid_until"]:
        return _("%(supplier)s: %(amount)s, valid until %(day)s") % {**words, "day": day(row["valid_until"])}
    return "{supplier}: {amount}".format(**words)


def _reply(row: Data) -> Reply:
    file = row.get("file")
    return Reply(
        question=in_language(row, "text"),
        answer=in_language(row, "words"),
        file=_paper(file, file["filename"]) if file else None,
    )


def _paper(row: Data, name: str) -> Paper:
    return Paper(row["id"], name, row["filename"], row["sha256"][:16])
