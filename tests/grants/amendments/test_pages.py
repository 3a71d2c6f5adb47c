"""The story of an amendment in its pages: asked by the coordinator, looked at by the officer, decided, followed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Message
from core.money import PESOS, format_money
from grants.models import Amendment, Project
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_amendments import (
    DAY,
    advise,
    amended,
    ask,
    beyond_tolerance,
    draft,
    officer2,
    within_tolerance,
    write,
)
from tests.factories_applications import OFFICE, a_pdf
from tests.factories_grants import hear, project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]


@pytest.fixture
def project():
    return project_at("active")


@pytest.fixture
def asker(project):
    return project.reporter_on(NOON.date())


def line_fields(project, first=("2.460.000,00", "1.540.000,00"), second=("540.000,00", "460.000,00")):
    lines = list(project.lines.order_by("order"))
    return {
        f"row-{line.pk}-{column}": value
        for line, pair in zip(lines, (first, second), strict=True)
        for column, value in zip(("programme", "group"), pair, strict=True)
    }


def test_the_coordinator_asks_and_the_officer_approves(project, asker):
    page = get(asker, "project_amendments", project.pk)
    assert "Ask for an amendment" in words(page)
    begun = post(asker, "amendment_begin", project.pk, kind="budget")
    row = Amendment.objects.get()
    assert begun.url == reverse("amendment_edit", args=[row.pk])
    sent = {**line_fields(project), "reason": "Dearer.", "papers": a_pdf()}
    assert post(asker, "amendment_edit", row.pk, version=0, **sent).status_code == 302
    row.refresh_from_db()
    assert row.files.count() == 1
    page = words(get(asker, "amendment_detail", row.pk))
    assert "2.500.000,00" in page
    assert "2.460.000,00" in page
    assert post(asker, "amendment_act", row.pk, "submit", version=row.version).status_code == 302
    row.refresh_from_db()
    assert Message.objects.filter(template="amendment_submitted").exists()
    page = words(get(OFFICE.officer, "amendment_detail", row.pk))
    assert "Approve it" in page
    assert "by resolution" not in page
    assert post(OFFICE.officer, "amendment_act", row.pk, "approve", version=row.version).status_code == 302
    assert Message.objects.filter(template="amendment_approved", recipient=asker).count() == 1
    page = words(get(asker, "project_detail", project.pk))
    assert "Plan in force" in page
    assert "2.460.000,00" in page
    assert "2.500.000,00" in words(get(asker, "plan_version", project.pk, 0))
    assert "2.460.000,00" in words(get(asker, "plan_version", project.pk, 1))
    assert get(asker, "plan_version", project.pk, 2).status_code == 404


def test_a_draft_is_saved_incomplete_and_says_what_is_missing(project, asker):
    row = draft(project, "extension")
    assert post(asker, "amendment_edit", row.pk, version=0, reason="").status_code == 302
    page = words(get(asker, "amendment_detail", row.pk))
    assert "Say why the change is needed" in page
    assert "Nothing would change" in page
    row.refresh_from_db()
    refused = post(asker, "amendment_act", row.pk, "submit", version=row.version)
    assert refused.status_code == 409
    row.refresh_from_db()
    assert row.status == "draft"


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("extension", {"months": "many"}, "Enter a whole number"),
        ("extension", {"months": "99"}, "at most 35"),
        ("dates", {"last_day": "31/02/2027"}, "a day that exists"),
        ("member", {"change": "leaves", "leaves": "0"}, "0"),
    ],
)
def test_what_cannot_be_written_is_said_at_its_field(project, asker, kind, typed, said):
    row = draft(project, kind)
    answer = post(asker, "amendment_edit", row.pk, version=0, reason="Why", **typed)
    assert answer.status_code == 422
    assert said in problems(answer)
    row.refresh_from_db()
    assert row.version == 0


def test_a_wrong_amount_or_month_is_said_at_its_field(project, asker):
    row = draft(project, "budget")
    typed = line_fields(project, first=("-5", "1"))
    assert "cannot be negative" in problems(post(asker, "amendment_edit", row.pk, version=0, **typed))
    row = draft(project, "activities")
    pk = project.activities.first().pk
    typed = {f"row-{pk}-first_month": "6", f"row-{pk}-last_month": "2"}
    assert "ends before it begins" in problems(post(asker, "amendment_edit", row.pk, version=0, **typed))


def test_activities_are_changed_added_and_dropped_in_the_form(project, asker):
    row = draft(project, "activities")
    first, second = project.activities.order_by("order")
    typed = {}
    for activity in (first, second):
        for name in ("first_month", "last_month", "responsible", "deliverable"):
            typed[f"row-{activity.pk}-{name}"] = getattr(activity, name)
    typed |= {f"row-{second.pk}-dropped": "on", f"row-{first.pk}-last_month": "6"}
    typed |= {"new-0-name": "Train", "new-0-first_month": "2", "new-0-last_month": "3"}
    typed |= {"new-0-responsible": "All", "reason": "Why"}
    assert post(asker, "amendment_edit", row.pk, version=0, **typed).status_code == 302
    row.refresh_from_db()
    assert row.content["activities"] == {str(first.pk): {"last_month": 6}, str(second.pk): {"dropped": True}}
    assert [each["name"] for each in row.content["new"]] == ["Train"]
    page = words(get(asker, "amendment_detail", row.pk))
    assert "Dropped" in page
    assert "Train" in page


def test_a_stale_page_and_a_sent_amendment_change_nothing(project, asker):
    row = write(draft(project, "extension"), months=2)
    stale = post(asker, "amendment_edit", row.pk, version=0, months="3", reason="Why")
    assert stale.status_code == 409
    row.refresh_from_db()
    assert row.content == {"months": 2}
    sent = ask(project, "budget", lines=within_tolerance(project))
    assert post(asker, "amendment_edit", sent.pk, version=sent.version, reason="No").status_code == 409


def test_a_returned_one_comes_back_with_its_note_and_goes_again(project, asker):
    row = ask(project, "budget", lines=within_tolerance(project))
    assert (
        post(
            OFFICE.officer, "amendment_act", row.pk, "return_amendment", version=row.version, reason=" "
        ).status_code
        == 422
    )
    post(
        OFFICE.officer,
        "amendment_act",
        row.pk,
        "return_amendment",
        version=row.version,
        reason="Show a quote.",
    )
    row.refresh_from_db()
    assert "Show a quote." in words(get(asker, "amendment_detail", row.pk))
    assert "Show a quote." in words(get(asker, "amendment_edit", row.pk))
    assert post(asker, "amendment_act", row.pk, "submit", version=row.version).status_code == 302


def test_the_approver_sees_the_money_of_the_call_and_the_officers_opinion(project):
    more = {"lines": {str(project.lines.first().pk): {"programme": "2600000.00", "group": "1500000.00"}}}
    row = advise(ask(project, "amount", **more))
    page = words(get(OFFICE.approver, "amendment_act", row.pk, "resolve"))
    assert "Envelope" in page
    assert "100.000,00" in page
    assert "It is reasonable." in page
    assert "Envelope" not in words(get(row.begun_by, "amendment_detail", row.pk))


def test_who_recommended_and_who_wrote_do_not_decide(project):
    row = ask(project, "budget", lines=beyond_tolerance(project))
    assert "An officer first looks at it" in words(get(OFFICE.approver, "amendment_act", row.pk, "resolve"))
    row = advise(row)
    again = get(officer2(), "amendment_act", row.pk, "advise")
    assert "what they think already" in words(again)
    assert post(OFFICE.officer, "amendment_act", row.pk, "resolve", version=row.version).status_code == 403


def test_the_office_reads_nothing_of_a_draft(project, asker):
    row = draft(project, "dates")
    assert get(OFFICE.officer, "amendment_detail", row.pk).status_code == 404
    assert get(make_person("somebody"), "amendment_detail", row.pk).status_code == 404
    assert get(asker, "amendment_detail", row.pk).status_code == 200


def test_asked_of_a_project_that_stands_still_it_says_why(project):
    suspended = project_at("suspended", call=project.call)
    by = suspended.group.representative
    assert "The project is suspended" in words(get(by, "project_amendments", suspended.pk))
    assert post(by, "amendment_begin", suspended.pk, kind="dates").status_code == 409
    assert post(by, "amendment_begin", suspended.pk, kind="nothing").status_code == 422


def test_what_is_open_is_void_when_the_project_ends(project):
    row = ask(project, "budget", lines=within_tolerance(project))
    hear(project)
    PROJECT.apply(project, "terminate", by=OFFICE.approver, now=NOON, data={"reason": "Enough."})
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_the_list_of_the_office_costs_the_same_for_one_and_for_many(project, django_assert_num_queries):
    ask(project, "budget", lines=within_tolerance(project))
    web = browser(OFFICE.officer)
    web.get(reverse("amendment_list"))
    with django_assert_num_queries(count := queries(web)):
        assert "1." in words(web.get(reverse("amendment_list")))
    ask(project, "dates", last_day=f"{project.last_day + 30 * DAY:%Y-%m-%d}")
    ask(project, "extension", months=2)
    with django_assert_num_queries(count):
        web.get(reverse("amendment_list"))
    found = words(web.get(reverse("amendment_list"), {"kind": "extension", "status": "submitted"}))
    assert "More months" in found
    assert web.get(reverse("amendment_list"), {"kind": "other"}).status_code == 422


def queries(web) -> int:
    with CaptureQueriesContext(connection) as captured:
        web.get(reverse("amendment_list"))
    return len(captured)


def test_the_page_of_a_project_follows_the_plan_in_force(project, asker):
    kiln = project.activities.order_by("order")[0]
    amended(project, "activities", activities={str(kiln.pk): {"responsible": "Somebody else"}})
    page = words(get(asker, "project_detail", Project.objects.get(pk=project.pk).pk))
    assert "Somebody else" in page
    assert "Version 1, in force from 10/03/2026" in page


# --- Two who write -----------------------------------------------------------------------------------------


def test_who_came_too_late_sees_both_values_and_chooses(project, asker):
    post(asker, "amendment_begin", project.pk, kind="budget")
    row = Amendment.objects.get()
    opened = get(asker, "amendment_edit", row.pk).context["carries"]
    other = project.group.representative
    fields = line_fields(project)
    one, _two = list(fields)[:2]
    assert (
        post(other, "amendment_edit", row.pk, version=0, reason="Theirs.", **fields | {one: "2.000.000"})
    ).status_code == 302
    # I changed the reason and the second field; the first I left as it was.
    mine = {**line_fields(project, first=("2.400.000,00", "1.000.000,00")), "reason": "Mine."}
    first = project.lines.order_by("order").first()
    mine[one] = format_money(first.programme_share).removeprefix(PESOS)
    late = post(asker, "amendment_edit", row.pk, version=0, was=opened["was"], **mine)
    assert late.status_code == 409
    conflict = late.context["conflict"]
    said = {each.name: (each.saved, each.typed) for each in conflict.differences}
    assert said["reason"] == ("Theirs.", "Mine.")
    assert conflict.actor == str(other)
    assert [each.name for each in conflict.differences if each.untouched] == [one]
    assert "Keep what was saved: Why the change is needed" in words(late)
    row.refresh_from_db()
    assert row.reason == "Theirs."
    again = post(
        asker,
        "amendment_edit",
        row.pk,
        version=late.context["carries"]["version"],
        theirs=["reason"],
        **mine,
    )
    assert again.status_code == 302
    row.refresh_from_db()
    assert row.reason == "Theirs.", "it was ticked"
    assert row.content["lines"][str(first.pk)]["group"] == "1000000.00", "and this was not"


def test_a_mistake_does_not_make_an_old_page_new(project, asker):
    post(asker, "amendment_begin", project.pk, kind="extension")
    row = Amendment.objects.get()
    post(asker, "amendment_edit", row.pk, version=0, months="2", reason="First.")
    wrong = post(asker, "amendment_edit", row.pk, version=0, months="many", reason="Second.")
    assert wrong.status_code == 422
    assert wrong.context["carries"]["version"] == 0
