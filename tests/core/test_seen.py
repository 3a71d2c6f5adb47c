"""How far a person has read a case."""

import pytest

from core import seen, timeline
from core.models import Case, CaseSeen
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    made = timeline.open_case(Case.Kind.CALL, "A call", now=NOON)
    timeline.record(made, "call.publish", by=None, now=NOON, obj=made)
    return Case.objects.get(pk=made.pk)


def test_the_first_look_knows_nothing_and_the_next_what_was_seen(case):
    person = make_person("reader")
    assert seen.look(person, case, NOON) is None
    timeline.record(case, "call.wind_up", by=None, now=NOON, obj=case)
    case.refresh_from_db()
    before = seen.look(person, case, NOON + DAY)
    assert (before.sequence, before.at) == (1, NOON)
    after = seen.look(person, case, NOON + 2 * DAY)
    assert (after.sequence, after.at) == (2, NOON + DAY)
    assert CaseSeen.objects.count() == 1


def test_a_look_costs_two_queries_and_one_where_nothing_is_new(case, django_assert_num_queries):
    person = make_person("reader")
    with django_assert_num_queries(2):
        seen.look(person, case, NOON)
    with django_assert_num_queries(1):
        seen.look(person, case, NOON)


def test_each_has_an_eye_of_their_own(case):
    seen.look(make_person("one"), case, NOON)
    assert seen.look(make_person("two"), case, NOON) is None
