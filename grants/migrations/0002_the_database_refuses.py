"""What the database itself refuses (PROGRAMME 6.3, 6.5, 6.10), whatever the code above it does.

Sums of money are taken under the project's row lock, so that two who pay at the same second queue up.
"""

from django.db import migrations

FORWARD = """
-- 6.3: one project per approved application (the unique column), with the amount of its approval; what was opened stays.
CREATE FUNCTION grants_project_of_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
    approved numeric;
BEGIN
    SELECT status INTO state FROM applications_application WHERE id = NEW.application_id FOR SHARE;
    IF state IS DISTINCT FROM 'approved' THEN
        RAISE EXCEPTION 'A project comes from an approved application, and this one is %', state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_of_approved_application';
    END IF;
    SELECT amount INTO approved FROM applications_decision
        WHERE application_id = NEW.application_id AND kind = 'approve' ORDER BY id DESC LIMIT 1;
    IF approved IS DISTINCT FROM NEW.approved_amount THEN
        RAISE EXCEPTION 'The amount of a project is that of its approval'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_amount_of_approval';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_of_approval BEFORE INSERT ON grants_project
    FOR EACH ROW EXECUTE FUNCTION grants_project_of_approval();

CREATE FUNCTION grants_project_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    live numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A project is ended, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.application_id, NEW.opened_on, NEW.opened_by_id)
       IS DISTINCT FROM (OLD.id, OLD.application_id, OLD.opened_on, OLD.opened_by_id)
       OR (OLD.first_day IS NOT NULL AND NEW.first_day IS DISTINCT FROM OLD.first_day) THEN
        RAISE EXCEPTION 'A project keeps its application and its first day' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.ended_on IS NOT NULL
       AND (to_jsonb(NEW) - 'version') IS DISTINCT FROM (to_jsonb(OLD) - 'version') THEN
        RAISE EXCEPTION 'A project that has ended does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'awaiting_agreement' AND NEW.status = 'active' AND NOT EXISTS (
        SELECT FROM grants_agreement
        WHERE project_id = NEW.id AND group_signed_at IS NOT NULL AND state_signed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'A project starts when both have signed its agreement'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_starts_signed';
    END IF;
    IF NEW.approved_amount <> OLD.approved_amount THEN
        SELECT coalesce(sum(d.amount), 0) INTO live FROM grants_disbursement d
            JOIN grants_tranche t ON t.id = d.tranche_id
            WHERE t.project_id = NEW.id AND d.status IN ('ordered', 'paid');
        IF NEW.approved_amount < live THEN
            RAISE EXCEPTION 'The approved amount is not less than what was ordered and paid: %', live
                USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_amount_holds_payments';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_stays BEFORE UPDATE OR DELETE ON grants_project
    FOR EACH ROW EXECUTE FUNCTION grants_project_stays();

-- An approval stands while its project runs.
CREATE FUNCTION grants_approval_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM grants_project WHERE application_id = NEW.id AND status <> 'terminated') THEN
        RAISE EXCEPTION 'This application has a project, which ends first'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_stands BEFORE UPDATE OF status ON applications_application
    FOR EACH ROW WHEN (OLD.status = 'approved' AND NEW.status <> 'approved')
    EXECUTE FUNCTION grants_approval_stands();

-- 6.10: what was agreed and signed stays.
CREATE FUNCTION grants_agreement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.id, NEW.project_id, NEW.terms, NEW.digest) IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.terms, OLD.digest)
       OR (OLD.group_signed_at IS NOT NULL AND (NEW.group_signed_by_id, NEW.group_signed_at, NEW.group_signed_name)
           IS DISTINCT FROM (OLD.group_signed_by_id, OLD.group_signed_at, OLD.group_signed_name))
       OR (OLD.state_signed_at IS NOT NULL AND (NEW.state_signed_by_id, NEW.state_signed_at, NEW.state_signed_name)
           IS DISTINCT FROM (OLD.state_signed_by_id, OLD.state_signed_at, OLD.state_signed_name))
       OR (OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id) THEN
        RAISE EXCEPTION 'The terms of an agreement and its signatures never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.group_signed_at, NEW.state_signed_at) IS DISTINCT FROM (OLD.group_signed_at, OLD.state_signed_at)
       AND (SELECT status FROM grants_project WHERE id = NEW.project_id FOR SHARE) <> 'awaiting_agreement' THEN
        RAISE EXCEPTION 'An agreement is signed before its project starts' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_stays BEFORE UPDATE OR DELETE ON grants_agreement
    FOR EACH ROW EXECUTE FUNCTION grants_agreement_stays();

-- The baseline is written while the project starts, and then stands.
CREATE FUNCTION grants_baseline_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'The baseline never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (SELECT status FROM grants_project WHERE id = NEW.project_id FOR SHARE) <> 'awaiting_agreement' THEN
        RAISE EXCEPTION 'A project that has started keeps its baseline' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER baseline_stands BEFORE INSERT OR UPDATE OR DELETE ON grants_baselineactivity
    FOR EACH ROW EXECUTE FUNCTION grants_baseline_stands();
CREATE TRIGGER baseline_stands BEFORE INSERT OR UPDATE OR DELETE ON grants_baselineline
    FOR EACH ROW EXECUTE FUNCTION grants_baseline_stands();

CREATE FUNCTION grants_baseline_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_amount IS DISTINCT FROM
       (SELECT sum(programme_share) FROM grants_baselineline WHERE project_id = NEW.id)
       OR NEW.approved_amount IS DISTINCT FROM
       (SELECT sum(amount) FROM grants_tranche WHERE project_id = NEW.id) THEN
        RAISE EXCEPTION 'The budget and the tranches of a project are its approved amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER baseline_adds_up AFTER UPDATE OF status ON grants_project
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'awaiting_agreement' AND NEW.status = 'active')
    EXECUTE FUNCTION grants_baseline_adds_up();

-- A tranche is opened once and cancelled once, and not while money is under way.
CREATE FUNCTION grants_tranche_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['opened_at', 'cancelled_on', 'version'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT status FROM grants_project WHERE id = NEW.project_id FOR SHARE) <> 'awaiting_agreement' THEN
            RAISE EXCEPTION 'A project that has started keeps its tranches' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE'
       OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
       OR (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)
       OR (OLD.cancelled_on IS NOT NULL AND NEW.cancelled_on IS DISTINCT FROM OLD.cancelled_on)
       OR (OLD.cancelled_on IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at) THEN
        RAISE EXCEPTION 'A tranche is opened and cancelled once, and nothing else of it changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.cancelled_on IS DISTINCT FROM OLD.cancelled_on AND EXISTS (
        SELECT FROM grants_disbursement WHERE tranche_id = NEW.id AND status IN ('ordered', 'paid')
    ) THEN
        RAISE EXCEPTION 'A tranche that is ordered or paid is not cancelled' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tranche_stands BEFORE INSERT OR UPDATE OR DELETE ON grants_tranche
    FOR EACH ROW EXECUTE FUNCTION grants_tranche_stands();

-- A payee is checked once and replaced once; another account is another row.
CREATE FUNCTION grants_payee_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['checked_by_id', 'checked_at', 'current'];
BEGIN
    IF TG_OP = 'DELETE'
       OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
       OR (OLD.checked_at IS NOT NULL
           AND (NEW.checked_by_id, NEW.checked_at) IS DISTINCT FROM (OLD.checked_by_id, OLD.checked_at))
       OR (NEW.current AND NOT OLD.current)
       OR (NOT OLD.current AND NEW.checked_at IS DISTINCT FROM OLD.checked_at) THEN
        RAISE EXCEPTION 'A payee stays on record: a change is a new row' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payee_stays BEFORE UPDATE OR DELETE ON grants_payee
    FOR EACH ROW EXECUTE FUNCTION grants_payee_stays();

-- 6.5: nothing is ordered before its condition, to an unchecked payee, or above the approved amount.
CREATE FUNCTION grants_disbursement_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project grants_project;
    tranche grants_tranche;
    payee grants_payee;
    live numeric;
BEGIN
    SELECT p.* INTO project FROM grants_project p
        JOIN grants_tranche t ON t.project_id = p.id WHERE t.id = NEW.tranche_id FOR NO KEY UPDATE OF p;
    SELECT * INTO tranche FROM grants_tranche WHERE id = NEW.tranche_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'ordered' THEN
            RAISE EXCEPTION 'A payment begins as ordered' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_begins_ordered';
        END IF;
        IF project.status NOT IN ('active', 'closing') THEN
            RAISE EXCEPTION 'A project that is % is paid nothing', project.status USING
                ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_of_running_project';
        END IF;
        IF tranche.opened_at IS NULL OR tranche.cancelled_on IS NOT NULL THEN
            RAISE EXCEPTION 'No tranche is paid before its condition' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_of_open_tranche';
        END IF;
        IF NEW.amount > tranche.amount THEN
            RAISE EXCEPTION 'A payment is not above its tranche' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_within_tranche';
        END IF;
        SELECT * INTO payee FROM grants_payee WHERE id = NEW.payee_id FOR SHARE;
        IF payee.project_id <> project.id OR NOT payee.current OR payee.checked_at IS NULL THEN
            RAISE EXCEPTION 'Only the checked payee of the project is paid' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_to_checked_payee';
        END IF;
    END IF;
    IF NEW.status IN ('ordered', 'paid') THEN
        SELECT coalesce(sum(d.amount), 0) INTO live FROM grants_disbursement d
            JOIN grants_tranche t ON t.id = d.tranche_id
            WHERE t.project_id = project.id AND d.status IN ('ordered', 'paid') AND d.id <> NEW.id;
        IF live + NEW.amount > project.approved_amount THEN
            RAISE EXCEPTION 'Payments of % are above the approved amount of %', live + NEW.amount, project.approved_amount
                USING ERRCODE = 'check_violation', CONSTRAINT = 'disbursements_within_approved_amount';
        END IF;
    END IF;
    IF NEW.status = 'paid' THEN
        IF project.status NOT IN ('active', 'closing')
           AND NOT (project.status = 'suspended' AND NEW.treasury_date <= project.suspended_on) THEN
            RAISE EXCEPTION 'A project that is % is paid nothing', project.status USING
                ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_of_running_project';
        END IF;
        IF NEW.treasury_date < (NEW.ordered_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date
           OR NEW.treasury_date > (NEW.confirmed_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date THEN
            RAISE EXCEPTION 'The Treasury paid between the order and its confirmation' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'treasury_date_plausible';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disbursement_is_due BEFORE INSERT OR UPDATE ON grants_disbursement
    FOR EACH ROW EXECUTE FUNCTION grants_disbursement_is_due();

-- What was paid, failed or cancelled never changes; an order changes only by becoming one of these.
CREATE FUNCTION grants_disbursement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'ordered'
       OR (NEW.id, NEW.tranche_id, NEW.payee_id, NEW.amount, NEW.ordered_by_id, NEW.ordered_at)
       IS DISTINCT FROM (OLD.id, OLD.tranche_id, OLD.payee_id, OLD.amount, OLD.ordered_by_id, OLD.ordered_at) THEN
        RAISE EXCEPTION 'A payment never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disbursement_a_stays BEFORE UPDATE OR DELETE ON grants_disbursement
    FOR EACH ROW EXECUTE FUNCTION grants_disbursement_stays();
"""
TRIGGERS = {
    "grants_project": ("project_of_approval", "project_stays", "baseline_adds_up"),
    "applications_application": ("approval_stands",),
    "grants_agreement": ("agreement_stays",),
    "grants_baselineactivity": ("baseline_stands",),
    "grants_baselineline": ("baseline_stands",),
    "grants_tranche": ("tranche_stands",),
    "grants_payee": ("payee_stays",),
    "grants_disbursement": ("disbursement_is_due", "disbursement_a_stays"),
}
FUNCTIONS = (
    "project_of_approval", "project_stays", "approval_stands", "agreement_stays", "baseline_stands", "baseline_adds_up",
    "tranche_stands", "payee_stays", "disbursement_is_due", "disbursement_stays",
)  # fmt: skip
BACKWARD = "\n".join(
    [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [f"DROP FUNCTION grants_{name}();" for name in FUNCTIONS]
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
