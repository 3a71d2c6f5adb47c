"""The places that people hold in groups and projects, for the page of their own account. The apps that own them
register how to list them (in AppConfig.ready)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.roles import DESCRIPTIONS, Role


@dataclass(frozen=True)
class Place:
    """A role in something: `where` is its name, `url` its page."""

    role: Role
    where: str
    url: str = ""

    @property
    def label(self) -> str:
        return str(self.role.label)

    @property
    def description(self) -> str:
        return str(DESCRIPTIONS[self.role])


_providers: list[Callable[..., Iterable[Place]]] = []


def register(provider: Callable[..., Iterable[Place]]) -> None:
    """Add a way to list a person's places: provider(user) answers `Place`s."""
    _providers.append(provider)


def places_of(user) -> list[Place]:
    """Every place that a person holds now."""
    return [place for provider in _providers for place in provider(user)]
