"""The page of the payee: CUIT and CBU with their sentences, the officer's check, and who does not see it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from grants import actions
from grants.forms import clean_cbu
from grants.models import Payee
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import enter_payee, finance, make_cbu, open_project, project_at
from tests.factories_groups import make_cuit
from tests.grants.test_views_projects import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands")]
RIGHT = "2850590940090418135201"


@pytest.mark.parametrize(
    "typed", [RIGHT, "28505909 40090418135201", "28505909-4009-0418-1352-01", " 28505909.40090418135201 "]
)
def test_a_cbu_is_read_however_it_is_typed(typed):
    assert clean_cbu(typed) == RIGHT


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "length"),
        ("285059094009041813520", "length"),
        (RIGHT + "1", "length"),
        ("2850590940090418135a01", "length"),
        ("٢٨٥٠٥٩٠٩٤٠٠٩٠٤١٨١٣٥٢٠١", "length"),
        ("0" * 22, "length"),
        ("2850590840090418135201", "bank"),
        ("2850509940090418135201", "bank"),
        ("2850590940090418135202", "account"),
        ("2850590940090418135021", "account"),
    ],
)
def test_a_wrong_cbu_says_where_to_look(typed, code):
    with pytest.raises(ValidationError) as refusal:
        clean_cbu(typed)
    assert refusal.value.code == code


def payee_of(project) -> str:
    return reverse("payee", args=[project.pk])


def test_the_representative_says_who_is_paid(client):
    project = open_project()
    client.force_login(project.group.representative)
    assert "has not said yet who is paid" in text_of(client.get(payee_of(project)))
    typed = {
        "version": project.version,
        "name": "  Asociación   Norte ",
        "cuit": "30-60900001-0",
        "cbu": "123",
    }
    wrong = client.post(payee_of(project), typed)
    assert wrong.status_code == 422
    said = text_of(wrong)
    assert "The check digit does not match" in said
    assert "A CBU has 22 digits. Here are 3." in said
    assert not Payee.objects.exists()
    cuit = make_cuit(900_001)
    typed |= {"cuit": f"{cuit[:2]}-{cuit[2:10]}-{cuit[10]}", "cbu": "28505909 40090418135201"}
    done = client.post(payee_of(project), typed)
    assert done.status_code == 302
    payee = project.payee
    assert (payee.name, payee.cuit, payee.cbu) == ("Asociación Norte", cuit, RIGHT)
    assert "To check" in text_of(client.get(payee_of(project)))
    stale = client.post(payee_of(project), {**typed, "name": "Another"})
    assert stale.status_code == 409


def test_an_officer_checks_it_or_says_what_is_wrong(client):
    project = open_project()
    payee = enter_payee(project, checked=False)
    project.refresh_from_db()
    client.force_login(OFFICE.officer)
    response = client.get(payee_of(project))
    assert "It is right" in text_of(response)
    empty = client.post(
        reverse("payee_refuse", args=[project.pk]), {"version": project.version, "reason": ""}
    )
    assert empty.status_code == 422
    stale = client.post(reverse("payee_check", args=[project.pk]), {"version": project.version - 1})
    assert stale.status_code == 409
    assert not Payee.objects.get(pk=payee.pk).is_checked
    done = client.post(reverse("payee_check", args=[project.pk]), {"version": project.version})
    assert done.status_code == 302
    assert Payee.objects.get(pk=payee.pk).checked_by == OFFICE.officer
    project.refresh_from_db()
    again = client.post(
        reverse("payee_refuse", args=[project.pk]), {"version": project.version, "reason": "No."}
    )
    assert again.status_code == 409
    assert "checked already" in text_of(again)


def test_a_refused_payee_is_gone_and_stays_on_record(client):
    project = open_project()
    enter_payee(project, checked=False)
    project.refresh_from_db()
    client.force_login(OFFICE.officer)
    url = reverse("payee_refuse", args=[project.pk])
    done = client.post(url, {"version": project.version, "reason": "The holder is another."})
    assert done.status_code == 302
    said = text_of(client.get(payee_of(project)))
    assert "has not said yet who is paid" in said
    assert "Earlier payees" in said
    project.refresh_from_db()
    for name in ("payee_check", "payee_refuse"):
        answer = client.post(
            reverse(name, args=[project.pk]), {"version": project.version, "reason": "Again."}
        )
        assert answer.status_code == 409


def test_only_those_who_see_payments_see_the_account(client, coordinator, member, viewer, stranger):
    project = project_at("active", coordinator=coordinator)
    for person, status in (
        (project.group.representative, 200),
        (coordinator, 200),
        (finance(), 200),
        (OFFICE.admin, 200),
        (stranger, 404),
        (member, 404),
    ):
        client.force_login(person)
        assert client.get(payee_of(project)).status_code == status


def test_others_neither_enter_nor_check(client, coordinator):
    project = project_at("active", coordinator=coordinator)
    typed = {"version": project.version, "name": "Mine", "cuit": make_cuit(5), "cbu": make_cbu(9)}
    for person in (coordinator, finance(), OFFICE.approver):
        client.force_login(person)
        assert client.post(payee_of(project), typed).status_code == 403
        assert client.post(reverse("payee_check", args=[project.pk]), {"version": 0}).status_code == 403
    client.force_login(project.group.representative)
    assert client.post(reverse("payee_check", args=[project.pk]), {"version": 0}).status_code == 403
    assert project.payees.count() == 1


def test_who_checks_reads_where_else_the_account_stands(client):
    other = enter_payee(open_project(), number=7)
    project = open_project(call=other.project.call)
    enter_payee(project, number=7, checked=False)
    client.force_login(OFFICE.officer)
    assert "The same CBU stands in another project" in text_of(client.get(payee_of(project)))
    client.force_login(project.group.representative)
    assert "The same CBU" not in text_of(client.get(payee_of(project)))
    actions.enter_payee(
        by=project.group.representative,
        project=project,
        name="Clara Villalba",
        cuit=make_cuit(50, "20"),
        cbu=make_cbu(7),
        now=NOON,
    )
    client.force_login(OFFICE.officer)
    page = text_of(client.get(payee_of(project)))
    assert f"as the account of somebody else: {other.name}, CUIT {other.formatted_cuit}" in page
    enter_payee(project, number=8, checked=False)
    assert "The same CBU" not in text_of(client.get(payee_of(project)))
