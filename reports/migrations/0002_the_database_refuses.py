"""What the database itself refuses (PROGRAMME 6.10), whatever the code above it does: what was submitted stands still,
and what was accepted never changes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reports_frozen_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judgement text[] := ARRAY['status', 'version', 'snapshot', 'sha256', 'accepted_at', 'accepted_by_id'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted_at IS NULL THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'A report that was submitted is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'accepted' THEN
        -- Only its document is added, once.
        IF OLD.pdf_id IS NULL AND (to_jsonb(NEW) - 'pdf_id') = (to_jsonb(OLD) - 'pdf_id') THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'An accepted report never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'submitted' THEN
        -- Only the judgement is added to it.
        IF (to_jsonb(NEW) - judgement) IS DISTINCT FROM (to_jsonb(OLD) - judgement)
           OR (NEW.status = 'accepted' AND (NEW.snapshot - 'accepted') IS DISTINCT FROM OLD.snapshot)
           OR (NEW.status <> 'accepted'
               AND (NEW.snapshot, NEW.sha256, NEW.accepted_at, NEW.accepted_by_id)
                   IS DISTINCT FROM (OLD.snapshot, OLD.sha256, OLD.accepted_at, OLD.accepted_by_id)) THEN
            RAISE EXCEPTION 'A submitted report stands still' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.status = 'accepted' THEN
        RAISE EXCEPTION 'Only a submitted report is accepted' USING ERRCODE = 'restrict_violation';
    ELSIF NEW.status <> 'submitted'
        AND (NEW.snapshot, NEW.sha256, NEW.submitted_at, NEW.submitted_by_id)
            IS DISTINCT FROM (OLD.snapshot, OLD.sha256, OLD.submitted_at, OLD.submitted_by_id) THEN
        RAISE EXCEPTION 'What was submitted changes by the next submission alone' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_report_stays BEFORE UPDATE OR DELETE ON reports_progressreport
    FOR EACH ROW EXECUTE FUNCTION reports_frozen_report_stays();

-- Activities, outcomes and evidence change only while the report is being written.
CREATE FUNCTION reports_part_of_open_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO state FROM reports_progressreport WHERE id = OLD.report_id FOR SHARE;
        IF state NOT IN ('due', 'draft', 'returned') THEN
            RAISE EXCEPTION 'What belongs to a report that is % stays', state USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT status INTO state FROM reports_progressreport WHERE id = NEW.report_id FOR SHARE;
    IF state NOT IN ('due', 'draft', 'returned') THEN
        RAISE EXCEPTION 'Nothing is added to a report that is %', state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_of_open_report BEFORE INSERT OR UPDATE OR DELETE ON reports_reportactivity
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_report();
CREATE TRIGGER part_of_open_report BEFORE INSERT OR UPDATE OR DELETE ON reports_reportevidence
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_report();
CREATE TRIGGER part_of_open_report BEFORE INSERT OR UPDATE OR DELETE ON reports_outcome
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_report();

CREATE FUNCTION reports_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON reports_reportreturn
    FOR EACH ROW EXECUTE FUNCTION reports_never_changes();

-- An observation comes with the acceptance, and is met once; nothing else.
CREATE FUNCTION reports_observation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT status INTO state FROM reports_progressreport WHERE id = NEW.report_id FOR SHARE;
        IF state = 'submitted' THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'Observations come with the acceptance of a report' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.done_on IS NULL
       AND (to_jsonb(NEW) - ARRAY['done_on', 'done_by_id']) = (to_jsonb(OLD) - ARRAY['done_on', 'done_by_id']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An observation is met once, and otherwise stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER observation_stays BEFORE INSERT OR UPDATE OR DELETE ON reports_observation
    FOR EACH ROW EXECUTE FUNCTION reports_observation_stays();
"""
BACKWARD = """
DROP TRIGGER observation_stays ON reports_observation;
DROP FUNCTION reports_observation_stays();
DROP TRIGGER never_changes ON reports_reportreturn;
DROP FUNCTION reports_never_changes();
DROP TRIGGER part_of_open_report ON reports_outcome;
DROP TRIGGER part_of_open_report ON reports_reportevidence;
DROP TRIGGER part_of_open_report ON reports_reportactivity;
DROP FUNCTION reports_part_of_open_report();
DROP TRIGGER frozen_report_stays ON reports_progressreport;
DROP FUNCTION reports_frozen_report_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
