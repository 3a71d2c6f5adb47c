"""The list of applications: which the filters ask for, and in which order."""

from typing import Any

from django.db.models import Q

from applications.querysets import ApplicationQuerySet

APPLICATIONS_ON_A_PAGE = 25


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
