"""The pool of experts: what each knows and takes on, and one tie that keeps somebody from a case that waits for reviewers."""

import datetime as dt

from django.db import transaction

from applications.experts import declare_tie, save_profile
from applications.models import Application
from core import dates
from groups.models import Sector
from groups.provinces import Province
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
# Who knows which sectors (their English names) and provinces, takes on how many reviews at once, and what else is said.
KNOWN: dict[str, tuple[tuple[str, ...], tuple[Province, ...], int, str]] = {
    "reviewer1": (
        ("Wood and furniture", "Metal-mechanic"),
        (Province.MISIONES, Province.CORRIENTES, Province.CHACO),
        8,
        "Ingeniera forestal. No evalúa en enero.",
    ),
    "reviewer2": (
        ("Software and information services", "Tourism"),
        (Province.CORDOBA, Province.MENDOZA),
        6,
        "",
    ),
    "reviewer3": (
        ("Tourism", "Textile"),
        (Province.SALTA, Province.JUJUY, Province.TUCUMAN),
        3,
        "Prefiere proyectos con capacitación.",
    ),
    "reviewer4": (
        ("Metal-mechanic", "Wood and furniture"),
        (Province.SANTA_FE, Province.BUENOS_AIRES),
        4,
        "",
    ),
    # She takes on none until she is back.
    "reviewer5": (("Textile",), (Province.CATAMARCA, Province.LA_RIOJA), 0, "De licencia hasta marzo."),
}


@transaction.atomic
def introduce(cast: Cast, today: dt.date) -> None:
    """Profiles, and the tie of one of them to a firm whose group waits for its reviewers."""
    now = dates.at_noon(today - 2 * DAY)
    sectors = {sector.name_en: sector for sector in Sector.objects.all()}
    for name, (known, provinces, most_open, note) in KNOWN.items():
        save_profile(
            by=cast[name],
            person=cast[name],
            sectors=[sectors[each] for each in known],
            provinces=[province.value for province in provinces],
            most_open=most_open,
            note=note,
            version=None,
            now=now,
        )
    waits = Application.objects.real().in_state("submitted").order_by("pk").first()
    if waits is not None:
        member = waits.group.memberships.current().order_by("pk").first()
        declare_tie(by=cast["reviewer4"], kind="advises", firm=member.firm, now=now)
