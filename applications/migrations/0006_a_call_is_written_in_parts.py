"""A draft of a call may lack its amounts. The cuts that a call has set stand once it has applications; further ones are
added."""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER rule_stands BEFORE UPDATE OR DELETE ON applications_callcut
    FOR EACH ROW EXECUTE FUNCTION applications_rule_of_call_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_coordinator_is_responsible")]
    operations = [
        migrations.RemoveConstraint(model_name="call", name="call_money"),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=models.Q(envelope__gte=0, max_per_project__gte=0)
                & (models.Q(status="draft") | models.Q(max_per_project__gt=0)),
                name="call_money",
            ),
        ),
        migrations.RunSQL(FORWARD, "DROP TRIGGER rule_stands ON applications_callcut;"),
    ]
