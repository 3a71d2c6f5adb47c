"""Two people in one section at once: only a field that both of them changed is a conflict.

A form carries a digest of each value that it was opened with (core.conflict). Under the lock, what somebody typed is told
from what they left as it was by their own digest, and what somebody else saved meanwhile by the value of now. Nothing here
reads the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.conflict import digest, plain
from core.workflow import StaleObject


class BothWrote(StaleObject):
    """Somebody else saved another value of a field that this person changed: `saved` is what stands there now."""

    def __init__(self, merge: "Merge"):
        super().__init__()
        self.merge = merge


@dataclass
class Merge:
    """What comes of one save, by the name of the field: values to write; what somebody else wrote, left as it is; what
    both wrote, as it is saved now."""

    write: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    both: dict[str, str] = field(default_factory=dict)


def merge(
    saved: Mapping[str, str], typed: Mapping[str, str], was: Mapping[str, str], *, same_version: bool
) -> Merge:
    """Compare what is saved now with what was typed, field by field. `same_version`: nobody saved anything since the
    page was opened, which decides for a field of which the form carried nothing."""
    found = Merge()
    for name, mine in typed.items():
        theirs = saved.get(name, "")
        if plain(mine) == plain(theirs):
            continue
        if name not in was:
            (found.write if same_version else found.both)[name] = mine if same_version else theirs
        elif was[name] == digest(mine):
            found.kept[name] = theirs
        elif was[name] == digest(theirs):
            found.write[name] = mine
        else:
            found.both[name] = theirs
    return found
