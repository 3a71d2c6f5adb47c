"""The story of a statement in its pages: written by the coordinator, verified by finance, corrected in the next."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from django.urls import reverse

from grants.expenses import qr
from grants.models import Expense, Statement
from grants.workflow import PROJECT
from tests.applications.staff_pages import browser, problems, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, a_pdf
from tests.factories_expenses import statement_at
from tests.factories_grants import finance, finance2, project_at
from tests.factories_groups import make_cuit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]


def typed(project, **changes) -> dict:
    """An invoice as the coordinator types it, paid whole."""
    return {
        "line": project.lines.first().pk,
        "description": "Kiln",
        "kind": "A",
        "supplier_name": "Hornos SA",
        "supplier_cuit": make_cuit(90),
        "point_of_sale": "3",
        "number": "00001234",
        "issued_on": "2026-03-10",
        "cae": "7" * 14,
        "buyer_vat": "registered",
        "currency": "ARS",
        "net": "1.000.000,00",
        "tax": "210.000,00",
        "programme_share": "600.000,00",
        "group_share": "400.000,00",
        "voucher": a_pdf(),
        "paid_on": "2026-03-10",
        "means": "transfer",
        **changes,
    }


@pytest.fixture
def project():
    return project_at("active")


@pytest.fixture
def web(project):
    return browser(project.reporter_on(NOON.date()))


def begun(web, project) -> Statement:
    web.post(reverse("statement_begin", args=[project.pk]))
    return project.statements.get(status="open")


def add(web, statement, **changes):
    url = reverse("expense_add", args=[statement.pk, "voucher"])
    return web.post(url, typed(statement.project, **changes))


def act(user, expense, name, **data):
    expense.refresh_from_db()
    url = reverse("expense_act", args=[expense.pk, name])
    return browser(user).post(url, {"version": expense.version, **data})


def hand_in(web, statement):
    statement.refresh_from_db()
    url = reverse("statement_detail", args=[statement.pk])
    return web.post(url, {"version": statement.version})


def test_from_the_first_voucher_to_the_settled_statement(web, project):
    statement = begun(web, project)
    assert add(web, statement).status_code == 302
    expense = statement.expenses.get()
    assert (expense.number, expense.formatted_number) == ("1234", "00003-00001234")
    assert (expense.charged, expense.tax_counts) == (Decimal("1000000.00"), False)
    assert expense.payments.get().amount == Decimal("1210000.00")
    assert hand_in(web, statement).status_code == 302
    assert act(finance(), expense, "query", remark="Which firm uses it?").status_code == 302
    page = words(web.get(reverse("expense_detail", args=[expense.pk])))
    assert "Which firm uses it?" in page
    url = reverse("expense_act", args=[expense.pk, "answer"])
    assert f'href="{reverse("expense_edit", args=[expense.pk])}"' in web.get(url).content.decode()
    assert act(project.reporter_on(NOON.date()), expense, "answer", answer="All of them.").status_code == 302
    assert act(finance(), expense, "verify").status_code == 302
    statement.refresh_from_db()
    assert statement.status == "settled"
    page = words(web.get(reverse("project_statements", args=[project.pk])))
    assert "Settled" in page
    assert "600.000,00" in page


def test_what_was_rejected_is_corrected_in_the_next(web, project):
    statement = begun(web, project)
    add(web, statement)
    hand_in(web, statement)
    expense = statement.expenses.get()
    assert act(finance(), expense, "reject", remark="It is another firm's.").status_code == 302
    following = begun(web, project)
    assert following.number == 2
    assert add(web, following).status_code == 302, "what was rejected frees voucher and line"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"supplier_cuit": "30-1"}, "A CUIT has 11 digits"),
        ({"supplier_cuit": ""}, "Say who sold it"),
        ({"number": ""}, "Fill in “Number”."),
        ({"net": "-1"}, "The amount cannot be negative."),
        ({"net": "0"}, "The amount must be at least"),
        ({"issued_on": "2026-03-11"}, "This day is still to come."),
        ({"issued_on": "2026-03-09"}, "Expenses of this project count from 10/03/2026 on."),
        ({"issued_on": "31/02/2026"}, "Write a day that exists"),
        ({"programme_share": "", "group_share": ""}, "Say how much of it"),
        ({"group_share": "400.000,01"}, "This voucher counts for"),
        ({"net": "99.000.000", "programme_share": "9.000.000"}, "left for “Drying kiln”"),
        ({"cae": "12"}, "A CAE has 14 digits."),
        ({"currency": "USD"}, "Say how many pesos one unit was"),
        ({"currency": "USD", "rate": "many"}, "Write a number with 4 decimals at most"),
        ({"currency": "USD", "rate": "1,250"}, "can be read in two ways"),
        ({"point_of_sale": "1_0"}, "Enter a whole number."),
        ({"means": ""}, "Say both"),
        ({"line": "999999"}, "Select a valid choice"),
        ({"kind": "record"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_saved(web, project, changes, sentence):
    statement = begun(web, project)
    page = add(web, statement, **changes)
    assert page.status_code == 422
    assert sentence in problems(page)
    assert not Expense.objects.exists()


def test_what_is_not_paid_is_not_verified(web, project):
    statement = begun(web, project)
    add(web, statement, paid_on="", means="")
    hand_in(web, statement)
    expense = statement.expenses.get()
    assert act(finance(), expense, "verify").status_code == 409
    act(finance(), expense, "query", remark="How was it paid?")
    expense.refresh_from_db()
    url = reverse("expense_part_add", args=[expense.pk, "payments"])
    web.post(
        url, {"version": expense.version, "paid_on": "2026-03-10", "means": "transfer", "amount": "1.210.000"}
    )
    act(project.reporter_on(NOON.date()), expense, "answer", answer="By transfer.")
    assert act(finance(), expense, "verify").status_code == 302


def test_who_verified_does_not_order(web, project):
    statement = begun(web, project)
    add(web, statement)
    hand_in(web, statement)
    act(finance(), statement.expenses.get(), "verify")
    tranche = project.tranches.order_by("number").first()
    page = browser(finance()).get(reverse("tranche_order", args=[tranche.pk]))
    assert "You verified expenses of this project" in page.text
    page = browser(finance2()).get(reverse("tranche_order", args=[tranche.pk]))
    assert "You verified expenses" not in page.text


def test_an_empty_statement_is_not_handed_in(web, project):
    statement = begun(web, project)
    assert hand_in(web, statement).status_code == 409
    assert browser(OFFICE.officer).get(reverse("statement_detail", args=[statement.pk])).status_code == 200


def test_no_form_is_shown_of_which_nothing_can_be_saved(web, project):
    def shown(statement) -> set[int]:
        expense = statement.expenses.get()
        pages = [
            reverse("expense_add", args=[statement.pk, "voucher"]),
            reverse("expense_import", args=[statement.pk]),
            reverse("expense_edit", args=[expense.pk]),
            reverse("expense_part_add", args=[expense.pk, "payments"]),
        ]
        return {web.get(page).status_code for page in pages}

    handed_in = statement_at("submitted", project)
    assert shown(handed_in) == {409}
    # What was typed before it was handed in elsewhere comes back with the reason.
    assert "nothing is added to it" in problems(add(web, handed_in))
    statement = begun(web, project)
    add(web, statement)
    assert shown(statement) == {200}
    PROJECT.apply(project, "suspend", by=OFFICE.officer, now=NOON, data={"reason": "A flood."})
    assert shown(statement) == {409}


def test_who_came_too_late_sees_both_values_of_an_expense(web, project):
    statement = begun(web, project)
    add(web, statement)
    expense = statement.expenses.get()
    url = reverse("expense_edit", args=[expense.pk])
    shown = web.get(url).context["carries"]
    sent = {**typed(project), "version": shown["version"], "was": shown["was"]}
    other = browser(project.group.representative)
    assert other.post(url, {**sent, "description": "Theirs", "voucher": a_pdf()}).status_code == 302
    late = web.post(url, {**sent, "supplier_name": "Mine SA", "voucher": a_pdf()})
    assert late.status_code == 409
    assert [
        (row.name, row.saved, row.typed, row.untouched) for row in late.context["conflict"].differences
    ] == [
        ("description", "Theirs", "Kiln", True),
        ("supplier_name", "Hornos SA", "Mine SA", False),
    ]
    carries = late.context["carries"]
    again = {**sent, **carries, "supplier_name": "Mine SA", "theirs": ["description"], "voucher": a_pdf()}
    assert web.post(url, again).status_code == 302
    expense.refresh_from_db()
    assert (expense.description, expense.supplier_name) == ("Theirs", "Mine SA")


def test_the_rate_of_a_qr_code_is_written_as_people_write_it():
    said = {"currency": "USD", "rate": "1250.0000", "total": "1234.50", "kind": "C"}
    data = qr.filled(QueryDict("currency=ARS"), said)
    assert (data["rate"], data["net"]) == ("1250", "1.234,50")
    assert qr.filled(QueryDict("currency=ARS"), {**said, "rate": "1250.1250"})["rate"] == "1250,1250"
