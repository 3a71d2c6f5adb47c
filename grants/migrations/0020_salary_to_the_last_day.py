"""What the coordinator earned until the project was terminated is paid after it (PROGRAMME 10); and a month that came back has
days anew to be handed in. Three functions of before change in the few places that stand here.
"""

from importlib import import_module

from django.db import migrations

versions = import_module("grants.migrations.0018_versions_of_the_plan")
DUE = versions.as_before("0002_the_database_refuses", "disbursement_is_due")
WITHIN = versions.as_before("0009_the_database_refuses_salaries", "salary_within_line")
MONTH = versions.as_before("0009_the_database_refuses_salaries", "salary_month_stays")

NEW_DUE = versions.changed(
    DUE,
    (
        """    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'ordered' THEN""",
        """    earned := tranche.kind = 'salary' AND project.status = 'terminated';
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'ordered' THEN""",
    ),
    ("    live numeric;\n", "    live numeric;\n    earned boolean;\n"),
    (
        "        IF project.status NOT IN ('active', 'closing') THEN",
        "        IF project.status NOT IN ('active', 'closing') AND NOT earned THEN",
    ),
    (
        "        IF project.status NOT IN ('active', 'closing')\n           AND NOT (project.status",
        "        IF project.status NOT IN ('active', 'closing') AND NOT earned\n           AND NOT (project.status",
    ),
)
NEW_WITHIN = versions.changed(
    WITHIN, ("NOT IN ('active', 'closing') OR line", "NOT IN ('active', 'closing', 'terminated') OR line")
)
NEW_MONTH = versions.changed(
    MONTH,
    ("ARRAY['status', 'version', 'remark', ", "ARRAY['status', 'version', 'remark', 'due_on', "),
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0019_what_was_seen_stays")]
    operations = [migrations.RunSQL(NEW_DUE + NEW_WITHIN + NEW_MONTH, DUE + WITHIN + MONTH)]
