"""The frozen terms of an agreement in the words of the reader's language: for the page that is signed, and the PDF."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from stdnum.ar import cuit as stdnum_cuit

from applications.models import BudgetCategory, Line
from core import bilingual
from core.dates import day_of
from groups.provinces import Province


def condition(after_report: int) -> str:
    """What a tranche waits for."""
    if after_report:
        return _("When report %(number)s is accepted") % {"number": after_report}
    return _("When the project starts")


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
                "condition": condition(row["after_report"]),
            }
            for row in terms["tranches"]
        ],
    }
