"""The firm's own page: without an account, by an address that is a key; codes for shared links; joining; saying no."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from core import timeline
from core.models import Message
from groups import letters
from groups.actions import voice
from groups.links import CODE_LASTS, LinkOver
from groups.models import FirmConfirmation, FirmLink
from tests.cast import make_person
from tests.factories_groups import add_to, make_firm, make_firm_link, make_group, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

WHO = {"person_name": "Delia Dueña", "person_position": "Owner"}


def page_of(token: str) -> str:
    return reverse("firm_answer", args=[token])


def confirming(link: FirmLink, **changes) -> dict:
    """What the page sends when nothing is corrected."""
    firm = link.firm
    firm.refresh_from_db()
    place = link.group.memberships.get(firm=firm).place_in_chain
    return {
        "do": "confirm",
        "version": firm.version,
        "name": firm.name,
        "legal_form": firm.legal_form,
        "activity": firm.activity_id,
        "sector": firm.sector_id,
        "province": firm.province,
        "locality": firm.locality,
        "people": "",
        "contact_name": "",
        "contact_email": firm.contact_email,
        "contact_phone": "",
        "place_in_chain": place,
        "declared": "on",
        **{f"sales_{row.year}": str(row.sales) for row in firm.years.all() if not firm.sales_are_private},
        **WHO,
        **changes,
    }


def code_in(message: Message) -> str:
    return message.context["code"]


# --- The address is a key ----------------------------------------------------------------------------


def test_the_page_needs_no_account_and_is_kept_from_others(client):
    _link, token = make_firm_link(make_group(1).memberships.get())
    page = client.get(page_of(token))
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "strict-origin"


def test_opening_never_uses_it_up(client):
    link, token = make_firm_link(make_group(1).memberships.get())
    for _time in range(3):
        assert client.get(page_of(token)).status_code == 200
        assert client.head(page_of(token)).status_code == 200
    link.refresh_from_db()
    assert link.opened_at
    assert link.used_at is None


@pytest.mark.parametrize("why", ["used", "revoked", "expired", "other_address", "left"])
def test_a_link_that_is_over_says_no_more_than_that(client, now, why):
    group = make_group(1)
    link, token = make_firm_link(group.memberships.get())
    if why == "left":
        group.memberships.update(left_on=now.date())
    elif why == "other_address":
        link.firm.contact_email = "other@firm.example"
        link.firm.save()
    else:
        column = {"used": "used_at", "revoked": "revoked_at", "expired": "expires_at"}[why]
        FirmLink.objects.update(**{column: now})
    for answer in (client.get(page_of(token)), client.post(page_of(token), confirming_anything())):
        assert answer.status_code == 410
        assert link.firm.name not in answer.text
        assert group.name not in answer.text
    assert not FirmConfirmation.objects.exists()


def confirming_anything() -> dict:
    return {"do": "confirm", "version": 0, "declared": "on", **WHO}


def test_what_no_link_is_is_not_there(client):
    for token in ("x", "a" * 43, "ñ" * 20, "a" * 4000):
        assert client.get(page_of(token)).status_code == 404


def test_a_firm_reads_in_the_language_of_the_groups_representative():
    group = make_group(1, representative=make_person("rosa", language="es"))
    _link, token = make_firm_link(group.memberships.get())
    browser = Client(headers={"accept-language": "en"})
    assert browser.get(page_of(token)).headers["Content-Language"] == "es"
    assert letters.language_of(group) == "es"
    browser.post(reverse("set_language"), {"language": "en", "next": page_of(token)})
    assert browser.get(page_of(token)).headers["Content-Language"] == "en"


# --- A shared link asks for a code -------------------------------------------------------------------


def test_whoever_shares_a_link_cannot_answer_by_it(client):
    group = make_group(1)
    link, token = make_firm_link(group.memberships.get(), shared=True)
    client.force_login(group.representative)
    page = client.get(page_of(token)).text
    assert "Send the code" in page
    assert link.firm.name not in page
    assert link.firm.contact_email not in page
    for body in (
        confirming(link),
        {"do": "refuse", "refusal-person_name": "X", "refusal-person_position": "Y"},
    ):
        assert client.post(page_of(token), body).status_code == 409
    assert not FirmConfirmation.objects.exists()


def test_the_code_from_the_firms_own_address_opens_it(client, now):
    link, token = make_firm_link(make_group(1).memberships.get(), shared=True)
    client.post(page_of(token), {"do": "code"})
    message = Message.objects.get()
    assert message.address == "own@firm.example"
    assert message.confidential
    code = code_in(message)
    link.refresh_from_db()
    assert code not in link.code_digest
    assert link.firm.contact_verified_at is None
    client.post(page_of(token), {"do": "check", "code": f"{code[:3]} {code[3:]}"})
    link.firm.refresh_from_db()
    assert link.firm.contact_verified_at == now
    assert link.firm.name in client.get(page_of(token)).text
    # Another browser is asked again, and the code is gone.
    other = Client(headers={"accept-language": "en"})
    assert link.firm.name not in other.get(page_of(token)).text
    assert other.post(page_of(token), {"do": "check", "code": code}).status_code == 422
    client.post(page_of(token), confirming(link))
    assert FirmConfirmation.objects.get().way == "code"


def test_a_code_has_five_tries_and_an_hour(client, now, frozen):
    link, token = make_firm_link(make_group(1).memberships.get(), shared=True)
    assert "Ask for a code first." in client.post(page_of(token), {"do": "check", "code": "123456"}).text
    client.post(page_of(token), {"do": "code"})
    code = code_in(Message.objects.get())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _time in range(5):
        assert "This is not the code." in client.post(page_of(token), {"do": "check", "code": wrong}).text
    assert "Too many wrong codes." in client.post(page_of(token), {"do": "check", "code": code}).text
    link.refresh_from_db()
    assert link.code_tries == 5
    client.post(page_of(token), {"do": "code"})
    code = code_in(Message.objects.latest("pk"))
    frozen.move_to(now + CODE_LASTS)
    assert "too old" in client.post(page_of(token), {"do": "check", "code": code}).text


def test_a_link_sends_three_codes_and_no_more(client):
    _link, token = make_firm_link(make_group(1).memberships.get(), shared=True)
    for _time in range(3):
        assert client.post(page_of(token), {"do": "code"}).status_code == 302
    answer = client.post(page_of(token), {"do": "code"})
    assert answer.status_code == 409
    assert "3 codes already" in answer.text
    assert Message.objects.count() == 3


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "1" * 4000])
def test_what_is_no_code_is_said_at_its_field(client, typed):
    _link, token = make_firm_link(make_group(1).memberships.get(), shared=True)
    client.post(page_of(token), {"do": "code"})
    answer = client.post(page_of(token), {"do": "check", "code": typed})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_a_browser_has_two_hours_after_the_code(client, now, frozen):
    link, token = make_firm_link(make_group(1).memberships.get(), shared=True)
    client.post(page_of(token), {"do": "code"})
    client.post(page_of(token), {"do": "check", "code": code_in(Message.objects.get())})
    frozen.move_to(now + dt.timedelta(hours=2))
    assert link.firm.name not in client.get(page_of(token)).text


# --- Joining -----------------------------------------------------------------------------------------


def asked_to_join(**columns):
    """A group that asked a firm of another one, and the link."""
    theirs = make_group(0, name="Quesos del Sur")
    firm = make_firm(contact_email="own@firm.example", **columns)
    add_to(theirs, firm)
    request = make_question(make_group(0), firm)
    return request, *make_firm_link(request)


def test_a_firm_agrees_and_goes_on_to_confirm(client, now, worker, mailoutbox):
    request, link, token = asked_to_join()
    page = client.get(page_of(token)).text
    assert "Rosa Representante" in page
    assert request.group.name in page
    answer = client.post(page_of(token), {"do": "agree", **WHO})
    place = request.group.memberships.get()
    assert (place.firm, place.place_in_chain) == (link.firm, "Packs")
    request.refresh_from_db()
    assert request.agreed
    following = client.get(answer.headers["Location"])
    assert "Please confirm its data next" in following.text
    for case in (request.group.case, link.firm.case):
        assert {event.action for event in case.events.all()} >= {"firm.agreed", "firm.joined"}
    joined = request.group.case.events.get(action="firm.agreed")
    assert joined.actor is None
    assert "Delia Dueña, Owner" in joined.text.text
    worker()
    assert sorted(letter.to[0] for letter in mailoutbox) == [
        "own@firm.example",
        request.group.representative.email,
    ]
    # The link is used: this browser sees what it answered, any other one nothing.
    assert "belongs to" in client.get(page_of(token)).text
    assert Client().get(page_of(token)).status_code == 410


def test_a_firm_declines_and_the_group_learns_nothing(client):
    request, link, token = asked_to_join()
    assert client.post(page_of(token), {"do": "decline"}).status_code == 302
    request.refresh_from_db()
    assert request.agreed is False
    assert not request.group.memberships.exists()
    (message,) = Message.objects.all()
    assert link.firm.name not in str(message.context)
    assert link.firm.formatted_cuit in str(message.context)
    seen = timeline.rows(request.group.case, request.group.representative)
    assert link.firm.name not in str(seen)


def test_agreeing_says_who(client):
    request, _link, token = asked_to_join()
    answer = client.post(page_of(token), {"do": "agree"})
    assert answer.status_code == 422
    assert not request.group.memberships.exists()


def test_a_link_to_join_confirms_nothing_and_the_other_way_round(client, now):
    _request, link, token = asked_to_join()
    assert client.post(page_of(token), confirming_anything()).status_code == 409
    with pytest.raises(LinkOver):
        voice.confirm(link=link, version=0, answer=voice.Answer("A", "B"), now=now)
    confirm, _token = make_firm_link(make_group(1).memberships.get())
    with pytest.raises(LinkOver):
        voice.agree_to_join(link=confirm, person_name="A", person_position="B", now=now)


def test_a_shared_link_to_join_asks_for_the_code_too(client):
    theirs = make_group(1)
    request = make_question(make_group(0), theirs.firms.get())
    link, token = make_firm_link(request, shared=True)
    page = client.post(page_of(token), {"do": "agree", **WHO})
    assert page.status_code == 409
    assert link.firm.name not in page.text
    assert not request.group.memberships.exists()


# --- We do not belong --------------------------------------------------------------------------------


def test_a_firm_says_that_it_does_not_belong(client, worker, mailoutbox):
    group = make_group(1)
    link, token = make_firm_link(group.memberships.get())
    who = {f"refusal-{name}": value for name, value in WHO.items()}
    assert client.post(page_of(token), {"do": "refuse"}).status_code == 422
    client.post(page_of(token), {"do": "refuse", **who})
    row = FirmConfirmation.objects.get()
    assert not row.belongs
    assert group.memberships.current().exists()
    worker()
    assert mailoutbox[0].to == [group.representative.email]
    assert f"{link.firm.name} says that it does not belong" in mailoutbox[0].subject
    client.force_login(group.representative)
    page = client.get(reverse("group_detail", args=[group.pk])).text
    assert "Says that it does not belong" in page
    assert "Send a signed paper instead" not in page


def test_no_button_no_answer(client):
    _link, token = make_firm_link(make_group(1).memberships.get())
    assert client.post(page_of(token), {}).status_code == 409
    assert client.post(page_of(token), {"do": "agree", **WHO}).status_code == 409
    assert not FirmConfirmation.objects.exists()


def test_the_key_is_in_no_event(client):
    group = make_group(1)
    link, token = make_firm_link(group.memberships.get())
    client.get(page_of(token))
    client.post(page_of(token), confirming(link))
    for case in (group.case, link.firm.case):
        assert token not in str([(event.data, event.text and event.text.text) for event in case.events.all()])


def test_the_sales_stand_open_where_the_size_is_not_shown_yet(client):
    group = make_group(0)
    for sales, opened in ((None, True), (1000, False)):
        firm = make_firm(1 if sales else 2, sales=sales, legal_form="srl")
        _link, token = make_firm_link(add_to(group, firm))
        text = client.get(page_of(token)).text
        assert ("<details open>" in text) is opened


def test_no_link_to_another_firm_is_chosen_beforehand(client):
    group = make_group(0)
    firm = make_firm(1, legal_form="srl")
    _link, token = make_firm_link(add_to(group, firm))
    text = client.get(page_of(token)).text
    assert 'name="link1-link" value="owns"' in text
    assert 'name="link1-link" value=""' not in text
