"""The letters about expenses: each is written whole, in both languages, and links to the right page."""

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from core.models import Message
from tests.factories_applications import OFFICE
from tests.factories_expenses import judge, reporter, statement_at
from tests.factories_grants import finance, project_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "active_stands")]
LETTERS = ("statement_submitted", "statement_settled", "expense_queried", "expense_answered")
CONTEXT = {
    "title": "Muebles & Cía <b>", "group": "Los O'Neil", "url": f"{settings.SITE_URL}/statements/7/", "number": 2,
    "expenses": 3, "programme": "$ 60.000,00", "rejected": 1, "expense": "A “kiln”", "remark": "Which firm's?",
    "answer": "All of them & more.",
}  # fmt: skip


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_letter_says_its_link_and_leaves_no_hole(name, language):
    with translation.override(language):
        subject, text, page = (
            render_to_string(f"emails/{name}{end}", CONTEXT) for end in (".subject.txt", ".txt", ".html")
        )
    assert subject.strip()
    assert CONTEXT["url"] in text
    assert CONTEXT["url"] in page
    assert "&amp;" not in text
    assert "<b>" not in page


def written(template: str) -> set[str]:
    return {each.recipient.email for each in Message.objects.filter(template=template)}


def test_each_goes_to_whom_it_concerns_once():
    project = project_at("active")
    finance()
    statement = statement_at("submitted", project)
    checkers = {finance().email, OFFICE.officer.email}
    group = {reporter(project).email, project.group.representative.email}
    assert written("statement_submitted") == checkers
    expense = statement.expenses.get()
    judge(expense, "query", remark="Which firm?")
    assert written("expense_queried") == group
    judge(expense, "answer", answer="All of them.")
    assert written("expense_answered") == checkers
    judge(expense, "verify")
    assert written("statement_settled") == group
