"""The frozen terms of an agreement in the words of the reader's language: for the page that is signed, and the PDF."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from stdnum.ar import cuit as stdnum_cuit

from applications.models import BudgetCategory, Line
from applications.parts import asks_besides
from core import bilingual
from core.dates import day_of
from core.money import ZERO
from groups.provinces import Province


def condition(
    after_report: int,
    *,
    proof_percent: Decimal = ZERO,
    needs_surety: bool = False,
    basis: str = "advance",
) -> str:
    """What a tranche waits for, in one line."""
    if after_report:
        said = [_("When report %(number)s is accepted") % {"number": after_report}]
    else:
        said = [_("When the project starts")]
    if basis == "reimbursement":
        said.append(_("against verified expenses"))
        proof_percent = ZERO
    return ", ".join([*said, *asks_besides(proof_percent, needs_surety)])


def in_words(terms: dict[str, Any]) -> dict[str, Any]:
    """The same terms with labels instead of codes, and amounts and days as the templates show them."""
    call, approval = terms["call"], terms["approval"]
    return {
        **terms,
        "province": str(Province(terms["group"]["province"]).label),
        "firms": [{**firm, "cuit": stdnum_cuit.format(firm["cuit"])} for firm in terms["firms"]],
        "call_title": call[f"title_{bilingual.language()}"],
        "line": str(Line(call["line"]).label),
        "decided_on": day_of(dt.datetime.fromisoformat(approval["decided_at"])),
        # Agreements of before had none in their terms.
        "dated_conditions": [
            {**each, "due_on": dt.date.fromisoformat(each["due_on"])}
            for each in approval.get("dated_conditions", [])
        ],
        "amount": Decimal(terms["amount"]),
        "group_share": Decimal(terms["group_share"]),
        "total": Decimal(terms["total"]),
        # Agreements of before paid the salary with the tranches.
        "salary": Decimal(terms.get("salary", "0")),
        "lines": [
            {
                **row,
                "category": str(BudgetCategory(row["category"]).label),
                "programme": Decimal(row["programme"]),
                "group": Decimal(row["group"]),
            }
            for row in terms["lines"]
        ],
        "tranches": [
            {
                **row,
                "percent": Decimal(row["percent"]),
                "amount": Decimal(row["amount"]),
                # Agreements of before said no more than the report.
                "condition": condition(
                    row["after_report"],
                    proof_percent=Decimal(row.get("proof_percent", "0")),
                    needs_surety=row.get("needs_surety", False),
                    basis=row.get("basis", "advance"),
                ),
            }
            for row in terms["tranches"]
        ],
    }
