"""What the tests of staff's pages share: asking a page, and sending a form with the version that it showed."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User


def browser(user: User) -> Client:
    """A browser of its own, in English, in which somebody is signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def get(user: User, name: str, *args: Any, **query: Any):
    """A page as somebody sees it."""
    return browser(user).get(reverse(name, args=args), query)


def post(user: User, name: str, *args: Any, version: int | None = None, **data: Any):
    """A form as somebody sends it."""
    sent = {key: value for key, value in data.items() if value is not None}
    if version is not None:
        sent["version"] = version
    return browser(user).post(reverse(name, args=args), sent)


def problems(response) -> str:
    """The error summary of a page, as one text."""
    found = re.search(r'<div class="error-summary".*?</ul>', response.text, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(0))) if found else ""


def words(response) -> str:
    """A page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))
