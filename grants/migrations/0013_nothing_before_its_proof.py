"""Nothing is ordered before its proof, above what was verified, or beyond its surety (PROGRAMME 6.5, 10, Tranches).

These are asked beside the rules of 0002, under the project's row lock that they take.
"""

from django.db import migrations

FORWARD = """
-- What was advanced under a surety, ordered or paid, and is neither proven nor given back.
CREATE FUNCTION grants_exposed(which bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT greatest(0, coalesce((SELECT sum(d.amount) FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
        WHERE t.project_id = which AND t.needs_surety AND d.status IN ('ordered', 'paid')), 0)
        - coalesce((SELECT sum(amount) FROM grants_ledgerentry WHERE project_id = which AND kind IN ('proven', 'returned')), 0))
$$;
CREATE FUNCTION grants_cover(which bigint, day date) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(amount), 0) FROM grants_surety
        WHERE project_id = which AND status = 'held' AND from_on <= day AND expires_on >= day
$$;

CREATE FUNCTION grants_disbursement_of_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tranche grants_tranche;
    proven numeric;
    returned numeric;
    before numeric;
    exposed numeric;
    day date;
BEGIN
    SELECT * INTO tranche FROM grants_tranche WHERE id = NEW.tranche_id;
    IF TG_OP = 'INSERT' THEN
        SELECT coalesce(sum(amount) FILTER (WHERE kind = 'proven'), 0), coalesce(sum(amount) FILTER (WHERE kind = 'returned'), 0)
            INTO proven, returned FROM grants_ledgerentry WHERE project_id = tranche.project_id;
        IF tranche.basis = 'advance' AND tranche.proof_percent > 0 THEN
            SELECT coalesce(sum(d.amount), 0) INTO before FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
                WHERE t.project_id = tranche.project_id AND t.basis = 'advance' AND t.number < tranche.number
                  AND d.status IN ('ordered', 'paid');
            IF EXISTS (SELECT FROM grants_tranche t
                WHERE t.project_id = tranche.project_id AND t.basis = 'advance' AND t.number < tranche.number
                  AND t.cancelled_on IS NULL AND NOT EXISTS (SELECT FROM grants_disbursement d
                      WHERE d.tranche_id = t.id AND d.status IN ('ordered', 'paid')))
               OR proven < round(greatest(before - returned, 0) * tranche.proof_percent / 100, 2) THEN
                RAISE EXCEPTION 'An advance waits until what was advanced before is proven' USING
                    ERRCODE = 'check_violation', CONSTRAINT = 'advance_after_proof';
            END IF;
        ELSIF tranche.basis = 'reimbursement' THEN
            SELECT coalesce(sum(d.amount), 0) INTO before FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
                WHERE t.project_id = tranche.project_id AND t.basis = 'reimbursement' AND d.status IN ('ordered', 'paid');
            IF NEW.amount > proven + returned - before THEN
                RAISE EXCEPTION 'A reimbursement is not above what was verified and not reimbursed' USING
                    ERRCODE = 'check_violation', CONSTRAINT = 'reimbursement_of_verified';
            END IF;
        END IF;
    END IF;
    IF tranche.needs_surety AND (TG_OP = 'INSERT' OR (NEW.status = 'paid' AND OLD.status <> 'paid')) THEN
        IF TG_OP = 'INSERT' THEN
            day := (NEW.ordered_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date;
            -- It is not among the rows yet.
            SELECT greatest(0, coalesce(sum(d.amount), 0) + NEW.amount - proven - returned) INTO exposed
                FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
                WHERE t.project_id = tranche.project_id AND t.needs_surety AND d.status IN ('ordered', 'paid');
        ELSE
            day := NEW.treasury_date;
            exposed := grants_exposed(tranche.project_id);
        END IF;
        IF exposed > grants_cover(tranche.project_id, day) THEN
            RAISE EXCEPTION 'No advance is paid beyond the cover of its surety' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'advance_within_surety';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disbursement_of_proof BEFORE INSERT OR UPDATE ON grants_disbursement
    FOR EACH ROW EXECUTE FUNCTION grants_disbursement_of_proof();

-- A surety stays as it was taken; it is let go when what it covers is proven, given back, or covered by others.
CREATE FUNCTION grants_surety_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
    free text[] := ARRAY['status', 'version', 'released_by_id', 'released_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT status INTO state FROM grants_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
        IF NEW.status <> 'held' OR state IN ('closed', 'terminated') THEN
            RAISE EXCEPTION 'A surety begins as held, of a project that has not ended' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'surety_begins_held';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.status <> 'held' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'A surety stays as it was taken' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'released' THEN
        PERFORM FROM grants_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
        IF NEW.expires_on >= (NEW.released_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date
           AND grants_exposed(NEW.project_id) > (SELECT coalesce(sum(amount), 0) FROM grants_surety
               WHERE project_id = NEW.project_id AND status = 'held' AND id <> NEW.id
                 AND (NEW.released_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date BETWEEN from_on AND expires_on) THEN
            RAISE EXCEPTION 'A surety is let go when what it covers is proven' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'surety_released_when_proven';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER surety_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_surety
    FOR EACH ROW EXECUTE FUNCTION grants_surety_stays();
"""
BACKWARD = """
DROP TRIGGER disbursement_of_proof ON grants_disbursement;
DROP TRIGGER surety_stays ON grants_surety;
DROP FUNCTION grants_disbursement_of_proof();
DROP FUNCTION grants_surety_stays();
DROP FUNCTION grants_exposed(bigint);
DROP FUNCTION grants_cover(bigint, date);
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0012_conditions_of_tranches")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
