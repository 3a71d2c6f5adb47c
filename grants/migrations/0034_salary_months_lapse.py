"""A month of the salary that was earned, and that nobody handed in after the project's end, says since when it has lapsed."""

from django.db import migrations, models
from django.db.models import Q

FILL = """
UPDATE grants_salarymonth month SET lapsed_on = (event.at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date
FROM core_event event
WHERE month.status = 'void' AND event.object_kind = 'salarymonth' AND event.object_id = month.id
  AND event.action = 'salarymonth.lapse'
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0006_states_by_day"), ("grants", "0033_resolutions_of_updates")]
    operations = [
        migrations.AddField("salarymonth", "lapsed_on", models.DateField(null=True, blank=True)),
        migrations.AddConstraint(
            "salarymonth",
            models.CheckConstraint(
                condition=Q(lapsed_on=None) | Q(status="void"), name="salary_lapsed_is_void"
            ),
        ),
        # Last: a table with rows just written is not altered.
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
