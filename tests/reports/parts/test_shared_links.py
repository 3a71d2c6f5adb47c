"""A firm hands in its part by a link that the coordinator shares: whoever opens it needs a code from the firm's own e-mail
(PROGRAMME 12)."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.models import Event, Message
from groups.models import Firm
from reports.models import FirmPartLink
from reports.parts import actions
from tests.reports.parts.rows import AFTER, DAY, asked, page_of, said

pytestmark = pytest.mark.django_db


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def part(report):
    return asked(report)[0]


@pytest.fixture
def token(writer, report, part) -> str:
    """The secret of a link that was shared, from the page that shows it once."""
    page = writer.post(reverse("report_part_share", args=[report.pk, part.pk])).text
    return re.search(r"/report-parts/([\w-]+)/", page)[1]


def code() -> str:
    return Message.objects.filter(template="firm_code").latest("pk").context["code"]


def test_the_link_is_shown_once_with_a_text_to_send(writer, report, part):
    url = reverse("report_part_share", args=[report.pk, part.pk])
    before = writer.get(url)
    assert "/report-parts/" not in before.text
    assert part.firm.contact_email in before.text
    assert "The link works until 20/03/2026" in before.text
    page = writer.post(url)
    assert "https://wa.me/?text=" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "/report-parts/" not in writer.get(url).text
    event = Event.objects.get(action="firmpart.shared")
    assert event.data["number"] == 1
    # The one that was sent goes on working.
    assert part.links.filter(revoked_at=None).count() == 2


def test_without_the_code_nothing_of_the_firm_is_shown_or_answered(report, part, token):
    for answer in (browser().get(page_of(token)), browser().post(page_of(token), said(report))):
        assert part.firm.name not in answer.text
        assert part.message not in answer.text
        assert "to confirm that it belongs" not in answer.text
        assert "asks a firm of the group" in answer.text
    part.refresh_from_db()
    assert part.status == "asked"


def test_with_the_code_the_firm_answers_once(writer, report, part, token):
    firm = browser()
    assert firm.post(page_of(token), {"do": "code"}).status_code == 302
    assert Message.objects.get(template="firm_code").address == part.firm.contact_email
    assert firm.post(page_of(token), {"do": "check", "code": "000000"}).status_code == 422
    assert firm.post(page_of(token), {"do": "check", "code": code()}).status_code == 302
    assert "What was done at" in firm.get(page_of(token)).text
    # The code opened one browser, not the link.
    assert "What was done at" not in browser().get(page_of(token)).text
    assert firm.post(page_of(token), said(report)).status_code == 302
    part.refresh_from_db()
    assert part.status == "answered"
    assert not part.links.filter(used_at=None, revoked_at=None).exists()
    assert "was sent" in firm.get(page_of(token)).text
    assert browser().get(page_of(token)).status_code == 410
    assert Event.objects.get(action="firmpart.answered").data["shared"] is True
    assert (
        "By a shared link, with a code" in writer.get(reverse("report_part", args=[report.pk, part.pk])).text
    )
    assert Firm.objects.get(pk=part.firm_id).contact_verified_at is not None


def test_the_coordinator_who_shares_cannot_answer_for_the_firm(writer, report, part, token):
    page = writer.get(page_of(token))
    assert part.firm.name not in page.text
    assert writer.post(page_of(token), said(report)).status_code == 409


def test_codes_are_few(part, token):
    firm = browser()
    for _time in range(3):
        assert firm.post(page_of(token), {"do": "code"}).status_code == 302
    assert firm.post(page_of(token), {"do": "code"}).status_code == 409
    right = code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _time in range(5):
        assert firm.post(page_of(token), {"do": "check", "code": wrong}).status_code == 422
    assert "Too many wrong codes" in firm.post(page_of(token), {"do": "check", "code": right}).text


def test_a_question_that_is_over_is_not_shared(writer, report, part, time_machine):
    url = reverse("report_part_share", args=[report.pk, part.pk])
    actions.withdraw(by=report.group.representative, part=part, now=AFTER)
    assert writer.post(url).status_code == 409
    late, _token = asked(report)
    time_machine.move_to(AFTER + 11 * DAY, tick=False)
    writer.force_login(report.group.representative)
    answer = writer.post(reverse("report_part_share", args=[report.pk, late.pk]))
    assert answer.status_code == 409
    assert "has passed" in answer.text


def test_a_new_shared_link_ends_the_one_before_it_and_is_counted(writer, report, part, token):
    url = reverse("report_part_share", args=[report.pk, part.pk])
    writer.post(url)
    assert browser().get(page_of(token)).status_code == 410
    for _time in range(2):
        writer.post(url)
    answer = writer.post(url)
    assert answer.status_code == 409
    assert "5 links within a day" in answer.text


def test_the_database_refuses_codes_without_end_and_of_links_that_were_sent(part, token):
    for rows, change in (
        (FirmPartLink.objects.filter(shared=True), {"code_tries": 6}),
        (FirmPartLink.objects.filter(shared=True), {"codes_sent": 4}),
        (FirmPartLink.objects.filter(shared=False), {"codes_sent": 1}),
        (FirmPartLink.objects.all(), {"shared": True}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
