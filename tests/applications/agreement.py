"""What the tests of a meeting of reviewers share: a call that asks for one, reviews that lie too far apart, the record."""

from typing import Any

from applications import agreeing
from applications.models import Application, Call, Consensus
from tests.applications.decision_pages import all_reviewed
from tests.clock import NOON
from tests.factories_applications import OFFICE, make_call


def meeting_call(**fields: Any) -> Call:
    """A call whose reviewers meet when they lie more than 20 points apart."""
    return make_call(max_spread=20, spread_asks=Call.Spread.CONSENSUS, **fields)


def apart(scores=(10, 6), *, call: Call | None = None, **how: Any) -> Application:
    """In review, with reviews that lie too far apart."""
    return all_reviewed(scores, call=call or meeting_call(), **how)


def agree(application: Application, by=None, **changes: Any) -> Consensus:
    """Recorded as an officer would: both were there, 7 everywhere."""
    said = {
        "held_on": NOON.date(),
        "present": [person.pk for person in OFFICE.reviewers],
        "scores": {criterion.pk: 7 for criterion in application.call.criteria.all()},
        "text": "The plan is sound, the learning less so.",
        "version": application.version,
        "now": NOON,
        **changes,
    }
    return agreeing.record_consensus(by=by or OFFICE.officer, application=application, **said)
