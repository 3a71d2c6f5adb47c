"""Cells of a working copy that came back, as the page shows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CellChange:
    """One cell: before, after; and, when somebody else changed it meanwhile, the choice between the two."""

    name: str
    label: str
    address: str
    before: str
    after: str
    # Set on a conflict: the name of its field, and what was chosen ("" for nothing yet).
    choice: str = ""
    chosen: str = ""
    # Why it cannot be changed here, in a sentence.
    refused: str = ""


@dataclass(frozen=True)
class Bad:
    """A cell that cannot be saved as it is."""

    sheet: str
    address: str
    label: str
    text: str
    sentence: str
