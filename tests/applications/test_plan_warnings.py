"""What looks odd in a work plan."""

from decimal import Decimal

import pytest

from applications.models import Activity
from applications.plan_warnings import in_runs, warnings
from tests.applications.test_flows import line


def activity(pk, first, last, who="", **fields) -> Activity:
    return Activity(
        pk=pk, name=f"Activity {pk}", first_month=first, last_month=last, responsible=who, **fields
    )


SOUND = [activity(1, 1, 6, "Ana"), activity(2, 4, 12, "Luis")]
PAID = [line(Decimal(100), Decimal(50), activity=1), line(Decimal(100), Decimal(50), activity=2)]


def test_a_sound_plan_and_an_empty_one_warn_of_nothing():
    assert warnings(SOUND, PAID, 12) == []
    assert warnings([], PAID, 12) == []


def test_a_month_in_which_nothing_happens():
    plan = [activity(1, 1, 2, "Ana"), activity(2, 5, 5, "Ana"), activity(3, 7, 11, "Ana")]
    assert warnings(plan, [], 12) == ["Nothing happens in months 3–4, 6, 12."]
    assert warnings([activity(1, 1, 11, "Ana")], [], 12) == ["Nothing happens in month 12."]


def test_two_at_once_with_nobody_responsible():
    plan = [activity(1, 1, 6), activity(2, 6, 12), activity(3, 1, 12, "Ana")]
    assert warnings(plan, [], 12) == [
        "Nobody is responsible for these, which happen at the same time: Activity 1, Activity 2."
    ]


def test_two_at_once_with_the_same_one_responsible():
    plan = [activity(1, 1, 6, "Ana"), activity(2, 6, 12, "Ana")]
    assert warnings(plan, [], 12) == [
        "Ana alone is responsible for these at the same time: Activity 1, Activity 2."
    ]
    one_after_the_other = [activity(1, 1, 6, "Ana"), activity(2, 7, 12, "Ana")]
    assert warnings(one_after_the_other, [], 12) == []
    by_the_coordinator = [activity(1, 1, 12, coordinator=True), activity(2, 1, 11, coordinator=True)]
    assert "The coordinator alone" in warnings(by_the_coordinator, [], 12)[0]


def test_everything_in_the_last_month():
    assert "Everything happens in the last month." in warnings([activity(1, 12, 12, "Ana")], [], 12)
    plan = [activity(1, 1, 12, "Ana"), activity(2, 6, 12, "Luis")]
    assert warnings(plan, [], 12) == [
        "Everything ends in the last month: until then nothing is ready to be shown."
    ]
    assert warnings([activity(1, 1, 1, "Ana")], [], 1) == []


def test_an_activity_without_cost_once_there_is_a_budget():
    assert warnings(SOUND, PAID[:1], 12) == ["No cost of the budget is for: Activity 2."]
    assert warnings(SOUND, [], 12) == []


def test_costs_where_the_plan_has_no_time_left():
    plan = [*SOUND, activity(3, 12, 12, "Eva")]
    lines = [*PAID, line(Decimal(1000), Decimal(0), activity=3)]
    assert warnings(plan, lines, 12) == [
        "More than half of the cost falls in the last month: $\xa01.011,20 of $\xa01.200,00."
    ]
    late = [activity(1, 1, 13, "Ana"), activity(2, 1, 2, "Luis")]
    assert warnings(late, PAID, 12) == ["Costs fall in months beyond the plan: 13."]


@pytest.mark.parametrize(
    ("months", "text"), [([], ""), ([3], "3"), ([1, 2, 3, 5, 7, 8], "1–3, 5, 7–8"), ([1, 3], "1, 3")]
)
def test_months_in_a_row_are_said_together(months, text):
    assert in_runs(months) == text
