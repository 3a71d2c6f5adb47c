"""Two people in one section: only what both changed is a conflict."""

import pytest

from applications.merging import merge
from core.conflict import carried, digest, opened

OPENED = {"title": "Old", "diagnosis": "Wet"}


def was(**values: str) -> dict[str, str]:
    return opened(carried({**OPENED, **values}))


def test_only_i_changed_a_field():
    found = merge(OPENED, {"title": "Mine", "diagnosis": "Wet"}, was(), same_version=False)
    assert (found.write, found.kept, found.both) == ({"title": "Mine"}, {}, {})


def test_only_somebody_else_changed_a_field():
    found = merge({**OPENED, "title": "Theirs"}, dict(OPENED), was(), same_version=False)
    assert (found.write, found.kept, found.both) == ({}, {"title": "Theirs"}, {})


def test_each_changed_another_field():
    saved = {**OPENED, "title": "Theirs"}
    found = merge(saved, {**OPENED, "diagnosis": "Mine"}, was(), same_version=False)
    assert (found.write, found.kept, found.both) == ({"diagnosis": "Mine"}, {"title": "Theirs"}, {})


def test_both_changed_the_same_field():
    found = merge({**OPENED, "title": "Theirs"}, {"title": "Mine"}, was(), same_version=False)
    assert (found.write, found.kept, found.both) == ({}, {}, {"title": "Theirs"})


def test_both_wrote_the_same():
    found = merge({**OPENED, "title": "Same"}, {"title": "Same"}, was(), same_version=False)
    assert (found.write, found.kept, found.both) == ({}, {}, {})


@pytest.mark.parametrize(("same", "written"), [(True, {"title": "Mine"}), (False, {})])
def test_a_form_that_carries_nothing_goes_by_the_version(same, written):
    found = merge(OPENED, {"title": "Mine"}, {}, same_version=same)
    assert found.write == written
    assert bool(found.both) is not same


def test_lines_may_end_in_two_ways():
    assert digest("one\r\ntwo ") == digest("one\ntwo")
    assert merge({"a": "one\ntwo"}, {"a": "one\r\ntwo"}, {}, same_version=False).both == {}


@pytest.mark.parametrize("sent", [["title"], ["title:"], ["title:short"], [""], [":" * 17], ["x" * 9999]])
def test_marks_that_make_no_sense_are_none(sent):
    assert opened(sent).get("title") is None


def test_no_form_of_ours_carries_so_many_marks():
    assert len(opened([f"f{n}:{'0' * 16}" for n in range(1000)])) == 300
