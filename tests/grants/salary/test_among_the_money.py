"""A month of the salary among the project's money: named as what it is, and never on the account of the project."""

import pytest
from django.urls import reverse

from grants import actions as project_actions
from grants import bank_lists, conditions
from grants.account import actions as account
from grants.account.reading import Movement
from grants.models import Disbursement
from tests.applications.staff_pages import browser, words
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, finance2, order, treasury
from tests.grants.salary.rows import AFTER_MONTH_1, month_at, own_account, paid_project
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paid_stands")]


@pytest.fixture
def ordered() -> Disbursement:
    """Month 1, accepted and ordered."""
    project = paid_project()
    own_account(project)
    return order(month_at("accepted", project).tranche, now=AFTER_MONTH_1)


def confirmed(payment: Disbursement) -> Disbursement:
    return project_actions.confirm_disbursement(
        by=finance2(), disbursement=payment, now=AFTER_MONTH_1, **treasury(payment, now=AFTER_MONTH_1)
    )


def test_the_page_of_the_money_names_the_month(ordered):
    confirmed(ordered)
    project = ordered.project
    name = f"Salary of month 1, {ordered.tranche.salary.person}"
    rows = conditions.waiting_of(project, today=AFTER_MONTH_1.date())
    assert [row.tranche.is_salary for row in rows] == [False] * (len(rows) - 1) + [True]
    said = words(browser(OFFICE.officer).get(reverse("project_ledger", args=[project.pk])))
    # Among the tranches once; in the ledger as ordered, as paid and as proven.
    assert said.count(name) == 4


def test_a_list_for_the_bank_says_whose_month_it_is(ordered):
    found = bank_lists.make(by=finance(), payments=[ordered.pk], now=AFTER_MONTH_1)
    assert "salario mes 1" in found.content
    assert "tramo" not in found.content
    said = words(browser(finance()).get(reverse("bank_list_detail", args=[found.pk])))
    assert f"Salary of month 1, {ordered.tranche.salary.person}" in said


def test_a_line_of_the_project_s_account_is_never_a_salary(ordered):
    project, paid = ordered.project, confirmed(ordered)
    row = Movement(AFTER_MONTH_1.date(), "Transferencia recibida", "OP-1", paid.net)
    account.bring(by=project.group.representative, project=project, movements=[row], now=AFTER_MONTH_1)
    line = project.account_lines.get()
    assert account.candidates(line) == []
    sql = "UPDATE grants_accountline SET disbursement_id = %s, matched_by_id = %s, matched_at = now() WHERE id = %s"
    assert "of its amount" in refused_by(sql, paid.pk, finance().pk, line.pk)
