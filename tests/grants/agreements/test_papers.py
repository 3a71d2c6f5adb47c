"""Signed papers on file: who puts them there, how one takes the place of another, and what a start waits for."""

import datetime as dt
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import Line
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants.agreements import actions
from grants.agreements.firms import missing, signings, who_sign
from grants.models import Project, SignedPaper
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, PDF, a_pdf, make_call
from tests.factories_grants import activate, open_project, project_at, sign
from tests.grants.test_constraints import refused_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "approved_stands")]

TODAY = NOON.date()
STRICT = {"agreement_copies": True, "firms_sign": True}


def put(project: Project, kind: str = "group", **changes) -> SignedPaper:
    said = {
        "by": OFFICE.officer if kind == "state" else project.group.representative,
        "upload": a_pdf(f"{kind}.pdf"),
        "signed_on": TODAY,
        "signer": "Rosa Representante",
        "now": NOON,
    }
    return actions.add_paper(project=project, kind=kind, **said | changes)


def put_firm(project: Project, firm, **changes) -> SignedPaper:
    return put(project, "firm_mandate", firm=firm, **{"machines": "None is bought."} | changes)


def test_a_paper_is_kept_with_its_digest_and_replaced_with_a_reason():
    project = open_project()
    first = put(project)
    assert first.document.sha256 == hashlib.sha256(PDF).hexdigest()
    event = project.case.events.get(action="agreement.paper_added")
    assert event.data["sha256"] == first.document.sha256
    with pytest.raises(StaleObject):
        put(project, why="Blurred.")
    with pytest.raises(TransitionRefused, match="Say why"):
        put(project, replaces=first.pk)
    second = put(project, replaces=first.pk, why="Blurred.")
    first.refresh_from_db()
    assert (first.current, second.current, second.replaces) == (False, True, first)
    # The old one stays readable.
    client = browser(project.group.representative)
    assert client.get(reverse("document", args=[first.document_id])).status_code == 200
    page = words(client.get(reverse("agreement_papers", args=[project.pk])))
    assert "Replaced: Blurred." in page
    assert first.document.sha256 in page


def test_each_side_puts_its_own_on_file():
    project = open_project()
    for kind, by in (("group", OFFICE.officer), ("state", project.group.representative)):
        with pytest.raises(NotAllowed):
            put(project, kind, by=by)
    firm = who_sign(project.agreement).first()
    with pytest.raises(NotAllowed):
        put_firm(project, firm, by=OFFICE.officer)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [(TODAY + dt.timedelta(days=1), "in the future"), (TODAY - dt.timedelta(days=1), "was not there before")],
)
def test_a_paper_is_signed_between_the_opening_and_today(day, sentence):
    with pytest.raises(TransitionRefused, match=sentence):
        put(open_project(), signed_on=day)


def test_where_the_call_asks_a_start_waits_for_copies_and_for_every_firm():
    project = sign(open_project(call=make_call(Line.GRANT, **STRICT)))
    for kind, sentence in (
        ("group", "for the group is not on file"),
        ("state", "for the State is not on file"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            activate(project)
        put(project, kind)
    firms = list(who_sign(project.agreement))
    assert len(firms) == 5
    for firm in firms[:4]:
        put_firm(project, firm)
    with pytest.raises(TransitionRefused, match=f"1 firm has not signed yet: {firms[4].name}"):
        activate(project)
    start = "UPDATE grants_project SET status = 'active', first_day = now(), last_day = now() WHERE id = %s"
    assert "Not every firm has signed" in refused_by(start, project.pk)
    # Whoever has left the group signs no more.
    project.group.memberships.filter(firm=firms[4]).update(left_on=TODAY)
    assert missing(project.agreement) == []
    assert activate(project).status == "active"


def test_the_database_asks_for_the_copies_too():
    project = sign(open_project(call=make_call(Line.GRANT, agreement_copies=True)))
    put(project)
    start = "UPDATE grants_project SET status = 'active', first_day = now(), last_day = now() WHERE id = %s"
    assert "copies of the agreement are not on file" in refused_by(start, project.pk)


def test_signed_papers_stay():
    paper = put(open_project())
    for sql in (
        "DELETE FROM grants_signedpaper WHERE id = %s",
        "UPDATE grants_signedpaper SET signer = 'Another' WHERE id = %s",
    ):
        assert "stays on file" in refused_by(sql, paper.pk)
    paper.current = False
    paper.save()
    assert "stays on file" in refused_by(
        "UPDATE grants_signedpaper SET current = true WHERE id = %s", paper.pk
    )


def test_a_firm_says_who_owns_keeps_and_insures_and_must_be_of_the_agreement():
    project = open_project()
    firm = who_sign(project.agreement).first()
    with pytest.raises(TransitionRefused, match="Say who owns"):
        put_firm(project, firm, machines=" ")
    paper = put_firm(project, firm, machines="The kiln is of all; Carpintería 1 keeps and insures it.")
    with pytest.raises(TransitionRefused, match="does not sign"):
        put_firm(project, open_project().group.firms.first())
    found = {row.firm: row.paper for row in signings(project.agreement)}
    assert found[firm] == paper
    assert list(found.values()).count(None) == 4


def test_papers_of_a_project_that_ended_stay_as_they_are():
    project = open_project()
    PROJECT.apply(project, "terminate", by=OFFICE.approver, now=NOON, data={"reason": "No more."})
    with pytest.raises(TransitionRefused, match="has ended"):
        put(project)


def test_the_page_says_what_is_missing_and_takes_papers():
    project = open_project(call=make_call(Line.GRANT, **STRICT))
    client, page = browser(project.group.representative), reverse("agreement_papers", args=[project.pk])
    said = words(client.get(page))
    assert "To put on file" in words(client.get(reverse("project_detail", args=[project.pk])))
    assert "The project cannot start yet" in said
    assert "5 firms have not signed yet" in said
    url = reverse("paper_add", args=[project.pk, "group"])
    typed = {"signed_on": "2026-03-10", "signer": "Rosa"}
    wrong = client.post(url, {**typed, "upload": SimpleUploadedFile("a.exe", b"MZ")})
    assert wrong.status_code == 422
    assert 'href="#id_upload"' in wrong.text
    assert client.post(url, {**typed, "signed_on": "2026-03-11", "upload": a_pdf()}).status_code == 422
    done = client.post(url, {**typed, "upload": a_pdf()}, follow=True)
    assert "The signed paper is on file." in done.text
    # An old page does not replace what came meanwhile.
    assert client.post(url, {**typed, "upload": a_pdf(), "why": "Again"}).status_code == 409
    firm = who_sign(project.agreement).first()
    url = reverse("firm_signature_add", args=[project.pk, firm.pk])
    typed |= {"kind": "firm_agreement", "machines": "None."}
    assert client.post(url, {**typed, "machines": "", "upload": a_pdf()}).status_code == 422
    done = client.post(url, {**typed, "upload": a_pdf()}, follow=True)
    assert "4 firms have not signed yet" in words(done)
    assert client.get(reverse("paper_add", args=[project.pk, "firm_mandate"])).status_code == 404


def test_the_page_costs_the_same_however_many_papers(django_assert_num_queries):
    project = open_project()
    client, page = browser(project.group.representative), reverse("agreement_papers", args=[project.pk])
    client.get(page)
    with django_assert_num_queries(10):
        client.get(page)
    for firm in who_sign(project.agreement):
        put_firm(project, firm)
    with django_assert_num_queries(10):
        client.get(page)


def test_the_page_costs_the_same_however_often_papers_were_replaced(django_assert_num_queries):
    project = open_project()
    client, page = browser(project.group.representative), reverse("agreement_papers", args=[project.pk])
    firms = list(who_sign(project.agreement))[:2]
    papers = [put(project), *(put_firm(project, firm) for firm in firms)]
    client.get(page)
    for _time in range(2):
        with django_assert_num_queries(10):
            client.get(page)
        first, *rest = papers
        papers = [
            put(project, replaces=first.pk, why="Unreadable."),
            *(
                put_firm(project, firm, replaces=paper.pk, why="Unreadable.")
                for firm, paper in zip(firms, rest, strict=True)
            ),
        ]
    with django_assert_num_queries(10):
        assert words(client.get(page)).count("Replaced: Unreadable.") == 6


def test_a_project_without_these_rules_starts_as_before():
    assert project_at("active").status == "active"
