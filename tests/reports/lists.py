"""How many rows stand behind a figure that is a link."""

from typing import Any


def rows_behind(client: Any, url: str) -> int:
    """The number that a list says of itself at an address."""
    page = client.get(url)
    assert page.status_code == 200, url
    context = page.context
    return context["number"] if "number" in context else context["page"].paginator.count
