"""What the database itself refuses of a report that was returned part by part (PROGRAMME 5, 6.10): only the parts that the
officer named change, as reports.returning says.

One leniency as there: an answer that is not whole may be written although nobody named it, once another report or the plan
has moved since the submission; otherwise the group could never answer.
"""

from django.db import migrations

FORWARD = """
-- The return that the group answers now, if it names parts; no row for a report that is open as a whole.
CREATE FUNCTION reports_return_by_part(which bigint) RETURNS SETOF reports_reportreturn LANGUAGE sql STABLE AS $$
    SELECT * FROM (
        SELECT back.* FROM reports_reportreturn back JOIN reports_progressreport progress ON progress.id = back.report_id
        WHERE back.report_id = which AND progress.status = 'returned'
        ORDER BY back.asked_at DESC, back.id DESC LIMIT 1
    ) newest WHERE notes <> '{}'
$$;

-- Whether a note names anything that came of the period.
CREATE FUNCTION reports_names_outcomes(notes jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (SELECT FROM jsonb_object_keys(notes) part WHERE part LIKE 'outcome%')
$$;

-- Whether files may be added to an activity, or (null) to the report as a whole: it was named, or a file that it had.
CREATE FUNCTION reports_names_files(back reports_reportreturn, activity text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT back.notes ? coalesce('activity' || activity, 'documents') OR EXISTS (
        SELECT FROM jsonb_array_elements(CASE
            WHEN activity IS NULL THEN coalesce(back.snapshot -> 'evidence', '[]')
            ELSE coalesce(jsonb_path_query_first(
                back.snapshot, '$.activities[*] ? (@.id == $id).evidence', jsonb_build_object('id', activity::bigint)
            ), '[]') END) piece
        WHERE back.notes ? ('file' || (piece ->> 'id'))
    )
$$;

-- Whether the plan, or another report of the project, has moved since what was returned was handed in.
CREATE FUNCTION reports_moved_since(back reports_reportreturn) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM reports_progressreport progress
        JOIN grants_project project ON project.id = progress.project_id
        JOIN applications_application application ON application.id = project.application_id
        JOIN core_event event ON event.case_id = application.case_id
        WHERE progress.id = back.report_id AND event.at >= back.submitted_at
          AND (event.object_kind = 'amendment'
               OR (event.object_kind = 'progressreport' AND event.object_id <> back.report_id))
    )
$$;

CREATE FUNCTION reports_part_was_returned(back reports_reportreturn, kind text, op text, side jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    activity text := side ->> 'activity_id';
BEGIN
    CASE kind
    WHEN 'activity' THEN
        RETURN back.notes ? ('activity' || activity) OR (
            reports_moved_since(back) AND (
                op = 'INSERT' OR side ->> 'done_percent' IS NULL OR btrim(side ->> 'what_was_done') = ''
                OR ((side ->> 'done_percent')::int < 100
                    AND (btrim(side ->> 'reason') = '' OR side ->> 'expected_last_month' IS NULL))));
    WHEN 'evidence' THEN
        IF op = 'INSERT' THEN
            RETURN reports_names_files(back, activity) OR (activity IS NOT NULL AND reports_moved_since(back));
        END IF;
        -- A file that was added since may go again; so may one that the virus scanner refused.
        RETURN back.notes ? coalesce('activity' || activity, 'documents')
            OR back.notes ? ('file' || (side ->> 'document_id'))
            OR NOT jsonb_path_exists(
                back.snapshot, '$.**.evidence[*] ? (@.id == $id)', jsonb_build_object('id', side -> 'document_id'))
            OR (SELECT scan = 'infected' FROM core_document WHERE id = (side ->> 'document_id')::bigint);
    WHEN 'outcome' THEN
        IF op = 'INSERT' THEN RETURN reports_names_outcomes(back.notes); END IF;
        RETURN back.notes ?| ARRAY['outcomes', 'outcome' || (side ->> 'id')]
            OR NOT jsonb_path_exists(
                back.snapshot, '$.outcomes[*] ? (@.id == $id)', jsonb_build_object('id', side -> 'id'));
    WHEN 'notebook' THEN
        RETURN CASE WHEN activity IS NULL THEN back.notes ? 'summary' AND reports_names_files(back, NULL)
            ELSE back.notes ? ('activity' || activity) END;
    ELSE
        RETURN reports_names_outcomes(back.notes);
    END CASE;
END $$;

-- Arguments: what kind of part it is; for what hangs on an entry, its table and the column that leads to it.
CREATE FUNCTION reports_only_what_was_returned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    back reports_reportreturn%ROWTYPE;
    side jsonb;
    ours jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) = to_jsonb(OLD) THEN RETURN NEW; END IF;
    FOR side IN SELECT to_jsonb(OLD) WHERE TG_OP <> 'INSERT' UNION ALL SELECT to_jsonb(NEW) WHERE TG_OP <> 'DELETE' LOOP
        ours := side;
        IF TG_NARGS > 1 THEN
            EXECUTE format('SELECT to_jsonb(entry) FROM %I entry WHERE id = $1', TG_ARGV[1])
                INTO ours USING (side ->> TG_ARGV[2])::bigint;
        END IF;
        SELECT * INTO back FROM reports_return_by_part((ours ->> 'report_id')::bigint);
        CONTINUE WHEN NOT FOUND;
        IF NOT reports_part_was_returned(back, TG_ARGV[0], CASE WHEN TG_NARGS > 1 THEN 'UPDATE' ELSE TG_OP END, ours) THEN
            RAISE EXCEPTION 'This part of the report was not returned'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_what_was_returned';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_reportactivity
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('activity');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_reportevidence
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('evidence');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_outcome
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('outcome');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_outcome_firms
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('outcome', 'reports_outcome', 'outcome_id');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_training
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('entry');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_training_firms
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('entry', 'reports_training', 'training_id');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_certification
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('entry');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_machine
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('entry');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_machineshare
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('entry', 'reports_machine', 'machine_id');
CREATE TRIGGER only_what_was_returned BEFORE INSERT OR UPDATE OR DELETE ON reports_machinephoto
    FOR EACH ROW EXECUTE FUNCTION reports_only_what_was_returned('entry', 'reports_machine', 'machine_id');

-- An entry of the notebook goes into a part that is open.
CREATE TRIGGER only_what_was_returned_on_entry BEFORE INSERT ON reports_notebookentry
    FOR EACH ROW WHEN (NEW.report_id IS NOT NULL) EXECUTE FUNCTION reports_only_what_was_returned('notebook');
CREATE TRIGGER only_what_was_returned_on_adoption BEFORE UPDATE ON reports_notebookentry
    FOR EACH ROW WHEN (NEW.report_id IS DISTINCT FROM OLD.report_id)
    EXECUTE FUNCTION reports_only_what_was_returned('notebook');

CREATE FUNCTION reports_only_returned_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reports_return_by_part(OLD.id) WHERE NOT notes ? 'summary') THEN
        RAISE EXCEPTION 'This part of the report was not returned'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_what_was_returned';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_what_was_returned BEFORE UPDATE ON reports_progressreport
    FOR EACH ROW WHEN (NEW.summary IS DISTINCT FROM OLD.summary) EXECUTE FUNCTION reports_only_returned_summary();
"""
BACKWARD = """
DROP TRIGGER only_what_was_returned ON reports_progressreport;
DROP FUNCTION reports_only_returned_summary();
DROP TRIGGER only_what_was_returned_on_adoption ON reports_notebookentry;
DROP TRIGGER only_what_was_returned_on_entry ON reports_notebookentry;
DROP TRIGGER only_what_was_returned ON reports_machinephoto;
DROP TRIGGER only_what_was_returned ON reports_machineshare;
DROP TRIGGER only_what_was_returned ON reports_machine;
DROP TRIGGER only_what_was_returned ON reports_certification;
DROP TRIGGER only_what_was_returned ON reports_training_firms;
DROP TRIGGER only_what_was_returned ON reports_training;
DROP TRIGGER only_what_was_returned ON reports_outcome_firms;
DROP TRIGGER only_what_was_returned ON reports_outcome;
DROP TRIGGER only_what_was_returned ON reports_reportevidence;
DROP TRIGGER only_what_was_returned ON reports_reportactivity;
DROP FUNCTION reports_only_what_was_returned();
DROP FUNCTION reports_part_was_returned(reports_reportreturn, text, text, jsonb);
DROP FUNCTION reports_moved_since(reports_reportreturn);
DROP FUNCTION reports_names_files(reports_reportreturn, text);
DROP FUNCTION reports_names_outcomes(jsonb);
DROP FUNCTION reports_return_by_part(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_endings_stay")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
