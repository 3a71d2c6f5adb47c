"""Which project is where and in what: 106 pairs of a province and a sector that keep both published margins."""

import csv
import random
from pathlib import Path

from groups.provinces import Province

DATA = Path(__file__).parent / "data"

# Where a sector is at home, by the letter of the province. It only makes the world plausible; the margins hold anyway.
AT_HOME = {
    "Agribusiness and primary sector": "BSXEMRLTAKHGWQNYU",
    "Handicrafts and design": "YAKGHNQ",
    "Cultural industries": "BXS",
    "Wood and furniture": "NEWS",
    "Metal-mechanic": "BSXM",
    "Mining": "JKY",
    "Software and information services": "BSXMTR",
    "Textile": "BSK",
    "Tourism": "YAMRQUNEX",
}


def published(name: str) -> list[str]:
    """One entry per project, in the order of a published table: `projects_by_province`, `projects_by_sector`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [label for label, number in list(csv.reader(lines))[1:] for _ in range(int(number))]


def pairs() -> list[tuple[Province, str]]:
    """(province, English name of the sector) for each project.

    Swapping the sectors of two projects keeps both margins; swaps that bring more projects home are taken.
    """
    draw = random.Random("lsp")  # noqa: S311  (a world to look at, not a secret)
    by_name = {province.label: province for province in Province}
    provinces = [by_name[name] for name in published("projects_by_province")]
    sectors = published("projects_by_sector")
    draw.shuffle(sectors)

    def home(at: int, sector: str) -> bool:
        return provinces[at].value[-1] in AT_HOME[sector]

    for _ in range(20_000):
        one, other = draw.sample(range(len(sectors)), 2)
        now = home(one, sectors[one]) + home(other, sectors[other])
        if home(one, sectors[other]) + home(other, sectors[one]) > now:
            sectors[one], sectors[other] = sectors[other], sectors[one]
    found = list(zip(provinces, sectors, strict=True))
    draw.shuffle(found)
    return found
