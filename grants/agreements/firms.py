"""Which firms sign an agreement, and which have: the list on its page, and what a start waits for."""

from dataclasses import dataclass

from django.db.models import QuerySet

from grants.models import Agreement, SignedPaper
from groups.models import Firm


@dataclass(frozen=True)
class Signing:
    """One firm, with what it signed last and what that replaced."""

    firm: Firm
    paper: SignedPaper | None
    before: list[SignedPaper]


def who_sign(agreement: Agreement) -> QuerySet[Firm]:
    """The firms that the agreement names and that are members still. Whoever joins later comes by an amendment."""
    cuits = [firm["cuit"] for firm in agreement.terms["firms"]]
    group = agreement.project.application.group_id
    return Firm.objects.filter(cuit__in=cuits, memberships__group=group, memberships__left_on=None).order_by(
        "name", "pk"
    )


def missing(agreement: Agreement) -> list[Firm]:
    """Those whose signature is not on file yet."""
    signed = agreement.papers.filter(current=True, firm__isnull=False)
    return list(who_sign(agreement).exclude(pk__in=signed.values("firm_id")))


def signings(agreement: Agreement) -> list[Signing]:
    """Each firm with its papers. Two queries, however many firms."""
    papers: dict[int, list[SignedPaper]] = {}
    rows = agreement.papers.filter(firm__isnull=False).select_related("document", "added_by", "replaced_by")
    for paper in rows:
        papers.setdefault(paper.firm_id or 0, []).append(paper)
    return [
        Signing(
            firm,
            next((paper for paper in papers.get(firm.pk, []) if paper.current), None),
            [paper for paper in papers.get(firm.pk, []) if not paper.current],
        )
        for firm in who_sign(agreement)
    ]
