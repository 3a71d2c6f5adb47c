"""The programme's sectors and the norms' ceilings, from groups/data/.

The year of each norm is sure, its first day in force is not: 1 January of that year stands for it, marked provisional
until an admin confirms the day.
"""

import csv
import datetime as dt
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    Sector = apps.get_model("groups", "Sector")
    SizeCeiling = apps.get_model("groups", "SizeCeiling")
    Sector.objects.bulk_create(Sector(order=order, **row) for order, row in enumerate(rows("sectors.csv"), 1))
    SizeCeiling.objects.bulk_create(
        SizeCeiling(
            valid_from=dt.date(int(row["year"]), 1, 1),
            provisional=True,
            norm=row["norm"],
            branch=row["branch"],
            size=row["size"],
            yearly_sales=row["yearly_sales_ars"],
        )
        for row in rows("sme_ceilings.csv")
    )


def unload(apps, schema_editor):
    apps.get_model("groups", "SizeCeiling").objects.all().delete()
    apps.get_model("groups", "Sector").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("groups", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
