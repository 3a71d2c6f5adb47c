"""What surrounds a request: the wall of the second factor, the auditor's log, the language."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from accounts import actions
from accounts.models import User
from accounts.roles import Role
from core import dates
from core.models import AccessLog

pytestmark = pytest.mark.django_db


def test_staff_without_a_second_factor_meet_the_wall(signed_in, admin, settings):
    settings.STAFF_SECOND_FACTOR = True
    client = signed_in(admin)
    wall = reverse("mfa_activate_totp")
    for name in ("my_account", "people", "permission_table", "account_change_password"):
        for method in (client.get, client.post):
            answer = method(reverse(name))
            assert (answer.status_code, answer.url) == (302, wall), name
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(wall).status_code in (200, 302)
    if (answer := client.get(wall)).status_code == 302:
        assert answer.url.startswith(reverse("account_reauthenticate"))


def test_the_wall_opens_with_a_second_factor(signed_in, admin, settings):
    settings.STAFF_SECOND_FACTOR = True
    client = signed_in(admin)
    TOTP.activate(admin, generate_totp_secret())
    assert client.get(reverse("people")).status_code == 200
    Authenticator.objects.filter(user=admin).delete()
    assert client.get(reverse("people")).status_code == 302


def test_who_has_no_staff_role_needs_no_second_factor(signed_in, stranger, settings):
    settings.STAFF_SECOND_FACTOR = True
    assert signed_in(stranger).get(reverse("my_account")).status_code == 200


@pytest.fixture
def auditor(admin, stranger, case) -> User:
    until = dates.now() + dt.timedelta(days=5)
    actions.grant_role(
        by=admin, user=stranger, role=Role.AUDITOR, now=dates.now(), valid_to=until, cases=[case]
    )
    return stranger


def test_every_access_of_an_auditor_is_logged(signed_in, auditor):
    client = signed_in(auditor)
    client.get(reverse("my_account") + "?from=home")
    client.get(reverse("people"))
    client.get("/nowhere/")
    client.post(reverse("account_logout"))
    logged = AccessLog.objects.order_by("pk").values_list("user", "method", "path", "status")
    assert list(logged)[:3] == [
        (auditor.pk, "GET", "/account/?from=home", 200),
        (auditor.pk, "GET", "/people/", 403),
        (auditor.pk, "GET", "/nowhere/", 404),
    ]
    assert logged[3][1:3] == ("POST", reverse("account_logout"))


def test_an_auditor_whose_time_is_over_is_nobody(signed_in, auditor, time_machine):
    client = signed_in(auditor)
    time_machine.move_to(dates.now() + dt.timedelta(days=6))
    client.get(reverse("my_account"))
    assert User.objects.get(pk=auditor.pk).staff_roles() == frozenset()
    assert not AccessLog.objects.exists()


def test_others_are_not_logged(signed_in, admin):
    signed_in(admin).get(reverse("my_account"))
    assert not AccessLog.objects.exists()


def test_the_page_speaks_the_persons_language(client, person):
    client.force_login(person("es@lsp.example", language="es"))
    page = client.get(reverse("my_account"), headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "es"
    client.force_login(person("en@lsp.example", language="en"))
    page = client.get(reverse("my_account"), headers={"accept-language": "es"})
    assert page.headers["Content-Language"] == "en"


@pytest.mark.parametrize("asked, spoken", [("en-GB,en", "en"), ("es-AR", "es"), ("de", "es"), ("%%", "es")])
def test_a_visitor_is_answered_in_the_browsers_language(client, asked, spoken):
    page = client.get(reverse("account_login"), headers={"accept-language": asked})
    assert page.headers["Content-Language"] == spoken
    assert "Accept-Language" in page.headers["Vary"]


def test_the_switch_stays_in_the_account(signed_in, stranger):
    client = signed_in(stranger)
    client.post(reverse("set_language"), {"language": "es", "next": "/account/"})
    stranger.refresh_from_db()
    assert stranger.language == "es"
    for nonsense in ("de", "zh-hans", "", "x" * 400):
        assert client.post(reverse("set_language"), {"language": nonsense}).status_code < 400
        stranger.refresh_from_db()
        assert stranger.language == "es"


def test_the_switch_leads_to_no_other_site(client, db):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "https://evil.example/"})
    assert "evil" not in answer.headers.get("Location", "")
