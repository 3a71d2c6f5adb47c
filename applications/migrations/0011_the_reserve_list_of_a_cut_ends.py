"""The reserve list of a dated cut ends on its own, once (PROGRAMME 12)."""

import django.db.models.deletion
from django.db import migrations, models

STANDS = """
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_reserveend
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_a_state_has_begun")]
    operations = [
        migrations.CreateModel(
            name="ReserveEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "cut",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reserve_end",
                        to="applications.callcut",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(STANDS, "DROP TRIGGER never_changes ON applications_reserveend;"),
    ]
