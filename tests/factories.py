"""Rows that more than one app's tests need. What belongs to one app stands in tests/factories_<app>.py."""

from core import timeline
from core.models import Case
from tests.clock import LONG_BEFORE


def make_case(kind: str = Case.Kind.GROUP, title: str = "Muebles del Norte") -> Case:
    """A case with an empty timeline."""
    return timeline.open_case(kind, title, now=LONG_BEFORE)
