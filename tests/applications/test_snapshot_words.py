"""What a snapshot holds, as people read it."""

import pytest
from django.utils.translation import override

from applications import snapshot_words


@pytest.mark.parametrize("iso", ["2026-11-24", "2026-11-24T15:00:00+00:00"])
def test_a_day_reads_the_same_of_a_day_and_of_a_moment(iso):
    assert snapshot_words.day(iso) == "24/11/2026"


def test_a_moment_is_of_its_day_in_buenos_aires():
    assert snapshot_words.day("2026-11-25T00:25:00+00:00") == "24/11/2026"


def test_a_place_is_its_locality_and_its_province():
    assert snapshot_words.place({"locality": "Oberá", "province": "AR-N"}) == "Oberá, Misiones"


def test_what_an_older_snapshot_does_not_have_is_empty():
    row = {"name_en": "Minutes", "name_es": "Acta"}
    with override("en"):
        assert snapshot_words.in_language(row, "name") == "Minutes"
        assert snapshot_words.in_language(row, "words") == ""
