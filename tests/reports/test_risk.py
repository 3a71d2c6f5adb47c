"""The risk of a case: points with their reasons, from plain figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.risk import Facts, level, points, reasons

DAYS = st.integers(-5, 400)
MAYBE = st.none() | DAYS
FACTS = st.builds(
    Facts,
    office_late=DAYS,
    group_late=DAYS,
    report_late=DAYS,
    condition_late=DAYS,
    observation_late=DAYS,
    coordinator_late=DAYS,
    answer_in=MAYBE,
    message=MAYBE,
    in_state=DAYS,
    usual=MAYBE,
    suspended=st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), []),
        (Facts(office_late=1), [(6, "The programme's own date passed 1 day ago.")]),
        (Facts(office_late=8), [(7, "The programme's own date passed 8 days ago.")]),
        (Facts(office_late=90), [(9, "The programme's own date passed 90 days ago.")]),
        (Facts(report_late=7), [(3, "A report is 7 days late.")]),
        (Facts(report_late=60), [(6, "A report is 60 days late.")]),
        (Facts(group_late=30), [(4, "The group is 30 days late.")]),
        (Facts(condition_late=8), [(4, "A condition of the approval is 8 days late.")]),
        (Facts(observation_late=1), [(3, "An observation on a report is 1 day late.")]),
        (Facts(coordinator_late=30), [(4, "The nomination of a coordinator is 30 days late.")]),
        (Facts(message=0), [(3, "A message of the group waits since today.")]),
        (Facts(message=10), [(5, "A message of the group waits for 10 days.")]),
        (Facts(answer_in=4), []),
        (Facts(answer_in=3), [(3, "The return is not answered, and 3 days are left.")]),
        (Facts(answer_in=0), [(3, "The return is not answered, and its time ends today.")]),
        (Facts(in_state=30, usual=None), []),
        (Facts(in_state=10, usual=10), []),
        (Facts(in_state=11, usual=10), [(1, "11 days in this state; the usual is 10.")]),
        (Facts(in_state=20, usual=10), [(3, "20 days in this state; the usual is 10.")]),
        (Facts(suspended=True), [(2, "The project is suspended.")]),
        (Facts(behind=15, behind_allowed=15), []),
        (
            Facts(behind=16, behind_allowed=15),
            [(2, "An activity is 16 points behind the plan; the call lets 15 pass.")],
        ),
        (
            Facts(behind=90, behind_allowed=15),
            [(4, "An activity is 90 points behind the plan; the call lets 15 pass.")],
        ),
        (Facts(time_gone=49, money_spent=10), []),
        (
            Facts(time_gone=50, money_spent=10),
            [(2, "Of the time 50 % has gone, and of the money 10 % is charged.")],
        ),
        (Facts(smes=5, least=5), []),
        (Facts(smes=4, least=5), [(3, "The group has 4 SMEs; the call asked for 5.")]),
    ],
)
def test_each_reason_has_its_points_and_its_words(facts, expected):
    assert [(reason.points, reason.words) for reason in reasons(facts)] == expected


def test_the_heaviest_reason_comes_first_and_they_add_up():
    found = reasons(Facts(office_late=1, message=1, suspended=True))
    assert [reason.points for reason in found] == [6, 4, 2]
    assert points(found) == 12


@pytest.mark.parametrize(
    ("total", "word"), [(0, "low"), (2, "low"), (3, "medium"), (5, "medium"), (6, "high")]
)
def test_the_level_by_points(total, word):
    assert level(total) == word


@given(FACTS)
def test_points_are_whole_bounded_and_always_explained(facts):
    found = reasons(facts)
    assert all(1 <= reason.points <= 9 and reason.words for reason in found)
    assert 0 <= points(found) <= 45


@given(FACTS, st.integers(1, 60))
def test_more_delay_never_lowers_the_risk(facts, more):
    later = Facts(**{**vars(facts), "office_late": facts.office_late + more})
    assert points(reasons(later)) >= points(reasons(facts))
