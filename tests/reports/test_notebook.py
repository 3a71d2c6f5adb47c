"""The notebook: written in seconds, changed by its author, taken into the next report, and held by the database then."""

import datetime as dt

import pytest
from django.urls import reverse

from core.dates import at_noon
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from reports.models import NotebookEntry
from reports.notebook import actions
from reports.workflow import REPORT
from tests.factories_groups import give_place, make_appointment, make_group
from tests.factories_reports import answer, make_project, make_report, report_at, the_officer
from tests.reports.test_actions import photo
from tests.reports.test_database import refused, run

pytestmark = pytest.mark.django_db
IN_PERIOD = at_noon(dt.date(2026, 2, 10))
AFTER = at_noon(dt.date(2026, 3, 10))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def person_of(project):
    return project.group.representative


def kiln(project):
    return project.activities.get(name="Buy the kiln")


def write(project, kind: str = "note", *, by=None, now=IN_PERIOD, activity=None, **fields) -> NotebookEntry:
    if kind == "note":
        fields.setdefault("text", "The kiln arrived.")
    return actions.add(
        by=by or project.group.representative,
        project=project,
        kind=kind,
        activity=activity,
        now=now,
        **fields,
    )


# --- On the telephone ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("note", {"text": "The kiln arrived."}),
        ("photo", {}),
        ("attendance", {"people": "14", "text": "First day of the course"}),
    ],
)
def test_an_entry_takes_one_page_of_three_fields(project, signed_in, person_of, time_machine, kind, sent):
    time_machine.move_to(IN_PERIOD, tick=False)
    client = signed_in(person_of)
    url = reverse("notebook_add", args=[project.pk, kind])
    page = client.get(url)
    assert len(page.context["form"].fields) <= 3
    text = page.content.decode()
    assert 'data-keep="' in text
    if kind == "photo":
        sent = {"photo": photo()}
        assert 'capture="environment"' in text
    response = client.post(url, {"activity": str(kiln(project).pk), **sent})
    assert response.status_code == 302
    entry = NotebookEntry.objects.get()
    assert (entry.kind, entry.activity, entry.on) == (kind, kiln(project), dt.date(2026, 2, 10))
    shown = client.get(reverse("notebook", args=[project.pk])).content.decode()
    assert "Buy the kiln" in shown
    assert "In no report yet" in shown
    # The next entry is likely of the same activity.
    assert client.get(url).context["form"]["activity"].value() == kiln(project).pk


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("note", {"text": "   "}, "text"),
        ("note", {"text": "x" * 1001}, "text"),
        ("photo", {}, "photo"),
        ("attendance", {"people": ""}, "people"),
        ("attendance", {"people": "0"}, "people"),
        ("attendance", {"people": "many"}, "people"),
        ("attendance", {"people": "1000000"}, "people"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(project, signed_in, person_of, kind, sent, field):
    response = signed_in(person_of).post(reverse("notebook_add", args=[project.pk, kind]), sent)
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not NotebookEntry.objects.exists()


def test_an_activity_of_another_project_is_refused(project, signed_in, person_of):
    other = make_project(make_group(name="Other"))
    response = signed_in(person_of).post(
        reverse("notebook_add", args=[project.pk, "note"]),
        {"text": "Ours", "activity": str(other.activities.first().pk)},
    )
    assert response.status_code == 422
    assert not NotebookEntry.objects.exists()


def test_an_unknown_kind_is_not_there(project, signed_in, person_of):
    assert signed_in(person_of).get(reverse("notebook_add", args=[project.pk, "dream"])).status_code == 404


def test_an_empty_notebook_says_what_it_is_for(project, signed_in, person_of):
    text = signed_in(person_of).get(reverse("notebook", args=[project.pk])).content.decode()
    assert "Nothing was written yet." in text


def test_the_office_does_not_read_it(project, signed_in):
    officer = signed_in(the_officer(project))
    assert officer.get(reverse("notebook", args=[project.pk])).status_code == 403


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_with_one_and_with_thirty(
    project, signed_in, person_of, number, django_assert_num_queries
):
    for _number in range(number):
        write(project, activity=kiln(project))
    client = signed_in(person_of)
    url = reverse("notebook", args=[project.pk])
    client.get(url)
    # The frame 4; the project with its people and posts 3; count, entries.
    with django_assert_num_queries(9):
        response = client.get(url)
    assert len(response.context["cards"]) == min(number, 20)


@pytest.mark.parametrize("status", ["suspended", "closed", "terminated"])
def test_a_project_that_does_not_run_takes_no_entry(signed_in, status):
    project = make_project(status=status)
    client = signed_in(project.group.representative)
    url = reverse("notebook_add", args=[project.pk, "note"])
    assert client.post(url, {"text": "Late"}).status_code == 422
    assert not NotebookEntry.objects.exists()
    assert 'aria-disabled="true"' in client.get(reverse("notebook", args=[project.pk])).content.decode()


# --- Changing one's own ------------------------------------------------------------------------------------


def test_the_author_changes_it_and_takes_it_out(project, signed_in, person_of):
    entry = write(project)
    client = signed_in(person_of)
    url = reverse("notebook_edit", args=[project.pk, entry.pk])
    assert client.post(url, {"version": 0, "text": "It arrived broken."}).status_code == 302
    entry.refresh_from_db()
    assert (entry.text, entry.version) == ("It arrived broken.", 1)
    stale = client.post(url, {"version": 0, "text": "No."})
    assert stale.status_code == 409
    assert "It arrived broken." in stale.content.decode()
    remove = reverse("notebook_remove", args=[project.pk, entry.pk])
    assert client.post(remove, {"version": 0}).status_code == 409
    assert client.post(remove, {"version": 1}).status_code == 302
    assert not NotebookEntry.objects.exists()


def test_somebody_else_does_not(project, person):
    entry = write(project)
    member = person("member")
    give_place(project.group, member, "member")
    with pytest.raises(NotAllowed):
        actions.edit(by=member, entry=entry, version=0, activity=None, text="Mine")
    viewer = person("viewer")
    give_place(project.group, viewer, "viewer")
    with pytest.raises(NotAllowed):
        write(project, by=viewer)
    with pytest.raises(NotAllowed):
        write(project, by=the_officer(project))


# --- Into the report ------------------------------------------------------------------------------------------


def test_the_next_report_starts_from_it(project, signed_in, person_of, time_machine):
    """A note, a count and a photograph become what was done and its evidence, each by one press."""
    write(project, activity=kiln(project))
    write(project, "attendance", activity=kiln(project), people=14, now=IN_PERIOD + dt.timedelta(days=1))
    write(project, "photo", activity=kiln(project), photo=photo(), now=IN_PERIOD + dt.timedelta(days=2))
    report = report_at("due", project)
    time_machine.move_to(AFTER, tick=False)
    client = signed_in(person_of)
    assert (
        "3 entries of the notebook." in client.get(reverse("report_edit", args=[report.pk])).content.decode()
    )
    page = client.get(reverse("report_activity", args=[report.pk, kiln(project).pk]))
    assert len(page.context["entries"]) == 3
    url = reverse("report_notebook", args=[report.pk, kiln(project).pk])
    first = page.context["entries"][0]
    assert client.post(url, {"version": report.version, "entry": first.pk}).status_code == 302
    report.refresh_from_db()
    assert report.activities.get().what_was_done == "10/02/2026: The kiln arrived."
    assert client.post(url, {"version": report.version}).status_code == 302
    row = report.activities.get()
    assert row.what_was_done.splitlines() == [
        "10/02/2026: The kiln arrived.",
        "11/02/2026: 14 people came.",
    ]
    assert [piece.document.filename for piece in report.evidence.all()] == ["kiln.png"]
    assert {entry.report_id for entry in project.notebook.all()} == {report.pk}
    # They are not offered twice.
    page = client.get(reverse("report_activity", args=[report.pk, kiln(project).pk]))
    assert page.context["entries"] == []
    assert "The kiln arrived." in page.content.decode()
    report.refresh_from_db()
    assert client.post(url, {"version": report.version}).status_code == 409


def test_what_is_of_the_whole_goes_into_the_summary(project, signed_in, person_of, time_machine):
    write(project, text="All firms met.")
    write(project, "photo", photo=photo("meeting.png"))
    report = report_at("due", project)
    time_machine.move_to(AFTER, tick=False)
    client = signed_in(person_of)
    page = client.get(reverse("report_edit", args=[report.pk]))
    assert len(page.context["entries"]) == 2
    client.post(reverse("report_notebook_whole", args=[report.pk]), {"version": report.version})
    report.refresh_from_db()
    assert report.summary == "10/02/2026: All firms met."
    assert report.evidence.get().activity is None
    text = client.get(reverse("report_edit", args=[report.pk])).content.decode()
    assert "meeting.png" in text


def test_only_entries_up_to_the_end_of_the_period_are_offered(project):
    write(project, text="In it")
    write(project, text="Of the next one", now=AFTER)
    report = report_at("due", project)
    assert [entry.text for entry in actions.offered(report)] == ["In it"]
    final = make_report(project, 4)
    assert [entry.text for entry in actions.offered(final)] == ["In it", "Of the next one"]


def test_a_report_that_is_skipped_lets_its_entries_go(project, person_of):
    entry = write(project, activity=kiln(project))
    report = report_at("due", project)
    actions.adopt(
        by=person_of, report=report, activity=kiln(project), entries=None, version=report.version, now=AFTER
    )
    REPORT.apply(report, "skip", by=the_officer(project), now=AFTER, data={"reason": "A flood."})
    second = report_at("due", project, number=2)
    assert list(actions.offered(second)) == [entry]
    actions.adopt(
        by=person_of,
        report=second,
        activity=kiln(project),
        entries=[entry.pk],
        version=second.version,
        now=at_noon(dt.date(2026, 6, 10)),
    )
    entry.refresh_from_db()
    assert entry.report_id == second.pk


def test_adopting_is_refused_stale_to_strangers_and_above_what_fits(project, person, person_of):
    entry = write(project, activity=kiln(project))
    report = report_at("due", project)
    held = {"report": report, "activity": kiln(project), "entries": None, "now": AFTER}
    with pytest.raises(StaleObject):
        actions.adopt(by=person_of, version=report.version + 1, **held)
    with pytest.raises(NotAllowed):
        actions.adopt(by=the_officer(project), version=report.version, **held)
    coordinator = person("coordinator")
    make_appointment(project.group, coordinator, confirmed_from=dt.date(2025, 12, 1))
    with pytest.raises(TransitionRefused, match="coordinates this project"):
        actions.adopt(by=person_of, version=report.version, **held)
    report = answer(report, by=coordinator, now=AFTER)
    report.activities.filter(activity=kiln(project)).update(what_was_done="x" * 3990)
    with pytest.raises(TransitionRefused, match=r"4\.000 characters"):
        actions.adopt(
            by=coordinator,
            report=report,
            activity=kiln(project),
            entries=None,
            version=report.version,
            now=AFTER,
        )
    entry.refresh_from_db()
    assert entry.report_id is None


def test_a_used_entry_is_changed_by_nobody(project, signed_in, person_of):
    entry = write(project, activity=kiln(project))
    report = report_at("due", project)
    actions.adopt(
        by=person_of, report=report, activity=kiln(project), entries=None, version=report.version, now=AFTER
    )
    entry.refresh_from_db()
    with pytest.raises(TransitionRefused, match="stays as it is"):
        actions.edit(by=person_of, entry=entry, version=entry.version, activity=None, text="Other")
    with pytest.raises(TransitionRefused, match="stays as it is"):
        actions.remove(by=person_of, entry=entry, version=entry.version)
    for change in (
        "text = 'Other'",
        "report_id = NULL",
        "activity_id = NULL",
        "document_id = NULL, version = 9",
    ):
        with refused("took in stays"):
            run(f"UPDATE reports_notebookentry SET {change} WHERE id = %s", entry.pk)
    with refused("took in stays"):
        run("DELETE FROM reports_notebookentry WHERE id = %s", entry.pk)


def test_the_photograph_is_read_by_the_group_and_then_by_who_reads_the_report(project, signed_in, person_of):
    entry = write(project, "photo", activity=kiln(project), photo=photo())
    url = reverse("document", args=[entry.document_id])
    officer = the_officer(project)
    assert signed_in(person_of).get(url).status_code == 200
    assert signed_in(officer).get(url).status_code == 404
    report = report_at("due", project)
    actions.adopt(
        by=person_of, report=report, activity=kiln(project), entries=None, version=report.version, now=AFTER
    )
    assert signed_in(officer).get(url).status_code == 200


# --- The database refuses ---------------------------------------------------------------------------------


def test_an_entry_stays_whose_it_is(project):
    entry = write(project)
    other = make_project(make_group(name="Other"))
    elsewhere = other.activities.first()
    for change, value in (
        ("author_id = %s", the_officer(project).pk),
        ('"on" = %s', dt.date(2026, 2, 11)),
        ("created_at = %s", AFTER),
        ("project_id = %s", other.pk),
    ):
        with refused("stays"):
            run(f"UPDATE reports_notebookentry SET {change} WHERE id = %s", value, entry.pk)
    with refused("another project"):
        run("UPDATE reports_notebookentry SET activity_id = %s WHERE id = %s", elsewhere.pk, entry.pk)
    foreign = make_report(other)
    with refused("being written"):
        run("UPDATE reports_notebookentry SET report_id = %s WHERE id = %s", foreign.pk, entry.pk)


@pytest.mark.parametrize("state", ["planned", "submitted", "accepted", "skipped"])
def test_an_entry_goes_only_into_a_report_that_is_written(project, state):
    entry = write(project)
    report = report_at(state, project)
    with refused("being written"):
        run("UPDATE reports_notebookentry SET report_id = %s WHERE id = %s", report.pk, entry.pk)


@pytest.mark.parametrize(
    "change",
    ["text = ''", "people = 3", "kind = 'dream'", "people = -1"],
)
def test_an_entry_is_whole(project, change):
    entry = write(project)
    with refused("notebook_entry_is_whole|stays|check"):
        run(f"UPDATE reports_notebookentry SET {change} WHERE id = %s", entry.pk)
