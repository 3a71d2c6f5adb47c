"""Several lists in one query are the same rows as each read on its own."""

from decimal import Decimal

import pytest
from django.db import models

from applications.models import Activity, Application
from core import together
from groups.models import Firm, FirmYear
from tests.factories_applications import draft, fill, make_call, make_questions

pytestmark = pytest.mark.django_db


def columns(row: models.Model) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def application() -> Application:
    call = make_call()
    make_questions(call, "text", "choice", "file")
    return fill(draft(call=call))


def test_every_row_is_the_same_as_read_alone(application, django_assert_num_queries):
    lists = {
        "activities": application.activities.select_related("firm", "institution"),
        "lines": application.lines.order_by("-order"),
        "documents": application.documents.select_related("document__uploaded_by", "requirement"),
        "questions": application.call.questions.all(),
        "memberships": application.group.memberships.select_related("firm__sector", "firm__activity"),
        "years": FirmYear.objects.order_by("firm", "year"),
        "events": application.case.events.select_related("actor"),
        "call": type(application.call).objects.filter(pk=application.call_id),
        "nothing": Firm.objects.none(),
        "none_found": Activity.objects.filter(name="No such"),
    }
    with django_assert_num_queries(1):
        found = together.read(**lists)
    for name, rows in lists.items():
        assert [columns(row) for row in found[name]] == [columns(row) for row in rows], name
    assert len(found["activities"]) == 2


def test_what_is_selected_besides_is_there_without_a_query(application, django_assert_num_queries):
    rows = application.documents.select_related("document__uploaded_by", "requirement")
    (row,) = together.read(rows=rows)["rows"]
    author = application.group.representative
    with django_assert_num_queries(0):
        assert row.document.uploaded_by == author
        assert (row.requirement.code, row.application) == ("minutes", application)
    activity = together.read(rows=application.activities.select_related("firm"))["rows"][0]
    with django_assert_num_queries(0):
        assert activity.firm is None, "a join that found nothing"


def test_money_keeps_its_cents(application):
    application.lines.update(unit_cost=Decimal("99999999999.99"), quantity=1, programme_share=0)
    rows = together.read(rows=application.lines.all())["rows"]
    assert {row.unit_cost for row in rows} == {Decimal("99999999999.99")}


def test_children_are_attached_as_prefetched_ones(application, django_assert_num_queries):
    firms = list(Firm.objects.all())
    together.attach(firms, "years", FirmYear.objects.order_by("-year"), "firm_id")
    with django_assert_num_queries(0):
        assert [[row.year for row in firm.years.all()] for firm in firms] == [[2025, 2024, 2023]] * 5
        models.prefetch_related_objects(firms, "years")


def test_annotations_and_lists_of_values_are_the_same_too(application, django_assert_num_queries):
    activities = application.activities.annotate(
        costs=models.Count("lines"), day=models.Max("firm__contact_verified_at")
    )
    values = application.lines.order_by("pk").values_list("description", "activity__name", "unit_cost")
    last = application.lines.order_by("activity_id", "-pk").distinct("activity_id")
    with django_assert_num_queries(1):
        found = together.read(activities=activities, values=values, last=last)
    assert [(row.pk, row.costs, row.day) for row in found["activities"]] == [
        (row.pk, row.costs, row.day) for row in activities
    ]
    assert found["values"] == list(values)
    assert found["last"] == list(last)


def test_many_lists_are_counted_in_one_query(application, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = together.count(
            activities=application.activities.all(),
            kilns=application.lines.filter(description="Drying kiln").order_by("-order"),
            nothing=Firm.objects.none(),
        )
    assert found == {"activities": 2, "kilns": 1, "nothing": 0}
    with django_assert_num_queries(0):
        assert together.count(nothing=Firm.objects.none()) == {"nothing": 0}
