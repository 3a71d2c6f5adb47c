"""The rule on what firms say for themselves: all, a quorum, none; papers, changes, refusals and doubtful addresses."""

import datetime as dt

import pytest

from applications.eligibility import FAIL, PASS, WARN, check
from applications.eligibility.confirmations import firms_confirmed
from applications.facts import Facts
from applications.models import Application
from applications.workflow import APPLICATION
from core.workflow import Refusal
from groups.actions import papers
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call
from tests.factories_groups import make_confirmation, make_paper

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)
SUBMIT = {"declared": True, "arrived_at": NOON}


def draft(confirmations: str = "all", **fields) -> Application:
    """A draft that is ready but for its firms, of a group of five."""
    return application_at("draft", call=make_call(confirmations=confirmations, **fields))


def places(application: Application):
    return list(application.group.memberships.select_related("firm", "group__case").order_by("pk"))


def confirm(application: Application, how_many: int) -> list:
    """The first firms confirm."""
    found = places(application)
    for place in found[:how_many]:
        make_confirmation(place)
    return found


def judged(application: Application) -> tuple[str, str]:
    outcome, sentence, _figures = firms_confirmed(Facts(application, today=TODAY))
    return outcome, sentence


def test_without_the_rule_nobody_has_to_confirm():
    assert judged(draft("none")) == (PASS, "This call asks no firm to confirm.")


def test_all_have_to_confirm():
    application = draft()
    missing = confirm(application, 4)[4]
    outcome, sentence = judged(application)
    assert outcome == FAIL
    assert "4 of 5 firms confirmed, and this call asks for at least 5." in sentence
    assert f"Have not answered: {missing.firm.name}." in sentence
    make_confirmation(missing)
    assert judged(application)[0] == PASS


@pytest.mark.parametrize(
    ("quorum", "needed"), [(1, 1), (50, 3), (60, 3), (61, 4), (80, 4), (81, 5), (100, 5)]
)
def test_a_part_of_a_firm_counts_as_one(quorum, needed):
    application = draft("quorum", quorum=quorum)
    confirm(application, needed - 1)
    assert judged(application)[0] == FAIL
    make_confirmation(places(application)[needed - 1])
    assert judged(application)[0] == PASS


def test_a_paper_that_waits_is_for_an_officer():
    application = draft()
    last = confirm(application, 4)[4]
    make_paper(last)
    outcome, sentence = judged(application)
    assert outcome == WARN
    assert f"An officer looks at the signed papers of: {last.firm.name}." in sentence


@pytest.mark.parametrize(("accepted", "outcome"), [(True, PASS), (False, FAIL)])
def test_a_paper_counts_once_it_is_accepted(accepted, outcome):
    application = draft()
    make_paper(confirm(application, 4)[4], accepted=accepted)
    assert judged(application)[0] == outcome


def test_data_that_changed_afterwards_do_not_count():
    application = draft()
    place = confirm(application, 5)[0]
    place.firm.version += 1
    place.firm.save()
    outcome, sentence = judged(application)
    assert outcome == FAIL
    assert f"they must confirm again: {place.firm.name}." in sentence


def test_a_firm_that_does_not_belong_does_not_count():
    application = draft()
    make_confirmation(confirm(application, 4)[4], belongs=False)
    outcome, sentence = judged(application)
    assert outcome == FAIL
    assert "Say that they do not belong to your group" in sentence


@pytest.mark.parametrize("rule", ["none", "quorum"])
def test_where_it_is_not_needed_an_officer_still_sees_a_refusal(rule):
    application = draft(rule, quorum=50)
    make_confirmation(confirm(application, 4)[4], belongs=False)
    outcome, sentence = judged(application)
    assert outcome == WARN
    assert "An officer judges this." in sentence


def test_one_address_for_several_firms_is_for_an_officer():
    application = draft()
    firms = confirm(application, 3)
    for place in firms[3:]:
        make_confirmation(place, email="one@firm.example" if place == firms[3] else "ONE@firm.example")
    outcome, sentence = judged(application)
    assert outcome == WARN
    assert f"several firms: {firms[3].firm.name}, {firms[4].firm.name}." in sentence


def test_who_acts_for_the_group_confirms_their_own_firm_and_no_other():
    application = draft()
    firms = confirm(application, 3)
    address = application.group.representative.email
    make_confirmation(firms[4])
    make_confirmation(firms[3], email=address)
    assert judged(application)[0] == PASS
    firms[4].confirmations.update(email=address.upper())
    outcome, sentence = judged(application)
    assert outcome == WARN
    assert f"several firms: {firms[3].firm.name}, {firms[4].firm.name}." in sentence


def test_a_test_application_writes_to_nobody():
    application = draft()
    application.is_test = True
    assert judged(application)[0] == PASS


def submit(application: Application) -> None:
    by = application.group.representative
    APPLICATION.apply(application, "submit", by=by, now=NOON, data=dict(SUBMIT))


def test_without_the_firms_nothing_is_submitted():
    application = draft()
    with pytest.raises(Refusal):
        submit(application)
    application.refresh_from_db()
    assert application.status == "draft"


def test_what_stood_at_submission_stays_and_papers_are_judged_later():
    application = draft()
    found = confirm(application, 4)
    paper = make_paper(found[4])
    submit(application)
    snapshot = application.submissions.get().snapshot
    assert {row["firm_id"] for row in snapshot["confirmations"]} == {place.firm_id for place in found}
    assert "@" not in str(snapshot["confirmations"])
    # What the firms say afterwards changes nothing of it.
    found[0].confirmations.update(belongs=False)
    application = Application.objects.get(pk=application.pk)
    assert judged(application)[0] == WARN
    papers.check_paper(by=OFFICE.officer, group=application.group, paper=paper, accepts=True, now=NOON)
    assert judged(Application.objects.get(pk=application.pk))[0] == PASS


@pytest.mark.parametrize("stand", [0, 5])
def test_the_rule_costs_two_questions_at_most(django_assert_max_num_queries, stand):
    application = draft()
    confirm(application, stand)
    facts = Facts(application, today=TODAY)
    assert facts.members
    assert facts.call
    with django_assert_max_num_queries(2):
        firms_confirmed(facts)


def test_the_rule_is_one_of_the_list():
    application = draft()
    found = {result.rule: result for result in check(application, today=TODAY)}["firms_confirmed"]
    assert (found.outcome, found.section) == (FAIL, "members")
