"""Check digits of bank accounts: the database answers as the form does."""

import random

import pytest
from django.db import connection
from stdnum.ar import cbu


@pytest.mark.django_db
def test_the_database_checks_both_digits_of_a_cbu_as_the_library_does():
    chance = random.Random(7)
    numbers = [
        "2850590940090418135201",
        "0000000000000000000000",
        "",
        "285059094009041813520",
        "28505909400904181352011",
    ]
    for _try in range(300):
        bank, account = (f"{chance.randrange(10**size):0{size}}" for size in (7, 13))
        right = f"{bank}{cbu.calc_check_digit(bank)}{account}{cbu.calc_check_digit(account)}"
        wrong = f"{chance.randrange(10**22):022}"
        numbers += [right, wrong]
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, cbu_is_valid(n) FROM unnest(%s) AS n", [numbers])
        answers = dict(cursor.fetchall())
    assert answers == {number: cbu.is_valid(number) for number in numbers}
    assert sum(answers.values()) >= 300
