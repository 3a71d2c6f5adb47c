"""What snapshots hold as codes and ISO days (applications.snapshot), as people read it. For everybody who shows one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import bilingual, dates
from groups.provinces import Province

Row = Mapping[str, Any]


def day(iso: str) -> str:
    """`24/11/2026`, of a day; of a moment, the day that it was in Buenos Aires."""
    found = dates.day_of(dt.datetime.fromisoformat(iso)) if "T" in iso else dt.date.fromisoformat(iso)
    return f"{found:%d/%m/%Y}"


def place(row: Row) -> str:
    """`Oberá, Misiones`."""
    return f"{row['locality']}, {Province(row['province']).label}"


def in_language(row: Row, name: str) -> str:
    """A text that was frozen in both languages; "" for one that the snapshot does not have."""
    return str(row.get(f"{name}_{bilingual.language()}") or "")
