"""Finance judges a statement on one screen: many at once, each with its own answer; what was settled is frozen and printed."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.jobs import run_waiting
from core.models import Job
from core.pdf import content_hash
from grants.expenses import pdf
from grants.models import Expense, Statement
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call
from tests.factories_expenses import add_expense, judge, open_statement, reporter, statement_at
from tests.factories_grants import finance, project_at
from tests.grants.expenses.rows import expense_row, judge_row, open_statement_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]


@pytest.fixture
def project():
    return project_at("active")


def decide(user, statement, decisions: dict[Expense, tuple[str, str]]):
    """Send the screen, with what was decided about some expenses."""
    sent = {}
    for expense, (decision, remark) in decisions.items():
        expense.refresh_from_db()
        sent |= {
            f"e{expense.pk}-decision": decision,
            f"e{expense.pk}-remark": remark,
            f"e{expense.pk}-version": expense.version,
        }
    return browser(user).post(reverse("statement_judge", args=[statement.pk]), sent)


def states(statement) -> list[str]:
    return list(statement.expenses.order_by("pk").values_list("status", flat=True))


def test_each_gets_its_own_answer_and_the_rest_waits(project):
    statement = statement_at("submitted", project, expenses=4)
    first, second, third, _fourth = statement.expenses.order_by("pk")
    page = decide(
        finance(),
        statement,
        {first: ("verify", ""), second: ("query", "Which firm uses it?"), third: ("reject", "Twice.")},
    )
    assert page.status_code == 302
    assert states(statement) == ["verified", "queried", "rejected", "submitted"]
    page = words(browser(finance()).get(reverse("statement_judge", args=[statement.pk])))
    assert "It waits for the group's answer." in page


def test_one_cuit_with_several_names_is_said_to_who_judges(project):
    said = "stands on other vouchers with another name"
    statement = statement_at("submitted", project, expenses=2)
    url = reverse("statement_judge", args=[statement.pk])
    first, second = statement.expenses.order_by("pk")
    assert first.supplier_cuit == second.supplier_cuit
    assert said not in words(browser(finance()).get(url))
    other = open_statement_row(project)
    names = (first.supplier_name.upper() + ".", "Ferretería Lugones")
    for number, name in enumerate(names, 1):
        row = expense_row(other, supplier_cuit=first.supplier_cuit, supplier_name=name, number=f"77{number}")
        assert said not in words(browser(finance()).get(url)), "a draft says nothing yet"
        judge_row(row, "submitted", by=None)
        assert (said in words(browser(finance()).get(url))) == (number == 2)
    page = words(browser(finance()).get(url))
    assert f"{said}: Ferretería Lugones." in page


def test_what_cannot_be_recorded_says_why_and_the_others_are(project):
    statement = open_statement(project)
    paid, unpaid = add_expense(statement), add_expense(statement, paid=False)
    more = add_expense(statement)
    browser(reporter(project)).post(
        reverse("statement_detail", args=[statement.pk]),
        {"version": Statement.objects.get(pk=statement.pk).version},
    )
    page = decide(finance(), statement, {paid: ("verify", ""), unpaid: ("verify", ""), more: ("reject", " ")})
    assert page.status_code == 422
    assert states(statement) == ["verified", "submitted", "submitted"]
    said = problems(page)
    assert "Payments and withholdings cover $" in said
    assert f"“{more.description}”: say what it is about. The group reads it." in said
    # What was recorded does not stand there once more, to be sent again.
    assert f'name="e{paid.pk}-decision"' not in page.content.decode()


def test_a_stale_page_is_refused(project):
    statement = statement_at("submitted", project)
    expense = statement.expenses.get()
    sent = {f"e{expense.pk}-decision": "verify", f"e{expense.pk}-version": expense.version - 1}
    page = browser(finance()).post(reverse("statement_judge", args=[statement.pk]), sent)
    assert page.status_code == 409
    assert "Somebody changed this" in problems(page)
    assert states(statement) == ["submitted"]


def test_who_comes_second_reads_what_was_not_recorded(project):
    statement = statement_at("submitted", project, expenses=2)
    first = statement.expenses.order_by("pk").first()
    judge(first, "query", remark="For which firm?")
    sent = {
        f"e{first.pk}-decision": "reject",
        f"e{first.pk}-remark": "Charged twice.",
        f"e{first.pk}-version": first.version,
        "e99999-decision": "verify",
    }
    url = reverse("statement_judge", args=[statement.pk])
    page = words(browser(finance()).post(url, sent, follow=True))
    assert "is now “Queried”: what you chose for it was not recorded." in page
    assert "You had written: Charged twice." in page
    assert "Nothing was chosen" not in page
    assert states(statement) == ["queried", "submitted"]


def test_without_a_decision_nothing_happens(project):
    statement = statement_at("submitted", project)
    page = browser(finance()).post(reverse("statement_judge", args=[statement.pk]), {}, follow=True)
    assert "Nothing was chosen" in page.text
    assert states(statement) == ["submitted"]


def test_the_last_one_settles_it_frozen_with_its_digest_and_its_pdf(project):
    statement = statement_at("submitted", project, expenses=2)
    first, second = statement.expenses.order_by("pk")
    page = decide(finance(), statement, {first: ("verify", ""), second: ("reject", "It is another firm's.")})
    assert page["Location"] == reverse("statement_detail", args=[statement.pk])
    statement.refresh_from_db()
    assert statement.status == "settled"
    assert statement.sha256 == content_hash(statement.snapshot)
    assert [row["status"] for row in statement.snapshot["expenses"]] == ["verified", "rejected"]
    assert Job.objects.get(key=pdf.key_of(statement)).kind == "expense_statement"
    event = statement.case.events.get(action="statement.settle")
    assert event.data["sha256"] == statement.sha256


def test_the_pdf_of_a_settled_one_is_made_once_and_confirmed(project):
    statement = statement_at("settled", project)
    assert run_waiting(NOON) >= 1
    statement = Statement.objects.get(pk=statement.pk)
    assert statement.pdf.content_hash == statement.sha256
    page = browser(reporter(project)).get(reverse("statement_pdf", args=[statement.pk]))
    assert page["Location"] == reverse("document", args=[statement.pdf_id])
    page = browser(finance()).get(reverse("verify_document", args=[statement.sha256]))
    assert "Expense statement" in page.text


def test_before_it_is_settled_the_pdf_is_a_draft_that_nothing_confirms(project):
    statement = statement_at("submitted", project)
    web = browser(reporter(project))
    url = reverse("statement_pdf", args=[statement.pk])
    assert "was not made yet" in web.get(url, follow=True).text
    web.post(url)
    run_waiting(NOON)
    job = Job.objects.get(key=pdf.key_of(statement))
    assert job.result.content_hash == ""
    assert web.get(url)["Location"] == reverse("document", args=[job.result_id])
    # What is decided afterwards is another draft, or the statement itself.
    judge(statement.expenses.get(), "query", remark="Which firm?")
    assert not Job.objects.filter(key=pdf.key_of(Statement.objects.get(pk=statement.pk))).exists()


# --- Tables ---------------------------------------------------------------------------------------------------


def test_the_expenses_as_tables(project):
    statement = statement_at("settled", project, expenses=2)
    following = open_statement(project)
    add_expense(following, description="=1+1")
    web = browser(OFFICE.officer)
    answer = web.get(reverse("expense_table", args=[project.pk, "csv"]))
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [row["Statement"] for row in rows] == ["1", "1", "2"]
    assert rows[0]["Charged to the programme"] == "60000.00"
    assert rows[2]["What was bought or given"] == "'=1+1"
    one = web.get(reverse("expense_table", args=[project.pk, "csv"]), {"statement": statement.number})
    assert len(one.getvalue().decode().strip().split("\n")) == 3
    assert web.get(reverse("expense_table", args=[project.pk, "xlsx"])).content[:2] == b"PK"
    assert web.get(reverse("expense_table", args=[project.pk, "ods"])).status_code == 404
    for odd in ("x", "²", "-1", "99999999"):
        assert (
            web.get(reverse("expense_table", args=[project.pk, "csv"]), {"statement": odd}).status_code == 200
        )


# --- How many queries --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["statement_judge", "statement_detail"])
def test_the_number_of_queries_does_not_grow(name, client):
    counted = []
    for number, expenses in enumerate((1, 12)):
        project = project_at("active", call=make_call(code=f"OTHER-{number}"))
        statement = statement_at("submitted", project, expenses=expenses)
        web = browser(finance())
        url = reverse(name, args=[statement.pk])
        web.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert web.get(url).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1] == {"statement_judge": 15, "statement_detail": 22}[name]


def test_the_queue_of_finance(django_assert_num_queries):
    assert "Nothing waits" in browser(finance()).get(reverse("statement_list")).text
    statement_at("submitted", project_at("active", call=make_call(code="OTHER-1")), expenses=2)
    web = browser(finance())
    web.get(reverse("statement_list"))
    with django_assert_num_queries(6):
        page = web.get(reverse("statement_list"))
    assert "2 of 2" in words(page)
    for number in range(2, 5):
        statement_at("submitted", project_at("active", call=make_call(code=f"OTHER-{number}")))
    with django_assert_num_queries(6):
        web.get(reverse("statement_list"))
    assert "matches" in web.get(reverse("statement_list"), {"q": "nobody"}).text
    assert browser(OFFICE.approver).get(reverse("statement_list")).status_code == 403


def test_what_waits_stands_on_the_home_page_of_finance(project):
    statement_at("submitted", project)
    page = words(browser(finance()).get(reverse("home")))
    assert "Expenses to verify" in page
