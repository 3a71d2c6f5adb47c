"""One line for a figure: what it is, how much, the goal, whether it is met, and on how many pairs it stands."""

import statistics
from collections.abc import Sequence

# Whether a figure fell short in this run: the command then ends with 1.
short: list[str] = []


def figure(
    name: str, value: float, *, goal: float, at_least: bool = False, pairs: int = 0, unit: str = ""
) -> None:
    """Print a figure. The goal is a highest value, or with `at_least` a lowest one."""
    met = value >= goal if at_least else value <= goal
    if not met:
        short.append(name)
    sign = "at least " if at_least else ""
    counted = f", {pairs} pairs" if pairs else ""
    print(
        f"{name}: {value:.3g}{unit} (goal {sign}{goal:g}{unit}) {'ok' if met else 'short'}{counted}",
        flush=True,
    )


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as long as theirs ours took, at the median."""
    return statistics.median(ours) / statistics.median(theirs)
