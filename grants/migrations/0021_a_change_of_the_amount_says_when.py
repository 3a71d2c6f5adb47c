"""The ledger's entry of a changed amount has the moment and the ground of the envelope's: so it leads to its event."""

from importlib import import_module

from django.db import migrations

versions = import_module("grants.migrations.0018_versions_of_the_plan")
TEXT = import_module("grants.migrations.0011_the_ledger_adds_up").ENTRIES
START = TEXT.index("CREATE FUNCTION grants_ledger_of_project()")
BEFORE = TEXT[START : TEXT.index("END $$;", START) + len("END $$;")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
AFTER = versions.changed(
    BEFORE,
    (
        """        PERFORM grants_ledger_write(NEW.id, 'approved', NEW.approved_amount - OLD.approved_amount, now(), 'amended',
            NULL, NULL, NULL, NULL, NULL);
""",
        """        SELECT * INTO entry FROM applications_envelopeentry
            WHERE application_id = NEW.application_id ORDER BY id DESC LIMIT 1;
        PERFORM grants_ledger_write(NEW.id, 'approved', NEW.approved_amount - OLD.approved_amount,
            coalesce(entry.at, now()), CASE entry.why WHEN 'update' THEN 'updated' ELSE 'amended' END,
            NULL, NULL, NULL, NULL, NULL);
""",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0020_salary_to_the_last_day")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
