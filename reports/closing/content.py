"""What a closing report says: gathered once, in no language, with amounts and days as text; a constant number of queries."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core import dates
from core.money import ZERO, cents
from grants.amendments import in_force
from grants.ledger import figures_of
from grants.models import Amendment, Disbursement, Expense, FinalSettlement, Project, ProjectLetter, Refund
from grants.settling import worked_out
from grants.terms import approval_of
from reports.ledgers.models import WHOLE
from reports.models import Certification, Machine, MachineCheck, Outcome, ProgressReport, Training

ACCEPTED = ProgressReport.Status.ACCEPTED


def of(project: Project, *, now: dt.datetime) -> dict[str, Any]:
    """The report as it would read if the project closed now; of one that closed, as it does."""
    today = dates.day_of(now)
    approval, group, call = approval_of(project.application), project.group, project.call
    machines = _machines(project, today)
    return {
        "reference": project.reference or "",
        "title": project.title,
        "group": {"name": group.name, "locality": group.locality, "province": group.province},
        "call": {"code": call.code, "title_en": call.title_en, "title_es": call.title_es, "line": call.line},
        "resolution": (approval.resolution or "") if approval else "",
        "file_number": approval.file_number if approval else "",
        "first_day": _text(project.first_day),
        "last_day": _text(project.last_day),
        "ended_on": _text(project.ended_on),
        "money": _money(project),
        "lines": _lines(project, today),
        "payments": _payments(project),
        "refunds": _refunds(project),
        "reports": _reports(project),
        "activities": _activities(project),
        "outcomes": _outcomes(project),
        "trained": Training.objects.of_project(project).counted().totals(),
        "certificates": _certificates(project),
        "machines": machines,
        "firms": _firms(project, machines),
        "letters": [
            {"number": letter.number, "kind": letter.kind, "on": _text(dates.day_of(letter.signed_at))}
            for letter in ProjectLetter.objects.filter(project=project).order_by("number")
        ],
        "amendments": project.amendments.filter(status=Amendment.Status.APPROVED).count(),
    }


def _text(day: dt.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _money(project: Project) -> dict[str, str]:
    """The settlement as it was frozen, or as it stands; with what went back to the call."""
    frozen = FinalSettlement.objects.filter(project=project).first()
    found, figures = frozen.arithmetic if frozen else worked_out(project), figures_of(project)
    return {
        "approved": str(found.approved),
        "paid": str(found.paid),
        "salary": str(found.salary),
        "proven_programme": str(found.proven_programme),
        "proven_group": str(found.proven_group),
        "cap": str(found.cap or ZERO),
        "group_due": str(found.group_due),
        "due": str(found.due),
        "returned": str(found.returned),
        "interest": str(figures.interest),
        "released": str(figures.released),
        "to_return": str(found.to_return),
        "to_pay": str(found.to_pay),
    }


def _lines(project: Project, today: dt.date) -> list[dict[str, Any]]:
    """What was approved for each budget line, and what was proven of it."""
    rows: Any = Expense.objects.of_project(project).verified().order_by().values("line_id")
    proven: dict[int, dict[str, Any]] = {
        row["line_id"]: row
        for row in rows.annotate(programme=Sum("programme_share"), group=Sum("group_share"))
    }
    return [
        {
            "description": line.description,
            "category": line.category,
            "programme": str(line.programme_share),
            "group": str(line.group_share),
            "proven_programme": str(proven.get(line.pk, {}).get("programme") or ZERO),
            "proven_group": str(proven.get(line.pk, {}).get("group") or ZERO),
        }
        for line in in_force.lines_on(project, today)
    ]


def _payments(project: Project) -> list[dict[str, Any]]:
    rows = Disbursement.objects.filter(tranche__project=project, status=Disbursement.Status.PAID)
    return [
        {
            "tranche": row.tranche.number,
            "salary": row.tranche.salary.number if row.tranche.is_salary else None,
            "amount": str(row.amount),
            "treasury_number": row.treasury_number,
            "treasury_date": _text(row.treasury_date),
        }
        for row in rows.select_related("tranche__salary").order_by("treasury_date", "pk")
    ]


def _refunds(project: Project) -> list[dict[str, Any]]:
    rows = Refund.objects.filter(project=project, status=Refund.Status.SETTLED).order_by("number")
    return [{"number": row.number, "why": row.why, "amount": str(row.amount)} for row in rows]


def _reports(project: Project) -> list[dict[str, Any]]:
    rows: Any = project.reports.filter(status=ACCEPTED).order_by("period_to", "number")
    return [
        {
            "number": row.number,
            "final": row.is_final,
            "accepted_on": _text(dates.day_of(row.accepted_at)),
            "sha256": row.sha256,
        }
        for row in rows
    ]


def _activities(project: Project) -> list[dict[str, Any]]:
    """Planned and done, as the last accepted report of the timetable says."""
    rows = project.reports.filter(status=ACCEPTED, snapshot__isnull=False)
    last: Any = rows.order_by("-is_final", "-period_to", "-number").first()
    said = last.snapshot["activities"] if last else []
    return [{"name": row["name"], "planned": row["planned"], "done": row["done"]} for row in said]


def _outcomes(project: Project) -> list[dict[str, str]]:
    """Each kind of the catalogue with its total, but those that stand in ledgers of their own."""
    rows = Outcome.objects.filter(report__project=project, report__status=ACCEPTED)
    rows = rows.exclude(kind__in=Outcome.IN_LEDGERS).order_by()
    found = dict(rows.values_list("kind").annotate(sum=Sum("figure")))
    return [{"kind": kind.value, "figure": str(found[kind])} for kind in Outcome.Kind if kind in found]


def _certificates(project: Project) -> list[dict[str, Any]]:
    rows: Any = Certification.objects.of_project(project).counted().with_expiry().select_related("firm")
    return [
        {
            "firm": row.firm.name,
            "norm": row.norm,
            "norm_other": row.norm_other,
            "number": row.number,
            "valid_until": _text(row.valid_until),
        }
        for row in rows
    ]


def _machines(project: Project, today: dt.date) -> list[dict[str, Any]]:
    """What stays under check, with its days to come."""
    rows: Any = Machine.objects.of_project(project).counted().with_insurance()
    rows = list(rows.prefetch_related("shares__firm", "invoices__expense"))
    checks: defaultdict[int, list[str]] = defaultdict(list)
    owed = MachineCheck.objects.owed().filter(machine__in=rows, due_on__gte=today).order_by("due_on")
    for machine, due_on in owed.values_list("machine_id", "due_on"):
        checks[machine].append(_text(due_on))
    return [
        {
            "name": row.name,
            "serial_number": row.serial_number,
            "cost": str(row.cost),
            "custodian": row.custodian,
            "site": row.site,
            "insured_to": _text(row.insured_to),
            "shares": [
                {"firm": share.firm.name, "cuit": share.firm.cuit, "percent": str(share.percent)}
                for share in row.shares.all()
            ],
            "invoices": [
                f"{link.expense.supplier_name} {link.expense.formatted_number}" for link in row.invoices.all()
            ],
            "checks": checks[row.pk],
        }
        for row in rows
    ]


def _firms(project: Project, machines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The benefit of each firm, whoever received the money (PROGRAMME 10, Payees): what was proven for it, and its share in
    machines. What was proven for nobody in particular is of the whole group, and stands last, without a name."""
    found: dict[str, dict[str, Any]] = {}
    rows: Any = Expense.objects.of_project(project).verified().order_by().values("firm__cuit", "firm__name")

    def of_firm(cuit: str, name: str) -> dict[str, Any]:
        return found.setdefault(
            cuit, {"firm": name, "cuit": cuit, "programme": ZERO, "group": ZERO, "machines": ZERO}
        )

    for row in rows.annotate(programme=Sum("programme_share"), group=Sum("group_share")):
        firm = of_firm(row["firm__cuit"] or "", row["firm__name"] or "")
        firm["programme"], firm["group"] = row["programme"], row["group"]
    for machine in machines:
        for share in machine["shares"]:
            part = cents(Decimal(machine["cost"]) * Decimal(share["percent"]) / WHOLE)
            of_firm(share["cuit"], share["firm"])["machines"] += part
    whole = found.pop("", None)
    listed = sorted(found.values(), key=lambda row: row["firm"])
    if whole and (whole["programme"] or whole["group"]):
        listed.append(whole)
    return [{name: str(value) for name, value in row.items()} for row in listed]
