"""Firms hand in their part of a report by a link: asked, reminded, answered once, taken back, taken into the report."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Message
from core.workflow import StaleObject, TransitionRefused
from grants.models import Project
from grants.saving import ADDRESS_HEADER, KEY_HEADER
from groups.links import LinkOver
from groups.models import Firm
from reports.models import FirmPart, FirmPartLink, ProgressReport, Training
from reports.parts import actions, links
from tests.cast import make_person
from tests.factories_groups import make_group
from tests.factories_ledgers import firms_in, make_part
from tests.factories_reports import make_project, report_at
from tests.reports.parts.rows import AFTER, DAY, WHO, asked, kiln, page_of, said

pytestmark = pytest.mark.django_db

# --- Asking --------------------------------------------------------------------------------------------


def ask(writer, report, *firms, **changed):
    data = {
        "firms": [firm.pk for firm in firms], "asks": ["done", "photos"], "activities": [kiln(report).pk],
        "message": "Please.", "answer_by": "20/03/2026", **changed,
    }  # fmt: skip
    return writer.post(reverse("report_parts", args=[report.pk]), data)


def test_firms_are_asked_by_a_letter_with_a_link(writer, report):
    one, two, *_others = firms_in(report)
    Firm.objects.filter(pk=one.pk).update(contact_email="one@firm.example")
    Firm.objects.filter(pk=two.pk).update(contact_email="")
    assert ask(writer, report, one, two).status_code == 302
    part = FirmPart.objects.get()
    assert (part.firm, part.status, list(part.activities.all())) == (one, "asked", [kiln(report)])
    letter = Message.objects.get(address="one@firm.example")
    assert letter.confidential
    assert letter.context["answer_by"] == "20/03/2026"
    page = writer.get(reverse("report_parts", args=[report.pk])).content.decode()
    assert "Asked on 10/03/2026" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"firms": []}, "Which firms"),
        ({"asks": []}, "What you ask"),
        ({"answer_by": "09/03/2026"}, "within the next 60 days"),
        ({"answer_by": "10/06/2026"}, "within the next 60 days"),
    ],
)
def test_a_question_that_does_not_hold_is_refused(writer, report, changed, sentence):
    response = ask(writer, report, firms_in(report)[0], **changed)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not FirmPart.objects.exists()


def test_a_second_question_takes_the_place_of_the_first(report):
    first, token = asked(report)
    second, _token = asked(report)
    first.refresh_from_db()
    assert (first.status, second.status) == ("withdrawn", "asked")
    assert Client().get(page_of(token)).status_code == 410


def test_a_firm_is_not_flooded(report):
    firm = firms_in(report)[0]
    for _time in range(5):
        asked(report, firm=firm)
    found, refused = actions.ask(
        by=report.group.representative, report=report, firms=[firm], asks=["done"], activities=[], message="",
        answer_by=AFTER.date() + DAY, now=AFTER,
    )  # fmt: skip
    assert found == []
    assert "5 links within a day" in refused[0][1]


def test_a_firm_is_reminded_once_a_day_with_a_new_link(writer, report, time_machine):
    part, token = asked(report)
    url = reverse("report_part_remind", args=[report.pk, part.pk])
    assert writer.post(url).status_code == 409
    time_machine.move_to(AFTER + 2 * DAY, tick=False)
    writer.force_login(report.group.representative)
    assert writer.post(url).status_code == 302
    assert part.links.count() == 2
    assert Message.objects.filter(template="firm_part_remind").count() == 1
    assert Client().get(page_of(token)).status_code == 410


def test_while_there_is_a_coordinator_only_they_ask(report):
    from tests.factories_groups import make_appointment

    make_appointment(report.group, make_person("coordinator"))
    with pytest.raises(TransitionRefused):
        asked(report)


# --- The firm's page -----------------------------------------------------------------------------------


def test_the_page_needs_no_account_and_is_kept_from_others(report):
    part, token = asked(report)
    page = Client(headers={"accept-language": "en"}).get(page_of(token))
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert part.links.get().opened_at == AFTER
    text = page.content.decode()
    # Only who answers has to be said.
    assert text.count("(optional)") == text.count("<label for=") - text.count('for="id_person_')
    for token in ("x", "ñ" * 20, "a" * 4000):
        assert Client().get(page_of(token)).status_code == 404


def test_only_what_was_asked_is_on_the_page(report):
    _part, token = asked(report, asks=["figures"])
    page = Client(headers={"accept-language": "en"}).get(page_of(token)).content.decode()
    assert 'name="figures"' in page
    for name in ("women", "papers", f"text_{kiln(report).pk}"):
        assert f'name="{name}"' not in page


def test_a_firm_answers_once(report):
    part, token = asked(report)
    browser = Client(headers={"accept-language": "en"})
    assert browser.post(page_of(token), said(report)).status_code == 302
    part.refresh_from_db()
    assert (part.status, part.people, part.person_name) == ("answered", 5, "Delia Dueña")
    assert part.texts.get().text == "We dried the first wood."
    assert part.files.get().document.filename == "shed.png"
    assert "was sent" in browser.get(page_of(token)).content.decode()
    other = Client()
    assert other.get(page_of(token)).status_code == 410
    assert other.post(page_of(token), said(report)).status_code == 410
    assert Message.objects.filter(template="firm_part_answered").count() == 1


def test_an_answer_that_is_sent_again_while_the_connection_was_away_is_one(report):
    part, token = asked(report)
    browser = Client(headers={"accept-language": "en"})
    browser.get(page_of(token))
    answers = [
        browser.post(page_of(token), said(report), headers={KEY_HEADER: "a" * 32}) for _time in range(2)
    ]
    assert [(answer.status_code, answer.headers[ADDRESS_HEADER]) for answer in answers] == [
        (204, page_of(token))
    ] * 2
    assert answers[0].headers["Referrer-Policy"] == "strict-origin"
    assert part.texts.count() == 1
    assert "was sent" in browser.get(page_of(token)).content.decode()
    # Another key is another answer: there is none.
    assert Client().post(page_of(token), said(report), headers={KEY_HEADER: "b" * 32}).status_code == 410


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"person_name": ""}, "Your full name"),
        ({"course": ""}, "the whole course"),
        ({"women": "", "men": ""}, "how many people"),
        ({"women": "-3"}, "at least 0"),
        ({"course_on": "11/03/2026"}, "still to come"),
        ({"course_on": "01/12/2025"}, "before the project began"),
    ],
)
def test_an_answer_that_does_not_hold_is_refused(report, changed, sentence):
    part, token = asked(report)
    page = Client(headers={"accept-language": "en"}).post(page_of(token), said(report, **changed))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    part.refresh_from_db()
    assert part.status == "asked"


def test_an_empty_answer_is_refused(report):
    _part, token = asked(report)
    page = Client(headers={"accept-language": "en"}).post(page_of(token), WHO)
    assert page.status_code == 422
    assert "Write or attach something" in page.content.decode()


@pytest.mark.parametrize(
    "why", ["revoked", "expired", "withdrawn", "other_address", "submitted", "suspended"]
)
def test_a_link_that_is_over_says_no_more_than_that(report, why, time_machine):
    part, token = asked(report)
    if why == "expired":
        time_machine.move_to(AFTER + 11 * DAY, tick=False)
    elif why == "withdrawn":
        actions.withdraw(by=report.group.representative, part=part, now=AFTER)
    elif why == "other_address":
        Firm.objects.filter(pk=part.firm_id).update(contact_email="other@firm.example")
    elif why == "submitted":
        report_at("submitted", report.project, now=AFTER)
    elif why == "suspended":
        Project.objects.filter(pk=report.project_id).update(
            status="suspended", suspended_from="active", suspended_on=AFTER.date()
        )
    else:
        FirmPartLink.objects.update(revoked_at=AFTER)
    for answer in (Client().get(page_of(token)), Client().post(page_of(token), said(report))):
        assert answer.status_code == 410
        assert part.firm.name not in answer.text
        assert report.group.name not in answer.text
    part.refresh_from_db()
    assert part.status != "answered"


def test_what_ended_meanwhile_is_not_answered(report):
    part, token = asked(report)
    link = links.find(token)
    actions.withdraw(by=report.group.representative, part=part, now=AFTER)
    with pytest.raises(LinkOver):
        actions.answer(link=link, said=actions.Answer(**WHO), now=AFTER)


# --- Taking it into the report -------------------------------------------------------------------------


@pytest.fixture
def part(report):
    part, token = asked(report)
    Client().post(page_of(token), said(report))
    part.refresh_from_db()
    return part


def take(writer, report, part, *codes: str, **more):
    report.refresh_from_db()
    url = reverse("report_part", args=[report.pk, part.pk])
    return writer.post(url, {"version": report.version, "pieces": codes, **more})


def test_the_coordinator_takes_texts_people_and_files_into_the_report(writer, report, part):
    codes = [piece.code for piece in actions.pieces(part)]
    assert len(codes) == 4
    assert take(writer, report, part, *codes, files_to=kiln(report).pk).status_code == 302
    row = report.activities.get(activity=kiln(report))
    assert row.what_was_done == f"{part.firm.name}: We dried the first wood."
    report.refresh_from_db()
    assert report.status == "draft"
    assert report.summary == f"{part.firm.name}: From 40 to 55 a week."
    training = Training.objects.get()
    assert (training.people, list(training.firms.all())) == (5, [part.firm])
    assert report.evidence.get().activity == kiln(report)
    page = writer.get(reverse("report_part", args=[report.pk, part.pk])).content.decode()
    assert "All of it is in the report." in page


def test_nothing_is_taken_twice(writer, report, part):
    assert take(writer, report, part, "figures").status_code == 302
    assert take(writer, report, part, "figures").status_code == 422
    with pytest.raises(TransitionRefused, match="not in the report yet"):
        actions.adopt(
            by=report.group.representative, report=report, part=part, codes=["figures"],
            version=ProgressReport.objects.get(pk=report.pk).version, now=AFTER,
        )  # fmt: skip
    with pytest.raises(StaleObject):
        actions.adopt(
            by=report.group.representative, report=report, part=part, codes=["training"], version=0, now=AFTER
        )


def test_a_text_that_would_be_too_long_changes_nothing(writer, report, part):
    version = ProgressReport.objects.get(pk=report.pk).version
    from reports.actions import save_summary

    save_summary(
        by=report.group.representative, report=report, version=version, now=AFTER, summary="x" * 3990
    )
    assert take(writer, report, part, "figures", "training").status_code == 409
    assert not Training.objects.exists()


def test_the_part_of_another_report_is_not_there(writer, report):
    other = report_at("due", make_project(make_group(name="Another"), title="Another"))
    theirs, _token = asked(other, by=other.group.representative)
    for name in ("report_part", "report_part_remind", "report_part_withdraw"):
        assert writer.post(reverse(name, args=[report.pk, theirs.pk])).status_code == 404
        assert writer.post(reverse(name, args=[other.pk, theirs.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_the_page_of_the_parts_costs_the_same(writer, report, number, django_assert_num_queries):
    for firm in firms_in(report)[:number]:
        make_part(report, firm=firm, now=AFTER)
    url = reverse("report_parts", args=[report.pk])
    writer.get(url)
    with django_assert_num_queries(19):
        writer.get(url)


def test_who_sends_the_report_reads_whose_answer_is_not_in_it(writer, report):
    one, two, _rest = (asked(report, firm=firm)[0] for firm in firms_in(report)[:3])
    FirmPart.objects.filter(pk__in=[one.pk, two.pk]).update(
        status="answered", answered_at=AFTER, person_name="Delia Dueña", figures="From 40 to 55."
    )
    FirmPart.objects.filter(pk=two.pk).update(adopted=["figures"])
    text = writer.get(reverse("report_check", args=[report.pk])).content.decode()
    assert "These firms answered, and nothing of what they said is in the report yet:" in text
    assert text.count("/firms/") == 1
    assert f'<a href="{reverse("report_part", args=[report.pk, one.pk])}">{one.firm}</a>' in text
