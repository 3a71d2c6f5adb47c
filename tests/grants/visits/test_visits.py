"""Visits: planned, moved, called off, logged with photographs and agreements; also before approval."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from grants.models import Visit
from grants.visits import actions, duties
from grants.visits.workflow import VISIT
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.cast import make_person
from tests.clock import NOON
from tests.core.files import jpeg, upload
from tests.factories_amendments import DAY, visit
from tests.factories_applications import OFFICE, application_at
from tests.factories_grants import project_at
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
TODAY = NOON.date()


@pytest.fixture
def project():
    return project_at("active")


def seen(**changes) -> dict:
    return {
        "on": f"{TODAY:%Y-%m-%d}",
        "mode": "on_site",
        "met": "Ana, of the workshop",
        "seen": "The kiln works.",
        **changes,
    }


def log(row: Visit, **changes) -> Visit:
    data = {"on": TODAY, "mode": "on_site", "met": "Ana", "seen": "The kiln works.", **changes}
    return VISIT.apply(row, "log", by=OFFICE.officer, now=NOON, data=data)


AGREED = {"text": "Insure the kiln", "due_on": TODAY + 10 * DAY}


def test_a_visit_is_planned_and_the_group_is_told_and_reads_it(project):
    on = TODAY + 7 * DAY
    application = project.application
    sent = post(
        OFFICE.officer, "visit_plan", application.pk,
        on=f"{on:%Y-%m-%d}", visitor=OFFICE.officer.pk, mode="on_site", purpose="To see the kiln.",
    )  # fmt: skip
    assert sent.status_code == 302
    row = Visit.objects.get()
    assert (row.status, row.on) == ("planned", on)
    assert Message.objects.filter(template="visit_planned", recipient=project.reporter_on(TODAY)).exists()
    page = words(get(project.group.representative, "visit_detail", row.pk))
    assert "To see the kiln." in page
    assert "Call it off" not in page
    assert [duty.user_id for duty in duties.visits_to_make(today=TODAY)] == [OFFICE.officer.pk]
    assert get(make_person("somebody"), "visit_detail", row.pk).status_code == 404


@pytest.mark.parametrize(("days", "said"), [(-1, "has passed"), (400, "one year ahead")])
def test_a_visit_is_planned_for_a_day_to_come(project, days, said):
    on = f"{TODAY + days * DAY:%Y-%m-%d}"
    data = {"on": on, "visitor": OFFICE.officer.pk, "mode": "video"}
    answer = post(OFFICE.officer, "visit_plan", project.application.pk, **data)
    assert answer.status_code == 422
    assert said in problems(answer)
    assert not Visit.objects.exists()


def test_it_is_moved_and_called_off_with_a_reason(project):
    row = visit(project)
    on = row.on + DAY
    stale = post(OFFICE.officer, "visit_act", row.pk, "move", version=7, on=on, reason="Rain.")
    assert stale.status_code == 409
    assert post(OFFICE.officer, "visit_act", row.pk, "move", version=0, on=on, reason="").status_code == 422
    assert (
        post(OFFICE.officer, "visit_act", row.pk, "move", version=0, on=on, reason="Rain.").status_code == 302
    )
    row.refresh_from_db()
    assert (row.on, row.status) == (on, "planned")
    post(OFFICE.officer, "visit_act", row.pk, "cancel", version=row.version, reason="A strike.")
    row.refresh_from_db()
    assert row.status == "cancelled"
    assert Message.objects.filter(template="visit_cancelled").exists()
    assert post(OFFICE.officer, "visit_act", row.pk, "log", version=row.version, **seen()).status_code == 409


def test_it_is_logged_with_photographs_and_agreements_that_are_duties(project):
    row = visit(project, on=TODAY)
    sent = seen(photos=[upload("kiln.jpg", jpeg(), "image/jpeg")])
    sent |= {"text-0": AGREED["text"], "due-0": f"{AGREED['due_on']:%Y-%m-%d}"}
    answer = post(OFFICE.officer, "visit_act", row.pk, "log", version=0, **sent)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.met, row.logged_by) == ("done", "Ana, of the workshop", OFFICE.officer)
    photo, agreement = row.photos.get(), row.agreements.get()
    group = project.reporter_on(TODAY)
    page = get(group, "visit_detail", row.pk)
    assert "Insure the kiln" in words(page)
    assert get(group, "document", photo.document_id).status_code == 200
    assert get(make_person("somebody"), "document", photo.document_id).status_code in (403, 404)
    owed = {duty.user_id: duty for duty in duties.agreements_to_keep(today=TODAY)}
    assert owed[group.pk].due_on == AGREED["due_on"]
    assert owed[OFFICE.officer.pk].officer
    assert post(group, "visit_agreement_met", row.pk, agreement.pk).status_code == 403
    assert post(OFFICE.officer, "visit_agreement_met", row.pk, agreement.pk).status_code == 302
    assert list(duties.agreements_to_keep(today=TODAY)) == []
    with pytest.raises(TransitionRefused, match="said so already"):
        actions.meet_agreement(by=OFFICE.officer, agreement=agreement, now=NOON)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": f"{TODAY + DAY:%Y-%m-%d}"}, "in the future"),
        ({"met": ""}, "Whom you met"),
        ({"seen": " "}, "What was seen"),
        ({"text-0": "Insure it"}, "Say by when"),
        ({"due-0": f"{TODAY + DAY:%Y-%m-%d}"}, "Say what was agreed"),
        ({"text-0": "Insure it", "due-0": f"{TODAY:%Y-%m-%d}"}, "a date to come"),
    ],
)
def test_what_is_missing_is_said_at_its_field(project, changes, said):
    row = visit(project, on=TODAY)
    answer = post(OFFICE.officer, "visit_act", row.pk, "log", version=0, **seen(**changes))
    assert answer.status_code == 422
    assert said in problems(answer)
    row.refresh_from_db()
    assert row.status == "planned"


def test_a_group_is_visited_before_its_approval_and_not_before_it_applied():
    application = application_at("in_review")
    answer = post(OFFICE.officer, "visit_log_unplanned", application.pk, **seen())
    assert answer.status_code == 302
    row = Visit.objects.get()
    assert (row.status, row.visitor) == ("done", OFFICE.officer)
    assert "The kiln works." in words(get(application.group.representative, "case_visits", application.pk))
    draft = application_at("draft", call=application.call)
    plan = {"by": OFFICE.officer, "visitor": OFFICE.officer, "mode": "video", "purpose": "", "now": NOON}
    with pytest.raises(TransitionRefused, match="not sent yet"):
        actions.plan(application=draft, on=TODAY + DAY, **plan)
    with pytest.raises(NotAllowed):
        actions.plan(application=application, on=TODAY + DAY, **{**plan, "by": OFFICE.approver})


def test_the_list_of_the_office_costs_the_same_for_one_and_for_many(project):
    visit(project)
    web = browser(OFFICE.officer)
    web.get(reverse("visit_list"))
    one = queries(web)
    for days in (8, 9, 10):
        visit(project, on=TODAY + days * DAY)
    assert queries(web) == one
    assert web.get(reverse("visit_list"), {"status": "never"}).status_code == 422
    assert "no such visit" in words(web.get(reverse("visit_list"), {"status": "done"}))
    assert browser(project.group.representative).get(reverse("visit_list")).status_code == 403


def queries(web) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert web.get(reverse("visit_list")).status_code == 200
    return len(captured)


def test_the_database_keeps_what_was_logged(project):
    row = log(visit(project, on=TODAY), agreements=[AGREED])
    assert "stays" in refused_by("UPDATE grants_visit SET seen = 'Nothing' WHERE id = %s", row.pk)
    assert "never deleted" in refused_by("DELETE FROM grants_visit WHERE id = %s", row.pk)
    agreement = row.agreements.get()
    said = refused_by("UPDATE grants_visitagreement SET text = 'No' WHERE id = %s", agreement.pk)
    assert "stays" in said
    more = "INSERT INTO grants_visitagreement (visit_id, text, due_on) VALUES (%s, 'More', %s)"
    assert "when the visit is logged" in refused_by(more, row.pk, dt.date(2026, 5, 1))
    other = visit(project)
    said = refused_by(
        "UPDATE grants_visit SET status = 'done', logged_at = now(), logged_by_id = %s WHERE id = %s",
        OFFICE.officer.pk,
        other.pk,
    )
    assert "visit_that_took_place_says_what" in said
