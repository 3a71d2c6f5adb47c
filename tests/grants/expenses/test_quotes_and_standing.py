"""Quotes from the call's amount on; whether the counterpart keeps pace; corrections; what closes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from core.workflow import TransitionRefused
from grants.expenses import actions, quoting
from grants.expenses.books import Books
from grants.expenses.checks import findings
from grants.expenses.standing import lines_of, pace_of
from grants.models import Expense, ExpenseQuote, FewQuotes
from grants.workflow import PROJECT
from tests import factories_applications as applying
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, a_pdf, make_call, make_quote
from tests.factories_expenses import add_expense, hand_in, judge, open_statement, reporter, statement_at
from tests.factories_grants import DAY, finance, project_at
from tests.grants.expenses.test_constraints import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
TODAY = NOON.date()
# Above every cost of the plan: the application itself needs no quotes. An invoice may be dearer than its line.
DEAR = Decimal(50_000_000)


def under(**fields):
    return project_at("active", call=make_call(code="OTHER-1", **fields))


def about_quotes(expense: Expense) -> list[str]:
    books = Books(expense.project, TODAY)
    return [each.sentence for each in findings(expense, books) if each.rule == "quotes_are_shown"]


# --- Quotes -------------------------------------------------------------------------------------------------


def test_from_the_calls_amount_on_quotes_of_different_suppliers_that_stood(monkeypatch):
    plain = applying.fill

    def with_quotes(*args, **kwargs):
        application = plain(*args, **kwargs)
        make_quote(application, "Hornos SA", valid_until=TODAY)
        make_quote(application, "Otra SA")
        return application

    monkeypatch.setattr(applying, "fill", with_quotes)
    project = under(quotes_from=DEAR, quotes_needed=2)
    statement = open_statement(project)
    small = add_expense(statement, net=DEAR - Decimal("0.01"))
    assert about_quotes(small) == []
    tomorrow = NOON + DAY
    # By then the first one does not stand any more.
    expense = add_expense(statement, net=DEAR, issued_on=tomorrow.date(), now=tomorrow)
    assert about_quotes(expense)[0].endswith("there are 1.")
    url = reverse("expense_part_add", args=[expense.pk, "quotes"])
    web = browser(reporter(project))
    typed = {"supplier": "otra  sa", "amount": "120.000", "file": a_pdf("quote.pdf")}
    assert web.post(url, {"version": expense.version, **typed}).status_code == 302
    expense.refresh_from_db()
    assert about_quotes(expense)[0].endswith("there are 1."), "the same supplier twice is one"
    third = {
        "supplier": "Tercera SA",
        "amount": "130.000",
        "valid_until": f"{tomorrow:%Y-%m-%d}",
        "file": a_pdf("quote.pdf"),
    }
    assert web.post(url, {"version": expense.version, **third}).status_code == 302
    assert about_quotes(Expense.objects.get(pk=expense.pk)) == []
    page = words(web.get(reverse("expense_detail", args=[expense.pk])))
    assert "Attached to the budget line of the application" in page
    assert "Tercera SA" in page


def test_without_its_quotes_it_is_handed_in_flagged_and_not_verified():
    project = under(quotes_from=DEAR, quotes_needed=1)
    statement = statement_at("submitted", project, net=DEAR)
    expense = statement.expenses.get()
    page = words(browser(finance()).get(reverse("statement_judge", args=[statement.pk])))
    assert "It cannot be verified now: From $" in page
    with pytest.raises(Exception, match="an expense shows 1 quote"):
        judge(expense, "verify")


def test_with_fewer_quotes_the_group_says_why_and_another_accepts_it():
    project = under(quotes_from=DEAR, quotes_needed=2)
    statement = open_statement(project)
    expense = add_expense(statement, net=DEAR)
    web, say = browser(reporter(project)), reverse("few_quotes_say", args=[expense.pk])
    assert "This call asks for 2 quotes" in words(web.get(say))
    assert web.post(say, {"version": expense.version, "ground": " "}).status_code == 422
    assert web.post(say, {"version": expense.version + 1, "ground": "Sole maker."}).status_code == 409
    assert web.post(say, {"version": expense.version, "ground": "Sole maker."}).status_code == 302
    assert "The group says why" in about_quotes(Expense.objects.get(pk=expense.pk))[0]
    hand_in(statement)
    expense.refresh_from_db()
    with refused("verified_expense_shows_quotes"):
        Expense.objects.filter(pk=expense.pk).update(status="verified", checked_by=finance(), checked_at=NOON)
    with pytest.raises(TransitionRefused, match="somebody of the programme has to accept"):
        judge(expense, "verify")
    judging = browser(finance()).get(reverse("statement_judge", args=[statement.pk]))
    assert "Why there are fewer quotes: Sole maker." in words(judging)
    accept = reverse("few_quotes_accept", args=[expense.pk])
    assert browser(reporter(project)).post(accept, {"version": expense.version}).status_code == 403
    office = browser(OFFICE.officer)
    assert office.post(accept, {"version": expense.version + 7}).status_code == 409
    assert "Sole maker." in words(office.get(accept))
    assert office.post(accept, {"version": expense.version}).status_code == 302
    assert office.post(accept, {"version": expense.version + 1}).status_code == 409, "once"
    page = words(web.get(reverse("expense_detail", args=[expense.pk])))
    assert f"Accepted by {OFFICE.officer} on" in page
    expense.refresh_from_db()
    judge(expense, "verify")
    statement.refresh_from_db()
    assert statement.snapshot["expenses"][0]["few_quotes"]["ground"] == "Sole maker."


def test_what_was_accepted_was_accepted_of_what_the_expense_said_then():
    project = under(quotes_from=DEAR, quotes_needed=1)
    statement = open_statement(project)
    expense = add_expense(statement, net=DEAR)
    quoting.say_why(by=reporter(project), expense=expense, ground="Sole maker.", now=NOON)
    hand_in(statement)
    quoting.accept(by=OFFICE.officer, expense=expense, now=NOON)
    said = FewQuotes.objects.get()
    with refused("was handed in changes only"):
        FewQuotes.objects.update(ground="Another.")
    with refused("few_quotes_accepted_by_another"):
        FewQuotes.objects.update(accepted_by=said.given_by)
    expense.refresh_from_db()
    judge(expense, "query", remark="Whose is it?")
    expense.refresh_from_db()
    actions.save_expense(by=reporter(project), statement=statement, expense=expense, now=NOON)
    said.refresh_from_db()
    assert not said.is_accepted


def test_a_quote_that_had_ended_is_refused_at_its_field_and_named():
    project = under(quotes_from=DEAR, quotes_needed=1)
    expense = add_expense(open_statement(project), net=DEAR)
    url = reverse("expense_part_add", args=[expense.pk, "quotes"])
    typed = {"version": expense.version, "supplier": "X", "amount": "1", "file": a_pdf()}
    page = browser(reporter(project)).post(url, {**typed, "valid_until": f"{TODAY - DAY:%Y-%m-%d}"})
    assert page.status_code == 422
    assert "this quote was not valid any more" in words(page)
    typed["file"] = a_pdf()
    assert (
        browser(reporter(project)).post(url, {**typed, "valid_until": f"{TODAY:%Y-%m-%d}"}).status_code == 302
    )
    expense.refresh_from_db()
    assert about_quotes(expense) == []
    expense.issued_on = TODAY + DAY
    assert "The quote of X was valid until" in about_quotes(expense)[1]


def test_a_quote_is_whole():
    project = under(quotes_from=DEAR, quotes_needed=1)
    expense = add_expense(open_statement(project))
    url = reverse("expense_part_add", args=[expense.pk, "quotes"])
    web = browser(reporter(project))
    for typed, sentence in (
        ({"amount": "1", "file": a_pdf()}, "Supplier"),
        ({"supplier": "X", "amount": "0", "file": a_pdf()}, "The amount must be at least"),
        ({"supplier": "X", "amount": "1"}, "Choose a file first."),
    ):
        page = web.post(url, {"version": expense.version, **typed})
        assert page.status_code == 422
        assert sentence in words(page)
    assert not ExpenseQuote.objects.exists()


# --- Standing ------------------------------------------------------------------------------------------------


def test_the_counterpart_keeps_pace_or_not_with_its_arithmetic():
    project = project_at("active")
    whole = sum(line.group_share for line in project.lines.all())
    statement = open_statement(project)
    add_expense(statement, programme_share=Decimal(60_000), group_share=0)
    pace = pace_of(Books(project, TODAY))
    assert pace.due == (whole * 60_000 / project.approved_amount).quantize(Decimal("0.01"))
    assert pace.behind == pace.due
    page = words(browser(reporter(project)).get(reverse("statement_detail", args=[statement.pk])))
    assert "behind." in page
    add_expense(statement, programme_share=0, group_share=pace.due)
    pace = pace_of(Books(project, TODAY))
    assert pace.behind == 0
    page = words(browser(reporter(project)).get(reverse("statement_detail", args=[statement.pk])))
    assert "It keeps pace." in page


def test_each_line_planned_charged_verified_and_left():
    project = project_at("active")
    statement = statement_at("submitted", project, expenses=2)
    judge(statement.expenses.first(), "verify")
    row = lines_of(Books(project, TODAY))[0]
    assert (row.programme, row.group, row.verified) == (120_000, 80_000, 100_000)
    assert row.most == row.line.programme_share * Decimal("1.1")
    assert row.room == row.most - 120_000
    judge(statement.expenses.last(), "reject", remark="It is another firm's.")
    row = lines_of(Books(project, TODAY))[0]
    assert (row.programme, row.group, row.verified) == (60_000, 40_000, 100_000)


# --- Corrections ---------------------------------------------------------------------------------------------


def test_what_was_rejected_is_taken_over_whole_and_once():
    project = project_at("active")
    statement = statement_at("submitted", project)
    old = statement.expenses.get()
    judge(old, "reject", remark="The buyer is another firm.")
    web = browser(reporter(project))
    page = words(web.get(reverse("expense_detail", args=[old.pk])))
    assert "Correct it in the next statement" in page
    assert web.post(reverse("expense_correct", args=[old.pk])).status_code == 302
    new = Expense.objects.get(corrects=old)
    assert (new.statement.number, new.status, new.remark, new.document_id) == (
        2,
        "draft",
        "",
        old.document_id,
    )
    assert [row.amount for row in new.payments.all()] == [row.amount for row in old.payments.all()]
    again = actions.correct(by=reporter(project), expense=old, now=NOON)
    assert again.pk == new.pk
    assert "It is corrected in Expense statement 2" in words(
        web.get(reverse("expense_detail", args=[old.pk]))
    )
    hand_in(new.statement)
    judge(new, "verify")
    new.statement.refresh_from_db()
    assert new.statement.status == "settled"


def test_only_what_was_rejected_is_corrected():
    project = project_at("active")
    expense = statement_at("submitted", project).expenses.get()
    page = browser(reporter(project)).post(reverse("expense_correct", args=[expense.pk]))
    assert page.status_code == 409
    assert not project.statements.filter(status="open").exists(), "nothing half done"


# --- The end -------------------------------------------------------------------------------------------------


def test_a_project_does_not_close_on_an_open_expense():
    project = project_at("closing")
    later = dt.datetime.combine(project.last_day, NOON.timetz()) + DAY
    statement = open_statement(project, now=later)
    row = PROJECT.by_name["close"]
    ask = {"by": OFFICE.officer, "now": later, "data": {}}
    assert not any("not judged yet" in guard(project, **ask) for guard in row.guards)
    add_expense(statement, now=later)
    assert any("not judged yet" in guard(project, **ask) for guard in row.guards)
