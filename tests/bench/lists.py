"""The list of applications and the case page as the system fills up: any page of any order costs what it costs among few."""

import statistics
import time

from django.test import Client
from django.urls import reverse

from applications.models import Application
from tests.bench import ground, many, report
from tests.factories_applications import OFFICE

FEW, SOME, MANY = 1_000, 10_000, 100_000
ROUNDS = 40
FRAME = 5  # session, person, roles, bell; and the one that a page may spend on what it is about


def measure(name: str) -> None:
    pages = {
        "list": {},
        "list, deep": {"after": ""},
        "list by amount": {"order": "amount"},
        "list by waiting": {"order": "waiting", "status": "in_review"},
        # One is found: a search costs what it finds, and a word that a hundredth of them has finds more among more.
        "search": {"q": "LSP-2025-0000777"},
    }
    client = Client()
    times: dict[int, dict[str, float]] = {}
    for size in (FEW, SOME, MANY):
        many.grow(name, size)
        client.force_login(OFFICE.officer)
        times[size] = {}
        middle = Application.objects.order_by("-created_at", "-pk")[size // 2]
        pages["list, deep"] = {"after": f"{middle.created_at.isoformat()}~{middle.pk}"}
        for title, query in pages.items():
            times[size][title], queries = _timed(client, reverse("application_list"), query)
            if size == MANY:
                report.figure(f"{title}, queries at {size:,}", queries, goal=FRAME + 6)
        case = reverse("application_detail", args=[middle.pk])
        times[size]["case page"], queries = _timed(client, case, {})
        if size == MANY:
            report.figure(f"case page, queries at {size:,}", queries, goal=FRAME + 12)
    for size in (SOME, MANY):
        for title, took in times[size].items():
            ratio = took / times[FEW][title]
            report.figure(f"{title} at {size:,} against {FEW:,}", ratio, goal=1.15, pairs=ROUNDS, unit="×")


def _timed(client: Client, url: str, query: dict[str, str]) -> tuple[float, int]:
    """The median seconds of a page, and how many questions it asks the database."""
    assert client.get(url, query).status_code == 200
    with ground.recorded() as sent:
        client.get(url, query)
    took = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        client.get(url, query)
        took.append(time.perf_counter() - begun)
    return statistics.median(took), len(sent)
