"""What the tests of the section pages share: what is written on them, their addresses, the sentence at a field."""

from tests.applications.case_pages import address, send
from tests.applications.staff_pages import words

SECTIONS = ("members", "project", "plan", "budget", "institutions", "documents")
TEXTS = {"title": "A kiln", "diagnosis": "Wet wood", "objectives": "Dry wood", "learning": "To measure"}
ACTIVITY = {
    "name": "Buy the kiln",
    "first_month": "1",
    "last_month": "4",
    "responsible": "Carpintería 1",
    "deliverable": "A kiln",
}
COST = {
    "category": "fixed_investment",
    "activity": "",
    "description": "Kiln",
    "quantity": "2",
    "unit_cost": "1.234,56",
    "programme_share": "1000",
}

__all__ = ["ACTIVITY", "COST", "SECTIONS", "TEXTS", "address", "field_error", "send"]


def field_error(page, field: str) -> str:
    """The sentence at a field."""
    start = page.text.index(f'id="id_{field}_error"')
    return words(
        type("Part", (), {"text": page.text[start : page.text.index("</div>", start)].partition(">")[2]})()
    )
