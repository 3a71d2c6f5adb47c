"""One CUIT has one name: where vouchers of any project bear another one, who judges reads it (PROGRAMME 10, Expenses). It refuses
nothing: a firm may have changed its name, or somebody mistyped it."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from core.cells import plain
from grants.models import Expense

MOST = 5


def names_of_its_cuit() -> ArraySubquery:
    """For a list of expenses, each with the names that its supplier's CUIT has on the vouchers that were handed in."""
    rows = Expense.objects.filter(supplier_cuit=OuterRef("supplier_cuit")).exclude(supplier_cuit="")
    return ArraySubquery(
        rows.exclude(status="draft").order_by("supplier_name").values("supplier_name").distinct()
    )


def other_names(name: str, names: Iterable[str]) -> list[str]:
    """Those that are another name, however letters, accents, points and spaces were typed."""
    found = {_plain(name): ""}
    for each in names:
        found.setdefault(_plain(each), each)
    return [each for each in found.values() if each][:MOST]


def _plain(name: str) -> str:
    return plain(name).replace(" ", "")
