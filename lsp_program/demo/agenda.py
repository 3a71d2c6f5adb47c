"""Stories of one project told side by side, in the order of their days: its history then reads as it happened."""

import datetime as dt
import heapq
import itertools
from collections.abc import Iterator
from typing import Any

# Yields the day of its next step before it takes it; or another story, which goes on beside it from then on.
Story = Iterator[Any]


def tell(*stories: Story) -> None:
    """All of them to their ends."""
    waiting: list[tuple[dt.date, int, Story]] = []
    turn = itertools.count()

    def go_on(story: Story, today: dt.date) -> None:
        while (said := next(story, None)) is not None:
            if isinstance(said, dt.date):
                heapq.heappush(waiting, (max(said, today), next(turn), story))
                return
            go_on(said, today)

    for story in stories:
        go_on(story, dt.date.min)
    while waiting:
        day, _turn, story = heapq.heappop(waiting)
        go_on(story, day)
