"""Deciding where no test holds a transaction open, as on the site."""

import pytest

from tests.applications.decision_pages import decide, decision_of
from tests.factories_applications import (
    application_at,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("frozen")]


def test_the_letter_is_seen_where_no_test_holds_a_transaction_open():
    application = application_at("recommended")
    assert decide(application, step="check", **decision_of(application)).status_code == 200
    assert decide(application, **decision_of(application)).status_code == 302
