"""A project of a call with an update clause stands for the modules that ask for it."""

import pytest

from tests import standing
from tests.grants.prices.rows import clause_stands

__all__ = ["clause_stands"]


@pytest.fixture
def project(clause_stands):
    return standing.again(clause_stands)
