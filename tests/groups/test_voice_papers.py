"""A signed paper: sent by the group, looked at by an officer, and counted only then."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import Document
from core.workflow import NotAllowed, TransitionRefused
from groups import actions
from groups.actions import papers
from groups.confirmations import State, voices
from groups.models import FirmConfirmation
from tests.factories_groups import make_confirmation, make_group, make_paper
from tests.groups.test_voice_confirm import PDF
from tests.groups.test_voice_page import WHO

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def state_of(group, now):
    (found,) = voices(group.memberships.current().select_related("firm"), now).values()
    return found.state


def test_the_group_prints_the_text_and_sends_the_signed_paper(signed_in, now):
    group = make_group(1)
    firm = group.firms.get()
    client = signed_in(group.representative)
    text = client.get(reverse("firm_paper_print", args=[group.pk, firm.pk])).text
    assert firm.formatted_cuit in text
    assert "Signature" in text
    assert "sales" not in text.lower()
    paper = SimpleUploadedFile("signed.pdf", PDF, "application/pdf")
    body = {**WHO, "contribution": "A shed", "paper": paper}
    answer = client.post(reverse("firm_paper_add", args=[group.pk, firm.pk]), body, follow=True)
    assert "By paper, not checked yet" in answer.text
    row = FirmConfirmation.objects.get()
    assert (row.way, row.accepted, row.added_by) == ("paper", None, group.representative)
    assert state_of(group, now) is State.PAPER_WAITS


def test_a_paper_needs_its_photograph_and_who_signed(signed_in):
    group = make_group(1)
    address = reverse("firm_paper_add", args=[group.pk, group.firms.get().pk])
    client = signed_in(group.representative)
    assert client.post(address, WHO).status_code == 422
    wrong = SimpleUploadedFile("signed.pdf", b"no pdf", "application/pdf")
    assert client.post(address, {**WHO, "paper": wrong}).status_code == 422
    assert not Document.objects.exists()


def test_no_paper_for_a_firm_that_confirmed_or_refused(signed_in):
    group = make_group(1)
    firm = group.firms.get()
    row = make_confirmation(group.memberships.get())
    client = signed_in(group.representative)
    address = reverse("firm_paper_add", args=[group.pk, firm.pk])
    assert "has confirmed already" in client.get(address).text
    row.belongs = False
    row.save()
    paper = SimpleUploadedFile("signed.pdf", PDF, "application/pdf")
    answer = client.post(address, {**WHO, "paper": paper})
    assert answer.status_code == 409
    assert "only the firm can take that back" in answer.text
    assert FirmConfirmation.objects.get() == row


def test_an_officer_accepts(signed_in, officer, now, worker, mailoutbox):
    group = make_group(1)
    paper = make_paper(group.memberships.get())
    client = signed_in(officer)
    assert paper.membership.firm.name in client.get(reverse("paper_list")).text
    address = reverse("paper_check", args=[group.pk, paper.pk])
    assert client.get(reverse("document", args=[paper.document_id])).status_code == 200
    assert "signed.pdf" in client.get(address).text
    client.post(address, {"do": "accept"})
    assert state_of(group, now) is State.CONFIRMED
    paper.refresh_from_db()
    assert (paper.accepted, paper.checked_by, paper.checked_at) == (True, officer, now)
    assert "No paper waits." in client.get(reverse("paper_list")).text
    worker()
    assert mailoutbox[0].to == [group.representative.email]


def test_an_officer_refuses_and_says_why(signed_in, officer, now):
    group = make_group(1)
    paper = make_paper(group.memberships.get())
    client = signed_in(officer)
    address = reverse("paper_check", args=[group.pk, paper.pk])
    assert client.post(address, {"do": "refuse"}).status_code == 409
    client.post(address, {"do": "refuse", "reason": "No signature."})
    assert state_of(group, now) is State.PAPER_REFUSED
    page = signed_in(group.representative).get(reverse("group_detail", args=[group.pk])).text
    assert "No signature." in page
    assert "Send a signed paper instead" in page


def test_a_paper_is_answered_once(officer, now):
    group = make_group(1)
    paper = make_paper(group.memberships.get())
    about = {"by": officer, "group": group, "paper": paper, "now": now}
    papers.check_paper(accepts=True, **about)
    with pytest.raises(TransitionRefused, match="does not wait"):
        papers.check_paper(accepts=False, reason="No.", **about)


def test_who_acts_for_the_group_does_not_check_its_papers(now, officer):
    group = make_group(1)
    paper = make_paper(group.memberships.get())
    with pytest.raises(NotAllowed):
        papers.check_paper(by=group.representative, group=group, paper=paper, accepts=True, now=now)
    own = make_group(1, representative=officer)
    with pytest.raises(NotAllowed):
        papers.check_paper(
            by=officer, group=own, paper=make_paper(own.memberships.get()), accepts=True, now=now
        )


def test_a_paper_of_another_group_is_not_checked_by_this_ones_address(officer, now, signed_in):
    group, theirs = make_group(1), make_group(1)
    paper = make_paper(theirs.memberships.get())
    address = reverse("paper_check", args=[group.pk, paper.pk])
    assert signed_in(officer).post(address, {"do": "accept"}).status_code == 404
    with pytest.raises(TransitionRefused):
        papers.check_paper(by=officer, group=group, paper=paper, accepts=True, now=now)


def test_an_infected_paper_is_not_accepted(officer, now):
    group = make_group(1)
    paper = make_paper(group.memberships.get())
    for scan in ("pending", "infected"):
        Document.objects.filter(pk=paper.document_id).update(scan=scan)
        with pytest.raises(TransitionRefused, match="virus scanner"):
            papers.check_paper(by=officer, group=group, paper=paper, accepts=True, now=now)


def test_data_that_change_after_the_paper_must_be_confirmed_again(officer, now):
    group = make_group(1)
    paper = make_paper(group.memberships.get())
    papers.check_paper(by=officer, group=group, paper=paper, accepts=True, now=now)
    firm = group.firms.get()
    actions.edit_firm(by=group.representative, group=group, firm=firm, version=0, now=now, locality="Posadas")
    assert state_of(group, now) is State.CHANGED


def test_who_reads_a_paper(signed_in, officer, stranger):
    group = make_group(1)
    address = reverse("document", args=[make_paper(group.memberships.get()).document_id])
    assert signed_in(group.representative).get(address).status_code == 200
    assert signed_in(make_group(1).representative).get(address).status_code == 404
    assert signed_in(stranger).get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_the_lists_of_an_officer_ask_a_constant_number_of_questions(
    signed_in, officer, django_assert_num_queries, rows
):
    for place in make_group(rows).memberships.select_related("firm", "group__case"):
        make_paper(place)
    client = signed_in(officer)
    with django_assert_num_queries(7):
        page = client.get(reverse("paper_list")).text
    assert page.count("/papers/") >= rows
