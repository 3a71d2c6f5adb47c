"""What a group must never learn: who a firm is before it agreed, and what it entered as sales."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from core import timeline
from core.models import Event, Message
from core.workflow import NotAllowed
from groups import actions
from groups.actions import asking
from groups.models import FirmConfirmation
from tests.factories_groups import add_to, give_place, make_firm, make_firm_link, make_group
from tests.groups.test_voice_confirm import a_link
from tests.groups.test_voice_page import confirming, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

# Figures that stand nowhere else.
SALES = {"sales_2025": "3.456.789.123,45", "sales_2024": "2.765.432.198,34"}
FIGURES = ("3.456.789", "3456789", "2.765.432", "2765432")
SECRETS = ("Secreta", "secret@firm.example", "Ushuaia", "0800-SECRET", "Sonia Secreta")


def secret_firm(**columns):
    """A firm of another group, with data that its own people alone know."""
    firm = make_firm(
        name="Secreta SRL",
        contact_email="secret@firm.example",
        locality="Ushuaia",
        contact_phone="0800-SECRET",
        contact_name="Sonia Secreta",
        **columns,
    )
    add_to(make_group(0, name="Quesos del Sur"), firm)
    return firm


def pages_of(group) -> list[str]:
    """Every page of a group that its people read."""
    return [reverse("group_detail", args=[group.pk]), reverse("group_people", args=[group.pk])]


def told(group) -> str:
    """Every message to a person of the group."""
    people = group.people.values("user")
    return str(list(Message.objects.filter(recipient__in=people).values_list("context", flat=True)))


def test_before_it_agrees_a_group_learns_nothing_of_a_firm(signed_in, now):
    group, firm = make_group(1), secret_firm()
    client = signed_in(group.representative)
    seen = [client.get(reverse("firm_check", args=[group.pk]), {"cuit": firm.cuit}).text]
    body = {"cuit": firm.cuit, "place_in_chain": "Packs"}
    seen.append(client.post(reverse("firm_add", args=[group.pk]), body, follow=True).text)
    question = group.join_requests.get()
    for name in ("join_request_send", "join_request_share"):
        seen.append(client.post(reverse(name, args=[group.pk, question.pk]), follow=True).text)
    seen.append(client.get(reverse("join_request_share", args=[group.pk, question.pk])).text)
    seen += [client.get(address).text for address in pages_of(group)]
    assert client.get(reverse("firm_detail", args=[firm.pk])).status_code == 404
    assert client.get(reverse("firm_edit", args=[group.pk, firm.pk])).status_code == 404
    seen.append(str(list(Event.objects.filter(case=group.case).values_list("data", "text__text"))))
    seen.append(told(group))
    for text in seen:
        for secret in SECRETS:
            assert secret not in text


def test_the_shared_link_says_nothing_of_the_firm_before_the_code(client):
    group, firm = make_group(0), secret_firm()
    asking.ask_to_join(
        by=group.representative,
        group=group,
        cuit=firm.cuit,
        place_in_chain="Packs",
        now=dt.datetime.now(dt.UTC),
    )
    _link, token = make_firm_link(group.join_requests.get(), shared=True)
    text = client.get(page_of(token)).text + client.post(page_of(token), {"do": "code"}, follow=True).text
    for secret in (*SECRETS, firm.cuit, firm.formatted_cuit):
        assert secret not in text


def test_which_group_asks_a_firm_is_not_for_its_other_groups(now, signed_in):
    firm = secret_firm()
    theirs = firm.groups.get()
    group = make_group(0, name="Muebles Curiosos")
    asking.ask_to_join(by=group.representative, group=group, cuit=firm.cuit, place_in_chain="Packs", now=now)
    client = signed_in(theirs.representative)
    pages = [*pages_of(theirs), reverse("firm_detail", args=[firm.pk])]
    for page in pages:
        assert "Muebles Curiosos" not in client.get(page).text
    assert "Muebles Curiosos" not in str(timeline.rows(firm.case, theirs.representative))


def test_sales_that_a_firm_entered_are_nowhere_for_its_group(client, person, now):
    group, link, token = a_link(sales=None)
    member = person("member")
    give_place(group, member, Role.MEMBER)
    client.post(page_of(token), confirming(link, **SALES))
    firm = link.firm
    assert firm.years.get(year=2025).sales == Decimal("3456789123.45")
    seen = [told(group), str(list(Event.objects.values_list("data", "text__text")))]
    # Nor in the copy to the firm: mailboxes are shared.
    seen.append(str(list(Message.objects.values_list("context", flat=True))))
    link, token = make_firm_link(group.memberships.get())
    for who in (group.representative, member):
        client.force_login(who)
        pages = [*pages_of(group), reverse("firm_detail", args=[firm.pk]), page_of(token)]
        pages += [reverse(name, args=[group.pk, firm.pk]) for name in ("firm_edit", "firm_paper_print")]
        seen += [client.get(page).text for page in pages]
    edit = reverse("firm_edit", args=[group.pk, firm.pk])
    seen.append(client.post(edit, {"version": "0", "name": "Other", "sales_2025": "1"}).text)
    for text in seen:
        for figure in FIGURES:
            assert figure not in text
    firm.refresh_from_db()
    with pytest.raises(NotAllowed, match="entered its sales itself"):
        actions.edit_firm(
            by=member, group=group, firm=firm, version=firm.version, now=now, sales={2025: Decimal(1)}
        )


def test_taking_over_the_address_does_not_open_the_figures(client, now):
    """A group may write another address of the firm, and ask there; what the firm entered stays closed."""
    group, link, token = a_link(sales=None)
    client.post(page_of(token), confirming(link, **SALES))
    firm = link.firm
    firm.refresh_from_db()
    actions.edit_firm(
        by=group.representative,
        group=group,
        firm=firm,
        version=firm.version,
        now=now,
        contact_email=group.representative.email,
    )
    firm.refresh_from_db()
    assert firm.contact_verified_at is None
    link, token = make_firm_link(group.memberships.select_related("firm").get())
    page = client.get(page_of(token)).text
    for figure in FIGURES:
        assert figure not in page
    client.post(page_of(token), confirming(link))
    assert FirmConfirmation.objects.get(superseded_at=None).email == group.representative.email


def test_a_stranger_finds_nothing(client, stranger, signed_in):
    group, link, _token = a_link()
    client = signed_in(stranger)
    for name in ("firm_link_send", "firm_link_share", "firm_link_revoke", "firm_paper_add"):
        assert client.post(reverse(name, args=[group.pk, link.firm.pk])).status_code == 404
    for name in ("paper_list", "join_request_list"):
        assert client.get(reverse(name)).status_code == 403
