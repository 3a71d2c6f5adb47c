"""Groups of the demonstration: their firms with figures, their people."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from core import dates
from groups import actions
from groups.models import Group, Sector, SizeCeiling
from groups.provinces import Province
from lsp_program.demo import names

ABOUT = "Empresas de {town} que ya compran juntas y quieren producir y vender juntas."


@dataclass
class Maker:
    """Forms groups, each at the day that it is told."""

    draw: random.Random
    cuits: Iterator[str]
    sectors: dict[str, Sector]
    used: set[str]

    @classmethod
    def ready(cls, draw: random.Random) -> "Maker":
        """A maker that knows the sectors by their English name."""
        return cls(draw, names.cuits(), {row.name_en: row for row in Sector.objects.all()}, set())

    def group(
        self,
        *,
        by: User,
        sector: str,
        province: Province,
        on: dt.date,
        firms: int | None = None,
        smes: int | None = None,
    ) -> Group:
        """A group of five to twelve firms, formed some days before `on`. `smes` leaves the others without figures."""
        town = self.draw.choice(names.TOWNS[province])
        day = on - dt.timedelta(days=self.draw.randint(20, 45))
        now = dates.at_noon(day)
        name = self._unused(lambda: names.group(self.draw, sector, town), town)
        group = actions.create_group(
            by=by,
            now=now,
            name=name,
            value_chain=name.rsplit(" de ", 1)[0].lower(),
            sector=self.sectors[sector],
            province=province,
            locality=town,
            working_since=day - dt.timedelta(days=self.draw.randint(500, 2500)),
            description=ABOUT.format(town=town),
        )
        count = firms or self.draw.choice((5, 5, 6, 6, 7, 8, 9, 12))
        for number in range(count):
            shown = smes is None or number < smes
            actions.add_firm(by=by, group=group, now=now, sales=self._sales(sector, day) if shown else {},
                             **self._firm(sector, province, town))  # fmt: skip
        return group

    def _firm(self, sector: str, province: Province, town: str) -> dict[str, Any]:
        facts = names.SECTORS[sector]
        return {
            "cuit": next(self.cuits),
            "name": self._unused(lambda: names.firm(self.draw, sector), town),
            "branch": facts["branch"],
            "sector": self.sectors[sector],
            "province": province,
            "locality": town,
            "people": self.draw.randint(2, 45),
            "place_in_chain": self.draw.choice(facts["chain"]).capitalize(),
        }

    def _sales(self, sector: str, day: dt.date) -> dict[int, Decimal]:
        """Three closed years of a micro or small firm by the norm of that day."""
        branch = names.SECTORS[sector]["branch"]
        rows = SizeCeiling.objects.filter(branch=branch, size="small")
        row = rows.filter(valid_from__lte=day).order_by("-valid_from").first() or rows.earliest("valid_from")
        share = Decimal(self.draw.randint(8, 90)) / 100
        return {
            day.year - back: (row.yearly_sales * share * (100 - 6 * back) / 100).quantize(Decimal(1))
            for back in (1, 2, 3)
        }

    def _unused(self, draw_name: Any, town: str) -> str:
        """A name that nobody has yet."""
        for _ in range(30):
            name = draw_name()
            if name not in self.used:
                break
        else:
            name = f"{draw_name()} ({town} {len(self.used)})"
        self.used.add(name)
        return name
