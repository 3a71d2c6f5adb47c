"""The pages of people and roles, of one's own account, and of the permission table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions, places
from accounts.models import RoleGrant, User
from accounts.permissions import Action
from accounts.places import Place
from accounts.roles import Role
from accounts.wording import rows_by_section
from core import dates

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/people/", "/people/1/"])
def test_only_admins_see_people(client, signed_in, stranger, address):
    assert client.get(address).status_code == 302
    page = signed_in(stranger).get(address)
    assert page.status_code == 403
    assert "Programme admin" in page.text


def test_a_person_is_found_by_words_and_role(signed_in, admin, person):
    person("ana@lsp.example", "Ana Paz")
    person("luz@lsp.example", "Luz Ríos")
    client = signed_in(admin)
    page = client.get(reverse("people"), {"q": "paz ANA"}).text
    assert "ana@lsp.example" in page
    assert "luz@lsp.example" not in page
    page = client.get(reverse("people"), {"role": "admin"}).text
    assert "admin@lsp.example" in page
    assert "ana@lsp.example" not in page
    assert "Nobody matches" in client.get(reverse("people"), {"q": "zzz"}).text


@pytest.mark.parametrize("query", ["role=emperor", "q=%00", "q=" + "x" * 300])
def test_nonsense_in_the_filter_is_said_at_the_field(signed_in, admin, query):
    assert signed_in(admin).get(f"/people/?{query}").status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_that_is_not_there_is_the_nearest_one(signed_in, admin, page):
    assert signed_in(admin).get(f"/people/?page={page}").status_code == 200


def test_the_list_asks_the_same_number_of_questions(signed_in, admin, person):
    client = signed_in(admin)
    client.get(reverse("people"))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("people")).status_code == 200
        return len(queries)

    few = count()
    for number in range(30):
        user = person(f"p{number}@lsp.example")
        actions.grant_role(by=admin, user=user, role=Role.OFFICER, now=dates.now())
    assert count() == few


def test_a_role_is_given_seconded_and_ended_in_the_pages(signed_in, admin, admin2, stranger):
    address = reverse("person_detail", args=[stranger.pk])
    client = signed_in(admin)
    assert client.post(address, {"role": "approver"}).status_code == 302
    grant = RoleGrant.objects.get(user=stranger)
    assert "Waits for a second admin" in client.get(address).text
    refused = client.post(reverse("role_second", args=[grant.pk]))
    assert refused.status_code == 409
    client = signed_in(admin2)
    assert "Agree to the role" in client.get(address).text
    assert client.post(reverse("role_second", args=[grant.pk])).status_code == 302
    assert User.objects.get(pk=stranger.pk).staff_roles() == {Role.APPROVER}
    assert client.post(reverse("role_end", args=[grant.pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("role_end", args=[grant.pk]), {"reason": "Left"}).status_code == 302
    assert User.objects.get(pk=stranger.pk).staff_roles() == frozenset()


def test_an_admin_gives_nothing_to_themselves_in_the_pages(signed_in, admin):
    page = signed_in(admin).post(reverse("person_detail", args=[admin.pk]), {"role": "officer"})
    assert page.status_code == 422
    assert "themselves" in page.text
    assert admin.role_grants.count() == 1


@pytest.mark.parametrize(
    "data, sentence",
    [
        ({}, "Role"),
        ({"role": "emperor"}, "valid choice"),
        ({"role": "representative"}, "valid choice"),
        ({"role": "officer", "last_day": "2001-01-01"}, "in the past"),
        ({"role": "officer", "last_day": "31/02/2030"}, "valid date"),
        ({"role": "auditor"}, "Say which cases"),
        ({"role": "auditor", "cases": "NOPE-1", "last_day": "2090-01-01"}, "NOPE-1"),
    ],
)
def test_bad_input_is_said_at_the_field(signed_in, admin, stranger, data, sentence):
    page = signed_in(admin).post(reverse("person_detail", args=[stranger.pk]), data)
    assert page.status_code == 422
    assert sentence in page.text
    assert not stranger.role_grants.exists()


def test_extra_fields_change_nothing(signed_in, stranger):
    data = {
        "full_name": "Sol",
        "language": "en",
        "email": "boss@lsp.example",
        "is_active": "",
        "role": "admin",
    }
    assert signed_in(stranger).post(reverse("my_account"), data).status_code == 302
    stranger.refresh_from_db()
    assert (stranger.full_name, stranger.email, stranger.is_active) == ("Sol", "stranger@lsp.example", True)
    assert not stranger.role_grants.exists()


def test_my_account_says_what_one_may_in_words(signed_in, admin, stranger, monkeypatch):
    mine = [Place(Role.VIEWER, "Muebles del Norte", "/groups/1/")]
    monkeypatch.setattr(places, "_providers", [lambda user: mine])
    actions.grant_role(by=admin, user=stranger, role=Role.OFFICER, now=dates.now())
    page = signed_in(stranger).get(reverse("my_account")).text
    for words in ("Programme officer", "Checks eligibility", "Muebles del Norte", "changes nothing"):
        assert words in page


@pytest.mark.parametrize("data", [{"full_name": ""}, {"language": "de"}, {"full_name": "x" * 151}])
def test_a_bad_profile_is_not_saved(signed_in, stranger, data):
    answer = signed_in(stranger).post(reverse("my_account"), {"full_name": "Sol", "language": "en"} | data)
    assert answer.status_code == 422
    stranger.refresh_from_db()
    assert stranger.full_name == "Sol Stranger"


def test_the_page_of_permissions_is_the_table(signed_in, stranger):
    page = signed_in(stranger).get(reverse("permission_table")).text
    shown = [row for _heading, rows in rows_by_section() for row in rows]
    assert len(shown) == len(Action)
    assert page.count('<th scope="row">') == len(Action)
