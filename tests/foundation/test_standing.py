"""The case that a module's tests begin with: each test finds it as it was made, whatever the others did to it."""

from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage

from applications.models import Application
from applications.workflow import APPLICATION
from tests import standing
from tests.clock import NOON
from tests.factories_applications import application_at
from tests.factories_groups import make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted_stands")]


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_did_to_the_case_is_undone(turn):
    """Row, events, people and files."""
    standing_one = Application.objects.get()
    application = application_at("submitted")
    assert application == standing_one
    assert application.status == "submitted"
    assert not application.case.events.filter(action__endswith="withdraw").exists()
    name = application.documents.get().document.file.name
    assert default_storage.exists(name)
    default_storage.delete(name)
    by = application.group.representative
    APPLICATION.apply(application, "withdraw", by=by, now=NOON, data={"reason": "Later."})
    assert Application.objects.get().status == "withdrawn"


def test_it_is_given_once_and_only_to_who_wishes_for_nothing_else():
    named = application_at("submitted", group=make_group(name="Quesos"))
    usual, another = application_at("submitted"), application_at("submitted")
    assert usual.pk < named.pk < another.pk


def test_what_goes_on_from_it_is_the_same_case():
    assert application_at("in_review") == Application.objects.get()


def test_a_module_whose_tests_commit_cannot_have_one(request):
    here = SimpleNamespace(session=request.session, path=request.path)
    standing._refuse_commits(here)
    item = SimpleNamespace(
        path=request.path,
        nodeid="one that commits",
        fixturenames=["live_server"],
        get_closest_marker={}.get,
    )
    there = SimpleNamespace(session=SimpleNamespace(items=[item]), path=request.path)
    with pytest.raises(AssertionError, match="one that commits"):
        standing._refuse_commits(there)
