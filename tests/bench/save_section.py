"""Saving a section of an application: the whole request against its own SQL, sent by psycopg2 with the same commits."""

import time
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.urls import reverse

from core import dates
from tests.bench import ground, report
from tests.factories_applications import DAY, draft, fill, make_call

PAIRS = 200
WARM_UP = 20
URLENCODED = "application/x-www-form-urlencoded"


def measure(name: str) -> None:
    now = dates.now()
    call = make_call(opens_at=now - 20 * DAY, closes_at=now + 20 * DAY)
    application = fill(draft(call=call, now=now), now=now)
    client = Client()
    client.force_login(application.group.representative)
    url = reverse("application_section", args=[application.pk, "project"])
    ours, theirs, counts = [], [], []

    def save(number: int) -> list[ground.Statement]:
        application.refresh_from_db(fields=["version"])
        data = {
            "version": application.version,
            "title": f"A shared drying kiln {number}",
            "diagnosis": f"We dry wood in the open, and lose a third of it. {number}",
            "objectives": application.objectives,
            "learning": application.learning,
        }
        # As htmx sends a form without files.
        form = urlencode(data)
        with ground.recorded() as sent:
            begun = time.perf_counter()
            answer = client.post(url, form, content_type=URLENCODED, headers={"HX-Request": "true"})
            ours.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.content
        return sent

    for number in range(WARM_UP):
        save(number)
    ours.clear()
    with ground.twin(name) as bare:
        for number in range(PAIRS):
            sent = save(WARM_UP + number)
            counts.append(len([sql for _within, sql, _params in sent if "SAVEPOINT" not in sql]))
            theirs.append(ground.replay(bare, sent))
    connection.close()
    report.figure("saving a section, queries", max(counts), goal=12)
    report.figure(
        "saving a section, against its bare SQL", report.ratio(ours, theirs), goal=3, pairs=PAIRS, unit="×"
    )
