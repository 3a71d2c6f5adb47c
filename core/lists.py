"""Lists of any app: how far they count, which filters are on."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

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
        return self.object_list.order_by().values("pk")[: self.most + 1].count()  # type: ignore[attr-defined]

    @property
    def has_more(self) -> bool:
        """Whether there are rows that no page shows."""
        return self.found > self.most

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)


def chips(request: HttpRequest, form: Form) -> list[dict[str, str]]:
    """The filters that are on, each with the address of the list without it."""
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, ""):
            continue
        query = request.GET.copy()
        for gone in (name, "page"):
            query.pop(gone, None)
        field = form.fields[name]
        words = dict(getattr(field, "choices", [])).get(value, value) if not hasattr(value, "pk") else value
        found.append({"label": f"{field.label}: {words}", "url": f"?{query.urlencode()}"})
    return found
