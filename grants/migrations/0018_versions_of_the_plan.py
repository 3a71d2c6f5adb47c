"""What the database itself refuses of amendments and of the plan in force (PROGRAMME 5, 6.7, 6.10), whatever the code
above it does.

The baseline never changes; a version of the plan is written in one transaction and sealed; the lines in force, and the
tranches that were not cancelled, are the approved amount; what is charged to a line is bounded by the line in force. Three
functions of before change in the few places that stand here.
"""

from importlib import import_module

from django.db import migrations


def as_before(module: str, name: str) -> str:
    """A function as an earlier migration has it, to be put in its place again."""
    text = import_module(f"grants.migrations.{module}").FORWARD
    start = text.index(f"CREATE FUNCTION grants_{name}()")
    end = text.index("END $$;", start) + len("END $$;")
    return text[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def changed(text: str, *places: tuple[str, str]) -> str:
    for old, new in places:
        if text.count(old) != 1:
            raise ValueError(f"not once in the function: {old}")
        text = text.replace(old, new)
    return text


BASELINE_STANDS = as_before("0002_the_database_refuses", "baseline_stands")
TRANCHE_STANDS = as_before("0002_the_database_refuses", "tranche_stands")
WITHIN_LINE = as_before("0005_what_is_charged", "expense_within_line")

NEW_BASELINE_STANDS = changed(
    BASELINE_STANDS,
    (
        "    IF (SELECT status FROM grants_project",
        """    IF NEW.added_by_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM grants_planversion
                       WHERE id = NEW.added_by_id AND project_id = NEW.project_id AND NOT sealed) THEN
            RAISE EXCEPTION 'Only a version of the plan that is being written adds to it'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (SELECT status FROM grants_project""",
    ),
)
NEW_TRANCHE_STANDS = changed(
    TRANCHE_STANDS,
    (
        "FOR SHARE) <> 'awaiting_agreement' THEN",
        "FOR SHARE) <> 'awaiting_agreement'\n           AND NOT grants_plan_is_written(NEW.project_id) THEN",
    ),
    (
        "    IF TG_OP = 'DELETE'\n       OR (to_jsonb(NEW) - free)",
        """    -- An amendment changes what is neither ordered nor paid, and lets it wait for a later report, never an earlier one.
    IF TG_OP = 'UPDATE' AND OLD.cancelled_on IS NULL AND grants_plan_is_written(NEW.project_id) AND NOT EXISTS (
        SELECT FROM grants_disbursement WHERE tranche_id = NEW.id AND status IN ('ordered', 'paid')
    ) THEN
        free := free || ARRAY['amount', 'percent'];
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.opened_at IS NULL AND NEW.after_report > OLD.after_report AND EXISTS (
        SELECT FROM grants_planversion WHERE project_id = NEW.project_id
    ) THEN
        free := free || ARRAY['after_report'];
    END IF;
    IF TG_OP = 'DELETE'
       OR (to_jsonb(NEW) - free)""",
    ),
)
NEW_WITHIN_LINE = changed(
    WITHIN_LINE,
    (
        "    SELECT * INTO line FROM grants_baselineline WHERE id = NEW.line_id;",
        """    SELECT * INTO line FROM grants_baselineline WHERE id = NEW.line_id;
    SELECT * INTO line.programme_share, line.group_share FROM grants_line_in_force(NEW.line_id);""",
    ),
)

FORWARD = (
    f"""
-- What a line has by the newest version of its plan, else by the baseline.
CREATE FUNCTION grants_line_in_force(line bigint, OUT programme numeric, OUT own numeric)
LANGUAGE sql STABLE AS $$
    SELECT coalesce(v.programme_share, b.programme_share), coalesce(v.group_share, b.group_share)
    FROM grants_baselineline b LEFT JOIN LATERAL (
        SELECT lv.programme_share, lv.group_share FROM grants_lineversion lv
        JOIN grants_planversion p ON p.id = lv.plan_id WHERE lv.line_id = b.id ORDER BY p.number DESC LIMIT 1
    ) v ON true
    WHERE b.id = line
$$;

-- Whether a version of a project's plan is being written, in this transaction.
CREATE FUNCTION grants_plan_is_written(project bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM grants_planversion WHERE project_id = project AND NOT sealed)
$$;
{NEW_BASELINE_STANDS}
{NEW_TRANCHE_STANDS}
{NEW_WITHIN_LINE}
"""
    + """
-- What was sent stands still, and what was decided never changes.
CREATE FUNCTION grants_amendment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked text[] := ARRAY['reason', 'content', 'before', 'sha256', 'submitted_by_id', 'submitted_at'];
    kept text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'An amendment is withdrawn, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR (SELECT status FROM grants_project WHERE id = NEW.project_id FOR SHARE)
           NOT IN ('active', 'closing') THEN
            RAISE EXCEPTION 'An amendment begins as a draft, in a project that runs'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'amendment_of_running_project';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.project_id, NEW.number, NEW.kind, NEW.begun_by_id, NEW.begun_at)
       IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.number, OLD.kind, OLD.begun_by_id, OLD.begun_at) THEN
        RAISE EXCEPTION 'An amendment keeps its project and its kind' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status IN ('approved', 'rejected', 'withdrawn')
       AND (to_jsonb(NEW) - 'version') IS DISTINCT FROM (to_jsonb(OLD) - 'version') THEN
        RAISE EXCEPTION 'An amendment that was decided never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'submitted' THEN
        FOREACH kept IN ARRAY asked LOOP
            IF to_jsonb(NEW) -> kept IS DISTINCT FROM to_jsonb(OLD) -> kept THEN
                RAISE EXCEPTION 'An amendment that was sent stands still' USING ERRCODE = 'restrict_violation';
            END IF;
        END LOOP;
    ELSIF NEW.status IN ('approved', 'rejected') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'Only an amendment that was sent is decided' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER amendment_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_amendment
    FOR EACH ROW EXECUTE FUNCTION grants_amendment_stays();

CREATE FUNCTION grants_paper_of_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    SELECT status INTO state FROM grants_amendment
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.amendment_id ELSE NEW.amendment_id END FOR SHARE;
    IF TG_OP = 'UPDATE' OR state NOT IN ('draft', 'returned') THEN
        RAISE EXCEPTION 'The papers of an amendment that was sent stay' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_of_amendment BEFORE INSERT OR UPDATE OR DELETE ON grants_amendmentfile
    FOR EACH ROW EXECUTE FUNCTION grants_paper_of_amendment();

-- One version after the other, written under the project's lock, sealed once.
CREATE FUNCTION grants_plan_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
    last grants_planversion;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.sealed OR NOT NEW.sealed
       OR (to_jsonb(NEW) - 'sealed') IS DISTINCT FROM (to_jsonb(OLD) - 'sealed'))) THEN
        RAISE EXCEPTION 'A version of a plan never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    SELECT status INTO state FROM grants_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
    SELECT * INTO last FROM grants_planversion WHERE project_id = NEW.project_id ORDER BY number DESC LIMIT 1;
    IF state NOT IN ('active', 'closing') THEN
        RAISE EXCEPTION 'The plan of a project that is % stands still', state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_of_running_project';
    END IF;
    IF NEW.sealed OR NEW.number <> coalesce(last.number, 0) + 1 OR NEW.in_force_from < last.in_force_from
       OR NOT coalesce(last.sealed, true) THEN
        RAISE EXCEPTION 'One version of a plan follows the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_versions_in_order';
    END IF;
    IF NEW.amendment_id IS NOT NULL
       AND NEW.project_id <> (SELECT project_id FROM grants_amendment WHERE id = NEW.amendment_id) THEN
        RAISE EXCEPTION 'A version comes from an amendment of its own project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_of_own_amendment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_version_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_planversion
    FOR EACH ROW EXECUTE FUNCTION grants_plan_version_stays();

CREATE FUNCTION grants_part_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan grants_planversion;
    project bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'What a version says never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO plan FROM grants_planversion WHERE id = NEW.plan_id;
    IF plan.sealed THEN
        RAISE EXCEPTION 'A version of a plan never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_TABLE_NAME = 'grants_lineversion' THEN
        SELECT project_id INTO project FROM grants_baselineline WHERE id = (to_jsonb(NEW) ->> 'line_id')::bigint;
    ELSE
        SELECT project_id INTO project FROM grants_baselineactivity
            WHERE id = (to_jsonb(NEW) ->> 'activity_id')::bigint;
        IF (to_jsonb(NEW) ->> 'last_month')::int > plan.months AND NOT (to_jsonb(NEW) ->> 'dropped')::boolean THEN
            RAISE EXCEPTION 'An activity ends within the months of its plan'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'activity_within_plan';
        END IF;
    END IF;
    IF project <> plan.project_id THEN
        RAISE EXCEPTION 'A version is of its own project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'part_of_own_plan';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_of_plan BEFORE INSERT OR UPDATE OR DELETE ON grants_activityversion
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_plan();
CREATE TRIGGER part_of_plan BEFORE INSERT OR UPDATE OR DELETE ON grants_lineversion
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_plan();

-- At the end of the transaction: the lines in force and the tranches are the approved amount; 6.7 for what is charged.
CREATE FUNCTION grants_plan_adds_up(project bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mine grants_project;
    tolerance numeric;
    over text;
BEGIN
    SELECT * INTO mine FROM grants_project WHERE id = project;
    IF mine.status NOT IN ('active', 'closing', 'suspended') THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM grants_planversion WHERE project_id = project AND NOT sealed) THEN
        RAISE EXCEPTION 'A version of a plan is sealed when it is written'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_is_sealed';
    END IF;
    IF EXISTS (SELECT FROM grants_planversion v JOIN grants_amendment a ON a.id = v.amendment_id
               WHERE v.project_id = project AND a.status <> 'approved') THEN
        RAISE EXCEPTION 'A version comes from an amendment that was approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_of_approved_amendment';
    END IF;
    IF mine.approved_amount IS DISTINCT FROM (
        SELECT sum(f.programme) FROM grants_baselineline b, grants_line_in_force(b.id) f WHERE b.project_id = project
    ) THEN
        RAISE EXCEPTION 'The lines in force are the approved amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_in_force_add_up';
    END IF;
    IF mine.approved_amount IS DISTINCT FROM (
        SELECT coalesce(sum(amount), 0) + coalesce((SELECT amount FROM grants_salaryline WHERE project_id = project), 0)
        FROM grants_tranche WHERE project_id = project AND kind = 'grant' AND cancelled_on IS NULL
    ) OR EXISTS (
        SELECT FROM grants_salaryline s WHERE s.project_id = project AND s.amount IS DISTINCT FROM (
            SELECT sum(f.programme) FROM grants_baselineline b, grants_line_in_force(b.id) f
            WHERE b.project_id = project AND b.category = 'coordination')
    ) THEN
        RAISE EXCEPTION 'The tranches, with the salary, are the approved amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tranches_add_up';
    END IF;
    SELECT c.tolerance INTO tolerance FROM applications_call c
        JOIN applications_application a ON a.call_id = c.id WHERE a.id = mine.application_id;
    SELECT b.description INTO over FROM grants_baselineline b, grants_line_in_force(b.id) f, LATERAL (
        SELECT coalesce(sum(e.programme_share), 0) AS programme,
               coalesce(sum(e.programme_share + e.group_share), 0) AS both_shares
        FROM grants_expense e WHERE e.line_id = b.id AND e.status <> 'rejected'
    ) charged
    WHERE b.project_id = project AND (
        charged.programme > round(f.programme * (100 + tolerance) / 100, 2)
        OR charged.both_shares > round((f.programme + f.own) * (100 + tolerance) / 100, 2))
    LIMIT 1;
    IF over IS NOT NULL THEN
        RAISE EXCEPTION 'More is charged to a line than it would have: %', over
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charged_within_line_in_force';
    END IF;
END $$;

CREATE FUNCTION grants_plan_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grants_plan_adds_up(NEW.project_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_adds_up AFTER INSERT ON grants_planversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_plan_of_version();
CREATE CONSTRAINT TRIGGER plan_adds_up AFTER UPDATE OF amount ON grants_tranche
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.amount <> NEW.amount)
    EXECUTE FUNCTION grants_plan_of_version();

CREATE FUNCTION grants_plan_of_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grants_plan_adds_up(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_adds_up AFTER UPDATE OF approved_amount ON grants_project
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.approved_amount <> NEW.approved_amount)
    EXECUTE FUNCTION grants_plan_of_project();
"""
)
TRIGGERS = {
    "grants_amendment": ("amendment_stays",),
    "grants_amendmentfile": ("paper_of_amendment",),
    "grants_planversion": ("plan_version_stays", "plan_adds_up"),
    "grants_activityversion": ("part_of_plan",),
    "grants_lineversion": ("part_of_plan",),
    "grants_tranche": ("plan_adds_up",),
    "grants_project": ("plan_adds_up",),
}
FUNCTIONS = (
    "amendment_stays()",
    "paper_of_amendment()",
    "plan_version_stays()",
    "part_of_plan()",
    "plan_of_version()",
    "plan_of_project()",
    "plan_adds_up(bigint)",
    "plan_is_written(bigint)",
    "line_in_force(bigint)",
)
BACKWARD = "\n".join(
    [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [BASELINE_STANDS, TRANCHE_STANDS, WITHIN_LINE]
    + [f"DROP FUNCTION grants_{name};" for name in FUNCTIONS]
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0017_amendments_and_visits")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
