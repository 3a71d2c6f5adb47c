"""What the forms of the office offer to whoever writes in them."""

from typing import Any

from django import template

from accounts.permissions import Action, holds
from applications.office import snippets as kept

register = template.Library()


@register.inclusion_tag("components/snippets.html", takes_context=True)
def snippets(context: template.Context) -> dict[str, Any]:
    """The texts that this person of the office can put into the form around them. One query a page."""
    request = context["request"]
    office = holds(request.user, Action.NOTE_CASE)
    if office and not hasattr(request, "snippets"):
        request.snippets = list(kept.of(request.user))
    return {"office": office, "rows": request.snippets if office else []}
