"""Lists show to each of the cast what they may see, and nothing of anybody else.

That `visible_to` equals `can(VIEW_…)` in the corners (places that ended, staff with a place in a group) is tried app by
app; here every model that has a list must have a row.
"""

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.permissions import Action
from applications.models import Application, Call, Review, Support
from grants.models import (
    AccountLine,
    Amendment,
    Disbursement,
    Expense,
    Finding,
    LedgerEntry,
    PriceUpdate,
    Project,
    ProjectLetter,
    Refund,
    RefundReceipt,
    SalaryLine,
    SalaryMonth,
    Statement,
    Surety,
    Tranche,
    Visit,
)
from groups.models import Appointment, Firm, Group
from reports.models import Certification, Machine, ProgressReport, Training
from tests.access.world import CAST

OURS = {"representative", "member", "viewer", "coordinator", "adviser", "auditor"}
THEIRS = {"other_representative", "other_coordinator"}
OFFICE = {"officer", "approver", "finance", "admin"}

# model: what seeing one is called
LISTS = {
    Firm: Action.VIEW_FIRM,
    Group: Action.VIEW_GROUP,
    Appointment: Action.VIEW_APPOINTMENT,
    Call: Action.VIEW_DRAFT_CALL,
    Application: Action.VIEW_APPLICATION,
    Review: Action.VIEW_REVIEW,
    Support: Action.VIEW_SUPPORT,
    Project: Action.VIEW_PROJECT,
    PriceUpdate: Action.VIEW_PRICE_UPDATE,
    Tranche: Action.VIEW_PAYMENTS,
    Disbursement: Action.VIEW_PAYMENTS,
    Statement: Action.VIEW_STATEMENT,
    Expense: Action.VIEW_STATEMENT,
    LedgerEntry: Action.VIEW_PAYMENTS,
    AccountLine: Action.VIEW_PAYMENTS,
    Refund: Action.VIEW_PAYMENTS,
    RefundReceipt: Action.VIEW_PAYMENTS,
    Surety: Action.VIEW_PAYMENTS,
    Finding: Action.FOLLOW_MONEY,
    SalaryLine: Action.VIEW_PAYMENTS,
    SalaryMonth: Action.VIEW_PAYMENTS,
    ProgressReport: Action.VIEW_REPORT,
    Amendment: Action.VIEW_AMENDMENT,
    Visit: Action.VIEW_VISIT,
    ProjectLetter: Action.VIEW_PROJECT,
    Training: Action.VIEW_REPORT,
    Certification: Action.VIEW_REPORT,
    Machine: Action.VIEW_REPORT,
}


def test_every_model_with_a_list_has_a_row():
    assert set(LISTS) == {
        model for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")
    }


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_lists_are_what_may_be_seen(world, model):
    for who in CAST[1:]:
        user = world.people[who]
        listed = set(model._default_manager.visible_to(user))
        allowed = {
            row
            for row in model._default_manager.all()
            if user.can(LISTS[model], row) or (model is Call and row.status != "draft")
        }
        assert listed == allowed, who


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "home",
        "notices",
        "group_list",
        "group_search",
        "firm_list",
        "application_list",
        "review_list",
        "support_list",
        "project_list",
        "payment_list",
        "statement_list",
        "salary_list",
        "refund_list",
        "surety_list",
        "finding_list",
        "amendment_list",
        "visit_list",
        "report_list",
        "certificate_list",
        "machine_list",
        "my_account",
    ],
)
def test_pages_of_lists_say_nothing_of_other_groups(world, page):
    """Whoever has no part in a group reads neither its name nor the numbers of its cases, on any list."""
    ours, theirs = world.ours, world.theirs
    marks = {
        side: {
            side.group.name,
            *(each.case.reference for each in (side.in_review, side.recommended, side.approved)),
            *(row.case.reference for row in (side.rows.get("paid_project"),) if row),
        }
        for side in (ours, theirs)
    }
    shown = set()
    for who in CAST:
        text = world.ask(who, "GET", reverse(page)).content.decode()
        for side, insiders in ((ours, OURS), (theirs, THEIRS)):
            found = {mark for mark in marks[side] if mark in text}
            shown |= found
            assert not found or who in insiders | OFFICE | {"reviewer"}, (who, found)
    assert shown, "a page that names nothing to anybody proves nothing"
