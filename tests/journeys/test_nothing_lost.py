"""What people typed is never lost: two who write at once, a server killed in the middle of a form, a session that ended."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import Application
from core import dates
from tests.cast import make_person
from tests.factories_applications import draft, make_call
from tests.factories_groups import give_place, make_group
from tests.journeys.people import Person
from tests.web import WebServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


@pytest.fixture
def application(db) -> Application:
    now = dates.now()
    group = make_group()
    give_place(group, make_person("marta", "Marta Ríos"), Role.MEMBER)
    return draft(group=group, call=make_call(opens_at=now - DAY, closes_at=now + 20 * DAY), now=now)


def project_page(application: Application) -> str:
    return f"/applications/{application.pk}/sections/project/"


def value_of(person: Person, name: str) -> str:
    return person.page.locator(f"main [name={name}]").input_value()


def save(person: Person) -> None:
    person.page.locator("main form[data-keep] button[name=stay]").click()
    person.page.wait_for_load_state("load")


# --- Two at once -----------------------------------------------------------------------------------


def test_two_who_write_different_texts_at_once_both_keep_theirs(person, application):
    rosa, marta = (person(f"{name}@lsp.example", javascript=False) for name in ("representative", "marta"))
    for one in (rosa, marta):
        one.sign_in()
        one.open(project_page(application))
    rosa.write(title="Un secadero común")
    save(rosa)
    marta.write(diagnosis="Cada una seca mal por su cuenta.")
    save(marta)
    application.refresh_from_db()
    assert application.title == "Un secadero común"
    assert application.diagnosis == "Cada una seca mal por su cuenta."


def test_two_who_write_one_text_at_once_see_both_and_lose_neither(person, application):
    rosa, marta = (person(f"{name}@lsp.example", javascript=False) for name in ("representative", "marta"))
    for one in (rosa, marta):
        one.sign_in()
        one.open(project_page(application))
    rosa.write(title="Un secadero común")
    save(rosa)
    marta.write(title="Un aserradero común")
    save(marta)
    marta.sees("Rosa Representante saved this on", "Un secadero común", "Un aserradero común")
    assert value_of(marta, "title") == "Un aserradero común"
    application.refresh_from_db()
    assert application.title == "Un secadero común"
    save(marta)
    application.refresh_from_db()
    assert application.title == "Un aserradero común"


# --- The server, and the session --------------------------------------------------------------------


@pytest.mark.slow
def test_a_server_killed_in_the_middle_of_a_form_loses_nothing(browser, application, tmp_path):
    static = {"STATIC_ROOT": str(tmp_path / "static"), "MEDIA_ROOT": str(tmp_path / "media")}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        env=os.environ | static,
        check=True,
    )
    web = WebServer(workers=1, **static)
    web.start()
    rosa = Person(browser, web.address, "representative@lsp.example", width=320)
    try:
        rosa.sign_in()
        rosa.open(project_page(application))
        rosa.write(title="Un secadero común")
        rosa.page.locator("main [name=diagnosis]").focus()
        rosa.sees("Saved")
        rosa.write(diagnosis="Cada una seca mal por su cuenta.", objectives="Secar juntas.")
        web.kill()
        with rosa.page.expect_event("requestfailed"):
            rosa.page.locator("main form[data-keep] button[name=stay]").click(no_wait_after=True)
        application.refresh_from_db()
        assert application.title == "Un secadero común"
        web.start()
        rosa.faults.clear()
        rosa.open(project_page(application))
        assert value_of(rosa, "title") == "Un secadero común"
        assert value_of(rosa, "diagnosis") == "Cada una seca mal por su cuenta."
        assert value_of(rosa, "objectives") == "Secar juntas."
        save(rosa)
        application.refresh_from_db()
        assert application.objectives == "Secar juntas."
    finally:
        rosa.context.close()
        web.stop()


def test_what_was_typed_while_a_save_was_on_its_way_is_kept(person, application):
    rosa = person("representative@lsp.example", width=320)
    rosa.sign_in()
    rosa.open(project_page(application))
    held = []
    rosa.page.route("**/sections/project/", lambda route: route.continue_() if held else held.append(route))
    rosa.write(title="Un secadero común")
    rosa.page.locator("main [name=diagnosis]").focus()
    rosa.write(diagnosis="x" * 4800)
    rosa.page.locator("main [name=objectives]").focus()
    held[0].continue_()
    rosa.sees("Not saved: “")
    field = rosa.page.locator("#div_id_diagnosis")
    expect(field.locator(".error")).to_contain_text("at most 4000 characters")
    expect(field.locator("textarea")).to_have_attribute("aria-invalid", "true")
    rosa.faults.clear()
    rosa.look()
    application.refresh_from_db()
    assert (application.title, application.diagnosis) == ("Un secadero común", "")
    rosa.faults.clear()
    rosa.open(f"/applications/{application.pk}/")
    rosa.open(project_page(application))
    assert value_of(rosa, "title") == "Un secadero común"
    assert value_of(rosa, "diagnosis") == "x" * 4800
    rosa.sees("What you typed here earlier")
    rosa.write(diagnosis="x" * 4100)
    rosa.page.locator("main [name=objectives]").focus()
    expect(rosa.page.locator("#id_diagnosis_error")).to_be_visible()
    rosa.write(diagnosis="Cada una seca mal por su cuenta.")
    rosa.page.locator("main [name=objectives]").focus()
    rosa.sees("Saved")
    expect(rosa.page.locator("main .error")).to_have_count(0)


def test_a_lost_connection_loses_nothing(person, application):
    rosa = person("representative@lsp.example", width=320)
    rosa.sign_in()
    rosa.open(project_page(application))
    rosa.write(title="Un secadero común")
    rosa.page.locator("main [name=diagnosis]").focus()
    rosa.sees("Saved")
    rosa.context.set_offline(True)
    rosa.write(diagnosis="Cada una seca mal por su cuenta.")
    rosa.page.locator("main [name=objectives]").focus()
    rosa.sees("the connection or your session was lost")
    rosa.write(objectives="Secar juntas.")
    rosa.context.set_offline(False)
    rosa.open(f"/applications/{application.pk}/")
    rosa.open(project_page(application))
    assert value_of(rosa, "title") == "Un secadero común"
    assert value_of(rosa, "diagnosis") == "Cada una seca mal por su cuenta."
    assert value_of(rosa, "objectives") == "Secar juntas."


def test_a_text_that_what_is_saved_left_behind_is_shown_until_it_is_put_away(person, application):
    rosa = person("representative@lsp.example", width=320)
    rosa.sign_in()
    rosa.open(project_page(application))
    rosa.context.set_offline(True)
    rosa.write(diagnosis="Cada una seca mal por su cuenta.")
    Application.objects.filter(pk=application.pk).update(diagnosis="Nadie seca bien.")
    rosa.context.set_offline(False)
    rosa.open(project_page(application))
    rosa.sees("Cada una seca mal por su cuenta.")
    rosa.write(title="Un secadero común")
    rosa.page.locator("main [name=objectives]").focus()
    rosa.sees("Saved")
    rosa.open(project_page(application))
    rosa.sees("Cada una seca mal por su cuenta.")
    rosa.page.get_by_role("button", name="I do not need it any more").click()
    rosa.open(project_page(application))
    assert "Cada una seca mal" not in rosa.text
    assert value_of(rosa, "diagnosis") == "Nadie seca bien."


def test_a_row_that_was_refused_is_kept_when_the_page_is_left_at_once(person, application):
    rosa = person("representative@lsp.example", width=320)
    rosa.sign_in()
    plan = f"/applications/{application.pk}/sections/plan/"
    rosa.open(plan)
    rosa.write(name="Secar juntas")
    rosa.page.locator("main form[data-keep] button[name=onward]").click()
    rosa.page.locator("main .error-summary").wait_for()
    rosa.faults.clear()
    rosa.page.get_by_role("link", name="Continue without adding it").click()
    rosa.page.wait_for_url("**/sections/budget/**")
    rosa.open(plan)
    assert value_of(rosa, "name") == "Secar juntas"


def test_a_session_that_ended_loses_nothing(person, application):
    rosa = person("representative@lsp.example", width=320)
    rosa.sign_in()
    rosa.open(project_page(application))
    rosa.write(title="Un secadero común")
    rosa.page.locator("main [name=diagnosis]").focus()
    rosa.sees("Saved")
    Session.objects.all().delete()
    rosa.write(diagnosis="Cada una seca mal por su cuenta.")
    rosa.page.locator("main form[data-keep] button[name=stay]").click()
    rosa.page.wait_for_url("**/accounts/login/**")
    rosa.page.locator("input[name=login]").fill(rosa.email)
    rosa.page.locator("input[name=password]").fill(rosa.password)
    rosa.page.locator("main button[type=submit]").click()
    rosa.page.wait_for_url("**/applications/**")
    rosa.open(project_page(application))
    assert value_of(rosa, "title") == "Un secadero común"
    assert value_of(rosa, "diagnosis") == "Cada una seca mal por su cuenta."
    rosa.sees("What you typed here earlier")


def test_what_came_back_with_an_error_is_kept_too(person, application):
    rosa = person("representative@lsp.example", width=320)
    rosa.sign_in()
    plan = f"/applications/{application.pk}/sections/plan/"
    rosa.open(plan)
    rosa.write(name="Secar juntas")
    rosa.page.locator("main form[data-keep] button[name=onward]").click()
    rosa.page.locator("main .error-summary").wait_for()
    rosa.page.locator("main [name=first_month]").fill("2")
    rosa.page.get_by_role("link", name="Continue without adding it").click()
    rosa.page.wait_for_url("**/sections/budget/**")
    rosa.faults.clear()
    rosa.open(plan)
    assert (value_of(rosa, "name"), value_of(rosa, "first_month")) == ("Secar juntas", "2")
    rosa.sees("What you typed here earlier")
    rosa.write(last_month="3")
    rosa.page.locator("main form[data-keep] button[name=onward]").click()
    rosa.page.wait_for_url("**/sections/budget/**")
    assert application.activities.filter(name="Secar juntas").exists()
    rosa.open(plan)
    assert value_of(rosa, "name") == ""
