"""Browsers for the journeys. `ALBUM=folder` in the environment keeps a picture of each page."""

import os
from pathlib import Path

import pytest

from tests.journeys.people import Album, Person


@pytest.fixture
def person(browser, site, request):
    """Makes people at browsers of their own: `person("rosa@lsp.example", width=320, language="es-AR")`."""
    folder = os.environ.get("ALBUM")
    album = Album(Path(folder) / request.node.name) if folder else None
    made: list[Person] = []

    def make(email: str = "", *, kind: type[Person] = Person, **how) -> Person:
        made.append(kind(browser, site, email, album=album, **how))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
