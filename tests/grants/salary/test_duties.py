"""What is owed about the salary: invoice and note by the coordinator, a look by the officer."""

import datetime as dt

import pytest

from core import duties
from grants.salary.duties import months_to_accept, months_to_hand_in
from grants.workflow import PROJECT
from tests.factories_applications import OFFICE
from tests.grants.salary.rows import AFTER_MONTH_1, counted, month_at, paid_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "paid_stands")]

TODAY = dt.date(2026, 4, 10)


def test_the_coordinator_owes_invoice_and_note():
    project = paid_project()
    month = counted(project)
    (duty,) = months_to_hand_in(today=TODAY)
    assert (duty.user_id, duty.due_on, duty.since) == (month.person_id, dt.date(2026, 4, 19), TODAY)
    assert duty.words() == f"Hand in invoice and note of month 1 of “{project.title}”"
    assert duties.kind_words(duty) == "Invoices and notes to hand in"
    assert list(months_to_hand_in(today=TODAY, user=OFFICE.officer)) == []
    assert list(months_to_hand_in(today=TODAY, due_from=dt.date(2026, 4, 20))) == []
    assert list(months_to_hand_in(today=TODAY, due_to=dt.date(2026, 4, 18))) == []


def test_the_officer_owes_a_look_and_then_nobody_owes_anything():
    month = month_at("submitted")
    assert list(months_to_hand_in(today=TODAY)) == []
    (duty,) = months_to_accept(today=TODAY)
    assert (duty.user_id, duty.due_on) == (OFFICE.officer.pk, dt.date(2026, 4, 17))
    assert [each.key for each in duties.of(OFFICE.officer, TODAY) if each.key.startswith("salary")] == [
        f"salary_accept.{month.pk}"
    ]
    assert list(months_to_accept(today=TODAY, due_from=dt.date(2026, 4, 18))) == []
    assert list(months_to_accept(today=TODAY, due_to=dt.date(2026, 4, 16))) == []


def test_what_came_back_is_owed_again_and_a_suspension_pauses_it():
    month = month_at("returned")
    assert len(list(months_to_hand_in(today=TODAY))) == 1
    PROJECT.apply(month.project, "suspend", by=OFFICE.officer, now=AFTER_MONTH_1, data={"reason": "A flood."})
    assert list(months_to_hand_in(today=TODAY)) == []


def test_each_is_two_queries_however_many(django_assert_num_queries):
    month_at("submitted")
    with django_assert_num_queries(1):
        list(months_to_hand_in(today=TODAY))
    with django_assert_num_queries(2):
        list(months_to_accept(today=TODAY))
