"""What the database itself refuses of notifications of decisions: they stay, and none is before its decision."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION applications_notice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'What was notified stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.notified_on < (SELECT (decided_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date
            FROM applications_decision WHERE id = NEW.decision_id) THEN
        RAISE EXCEPTION 'Nobody is notified before the decision' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'notice_follows_the_decision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_stays BEFORE INSERT OR UPDATE OR DELETE ON applications_decisionnotice
    FOR EACH ROW EXECUTE FUNCTION applications_notice_stays();
"""
BACKWARD = """
DROP TRIGGER notice_stays ON applications_decisionnotice;
DROP FUNCTION applications_notice_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0019_notices_and_checks_of_machines")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
