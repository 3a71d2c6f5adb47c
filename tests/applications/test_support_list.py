"""The page of the advisers: what each group lacks, in a constant number of queries; and what the office sees."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.eligibility import check
from applications.models import Support
from applications.supporting import lists, suggestions
from applications.supporting.overview import results_of
from core.dates import day_of
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    draft,
    fill,
    make_call,
    return_for_changes,
    submit,
)
from tests.factories_groups import add_to, make_firm, make_group, make_sector
from tests.factories_support import log, support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
# The frame asks four of them (session, person, roles, bell).
QUERIES_OF_LIST = 10


def helped(number: int, adviser, call) -> Support:
    """A group with an adviser, a draft that lacks something, a session and a suggestion. Every third one's call asks for
    earlier support; every second one's firms are of several sectors."""
    group = make_group(5, name=f"Grupo {number}")
    if number % 2:
        add_to(group, make_firm(sector=make_sector("textile")))
    application = draft(group=group, call=call)
    support = support_at("active", group=group, adviser=adviser)
    log(support)
    suggestions.suggest(by=adviser, application=application, section="plan", comment="Shorter.", now=NOON)
    return support


@pytest.fixture
def call():
    return make_call("joint_investment")


def test_what_the_rules_say_of_many_is_what_they_say_of_each(adviser, call):
    first, second = (helped(number, adviser, call) for number in (1, 2))
    log(first)
    returned = return_for_changes(submit(fill(draft())), ("plan",))
    applications = [
        *first.group.applications.select_related("call", "group__sector", "group__case"),
        *second.group.applications.select_related("call", "group__sector", "group__case"),
        returned,
    ]
    found = results_of(applications, NOON)
    for application in applications:
        fresh = type(application).objects.get(pk=application.pk)
        assert found[application.pk] == check(fresh, today=day_of(NOON))


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_asks_the_same_number_of_questions(
    number, adviser, call, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(lists, "SUPPORTS_ON_A_PAGE", 40)
    for each in range(number):
        helped(each, adviser, call)
    client = browser(adviser)
    client.get(reverse("my_account"))
    with django_assert_num_queries(QUERIES_OF_LIST):
        page = client.get(reverse("support_list"))
    assert page.text.count("1 suggestion waits for the group") == number


def test_an_adviser_sees_what_each_group_lacks_and_nothing_of_other_groups(adviser, staff, call):
    support = helped(1, adviser, call)
    support_at("active", group=make_group(name="Quesos"), adviser=staff("other", "adviser"))
    text = words(get(adviser, "support_list"))
    assert "Groups that you help" in text
    assert "Grupo 1" in text
    assert "Quesos" not in text
    assert "sections missing · 20 days left" in text
    assert "10/03/2026" in text
    empty = words(get(staff("new", "adviser"), "support_list"))
    assert "You help no group yet. An officer asks you when a group needs help." in empty
    assert support.group.name not in empty


def test_who_is_only_asked_to_help_reads_none_of_the_applications(adviser, call):
    group = make_group(name="Muebles")
    application = fill(draft(group=group, call=call))
    support = support_at("offered", group=group, adviser=adviser)
    for page in (get(adviser, "support_list"), get(adviser, "support_detail", support.pk)):
        assert "Muebles" in page.text
        assert application.title not in page.text
    assert get(adviser, "application_detail", application.pk).status_code == 404
    assert get(adviser, "group_detail", group.pk).status_code == 404


def test_officers_see_all_and_what_waits_first(adviser, officer):
    support_at("active", group=make_group(name="Activo"), adviser=adviser)
    support_at("offered", group=make_group(name="Ofrecido"), adviser=adviser)
    support_at("asked", group=make_group(name="Pedido"))
    support_at("ended", group=make_group(name="Terminado"), adviser=adviser)
    text = words(get(officer, "support_list"))
    assert "1 request waits for an adviser" in text
    assert text.index("Pedido") < text.index("Ofrecido") < text.index("Activo")
    assert "Terminado" not in text
    assert "Terminado" in words(get(officer, "support_list", status="ended"))
    only = words(get(officer, "support_list", status="asked"))
    assert "Pedido" in only
    assert "Activo" not in only.replace("Active", "")
    found = words(get(officer, "support_list", q="ofre"))
    assert "Ofrecido" in found
    assert "Pedido" not in found
    assert "No support matches." in words(get(officer, "support_list", q="nothing"))
    assert get(officer, "support_list", status="no").status_code == 422


def test_a_late_request_says_so(officer):
    support = support_at("asked", now=NOON - dt.timedelta(days=20))
    assert "Late" in words(get(officer, "support_list"))
    assert "Late" in words(get(officer, "support_detail", support.pk))


def test_only_staff_who_see_support_come_in(representative, reviewer1, finance):
    assert get(representative, "support_list").status_code == 403
    assert get(reviewer1, "support_list").status_code == 403
    assert get(finance, "support_list").status_code == 200
    assert reverse("support_list") in get(OFFICE.officer, "my_account").text
    assert reverse("support_list") not in get(finance, "my_account").text
