"""What the database itself refuses about notebooks and slipped activities (PROGRAMME 6.10): an entry that a report took in
stays as it is, and nothing crosses from one project to another."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reports_notebook_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO state FROM reports_progressreport WHERE id = OLD.report_id FOR SHARE;
        IF state NOT IN ('skipped', 'cancelled') THEN
            RAISE EXCEPTION 'An entry that a report took in stays' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF TG_OP = 'UPDATE' AND (NEW.project_id, NEW.author_id, NEW.created_at, NEW."on", NEW.kind)
            IS DISTINCT FROM (OLD.project_id, OLD.author_id, OLD.created_at, OLD."on", OLD.kind) THEN
        RAISE EXCEPTION 'Whose entry it is, and of which day, stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.activity_id IS NOT NULL AND NEW.project_id
            <> (SELECT project_id FROM grants_baselineactivity WHERE id = NEW.activity_id) THEN
        RAISE EXCEPTION 'This activity belongs to another project' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.report_id IS NOT NULL THEN
        SELECT status INTO state FROM reports_progressreport
            WHERE id = NEW.report_id AND project_id = NEW.project_id FOR SHARE;
        IF state IS NULL OR NOT (state IN ('due', 'draft', 'returned')
                OR (TG_OP = 'UPDATE' AND NEW.report_id IS NOT DISTINCT FROM OLD.report_id)) THEN
            RAISE EXCEPTION 'An entry goes into a report of its project that is being written'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notebook_stays BEFORE INSERT OR UPDATE OR DELETE ON reports_notebookentry
    FOR EACH ROW EXECUTE FUNCTION reports_notebook_stays();

-- What a report says, it says of its own project's activities.
CREATE FUNCTION reports_activity_of_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.activity_id IS NOT NULL
       AND (SELECT project_id FROM grants_baselineactivity WHERE id = NEW.activity_id)
           <> (SELECT project_id FROM reports_progressreport WHERE id = NEW.report_id) THEN
        RAISE EXCEPTION 'This activity belongs to another project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER activity_of_project BEFORE INSERT OR UPDATE ON reports_reportactivity
    FOR EACH ROW EXECUTE FUNCTION reports_activity_of_project();
CREATE TRIGGER activity_of_project BEFORE INSERT OR UPDATE ON reports_reportevidence
    FOR EACH ROW EXECUTE FUNCTION reports_activity_of_project();

-- The payment that an extra report opens is one of its project; what was asked for stays as it was asked.
CREATE FUNCTION reports_extra_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.opens_id IS NOT NULL
       AND (SELECT project_id FROM grants_tranche WHERE id = NEW.opens_id) <> NEW.project_id THEN
        RAISE EXCEPTION 'This payment belongs to another project' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.is_extra, NEW.asked_why, NEW.opens_id)
            IS DISTINCT FROM (OLD.is_extra, OLD.asked_why, OLD.opens_id) THEN
        RAISE EXCEPTION 'What an extra report was asked for stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER extra_report_stays BEFORE INSERT OR UPDATE ON reports_progressreport
    FOR EACH ROW EXECUTE FUNCTION reports_extra_report_stays();
"""
BACKWARD = """
DROP TRIGGER extra_report_stays ON reports_progressreport;
DROP FUNCTION reports_extra_report_stays();
DROP TRIGGER activity_of_project ON reports_reportevidence;
DROP TRIGGER activity_of_project ON reports_reportactivity;
DROP FUNCTION reports_activity_of_project();
DROP TRIGGER notebook_stays ON reports_notebookentry;
DROP FUNCTION reports_notebook_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_notebook_and_returns_by_part")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
