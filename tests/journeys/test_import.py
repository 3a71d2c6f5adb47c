"""Bringing firms from a table in the browser: ten kinds of bad cell are marked, and nothing is saved before it is right."""

import pytest

from groups.models import Firm
from tests.clock import NOON
from tests.factories_groups import make_cuit, make_group

pytestmark = pytest.mark.django_db(transaction=True)

TITLES = (
    "CUIT", "Name of the firm", "Activity", "Place in the chain", "Sector", "Province", "E-mail of the firm",
    "People employed", "Sales of 2025",
)  # fmt: skip
GOOD = ("Carpintería Sol SRL", "Manufacturing, food and crafts included", "Makes", "Wood and furniture", "Misiones",
        "sol@firma.example", "8", "2.000.000,00")  # fmt: skip


def row(number: int, **bad: str) -> list[str]:
    """A row of the table; `bad` puts something else into the column of that place."""
    cells = [make_cuit(number), *GOOD]
    for place, text in bad.items():
        cells[int(place.removeprefix("c"))] = text
    return cells


BAD = {
    "a check digit that does not match": row(11, c0=make_cuit(11)[:-1] + str((int(make_cuit(11)[-1]) + 1) % 10)),
    "letters for a CUIT": row(12, c0="treinta"),
    "no name": row(13, c1=""),
    "an unknown activity": row(14, c2="Alquimia"),
    "an unknown sector": row(15, c4="Alquimia"),
    "an unknown province": row(16, c5="Atlántida"),
    "a wrong e-mail": row(17, c6="sol(at)firma"),
    "people in words": row(18, c7="ocho"),
    "negative sales": row(19, c8="-5"),
    "sales in words": row(20, c8="doce"),
    "a name that is too long": row(21, c1="x" * 300),
}  # fmt: skip


@pytest.mark.parametrize(
    "javascript", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["scripts", "plain"]
)
def test_each_bad_cell_is_marked_and_only_what_is_right_comes_in(person, time_machine, javascript):
    time_machine.move_to(NOON, tick=True)
    group = make_group(0)
    rosa = person("representative@lsp.example", width=320, javascript=javascript)
    rosa.sign_in()
    rosa.open(f"/groups/{group.pk}/firms/import/")
    table = [TITLES, row(1), *BAD.values()]
    rosa.write(pasted="\n".join("\t".join(cells) for cells in table))
    rosa.page.locator("main form[method=post] button[type=submit]").first.click()
    rosa.page.wait_for_selector("button[name=confirm]")
    marked = rosa.page.locator("main [aria-invalid=true]")
    assert marked.count() == len(BAD)
    assert all(each.inner_text() for each in rosa.page.locator("main td p.error").all())
    assert not Firm.objects.exists()

    # Confirming now saves nothing; one cell is corrected, the other rows are left out knowingly.
    rosa.page.locator("button[name=confirm]").click()
    rosa.page.wait_for_selector(".error-summary")
    assert not Firm.objects.exists()
    letters = rosa.page.locator("main input[aria-invalid=true][value=treinta]")
    letters.fill(make_cuit(12))
    for box in rosa.page.locator("main tr:has([aria-invalid=true]) input[name=left_out]").all():
        box.check()
    rosa.page.locator("main tr:has(input[value=treinta]) input[name=left_out]").uncheck()
    rosa.page.locator("button[name=confirm]").click()
    rosa.page.wait_for_load_state("load")
    rosa.look()
    assert sorted(Firm.objects.values_list("cuit", flat=True)) == sorted([make_cuit(1), make_cuit(12)])
    # What was brought in is not brought back as if it were not saved.
    rosa.open(f"/groups/{group.pk}/firms/import/")
    assert rosa.page.locator("main [name=pasted]").input_value() == ""
