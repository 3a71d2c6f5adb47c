"""Whatever anybody does, in whatever order: no walk reaches what must never be, and nothing but a refusal is raised."""

import contextlib
from collections import Counter

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.applications.walks import make_world

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


class Undo(Exception):
    """Leaves a walk as if it had not been."""


def walk_many(walks: int, steps: int) -> Counter:
    """So many walks from the same world. Answers how often each thing happened."""
    world, happened = make_world(), Counter()

    @settings(
        max_examples=walks,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        # A walk that fails is told as it was: making it shorter takes longer than reading it.
        phases=[Phase.generate],
    )
    @given(st.data())
    def walk(data) -> None:
        mine = world.copy()
        with contextlib.suppress(Undo), transaction.atomic():
            for _step in range(steps):
                mine.step(data)
                assert mine.wrong() == [], mine.happened
            assert mine.wrong_records() == []
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            happened.update(mine.happened)
            raise Undo

    walk()
    return happened


def test_no_walk_reaches_what_must_never_be():
    happened = walk_many(walks=8, steps=20)
    assert len(happened) > 8, happened


@pytest.mark.slow
def test_no_long_walk_does_either():
    happened = walk_many(walks=25, steps=50)
    assert {"recommend", "approve", "reject", "withdraw"} & set(happened), happened
    assert len(happened) > 12, happened
