"""What a coordinator's pages of a report weigh on a poor connection (PROGRAMME 12), in bytes as they travel, gzipped."""

import gzip

import pytest
from django.conf import settings
from django.urls import reverse

from core.dates import at_noon
from reports.models import ProgressReport
from tests.factories_ledgers import with_ledgers
from tests.factories_reports import make_project, report_at
from tests.grants.expenses.rows import expense_row, statement_row

pytestmark = pytest.mark.django_db

# A page alone; and all that a first visit fetches: page, styles, type and scripts, of which later pages keep the latter.
MOST_OF_A_PAGE = 9_000
MOST_AT_FIRST = 106_000


def weight(data: bytes) -> int:
    return len(gzip.compress(data))


@pytest.fixture
def report(time_machine) -> ProgressReport:
    """Being written, of a plan of thirty activities that all live in its period."""
    plan = tuple((f"Activity {number} of a long plan", 1, 12) for number in range(1, 31))
    report = report_at("draft", make_project(activities=plan))
    time_machine.move_to(at_noon(report.due_on), tick=False)
    with_ledgers(report)
    return report


def test_the_pages_of_a_report_stay_small(report, signed_in):
    client, project = signed_in(report.group.representative), report.project
    statement = statement_row(project)
    expense_row(statement)
    activity = project.activities.first()
    pages = {
        "/": [],
        "report_edit": [report.pk],
        "report_activity": [report.pk, activity.pk],
        "report_outcome_add": [report.pk],
        "report_check": [report.pk],
        "report_detail": [report.pk],
        "report_parts": [report.pk],
        "notebook": [project.pk],
        "notebook_add": [project.pk, "photo"],
        "project_detail": [project.pk],
        "project_statements": [project.pk],
        "statement_detail": [statement.pk],
        "expense_add": [statement.pk, "voucher"],
    }
    weights = {}
    for name, args in pages.items():
        answer = client.get(reverse(name, args=args) if args else name)
        assert answer.status_code == 200, name
        weights[name] = weight(answer.content)
    assert {name: grams for name, grams in weights.items() if grams > MOST_OF_A_PAGE} == {}
    assert max(weights.values()) + sum(map(weight, static_files())) < MOST_AT_FIRST


def static_files() -> list[bytes]:
    """What a page of a form with files loads. The type is compressed in itself."""
    ours, theirs = settings.BASE_DIR / "static", settings.BASE_DIR / "node_modules"
    return [
        *(path.read_bytes() for path in ours.glob("*.js")),
        (ours / "theme.css").read_bytes(),
        (ours / "favicon.svg").read_bytes(),
        (theirs / "htmx.org/dist/htmx.min.js").read_bytes(),
        (theirs / "bootstrap/dist/css/bootstrap.min.css").read_bytes(),
        (theirs / "@fontsource-variable/encode-sans/files/encode-sans-latin-wght-normal.woff2").read_bytes(),
    ]
