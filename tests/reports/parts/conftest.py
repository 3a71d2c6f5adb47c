"""A report that is due, and who writes it, on the day after its period."""

import pytest

from reports.models import ProgressReport
from tests.factories_reports import report_at
from tests.reports.parts.rows import AFTER


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


@pytest.fixture
def report() -> ProgressReport:
    return report_at("due")


@pytest.fixture
def writer(report, signed_in):
    return signed_in(report.group.representative)
