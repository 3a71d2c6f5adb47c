"""The transitions of an object as its page offers them."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from core.workflow import Workflow


def acts_of(
    flow: Workflow, obj: Any, url: str, *, by, now, but: Collection[str] = ()
) -> list[dict[str, Any]]:
    """What may happen next, for components/actions.html. `url` names the page that asks, by id and transition; what stands
    in `but` is offered elsewhere."""
    return [
        {
            "label": row.label,
            "reason": row.reason,
            "style": row.style,
            "url": reverse(url, args=[obj.pk, row.name]),
        }
        for row in flow.available(obj, by=by, now=now)
        if row.name not in but
    ]
