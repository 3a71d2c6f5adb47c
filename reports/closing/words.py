"""A closing report in the reader's language, from its content alone: for its page and for its PDF."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from stdnum.ar import cuit as stdnum_cuit

from applications.models import BudgetCategory, Line
from core import bilingual
from core.money import ZERO
from grants.models import ProjectLetter, Refund
from groups.provinces import Province
from reports.ledgers.entries import by_gender
from reports.ledgers.units import counted
from reports.models import Certification, Outcome, name_of


def shown(content: dict[str, Any]) -> dict[str, Any]:
    """With days as days, amounts as numbers, and labels instead of codes."""
    call, money = content["call"], {name: Decimal(amount) for name, amount in content["money"].items()}
    trained = content["trained"]
    return {
        "group": content["group"]["name"],
        "place": f"{content['group']['locality']}, {Province(content['group']['province']).label}",
        "call": f"{call['code']} · {call[f'title_{bilingual.language()}']}",
        "line": str(Line(call["line"]).label),
        "resolution": content["resolution"],
        "file_number": content["file_number"],
        "first_day": _day(content["first_day"]),
        "last_day": _day(content["last_day"]),
        "ended_on": _day(content["ended_on"]),
        "money": _money(money),
        "lines": [
            _numbers(row, *AMOUNTS, category=BudgetCategory(row["category"]).label)
            for row in content["lines"]
        ],
        "payments": [
            _numbers(row, "amount", what=_what_was_paid(row), on=_day(row["treasury_date"]))
            for row in content["payments"]
        ],
        "refunds": [_numbers(row, "amount", why=Refund.Why(row["why"]).label) for row in content["refunds"]],
        "reports": [
            {**row, "name": _report(row), "accepted_on": _day(row["accepted_on"])}
            for row in content["reports"]
        ],
        "activities": content["activities"],
        "outcomes": [
            {"label": Outcome.Kind(row["kind"]).label, "figure": counted(row["kind"], Decimal(row["figure"]))}
            for row in content["outcomes"]
        ],
        "trained": trained,
        "by_gender": by_gender(trained) if trained["people"] else "",
        "certificates": [_certificate(row) for row in content["certificates"]],
        "machines": [_machine(row) for row in content["machines"]],
        "firms": [
            _numbers(
                row,
                "programme",
                "group",
                "machines",
                firm=row["firm"] or _("Of the whole group"),
                cuit=stdnum_cuit.format(row["cuit"]) if row["cuit"] else "",
            )
            for row in content["firms"]
        ],
        "letters": [
            {**row, "kind": ProjectLetter.Kind(row["kind"]).label, "on": _day(row["on"])}
            for row in content["letters"]
        ],
        "amendments": content["amendments"],
    }


AMOUNTS = ("programme", "group", "proven_programme", "proven_group")


def _money(money: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    """The figures of the settlement in their order, without those that are nothing and say nothing."""
    rows = [
        (_("Approved"), money["approved"], True),
        (_("Paid"), money["paid"], True),
        (_("Of it, the coordinator's salary"), money["salary"], False),
        (_("Proven, share of the programme"), money["proven_programme"], True),
        (_("Proven, share of the group"), money["proven_group"], True),
        (_("Grant due"), money["due"], True),
        (_("Given back"), money["returned"], True),
        (_("Interest given back, beside the grant"), money["interest"], False),
        (_("Not paid, back to the call"), money["released"], False),
        (_("Still to give back"), money["to_return"], False),
        (_("Still to pay"), money["to_pay"], False),
    ]
    return [(label, amount) for label, amount, always in rows if always or amount != ZERO]


def _numbers(row: dict[str, Any], *names: str, **more: Any) -> dict[str, Any]:
    return {**row, **{name: Decimal(row[name]) for name in names}, **more}


def _what_was_paid(row: dict[str, Any]) -> str:
    if row["salary"]:
        return _("Salary of month %(number)s") % {"number": row["salary"]}
    return _("Tranche %(number)s") % {"number": row["tranche"]}


def _report(row: dict[str, Any]) -> str:
    return name_of(row["number"], is_final=row["final"])


def _certificate(row: dict[str, Any]) -> dict[str, Any]:
    norm = row["norm_other"] or str(Certification.Norm(row["norm"]).label)
    return {**row, "norm": norm, "valid_until": _day(row["valid_until"])}


def _machine(row: dict[str, Any]) -> dict[str, Any]:
    return _numbers(
        row,
        "cost",
        insured_to=_day(row["insured_to"]),
        checks=[_day(text) for text in row["checks"]],
        shares=[_numbers(share, "percent") for share in row["shares"]],
    )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
