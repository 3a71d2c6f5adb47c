"""A submission as people read it: the frozen snapshot in words, section by section. Never the live rows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import Application, BudgetCategory, Submission
from applications.sections import BY_CODE
from groups.models import Sector, Size
from groups.provinces import Province

# In this order: JSON in the database keeps none.
TEXTS = {
    "title": Application._meta.get_field("title").verbose_name,
    "diagnosis": Application._meta.get_field("diagnosis").verbose_name,
    "objectives": Application._meta.get_field("objectives").verbose_name,
    "learning": Application._meta.get_field("learning").verbose_name,
    "prior_support": Application._meta.get_field("prior_support").verbose_name,
}


@dataclass(frozen=True)
class Firm:
    """A member as it was on the day."""

    name: str
    place: str
    where: str
    size: str


@dataclass(frozen=True)
class Line:
    """A budget line, in pesos."""

    description: str
    category: str
    activity: str
    cost: Decimal
    programme: Decimal
    group: Decimal


@dataclass(frozen=True)
class Paper:
    """A document that was attached."""

    pk: int
    name: str
    filename: str


@dataclass(frozen=True)
class Dossier:
    """All that a reader of the submission sees."""

    submission: Submission
    texts: list[tuple[str, str]]
    group: list[tuple[str, str]]
    firms: list[Firm]
    activities: list[dict[str, Any]]
    lines: list[Line]
    cost: Decimal
    programme: Decimal
    own: Decimal
    papers: list[Paper]

    @property
    def index(self) -> list[tuple[str, str]]:
        """(code, label) of the sections, in their order."""
        return [(code, str(section.label)) for code, section in BY_CODE.items()]


def of(submission: Submission) -> Dossier:
    """The dossier of a submission, in the language of the page. One query, for the names of the sectors."""
    data = submission.snapshot
    names = {sector.code: str(sector) for sector in Sector.objects.all()}
    activities = {row["id"]: row["name"] for row in data["activities"]}
    totals = data["totals"]
    return Dossier(
        submission=submission,
        texts=_texts(data["project"]),
        group=_group(data["group"], names),
        firms=[_firm(row) for row in data["members"]],
        activities=data["activities"],
        lines=[_line(row, activities) for row in data["lines"]],
        cost=Decimal(totals["cost"]),
        programme=Decimal(totals["programme"]),
        own=Decimal(totals["group"]),
        papers=[
            Paper(row["id"], row["name_en" if get_language() == "en" else "name_es"], row["filename"])
            for row in data["documents"]
        ],
    )


def _texts(project: dict[str, str]) -> list[tuple[str, str]]:
    return [(str(label), project[name]) for name, label in TEXTS.items() if project[name].strip()]


def _group(group: dict[str, str], sectors: dict[str, str]) -> list[tuple[str, str]]:
    since = "/".join(reversed(group["working_since"].split("-")))
    return [
        (_("Group"), group["name"]),
        (_("What it makes together"), group["value_chain"]),
        (_("Sector"), sectors.get(group["sector"], group["sector"])),
        (_("Place"), f"{group['locality']}, {Province(group['province']).label}"),
        (_("Working together since"), since),
    ]


def _firm(row: dict[str, Any]) -> Firm:
    if row["is_sme"]:
        size = str(Size(row["size"]).label) if row["size"] else _("To be judged")
    else:
        size = _("Not shown to be an SME")
    return Firm(row["name"], row["place"], f"{row['locality']}, {Province(row['province']).label}", size)


def _line(row: dict[str, Any], activities: dict[int, str]) -> Line:
    return Line(
        description=row["description"],
        category=str(BudgetCategory(row["category"]).label),
        activity=activities.get(row["activity"], ""),
        cost=Decimal(row["cost"]),
        programme=Decimal(row["programme_share"]),
        group=Decimal(row["group_share"]),
    )
