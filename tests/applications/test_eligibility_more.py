"""The rules on earlier support, on who belongs together, on who is responsible, and on quotes."""

import datetime as dt
from decimal import Decimal

import pytest

from applications.eligibility import FAIL, PASS, WARN
from applications.figures_in_words import words
from applications.models import Activity, BudgetQuote, Line, Support, SupportSession
from groups.models import Institution, LinkedFirm, Partner
from tests.applications.test_eligibility import TODAY, change_line, ready, said
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, make_quote
from tests.factories_groups import TOO_BIG, add_to, make_firm, make_group

pytestmark = pytest.mark.django_db


def test_prior_support_is_stated_and_certified_by_an_officer():
    application = ready(call=make_call(Line.JOINT_INVESTMENT))
    result = said(application, "prior_support")
    assert (result.outcome, result.figures["stated"]) == (WARN, True)
    application.prior_support = " "
    assert said(application, "prior_support").outcome == FAIL
    assert said(ready(), "prior_support").outcome == PASS


def test_a_project_of_this_programme_proves_prior_support():
    approved = application_at("approved")
    later = ready(approved.group, make_call(Line.JOINT_INVESTMENT))
    later.prior_support = ""
    result = said(later, "prior_support")
    assert result.outcome == PASS
    assert approved.case.reference in result.sentence
    renounced = application_at("renounced", group=make_group(), call=make_call())
    other = ready(renounced.group, make_call(Line.JOINT_INVESTMENT))
    other.prior_support = ""
    assert said(other, "prior_support").outcome == FAIL, "what was renounced supported nobody"


def test_technical_support_that_ended_with_sessions_proves_prior_support():
    application = ready(call=make_call(Line.JOINT_INVESTMENT))
    application.prior_support = ""
    adviser = OFFICE.officer
    support = Support.objects.create(
        group=application.group,
        need="A plan",
        asked_at=NOON,
        adviser=adviser,
        status="active",
        accepted_at=NOON,
    )
    session = {"support": support, "mode": "visit", "hours": 2, "people": "All", "done": "The plan"}
    SupportSession.objects.create(on=TODAY, logged_by=adviser, logged_at=NOON, **session)
    assert said(application, "prior_support").outcome == FAIL, "it goes on"
    Support.objects.filter(pk=support.pk).update(status="ended", ended_at=NOON)
    result = said(application, "prior_support")
    assert (result.outcome, result.figures["sessions"]) == (PASS, 1)
    assert result.sentence.endswith("1 session, ended on 10/03/2026.")
    nobody_came = ready(group=make_group(), call=application.call)
    nobody_came.prior_support = ""
    Support.objects.create(
        group=nobody_came.group, need="A plan", asked_at=NOON, adviser=adviser, status="ended",
        accepted_at=NOON, ended_at=NOON,
    )  # fmt: skip
    assert said(nobody_came, "prior_support").outcome == FAIL


def test_firms_that_say_they_belong_together_are_for_an_officer_to_judge():
    application = ready()
    one, other = application.group.firms.all()[:2]
    assert said(application, "independent_firms").outcome == PASS
    LinkedFirm.objects.create(firm=one, cuit="30710000014", name="Far away SA", link="owns")
    assert said(application, "independent_firms").outcome == PASS, "it is no member"
    LinkedFirm.objects.create(firm=one, cuit=other.cuit, name=other.name, link="common")
    result = said(application, "independent_firms")
    assert result.outcome == WARN
    assert one.name in result.sentence


def test_linked_firms_of_which_no_sales_count_are_for_an_officer_to_judge():
    application = ready()
    one, other = application.group.firms.all()[:2]
    assert said(application, "linked_sales").outcome == PASS
    for firm in (one, other):
        LinkedFirm.objects.create(firm=firm, cuit="30710000014", name="Far away SA", link="owns")
    other.sales_are_private = True
    other.save()
    result = said(application, "linked_sales")
    assert result.outcome == WARN
    assert f"give 0 for their sales, which count together with their own: {one.name}." in result.sentence
    # Of who entered them itself the group learns no figure.
    assert result.sentence.endswith(f"themselves, and an officer looks at them: {other.name}.")
    one.years.filter(year=2025).update(linked_sales=1)
    other.years.update(linked_sales=1)
    assert said(application, "linked_sales").outcome == PASS


def test_an_officer_judges_the_proof_of_joint_work():
    assert said(ready(), "joint_work").outcome == PASS
    result = said(ready(call=make_call(joint_work_proof=True)), "joint_work")
    assert result.outcome == WARN
    assert "01/05/2023" in result.sentence


def test_a_firm_an_institution_or_the_coordinator_is_responsible_as_long_as_it_belongs():
    application = ready()
    first = application.activities.first()
    firm = application.group.firms.first()
    for change in ({"firm": firm}, {"coordinator": True, "firm": None}):
        Activity.objects.filter(pk=first.pk).update(responsible="", **change)
        assert said(application, "responsibles").outcome == PASS
    Activity.objects.filter(pk=first.pk).update(coordinator=False, firm=firm)
    change_line(application, firm=firm)
    application.group.memberships.filter(firm=firm).update(left_on=TODAY)
    assert first.name in said(application, "responsibles").sentence
    assert "no members of the group any more: Drying kiln" in said(application, "costs").sentence
    body = Institution.objects.create(kind="ngo", name="Fundación", province="AR-N", locality="Oberá")
    Activity.objects.filter(pk=first.pk).update(firm=None, institution=body)
    assert said(application, "responsibles").outcome == FAIL
    Partner.objects.create(group=application.group, institution=body, joined_on=TODAY)
    assert said(application, "responsibles").outcome == PASS


def test_another_kind_of_cost_says_which():
    application = ready()
    change_line(application, kind="other")
    assert said(application, "costs").sentence == "Say which other kind of cost these are: Drying kiln."
    change_line(application, kind="other", other_kind="A hall")
    assert said(application, "costs").outcome == PASS


def test_firms_that_are_no_smes_cost_the_programme_nothing():
    application = ready()
    big = make_firm(sales=TOO_BIG)
    add_to(application.group, big)
    change_line(application, firm=big)
    result = said(application, "others_at_no_cost")
    assert (result.outcome, result.advice.shares) == (FAIL, {application.lines.first().pk: 0})
    change_line(application, programme_share=0)
    assert said(application, "others_at_no_cost").outcome == PASS


def test_dear_costs_have_their_quotes():
    application = ready(call=make_call(quotes_from=Decimal(2000000), quotes_needed=2))
    assert said(ready(), "quotes_attached").outcome == PASS
    assert "Still missing: Drying kiln." in said(application, "quotes_attached").sentence
    make_quote(application, "Hornos SA", 4000000)
    make_quote(application, "HORNOS  sa", 4000000)
    assert said(application, "quotes_attached").outcome == FAIL, "one supplier twice is one"
    old = make_quote(application, "Secaderos SRL", 4000000, valid_until=TODAY - dt.timedelta(days=1))
    assert said(application, "quotes_attached").outcome == FAIL, "it is over"
    BudgetQuote.objects.filter(pk=old.pk).update(valid_until=TODAY)
    assert said(application, "quotes_attached").outcome == PASS
    BudgetQuote.objects.filter(pk=old.pk).update(amount=3999999)
    result = said(application, "quotes_attached")
    assert (result.outcome, "lowest of their quotes" in result.sentence) == (WARN, True)


@pytest.mark.parametrize(("share", "text"), [("70.00", "70"), ("62.50", "62,5"), ("100.00", "100")])
def test_a_share_is_written_as_people_do(share, text):
    assert words("percent", share) == text
