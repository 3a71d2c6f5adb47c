"""Registering, signing in and resetting: the same answer for every address, a throttle that no header moves, and
letters through the outbox with links to the site's own address."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse

from accounts.models import User
from core.models import Message
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch):
    """Hashing is slow on purpose; that is not what these tests are about."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 10)


NEW = {"full_name": "Nora Nueva", "language": "en", "password1": PASSWORD}


def in_short(answer) -> tuple:
    """What somebody outside can tell answers apart by."""
    return answer.status_code, answer.headers.get("Location")


def test_registering_makes_a_person_and_a_letter(client):
    answer = client.post(reverse("account_signup"), NEW | {"email": "Nora@LSP.example"})
    assert in_short(answer) == (302, reverse("account_email_verification_sent"))
    nora = User.objects.get()
    assert (nora.email, nora.full_name, nora.language) == ("nora@lsp.example", "Nora Nueva", "en")
    letter = Message.objects.get()
    assert (letter.template, letter.confidential) == ("account_email_confirmation_signup", True)
    assert letter.context["activate_url"].startswith(settings.SITE_URL + "/accounts/")


def test_the_address_must_be_confirmed_before_signing_in(client):
    client.post(reverse("account_signup"), NEW | {"email": "nora@lsp.example"})
    other_browser = type(client)()
    answer = other_browser.post(reverse("account_login"), {"login": "nora@lsp.example", "password": PASSWORD})
    assert in_short(answer) == (302, reverse("account_email_verification_sent"))
    assert "_auth_user_id" not in other_browser.session


def test_registering_answers_the_same_for_a_known_address(client, stranger):
    known = client.post(reverse("account_signup"), NEW | {"email": stranger.email.upper()})
    client.session.flush()
    new = type(client)().post(reverse("account_signup"), NEW | {"email": "nora@lsp.example"})
    assert in_short(known) == in_short(new)
    assert User.objects.count() == 2
    assert set(Message.objects.values_list("template", flat=True)) == {
        "account_account_already_exists",
        "account_email_confirmation_signup",
    }


def test_two_tabs_that_register_one_address_make_one_person(client, person, monkeypatch):
    """The form looked before the other tab saved: the database decides, and the answer is the usual one."""
    from allauth.account.internal.flows import manage_email

    person("nora@lsp.example")
    monkeypatch.setattr(manage_email, "email_already_exists", lambda email, **_kwargs: (email, False))
    answer = client.post(reverse("account_signup"), NEW | {"email": "nora@lsp.example"})
    assert in_short(answer) == (302, reverse("account_email_verification_sent"))
    assert User.objects.count() == 1
    assert Message.objects.get().template == "account_account_already_exists"


def test_resetting_answers_the_same_for_an_unknown_address(client, stranger):
    known = client.post(reverse("account_reset_password"), {"email": stranger.email})
    unknown = type(client)().post(reverse("account_reset_password"), {"email": "nobody@lsp.example"})
    assert in_short(known) == in_short(unknown) == (302, reverse("account_reset_password_done"))
    assert Message.objects.get(recipient=stranger).template == "account_password_reset_key"
    assert Message.objects.get(address="nobody@lsp.example").template == "account_unknown_account"


def sign_in(client, email: str, password: str, **headers):
    """A try at the log-in page, in English."""
    data = {"login": email, "password": password}
    return client.post(reverse("account_login"), data, headers={"accept-language": "en"} | headers)


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, stranger):
    pages = [sign_in(client, email, "wrong password") for email in (stranger.email, "nobody@lsp.example")]
    assert "not correct" in pages[0].text
    assert pages[0].status_code == pages[1].status_code
    assert pages[0].text.count("not correct") == pages[1].text.count("not correct")


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip", "cf-connecting-ip", "true-client-ip"]
)
def test_a_forged_header_does_not_move_the_throttle(client, stranger, header):
    # Ten tries a minute from one machine, whatever it says about itself and whomever it tries.
    for attempt in range(10):
        page = sign_in(client, f"x{attempt}@lsp.example", "wrong password", **{header: f"10.0.0.{attempt}"})
        assert "Too many failed" not in page.text
    page = sign_in(client, stranger.email, PASSWORD, **{header: "10.0.1.1"})
    assert "Too many failed" in page.text
    assert "_auth_user_id" not in client.session


def test_neither_another_host_name_nor_another_machine_gives_more_tries_for_one_person(client, stranger):
    for attempt in range(6):
        host = ("localhost", "127.0.0.1", "testserver")[attempt % 3]
        client = type(client)(REMOTE_ADDR=f"10.0.0.{attempt}", HTTP_HOST=host)
        page = sign_in(client, stranger.email.upper(), "wrong password")
    assert "Too many failed" in page.text


def test_letters_link_to_the_site_whatever_host_was_asked(client, stranger):
    client.post(reverse("account_reset_password"), {"email": stranger.email}, HTTP_HOST="127.0.0.1")
    link = Message.objects.get(recipient=stranger).context["password_reset_url"]
    assert link.startswith(settings.SITE_URL + "/")


def test_letters_speak_the_language_of_who_reads(client, person):
    person("lector@lsp.example", language="es")
    client.post(
        reverse("account_reset_password"), {"email": "lector@lsp.example"}, headers={"accept-language": "en"}
    )
    assert Message.objects.get().language == "es"


def test_a_closed_account_does_not_sign_in(client, stranger):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    client.post(reverse("account_login"), {"login": stranger.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_session_ends_when_the_account_is_closed(signed_in, stranger):
    client = signed_in(stranger)
    assert client.get(reverse("my_account")).status_code == 200
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    assert client.get(reverse("my_account")).status_code == 302


def test_an_address_that_nobody_proved_belongs_to_no_account(client, stranger, rf):
    """Who adds a stranger's address to their own account does not receive what is sent to it."""
    from accounts.adapter import AccountAdapter

    EmailAddress.objects.create(user=stranger, email="victim@lsp.example", verified=False)
    AccountAdapter().send_mail("account/email/unknown_account", "victim@lsp.example", {})
    letter = Message.objects.get()
    assert (letter.recipient, letter.address) == (None, "victim@lsp.example")
