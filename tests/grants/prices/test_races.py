"""At the same instant, on real connections: an act is issued once, and what is ordered meanwhile is not updated."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from grants.models import PriceUpdateRow, Project
from tests.factories_applications import OFFICE, staff_member
from tests.factories_grants import finance, order
from tests.grants.prices.rows import issue, one_project, prepared, said
from tests.grants.test_races import at_once, split

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_approvers_at_once_and_one_of_them_issues_it():
    project = one_project()
    update = prepared(project.call)
    shown = said(update)["figures"]
    people = (OFFICE.approver, staff_member("approver2", Role.APPROVER))
    won, lost = split(
        at_once(*(lambda person=person: issue(update, by=person, figures=shown) for person in people))
    )
    assert (len(won), len(lost)) == (1, 1)
    assert PriceUpdateRow.objects.get().more == 750_000
    assert Project.objects.get().approved_amount == Decimal("3750000.00")


def test_a_payment_and_an_update_at_once_and_nothing_is_updated_that_was_ordered():
    project = one_project()
    update = prepared(project.call)
    shown, by, approver = said(update)["figures"], finance(), OFFICE.approver
    tranche = project.tranches.get(number=1)
    at_once(lambda: order(tranche, by=by), lambda: issue(update, by=approver, figures=shown))
    project = Project.objects.get()
    ordered = sum(each.amount for row in project.tranches.all() for each in row.disbursements.all())
    # Either the order came first, and who signs looks again; or the update, and the page of the order is out of date.
    assert (project.approved_amount, ordered) in (
        (Decimal("3000000.00"), Decimal("1200000.00")),
        (Decimal("3750000.00"), Decimal("1500000.00")),
        (Decimal("3750000.00"), 0),
    )
