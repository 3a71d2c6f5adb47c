"""How one text became another, word by word. Nothing here reads the database."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, OUT, IN = "same", "out", "in"


@dataclass(frozen=True)
class Piece:
    """Some words of a text: as before, taken out, put in."""

    kind: str
    text: str


def by_word(before: str, after: str) -> list[Piece]:
    """How one text became the other, word by word. Without what was put in it is the first, without what was taken out
    the second."""
    old, new = _words(before), _words(after)
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            found.append(Piece(SAME, "".join(old[a:b])))
            continue
        found += [Piece(OUT, "".join(old[a:b]))] if b > a else []
        found += [Piece(IN, "".join(new[c:d]))] if d > c else []
    return found


def _words(text: str) -> list[str]:
    """The words, each with the space before it."""
    return re.findall(r"\s*\S+|\s+", text)
