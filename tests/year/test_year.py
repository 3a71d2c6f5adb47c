"""A simulated year of the programme: 106 projects, twelve months, day by day, through the actions that people use. At each
month's end all that must always be true holds (PROGRAMME 6), and each ledger is the sum of its parts.

A failure names its seed: YEAR_SEED=<number> lives that year again.
"""

import datetime as dt
import os

import pytest

from core import verifying
from grants.models import Project
from tests.year.year import STORIES, Year

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PROJECTS = int(os.environ.get("YEAR_PROJECTS", "106"))
SEED = int(os.environ.get("YEAR_SEED", "2026"))
LAST_DAY = dt.date(2027, 1, 2)
# What `manage.py verify` checks of the time before the year, which was written as rows.
BEFORE = ("submissions", "decisions")
# What has to have happened, or the year proves nothing of it.
MUST_HAPPEN = {
    "activate", "lapse", "renounce", "terminate", "suspend", "resume", "closed", "coordinator confirmed", "order", "paid",
    "order of a salary", "salary paid", "order cancelled", "not paid while suspended", "surety", "report sent",
    "report sent late", "report corrected", "report accepted", "observation met", "statement", "expense corrected",
    "month handed in", "month accepted", "money came back", "receipt refused", "refund: unspent", "refund: interest",
    "refund: termination",
}  # fmt: skip


def test_a_year_of_the_programme(frozen):
    year = Year(seed=SEED, projects=PROJECTS, clock=frozen)
    for day in year.days(until=LAST_DAY):
        if (day + dt.timedelta(days=1)).day == 1:
            year.check()
    year.check()
    missing = (MUST_HAPPEN | {story for story, _where, _share in STORIES}) - set(+year.happened)
    assert not missing, f"seed {SEED}: never happened: {sorted(missing)}"
    assert Project.objects.count() == PROJECTS
    broken = [
        sentence for name, check in verifying.all_checks() if name not in BEFORE for sentence in check(None)
    ]
    assert broken == [], f"seed {SEED}"
