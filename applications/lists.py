"""The list of applications: what each row shows, which the filters ask for."""

from typing import Any

from django.db.models import DateTimeField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from applications.models import BudgetLine
from applications.querysets import ApplicationQuerySet
from core.models import Event
from core.money import ZERO, MoneyField

APPLICATIONS_ON_A_PAGE = 25


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


def newest(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """In the order of the list."""
    return applications.order_by("-created_at", "-id")
