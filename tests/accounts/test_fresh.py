"""A log-in asked again before a decision: code or password, nothing typed lost, and nobody slips by."""

import datetime as dt

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings as django_settings
from django.urls import reverse

from applications.models import Application, Decision
from grants.models import Payee
from tests.applications.staff_pages import browser
from tests.cast import PASSWORD
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at
from tests.factories_grants import finance2, make_cbu, open_project, payment_at
from tests.factories_groups import make_cuit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

# A little longer than a log-in counts.
LATER = dt.timedelta(seconds=django_settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)


def code_of(secret: str, moment: dt.datetime) -> str:
    """What the authenticator app shows at a moment."""
    return format_hotp_value(hotp_value(secret, int(moment.timestamp()) // 30))


def typed(application: Application, **more) -> dict:
    lines = {f"amount_{line.pk}": str(line.programme_share) for line in application.lines.all()}
    return {
        "decision": "reject",
        "resolution": "RES-7",
        "reason": "Too little is learnt — “as it stands”.",
        "version": application.version,
        "step": "sign",
        **lines,
        **more,
    }


def test_a_fresh_log_in_counts_and_an_old_one_is_asked_again_before_anything_is_typed(frozen):
    application = application_at("recommended")
    client = browser(OFFICE.approver)
    page = reverse("decide", args=[application.pk])
    assert client.get(page).status_code == 200
    frozen.move_to(NOON + LATER)
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_reauthenticate')}?next={page.replace('/', '%2F')}"
    back = client.post(answer.url, {"password": PASSWORD, "next": page})
    assert (back.status_code, back.url) == (302, page)
    assert client.get(page).status_code == 200


def test_what_was_typed_in_an_old_session_is_decided_once_the_password_is_right(frozen):
    application = application_at("recommended")
    client = browser(OFFICE.approver)
    page = reverse("decide", args=[application.pk])
    frozen.move_to(NOON + LATER)
    asked = client.post(page, typed(application))
    assert asked.status_code == 302
    assert not Decision.objects.exists()
    wrong = client.post(asked.url, {"password": "not this", "next": page})
    assert wrong.status_code == 422
    assert not Decision.objects.exists()
    done = client.post(asked.url, {"password": PASSWORD, "next": page})
    decision = Decision.objects.get()
    assert (done.status_code, done.url) == (302, reverse("decision_detail", args=[decision.pk]))
    assert decision.grounds == "Too little is learnt — “as it stands”."


def test_the_letter_shown_after_it_was_asked_is_signed_on_its_own_page(frozen):
    """The page that comes after the password goes on with what was typed, and its form leads to the right address."""
    application = application_at("recommended")
    client = browser(OFFICE.approver)
    page = reverse("decide", args=[application.pk])
    frozen.move_to(NOON + LATER)
    asked = client.post(page, typed(application, step="check"))
    letter = client.post(asked.url, {"password": PASSWORD, "next": page})
    assert letter.status_code == 200
    assert "Too little is learnt" in letter.text
    assert f'action="{page}"' in letter.text


def test_with_a_second_factor_the_code_is_asked_and_the_password_alone_is_not_enough(frozen, settings):
    settings.STAFF_SECOND_FACTOR = True
    application, approver = application_at("recommended"), OFFICE.approver
    secret = generate_totp_secret()
    TOTP.activate(approver, secret)
    client = browser(approver)
    page = reverse("decide", args=[application.pk])
    moment = NOON + LATER
    frozen.move_to(moment)
    asked = client.post(page, typed(application))
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    # allauth offers the password as another way: for a decision it does not stand for the code.
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("home")})
    again = client.get(page)
    assert again.url.startswith(reverse("mfa_reauthenticate"))
    asked = client.post(page, typed(application))
    assert client.post(asked.url, {"code": "000000", "next": page}).status_code == 422
    assert not Decision.objects.exists()
    client.post(asked.url, {"code": code_of(secret, moment), "next": page})
    assert Decision.objects.get().resolution == "RES-7"


def test_whoever_may_not_decide_is_not_let_in_by_the_password(frozen):
    application = application_at("recommended")
    client = browser(OFFICE.officer)
    page = reverse("decide", args=[application.pk])
    frozen.move_to(NOON + LATER)
    asked = client.post(page, typed(application))
    answer = client.post(asked.url, {"password": PASSWORD, "next": page})
    assert answer.status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.parametrize("name", ["grant_reconsideration", "deny_reconsideration"])
def test_an_answer_to_a_reconsideration_asks_too(frozen, name):
    application = application_at("reconsideration")
    client = browser(OFFICE.approver)
    frozen.move_to(NOON + LATER)
    answer = client.get(reverse("application_act", args=[application.pk, name]))
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_what_the_group_does_asks_for_nothing(frozen):
    application = application_at("submitted")
    client = browser(application.group.representative)
    frozen.move_to(NOON + LATER)
    assert client.get(reverse("application_act", args=[application.pk, "withdraw"])).status_code == 200


def test_a_bank_account_is_read_by_anybody_and_changed_only_after_a_fresh_log_in(frozen):
    project = open_project()
    client = browser(project.group.representative)
    page = reverse("payee", args=[project.pk])
    frozen.move_to(NOON + LATER)
    shown = client.get(page)
    assert shown.status_code == 200
    assert 'name="cbu"' not in shown.text
    assert "Confirm that it is you" in shown.text
    typed = {"version": project.version, "name": "Norte", "cuit": make_cuit(1), "cbu": make_cbu()}
    asked = client.post(page, typed)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not Payee.objects.exists()
    client.post(asked.url, {"password": PASSWORD, "next": page})
    assert Payee.objects.get().name == "Norte"
    assert 'name="cbu"' in client.get(page).text


def test_ordering_and_confirming_a_payment_ask_too(frozen):
    payment = payment_at("ordered")
    client = browser(finance2())
    frozen.move_to(NOON + LATER)
    page = reverse("disbursement_confirm", args=[payment.pk])
    assert 'name="treasury_number"' not in client.get(page).text
    for name, *args in (
        ("disbursement_act", payment.pk, "fail"),
        ("tranche_order", payment.tranche_id),
    ):
        assert client.get(reverse(name, args=args)).url.startswith(reverse("account_reauthenticate"))
    assert client.post(page, {"version": payment.version}).url.startswith(reverse("account_reauthenticate"))
