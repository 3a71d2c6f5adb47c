"""What the database itself refuses of salary scales (PROGRAMME 10): a row that was set stays, once its call is published."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION applications_salary_scale_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR (SELECT status FROM applications_call WHERE id = OLD.call_id) <> 'draft' THEN
        RAISE EXCEPTION 'A salary scale stays: another one follows it from a later day'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER salary_scale_stays BEFORE UPDATE OR DELETE ON applications_salaryscale
    FOR EACH ROW EXECUTE FUNCTION applications_salary_scale_stays();
"""
BACKWARD = """
DROP TRIGGER salary_scale_stays ON applications_salaryscale;
DROP FUNCTION applications_salary_scale_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0014_salary_scales")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
