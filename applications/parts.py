"""How a planned part of a grant reads: one rule for the call's page, the timeline of a call, and a project's tranches."""

from decimal import Decimal

from django.utils.translation import gettext as _

from core.templatetags.lsp import percent


def part_in_words(share: Decimal, *, after_report: int, proof_percent: Decimal, needs_surety: bool) -> str:
    """`40 % once report 1 is accepted, covered by a surety`."""
    words = {"percent": percent(share), "report": after_report}
    said = (
        _("%(percent)s once report %(report)s is accepted") % words
        if after_report
        else _("%(percent)s at the start") % words
    )
    return ", ".join([said, *asks_besides(proof_percent, needs_surety)])


def asks_besides(proof_percent: Decimal, needs_surety: bool) -> list[str]:
    """What a part asks besides its report (PROGRAMME 10, Tranches)."""
    said = []
    if proof_percent:
        said.append(
            _("with %(share)s of what was advanced before proven") % {"share": percent(proof_percent)}
        )
    if needs_surety:
        said.append(_("covered by a surety"))
    return said
