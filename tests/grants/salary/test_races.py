"""Two at the same instant about a salary: one wins, the other reads why, and the money adds up."""

import pytest

from grants import actions as project_actions
from grants.models import Disbursement, SalaryMonth
from grants.salary import actions
from grants.workflow import SALARY
from tests.factories_applications import OFFICE
from tests.factories_grants import finance, finance2
from tests.grants.salary.rows import AFTER_MONTH_1, counted, month_at, own_account, paid_project
from tests.grants.test_races import at_once, split

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_finance_officers_order_the_same_month_and_one_wins():
    project = paid_project()
    own_account(project)
    month = month_at("accepted", project)
    first, second = finance(), finance2()
    won, lost = split(
        at_once(
            *(
                lambda by=by: project_actions.order_disbursement(
                    by=by, tranche=month.tranche, now=AFTER_MONTH_1
                )
                for by in (first, second, first, second)
            )
        )
    )
    assert len(won) == 1
    assert lost == ["This tranche is ordered already."] * 3
    assert Disbursement.objects.count() == 1
    assert project.committed() == month.amount


def test_two_schedulers_count_a_month_once():
    project = paid_project()
    at_once(*(lambda: actions.count_months(AFTER_MONTH_1) for _each in range(3)))
    assert project.salary_months.count() == 1
    assert project.case.events.filter(action="salarymonth.count").count() == 1


def test_accepted_and_returned_at_once_is_one_of_the_two():
    project = paid_project()
    counted(project)
    month = month_at("submitted", project)
    officer = OFFICE.officer
    won, lost = split(
        at_once(
            lambda: SALARY.apply(month, "accept", by=officer, now=AFTER_MONTH_1),
            lambda: SALARY.apply(month, "return", by=officer, now=AFTER_MONTH_1, data={"remark": "No."}),
        )
    )
    assert len(won) == len(lost) == 1
    month = SalaryMonth.objects.get()
    assert (month.tranche is not None) == (month.status == "accepted")
