"""What firms do, by the classifier of economic activities, and the ceilings of people employed: groups/data/."""

import csv
import datetime as dt
from pathlib import Path

from django.db import migrations, models

DATA = Path(__file__).resolve().parent.parent / "data"
BRANCHES = [
    ("agriculture", "Agriculture"),
    ("industry_mining", "Industry and mining"),
    ("commerce", "Commerce"),
    ("services", "Services"),
    ("construction", "Construction"),
]
SIZES = [("micro", "Micro"), ("small", "Small"), ("medium", "Medium"), ("medium_1", "Medium 1"), ("medium_2", "Medium 2")]


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    apps.get_model("groups", "EconomicActivity").objects.bulk_create(
        apps.get_model("groups", "EconomicActivity")(**{**row, "people_decide": bool(row["people_decide"])})
        for row in rows("activities.csv")
    )
    apps.get_model("groups", "HeadcountCeiling").objects.bulk_create(
        apps.get_model("groups", "HeadcountCeiling")(
            valid_from=dt.date(int(row["year"]), 1, 1),
            norm=row["norm"],
            branch=row["branch"],
            size=row["size"],
            people=row["people"],
        )
        for row in rows("sme_headcounts.csv")
    )


class Migration(migrations.Migration):

    dependencies = [("groups", "0002_reference_data")]

    operations = [
        migrations.CreateModel(
            name="EconomicActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=6, unique=True)),
                ("name_en", models.CharField(max_length=120)),
                ("name_es", models.CharField(max_length=120)),
                ("branch", models.CharField(choices=BRANCHES, max_length=20, verbose_name="Branch")),
                (
                    "people_decide",
                    models.BooleanField(default=False, verbose_name="People employed decide its size, not sales"),
                ),
            ],
            options={"ordering": ["code"]},
        ),
        migrations.CreateModel(
            name="HeadcountCeiling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("provisional", models.BooleanField(default=True)),
                ("norm", models.CharField(max_length=120)),
                ("branch", models.CharField(choices=BRANCHES, max_length=20)),
                ("size", models.CharField(choices=SIZES, max_length=10)),
                ("people", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("valid_from", "branch", "size"), name="one_headcount_per_day"),
                    models.CheckConstraint(condition=models.Q(("people__gt", 0)), name="headcount_positive"),
                ]
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.AddField(
            model_name="firm",
            name="activity",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="firms",
                to="groups.economicactivity",
                verbose_name="What it does",
            ),
        ),
    ]
