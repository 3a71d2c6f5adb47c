"""What changed between two snapshots: by tables, and by Hypothesis for what holds of any two."""

from copy import deepcopy
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from applications import differences
from applications.word_changes import IN, OUT, SAME, by_word

LONG = "We dry wood in the open, and lose a third of it every year that it rains."


def snapshot(schema: int = 2) -> dict[str, Any]:
    """A small application as it is frozen; of schema 1 without what came with schema 2."""
    made: dict[str, Any] = {
        "schema": schema,
        "group": {
            "group_id": 1, "name": "Muebles", "value_chain": "Furniture", "sector": "wood", "province": "AR-N",
            "locality": "Oberá", "working_since": "2023-05-01",
        },
        "project": {"title": "A kiln", "diagnosis": LONG, "objectives": "", "learning": "", "prior_support": ""},
        "members": [member(7, "Sol SRL"), member(8, "Luna SRL")],
        "activities": [activity(1, "Buy"), activity(2, "Certify")],
        "lines": [line(4, "Kiln")],
        "totals": {"cost": "100.00", "programme": "70.00", "group": "30.00"},
        "documents": [document(5, "minutes")],
    }  # fmt: skip
    if schema == 1:
        for part, new in (
            ("members", NEW_OF_MEMBER),
            ("activities", NEW_OF_ACTIVITY),
            ("lines", NEW_OF_LINE),
        ):
            made[part] = [{key: value for key, value in row.items() if key not in new} for row in made[part]]
        return made
    return made | {
        "partners": [partner(3, "Universidad")],
        "confirmations": [],
        "answers": [answer(1, "yes", "Yes")],
        "declarations": [],
    }


NEW_OF_MEMBER = {"legal_form", "activity", "activity_en", "activity_es", "people", "certificate", "links"}
NEW_OF_ACTIVITY = {"firm", "institution", "coordinator", "person", "indicator"}
NEW_OF_LINE = {"kind", "other_kind", "firm", "firm_name", "quotes"}


def member(firm: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "firm_id": firm, "cuit": "30600000016", "name": name, "branch": "industry_mining", "sector": "wood",
        "province": "AR-N", "locality": "Oberá", "place": "Makes", "size": "small", "is_sme": True,
        "outcome": "pass", "why": "", "legal_form": "", "activity": "16", "activity_en": "Wood",
        "activity_es": "Madera", "people": 4, "certificate": None, "links": [], **more,
    }  # fmt: skip


def activity(pk: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": pk, "name": name, "first_month": 1, "last_month": 3, "responsible": "Ana", "firm": None,
        "institution": None, "coordinator": False, "person": "Ana", "deliverable": "A kiln", "indicator": "", **more,
    }  # fmt: skip


def line(pk: int, description: str, **more: Any) -> dict[str, Any]:
    return {
        "id": pk, "category": "innovation", "kind": "", "other_kind": "", "firm": None, "firm_name": "",
        "activity": 1, "description": description, "quantity": "1.00", "unit_cost": "100.00", "cost": "100.00",
        "programme_share": "70.00", "group_share": "30.00", "quotes": [], **more,
    }  # fmt: skip


def document(pk: int, requirement: str) -> dict[str, Any]:
    return {
        "requirement": requirement, "name_en": "Minutes", "name_es": "Acta", "id": pk,
        "filename": f"{requirement}.pdf", "size": 9, "sha256": f"{pk:064d}",
    }  # fmt: skip


def partner(pk: int, name: str) -> dict[str, Any]:
    return {
        "institution_id": pk, "kind": "university", "name": name, "cuit": "", "province": "AR-N",
        "locality": "Oberá", "contribution": "Trains",
    }  # fmt: skip


def answer(pk: int, value: str, words: str) -> dict[str, Any]:
    return {
        "question": pk, "kind": "yes_no", "text_en": "Do you export?", "text_es": "¿Exportan?", "value": value,
        "words_en": words, "words_es": words, "file": None,
    }  # fmt: skip


def told(old: dict, new: dict) -> list:
    """What changed, flat: (section, what, field, before, after)."""
    found = []
    for part in differences.differences(old, new, sectors={"wood": "Wood", "food": "Food"}):
        found += [(part.code, "", each.label, each.before, each.after) for each in part.fields]
        for item in part.items:
            rows = item.fields if item.kind == differences.CHANGED else []
            found += [(part.code, item.name, each.label, each.before, each.after) for each in rows]
            if item.kind != differences.CHANGED:
                found.append((part.code, item.name, item.kind, "", ""))
    return found


def change(*path: Any, to: Any):
    """A change of one value of a snapshot, by the way to it."""

    def make(made: dict) -> None:
        *way, last = path
        at = made
        for step in way:
            at = at[step]
        at[last] = to

    return make


CASES = [
    (change("project", "title", to="Two kilns"), ("project", "", "Title of the project", "A kiln", "Two kilns")),
    (change("group", "name", to="Maderas"), ("members", "", "Group", "Muebles", "Maderas")),
    (change("group", "sector", to="food"), ("members", "", "Sector", "Wood", "Food")),
    (change("group", "locality", to="Posadas"), ("members", "", "Place", "Oberá, Misiones", "Posadas, Misiones")),
    (change("group", "working_since", to="2022-01-02"),
        ("members", "", "Working together since", "01/05/2023", "02/01/2022")),
    (change("members", 0, "place", to="Sells"), ("members", "Sol SRL", "Place in the chain", "Makes", "Sells")),
    (change("members", 0, "people", to=9), ("members", "Sol SRL", "People who work there", "4", "9")),
    (change("members", 0, "is_sme", to=False), ("members", "Sol SRL", "Size", "Small", "Not shown to be an SME")),
    (change("members", 0, "certificate", to={"number": "12", "size": "small", "valid_until": "2027-04-30"}),
        ("members", "Sol SRL", "MiPyME certificate", "", "12, valid until 30/04/2027")),
    (change("members", 1, to=member(9, "Paz SRL")),
        ("members", "Paz SRL", "added", "", ""), ("members", "Luna SRL", "removed", "", "")),
    (change("activities", 0, "last_month", to=5), ("plan", "Buy", "Months", "1–3", "1–5")),
    (change("activities", 0, to=activity(1, "Buy", responsible="Eva", person="Eva")),
        ("plan", "Buy", "Responsible", "Ana", "Eva")),
    (change("activities", to=[activity(2, "Certify"), activity(1, "Buy")]),
        ("plan", "", "Order", "Buy; Certify", "Certify; Buy")),
    (change("activities", to=[activity(1, "Buy")]), ("plan", "Certify", "removed", "", "")),
    (change("lines", 0, "programme_share", to="60.00"),
        ("budget", "Kiln", "Paid by the programme", "$\xa070,00", "$\xa060,00")),
    (change("lines", 0, "activity", to=2), ("budget", "Kiln", "Activity", "Buy", "Certify")),
    (change("lines", 0, "activity", to=None), ("budget", "Kiln", "Activity", "Buy", "")),
    (change("lines", 0, "quantity", to="1.50"), ("budget", "Kiln", "Quantity", "1", "1,5")),
    (change("lines", 0, "quotes", to=[{"supplier": "Hornos SA", "amount": "90.00", "valid_until": None,
        "filename": "q.pdf", "sha256": "a" * 64}]),
        ("budget", "Kiln", "Quotes", "", "Hornos SA: $\xa090,00 (q.pdf · aaaaaaaa)")),
    (change("totals", "cost", to="110.00"), ("budget", "", "Total cost", "$\xa0100,00", "$\xa0110,00")),
    (change("documents", to=[]), ("documents", "Minutes", "removed", "", "")),
    (change("documents", 0, to=document(6, "minutes")),
        ("documents", "Minutes", "added", "", ""), ("documents", "Minutes", "removed", "", "")),
    (change("partners", 0, "contribution", to="Lends"),
        ("institutions", "Universidad", "What it puts in", "Trains", "Lends")),
    (change("answers", 0, to=answer(1, "no", "No")), ("questions", "Do you export?", "The answer", "Yes", "No")),
    (change("declarations", to=[answer(2, "yes", "Accepted")]), ("declarations", "Do you export?", "added", "", "")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1][0]} {case[1][2]}")
def test_each_change_is_told_where_it_belongs_and_nothing_else(case):
    make, *expected = case
    old, new = snapshot(), snapshot()
    make(new)
    before = deepcopy(old), deepcopy(new)
    assert told(old, new) == expected
    assert (old, new) == before, "reading changes nothing"
    assert told(old, old) == told(new, new) == []


def test_the_sections_come_in_their_order():
    new, seen = snapshot(), set()
    for make, (code, *_rest), *_more in CASES[::-1]:
        if code not in seen:
            make(new)
        seen.add(code)
    codes = [part.code for part in differences.differences(snapshot(), new)]
    assert codes == [
        "members", "project", "plan", "budget", "institutions", "questions", "documents", "declarations",
    ]  # fmt: skip


def test_what_an_older_snapshot_does_not_know_is_no_change():
    assert told(snapshot(1), snapshot(2)) == []
    assert told(snapshot(2), snapshot(1)) == []
    new = snapshot(2)
    new["activities"][0] |= {"responsible": "Eva", "name": "Buy it"}
    new["partners"] = []
    assert told(snapshot(1), new) == [
        ("plan", "Buy it", "Activity", "Buy", "Buy it"),
        ("plan", "Buy it", "Responsible", "Ana", "Eva"),
    ]


def test_the_coordinator_is_the_same_in_both_languages():
    old, new = snapshot(), snapshot()
    old["activities"][0] |= {"coordinator": True, "responsible": "The coordinator", "person": ""}
    new["activities"][0] |= {"coordinator": True, "responsible": "Quien coordina", "person": ""}
    assert told(old, new) == []


def test_what_a_firm_said_for_itself_is_among_what_it_says():
    new = snapshot()
    new["confirmations"] = [
        {
            "firm_id": 7, "state": "confirmed", "way": "link", "person_name": "Ana Paz", "person_position": "Partner",
            "contribution": "Land", "contribution_amount": "50.00", "confirmed_at": "2026-03-10T15:00:00+00:00",
        }
    ]  # fmt: skip
    assert told(snapshot(), new) == [
        (
            "members", "Sol SRL", "What it said for itself", "",
            "Confirmed · Ana Paz, 10/03/2026 · Land · $\xa050,00",
        )
    ]  # fmt: skip


def test_a_firm_that_came_says_what_it_is():
    new = snapshot()
    new["members"].append(member(9, "Paz SRL", legal_form=""))
    (part,) = differences.differences(snapshot(), new)
    (item,) = part.items
    assert (item.label, item.name) == ("Added", "Paz SRL")
    assert {field.label: field.after for field in item.fields}["Place in the chain"] == "Makes"
    assert all(field.after and not field.before for field in item.fields)


def test_words_are_in_the_language_of_the_reader():
    new = snapshot()
    new["answers"][0] |= {"value": "no", "words_en": "No", "words_es": "Todavía no"}
    with override("es"):
        (part,) = differences.differences(snapshot(), new)
        assert (part.items[0].name, part.items[0].fields[0].after) == ("¿Exportan?", "Todavía no")


# --- Word by word ------------------------------------------------------------------------------------


def test_long_texts_are_compared_word_by_word_and_short_ones_whole():
    new = LONG.replace("a third", "half").replace("wood", "pine wood")
    (piece, *rest) = differences.Field("Text", LONG, new).pieces
    assert (piece.kind, piece.text) == (SAME, "We dry")
    assert [(each.kind, each.text.strip()) for each in rest if each.kind != SAME] == [
        (IN, "pine"), (OUT, "a third"), (IN, "half"),
    ]  # fmt: skip
    assert differences.Field("Text", "A kiln", "Two kilns").pieces == []
    assert differences.Field("Text", "", LONG * 2).pieces == []


text = st.text(alphabet="ab \n", max_size=60)


@given(text, text)
def test_any_two_texts_come_out_of_the_pieces_as_they_were(before, after):
    pieces = by_word(before, after)
    assert "".join(each.text for each in pieces if each.kind != IN) == before
    assert "".join(each.text for each in pieces if each.kind != OUT) == after
    assert all(each.text for each in pieces)


ids = st.lists(st.integers(1, 6), unique=True)


@given(ids, ids)
def test_of_any_two_plans_what_came_in_one_way_went_out_the_other(before, after):
    old, new = snapshot(), snapshot()
    old["activities"] = [activity(pk, f"Activity {pk}") for pk in before]
    new["activities"] = [activity(pk, f"Activity {pk}") for pk in after]
    old["lines"] = new["lines"] = []

    def names(one: dict, other: dict, kind: str) -> set[str]:
        parts = differences.differences(one, other)
        return {item.name for part in parts for item in part.items if item.kind == kind}

    assert names(old, new, "added") == {f"Activity {pk}" for pk in set(after) - set(before)}
    assert names(old, new, "added") == names(new, old, "removed")
    assert names(old, new, "changed") == set()
    assert (told(old, new) == []) == (before == after)
