"""The pages of the salary: the coordinator hands in, the officer accepts, finance orders; the account; the lists."""

import datetime as dt

import pytest
from django.urls import reverse

from core import outbox
from core.dates import at_noon
from core.models import Message
from grants.models import SalaryMonth
from grants.salary import actions
from groups.models import Appointment
from tests.applications.staff_pages import browser, words
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import OFFICE, a_pdf
from tests.factories_grants import finance, make_cbu, project_at
from tests.factories_groups import make_appointment, make_cuit
from tests.grants.salary.rows import AFTER_MONTH_1, counted, month_at, own_account, paid_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "paid_stands")]

TYPED = {
    "invoice_number": "0001-00000001",
    "invoice_on": "2026-03-10",
    "invoice_amount": "300.000,00",
    "note": "Two visits.",
    "version": "0",
}


def page(month) -> str:
    return reverse("salary_month", args=[month.pk])


def test_the_coordinator_hands_in_and_the_officer_accepts(time_machine):
    project, told = paid_project(), finance()
    own_account(project)
    month = counted(project)
    time_machine.move_to(AFTER_MONTH_1)
    web = browser(month.person)
    said = words(web.get(page(month)))
    assert "in office on 31 of 31 days" in said
    assert "Hand in by 19/04/2026" in said
    wrong = web.post(page(month), TYPED | {"invoice_amount": "299.000,00", "invoice_on": "2026-04-11"})
    assert wrong.status_code == 422
    for name in ("invoice_amount", "invoice_on", "upload"):
        assert f'href="#id_{name}' in wrong.text
    done = web.post(page(month), TYPED | {"upload": a_pdf("invoice.pdf")}, follow=True)
    assert "Handed in. An officer looks at it" in words(done)
    # Sent twice: it is handed in already.
    assert web.post(page(month), TYPED | {"upload": a_pdf("invoice.pdf")}).status_code == 409
    month.refresh_from_db()
    officer = browser(OFFICE.officer)
    assert "0001-00000001" in officer.get(page(month)).text
    back = reverse("salary_act", args=[month.pk, "return"])
    assert officer.post(back, {"version": month.version, "remark": ""}).status_code == 422
    accept = reverse("salary_act", args=[month.pk, "accept"])
    assert officer.post(accept, {"version": month.version + 1}).status_code == 409
    done = officer.post(accept, {"version": month.version}, follow=True)
    assert "Accepted. Finance can order the payment." in words(done)
    letter = Message.objects.filter(template="payment_tranche_open", recipient=told).latest("pk")
    assert outbox.title_of(letter) == "A salary can be ordered"
    queue = browser(finance()).get(reverse("payment_list"))
    assert f"Salary of month 1, {month.person}" in words(queue)
    order = reverse("tranche_order", args=[SalaryMonth.objects.get().tranche_id])
    seen = words(browser(finance()).get(order))
    assert f"Salary of month 1, {month.person}" in seen
    assert "Account checked" in seen
    month.refresh_from_db()
    done = browser(finance()).post(order, {"version": month.tranche.version})
    assert done.status_code == 302
    assert "Ordered: another finance officer confirms it" in words(web.get(page(month)))


def test_a_month_that_is_late_says_so(time_machine):
    month = counted(paid_project())
    time_machine.move_to(at_noon(dt.date(2026, 4, 19)))
    urls = [page(month), reverse("project_salary", args=[month.project_id]), reverse("salary_list")]
    assert not [url for url in urls if "Late" in words(browser(month.person).get(url))]
    time_machine.move_to(at_noon(dt.date(2026, 4, 20)))
    assert not [url for url in urls if "Late" not in words(browser(month.person).get(url))]


def test_a_returned_month_says_what_to_change(time_machine):
    month = month_at("returned")
    time_machine.move_to(AFTER_MONTH_1)
    said = words(browser(month.person).get(page(month)))
    assert "Returned: this is to change" in said
    assert "Another file, if the invoice changed" in said
    done = browser(month.person).post(page(month), TYPED | {"version": month.version}, follow=True)
    assert "Handed in" in words(done)


def test_the_officer_reads_that_the_account_is_somebody_elses():
    project = paid_project()
    own_account(project, number=1, checked=False)
    page = words(browser(OFFICE.officer).get(reverse("salary_account", args=[project.pk])))
    assert f"as the account of somebody else: {project.payee.name}" in page
    assert "The same CBU" not in words(
        browser(project.reporter_on(NOON.date())).get(reverse("salary_account", args=[project.pk]))
    )


def test_the_account_is_entered_by_oneself_and_checked_by_an_officer():
    project = paid_project()
    person = project.reporter_on(NOON.date())
    url = reverse("salary_account", args=[project.pk])
    web = browser(person)
    assert "No account was entered yet." in words(web.get(url))
    typed = {"cuit": make_cuit(50, "20"), "cbu": make_cbu(50)}
    wrong = web.post(url, typed | {"cbu": "123"})
    assert wrong.status_code == 422
    assert 'href="#id_cbu"' in wrong.text
    company = web.post(url, typed | {"cuit": make_cuit(50)})
    assert company.context["form"].errors["cuit"] == ["This is the number of a company: write your own."]
    assert web.post(url, typed).status_code == 302
    assert web.post(url, typed).status_code == 409
    representative = browser(project.group.representative)
    assert representative.post(url, typed).status_code == 403
    # In full it is shown to whose it is and to the programme.
    assert typed["cbu"][8:] not in representative.get(url).text
    assert typed["cbu"][8:] in web.get(url).text
    payee = project.payees.get(person=person)
    officer = browser(OFFICE.officer)
    check = reverse("account_check", args=[project.pk, payee.pk])
    assert check in officer.get(url).text
    assert "The same CBU" not in words(officer.get(url))
    assert officer.post(reverse("account_refuse", args=[project.pk, payee.pk]), {}).status_code == 422
    assert officer.post(check).status_code == 302
    assert officer.post(check).status_code == 409
    assert officer.post(reverse("account_check", args=[project.pk, project.payee.pk])).status_code == 404
    payee.refresh_from_db()
    assert payee.is_checked


def test_whoever_left_sees_the_own_months_and_nothing_else(time_machine):
    month = month_at("accrued")
    project = month.project
    time_machine.move_to(AFTER_MONTH_1)
    Appointment.objects.update(status="ended", ended_on=dt.date(2026, 4, 9))
    second = make_person("second")
    make_appointment(project.group, second, confirmed_from=dt.date(2026, 4, 10))
    actions.count_months(at_noon(dt.date(2026, 5, 10)))
    theirs = project.salary_months.get(person=second)
    web = browser(month.person)
    assert web.get(reverse("project_detail", args=[project.pk])).status_code == 404
    assert web.get(page(month)).status_code == 200
    assert web.get(page(theirs)).status_code == 404
    said = words(web.get(reverse("project_salary", args=[project.pk])))
    assert "9 of" not in said
    assert str(second) not in said
    assert str(second) not in words(web.get(reverse("salary_list")))
    assert web.get(reverse("salary_account", args=[project.pk])).status_code == 200
    # Who is in office sees all of them.
    assert str(month.person) in words(browser(second).get(reverse("project_salary", args=[project.pk])))


def test_who_sees_payments_sees_salaries_and_nobody_else():
    project = paid_project()
    month = counted(project)
    for user, code in (
        (project.group.representative, 200),
        (finance(), 200),
        (OFFICE.approver, 200),
        (make_person("stranger"), 404),
    ):
        assert browser(user).get(page(month)).status_code == code
        assert browser(user).get(reverse("project_salary", args=[project.pk])).status_code == code
    assert (
        browser(OFFICE.officer).get(reverse("project_salary", args=[project_at("active").pk])).status_code
        == 404
    )


def test_the_lists_are_found_by_words_and_states_and_say_why_they_are_empty():
    project = paid_project()
    officer, url = browser(OFFICE.officer), reverse("salary_list")
    assert "No month of a salary was counted yet" in words(officer.get(url))
    counted(project)
    assert "31 of 31" in words(officer.get(url))
    assert "31 of 31" in words(officer.get(url, {"status": "accrued", "q": project.group.name.split()[0]}))
    assert "Nothing matches" in words(officer.get(url, {"status": "accepted"}))
    assert officer.get(url, {"status": "nonsense"}).status_code == 422


def test_the_pages_cost_the_same_with_one_month_and_with_ten(django_assert_num_queries):
    project = paid_project()
    counted(project)
    web = browser(project.group.representative)
    pages = (reverse("salary_list"), reverse("project_salary", args=[project.pk]))
    costs = {pages[0]: 6, pages[1]: 12}
    for url in pages:
        web.get(url)
    for now in (AFTER_MONTH_1, at_noon(dt.date(2027, 1, 10))):
        actions.count_months(now)
        for url in pages:
            with django_assert_num_queries(costs[url]):
                web.get(url)


def test_an_admin_sets_the_scale_of_a_call():
    call = paid_project().call
    url = reverse("salary_scale", args=[call.code])
    admin = browser(OFFICE.admin)
    assert "$ 300.000,00" in words(admin.get(url)).replace("\xa0", " ")
    typed = {"valid_from": "2026-03-11", "per_month": "400.000", "resolution": "RES-9"}
    for changes in ({"valid_from": "2026-03-10"}, {"per_month": "0"}, {"resolution": ""}):
        assert admin.post(url, typed | changes).status_code == 422
    assert "RES-9" in words(admin.post(url, typed, follow=True))
    assert admin.post(url, typed).status_code == 422
    assert browser(OFFICE.officer).get(url).status_code == 403
    assert call.case.events.get(action="call.salary_scale").data["valid_from"] == "2026-03-11"
