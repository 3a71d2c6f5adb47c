"""The rules of eligibility: each passes, fails or warns, with its figures and a sentence that names the firms."""

import datetime as dt
from decimal import Decimal

import pytest

from applications import attachments
from applications.eligibility import FAIL, PASS, RULES, WARN, check
from applications.models import Activity, Application, BudgetLine, Line
from applications.sections import SECTIONS, sections_of
from applications.workflow import APPLICATION
from core.dates import day_of
from core.workflow import TransitionRefused
from groups.models import Firm
from groups.provinces import CAPITALS, Province, kilometres
from tests.clock import NOON
from tests.factories_applications import Plan, application_at, draft, fill, make_call, submit
from tests.factories_groups import TOO_BIG, add_to, make_firm, make_group, make_sector

pytestmark = pytest.mark.django_db
TODAY = day_of(NOON)


def said(application: Application, rule: str):
    """What one rule says."""
    return next(result for result in check(application, today=TODAY) if result.rule == rule)


def ready(group=None, call=None, plan=None) -> Application:
    return fill(draft(group=group, call=call), plan=plan)


def change_line(application: Application, **fields) -> None:
    BudgetLine.objects.filter(pk=application.lines.first().pk).update(**fields)


def test_a_whole_application_passes_every_rule_in_a_constant_number_of_queries(
    django_assert_num_queries,
):
    application = ready()
    assert {result.rule: result.outcome for result in check(application, today=TODAY)} == {
        rule.code: PASS for rule in RULES
    }
    for _number in range(10):
        add_to(application.group, make_firm())
    bigger = Application.objects.select_related("call", "group__sector").get(pk=application.pk)
    with django_assert_num_queries(13):
        results = check(bigger, today=TODAY)
    assert all(result.outcome == PASS for result in results)


def test_every_rule_belongs_to_a_section_and_has_a_name_that_fits_its_column():
    sections = [section.code for section in SECTIONS]
    assert [rule.section for rule in RULES] == sorted((r.section for r in RULES), key=sections.index)
    assert all(len(rule.code) <= 30 for rule in RULES)
    assert len({rule.code for rule in RULES}) == len(RULES)


# --- The group and its firms -------------------------------------------------------------------------


def test_four_smes_are_not_enough():
    result = said(ready(make_group(firms=4)), "enough_smes")
    assert result.outcome == FAIL
    assert result.sentence == "Your group has 4 SMEs and this call asks for 5: 1 is missing."
    assert result.figures == {"members": 4, "smes": 4, "least": 5}


def test_five_of_which_one_is_too_big_are_four():
    group = make_group(firms=4)
    add_to(group, make_firm(name="Aserradero Grande SA", sales=TOO_BIG))
    result = said(ready(group), "enough_smes")
    assert result.outcome == FAIL
    assert result.sentence.endswith("Too big to be an SME: Aserradero Grande SA.")


def test_five_of_which_one_has_no_figures_are_four():
    group = make_group(firms=4)
    add_to(group, make_firm(name="Sin Datos SRL", sales=None))
    result = said(ready(group), "enough_smes")
    assert result.outcome == FAIL
    assert result.sentence.endswith("Without sales figures that count, and so not counted: Sin Datos SRL.")


def test_a_call_may_ask_for_more_than_five():
    result = said(ready(make_group(firms=6), make_call(min_firms=8)), "enough_smes")
    assert (result.outcome, result.figures["least"]) == (FAIL, 8)
    assert "2 are missing" in result.sentence


def test_without_a_ceiling_for_the_day_an_officer_decides(monkeypatch):
    application = ready()
    monkeypatch.setattr("groups.ceilings.ceilings_on", lambda day: {})
    result = said(application, "enough_smes")
    assert result.outcome == WARN
    assert "an officer decides" in result.sentence


def test_a_firm_that_left_does_not_count():
    group = make_group(firms=5)
    group.memberships.filter(pk=group.memberships.first().pk).update(left_on=TODAY)
    assert said(ready(group), "enough_smes").outcome == FAIL


@pytest.mark.parametrize(("admitted", "outcome"), [(True, PASS), (False, FAIL)])
def test_firms_that_are_no_smes_belong_only_where_the_call_admits_them(admitted, outcome):
    group = make_group(firms=5)
    add_to(group, make_firm(name="Aserradero Grande SA", sales=TOO_BIG))
    result = said(ready(group, make_call(others_admitted=admitted)), "others_admitted")
    assert result.outcome == outcome
    assert "Aserradero Grande SA" in result.sentence


def test_every_cuit_is_valid_and_there_once():
    from dataclasses import replace

    from applications.eligibility import check_facts
    from applications.facts import Facts

    facts = Facts(ready(), today=TODAY)
    first, second, *rest = facts.members
    facts.members = [replace(first, cuit="30600000012"), second, *rest]  # the database refuses such a row
    results = {result.rule: result for result in check_facts(facts)}
    assert results["valid_cuits"].outcome == FAIL
    assert first.name in results["valid_cuits"].sentence
    facts.members = [replace(first, cuit=second.cuit), second, *rest]
    results = {result.rule: result for result in check_facts(facts)}
    assert results["valid_cuits"].sentence == f"These firms have the same CUIT: {first.name}, {second.name}."


def test_a_firm_is_in_one_live_application_of_a_call_and_the_other_group_stays_unnamed():
    call = make_call()
    other = make_group(name="Los Otros")
    submit(ready(other, call))
    ours = make_group(firms=5)
    shared = Firm.objects.filter(memberships__group=other).first()
    add_to(ours, shared)
    application = ready(ours, call)
    result = said(application, "firms_are_free")
    assert result.outcome == FAIL
    assert shared.name in result.sentence
    assert "Los Otros" not in result.sentence
    assert result.figures == {"firms": [shared.pk]}
    theirs = Application.objects.get(group=other)
    APPLICATION.apply(theirs, "withdraw", by=other.representative, now=NOON, data={"reason": "No."})
    assert said(application, "firms_are_free").outcome == PASS
    assert said(ready(ours, make_call()), "firms_are_free").outcome == PASS


def test_firms_of_other_places_and_sectors_are_for_an_officer_to_judge():
    group = make_group(firms=4)
    add_to(group, make_firm(province=Province.SALTA, locality="Cafayate", sector=make_sector("tourism")))
    result = said(ready(group), "area_and_chain")
    assert result.outcome == WARN
    assert "Oberá, Misiones; Cafayate, Salta." in result.sentence
    assert "in a straight line: Misiones – Salta, 992 km." in result.sentence
    assert "Tourism" in result.sentence
    assert result.figures["places"] == {"Oberá, Misiones": 4, "Cafayate, Salta": 1}
    assert result.figures["kilometres"] == {"Misiones – Salta": 992}


def test_of_firms_in_many_provinces_the_furthest_are_named_and_all_stand_among_the_figures():
    group = make_group(firms=3)
    for province in (Province.SALTA, Province.CORRIENTES, Province.SANTA_CRUZ):
        add_to(group, make_firm(province=province, locality="Centro"))
    result = said(ready(group), "area_and_chain")
    named = result.sentence.partition("straight line: ")[2].split(".")[0].split("; ")
    assert [pair.split(",")[0] for pair in named] == [
        "Salta – Santa Cruz",
        "Misiones – Santa Cruz",
        "Corrientes – Santa Cruz",
    ]
    assert len(result.figures["kilometres"]) == 6


def test_distances_are_those_of_a_map():
    assert kilometres("AR-W", "AR-H") == kilometres("AR-H", "AR-W") < 20  # a bridge apart
    assert 640 <= kilometres("AR-C", "AR-X") <= 660
    assert 3000 <= kilometres("AR-Y", "AR-V") <= 3450
    assert set(CAPITALS) == {code.removeprefix("AR-") for code in Province.values}


def test_a_firm_without_its_place_in_the_chain_is_for_an_officer_to_judge():
    group = make_group()
    group.memberships.filter(pk=group.memberships.first().pk).update(place_in_chain=" ")
    assert said(ready(group), "area_and_chain").outcome == WARN


def test_province_and_sector_are_those_that_the_call_admits():
    call = make_call(provinces=["AR-A", "AR-N"])
    assert said(ready(call=call), "province_admitted").outcome == PASS
    narrow = make_call(provinces=["AR-A"], published=False)
    narrow.sectors.add(make_sector("tourism"))
    application = ready(make_group(), make_call(code="OPEN"))
    application.call = narrow
    assert said(application, "province_admitted").sentence == (
        "This call is for Salta; your group is in Misiones."
    )
    assert said(application, "sector_admitted").outcome == FAIL


def test_the_group_is_old_enough_on_the_day():
    call = make_call(min_group_months=12)
    young = make_group(working_since=dt.date(2025, 3, 11))
    result = said(ready(young, call), "group_age")
    assert result.outcome == FAIL
    assert "11/03/2026" in result.sentence
    old = make_group(working_since=dt.date(2025, 3, 10))
    assert said(ready(old, call), "group_age").outcome == PASS


# --- The project, the plan, the budget, the documents ------------------------------------------------


def test_a_new_draft_says_section_by_section_what_is_missing():
    application = draft()
    results = check(application, today=TODAY)
    assert {section.code: section.state(application, results) for section in SECTIONS} == {
        "members": "complete",
        "project": "not_started",
        "plan": "not_started",
        "budget": "not_started",
        "institutions": "optional",
        "questions": "complete",
        "documents": "not_started",
        "declarations": "complete",
    }
    assert [section.code for section in sections_of(application)] == [
        "members", "project", "plan", "budget", "institutions", "documents",
    ], "this call asks no question and has no declaration"  # fmt: skip
    failed = {result.rule for result in results if result.outcome == FAIL}
    assert failed == {"project_texts", "plan_months", "costs", "documents_present"}
    whole = fill(application)
    results = check(whole, today=TODAY)
    assert {section.state(whole, results) for section in SECTIONS} == {"complete", "optional"}


def test_the_texts_of_the_project_are_filled():
    application = ready()
    Application.objects.filter(pk=application.pk).update(learning="  ")
    application.refresh_from_db()
    result = said(application, "project_texts")
    assert result.sentence == "Write what is missing of the project: What the firms will learn together."


def test_the_plan_lies_within_the_months_of_the_call():
    application = ready(call=make_call(months=6))
    result = said(application, "plan_months")
    assert result.outcome == FAIL
    assert result.sentence == "The plan takes 6 months. These go beyond it: Certify the furniture."
    Activity.objects.all().delete()
    assert said(application, "plan_months").sentence == "The work plan has no activity yet."


def test_every_activity_has_somebody_responsible_and_a_deliverable():
    application = ready()
    first = application.activities.first()
    Activity.objects.filter(pk=first.pk).update(responsible="")
    assert said(application, "responsibles").sentence == f"Say who is responsible for: {first.name}."
    Activity.objects.filter(pk=first.pk).update(responsible="Ana", deliverable="")
    assert said(application, "responsibles").sentence == f"Say what these activities leave: {first.name}."


def test_every_cost_has_its_activity_and_a_category_of_the_call():
    application = ready()
    change_line(application, activity=None)
    assert said(application, "costs").sentence == "Say which activity these costs are for: Drying kiln."
    application = ready(call=make_call(categories=["soft_technology"]))
    assert said(application, "costs").sentence == "This call does not pay for the category of: Drying kiln."
    BudgetLine.objects.filter(application=application).update(programme_share=0)
    assert said(application, "costs").outcome == FAIL


def test_the_programme_pays_its_share_of_each_line_and_not_a_cent_more():
    application = ready()
    change_line(application, unit_cost=Decimal("100.01"), programme_share=Decimal("70.01"))
    assert said(application, "share_of_lines").outcome == PASS  # 70 % is 70.007, half up
    change_line(application, programme_share=Decimal("70.02"))
    result = said(application, "share_of_lines")
    assert result.outcome == FAIL
    assert (
        result.sentence
        == "The programme pays less of: Drying kiln (at most 70\N{NO-BREAK SPACE}%, that is $\xa070,01)."
    )


def test_a_category_may_have_a_share_of_its_own():
    call = make_call(share_by_category={"fixed_investment": "50.00"})
    assert said(ready(call=call), "share_of_lines").outcome == FAIL


def test_the_programme_pays_its_share_of_the_whole():
    plan = Plan(
        lines=[
            ("coordination", "Salary", "3000000.00", "3000000.00", None),
            ("soft_technology", "Certification", "1000000.00", "700000.00", 1),
        ]
    )
    application = ready(call=make_call(Line.PARTNERSHIP), plan=plan)
    assert said(application, "share_of_lines").outcome == PASS
    assert said(application, "costs").outcome == PASS
    result = said(application, "share_of_whole")
    assert result.outcome == FAIL
    assert "$\xa0900.000,00 too much" in result.sentence


def test_the_amount_is_within_what_the_call_pays_per_project_and_per_firm():
    assert said(ready(call=make_call(max_per_project=Decimal(2999999))), "highest_amounts").outcome == FAIL
    assert said(ready(call=make_call(max_per_project=Decimal(3000000))), "highest_amounts").outcome == PASS
    assert said(ready(call=make_call(max_per_firm=Decimal(599999))), "highest_amounts").outcome == FAIL
    assert said(ready(call=make_call(max_per_firm=Decimal(600000))), "highest_amounts").outcome == PASS


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ({"salary_per_month": Decimal("100000.00")}, PASS),
        ({"salary_per_month": Decimal("99999.99")}, FAIL),
        ({"salary_per_month": Decimal("300000.00"), "salary_cap": Decimal("1199999.99")}, FAIL),
    ],
)
def test_the_salary_is_within_its_caps(rules, outcome):
    plan = Plan(lines=[("coordination", "Salary", "1200000.00", "1200000.00", None)])
    assert said(ready(call=make_call(Line.PARTNERSHIP, **rules), plan=plan), "salary").outcome == outcome


def test_the_required_documents_are_attached():
    application = ready()
    attachments.detach(
        by=application.group.representative,
        application=application,
        attached=application.documents.get(),
        now=NOON,
    )
    result = said(application, "documents_present")
    assert (result.outcome, result.sentence) == (FAIL, "Attach: Minutes.")


# --- Whose firms, on which day -----------------------------------------------------------------------


def test_a_failing_rule_blocks_the_submission():
    application = ready(make_group(firms=4))
    with pytest.raises(TransitionRefused, match="Your group has 4 SMEs"):
        submit(application)
    assert not application.submissions.exists()
    assert Application.objects.get(pk=application.pk).status == "draft"


def test_after_submission_the_rules_look_at_the_frozen_firms():
    application = application_at("submitted")
    application.group.memberships.update(left_on=TODAY)
    assert said(application, "enough_smes").outcome == PASS


def test_dated_rules_use_the_day_of_the_first_submission():
    application = application_at("changes_requested")
    # A year later the same figures are too old; the answer is judged on the first day.
    result = next(
        r for r in check(application, today=TODAY + dt.timedelta(days=800)) if r.rule == "enough_smes"
    )
    assert result.outcome == PASS


def test_a_rule_waived_in_reconsideration_warns_instead_of_blocking():
    application = application_at("ineligible")
    application.waived_rules = ["enough_smes"]
    application.group.memberships.all().delete()
    application.status = "changes_requested"
    result = said(application, "enough_smes")
    assert result.outcome == WARN
    assert result.figures["waived"] is True
