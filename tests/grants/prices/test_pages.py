"""The pages of updates of prices: an officer looks and prepares, an approver reads the same figures and issues."""

import re

import pytest
from django.urls import reverse

from core import duties
from grants.models import PriceUpdate
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import OFFICE
from tests.factories_grants import project_at
from tests.grants.prices.rows import issue, issued, prepared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def plain(response) -> str:
    return words(response).replace("\xa0", " ")


def test_an_officer_prepares_and_an_approver_issues(project):
    web, address = browser(OFFICE.officer), reverse("price_update_prepare", args=[project.call.code])
    assert "No update was prepared yet" in plain(web.get(reverse("price_update_list")))
    page = plain(web.get(address, {"month": "2026-02"}))
    for said in (
        "$ 3.000.000,00",
        "1,250000",
        "1,250000 ÷ 1",
        "$ 750.000,00",
        "$ 3.750.000,00",
        "cap of 30 %",
    ):
        assert said in page
    assert "The cap holds it" in plain(web.get(address, {"month": "2026-03"}))
    assert web.post(address, {"month": "2026-02", "opinion": ""}).status_code == 422
    assert web.post(address, {"month": "1999-02", "opinion": "x"}).status_code == 422
    done = web.post(address, {"month": "2026-02", "opinion": "The index rose."}, follow=True)
    assert "Prepared. The approvers are told." in plain(done)
    update = PriceUpdate.objects.get()
    act = reverse("price_update_act", args=[update.pk, "issue"])
    approver = browser(OFFICE.approver)
    shown = approver.get(act, follow=True)
    figures = re.search(r'name="figures" value="(\w+)"', shown.text)
    assert figures, shown.text[:2000]
    typed = {
        "resolution": "RES-9",
        "resolved_on": "2026-03-10",
        "grounds": "The clause.",
        "figures": figures[1],
        "version": "0",
    }
    later = approver.post(act, typed | {"resolved_on": "2026-03-11"})
    assert later.status_code == 422
    early = approver.post(act, typed | {"resolved_on": "1999-01-01"})
    assert "not before it" in early.context["form"].errors["resolved_on"][0]
    moved = approver.post(act, typed | {"figures": "0" * 64})
    assert moved.status_code == 409
    assert f'name="figures" value="{figures[1]}"' in moved.text
    assert "The people of each project are told" in plain(approver.post(act, typed, follow=True))
    page = plain(approver.get(reverse("price_update_detail", args=[update.pk])))
    assert "RES-9, 10/03/2026" in page
    assert "$ 3.750.000,00" in page


def test_who_prepared_reads_why_the_button_is_not_theirs(project):
    update = prepared(project.call)
    assert (
        browser(OFFICE.officer).get(reverse("price_update_act", args=[update.pk, "issue"])).status_code == 403
    )
    duty = next(
        each for each in duties.of(OFFICE.approver, NOON.date()) if each.key.startswith("price_update.")
    )
    assert duty.url == reverse("price_update_detail", args=[update.pk])
    page = plain(get(OFFICE.approver, "price_update_detail", update.pk))
    assert "Issue it by resolution" in page
    withdrawn = reverse("price_update_act", args=[update.pk, "withdraw"])
    assert "was withdrawn" in plain(
        browser(OFFICE.officer).post(withdrawn, {"reason": "No.", "version": 0}, follow=True)
    )
    assert "It changed nothing" in plain(get(OFFICE.officer, "price_update_detail", update.pk))


def test_the_group_reads_it_on_its_own_pages(project):
    issued(project.call)
    person = project.group.representative
    page = plain(get(person, "project_detail", project.pk))
    assert "updated to the prices of 02/2026, by resolution RES-2026-90: $ 750.000,00 more" in page
    assert "Update to the prices of 02/2026, resolution RES-2026-90" in plain(
        get(person, "project_amendments", project.pk)
    )
    assert "Update to the prices of 02/2026" in plain(get(person, "plan_version", project.pk, 1))
    assert "Update of prices" in plain(get(person, "project_ledger", project.pk))
    assert get(person, "price_update_list").status_code in (403, 404)


@pytest.mark.parametrize("name", ["price_update_prepare", "price_update_detail"])
def test_a_preview_costs_the_same_for_one_project_and_for_four(project, name, django_assert_num_queries):
    update = prepared(project.call) if name == "price_update_detail" else None
    args = [update.pk if update else project.call.code]
    web = browser(OFFICE.officer)
    web.get(reverse(name, args=args))
    counts = []
    for more in (0, 3):
        for _number in range(more):
            project_at("active", call=project.call)
        with django_assert_num_queries(1000, exact=False) as found:
            assert web.get(reverse(name, args=args)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_an_act_costs_the_same_to_read_however_many_projects(project, django_assert_num_queries):
    update = prepared(project.call)
    issue(update)
    web = browser(OFFICE.officer)
    address = reverse("price_update_detail", args=[update.pk])
    web.get(address)
    with django_assert_num_queries(1000, exact=False) as found:
        web.get(address)
    assert len(found) <= 12
