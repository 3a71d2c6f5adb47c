"""The work plan and the budget on their pages: who is responsible, kinds, firms, quotes, advice, and the money by month."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Activity, Application, BudgetLine, BudgetQuote
from applications.rows import MOST_ROWS
from core.models import Event
from groups.models import FirmConfirmation, Institution, Partner
from tests.applications.staff_pages import browser, words
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    PDF,
    a_pdf,
    application_at,
    make_call,
    make_quote,
    submit,
)
from tests.factories_groups import give_place, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def application() -> Application:
    return application_at("draft")


def address(application, name, *args, **query) -> str:
    url = reverse(name, args=[application.pk, *args])
    return f"{url}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else url


def send(application, address_name, *args, by=None, **data):
    """POST with the version of now."""
    version = Application.objects.values_list("version", flat=True).get(pk=application.pk)
    data.setdefault("version", str(version))
    return browser(by or application.group.representative).post(
        address(application, address_name, *args), data
    )


def page(application, name, *args, by=None):
    return browser(by or application.group.representative).get(address(application, name, *args))


def activity(**fields) -> dict[str, str]:
    return {"name": "Train", "first_month": "1", "last_month": "2", "deliverable": "People", **fields}


def cost(**fields) -> dict[str, str]:
    return {"category": "innovation", "description": "Tests", "quantity": "2", "unit_cost": "500", **fields}


# --- Continue --------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_going_on_adds_what_was_typed(application, htmx):
    headers = {"HX-Request": "true"} if htmx else {}
    to_budget = address(application, "application_section", "budget")
    where = "HX-Redirect" if htmx else "Location"
    author = browser(application.group.representative)
    section, before = address(application, "application_section", "plan"), application.activities.count()

    empty = {"name": "", "first_month": "", "last_month": "", "onward": "1"}
    assert author.post(section, empty, headers=headers).headers[where] == to_budget
    assert application.activities.count() == before

    refused = author.post(section, {**empty, "name": "Sell"}, headers=headers)
    assert refused.status_code == 422
    assert "Continue without adding it" in words(refused)
    assert 'value="Sell"' in refused.text

    version = Application.objects.values_list("version", flat=True).get(pk=application.pk)
    typed = activity(name="Sell together", onward="1", version=str(version))
    assert author.post(section, typed, headers=headers).headers[where] == to_budget
    assert application.activities.filter(name="Sell together").exists()


def test_going_on_from_an_untouched_cost_adds_nothing(application):
    before = application.lines.count()
    untouched = {"category": "", "description": "", "quantity": "1", "unit_cost": "", "programme_share": ""}
    answer = send(application, "application_section", "budget", **untouched, onward="1")
    assert answer.headers["Location"] == address(application, "application_section", "institutions")
    assert application.lines.count() == before


def test_what_fails_stands_first_among_the_rules_of_a_section(application):
    application.activities.update(deliverable="")
    text = page(application, "application_section", "plan").text.partition('id="rules"')[2]
    assert 0 < text.index("Does not meet it") < text.index("Meets it")
    everything = page(application, "application_rules").text
    assert everything.rindex("Does not meet it") < everything.index(">Meets it")


# --- Who is responsible ----------------------------------------------------------------------------


def test_a_firm_an_institution_the_coordinator_or_somebody_in_words_is_responsible(application):
    group = application.group
    firm = group.firms.first()
    body = Institution.objects.create(kind="ngo", name="Fundación Selva", province="AR-N", locality="Oberá")
    Partner.objects.create(group=group, institution=body, joined_on=NOON.date())
    for who, in_words, expected in (
        (f"firm:{firm.pk}", "Ana Paz", f"{firm.name} (Ana Paz)"),
        (f"institution:{body.pk}", "", "Fundación Selva"),
        ("coordinator", "", "The coordinator"),
        ("", "A teacher", "A teacher"),
    ):
        sent = activity(name=expected, who=who, responsible=in_words)
        assert send(application, "application_section", "plan", **sent).status_code == 302
        row = application.activities.get(name=expected)
        assert row.responsible_name == expected
    text = words(page(application, "application_section", "plan"))
    assert f"{firm.name} (Ana Paz)" in text
    assert send(application, "activity_edit", row.pk, **activity(who=f"firm:{firm.pk}")).status_code == 302
    row.refresh_from_db()
    assert (row.firm_id, row.responsible, row.coordinator) == (firm.pk, "", False)


@pytest.mark.parametrize(
    "who", ["firm:0", "firm:x", "firm:", "institution:²", "robot", "firm:99999999999999999999"]
)
def test_nobody_else_can_be_chosen(application, who):
    other = make_group(name="Another").firms.first()
    for wrong in (who, f"firm:{other.pk}", f"institution:{other.pk}"):
        answer = send(application, "application_section", "plan", **activity(who=wrong))
        assert answer.status_code == 422
        assert "Select a valid choice" in words(answer)
    assert not application.activities.filter(name="Train").exists()


def test_who_has_left_stays_chosen_and_is_said_by_the_rules(application):
    row, firm = application.activities.first(), application.group.firms.first()
    Activity.objects.filter(pk=row.pk).update(firm=firm)
    application.group.memberships.filter(firm=firm).update(left_on=NOON.date())
    assert f'value="firm:{firm.pk}" selected' in page(application, "activity_edit", row.pk).text
    assert send(application, "activity_edit", row.pk, **activity(who=f"firm:{firm.pk}")).status_code == 302
    text = words(page(application, "application_section", "plan"))
    assert "does not belong to the group any more: Train" in text


def test_what_looks_odd_is_said_and_stops_nothing(application):
    application.activities.update(first_month=11, last_month=12)
    text = words(page(application, "application_section", "plan"))
    assert "Nothing happens in months 1–10." in text
    assert "this stops nothing" in text
    assert submit(Application.objects.get(pk=application.pk)).status == "submitted"


def test_60_activities_stay_readable_and_200_are_refused(application):
    Activity.objects.bulk_create(
        Activity(application=application, name=f"A {n}", first_month=1, last_month=3, order=n)
        for n in range(60 - application.activities.count())
    )
    assert page(application, "application_section", "plan").text.count('<svg class="chart"') == 6
    Activity.objects.bulk_create(
        Activity(application=application, name=f"B {n}", first_month=1, last_month=3, order=n)
        for n in range(MOST_ROWS - 60)
    )
    answer = send(application, "application_section", "plan", **activity())
    assert answer.status_code == 409
    assert "There are 100 rows already." in words(answer)
    assert application.activities.count() == MOST_ROWS


# --- Costs -----------------------------------------------------------------------------------------


def test_a_cost_has_its_kind_and_its_firm(application):
    firm = application.group.firms.first()
    sent = cost(
        category="innovation:design", firm=str(firm.pk), activity=str(application.activities.first().pk)
    )
    assert send(application, "application_section", "budget", **sent).status_code == 302
    row = application.lines.get(description="Tests")
    assert (row.category, row.kind, row.firm, row.programme_share) == (
        "innovation",
        "design",
        firm,
        Decimal(700),
    )
    text = words(page(application, "application_section", "budget"))
    assert f"Design · for {firm}" in text
    sent = cost(category="innovation:other", other_kind="A mould")
    assert send(application, "budget_line_edit", row.pk, **sent).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.other_kind, row.firm, row.activity) == ("other", "A mould", None, None)
    assert send(application, "budget_line_edit", row.pk, **cost(other_kind="Left over")).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.other_kind) == ("", "")


@pytest.mark.parametrize("category", ["innovation:salary", "coordination:salary", "innovation:", "nothing"])
def test_a_kind_belongs_to_its_category_and_that_to_the_call(application, category):
    answer = send(application, "application_section", "budget", **cost(category=category))
    assert answer.status_code == 422
    assert not application.lines.filter(description="Tests").exists()


def test_a_firm_of_another_group_is_none_of_ours(application):
    other = make_group(name="Another").firms.first()
    answer = send(application, "application_section", "budget", **cost(firm=str(other.pk)))
    assert answer.status_code == 422
    assert "Select a valid choice" in words(answer)


def test_totals_by_firm_and_by_month_stand_below_the_costs(application):
    text = words(page(application, "application_section", "budget"))
    assert "By firm: its own costs, and its even part of the group's" in text
    # 3 million for five firms; 2.5 million of it in the first four months.
    assert "$ 600.000,00" in text
    assert "$ 625.000,00" in text


def test_two_who_change_one_cost_read_each_other_in_words(application):
    row, firm = application.lines.first(), application.group.firms.first()
    version = str(application.version)
    sent = cost(category="fixed_investment:machinery", firm=str(firm.pk))
    assert send(application, "budget_line_edit", row.pk, **sent).status_code == 302
    answer = send(application, "budget_line_edit", row.pk, **cost(unit_cost="600"), version=version)
    assert answer.status_code == 409
    text = words(answer)
    for part in (
        "Fixed investment: Machinery",
        "Innovation",
        firm.name,
        "The whole group",
        "500,00",
        "600,00",
    ):
        assert part in text, part


# --- Quotes ----------------------------------------------------------------------------------------


def test_a_quote_is_added_with_its_file_read_and_taken_out(application):
    line = application.lines.first()
    sent = {
        "supplier": "Hornos SA",
        "amount": "3.900.000,50",
        "valid_until": "2026-06-30",
        "file": a_pdf("q.pdf"),
    }
    assert send(application, "quote_add", line.pk, **sent).status_code == 302
    quote = BudgetQuote.objects.get()
    assert (quote.line, quote.supplier, quote.amount) == (line, "Hornos SA", Decimal("3900000.50"))
    shown = page(application, "budget_line_edit", line.pk)
    assert "Hornos SA: $ 3.900.000,50 Valid until 30/06/2026 q.pdf" in words(shown)
    assert reverse("document", args=[quote.document_id]) in shown.text
    event = Event.objects.filter(case=application.case).last()
    assert (event.data["section"], event.data["documents"]) == ("budget", [quote.document_id])
    assert send(application, "quote_delete", line.pk, quote.pk).status_code == 302
    assert not BudgetQuote.objects.exists()


def test_the_budget_shows_the_quotes_to_those_who_only_read_and_which_of_them_have_expired(
    application, viewer
):
    give_place(application.group, viewer, Role.VIEWER)
    good = make_quote(application, valid_until=dt.date(2026, 3, 10))
    make_quote(application, supplier="Late SA", valid_until=dt.date(2026, 3, 9))
    shown = page(application, "application_section", "budget", by=viewer)
    assert "Quote: Hornos SA, $ 3.900.000,00 Quote: Late SA, $ 3.900.000,00 (not valid any more)" in words(
        shown
    )
    assert browser(viewer).get(reverse("document", args=[good.document_id])).status_code == 200
    line = page(application, "budget_line_edit", good.line_id)
    assert words(line).count("It has expired, and does not count.") == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("supplier", "", "Fill in “Supplier”."),
        ("amount", "0", "The amount must be at least"),
        ("amount", "much", "Write an amount in pesos"),
        ("valid_until", "31/02/2027", "Write a day that exists"),
        ("file", "", "Choose a file first."),
        ("file", SimpleUploadedFile("q.exe", PDF), "Files of this type are not accepted."),
    ],
)
def test_a_bad_quote_is_said_and_nothing_typed_is_lost(application, field, value, sentence):
    line = application.lines.first()
    sent = {"supplier": "Hornos SA", "amount": "10", "valid_until": "", "file": a_pdf(), field: value}
    answer = send(application, "quote_add", line.pk, **sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert field == "supplier" or 'value="Hornos SA"' in answer.text
    assert not BudgetQuote.objects.exists()


def test_quotes_of_another_cost_or_application_are_404(application):
    other = application_at("draft", group=make_group(name="Another"), call=make_call())
    quote, (first, second) = make_quote(application), application.lines.all()
    assert send(application, "quote_delete", second.pk, quote.pk).status_code == 404
    assert send(application, "quote_add", other.lines.first().pk).status_code == 404
    assert send(other, "quote_delete", first.pk, quote.pk).status_code == 404
    assert BudgetQuote.objects.filter(pk=quote.pk).exists()


def test_after_sending_no_quote_comes_or_goes(application):
    quote = make_quote(application)
    submit(application)
    line = quote.line_id
    sent = {"supplier": "Late SA", "amount": "10", "file": a_pdf()}
    assert send(application, "quote_add", line, **sent).status_code == 409
    assert send(application, "quote_delete", line, quote.pk).status_code == 409
    assert BudgetQuote.objects.get() == quote


# --- Advice ----------------------------------------------------------------------------------------


def too_much(application) -> BudgetLine:
    """The first cost asks for 200.000 more than 70 %."""
    line = application.lines.first()
    BudgetLine.objects.filter(pk=line.pk).update(programme_share=3000000)
    return line


def test_advice_stands_beside_the_rule_and_is_done_in_one_step(application):
    line = too_much(application)
    sentence = "share of “Drying kiln” by $ 200.000,00, to $ 2.800.000,00."
    url = address(application, "budget_advice", "share_of_lines")
    for name, args in (
        ("application_section", ["budget"]), ("application_rules", []), ("application_check", [])
    ):  # fmt: skip
        shown = page(application, name, *args)
        assert sentence in words(shown), name
        assert f'action="{url}' in shown.text, name
    answer = send(application, "budget_advice", "share_of_lines")
    assert answer.url == address(application, "application_section", "budget")
    line.refresh_from_db()
    assert line.programme_share == 2800000
    again = send(application, "budget_advice", "share_of_lines")
    assert again.status_code == 409
    assert "nothing to lower" in words(again)


def test_advice_goes_back_to_the_check_and_needs_the_page_of_now(application):
    line = too_much(application)
    version = application.version
    client = browser(application.group.representative)
    url = address(application, "budget_advice", "share_of_lines", back="check")
    assert send(application, "application_section", "budget", **cost()).status_code == 302
    assert client.post(url, {"version": str(version)}).status_code == 409
    line.refresh_from_db()
    assert line.programme_share == 3000000
    answer = client.post(url, {"version": str(version + 1), "shares": "{}", "programme_share": "0"})
    assert answer.url == address(application, "application_check")
    line.refresh_from_db()
    assert line.programme_share == 2800000


@pytest.mark.parametrize("rule", ["costs", "enough_smes", "no-such-rule"])
def test_a_rule_without_advice_is_404(application, rule):
    assert send(application, "budget_advice", rule).status_code == 404


def test_who_only_reads_sees_the_advice_without_a_button(application):
    too_much(application)
    shown = page(application, "application_section", "budget", by=OFFICE.officer)
    assert "This would be enough:" in words(shown)
    assert "budget_advice" not in shown.text
    assert address(application, "budget_advice", "share_of_lines") not in shown.text


# --- You receive, you put in, when -----------------------------------------------------------------


def test_one_page_says_what_comes_and_what_goes_and_when(application):
    firm, other = application.group.memberships.all()[:2]
    for place, amount in ((firm, "100000.00"), (other, "400000.00")):
        FirmConfirmation.objects.create(
            membership=place, way="email", person_name="Ana Paz", person_position="Owner", contribution="Wood",
            contribution_amount=amount, firm_version=place.firm.version, confirmed_at=NOON, belongs=True,
        )  # fmt: skip
    for name, args in (("application_section", ["budget"]), ("application_check", [])):
        assert address(application, "application_money") in page(application, name, *args).text
    text = words(page(application, "application_money"))
    for part in (
        "at the start 40 % $ 1.200.000,00",
        "after month 3, once report 1 is accepted 60 % $ 1.800.000,00",
        # 2 million for five firms.
        f"{firm.firm.name} $ 400.000,00 $ 100.000,00 $ 300.000,00 less Wood",
        f"{other.firm.name} $ 400.000,00 $ 400.000,00 Wood",
        "Somebody has to pay in advance",
    ):
        assert part in text, part
    application.lines.all().delete()
    assert "The budget has no cost yet." in words(page(application, "application_money"))


def test_the_money_page_of_a_submission_reads_what_was_frozen(application):
    submit(application)
    application.group.memberships.all().delete()
    assert "$ 400.000,00" in words(page(application, "application_money"))


# --- What saving costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 30])
def test_saving_a_row_asks_few_questions(application, rows):
    firm, first, line = (
        application.group.firms.first(),
        application.activities.first(),
        application.lines.first(),
    )
    Activity.objects.bulk_create(
        Activity(application=application, name=f"A {n}", first_month=1, last_month=2, order=n)
        for n in range(rows)
    )
    client = browser(application.group.representative)
    in_plan = activity(who=f"firm:{firm.pk}", responsible="Ana")
    in_budget = cost(firm=str(firm.pk), activity=str(first.pk))
    for name, args, data in (
        ("application_section", ["plan"], in_plan),
        ("activity_edit", [first.pk], in_plan),
        ("application_section", ["budget"], in_budget),
        ("budget_line_edit", [line.pk], in_budget),
    ):
        application.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address(application, name, *args), {**data, "version": application.version})
        assert answer.status_code == 302, name
        asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        # Session, user and roles are those of every page; the rest is the row's.
        assert len(asked) - 3 <= 12, name


def test_the_only_row_of_a_category_has_nothing_to_be_ordered(application):
    kept = application.lines.first()
    application.lines.exclude(pk=kept.pk).delete()
    assert '<td data-label="Order"></td>' in page(application, "application_section", "budget").text
