"""What a firm is asked of a report, and what it says, for the tests of parts."""

import datetime as dt

from django.urls import reverse

from core.dates import at_noon
from tests.factories_ledgers import make_part, photo

AFTER = at_noon(dt.date(2026, 3, 10))
DAY = dt.timedelta(days=1)
WHO = {"person_name": "Delia Dueña", "person_position": "Owner"}


def kiln(report):
    return report.project.activities.get(name="Buy the kiln")


def page_of(token: str) -> str:
    return reverse("firm_part", args=[token])


def said(report, **changed) -> dict:
    return {
        f"text_{kiln(report).pk}": "We dried the first wood.", "figures": "From 40 to 55 a week.", "course": "Drying",
        "course_on": "01/03/2026", "hours": "6", "women": "3", "men": "2", "papers": photo("shed.png"), **WHO, **changed,
    }  # fmt: skip


def asked(report, **fields):
    return make_part(report, now=AFTER, activities=[kiln(report)], **fields)
