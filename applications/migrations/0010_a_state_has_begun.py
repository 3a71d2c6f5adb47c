"""Every application says since when it is in its state: 0009 filled the column."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_the_database_finds")]
    operations = [
        migrations.AlterField("application", "state_since", models.DateTimeField()),
    ]
