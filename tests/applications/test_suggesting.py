"""Who is suggested as a reviewer, as a pure function: total, the same whatever the order of what comes in, never somebody
who is barred or has enough to write."""

import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.suggesting import Expert, Need, suggest

# A busy machine draws slowly.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
sectors = st.frozensets(st.sampled_from(["wood", "food", "metal"]))
provinces = st.frozensets(st.sampled_from(["AR-N", "AR-X", "AR-B"]))
experts = st.lists(
    st.builds(
        Expert,
        id=st.integers(1, 10**6),
        sectors=sectors,
        provinces=provinces,
        to_write=st.integers(0, 8),
        most_open=st.integers(0, 8),
        barred=st.sampled_from(["", "", "", "Advises this group."]),
    ),
    max_size=12,
    unique_by=lambda expert: expert.id,
)
needs = st.builds(Need, sectors=sectors, provinces=provinces, needed=st.integers(0, 4))
WOOD = Need(frozenset({"wood"}), frozenset({"AR-N"}), 2)


def expert(pk: int, sector: str = "wood", province: str = "AR-N", **more) -> Expert:
    values = {"to_write": 0, "most_open": 5, **more}
    return Expert(pk, frozenset({sector}), frozenset({province}), **values)


def order(*found: Expert, need: Need = WOOD) -> list[int]:
    return [place.expert.id for place in suggest(found, need).places]


@patient
@given(experts, needs, st.integers(0, 2**32))
def test_the_order_does_not_depend_on_that_of_what_comes_in(found, need, seed):
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    assert suggest(found, need) == suggest(shuffled, need)


@patient
@given(experts, needs)
def test_everybody_stands_somewhere_once(found, need):
    made = suggest(found, need)
    ids = [place.expert.id for place in made.places] + [each.id for each in made.barred]
    assert sorted(ids) == sorted(each.id for each in found)
    assert all(each.barred for each in made.barred)
    assert not any(place.expert.barred for place in made.places)


@patient
@given(experts, needs)
def test_as_many_as_are_needed_are_suggested_of_those_who_are_free(found, need):
    made = suggest(found, need)
    free = [each for each in found if not each.barred and each.to_write < each.most_open]
    assert len(made.suggested) == min(need.needed, len(free))
    assert set(made.suggested) <= {each.id for each in free}
    # They are the first ones, and nobody who is full stands before somebody who is not.
    assert made.suggested == [place.expert.id for place in made.places][: len(made.suggested)]
    full = [place.expert.is_full for place in made.places]
    assert full == sorted(full)


@patient
@given(experts, needs, st.data())
def test_one_more_review_never_moves_anybody_forward(found, need, data):
    made = suggest(found, need)
    if not made.places:
        return
    place = data.draw(st.sampled_from(made.places))
    busier = replace(place.expert, to_write=place.expert.to_write + 1)
    again = suggest([busier if each.id == busier.id else each for each in found], need)
    ids = [each.expert.id for each in again.places]
    assert ids.index(busier.id) >= made.places.index(place)


@patient
@given(experts, needs, st.data())
def test_who_is_barred_changes_nothing_for_the_others(found, need, data):
    made = suggest(found, need)
    if not made.places:
        return
    gone = data.draw(st.sampled_from(made.places)).expert
    again = suggest([replace(each, barred="A tie.") if each.id == gone.id else each for each in found], need)
    assert [place.expert for place in again.places] == [
        place.expert for place in made.places if place.expert.id != gone.id
    ]


def test_the_sector_comes_before_the_province_and_the_province_before_the_load():
    assert order(
        expert(1, "food", "AR-X"),
        expert(2, "food", "AR-N"),
        expert(3, "wood", "AR-X"),
        expert(4, "wood", "AR-N", to_write=4),
    ) == [4, 3, 2, 1]


def test_the_load_is_shared_in_proportion_and_then_by_number():
    assert order(expert(1, to_write=2, most_open=4), expert(2, to_write=3, most_open=9)) == [2, 1]
    assert order(expert(1, to_write=2, most_open=4), expert(2, to_write=1, most_open=2)) == [2, 1]
    assert order(expert(2), expert(1)) == [1, 2]


def test_who_has_enough_stands_last_and_is_not_suggested():
    made = suggest([expert(1, to_write=5), expert(2, "food", "AR-X"), expert(3, most_open=0)], WOOD)
    assert [place.expert.id for place in made.places] == [2, 3, 1]
    assert made.suggested == [2]
    assert [place.knows_sector for place in made.places] == [False, True, True]


def test_who_is_barred_is_left_out_with_the_sentence():
    made = suggest([expert(1, barred="Declared a tie to this group."), expert(2)], WOOD)
    assert [each.barred for each in made.barred] == ["Declared a tie to this group."]
    assert made.suggested == [2]


def test_nothing_to_suggest_where_nobody_is_needed_or_there():
    assert suggest([expert(1)], replace(WOOD, needed=0)).suggested == []
    assert suggest([], WOOD).places == []
