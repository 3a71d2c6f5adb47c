"""An admin opens a call without a programmer, in the browser: created, written, previewed, published, extended."""

import pytest

from accounts.models import User
from applications.models import Call
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAVE = "form[data-keep] button[type=submit]"


def rows_of(person, code: str, kind: str, *rows: dict) -> None:
    """Add rows that have a page of their own."""
    for row in rows:
        person.open(f"/call-desk/{code}/rows/{kind}/add/")
        person.write(**row)
        person.press_at(SAVE)


@pytest.mark.parametrize(("language", "width"), [("en-GB", 1280), ("es-AR", 320)])
def test_a_call_from_nothing_to_its_extension(person, time_machine, language, width):
    time_machine.move_to(NOON, tick=True)
    make_call(code="G-OLD")
    # The site speaks the language that a person has chosen for themselves.
    User.objects.filter(pk=OFFICE.admin.pk).update(language=language[:2])
    admin = person(OFFICE.admin.email, width=width, language=language)
    admin.sign_in()
    admin.open("/call-desk/")
    admin.open("/call-desk/new/")
    admin.write(
        code="G-2026-9",
        title_en="Grants for groups",
        title_es="Aportes para grupos",
        opens_at="2026-03-01T09:00",
    )
    admin.write(line="grant")
    admin.press_at(SAVE)
    code = "G-2026-9"

    def page(name: str, **answers) -> None:
        admin.open(f"/call-desk/{code}/pages/{name}/")
        admin.write(**answers)
        admin.press_at(SAVE)

    page(
        "texts", text_en="For groups of firms that work together.", text_es="Para grupos que trabajan juntos."
    )
    page("dates", closes_at="2026-05-01T18:00", envelope="50.000.000,00")
    page("money", max_per_project="5.000.000,00", max_share="70")
    rows_of(admin, code, "criteria", {"name_en": "Learning", "name_es": "Aprendizaje", "weight": "60"})
    rows_of(admin, code, "documents", {"name_en": "Minutes", "name_es": "Acta"})
    admin.open(f"/call-desk/{code}/rows/questions/add/")
    admin.write(kind="yes_no", text_en="Do you sell together?", text_es="¿Venden juntas?")
    admin.press_at(SAVE)

    admin.open(f"/call-desk/{code}/preview/")
    admin.sees("¿Venden juntas?" if language == "es-AR" else "Do you sell together?")
    admin.open(f"/call-desk/{code}/")
    admin.open(f"/call-desk/{code}/act/publish/")
    admin.press_at("form[method=post] button[type=submit]")
    call = Call.objects.get(code=code)
    assert call.status == "published"

    admin.open(f"/call-desk/{code}/extend/")
    admin.write(closes_at="2026-06-01T18:00", reason="Los grupos pidieron más tiempo.")
    admin.press_at("form[method=post] button[type=submit]")
    call.refresh_from_db()
    assert call.closes_at.month == 6
