"""The demonstration world itself: what a visitor must find in it. It takes a while, so it is made once."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from applications import places, reviewers
from applications.comparison import money_left
from applications.models import Application, Call, Consensus
from core import dates, duties, timeline
from core.models import Case, Event, Message
from grants.models import Amendment, Disbursement, PriceUpdate, PriceUpdateRow, Project, ProjectLetter, Visit
from groups.models import Firm, Group
from lsp_program.demo import allocation
from lsp_program.local.demo import PASSWORD, ROLES
from reports import monday
from reports.models import ProgressReport

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world of today, taken away again at the end."""
    from django.conf import settings
    from django.db import transaction
    from django.test.utils import override_settings

    files = {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path_factory.mktemp("media")}}
    }
    storages = override_settings(STORAGES={**settings.STORAGES, **files})
    with django_db_blocker.unblock(), storages, transaction.atomic():
        call_command("demo")
        yield dates.today()
        transaction.set_rollback(True)


@pytest.fixture
def reader(world, django_db_blocker):
    with django_db_blocker.unblock():
        yield Client(headers={"accept-language": "es"})


@pytest.mark.parametrize(
    "path, name",
    [
        ("/results/provinces.csv", "projects_by_province.csv"),
        ("/results/sectors.csv", "projects_by_sector.csv"),
    ],
)
def test_the_published_tables_to_the_byte(reader, path, name):
    assert reader.get(path).content == (allocation.DATA / name).read_bytes()


def test_each_history_is_in_the_order_of_its_days(reader):
    late, last = [], (0, None)
    events = Event.objects.order_by("case_id", "sequence").values_list("case_id", "at", "action")
    for case, at, action in events:
        if case == last[0] and at < last[1]:
            late.append((case, action, at))
        last = (case, at)
    assert late == []


def test_the_money_of_a_call_ends_within_its_ranking_and_a_reserve_moves_up(reader):
    call = Call.objects.get(code=f"G-{dates.today().year}-1")
    standing = places.read(call)
    ranking = standing.ranked(money_left(call))
    assert ranking.reached
    assert ranking.beyond
    assert ranking.below
    assert any(each.application.status == "in_review" for each in standing.candidates)
    assert call.applications.filter(status="reserve", staff_due_on__isnull=False).exists()
    assert Message.objects.filter(template="reserve_called").exists()


def test_reviewers_met_in_one_case_and_must_meet_in_another(reader, world):
    consensus = Consensus.objects.get()
    candidates = places.read(Call.objects.get(code=f"G-{dates.today().year}-1")).candidates
    assert consensus.total in [each.agreed for each in candidates]
    officers = User.objects.filter(role_grants__role="officer")
    owed = {duty.key for officer in officers for duty in duties.of(officer, world)}
    assert len([key for key in owed if key.startswith("application.consensus.")]) == 1


def test_groups_of_five_to_twelve_firms_with_valid_numbers(reader):
    sizes = {group.memberships.count() for group in Group.objects.all()}
    assert min(sizes) == 5
    assert max(sizes) == 12
    assert Firm.objects.count() > 700


def test_every_state_has_somebody_in_it(reader):
    def there(model):
        return set(model.objects.values_list("status", flat=True))

    assert there(Application) == set(Application.Status.values)
    assert there(Project) == set(Project.Status.values)
    assert {"planned", "due", "draft", "submitted", "returned", "accepted"} <= there(ProgressReport)
    assert {"ordered", "paid", "failed"} <= there(Disbursement)
    assert {"published", "wound_up"} <= there(Call)


def test_some_reports_are_late(reader, world):
    assert ProgressReport.objects.late(world).exists()


def test_everybody_can_log_in_and_see_their_home(reader):
    for name, _does in ROLES:
        client = Client(headers={"accept-language": "es"})
        assert client.login(
            username=f"{name}@demo.example", email=f"{name}@demo.example", password=PASSWORD
        ), name
        assert client.get("/").status_code == 200


def test_nothing_of_the_past_is_told_again(reader, world):
    assert not Message.objects.filter(sent_at=None).exists()
    duties.remind(world, dates.now())
    # Only steps of today: nobody gets the reminders of last week.
    for message in Message.objects.filter(template="reminders"):
        assert all(
            line["late"] in (1, 7, 14) or line["late"] in (0, -1, -7, -14)
            for line in message.context["lines"]
        )


def test_the_pool_has_experts_for_what_waits_and_keeps_who_is_tied_away(reader):
    waits = Application.objects.real().in_state("submitted").order_by("pk").first()
    found = reviewers.candidates(waits, dates.now())
    assert [str(person) for person, _why in found.barred] == ["Iván Maidana"]
    assert len(found.suggested) == waits.call.reviews_needed
    assert str(found.free[-1][0]) == "Teresa Quiroga"


def test_an_officer_finds_their_week(reader, world):
    """Cases in charge, some of a colleague who is away, some with news since they looked."""
    officer = User.objects.get(email="officer@demo.example")
    rows, _more = monday.rows(officer, monday.MINE, dates.now())
    assert any(row.for_name for row in rows)
    assert {row.changed is None for row in rows} == {True, False}
    assert any(row.changed for row in rows)
    assert any(duty.covered_id for duty in duties.of(officer, world))
    assert monday.rows(officer, monday.WITHOUT, dates.now())[0]


def test_projects_change_and_are_visited(reader):
    """Amendments in each state, and visits with their photographs."""
    states = set(Amendment.objects.values_list("status", flat=True))
    assert states == {"approved", "submitted", "returned"}
    visits = Visit.objects.filter(status="done")
    assert visits.count() == 2
    assert all(visit.photos.count() == 2 for visit in visits)
    assert Visit.objects.to_come().count() == 1


def test_of_the_proposals_to_terminate_one_was_taken_back_and_one_waits(reader):
    waiting = ProjectLetter.objects.proposals().filter(project__status__in=Project.OPEN)
    assert waiting.exclude(answer=None).exists()
    assert ProjectLetter.objects.filter(kind="withdraw").exists()


def test_prices_moved_and_the_next_update_waits(reader):
    """One resolution for the projects of a call, and a proposal."""
    assert set(PriceUpdate.objects.values_list("status", flat=True)) == {"issued", "prepared"}
    assert PriceUpdateRow.objects.count() > 1


def test_every_timeline_holds(reader):
    broken = [link for case in Case.objects.all() for link in timeline.broken_links(case)]
    assert broken == []


def test_a_second_start_changes_nothing(reader, capsys):
    before = User.objects.count()
    call_command("demo")
    assert User.objects.count() == before
    assert "already" in capsys.readouterr().out


def test_a_day_that_is_none_is_refused(reader):
    with pytest.raises(CommandError, match="2026-11-24"):
        call_command("demo", on="soon")


def test_a_real_system_is_never_filled(settings, db):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")


def test_the_open_call_closes_in_twenty_days(reader, world):
    calls = Call.objects.open_at(dates.now())
    closing = [dates.day_of(call.closes_at) for call in calls if call.closes_at]
    assert world + dt.timedelta(days=20) in closing
    # One is decided by dated cuts, and closes on no day.
    assert calls.filter(closes_at=None, intake="cuts").count() == 1
