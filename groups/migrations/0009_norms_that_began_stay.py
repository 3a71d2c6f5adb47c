"""A norm that has begun stays: sizes were judged by it (PROGRAMME 4). What it says never changes; an admin confirms its
first day while that is provisional, and deletes it before it begins."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION groups_norm_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.valid_from > (now() AT TIME ZONE 'America/Argentina/Buenos_Aires')::date THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.provisional
       AND (to_jsonb(NEW) - ARRAY['valid_from', 'provisional'])
         = (to_jsonb(OLD) - ARRAY['valid_from', 'provisional']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A norm that has begun stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER norm_stays BEFORE UPDATE OR DELETE ON groups_sizeceiling
    FOR EACH ROW EXECUTE FUNCTION groups_norm_stays();
CREATE TRIGGER norm_stays BEFORE UPDATE OR DELETE ON groups_headcountceiling
    FOR EACH ROW EXECUTE FUNCTION groups_norm_stays();
"""

BACKWARD = """
DROP TRIGGER norm_stays ON groups_headcountceiling;
DROP TRIGGER norm_stays ON groups_sizeceiling;
DROP FUNCTION groups_norm_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0008_firms_are_found_by_contact")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
