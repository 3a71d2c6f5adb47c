"""The list of applications, the case page, checking, sending, the receipt, and the steps that ask for a reason."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications.models import Activity, Application, BudgetLine
from applications.workflow import REVIEW
from core.lists import BoundedPaginator
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import (
    DAY,
    OFFICE,
    a_pdf,
    application_at,
    draft,
    fill,
    make_call,
    make_questions,
    staff_member,
    submit,
)
from tests.factories_groups import add_to, give_place, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "filled_stands")]


def address(application, name="application_detail", *args) -> str:
    return reverse(name, args=[application.pk, *args])


def see(user: User, application: Application, name="application_detail", *args):
    return browser(user).get(address(application, name, *args))


def send(user: User, application: Application, page: str, /, *args, **data):
    """Send a form with the version of now, unless `version` says otherwise."""
    application.refresh_from_db(fields=["version"])
    data.setdefault("version", application.version)
    return browser(user).post(address(application, page, *args), data)


def the_list(user: User, **query) -> str:
    return words(browser(user).get(reverse("application_list"), query))


# --- The list ----------------------------------------------------------------------------------------


@pytest.fixture
def two():
    """Applications of two groups, in two calls and two provinces."""
    first = application_at("submitted", group=make_group(name="Muebles"), call=make_call("grant", code="G-1"))
    second = draft(
        group=make_group(name="Quesos", province="AR-X"), call=make_call("partnership", code="P-1")
    )
    return first, second


def test_each_sees_their_own_and_the_office_sees_all(two, stranger):
    first, _second = two
    assert "Muebles" in the_list(first.group.representative)
    assert "Quesos" not in the_list(first.group.representative)
    everything = the_list(OFFICE.officer)
    assert "Muebles" in everything
    assert "Quesos" in everything
    nothing = the_list(stranger)
    assert "You have no application yet." in nothing
    assert "Muebles" not in nothing


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ({"status": "draft"}, "Quesos", "A shared drying kiln"),
        ({"status": "submitted"}, "A shared drying kiln", "Quesos"),
        ({"call": "P-1"}, "Quesos", "A shared drying kiln"),
        ({"line": "grant"}, "A shared drying kiln", "Quesos"),
        ({"province": "AR-X"}, "Quesos", "A shared drying kiln"),
        ({"q": "kiln"}, "A shared drying kiln", "Quesos"),
        ({"q": "KILN muebles"}, "A shared drying kiln", "Quesos"),
        ({"q": "LSP-2026"}, "A shared drying kiln", "Quesos"),
    ],
)
def test_filters_are_in_the_address_and_can_be_taken_away(two, query, found, hidden):
    page = browser(OFFICE.officer).get(reverse("application_list"), query)
    table = page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
    assert found in table
    assert hidden not in table
    chips = page.text[page.text.index('class="chips"') :]
    assert 'href="?"' in chips[: chips.index("</ul>")]


def test_nothing_found_says_how_to_go_on(two):
    text = the_list(OFFICE.officer, q="nobody wrote this")
    assert "No application matches." in text


@pytest.mark.parametrize(
    "query", ["status=emperor", "call=NO", "line=x", "province=AR-Ñ", "q=%00", "q=" + "x" * 300]
)
def test_nonsense_in_the_filter_is_said_at_the_field(query):
    page = browser(OFFICE.officer).get(f"{reverse('application_list')}?{query}")
    assert page.status_code == 422
    assert problems(page)


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_that_is_not_there_is_the_nearest_one(two, page):
    assert browser(OFFICE.officer).get(reverse("application_list"), {"page": page}).status_code == 200


def test_the_list_asks_the_same_few_questions_for_1_and_30_rows():
    call = make_call()
    user = browser(OFFICE.officer)
    url = reverse("application_list")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert user.get(url).status_code == 200
        return len(queries)

    draft(group=make_group(1), call=call)
    user.get(url)
    # session, user, roles and the bell are the frame's; then the filter's calls, how many rows, the rows
    few = count()
    assert few == 7
    for number in range(30):
        draft(group=make_group(1, name=f"G {number}"), call=call)
    assert count() == few


def test_the_list_counts_no_further_than_anybody_pages(two):
    paginator = BoundedPaginator(Application.objects.order_by("pk"), 25, most=1)
    assert (paginator.count, paginator.has_more) == (1, True)


def test_the_list_says_how_long_each_is_in_its_state(two, frozen):
    frozen.move_to(NOON + 9 * DAY)
    text = the_list(OFFICE.officer, status="submitted")
    assert "Submitted 9 $ 3.000.000,00" in text


# --- The case page -----------------------------------------------------------------------------------


def test_a_draft_says_what_is_missing_and_how_long_there_is():
    application = draft(call=make_call(closes_at=NOON + 9 * DAY))
    text = words(see(application.group.representative, application))
    assert "4 sections missing, 9 days left" in text
    assert "2 of 6 sections" in text
    assert "Go on with: The project" in text
    assert "The work plan The work plan has no activity yet. Not started" in text
    assert "Check and send" in text
    assert "For the programme" not in text


def test_a_whole_draft_says_that_everything_is_there():
    application = application_at("draft")
    text = words(see(application.group.representative, application))
    assert "Everything is there, 20 days left" in text
    assert "6 of 6 sections" in text
    assert "Go on with" not in text


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("submitted", "An officer checks that it meets the rules of the call, by 20/03/2026."),
        ("in_review", "Reviewers read it and score it."),
        ("recommended", "The reviews are done. The authority decides, by"),
        ("reserve", "It passed, and waits until the call has money again."),
        ("approved", "An officer opens the project and prepares the agreement."),
        ("rejected", "You may ask for reconsideration until 20/03/2026 23:59 (Buenos Aires)."),
        ("ineligible", "You may ask for reconsideration until"),
        ("reconsideration", "The authority looks at it again."),
        ("withdrawn", "It was withdrawn."),
        ("changes_requested", "Change this and send it again by 20/03/2026 23:59 (Buenos Aires)"),
        ("renounced", "The group renounced the grant."),
        ("annulled", "The approval was annulled."),
        ("lapsed", "It was not sent before the call closed."),
    ],
)
def test_every_state_says_where_it_stands(status, says):
    application = application_at(status)
    page = see(application.group.representative, application)
    assert page.status_code == 200
    assert says in words(page)
    assert "History" in page.text


@pytest.mark.parametrize(
    "status",
    ["draft", "submitted", "changes_requested", "in_review", "recommended", "reserve", "approved", "rejected",
     "ineligible", "reconsideration", "withdrawn", "lapsed", "renounced", "annulled"],
)  # fmt: skip
def test_the_group_is_offered_what_its_workflow_has_and_nothing_of_staff(status):
    application = application_at(status)
    page = see(application.group.representative, application).text
    offered = {
        name
        for name in ("withdraw", "renounce", "ask_reconsideration")
        if address(application, "application_act", name) in page
    }
    expected = {
        "approved": {"renounce"},
        "rejected": {"ask_reconsideration"},
        "ineligible": {"ask_reconsideration"},
    }.get(
        status,
        {"withdraw"}
        if status in ("draft", "submitted", "changes_requested", "in_review", "recommended", "reserve")
        else set(),
    )
    assert offered == expected
    assert (address(application, "application_check") in page) == (status in ("draft", "changes_requested"))
    for name in ("eligibility", "recommend", "decide"):
        assert f'href="{address(application, name)}"' not in page


def test_staff_see_their_panel_and_the_group_does_not():
    application = application_at("submitted")
    assert "For the programme" in see(OFFICE.officer, application).text
    assert "For the programme" not in see(application.group.representative, application).text


def test_a_reviewer_sees_the_case_and_not_the_decision():
    application, reviewer = application_at("in_review"), OFFICE.reviewers[0]
    # First they say whether they have an interest in it (PROGRAMME 3).
    assert see(reviewer, application).status_code == 404
    review = application.reviews.get(reviewer=reviewer)
    REVIEW.apply(review, "declare_interest", by=reviewer, now=NOON, data={"no_interest": True})
    page = see(reviewer, application)
    assert page.status_code == 200
    assert "For the programme" not in page.text
    assert see(staff_member("reviewer9", Role.REVIEWER), application).status_code == 404


def test_the_group_reads_its_decision():
    application = application_at("approved")
    text = see(application.group.representative, application).text
    assert reverse("decision_detail", args=[application.decisions.get().pk]) in text
    assert "$\xa03.000.000,00" in text


def test_a_name_with_markup_is_shown_as_it_is():
    application = fill(draft())
    Application.objects.filter(pk=application.pk).update(title='<script>alert("x")</script>')
    text = see(application.group.representative, application).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_task_list_asks_the_same_few_questions_whatever_the_size_of_the_plan(person):
    few = application_at("draft", group=make_group(5), call=make_call())
    asking = make_call()
    make_questions(asking)
    many = application_at("draft", group=make_group(30, name="Many"), call=asking)
    give_place(many.group, person("second"), Role.MEMBER)
    firm = many.group.memberships.first().firm
    activities = Activity.objects.bulk_create(
        Activity(
            application=many,
            name=f"A {n}",
            first_month=1,
            last_month=2,
            order=n,
            firm=firm,
            deliverable="D",
        )
        for n in range(60)
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(
            application=many,
            category="innovation",
            description=f"L {n}",
            quantity=1,
            unit_cost=10,
            programme_share=5,
            activity=activities[n % 60],
            firm=firm,
        )
        for n in range(100)
    )

    def count(application) -> int:
        client = browser(application.group.representative)
        client.get(address(application))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(application)).status_code == 200
        return len(queries)

    # The whole page, with the session, the person, their roles and notices, which every page asks.
    assert count(few) == count(many) == 8


def test_a_returned_section_is_to_change_until_it_was_changed():
    application = application_at("changes_requested")
    user = application.group.representative
    text = words(see(user, application))
    assert "Change what the office asked, 10 days left" in text
    assert "what you pay. To change" in text
    line = application.lines.first()
    send(user, application, "budget_line_delete", line.pk)
    application.refresh_from_db()
    text = words(see(user, application))
    assert "what you pay. Changed" in text
    assert "To change" not in text


def test_what_one_person_writes_in_a_row_is_one_line_of_the_history():
    application = draft()
    user = application.group.representative
    for title in ("A", "AB", "ABC"):
        send(user, application, "application_section", "project", title=title)
    assert words(see(user, application)).count("Changed: The project") == 1
    assert application.case.events.filter(action="application.edited").count() == 3


# --- The whole way -----------------------------------------------------------------------------------


class Walk:
    """A representative with a browser, who counts the pages that they see and the fields that they fill in."""

    def __init__(self, user: User):
        self.client, self.pages, self.entries = browser(user), set(), 0

    def see(self, url: str):
        page = self.client.get(url)
        assert page.status_code == 200, url
        self.pages.add(url.partition("#")[0].partition("?")[0])
        return page

    def fill(self, url: str, action: str = "", **fields):
        """Fill the fields in and send them; answers where it led."""
        found = re.search(r'name="version" value="(\d+)"', self.see(url).text)
        self.entries += len(fields)
        answer = self.client.post(action or url, {**fields, **({"version": found[1]} if found else {})})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].partition("#")[0]


def test_five_firms_apply_in_at_most_60_entries_and_14_pages():
    group, call = make_group(5), make_call()
    walk = Walk(group.representative)
    walk.see(reverse("call_detail", args=[call.code]))
    case = walk.fill(reverse("application_start", args=[call.code]), group=group.pk)
    walk.see(case)
    application = Application.objects.get()
    project = address(application, "application_section", "project")
    members = walk.fill(
        project, title="A kiln", diagnosis="Wet wood", objectives="Dry wood", learning="To measure"
    )
    walk.see(members)
    plan = address(application, "application_section", "plan")
    assert plan in walk.see(members).text, "the page of the firms leads on"
    for number in range(4):
        walk.fill(
            plan,
            name=f"Part {number}",
            first_month="1",
            last_month="9",
            responsible="All",
            deliverable="Wood",
        )
    budget = address(application, "application_section", "budget")
    for activity in application.activities.all():
        # The programme pays what it can: its share may be left empty.
        cost = {
            "category": "innovation",
            "activity": activity.pk,
            "description": "A",
            "unit_cost": "1.000.000",
        }
        walk.fill(budget, **cost, quantity="1")
    requirement = call.requirements.first()
    walk.fill(
        address(application, "application_section", "documents"),
        address(application, "document_attach", requirement.pk),
        file=a_pdf(),
    )
    check = address(application, "application_check")
    receipt = walk.fill(check, address(application, "application_submit"), declared="on")
    walk.see(receipt)
    application.refresh_from_db()
    assert application.status == "submitted"
    assert len(walk.pages) <= 14
    assert walk.entries <= 60


# --- Checking and sending ----------------------------------------------------------------------------


def test_the_check_shows_everything_with_where_to_change_it():
    application = application_at("draft")
    page = see(application.group.representative, application, "application_check")
    text = words(page)
    for part in (
        "A shared drying kiln",
        "We dry wood in the open",
        "Buy and install the kiln",
        "Carpintería 1 SRL",
        "Drying kiln",
        "minutes.pdf",
        "The programme pays 60 % of the whole; at most 70 %",
    ):
        assert part in text
    assert page.text.count("?back=check") == 6
    assert "Send the application" in text


def test_the_check_says_what_is_in_the_way_and_where_to_mend_it():
    application = draft(group=make_group(4))
    page = see(application.group.representative, application, "application_check")
    text = words(page)
    assert "5 things are in the way" in text
    assert "Your group has 4 SMEs and this call asks for 5: 1 is missing." in text
    assert address(application, "application_section", "members") + "?back=check" in page.text
    assert 'aria-disabled="true"' in page.text
    assert "declared" not in page.text


def test_sending_gives_a_number_and_a_receipt():
    application = application_at("draft")
    user = application.group.representative
    answer = send(user, application, "application_submit", declared="on")
    assert answer.headers["Location"] == address(application, "application_receipt")
    application.refresh_from_db()
    assert (application.status, application.first_submitted_at) == ("submitted", NOON)
    text = words(browser(user).get(answer.headers["Location"]))
    reference = Application.objects.select_related("case").get(pk=application.pk).case.reference
    assert f"Reference number {reference}" in text
    assert "What happens next" in text
    assert "10/03/2026 12:00 (Buenos Aires)" in text
    assert application.submissions.get().sha256 in text


def test_without_the_declaration_nothing_is_sent():
    application = application_at("draft")
    page = send(application.group.representative, application, "application_submit")
    assert page.status_code == 422
    assert "Accept the declaration before you send." in problems(page)
    application.refresh_from_db()
    assert application.status == "draft"


def test_with_a_failing_rule_nothing_is_sent():
    application = draft()
    page = send(application.group.representative, application, "application_submit", declared="on")
    assert page.status_code == 409
    assert "things are in the way" in problems(page)
    assert not application.submissions.exists()


def test_after_the_deadline_nothing_is_sent(frozen):
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + DAY + dt.timedelta(seconds=1))
    page = send(application.group.representative, application, "application_submit", declared="on")
    assert page.status_code == 409
    assert "This call closed on 11/03/2026, 12:00." in problems(page)
    assert not application.submissions.exists()


def test_what_arrived_in_time_is_in_time_where_a_proxy_says_so(frozen, settings):
    settings.TRUST_REQUEST_START = True
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + DAY + dt.timedelta(seconds=30))
    client = browser(application.group.representative)
    in_time = (NOON + DAY - dt.timedelta(seconds=1)).timestamp()
    data = {"declared": "on", "version": application.version}
    answer = client.post(
        address(application, "application_submit"), data, headers={"X-Request-Start": f"t={in_time:.3f}"}
    )
    assert answer.status_code == 302
    assert application.submissions.get().submitted_at == NOON + DAY - dt.timedelta(seconds=1)


@pytest.mark.parametrize("header", ["t=1", "x", "", "t=99999999999999999999", "t=1773154800.000", "t=-5"])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_forged_or_foolish_time_of_arrival_changes_nothing(frozen, settings, header, trusted):
    settings.TRUST_REQUEST_START = trusted
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + 2 * DAY)
    client = browser(application.group.representative)
    data = {"declared": "on", "version": application.version}
    answer = client.post(
        address(application, "application_submit"), data, headers={"X-Request-Start": header}
    )
    assert answer.status_code == 409
    assert not application.submissions.exists()


def test_without_a_trusted_proxy_the_header_is_a_strangers_word(frozen):
    application = application_at("draft", call=make_call(closes_at=NOON + DAY))
    frozen.move_to(NOON + DAY + dt.timedelta(seconds=30))
    client = browser(application.group.representative)
    in_time = (NOON + DAY - dt.timedelta(seconds=1)).timestamp()
    data = {"declared": "on", "version": application.version}
    answer = client.post(
        address(application, "application_submit"), data, headers={"X-Request-Start": f"t={in_time}"}
    )
    assert answer.status_code == 409


def test_sending_twice_is_sending_once():
    application = application_at("draft")
    user, shown = application.group.representative, application.version
    assert send(user, application, "application_submit", version=shown, declared="on").status_code == 302
    again = send(user, application, "application_submit", version=shown, declared="on")
    assert again.status_code == 409
    assert application.submissions.count() == 1


def test_sending_from_a_stale_tab_is_refused_and_shows_what_is_there_now():
    application = application_at("draft")
    user, shown = application.group.representative, application.version
    line = application.lines.first()
    send(user, application, "budget_line_delete", line.pk)
    page = send(user, application, "application_submit", version=shown, declared="on")
    assert page.status_code == 409
    assert "Somebody changed this" in problems(page)
    assert "Drying kiln" not in page.text
    assert not application.submissions.exists()


def test_more_fields_than_the_form_has_change_nothing():
    application = application_at("draft")
    user = application.group.representative
    send(
        user,
        application,
        "application_submit",
        declared="on",
        arrived_at="2020-01-01",
        status="approved",
        amount="1",
    )
    application.refresh_from_db()
    assert (application.status, application.first_submitted_at) == ("submitted", NOON)


def test_a_firm_that_another_group_sent_is_said_and_nothing_is_sent():
    shared, call = make_firm(), make_call()
    first, second = make_group(4, name="One"), make_group(4, name="Two")
    add_to(first, shared)
    add_to(second, shared)
    submit(fill(draft(group=first, call=call)))
    late = fill(draft(group=second, call=call))
    page = send(second.representative, late, "application_submit", declared="on")
    assert page.status_code == 409
    assert shared.name in problems(page)
    assert "One" not in problems(page), "which group it is stays between the firm and that group"
    assert not late.submissions.exists()


def test_an_answer_to_a_return_is_sent_as_a_second_version():
    application = application_at("changes_requested")
    user = application.group.representative
    answer = send(user, application, "application_submit", declared="on")
    assert answer.status_code == 302
    assert application.submissions.count() == 2
    assert "2" in words(browser(user).get(answer.headers["Location"]))


def test_there_is_no_receipt_before_anything_was_sent():
    application = application_at("draft")
    assert see(application.group.representative, application, "application_receipt").status_code == 404
    assert (
        send(
            application.group.representative, application, "application_paper", "application_dossier"
        ).status_code
        == 404
    )


def test_sending_is_asked_by_post_only():
    application = application_at("draft")
    assert see(application.group.representative, application, "application_submit").status_code == 405


# --- Steps with a reason -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "name", "after"),
    [
        ("draft", "withdraw", "withdrawn"),
        ("submitted", "withdraw", "withdrawn"),
        ("approved", "renounce", "renounced"),
        ("rejected", "ask_reconsideration", "reconsideration"),
        ("ineligible", "ask_reconsideration", "reconsideration"),
    ],
)
def test_the_group_takes_a_step_with_its_reason(status, name, after):
    application = application_at(status)
    user = application.group.representative
    assert see(user, application, "application_act", name).status_code == 200
    empty = send(user, application, "application_act", name, reason="  ")
    assert empty.status_code == 422
    assert "Say why." in problems(empty)
    application.refresh_from_db()
    assert application.status == status
    answer = send(user, application, "application_act", name, reason="Two firms left us.")
    assert answer.headers["Location"] == address(application)
    application.refresh_from_db()
    assert application.status == after
    assert "Two firms left us." in see(user, application).text


@pytest.mark.parametrize("name", ["grant_reconsideration", "deny_reconsideration"])
def test_the_authority_answers_a_reconsideration(name):
    application = application_at("reconsideration")
    other = staff_member("approver2", Role.APPROVER)
    assert see(application.group.representative, application, "application_act", name).status_code == 403
    answer = send(other, application, "application_act", name, reason="We read it again.", resolution="R-9")
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.status == ("in_review" if name.startswith("grant") else "rejected")


def test_annulling_needs_a_number():
    application = application_at("approved")
    page = send(OFFICE.approver, application, "application_act", "annul", reason="An error.")
    assert page.status_code == 422
    assert "Fill in “Resolution number”." in problems(page)
    answer = send(
        OFFICE.approver, application, "application_act", "annul", reason="An error.", resolution="A-1"
    )
    assert answer.status_code == 302


def test_a_step_that_the_state_does_not_allow_says_so_and_keeps_what_was_typed():
    application = application_at("approved")
    user = application.group.representative
    page = see(user, application, "application_act", "withdraw")
    assert "the state is now" in page.text
    answer = send(user, application, "application_act", "withdraw", reason="My words")
    assert answer.status_code == 409
    assert "My words" in answer.text


def test_a_stale_step_is_refused():
    application = application_at("draft")
    answer = send(
        application.group.representative, application, "application_act", "withdraw", version="0", reason="x"
    )
    assert answer.status_code == 409
    application.refresh_from_db()
    assert application.status == "draft"


@pytest.mark.parametrize("name", ["submit", "approve", "lapse", "nothing"])
def test_a_step_without_a_page_here_is_404(name):
    application = application_at("draft")
    assert see(application.group.representative, application, "application_act", name).status_code == 404


def test_a_member_and_a_viewer_take_no_such_step(person):
    application = application_at("submitted")
    for role in (Role.MEMBER, Role.VIEWER):
        user = person(role.value + "9")
        give_place(application.group, user, role)
        assert send(user, application, "application_act", "withdraw", reason="x").status_code == 403
    application.refresh_from_db()
    assert application.status == "submitted"
