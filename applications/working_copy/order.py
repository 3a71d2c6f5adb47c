"""The order of the rows of a working copy that came back: it is that of its sheet, where a person moved rows in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from applications.working_copy.tables import CopyTable

# What a person chooses where somebody else changed the same.
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class NewRow:
    """A row that will be there once its table is saved: its row of the sheet."""

    number: int


Place = int | NewRow


@dataclass(frozen=True)
class Order:
    """The rows of a table as they would stand: saved ones by their ids, and new ones. `titles` says it in words."""

    table: CopyTable
    places: list[Place]
    titles: list[str]
    # Whether saved rows were moved; the new ones stand where the sheet has them.
    moves: bool
    # Set when somebody else moved rows too: the name of the field, and what was chosen ("" for nothing yet).
    choice: str = ""
    chosen: str = ""

    @property
    def is_written(self) -> bool:
        """Whether saved rows are to change places."""
        return self.moves and self.chosen != THEIRS


def order_of(
    table: CopyTable,
    taken: Iterable[int],
    now: Mapping[int, Mapping[str, str]],
    lines: Iterable[tuple[int, Mapping[str, str], int | None]],
    *,
    added: set[int],
    answer: Callable[[str], str],
) -> Order:
    """How the rows of a table would stand. `taken`, `now`: the saved rows in their order, when the copy was taken and now
    (those that stay); `lines`: the rows of the sheet, of which the new ones in `added` are saved."""
    sheet: list[Place] = []
    titles: dict[Place, str] = {pk: texts[table.title] for pk, texts in now.items()}
    for number, cells, pk in lines:
        place = pk if pk is not None and pk in now else NewRow(number)
        if place == pk or number in added:
            sheet.append(place)
            titles[place] = cells[table.title]
    moves = is_moved(taken, now, [place for place in sheet if not isinstance(place, NewRow)])
    choice = f"choose-{table.code}-order" if moves and is_moved_by_others(taken, now) else ""
    chosen = answer(choice) if choice else ""
    found = places(now, sheet, moves=moves and chosen != THEIRS)
    return Order(table, found, [titles[place] for place in found], moves, choice, chosen)


def is_moved(taken: Iterable[int], now: Iterable[int], sheet: Sequence[int]) -> bool:
    """Whether the sheet has the rows in another order than it was taken with, and than they have now."""
    both = set(sheet)
    return list(sheet) not in (_only(taken, both), _only(now, both))


def is_moved_by_others(taken: Iterable[int], now: Iterable[int]) -> bool:
    """Whether the rows that stayed have changed places since the copy was taken."""
    both = set(taken) & set(now)
    return _only(taken, both) != _only(now, both)


def _only(rows: Iterable[int], wanted: set[int]) -> list[int]:
    return [row for row in rows if row in wanted]


def places(now: Iterable[int], sheet: Iterable[Place], *, moves: bool) -> list[Place]:
    """All rows in the order that they would have. Rows of others, which the sheet does not know, keep their places; a
    new row stands before the saved one that follows it in the sheet, or at the end."""
    sheet = list(sheet)
    saved = [row for row in sheet if not isinstance(row, NewRow)]
    if moves:
        known, mine = set(saved), iter(saved)
        now = [next(mine) if row in known else row for row in now]
    before: dict[int, list[NewRow]] = {}
    waiting: list[NewRow] = []
    for row in sheet:
        if isinstance(row, NewRow):
            waiting.append(row)
        else:
            before[row], waiting = waiting, []
    found: list[Place] = []
    for row in now:
        found += [*before.get(row, []), row]
    return [*found, *waiting]
