"""The firms that belong to a project: those of the agreement, and what amendments made of them; and whether they are SMEs
on a day."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from grants.models import Amendment, Payee, Project
from groups.models import Firm
from groups.size import sizes_of


def firm_ids(project: Project) -> set[int]:
    """Of the firms that belong to it now."""
    cuits = [firm["cuit"] for firm in project.agreement.terms["firms"]]
    ids = set(Firm.objects.filter(cuit__in=cuits).values_list("pk", flat=True))
    moved = Amendment.objects.filter(project=project, kind=Amendment.Kind.MEMBER, status="approved")
    for content in moved.order_by("decided_at", "pk").values_list("content", flat=True):
        if content["change"] == "joins":
            ids.add(content["firm"])
        else:
            ids.discard(content["firm"])
    return ids


def firms_of(project: Project, today: dt.date) -> list[dict[str, Any]]:
    """The firms of the project, by name: `{"id", "name", "cuit", "sme"}`."""
    return _rows(Firm.objects.filter(pk__in=firm_ids(project)), today)


def group_firms(project: Project, today: dt.date) -> list[dict[str, Any]]:
    """The firms of the group that do not belong to the project: those that can join it."""
    members = project.group.memberships.on(today).exclude(firm__in=firm_ids(project))
    return _rows(Firm.objects.filter(pk__in=members.values("firm")), today)


def _rows(firms: Any, today: dt.date) -> list[dict[str, Any]]:
    found = list(
        firms.select_related("activity", "sector").prefetch_related("years", "certificates").order_by("name")
    )
    sizes = sizes_of(found, today)
    return [
        {"id": firm.pk, "name": firm.name, "cuit": firm.formatted_cuit, "sme": sizes[firm.pk].is_sme}
        for firm in found
    ]


def leaving_payee(project: Project, content: dict[str, Any]) -> Payee | None:
    """The account of the project, where it is the one of the firm that leaves."""
    firm = Firm.objects.filter(pk=content.get("firm") or 0).first()
    return None if content.get("change") != "leaves" or firm is None else account_of(project, firm)


def account_of(project: Project, firm: Firm) -> Payee | None:
    """The account on which a project is paid, where it is the one of this firm."""
    payee = project.payee
    return payee if payee is not None and payee.cuit == firm.cuit else None


def smes_in(rows: Iterable[dict[str, Any]]) -> int:
    """How many of them are SMEs."""
    return sum(bool(row["sme"]) for row in rows)
