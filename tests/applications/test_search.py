"""Finding applications by words, whatever their letters; the words follow what they are of."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications import search
from applications.models import Application
from core.models import Case
from groups.models import Firm, Group
from tests.factories_applications import application_at, draft, make_call
from tests.factories_groups import add_to, make_cuit, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def found(text: str) -> list[str]:
    rows = search.matching(Application.objects.all(), text).select_related("group").order_by("group__name")
    return [row.group.name for row in rows]


@pytest.fixture
def two():
    first = draft(
        group=make_group(name="Muebles del Ñandú", province="AR-N"), call=make_call("grant", code="G-1")
    )
    second = draft(
        group=make_group(name="Quesos Ágiles", province="AR-X"), call=make_call("partnership", code="P-1")
    )
    return first, second


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("muebles", ["Muebles del Ñandú"]),
        ("MUEB", ["Muebles del Ñandú"]),
        ("nandu", ["Muebles del Ñandú"]),
        ("ñandú mueb", ["Muebles del Ñandú"]),
        ("agil quesos", ["Quesos Ágiles"]),
        ("cordoba", ["Quesos Ágiles"]),
        ("Córdoba quesos", ["Quesos Ágiles"]),
        ("ebles", []),
        ("muebles quesos", []),
        ("", ["Muebles del Ñandú", "Quesos Ágiles"]),
        ("  ", ["Muebles del Ñandú", "Quesos Ágiles"]),
        ("!!!", []),
        ("🙂", []),
        ("' & | ! :* <->", []),
        ("muebles:*", ["Muebles del Ñandú"]),
    ],
)
def test_words_are_found_whatever_their_letters(two, text, names):
    assert found(text) == names


def test_a_firm_is_found_by_name_and_by_cuit_however_written(two):
    firm = make_firm(77, name="Aserradero Güemes")
    add_to(two[0].group, firm)
    for text in ("guemes", firm.cuit, firm.formatted_cuit):
        assert found(text) == ["Muebles del Ñandú"], text


@pytest.mark.parametrize("separator", ["", "-", ".", " ", " - "])
def test_the_beginning_of_a_cuit_is_found_however_written(two, separator):
    """Of all the firms only this one's begins with 27."""
    cuit = make_firm(77, name="Aserradero Güemes", cuit=make_cuit(765432, "27")).cuit
    add_to(two[0].group, Firm.objects.get(cuit=cuit))
    for length in (3, 5, 10, 11):
        begun = cuit[:length]
        text = separator.join(part for part in (begun[:2], begun[2:10], begun[10:]) if part)
        assert found(text) == found(f"muebles {text}") == found(f"{text} muebles") == ["Muebles del Ñandú"], (
            text
        )
        assert found(f"28{text[2:]}") == []


def test_figures_that_are_no_cuit_are_words(two):
    Application.objects.filter(pk=two[0].pk).update(title="Plan 27 de 2026, etapa 30")
    assert found("27 2026") == found("30-20") == found("2026 30") == ["Muebles del Ñandú"]


def test_words_follow_what_they_are_of(two):
    first, second = two
    Application.objects.filter(pk=first.pk).update(title="Secadero solar")
    Group.objects.filter(pk=second.group_id).update(name="Quesería Común")
    firm = second.group.firms.first()
    Firm.objects.filter(pk=firm.pk).update(name="La Tambera")
    assert found("secadero") == ["Muebles del Ñandú"]
    assert found("queseria") == ["Quesería Común"]
    assert found("agiles") == []
    assert found("tambera") == ["Quesería Común"]


def test_the_reference_is_found_from_the_first_submission_on():
    application = application_at("submitted")
    assert found(application.reference) == [application.group.name]
    assert found(application.reference.lower()) == [application.group.name]
    assert found(str(int(application.reference[-5:])).zfill(5)) == [application.group.name]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_python_and_the_database_make_the_same_of_a_text(db, text):
    text = text.replace("\x00", "")
    # A surrogate is no text that a browser can send.
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT applications_plain(%s)", [text])
        assert cursor.fetchone()[0].split() == search.plain(text).split()


def test_any_question_is_answered(two):
    for text in (
        "a" * 500,
        "1 " * 300,
        "😀" * 50,
        "\u202emuebles",
        "٣٠-٧١٩",
        "30-7-1-9-0-0-8-7-6-1-2",
        "%_\\",
        "select 1; --",
        "\t\n",
    ):
        found(text)


def test_every_application_has_its_words(two):
    Case.objects.filter(pk=two[0].case_id).update(reference="LSP-2026-77777")
    assert found("77777") == ["Muebles del Ñandú"]
    assert Application.objects.filter(words=None).count() == 0
