"""What the database itself refuses (PROGRAMME 6), tried past the code."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from applications.models import (
    Activity,
    Application,
    ApplicationDocument,
    BudgetLine,
    Call,
    Criterion,
    Decision,
    DecisionLine,
    EligibilitySignOff,
    Line,
    Recommendation,
    RecommendationLine,
    Review,
    ReviewScore,
    Submission,
    SubmissionMember,
)
from applications.workflow import REVIEW
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    draft,
    fill,
    make_call,
    return_for_changes,
    send_review,
    write_review,
)
from tests.factories_groups import make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("filled_stands")]


def refused(match: str):
    """A block whose statement the database refuses, with these words."""
    return pytest.raises(DatabaseError, match=match)


def sql(statement: str, *values) -> None:
    """Run a statement past the ORM, as the application's own database user."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def at_commit() -> None:
    """What the commit would check, now."""
    with transaction.atomic():
        connection.check_constraints()


# --- 6.1 ---------------------------------------------------------------------------------------------


def frozen(application: Application, members: int, smes: int, min_firms: int = 5) -> None:
    """Write a submission past the code, with so many members of which so many are SMEs, up to the commit."""
    with transaction.atomic():
        submission = Submission.objects.create(
            application=application,
            number=9,
            submitted_at=NOON,
            submitted_by=application.created_by,
            snapshot={"members": [{}] * members},
            sha256="0" * 64,
            amount=sum(application.lines.values_list("programme_share", flat=True)),
            min_firms=min_firms,
        )
        firms = list(application.group.firms.all()) + [make_firm() for _number in range(members)]
        SubmissionMember.objects.bulk_create(
            SubmissionMember(
                submission=submission,
                firm=firms[number],
                cuit=firms[number].cuit,
                name="X",
                province="AR-N",
                is_sme=number < smes,
            )
            for number in range(members)
        )
        at_commit()


def test_a_submission_has_at_least_five_smes_among_its_frozen_members():
    application = application_at("draft")
    frozen_sql = "SET CONSTRAINTS ALL DEFERRED"
    sql(frozen_sql)
    for members, smes in ((4, 4), (5, 4), (0, 0)):
        with refused("needs 5 SMEs"):
            frozen(application, members, smes)
        sql(frozen_sql)
    frozen(application, 6, 5)


def test_or_the_calls_larger_number():
    application = fill(draft(call=make_call(min_firms=7)))
    with refused("needs 7 SMEs"):
        frozen(application, 6, 6)
    with refused("submission_five_firms"):
        frozen(application_at("draft"), 5, 5, min_firms=4)


def test_no_member_joins_a_submission_later():
    submission = application_at("submitted").submissions.get()
    firm = make_firm()
    with refused("members of its snapshot"), transaction.atomic():
        SubmissionMember.objects.create(
            submission=submission, firm=firm, cuit=firm.cuit, name="X", province="AR-N", is_sme=True
        )
        at_commit()


# --- 6.3 ---------------------------------------------------------------------------------------------


def test_a_group_has_one_live_application_per_call():
    application = application_at("submitted")
    fields = {"call": application.call, "group": application.group, "created_by": application.created_by}
    moments = {"created_at": NOON, "updated_at": NOON, "state_since": NOON}
    from tests.factories import make_case

    with refused("one_live_application"), transaction.atomic():
        Application.objects.create(case=make_case("application"), **fields, **moments)
    Application.objects.create(case=make_case("application"), status="withdrawn", **fields, **moments)


def test_a_firm_is_in_one_live_application_of_a_call():
    application = application_at("submitted")
    other = draft(call=application.call)
    claim = application.claims.first()
    with refused("firm_in_one_application"):
        sql(
            "INSERT INTO applications_firmclaim (call_id, firm_id, application_id) VALUES (%s, %s, %s)",
            claim.call_id,
            claim.firm_id,
            other.pk,
        )


# --- 6.6 ---------------------------------------------------------------------------------------------


def line(application: Application, **fields) -> BudgetLine:
    values = {
        "category": "innovation",
        "description": "X",
        "quantity": Decimal("3"),
        "unit_cost": Decimal("33.335"),
        "programme_share": Decimal("70.00"),
        **fields,
    }
    with transaction.atomic():
        made = BudgetLine.objects.create(application=application, **values)
    return BudgetLine.objects.get(pk=made.pk)


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "cost"),
    [("0.5", "0.01", "0.01"), ("1.5", "0.03", "0.05"), ("3", "33.33", "99.99"), ("0.33", "100.00", "33.00")],
)
def test_the_shares_add_up_to_the_cent_half_up(quantity, unit_cost, cost):
    made = line(
        draft(), quantity=Decimal(quantity), unit_cost=Decimal(unit_cost), programme_share=Decimal("0.01")
    )
    assert made.cost == Decimal(cost)
    assert made.programme_share + made.group_share == made.cost


def test_a_share_is_never_above_the_cost_nor_below_zero():
    application = draft()
    for fields in (
        {"unit_cost": Decimal(10), "programme_share": Decimal("30.01")},
        {"unit_cost": Decimal(10), "programme_share": Decimal("-0.01")},
    ):
        with refused("line_shares_add_up"):
            line(application, **fields)
    with refused("line_cost_positive"):
        line(application, quantity=Decimal(0), programme_share=Decimal(0))
    made = line(application, unit_cost=Decimal(100))
    with refused("line_shares_add_up"):
        sql("UPDATE applications_budgetline SET programme_share = cost + 1 WHERE id = %s", made.pk)
    with refused("generated column"):
        sql("UPDATE applications_budgetline SET group_share = 0 WHERE id = %s", made.pk)


def raw_submission(application: Application, amount: Decimal) -> None:
    sql(
        "INSERT INTO applications_submission (application_id, number, submitted_at, submitted_by_id, snapshot, sha256,"
        " amount, min_firms) VALUES (%s, 9, now(), %s, '{}', '', %s, 5)",
        application.pk,
        application.created_by_id,
        amount,
    )


@pytest.mark.parametrize(
    ("rules", "share", "match"),
    [
        ({}, "2800000.01", "more than the call pays of its category"),
        (
            {"share_by_category": {"fixed_investment": "50"}},
            "2000000.01",
            "more than the call pays of its cat",
        ),
        ({"max_per_project": Decimal("2999999.99")}, "2500000.00", "above what the call pays"),
        ({"categories": ["soft_technology"]}, "2500000.00", "more than the call pays of its category"),
    ],
)
def test_a_submission_never_asks_for_more_than_the_calls_share(rules, share, match):
    application = fill(draft(call=make_call(**rules)))
    first = application.lines.first()
    BudgetLine.objects.filter(pk=first.pk).update(programme_share=Decimal(share))
    amount = Decimal(share) + Decimal("500000.00")
    with refused(match):
        raw_submission(application, amount)


def test_a_submission_never_asks_for_more_than_the_share_of_the_whole():
    application = draft(call=make_call(Line.PARTNERSHIP))
    line(
        application,
        category="coordination",
        quantity=Decimal(1),
        unit_cost=Decimal(100),
        programme_share=Decimal(100),
    )
    with refused("above what the call pays"):
        raw_submission(application, Decimal(100))
    with refused("sum of the lines"):
        raw_submission(application, Decimal(99))


# --- 6.10 --------------------------------------------------------------------------------------------


def test_what_was_submitted_signed_recommended_or_decided_never_changes():
    application_at("approved")
    for model, column in [
        (Submission, "amount"),
        (SubmissionMember, "name"),
        (EligibilitySignOff, "note"),
        (Recommendation, "amount"),
        (RecommendationLine, "amount"),
        (Decision, "grounds"),
        (DecisionLine, "amount"),
    ]:
        table = model._meta.db_table
        assert model.objects.exists()
        with refused("never change"):
            sql(f"UPDATE {table} SET {column} = {column}")
        with refused("never change"):
            sql(f"DELETE FROM {table}")
        with refused("permission denied"):
            sql(f"TRUNCATE {table} CASCADE")


def test_an_approval_is_the_sum_of_its_lines_and_none_is_above_what_was_asked():
    application = application_at("recommended")
    submission, by = application.submissions.get(), OFFICE.approver
    facts = {
        "submission": submission,
        "decided_by": by,
        "decided_at": NOON,
        "grounds": "X",
        "kind": "approve",
    }
    first = application.lines.first()

    def decide(amount, given, number):
        with transaction.atomic():
            decision = Decision.objects.create(
                application=application, amount=amount, resolution=number, **facts
            )
            DecisionLine.objects.create(decision=decision, line=first, amount=given, group_share=0)
            at_commit()

    with refused("sum of its lines"):
        decide(Decimal(10), Decimal(9), "A")
    more = first.programme_share + 1
    with refused("more than was asked"):
        decide(more, more, "B")
    with refused("approval_has_amount_and_number"):
        decide(Decimal(10), Decimal(10), None)
    with refused("approval_has_amount_and_number"):
        decide(None, Decimal(10), "D")
    decide(Decimal(10), Decimal(10), "C")
    with refused("decision_resolution"):
        decide(Decimal(10), Decimal(10), "C")


def test_the_parts_of_an_application_change_only_while_it_is_the_groups_turn():
    application = application_at("submitted")
    for model in (Activity, BudgetLine, ApplicationDocument):
        with refused("does not change"):
            sql(f"UPDATE {model._meta.db_table} SET id = id")
        with refused("does not change"):
            sql(f"DELETE FROM {model._meta.db_table}")
    with refused("does not change"):
        line(application)
    for column, value in (("title", "Another"), ("objectives", "Else"), ("declared", False)):
        with refused("does not change"), transaction.atomic():
            Application.objects.filter(pk=application.pk).update(**{column: value})
    with refused("keeps its call"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(group=make_group())
    with refused("first day"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(first_submitted_at=NOON - dt.timedelta(days=1))
    returned = return_for_changes(application)
    assert line(returned).pk
    other = draft()
    with refused("stay with it"), transaction.atomic():
        Activity.objects.filter(application=returned).update(application=other)


def test_a_sent_review_never_changes_but_is_kept_or_voided():
    review = send_review(application_at("in_review").reviews.first())
    for column, value in (("total", 1), ("comment", "Else"), ("advice", "reject"), ("status", "draft")):
        with refused("never changes"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**{column: value})
    with refused("that was sent never changes|foreign key"):
        sql("DELETE FROM applications_review WHERE id = %s", review.pk)
    for statement in (
        "UPDATE applications_reviewscore SET score = 1",
        "DELETE FROM applications_reviewscore",
        f"INSERT INTO applications_reviewscore (review_id, criterion_id, reason) SELECT {review.pk}, criterion_id, ''"
        " FROM applications_reviewscore LIMIT 1",
    ):
        with refused("stay|takes no scores"):
            sql(statement)
    voided = REVIEW.apply(review, "void", by=OFFICE.officer, now=NOON, data={"reason": "Changed."})
    with refused("never changes"), transaction.atomic():
        Review.objects.filter(pk=voided.pk).update(status="sent")
    assert ReviewScore.objects.count() == 2


def test_nobody_scores_before_saying_that_they_have_no_interest():
    review = application_at("in_review").reviews.first()
    with refused("interest_declared_first"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(status="draft")
    with refused("takes no scores"), transaction.atomic():
        ReviewScore.objects.create(review=review, criterion=review.application.call.criteria.first(), score=1)
    assert write_review(review).no_interest is True


# --- Calls -------------------------------------------------------------------------------------------


def test_a_call_that_has_applications_keeps_its_rules_and_only_gets_longer():
    call = make_call()
    Call.objects.filter(pk=call.pk).update(max_share=Decimal(60))
    draft(call=call)
    for change in (
        {"max_share": Decimal(70)},
        {"min_firms": 6},
        {"max_per_project": Decimal(1)},
        {"opens_at": NOON},
        {"closes_at": call.closes_at - dt.timedelta(seconds=1)},
        {"code": "OTHER"},
    ):
        with refused("keeps its rules"), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**change)
    Call.objects.filter(pk=call.pk).update(
        closes_at=call.closes_at + dt.timedelta(days=1), title_en="Corrected"
    )
    with refused("keeps its rules"), transaction.atomic():
        Criterion.objects.filter(call=call).update(weight=1)
    with refused("keeps its rules"), transaction.atomic():
        call.requirements.all().delete()
    with refused("keeps its rules"), transaction.atomic():
        call.tranches.create(number=3, percent=1)


@pytest.mark.parametrize(
    ("line_of_action", "fields", "name"),
    [
        (Line.GRANT, {"min_firms": 4}, "five_firms_or_more"),
        (Line.PARTNERSHIP, {"months": 6}, "partnership_takes_a_year"),
        (Line.GRANT, {"categories": ["coordination"]}, "salary_only_in_partnership"),
        (Line.JOINT_INVESTMENT, {"needs_prior_support": False}, "joint_investment_needs_support"),
        (Line.GRANT, {"max_share": Decimal("100.01")}, "call_share_percent"),
        (Line.GRANT, {"closes_at": NOON - dt.timedelta(days=20)}, "closes_after_opening"),
    ],
)
def test_a_call_keeps_the_rules_of_its_line(line_of_action, fields, name):
    with refused(name), transaction.atomic():
        make_call(line_of_action, published=False, **fields)


def test_a_salary_is_paid_whole_unless_the_call_says_otherwise():
    call = make_call(Line.PARTNERSHIP, share_by_category={"innovation": "50.00"})
    assert [call.share_of(each) for each in ("coordination", "innovation", "soft_technology")] == [
        100,
        50,
        70,
    ]
    assert (
        make_call(Line.PARTNERSHIP, share_by_category={"coordination": "90"}).share_of("coordination") == 90
    )


def test_integrity_errors_are_what_django_says_of_these_refusals():
    """So that whoever forgets a guard gets a page of its own, and not a server error that looks like another."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=application_at("submitted").submissions.get().pk).update(number=2)
