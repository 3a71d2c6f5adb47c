"""The institutions of a group: found or new, what each does, its end; actions and pages."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from core.workflow import NotAllowed, TransitionRefused
from groups import actions
from groups.models import Institution, Partner
from groups.partners import partners_on
from tests.factories_groups import give_place, make_cuit, make_group, make_institution, make_partner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

TODAY = dt.date(2026, 3, 10)


def institution_data(**changes) -> dict:
    return {
        "kind": "chamber",
        "name": "Cámara de la Madera",
        "cuit": "",
        "province": "AR-N",
        "locality": "Oberá",
        "contribution": "Lends a hall",
        "contact": "",
    } | changes


# --- Actions -----------------------------------------------------------------------------------------


def test_an_institution_acts_with_a_group_over_time(now):
    group = make_group(0)
    told = {"by": group.representative, "group": group, "now": now}
    partner = actions.add_partner(**told, institution=make_institution(), contribution="Trains")
    assert list(partners_on(group, TODAY)) == [partner]
    actions.edit_partner(**told, partner=partner, contribution="Tests", contact="Ana")
    actions.end_partner(**told, partner=partner)
    assert list(partners_on(group, TODAY)) == []
    assert list(partners_on(group, TODAY - dt.timedelta(days=1))) == []
    names = list(group.case.events.order_by("sequence").values_list("action", flat=True))
    assert names == ["partner.joined", "partner.edited", "partner.left"]
    # It may come back, as a row of its own.
    actions.add_partner(**told, institution=partner.institution, contribution="Trains")
    assert group.partners.count() == 2


def test_those_of_a_day():
    group = make_group(0)
    left = make_partner(group, joined_on=dt.date(2025, 1, 1), left_on=dt.date(2025, 6, 1))
    stays = make_partner(group, joined_on=dt.date(2025, 3, 1))
    for day, there in (("2024-12-31", []), ("2025-05-31", [left, stays]), ("2025-06-01", [stays])):
        assert list(partners_on(group, dt.date.fromisoformat(day))) == there


def test_twice_at_once_is_refused(now):
    group = make_group(0)
    partner = make_partner(group)
    told = {"by": group.representative, "group": group, "now": now}
    with pytest.raises(TransitionRefused, match="with the group already"):
        actions.add_partner(**told, institution=partner.institution, contribution="Trains")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_partner(group, partner.institution)
    actions.end_partner(**told, partner=partner)
    make_institution(cuit=make_cuit(42))
    with pytest.raises(actions.InstitutionRefused, match="in the list already"):
        actions.add_partner(
            **told,
            institution=None,
            contribution="x",
            kind="ngo",
            name="Otra",
            cuit=make_cuit(42),
            province="AR-N",
            locality="Oberá",
        )
    for act in (actions.end_partner, actions.edit_partner):
        more = {"contribution": "x", "contact": ""} if act is actions.edit_partner else {}
        with pytest.raises(TransitionRefused, match="not with the group any more"):
            act(**told, partner=partner, **more)


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_only_who_writes_for_the_group(person, now, role):
    group, other = make_group(0), person("other")
    if role:
        give_place(group, other, role)
    told = {"by": other, "group": group, "now": now}
    partner = make_partner(group)
    with pytest.raises(NotAllowed):
        actions.add_partner(**told, institution=make_institution(), contribution="x")
    with pytest.raises(NotAllowed):
        actions.edit_partner(**told, partner=partner, contribution="x", contact="")
    with pytest.raises(NotAllowed):
        actions.end_partner(**told, partner=partner)


def test_a_partner_of_another_group_is_not_touched(now):
    group, theirs = make_group(0), make_partner(make_group(0))
    with pytest.raises(TransitionRefused):
        actions.end_partner(by=group.representative, group=group, now=now, partner=theirs)


# --- Pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["madera", "cámara madera", "30-60000042", "60000042"])
def test_an_institution_is_found_by_name_or_cuit(signed_in, words):
    group = make_group(0)
    institution = make_institution("Cámara de la Madera", cuit=make_cuit(42))
    make_institution("Universidad del Sur")
    page = signed_in(group.representative).get(reverse("partner_find", args=[group.pk]), {"q": words}).text
    assert reverse("partner_add", args=[group.pk, institution.pk]) in page
    assert "Universidad del Sur" not in page


def test_what_is_not_found_is_added_as_a_new_one(signed_in):
    group = make_group(0)
    client = signed_in(group.representative)
    page = client.get(reverse("partner_find", args=[group.pk]), {"q": "nada"}).text
    assert "No institution of the list matches" in page
    assert reverse("partner_new", args=[group.pk]) in page
    answer = client.post(reverse("partner_new", args=[group.pk]), institution_data(), follow=True)
    assert "Cámara de la Madera was added" in answer.text
    assert "Lends a hall" in answer.text
    assert (Institution.objects.count(), Partner.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"name": ""}, "Fill in"),
        ({"contribution": ""}, "Fill in"),
        ({"kind": "circus"}, "circus"),
        ({"province": "AR-9"}, "AR-9"),
        ({"cuit": "30-1"}, "A CUIT has 11 digits"),
        ({"name": "x" * 201}, "200"),
    ],
)
def test_bad_input_is_told_at_the_field(signed_in, change, sentence):
    group = make_group(0)
    address = reverse("partner_new", args=[group.pk])
    answer = signed_in(group.representative).post(address, institution_data(**change))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not Institution.objects.exists()


def test_a_cuit_that_is_in_the_list_is_told_at_the_field(signed_in):
    group = make_group(0)
    make_institution(cuit=make_cuit(42))
    address = reverse("partner_new", args=[group.pk])
    answer = signed_in(group.representative).post(address, institution_data(cuit=make_cuit(42)))
    assert (answer.status_code, "in the list already" in answer.text) == (422, True)
    assert 'href="#id_cuit"' in answer.text
    assert Institution.objects.count() == 1


def test_pages_add_change_and_end(signed_in):
    group, institution = make_group(0), make_institution()
    client = signed_in(group.representative)
    add = reverse("partner_add", args=[group.pk, institution.pk])
    assert client.post(add, {"contribution": ""}).status_code == 422
    assert client.post(add, {"contribution": "Trains"}).status_code == 302
    twice = client.post(add, {"contribution": "Trains"})
    assert (twice.status_code, "with the group already" in twice.text) == (409, True)
    partner = group.partners.get()
    edit = reverse("partner_edit", args=[group.pk, partner.pk])
    assert "Trains" in client.get(edit).text
    assert client.post(edit, {"contribution": ""}).status_code == 422
    assert client.post(edit, {"contribution": "Tests", "contact": "Ana"}).status_code == 302
    assert "Tests" in client.get(reverse("group_detail", args=[group.pk])).text
    end = reverse("partner_end", args=[group.pk, partner.pk])
    assert "is with the group no more" in client.post(end, follow=True).text
    assert client.post(end).status_code == 404
