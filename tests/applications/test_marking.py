"""Who writes a section and whether it is ready: a help among several people, and nothing more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import actions, marking
from applications.models import Application, SectionMark
from applications.sections import BY_CODE
from core.workflow import NotAllowed, TransitionRefused
from tests.applications.staff_pages import browser, get, post, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, draft, fill
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def application() -> Application:
    return fill(draft())


@pytest.fixture
def author(application):
    return application.group.representative


@pytest.fixture
def second(application, person):
    user = person("second", "Sara Second")
    give_place(application.group, user, Role.MEMBER)
    return user


def mark(application) -> SectionMark | None:
    return application.marks.filter(section="plan").first()


def test_where_one_person_writes_nothing_is_shown(application, author, person):
    give_place(application.group, person("reader"), Role.VIEWER)
    assert "Among you" not in get(author, "application_section", application.pk, "plan").text
    assert marking.shown(application, BY_CODE["plan"], author) is None


def test_a_section_is_assigned_and_marked_as_ready(application, author, second):
    page = get(author, "application_section", application.pk, "plan")
    assert "Nobody in particular writes this section." in words(page)
    answer = post(second, "section_mark", application.pk, "plan", act="assign", person=author.pk)
    assert answer.headers["Location"] == reverse("application_section", args=[application.pk, "plan"])
    post(author, "section_mark", application.pk, "plan", act="ready")
    text = words(get(second, "application_section", application.pk, "plan"))
    assert "Rosa Representante writes this section." in text
    assert "Rosa Representante marked it as ready on 10/03/2026 12:00." in text
    text = words(get(second, "application_detail", application.pk))
    assert "Rosa Representante · ready" in text
    assert "Marked as ready: The work plan" in text
    post(author, "section_mark", application.pk, "plan", act="not_ready")
    post(author, "section_mark", application.pk, "plan", act="assign", person="")
    assert (mark(application).assigned_to, mark(application).ready_at) == (None, None)


def test_ready_replaces_no_rule(author, second, application):
    application.lines.all().delete()
    marking.set_ready(by=author, application=application, section="budget", ready=True, now=NOON)
    text = words(get(author, "application_check", application.pk))
    assert "is in the way" in text


def test_writing_in_a_section_takes_the_mark_away_and_says_so(application, author, second):
    marking.set_ready(by=author, application=application, section="project", ready=True, now=NOON)
    marking.set_ready(by=author, application=application, section="plan", ready=True, now=NOON)
    data = {"title": "Another", "version": application.version}
    url = reverse("application_section", args=[application.pk, "project"])
    page = browser(second).post(url, data, follow=True)
    assert "This section was marked as ready. You changed it, so the mark is gone." in words(page)
    assert application.marks.get(section="project").ready_at is None
    assert mark(application).ready_at == NOON, "another section keeps its own"
    assert "It was marked as ready, and is not any more." in words(
        get(author, "application_detail", application.pk)
    )


def test_saving_nothing_keeps_the_mark(application, author):
    marking.set_ready(by=author, application=application, section="project", ready=True, now=NOON)
    texts = {"title": application.title}
    actions.write_project(
        by=author, application=application, texts=texts, was={}, version=application.version, now=NOON
    )
    assert application.marks.get().ready_at == NOON


def test_who_may_not_mark_does_not(application, author, second, person, stranger):
    viewer = person("viewer")
    give_place(application.group, viewer, Role.VIEWER)
    for user, code in ((viewer, 403), (OFFICE.officer, 403), (stranger, 404)):
        assert post(user, "section_mark", application.pk, "plan", act="ready").status_code == code
    with pytest.raises(NotAllowed):
        marking.set_ready(by=OFFICE.officer, application=application, section="plan", ready=True, now=NOON)
    assert mark(application) is None
    assert "Mark it as ready" not in get(viewer, "application_section", application.pk, "plan").text


@pytest.mark.parametrize("person_pk", ["999999", "x", "-1"])
def test_only_somebody_of_the_group_is_assigned(application, author, stranger, person_pk):
    for pk in (person_pk, stranger.pk):
        answer = post(author, "section_mark", application.pk, "plan", act="assign", person=pk)
        assert answer.status_code == 409
        assert "Choose somebody who writes for your group." in words(answer)
    assert mark(application) is None
    with pytest.raises(TransitionRefused):
        marking.assign(by=author, application=application, section="plan", person=stranger, now=NOON)


def test_nonsense_marks_nothing(application, author):
    assert post(author, "section_mark", application.pk, "secrets", act="ready").status_code == 404
    assert post(author, "section_mark", application.pk, "members", act="ready").status_code == 409
    assert post(author, "section_mark", application.pk, "plan", act="dance").status_code == 404
    assert get(author, "section_mark", application.pk, "plan").url == reverse(
        "application_section", args=[application.pk, "plan"]
    )
    assert not SectionMark.objects.exists()


def test_what_was_sent_is_not_marked_any_more(author):
    sent = application_at("submitted")
    answer = post(sent.group.representative, "section_mark", sent.pk, "plan", act="ready")
    assert answer.status_code == 409
