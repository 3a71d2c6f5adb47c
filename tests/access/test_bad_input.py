"""What nobody means to send, to every form of projects and reports: it is answered with a sentence, never with an error of
ours, and then nothing was saved."""

import re
import sys
import traceback
from html.parser import HTMLParser

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.urls import URLResolver, get_resolver

from core.models import Document, Event, Message
from tests.access.acts import ACTS
from tests.access.policies import Row
from tests.access.test_matrix import path_of
from tests.access.world import World

pytestmark = pytest.mark.slow

# Who sends it: the first of these who may.
SENDERS = (
    "representative", "coordinator", "officer", "finance", "approver", "auditor", "member", "admin", "adviser", "visitor",
)  # fmt: skip
VALUES = (
    "", "0", "-1", "9" * 30, "9" * 400, "1,250", "12abc", "\0", "x" * 12_000, "0001-01-01", "9999-12-31", "💥", "²",
    "[[1, 5", "NaN", "1e999",
)  # fmt: skip
OURS = ("grants.", "reports.")


class Fields(HTMLParser):
    """The fields of the forms of a page that are sent by POST, with what they hold."""

    def __init__(self):
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.texts: set[str] = set()
        self.inside, self.area, self.choice = False, "", ""

    def handle_starttag(self, tag, attrs):
        got = dict(attrs)
        if tag == "form":
            self.inside = (got.get("method") or "").lower() == "post" and not got.get(
                "action", ""
            ).startswith("/logout")
        if not self.inside or got.get("name") == "csrfmiddlewaretoken":
            return
        name, kind = got.get("name") or "", got.get("type") or "text"
        if tag == "input" and name and kind not in ("submit", "file"):
            if kind not in ("checkbox", "radio") or "checked" in got:
                self.values.setdefault(name, []).append(got.get("value") or "")
            if kind not in ("hidden", "checkbox", "radio"):
                self.texts.add(name)
            self.values.setdefault(name, [])
        elif tag == "textarea" and name:
            self.values[name], self.area = [""], name
            self.texts.add(name)
        elif tag == "select" and name:
            self.values[name], self.choice = [], name
        elif tag == "option" and self.choice and ("selected" in got or not self.values[self.choice]):
            self.values[self.choice] = [got.get("value") or ""]

    def handle_data(self, data):
        if self.area:
            self.values[self.area][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.choice = ""


def sender(row: Row) -> str | None:
    return next((who for who in SENDERS if who in row.policy.may), None)


def views(resolver: URLResolver) -> dict[str, str]:
    """The module of the view behind each name of an address."""
    found: dict[str, str] = {}
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            found |= views(pattern)
        else:
            found[pattern.name] = pattern.callback.__module__
    return found


VIEWS = views(get_resolver())
ROWS = [row for row in ACTS if sender(row) and VIEWS[row.name].startswith(OURS)]


def others(world: World) -> tuple[str, ...]:
    """Ids that exist, of the other group's things."""
    theirs = world.theirs
    line, activity = theirs.project.lines.first(), theirs.project.activities.first()
    return tuple(str(row.pk) for row in (line, activity, theirs.project, theirs.rows["firm"]))


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Event, Document, Message))


def send(world: World, who: str, path: str, body: dict) -> tuple[int, str, bool]:
    """The code of the answer, the page, and whether it saved anything. It is undone."""
    with transaction.atomic():
        before = counts()
        response = world.do(who, "POST", path, body)
        saved = counts() != before
        transaction.set_rollback(True)
    page = response.content.decode() if "html" in response.get("Content-Type", "") else ""
    return response.status_code, page, saved


def trouble(world: World, who: str, path: str, body: dict) -> str:
    """What is wrong with the answer; "" for nothing."""
    found: list[str] = []

    def note(**_more):
        found.append("".join(traceback.format_exception(*sys.exc_info())[-4:]))

    got_request_exception.connect(note)
    try:
        code, page, saved = send(world, who, path, body)
    finally:
        got_request_exception.disconnect(note)
    if code >= 500:
        return f"{code}: {found}"
    if code in (400, 409, 422) and saved:
        return f"{code}, and something was saved"
    if code == 422 and not re.search(r'class="(error|invalid-feedback|[^"]*error-summary)', page):
        return "422 without a sentence"
    return ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.args}".strip())
def test_bad_input_gets_a_sentence_and_saves_nothing(world, row):
    path, who = path_of(world, row), sender(row)
    form, found = Fields(), {}
    form.feed(world.ask(who, "GET", path).content.decode())
    for value in (*VALUES, *others(world)):
        body = {name: value if name in form.texts else held for name, held in form.values.items()}
        if said := trouble(world, who, path, body):
            found[f"every text {value[:20]!r}"] = said
        if said := trouble(world, who, path, dict.fromkeys({*form.values, "version"}, value)):
            found[f"every field {value[:20]!r}"] = said
    with transaction.atomic():
        # As it was shown, and once more: the second finds another state.
        shown = {name: held for name, held in form.values.items() if held}
        codes = [world.do(who, "POST", path, shown).status_code for _time in range(2)]
        transaction.set_rollback(True)
    if max(codes) >= 500:
        found["twice as shown"] = str(codes)
    assert found == {}
