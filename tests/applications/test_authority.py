"""Which authority decides on a reconsideration, and in whose name (PROGRAMME 3 and 5)."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts import actions as accounts_actions
from accounts import delegating
from accounts.models import User
from accounts.roles import Role
from applications import authority, duties, letter
from applications.authority import Approvers, First, deciders
from applications.models import Application, Call
from applications.workflow import APPLICATION
from core import timeline
from core.models import Event, Message
from core.workflow import TransitionRefused
from tests.applications.staff_pages import browser, get, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, approval, staff_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
DAY = dt.timedelta(days=1)


def lend(person: User, *, by: User | None = None, days: int = 30) -> None:
    grant = delegating.delegate(
        by=by or OFFICE.approver,
        person=person,
        starts=NOON,
        ends=NOON + days * DAY,
        grounds="Leave.",
        now=NOON,
    )
    accounts_actions.second_role(by=OFFICE.admin, grant=grant, now=NOON)
    person.forget_roles()


def deny(application: Application, by: User) -> Application:
    by.forget_roles()
    return APPLICATION.apply(
        application, "deny_reconsideration", by=by, now=NOON, data={"reason": "As before."}
    )


def named(application: Application, person: User) -> Application:
    Call.objects.filter(pk=application.call_id).update(reconsidered_by=person)
    return Application.objects.get(pk=application.pk)


# --- The rule, pure --------------------------------------------------------------------------------------

ANA, BEA, DORA, OLGA = 1, 2, 3, 4
BOTH = Approvers(frozenset({ANA, BEA}), {DORA: ANA})


@pytest.mark.parametrize(
    ("approvers", "call_names", "first", "expected"),
    [
        # Whoever decided looks again, or their delegate.
        (BOTH, None, First(ANA, ANA, True), {ANA, DORA}),
        (BOTH, None, First(BEA, BEA, True), {BEA}),
        # Decided by a delegate: the authority is who lent it, and the delegate still acts for them.
        (BOTH, None, First(DORA, ANA, True), {ANA, DORA}),
        # Who decided has left: another one, and nobody who signed.
        (Approvers(frozenset({BEA}), {}), None, First(ANA, ANA, True), {BEA}),
        (Approvers(frozenset({BEA, DORA}), {}), None, First(DORA, ANA, True), {BEA}),
        # The call names somebody: only them or their delegate, without who signed for another.
        (BOTH, BEA, First(ANA, ANA, True), {BEA}),
        (BOTH, ANA, First(BEA, BEA, True), {ANA, DORA}),
        (Approvers(frozenset({ANA, BEA}), {DORA: BEA}), BEA, First(DORA, ANA, True), {BEA}),
        (BOTH, ANA, First(ANA, ANA, True), {ANA, DORA}),
        (Approvers(frozenset({ANA}), {}), BEA, First(ANA, ANA, True), set()),
        # Not eligible, signed by an officer: the one named, else any approver.
        (BOTH, None, First(OLGA, OLGA, False), {ANA, BEA, DORA}),
        (BOTH, BEA, First(OLGA, OLGA, False), {BEA}),
        # An officer who became an approver does not look at what they signed.
        (Approvers(frozenset({ANA, OLGA}), {}), None, First(OLGA, OLGA, False), {ANA}),
    ],
)
def test_who_decides_on_a_reconsideration(approvers, call_names, first, expected):
    assert deciders(approvers, named=call_names, first=first) == expected


# --- On a case ------------------------------------------------------------------------------------------


def test_who_decided_looks_again_and_another_approver_reads_who():
    application = application_at("reconsideration")
    other = staff_member("approver2", Role.APPROVER)
    with pytest.raises(
        TransitionRefused, match="Approver decides on this reconsideration, or their delegate"
    ):
        deny(application, other)
    page = words(browser(other).get(reverse("application_detail", args=[application.pk])))
    assert "Approver decides on this reconsideration, or their delegate." in page
    assert deny(application, OFFICE.approver).status == "rejected"


def test_the_authority_that_the_call_names_decides_alone_and_hears_alone():
    superior = staff_member("superior", Role.APPROVER)
    application = named(application_at("rejected"), superior)
    application = APPLICATION.apply(
        application,
        "ask_reconsideration",
        by=application.group.representative,
        now=NOON,
        data={"reason": "Look again."},
    )
    told = Message.objects.filter(template="reconsideration_asked").values_list("recipient_id", flat=True)
    assert list(told) == [superior.pk]
    owed = list(duties.reconsiderations(today=NOON.date()))
    assert [duty.user_id for duty in owed] == [superior.pk]
    assert list(duties.reconsiderations(today=NOON.date(), user=OFFICE.approver)) == []
    assert len(list(duties.reconsiderations(today=NOON.date(), user=superior))) == 1
    with pytest.raises(TransitionRefused, match="You signed the decision"):
        deny(application, OFFICE.approver)
    with pytest.raises(TransitionRefused, match="Superior decides"):
        deny(application, staff_member("approver2", Role.APPROVER))
    assert deny(application, superior).status == "rejected"


def test_where_the_named_authority_left_the_admins_owe_another_name():
    superior = staff_member("superior", Role.APPROVER)
    application = named(application_at("reconsideration"), superior)
    today = NOON.date()
    assert [duty.user_id for duty in duties.reconsiderations(today=today)] == [superior.pk]
    grant = superior.role_grants.get(role=Role.APPROVER)
    accounts_actions.end_role(by=OFFICE.admin, grant=grant, now=NOON, reason="Retired.")
    owed = list(duties.reconsiderations(today=today))
    assert OFFICE.admin.pk in {duty.user_id for duty in owed}
    assert not {duty.user_id for duty in owed} & {superior.pk, OFFICE.approver.pk}
    assert {duty.url for duty in owed} == {
        reverse("call_edit_page", args=[application.call.code, "authority"])
    }
    mine = list(duties.reconsiderations(today=today, user=OFFICE.admin))
    assert [duty.key for duty in mine] == [f"application.authority.{application.pk}"]


def test_a_delegate_owes_on_the_last_day_until_the_hour_at_which_it_ends(frozen):
    dora = staff_member("dora", Role.FINANCE)
    lend(dora, days=1)
    application_at("recommended")
    last = (NOON + DAY).date()

    def owes(moment: dt.datetime) -> bool:
        frozen.move_to(moment)
        person = User.objects.get(pk=dora.pk)
        mine = bool(list(duties.decisions(today=last, user=person)))
        assert mine == (dora.pk in {duty.user_id for duty in duties.decisions(today=last)})
        return mine

    assert owes(NOON + DAY - dt.timedelta(hours=2))
    assert not owes(NOON + DAY + dt.timedelta(hours=2))


def test_who_signed_in_anothers_name_is_no_other_authority():
    """Dora decided for the approver; now she acts for the superior whom the call names."""
    dora, superior = staff_member("dora", Role.FINANCE), staff_member("superior", Role.APPROVER)
    lend(dora, days=1)
    application = application_at("recommended")
    data = {"reason": "Too little is learnt.", "resolution": "REJ-1"}
    application = APPLICATION.apply(application, "reject", by=dora, now=NOON, data=data)
    application = APPLICATION.apply(
        application,
        "ask_reconsideration",
        by=application.group.representative,
        now=NOON,
        data={"reason": "Look again."},
    )
    grant = dora.role_grants.get(delegated_by=OFFICE.approver)
    delegating.end(by=dora, grant=grant, now=NOON + dt.timedelta(seconds=1))
    later = NOON + dt.timedelta(hours=1)
    grant = delegating.delegate(
        by=superior, person=dora, starts=later, ends=later + DAY, grounds="Leave.", now=later
    )
    accounts_actions.second_role(by=OFFICE.admin, grant=grant, now=later)
    application = named(application, superior)
    assert authority.of(application, later) == {superior.pk}
    assert "You signed the decision" in authority.why_not(application, by=dora, now=later)


def test_a_decision_by_delegation_says_so_on_its_page_its_letter_and_the_timeline():
    dora = staff_member("dora", Role.FINANCE)
    lend(dora)
    application = application_at("recommended")
    APPLICATION.apply(application, "approve", by=dora, now=NOON, data=approval(application))
    decision = application.decisions.get()
    content = letter.content(decision)
    assert (content.signed_by, content.in_name_of) == ("Dora", "Approver")
    event = Event.objects.get(case_id=application.case_id, action="application.approve")
    assert event.data["in_name_of"] == OFFICE.approver.pk
    page = words(get(OFFICE.officer, "decision_detail", decision.pk))
    assert "by delegation of Approver" in page
    assert "Signed by Dora (Approver), by delegation of Approver." in page
    assert list(timeline.broken_links(application.case)) == []


def test_separation_of_duties_holds_for_a_delegate_too():
    lend(OFFICE.officer)
    application = application_at("recommended")
    with pytest.raises(TransitionRefused, match="You recommended it"):
        APPLICATION.apply(application, "approve", by=OFFICE.officer, now=NOON, data=approval(application))


def test_the_call_names_its_authority_after_publication_too_and_the_timeline_says_whom():
    superior = staff_member("superior", Role.APPROVER)
    application = application_at("reconsideration")
    call = Call.objects.get(pk=application.call_id)
    page = reverse("call_edit_page", args=[call.code, "authority"])
    client = browser(OFFICE.admin)
    assert "Superior" in client.get(page).text
    assert client.post(page, {"version": call.version, "reconsidered_by": superior.pk}).status_code == 302
    assert Call.objects.get(pk=call.pk).reconsidered_by == superior
    event = Event.objects.filter(case_id=call.case_id, action="call.edited").latest("sequence")
    assert event.data["changes"] == [["reconsidered_by", None, superior.pk]]
    row = timeline.rows(call.case, OFFICE.admin)[0]
    assert row.details == [("Who decides on reconsiderations", "whoever decided", "Superior")]
    # An officer is no authority.
    version = Call.objects.get(pk=call.pk).version
    wrong = client.post(page, {"version": version, "reconsidered_by": OFFICE.officer.pk})
    assert wrong.status_code == 422
