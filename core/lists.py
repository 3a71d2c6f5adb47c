"""Lists of any app: how far they count, how they are paged, which filters are on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property

from core.forms import Form

# Nobody turns this many pages: who has more rows than that filters them.
MOST_COUNTED = 1000


class BoundedPaginator(Paginator):
    """Counts no further than `most` rows, so that a page costs the same however long the list is."""

    def __init__(self, rows: Any, per_page: int, *, most: int = MOST_COUNTED, **kwargs: Any):
        self.most = most
        super().__init__(rows, per_page, **kwargs)

    @cached_property
    def found(self) -> int:
        """How many rows there are; one more than `most` when there are more than that."""
        return counted(self.object_list, self.most)  # type: ignore[arg-type]

    @property
    def has_more(self) -> bool:
        """Whether there are rows that no page shows."""
        return self.found > self.most

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)


# --- Pages by what the last row said (keyset) ---------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """An order of a list: its label, and the column; rows of one value go by their id. An index holds both."""

    label: str | Promise
    column: str
    descending: bool = True


class KeysetPage:
    """One page of an ordered list. It goes on from the last row of the page before, and counts nothing that it skips: the
    thousandth page costs what the first does.

    `?after=value~id` and `?before=value~id` say where; what makes no sense there is the first page.
    """

    def __init__(self, rows: QuerySet, order: Order, query: Mapping[str, str], size: int):
        self.order = order
        after, before = self._place(rows, query.get("after")), self._place(rows, query.get("before"))
        if before is not None and after is None:
            found = list(self._beyond(rows, before, back=True)[: size + 1])
            self.rows, more = found[:size][::-1], len(found) > size
            self.has_previous, self.has_next = more, True
        else:
            found = list((self._beyond(rows, after) if after else self._ordered(rows))[: size + 1])
            self.rows, self.has_next = found[:size], len(found) > size
            self.has_previous = after is not None

    @property
    def next(self) -> str:
        """Where the next page begins; "" on the last."""
        return self._name(self.rows[-1]) if self.rows and self.has_next else ""

    @property
    def previous(self) -> str:
        """Where the page before ends; "" on the first."""
        return self._name(self.rows[0]) if self.rows and self.has_previous else ""

    def _ordered(self, rows: QuerySet, *, back: bool = False) -> QuerySet:
        sign = "-" if self.order.descending != back else ""
        return rows.order_by(f"{sign}{self.order.column}", f"{sign}pk")

    def _beyond(self, rows: QuerySet, place: tuple[Any, int], *, back: bool = False) -> QuerySet:
        """The rows after a place, or those before it from the nearest on."""
        way = "lt" if self.order.descending != back else "gt"
        column, (value, pk) = self.order.column, place
        beyond = Q(**{f"{column}__{way}": value}) | Q(**{f"pk__{way}": pk})
        # With the beyond, this says: further on, or of the same value with a later id. An index is read by it.
        return self._ordered(rows.filter(beyond, **{f"{column}__{way}e": value}), back=back)

    def _place(self, rows: QuerySet, text: str | None) -> tuple[Any, int] | None:
        """The value and the id that an address names; None when it names none."""
        value, _sign, pk = (text or "").rpartition("~")
        if not value or not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
            return None
        try:
            return rows.model._meta.get_field(self.order.column).to_python(value), int(pk)
        except (ValidationError, ValueError, OverflowError):
            return None

    def _name(self, row: Model) -> str:
        value = getattr(row, self.order.column)
        return f"{value.isoformat() if hasattr(value, 'isoformat') else value}~{row.pk}"


def counted(rows: QuerySet, most: int = MOST_COUNTED) -> int:
    """How many rows there are; one more than `most` when there are more than that."""
    return rows.order_by().values("pk")[: most + 1].count()


# --- Filters -----------------------------------------------------------------------------------------


def chips(request: HttpRequest, form: Form) -> list[dict[str, str]]:
    """The filters that are on, each with the address of the list without it."""
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, ""):
            continue
        query = request.GET.copy()
        for gone in (name, "page", "after", "before"):
            query.pop(gone, None)
        field = form.fields[name]
        words = dict(getattr(field, "choices", [])).get(value, value) if not hasattr(value, "pk") else value
        found.append({"label": f"{field.label}: {words}", "url": f"?{query.urlencode()}"})
    return found
