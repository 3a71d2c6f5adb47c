"""Opening a project, signing its agreement, saying who is paid, ordering: what is kept, told and refused."""

import datetime as dt

import pytest

from accounts.roles import Role
from core.dates import day_of
from core.models import Job, Message
from core.pdf import content_hash
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants import actions, emails
from grants.models import Payee, Project
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, make_call, staff_member
from tests.factories_grants import (
    DAY,
    enter_payee,
    finance,
    finance2,
    make_cbu,
    open_project,
    order,
    payment_at,
    project_at,
    sign,
)
from tests.factories_groups import give_place, make_cuit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("approved_stands")]


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("recipient__email", flat=True))


# --- Opening -------------------------------------------------------------------------------------


def test_an_officer_opens_the_project_of_an_approved_application():
    call = make_call("partnership", days_to_sign=12, days_to_appoint=21)
    project = open_project(call=call)
    today = day_of(NOON)
    assert (project.status, project.version, project.opened_on) == ("awaiting_agreement", 0, today)
    assert (project.sign_by, project.appoint_by) == (today + 12 * DAY, today + 21 * DAY)
    assert project.opened_by == OFFICE.officer
    assert project.case == project.application.case
    event = project.case.events.last()
    assert (event.action, event.from_state, event.to_state) == (
        "project.open_project",
        "",
        "awaiting_agreement",
    )
    assert event.data == {"amount": "3000000.00", "sign_by": "2026-03-22"}
    assert told("project_opened") == [project.group.representative.email]
    context = Message.objects.get(template="project_opened").context
    assert context["appoint_by"] == "31/03/2026"
    assert context["url"] == f"/projects/{project.pk}/agreement/"


def test_the_terms_are_frozen_when_it_is_opened():
    project = open_project()
    terms, group = project.agreement.terms, project.group
    assert project.agreement.digest == content_hash(terms)
    assert terms["group"] == {"name": group.name, "locality": "Oberá", "province": "AR-N"}
    assert [firm["cuit"] for firm in terms["firms"]] == sorted(firm.cuit for firm in group.firms.all())
    assert (terms["amount"], terms["group_share"], terms["total"]) == (
        "3000000.00",
        "2000000.00",
        "5000000.00",
    )
    usual = {"basis": "advance", "proof_percent": "0.00", "needs_surety": False}
    assert terms["tranches"] == [
        {"number": 1, "percent": "40.00", "amount": "1200000.00", "after_report": 0, **usual},
        {"number": 2, "percent": "60.00", "amount": "1800000.00", "after_report": 1, **usual},
    ]
    group.name = "Another name"
    group.save()
    assert Project.objects.get().agreement.terms == terms


@pytest.mark.parametrize("status", ["draft", "in_review", "recommended", "rejected", "renounced"])
def test_no_project_comes_from_an_application_that_is_not_approved(status):
    application = application_at(status)
    with pytest.raises(TransitionRefused, match="comes from an approved application"):
        open_project(application)
    assert not Project.objects.exists()


def test_an_application_has_one_project():
    project = open_project()
    with pytest.raises(TransitionRefused, match="has its project already"):
        open_project(project.application)


def test_only_an_officer_opens_and_never_of_their_own_group():
    application = application_at("approved")
    for person in (OFFICE.approver, OFFICE.admin, finance(), application.group.representative):
        with pytest.raises(NotAllowed):
            actions.open_project(by=person, application=application, now=NOON)
    give_place(application.group, OFFICE.officer, Role.VIEWER)
    with pytest.raises(NotAllowed):
        actions.open_project(by=OFFICE.officer, application=application, now=NOON)


def test_a_stale_page_opens_nothing():
    application = application_at("approved")
    with pytest.raises(StaleObject):
        actions.open_project(
            by=OFFICE.officer, application=application, now=NOON, version=application.version - 1
        )


# --- The agreement -------------------------------------------------------------------------------


def test_the_representative_signs_then_the_officer_then_a_worker_makes_the_pdf():
    project = open_project()
    representative, officer = project.group.representative, OFFICE.officer
    actions.sign_for_group(
        by=representative, project=project, name="  rosa   REPRESENTANTE ", declared=True, now=NOON
    )
    agreement = Project.objects.get().agreement
    assert (agreement.group_signed_by, agreement.group_signed_at) == (representative, NOON)
    assert agreement.group_signed_name == representative.full_name
    assert not agreement.is_signed
    assert told("agreement_signed_by_group") == [officer.email]
    assert not Job.objects.filter(kind="agreement").exists()
    actions.sign_for_state(by=officer, project=project, name=officer.full_name, declared=True, now=NOON + DAY)
    agreement = Project.objects.get().agreement
    assert agreement.is_signed
    assert (agreement.state_signed_by, agreement.state_signed_at) == (officer, NOON + DAY)
    assert told("agreement_signed_by_both") == [representative.email]
    job = Job.objects.get(kind="agreement")
    assert (job.state, job.params, job.language) == ("waiting", {"agreement": agreement.pk}, "en")
    events = project.case.events.filter(action__startswith="agreement.")
    assert [event.data for event in events] == [{"digest": agreement.digest}] * 2


@pytest.mark.parametrize(
    ("name", "declared", "sentence"),
    [
        ("Rosa Representante", False, "Confirm the declaration"),
        ("Rosa", True, "as it stands in your account: Rosa Representante"),
        ("", True, "as it stands in your account"),
    ],
)
def test_a_signature_is_the_own_name_with_the_declaration(name, declared, sentence):
    project = open_project()
    with pytest.raises(TransitionRefused, match=sentence):
        actions.sign_for_group(
            by=project.group.representative, project=project, name=name, declared=declared, now=NOON
        )
    assert Project.objects.get().agreement.group_signed_at is None


def test_the_group_signs_first_and_each_once():
    project = open_project()
    officer, representative = OFFICE.officer, project.group.representative
    with pytest.raises(TransitionRefused, match="The group signs first"):
        actions.sign_for_state(by=officer, project=project, name=officer.full_name, declared=True, now=NOON)
    sign(project)
    for act, by in ((actions.sign_for_group, representative), (actions.sign_for_state, officer)):
        with pytest.raises(TransitionRefused, match="given already"):
            act(by=by, project=project, name=by.full_name, declared=True, now=NOON)


def test_nobody_signs_for_another(member, coordinator):
    project = open_project()
    give_place(project.group, member, Role.MEMBER)
    for person in (member, coordinator, OFFICE.officer, OFFICE.admin):
        with pytest.raises(NotAllowed):
            actions.sign_for_group(by=person, project=project, name=str(person), declared=True, now=NOON)
    for person in (project.group.representative, OFFICE.approver, finance()):
        with pytest.raises(NotAllowed):
            actions.sign_for_state(by=person, project=project, name=str(person), declared=True, now=NOON)


def test_nobody_signs_what_has_ended_or_was_changed_meanwhile():
    project = open_project()
    representative = project.group.representative
    signing = {"by": representative, "project": project, "name": representative.full_name, "declared": True}
    actions.enter_payee(
        by=representative, project=project, name="A", cuit=make_cuit(1), cbu=make_cbu(), now=NOON
    )
    with pytest.raises(StaleObject):
        actions.sign_for_group(**signing, now=NOON, version=0)
    ended = project_at("terminated", call=project.call)
    with pytest.raises(TransitionRefused, match="can no longer be signed"):
        actions.sign_for_group(
            by=ended.group.representative, project=ended, name="Rosa Representante", declared=True, now=NOON
        )


# --- Who is paid ---------------------------------------------------------------------------------


def test_a_payee_is_entered_by_the_group_and_checked_by_an_officer():
    project = open_project()
    payee = enter_payee(project, checked=False)
    assert (payee.current, payee.is_checked) == (True, False)
    assert told("payment_payee_entered") == [OFFICE.officer.email]
    payee = actions.check_payee(by=OFFICE.officer, payee=payee, now=NOON)
    assert (payee.checked_by, payee.checked_at) == (OFFICE.officer, NOON)
    assert told("payment_payee_checked") == [project.group.representative.email]
    # Neither names nor accounts stand on the timeline.
    for event in project.case.events.filter(action__startswith="payee."):
        assert payee.cbu not in str(event.data)
        assert payee.name not in str(event.data)


def test_a_new_payee_stops_payment_until_it_is_checked():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    first = project.payee
    second = enter_payee(project, number=2, checked=False)
    assert Payee.objects.get(pk=first.pk).current is False
    with pytest.raises(TransitionRefused, match="has yet to check the payee"):
        order(tranche)
    actions.check_payee(by=OFFICE.officer, payee=second, now=NOON)
    assert order(tranche).payee == second


def test_who_entered_a_payee_does_not_check_it():
    project = open_project()
    officer, other = OFFICE.officer, staff_member("officer2", Role.OFFICER)
    payee = actions.enter_payee(
        by=officer, project=project, name="A", cuit=make_cuit(1), cbu=make_cbu(), now=NOON
    )
    with pytest.raises(TransitionRefused, match="somebody else checks it"):
        actions.check_payee(by=officer, payee=payee, now=NOON)
    assert actions.check_payee(by=other, payee=payee, now=NOON).is_checked


def test_a_payee_that_is_not_right_is_refused_with_the_reason():
    project = open_project()
    payee = enter_payee(project, checked=False)
    with pytest.raises(TransitionRefused, match="Say why"):
        actions.refuse_payee(by=OFFICE.officer, payee=payee, reason=" ", now=NOON)
    actions.refuse_payee(by=OFFICE.officer, payee=payee, reason="The holder is another.", now=NOON)
    assert project.payee is None
    letter = Message.objects.get(template="payment_payee_refused")
    assert letter.context["reason"] == "The holder is another."
    with pytest.raises(TransitionRefused, match="Another payee was entered"):
        actions.check_payee(by=OFFICE.officer, payee=payee, now=NOON)


def test_the_same_payee_twice_or_after_the_end_is_refused():
    project = open_project()
    enter_payee(project)
    with pytest.raises(TransitionRefused, match="is the payee already"):
        enter_payee(project)
    with pytest.raises(TransitionRefused, match="has ended"):
        enter_payee(project_at("terminated", call=project.call))


def test_the_coordinator_and_finance_do_not_say_who_is_paid(coordinator):
    project = project_at("active", coordinator=coordinator, payee=False)
    for person in (coordinator, finance(), OFFICE.approver):
        with pytest.raises(NotAllowed):
            actions.enter_payee(
                by=person, project=project, name="A", cuit=make_cuit(1), cbu=make_cbu(), now=NOON
            )


# --- Ordering ------------------------------------------------------------------------------------


def test_finance_orders_an_open_tranche_to_the_checked_payee(coordinator):
    project = project_at("active", coordinator=coordinator)
    tranche = project.tranches.get(number=1)
    payment = order(tranche)
    assert (payment.status, payment.amount, payment.payee) == ("ordered", tranche.amount, project.payee)
    event = project.case.events.last()
    assert event.action == "disbursement.order"
    assert event.data == {"tranche": 1, "amount": "1200000.00", "payee": project.payee.pk}
    assert told("payment_ordered") == sorted([coordinator.email, project.group.representative.email])


def test_what_stands_against_an_order_is_said():
    project = project_at("active", payee=False)
    first, second = project.tranches.all()
    with pytest.raises(TransitionRefused, match="has not said yet who is paid"):
        order(first)
    enter_payee(project)
    with pytest.raises(TransitionRefused, match="It opens: When report 1 is accepted"):
        order(second)
    payment_at("paid", project=project)
    with pytest.raises(TransitionRefused, match="is paid already"):
        order(first)


def test_nothing_is_ordered_twice_or_for_a_project_that_stands_still():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    order(tranche)
    with pytest.raises(TransitionRefused, match="is ordered already"):
        order(tranche, by=finance2())
    still = project_at("suspended", call=project.call)
    with pytest.raises(TransitionRefused, match="is suspended"):
        order(still.tranches.get(number=1))


def test_a_stale_page_orders_nothing():
    tranche = project_at("active").tranches.get(number=1)
    with pytest.raises(StaleObject):
        actions.order_disbursement(by=finance(), tranche=tranche, now=NOON, version=tranche.version + 1)


def test_only_finance_orders(coordinator):
    project = project_at("active", coordinator=coordinator)
    tranche = project.tranches.get(number=1)
    for person in (OFFICE.officer, OFFICE.approver, OFFICE.admin, coordinator, project.group.representative):
        with pytest.raises(NotAllowed):
            order(tranche, by=person)


def test_messages_go_once_however_often_the_same_thing_is_told():
    payment = payment_at("ordered")
    before = Message.objects.count()
    emails.payment_ordered(payment, now=NOON + dt.timedelta(hours=1))
    assert Message.objects.count() == before
