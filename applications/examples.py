"""The made-up firms of a test application: five small firms of the province and the sector of its group, as the rules see
members. They are in no registry; their ids are of no firm."""

from typing import Any

from django.utils.translation import gettext as _
from stdnum.ar.cuit import calc_check_digit

from groups.models import Branch, Group, Size
from groups.size import Outcome

HOW_MANY = 5


def members(group: Group) -> list[dict[str, Any]]:
    """What applications.applicant.Member takes, for each firm."""
    return [_member(group, number) for number in range(1, HOW_MANY + 1)]


def _member(group: Group, number: int) -> dict[str, Any]:
    ten = f"30{number:08d}"
    return {
        "firm_id": -number,
        "cuit": ten + calc_check_digit(ten),
        "name": _("Example firm %(n)s") % {"n": number},
        "branch": Branch.INDUSTRY_MINING.value,
        "sector": group.sector.code,
        "province": group.province,
        "locality": group.locality,
        "place": _("Makes and sells"),
        "size": Size.SMALL.value,
        "is_sme": True,
        "outcome": Outcome.SME.value,
        "why": _("An example: it counts as a small firm."),
    }
