"""An account to which nothing is paid for the moment; the notices of an account that changes."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from core.models import Message
from core.workflow import NotAllowed, TransitionRefused
from grants import actions as project_actions
from grants.agreements import actions
from grants.models import PayeeStop
from grants.workflow import order_refusal
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, staff_member
from tests.factories_grants import appoint, enter_payee, finance, finance2, order, project_at, treasury

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]


def stop(project, *, by=None, payee=None) -> PayeeStop:
    return actions.stop_payee(
        by=by or finance(),
        payee=payee or project.payee,
        why="embargo",
        text="A court embargoed it.",
        now=NOON,
    )


def readers(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("recipient__email", flat=True))


def test_representative_and_coordinator_hear_at_once_of_another_account():
    project = project_at("active")
    person = appoint(project).person
    Message.objects.all().delete()
    enter_payee(project, number=5, checked=False)
    assert readers("payment_payee_changed") == {person.email, project.group.representative.email}
    project_actions.check_payee(by=OFFICE.officer, payee=project.payee, now=NOON)
    assert readers("payment_payee_checked") == {person.email, project.group.representative.email}


def test_nothing_is_ordered_to_a_stopped_account_until_another_person_looked():
    project = project_at("active")
    tranche = project.tranches.get(number=1)
    assert finance().is_active
    stop(project, by=OFFICE.officer)
    assert "are stopped since 10/03/2026" in order_refusal(tranche, by=finance(), now=NOON)
    assert project.group.representative.email in readers("payment_payee_stopped")
    assert finance().email in readers("payment_payee_stopped")
    with pytest.raises(TransitionRefused, match="stopped already"):
        stop(project)
    with pytest.raises(TransitionRefused, match="another officer"):
        actions.release_payee(by=OFFICE.officer, payee=project.payee, ground="It was lifted.", now=NOON)
    with pytest.raises(NotAllowed):
        actions.release_payee(by=finance(), payee=project.payee, ground="x", now=NOON)
    other = staff_member("officer2", Role.OFFICER)
    with pytest.raises(TransitionRefused, match="what you checked"):
        actions.release_payee(by=other, payee=project.payee, ground=" ", now=NOON)
    actions.release_payee(by=other, payee=project.payee, ground="The court lifted it.", now=NOON)
    assert order_refusal(tranche, by=finance(), now=NOON) == ""
    assert PayeeStop.objects.get().ground == "The court lifted it."


def test_what_was_ordered_before_counts_only_if_the_treasury_had_paid():
    project = project_at("active")
    payment = order(project.tranches.get(number=1))
    stop(project)
    later = NOON + (NOON - NOON.replace(day=9))
    late = treasury(payment, now=later)
    with pytest.raises(TransitionRefused, match="only what the Treasury paid until then"):
        project_actions.confirm_disbursement(by=finance2(), disbursement=payment, now=later, **late)
    paid = project_actions.confirm_disbursement(
        by=finance2(), disbursement=payment, now=later, **late | {"treasury_date": NOON.date()}
    )
    assert paid.status == "paid"


def test_another_account_is_another_matter():
    project = project_at("active")
    old = project.payee
    stop(project)
    enter_payee(project, number=8)
    assert order_refusal(project.tranches.get(number=1), by=finance(), now=NOON) == ""
    with pytest.raises(TransitionRefused, match="Another account was entered"):
        stop(project, payee=old)


def test_the_pages_say_it_and_take_it():
    project = project_at("active")
    payee = project.payee
    web = browser(project.group.representative)
    page = reverse("payee", args=[project.pk])
    url = reverse("payee_stop", args=[project.pk, payee.pk])
    assert url in web.get(page).text
    assert web.post(url, {"why": "embargo", "text": ""}).status_code == 422
    done = web.post(url, {"why": "administrator", "text": "The assembly chose another."}, follow=True)
    assert "Its holder has a new administrator: The assembly chose another." in words(done)
    assert web.post(url, {"why": "embargo", "text": "x"}).status_code == 409
    release = reverse("payee_release", args=[project.pk, payee.pk])
    assert web.get(release).status_code == 403
    officer = browser(OFFICE.officer)
    assert release in officer.get(page).text
    assert officer.post(release, {"ground": "I saw the act."}).status_code == 302
    assert "stopped" not in words(officer.get(page)).split("Enter another")[0].replace("Stop payments", "")
    assert officer.post(release, {"ground": "Again."}).status_code == 409
    assert officer.get(reverse("payee_stop", args=[project.pk, 999_999])).status_code == 404
