"""The published margins, and the invented names."""

import itertools
import random
from collections import Counter

from stdnum.ar import cbu, cuit

from groups.provinces import Province
from lsp_program.demo import allocation, calls, names, papers
from lsp_program.demo.running import account_number
from tests.clock import NOON


def test_both_margins_hold_at_once():
    pairs = allocation.pairs()
    assert len(pairs) == 106
    by_province = Counter(province.label for province, _sector in pairs)
    assert by_province == Counter(allocation.published("projects_by_province"))
    assert Counter(sector for _province, sector in pairs) == Counter(
        allocation.published("projects_by_sector")
    )


def test_the_same_world_each_time():
    assert allocation.pairs() == allocation.pairs()


def test_every_project_has_a_place_and_a_trade_with_names():
    for province, sector in allocation.pairs():
        assert names.TOWNS[Province(province)]
        assert names.firm(random.Random(1), sector)
        assert names.PROJECTS[sector]


def test_numbers_have_right_check_digits_and_are_never_given_twice():
    numbers = list(itertools.islice(names.cuits(), 2000))
    assert len(set(numbers)) == 2000
    assert all(cuit.is_valid(number) for number in numbers)
    assert all(cbu.is_valid(account_number(number)) for number in range(1, 200))


def test_the_calls_hold_the_106_projects_and_one_closes_in_twenty_days():
    today = NOON.date()
    plans = calls.plans(today)
    assert sum(plan.projects for plan in plans) == 106
    assert {plan.line for plan in plans} == {"partnership", "grant", "joint_investment"}
    assert [(plan.closes - today).days for plan in plans if plan.closes >= today] == [20, 60]
    assert all(plan.highest * plan.projects <= plan.envelope for plan in plans)


def test_papers_are_what_their_names_say():
    assert papers.pdf("Acta").read().startswith(b"%PDF")
    assert papers.picture("reunion").read().startswith(b"\x89PNG")
