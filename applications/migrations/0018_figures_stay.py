"""What the database itself refuses of figures of prices (PROGRAMME 10): one that was confirmed stays."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION applications_figure_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['confirmed_by_id', 'confirmed_at'];
BEGIN
    IF OLD.confirmed_at IS NOT NULL
       OR (TG_OP = 'UPDATE' AND (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)) THEN
        RAISE EXCEPTION 'A figure that was confirmed stays; one that was not is entered anew'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER figure_stays BEFORE UPDATE OR DELETE ON applications_indexfigure
    FOR EACH ROW EXECUTE FUNCTION applications_figure_stays();
"""
BACKWARD = """
DROP TRIGGER figure_stays ON applications_indexfigure;
DROP FUNCTION applications_figure_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0017_update_clause")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
