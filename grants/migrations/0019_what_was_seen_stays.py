"""What the database itself refuses of visits: what was logged stays, and what was agreed is met once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION grants_visit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A visit is called off, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.application_id <> OLD.application_id
       OR (OLD.status <> 'planned' AND (to_jsonb(NEW) - 'version') IS DISTINCT FROM (to_jsonb(OLD) - 'version')) THEN
        RAISE EXCEPTION 'What was logged of a visit stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visit_stays BEFORE UPDATE OR DELETE ON grants_visit
    FOR EACH ROW EXECUTE FUNCTION grants_visit_stays();

CREATE FUNCTION grants_part_of_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT status FROM grants_visit WHERE id = NEW.visit_id FOR SHARE) <> 'planned' THEN
            RAISE EXCEPTION 'It is written when the visit is logged' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'grants_visitagreement' THEN
        IF to_jsonb(OLD) ->> 'done_on' IS NULL
           AND (to_jsonb(NEW) - ARRAY['done_on', 'done_by_id']) = (to_jsonb(OLD) - ARRAY['done_on', 'done_by_id']) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'What was logged of a visit stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER part_of_visit BEFORE INSERT OR UPDATE OR DELETE ON grants_visitagreement
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_visit();
CREATE TRIGGER part_of_visit BEFORE INSERT OR UPDATE OR DELETE ON grants_visitphoto
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_visit();
"""
BACKWARD = """
DROP TRIGGER part_of_visit ON grants_visitphoto;
DROP TRIGGER part_of_visit ON grants_visitagreement;
DROP FUNCTION grants_part_of_visit();
DROP TRIGGER visit_stays ON grants_visit;
DROP FUNCTION grants_visit_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0018_versions_of_the_plan")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
