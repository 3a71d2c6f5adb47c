"""Groups of the demonstration: their firms with figures, their people."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from core import dates
from groups import actions
from groups.models import EconomicActivity, Group, Sector, SizeCeiling
from groups.provinces import Province
from lsp_program.demo import names

ABOUT = "Empresas de {town} que ya compran juntas y quieren producir y vender juntas."


@dataclass
class Maker:
    """Forms groups, each at the day that it is told."""

    draw: random.Random
    cuits: Iterator[str]
    sectors: dict[str, Sector]
    ceilings: list[SizeCeiling]
    activities: dict[str, EconomicActivity]
    used: set[str] = field(default_factory=set)

    @classmethod
    def ready(cls, draw: random.Random) -> "Maker":
        """A maker that knows the sectors by their English name."""
        sectors = {row.name_en: row for row in Sector.objects.all()}
        ceilings = list(SizeCeiling.objects.filter(size="small").order_by("valid_from"))
        activities = {row.code: row for row in EconomicActivity.objects.all()}
        return cls(draw, names.cuits(), sectors, ceilings, activities)

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
        group = actions.create_group(by=by, now=now, **self.group_fields(sector, province, town, day))
        for number in range(firms or self.size()):
            shown = smes is None or number < smes
            actions.add_firm(
                by=by,
                group=group,
                now=now,
                sales=self.sales(sector, day) if shown else {},
                **self.firm_fields(sector, province, town),
            )
        return group

    def join_from_afar(self, group: Group, *, by: User, on: dt.date, sector: str, province: Province) -> None:
        """One more firm of a group, of another sector and far away: an officer judges whether they are one system."""
        actions.add_firm(
            by=by,
            group=group,
            now=dates.at_noon(on),
            sales=self.sales(sector, on),
            **self.firm_fields(sector, province, self.draw.choice(names.TOWNS[province])),
        )

    def size(self) -> int:
        """How many firms a group has."""
        return self.draw.choice((5, 5, 6, 6, 7, 8, 9, 12))

    def group_fields(self, sector: str, province: Province, town: str, day: dt.date) -> dict[str, Any]:
        """What a group says of itself."""
        name = self._unused(lambda: names.group(self.draw, sector, town), town)
        return {
            "name": name,
            "value_chain": name.rsplit(" de ", 1)[0].lower(),
            "sector": self.sectors[sector],
            "province": province,
            "locality": town,
            "working_since": day - dt.timedelta(days=self.draw.randint(500, 2500)),
            "description": ABOUT.format(town=town),
        }

    def firm_fields(self, sector: str, province: Province, town: str) -> dict[str, Any]:
        """A firm, and its place in the chain."""
        facts = names.SECTORS[sector]
        cuit = next(self.cuits)
        return {
            "cuit": cuit,
            "name": self._unused(lambda: names.firm(self.draw, sector), town),
            "contact_email": f"firma.{cuit}@demo.example",
            "activity": self.activities[facts["activity"]],
            "sector": self.sectors[sector],
            "province": province,
            "locality": town,
            "people": self.draw.randint(2, 45),
            "place_in_chain": self.draw.choice(facts["chain"]).capitalize(),
        }

    def sales(self, sector: str, day: dt.date) -> dict[int, Decimal]:
        """Three closed years of a micro or small firm by the norm of that day."""
        branch = self.activities[names.SECTORS[sector]["activity"]].branch
        most = self._most(branch, day)
        share = Decimal(self.draw.randint(8, 90)) / 100
        return {
            day.year - back: (most * share * (100 - 6 * back) / 100).quantize(Decimal(1))
            for back in (1, 2, 3)
        }

    def _most(self, branch: str, day: dt.date) -> Decimal:
        """The highest sales of a small firm, by the norm in force on a day."""
        rows = [row for row in self.ceilings if row.branch == branch]
        past = [row for row in rows if row.valid_from <= day]
        return (past[-1] if past else rows[0]).yearly_sales

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
