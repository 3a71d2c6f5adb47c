"""The list of applications: what each row shows, how far it counts, which filters are on."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import DateTimeField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import cached_property

from applications.models import BudgetLine
from applications.querysets import ApplicationQuerySet
from core.forms import Form
from core.models import Event
from core.money import ZERO, MoneyField

APPLICATIONS_ON_A_PAGE = 25
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


def rows(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """With what each row shows: the case, the amount asked for (pesos) and the moment its present state began."""
    asked = (
        BudgetLine.objects.filter(application=OuterRef("pk"))
        .order_by()
        .values("application")
        .annotate(sum=Sum("programme_share"))
        .values("sum")
    )
    entered = Event.objects.filter(
        case_id=OuterRef("case_id"), object_kind="application", to_state=OuterRef("status")
    ).order_by("-sequence")
    return applications.with_case().annotate(
        asked=Coalesce(Subquery(asked), ZERO, output_field=MoneyField()),
        since=Coalesce(Subquery(entered.values("at")[:1]), "created_at", output_field=DateTimeField()),
    )


def matching(applications: ApplicationQuerySet, asked: dict[str, Any]) -> ApplicationQuerySet:
    """Those that the filters ask for (cleaned data of `ApplicationFilter`)."""
    if asked.get("status"):
        applications = applications.in_state(asked["status"])
    if asked.get("call"):
        applications = applications.filter(call=asked["call"])
    if asked.get("line"):
        applications = applications.filter(call__line=asked["line"])
    if asked.get("province"):
        applications = applications.filter(group__province=asked["province"])
    for word in asked.get("q", "").split():
        applications = applications.filter(
            Q(title__icontains=word) | Q(group__name__icontains=word) | Q(case__reference__icontains=word)
        )
    return applications


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


def newest(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """In the order of the list."""
    return applications.order_by("-created_at", "-id")
