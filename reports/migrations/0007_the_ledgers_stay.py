"""What the database itself refuses of the ledgers and of the firms' parts (PROGRAMME 6.10), whatever the code above it does.

An entry changes only while its report is written; shares of a machine are the whole machine; what was renewed, found or
answered never changes. Machines are checked for years, so their checks do not ask how the project stands.
"""

from django.db import migrations

FORWARD = """
CREATE TRIGGER part_of_open_report BEFORE INSERT OR UPDATE OR DELETE ON reports_training
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_report();
CREATE TRIGGER part_of_open_report BEFORE INSERT OR UPDATE OR DELETE ON reports_machine
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_report();

-- A firm that an entry names is, or was, in the group of the project.
CREATE FUNCTION reports_firm_is_of_group(firm bigint, report bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM groups_membership place
        JOIN applications_application application ON application.group_id = place.group_id
        JOIN grants_project project ON project.application_id = application.id
        JOIN reports_progressreport progress ON progress.project_id = project.id
        WHERE place.firm_id = firm AND progress.id = report
    ) THEN
        RAISE EXCEPTION 'The firm is not of the group of this project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_own_firm';
    END IF;
END $$;

-- A certificate is written with its report; once that is accepted, only that it is not renewed is added, once.
CREATE FUNCTION reports_certificate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
    let_go text[] := ARRAY['let_go_on', 'let_go_by_id', 'let_go_why'];
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO state FROM reports_progressreport WHERE id = OLD.report_id FOR SHARE;
        IF TG_OP = 'UPDATE' AND state = 'accepted' AND OLD.let_go_on IS NULL
           AND (to_jsonb(NEW) - let_go) = (to_jsonb(OLD) - let_go) THEN
            RETURN NEW;
        END IF;
        IF state NOT IN ('due', 'draft', 'returned') THEN
            RAISE EXCEPTION 'What belongs to a report that is % stays', state USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT status INTO state FROM reports_progressreport WHERE id = NEW.report_id FOR SHARE;
    IF state NOT IN ('due', 'draft', 'returned') THEN
        RAISE EXCEPTION 'Nothing is added to a report that is %', state USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM reports_firm_is_of_group(NEW.firm_id, NEW.report_id);
    RETURN NEW;
END $$;
CREATE TRIGGER certificate_stays BEFORE INSERT OR UPDATE OR DELETE ON reports_certification
    FOR EACH ROW EXECUTE FUNCTION reports_certificate_stays();

-- Firms, shares and photographs of an entry change with it. Arguments: the entry's table, the column that leads to it.
CREATE FUNCTION reports_part_of_open_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side jsonb;
    sides jsonb[] := ARRAY[]::jsonb[];
    state text;
    report bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN sides := sides || to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN sides := sides || to_jsonb(NEW); END IF;
    FOREACH side IN ARRAY sides LOOP
        EXECUTE format(
            'SELECT progress.status, progress.id FROM %I entry JOIN reports_progressreport progress'
            ' ON progress.id = entry.report_id WHERE entry.id = $1 FOR SHARE OF progress', TG_ARGV[0]
        ) INTO state, report USING (side ->> TG_ARGV[1])::bigint;
        IF state NOT IN ('due', 'draft', 'returned') THEN
            RAISE EXCEPTION 'What belongs to a report that is % stays', state USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF side ? 'firm_id' THEN
        PERFORM reports_firm_is_of_group((side ->> 'firm_id')::bigint, report);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_of_open_entry BEFORE INSERT OR UPDATE OR DELETE ON reports_outcome_firms
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_entry('reports_outcome', 'outcome_id');
CREATE TRIGGER part_of_open_entry BEFORE INSERT OR UPDATE OR DELETE ON reports_training_firms
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_entry('reports_training', 'training_id');
CREATE TRIGGER part_of_open_entry BEFORE INSERT OR UPDATE OR DELETE ON reports_machineshare
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_entry('reports_machine', 'machine_id');
CREATE TRIGGER part_of_open_entry BEFORE INSERT OR UPDATE OR DELETE ON reports_machinephoto
    FOR EACH ROW EXECUTE FUNCTION reports_part_of_open_entry('reports_machine', 'machine_id');

-- An activity and a budget line that an entry names are of its own project. Arguments: the column, and its table.
CREATE FUNCTION reports_entry_of_own_project() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    found_one boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %I named JOIN reports_progressreport progress'
        ' ON progress.project_id = named.project_id WHERE named.id = $1 AND progress.id = $2)', TG_ARGV[1]
    ) INTO found_one USING named, NEW.report_id;
    IF named IS NOT NULL AND NOT found_one THEN
        RAISE EXCEPTION 'The entry names something of another project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_own_project';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_of_own_project BEFORE INSERT OR UPDATE ON reports_training
    FOR EACH ROW EXECUTE FUNCTION reports_entry_of_own_project('activity_id', 'grants_baselineactivity');
CREATE TRIGGER entry_of_own_project BEFORE INSERT OR UPDATE ON reports_machine
    FOR EACH ROW EXECUTE FUNCTION reports_entry_of_own_project('line_id', 'grants_baselineline');

-- The shares of a machine are the whole machine, when the transaction ends.
CREATE FUNCTION reports_shares_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    which bigint := coalesce(side ->> 'machine_id', side ->> 'id')::bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'reports_machineshare'
       AND to_jsonb(OLD) ->> 'machine_id' <> side ->> 'machine_id' THEN
        RAISE EXCEPTION 'A share stays with its machine' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM reports_machine WHERE id = which)
       AND (SELECT coalesce(sum(percent), 0) FROM reports_machineshare WHERE machine_id = which) <> 100 THEN
        RAISE EXCEPTION 'The shares of machine % are not the whole machine', which
            USING ERRCODE = 'check_violation', CONSTRAINT = 'machine_shares_are_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER shares_are_whole AFTER INSERT ON reports_machine
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_shares_are_whole();
CREATE CONSTRAINT TRIGGER shares_are_whole AFTER INSERT OR UPDATE OR DELETE ON reports_machineshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_shares_are_whole();

-- A renewal is of a certificate that counts, and makes it valid for longer.
CREATE FUNCTION reports_renewal_renews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM reports_certification ours JOIN reports_progressreport progress ON progress.id = ours.report_id
        WHERE ours.id = NEW.certification_id AND progress.status = 'accepted'
          AND NEW.expires_on > ours.expires_on
          AND NEW.expires_on > ALL (
              SELECT expires_on FROM reports_certificaterenewal WHERE certification_id = ours.id)
    ) THEN
        RAISE EXCEPTION 'A renewal makes an accepted certificate valid for longer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'renewal_renews';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER renewal_renews BEFORE INSERT ON reports_certificaterenewal
    FOR EACH ROW EXECUTE FUNCTION reports_renewal_renews();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON reports_certificaterenewal
    FOR EACH ROW EXECUTE FUNCTION reports_never_changes();

-- What was found at a machine stays.
CREATE FUNCTION reports_check_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found_cells text[] := ARRAY['done_on', 'done_by_id', 'found', 'condition', 'note'];
BEGIN
    IF OLD.done_on IS NOT NULL
       OR (TG_OP = 'UPDATE' AND (to_jsonb(NEW) - found_cells) <> (to_jsonb(OLD) - found_cells)) THEN
        RAISE EXCEPTION 'What was found at a machine stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_stays BEFORE UPDATE OR DELETE ON reports_machinecheck
    FOR EACH ROW EXECUTE FUNCTION reports_check_stays();

-- Asked when the transaction ends: the acceptance itself plans the checks.
CREATE FUNCTION reports_check_of_accepted_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM reports_machine machine JOIN reports_progressreport progress ON progress.id = machine.report_id
        WHERE machine.id = NEW.machine_id AND progress.status = 'accepted'
    ) THEN
        RAISE EXCEPTION 'A machine is checked once its report is accepted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'check_of_accepted_machine';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_of_accepted_machine AFTER INSERT ON reports_machinecheck
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_check_of_accepted_machine();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON reports_checkphoto
    FOR EACH ROW EXECUTE FUNCTION reports_never_changes();

-- A firm is asked while the report is written, and answers once. What it said stays; what of it was taken into the report
-- only grows, while the report is written.
CREATE FUNCTION reports_firm_part_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'What a firm was asked is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT status INTO state FROM reports_progressreport WHERE id = NEW.report_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'asked' OR state NOT IN ('due', 'draft', 'returned') THEN
            RAISE EXCEPTION 'A firm is asked while the report is written'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'part_of_open_report';
        END IF;
        PERFORM reports_firm_is_of_group(NEW.firm_id, NEW.report_id);
        RETURN NEW;
    END IF;
    IF (NEW.report_id, NEW.firm_id) IS DISTINCT FROM (OLD.report_id, OLD.firm_id) OR OLD.status = 'withdrawn'
       OR (OLD.status = 'answered' AND (
            (to_jsonb(NEW) - 'adopted') <> (to_jsonb(OLD) - 'adopted') OR NOT NEW.adopted @> OLD.adopted
            OR state NOT IN ('due', 'draft', 'returned'))) THEN
        RAISE EXCEPTION 'What a firm said stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER firm_part_stays BEFORE INSERT OR UPDATE OR DELETE ON reports_firmpart
    FOR EACH ROW EXECUTE FUNCTION reports_firm_part_stays();

CREATE FUNCTION reports_said_in_the_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reports_firmpart WHERE id = NEW.part_id AND status = 'asked') THEN
        RAISE EXCEPTION 'A firm answers once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER said_in_the_answer BEFORE INSERT ON reports_firmparttext
    FOR EACH ROW EXECUTE FUNCTION reports_said_in_the_answer();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON reports_firmparttext
    FOR EACH ROW EXECUTE FUNCTION reports_never_changes();
CREATE TRIGGER said_in_the_answer BEFORE INSERT ON reports_firmpartfile
    FOR EACH ROW EXECUTE FUNCTION reports_said_in_the_answer();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON reports_firmpartfile
    FOR EACH ROW EXECUTE FUNCTION reports_never_changes();

-- A link is used or ended once, and lasts no longer than it was given.
CREATE FUNCTION reports_part_link_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moments text[] := ARRAY['opened_at', 'used_at', 'revoked_at'];
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - moments) = (to_jsonb(OLD) - moments)
       AND (OLD.used_at IS NULL OR NEW.used_at = OLD.used_at)
       AND (OLD.revoked_at IS NULL OR NEW.revoked_at = OLD.revoked_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A link is used or ended once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER part_link_stays BEFORE UPDATE OR DELETE ON reports_firmpartlink
    FOR EACH ROW EXECUTE FUNCTION reports_part_link_stays();
"""
BACKWARD = """
DROP TRIGGER part_link_stays ON reports_firmpartlink;
DROP FUNCTION reports_part_link_stays();
DROP TRIGGER never_changes ON reports_firmpartfile;
DROP TRIGGER said_in_the_answer ON reports_firmpartfile;
DROP TRIGGER never_changes ON reports_firmparttext;
DROP TRIGGER said_in_the_answer ON reports_firmparttext;
DROP FUNCTION reports_said_in_the_answer();
DROP TRIGGER firm_part_stays ON reports_firmpart;
DROP FUNCTION reports_firm_part_stays();
DROP TRIGGER never_changes ON reports_checkphoto;
DROP TRIGGER check_of_accepted_machine ON reports_machinecheck;
DROP FUNCTION reports_check_of_accepted_machine();
DROP TRIGGER check_stays ON reports_machinecheck;
DROP FUNCTION reports_check_stays();
DROP TRIGGER never_changes ON reports_certificaterenewal;
DROP TRIGGER renewal_renews ON reports_certificaterenewal;
DROP FUNCTION reports_renewal_renews();
DROP TRIGGER shares_are_whole ON reports_machineshare;
DROP TRIGGER shares_are_whole ON reports_machine;
DROP FUNCTION reports_shares_are_whole();
DROP TRIGGER entry_of_own_project ON reports_machine;
DROP TRIGGER entry_of_own_project ON reports_training;
DROP FUNCTION reports_entry_of_own_project();
DROP TRIGGER part_of_open_entry ON reports_machinephoto;
DROP TRIGGER part_of_open_entry ON reports_machineshare;
DROP TRIGGER part_of_open_entry ON reports_training_firms;
DROP TRIGGER part_of_open_entry ON reports_outcome_firms;
DROP FUNCTION reports_part_of_open_entry();
DROP TRIGGER certificate_stays ON reports_certification;
DROP FUNCTION reports_certificate_stays();
DROP FUNCTION reports_firm_is_of_group(bigint, bigint);
DROP TRIGGER part_of_open_report ON reports_machine;
DROP TRIGGER part_of_open_report ON reports_training;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_the_ledgers")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
