"""A settlement is frozen, and a list for the bank is made once: its bytes, its sum and its payments stay (PROGRAMME 6.10, 10)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION grants_settlement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'A settlement is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (SELECT status FROM grants_project WHERE id = NEW.project_id FOR SHARE) NOT IN ('closing', 'closed') THEN
        RAISE EXCEPTION 'A settlement is frozen when its project closes' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'settlement_at_closing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER settlement_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_finalsettlement
    FOR EACH ROW EXECUTE FUNCTION grants_settlement_stays();

-- A project of which something was settled here closes with nothing open, ordered or asked back. Taken over from earlier
-- files (no settlement), it closes as they say.
CREATE FUNCTION grants_closes_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settled grants_finalsettlement;
BEGIN
    SELECT * INTO settled FROM grants_finalsettlement WHERE project_id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM grants_expense e JOIN grants_statement s ON s.id = e.statement_id
               WHERE s.project_id = NEW.id AND e.status IN ('draft', 'submitted', 'queried'))
       OR EXISTS (SELECT FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
                  WHERE t.project_id = NEW.id AND d.status = 'ordered')
       OR EXISTS (SELECT FROM grants_refund WHERE project_id = NEW.id AND status = 'asked')
       OR NOT (settled.paid, settled.proven_programme, settled.returned) = (
           SELECT coalesce(sum(amount) FILTER (WHERE kind = 'paid'), 0), coalesce(sum(amount) FILTER (WHERE kind IN ('proven', 'salary')), 0),
                  coalesce(sum(amount) FILTER (WHERE kind = 'returned'), 0) FROM grants_ledgerentry WHERE project_id = NEW.id) THEN
        RAISE EXCEPTION 'A project closes when its money is settled' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'project_closes_settled';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER closes_settled AFTER UPDATE OF status ON grants_project
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'closing' AND NEW.status = 'closed')
    EXECUTE FUNCTION grants_closes_settled();

-- The bytes of a list are those of its hash.
ALTER TABLE grants_banklist ADD CONSTRAINT bank_list_hash
    CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'));

CREATE FUNCTION grants_bank_list_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['status', 'version', 'voided_by_id', 'voided_at', 'reason'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'live' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'A list for the bank is made once, and only voided' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_list_stays BEFORE UPDATE OR DELETE ON grants_banklist
    FOR EACH ROW EXECUTE FUNCTION grants_bank_list_stays();

CREATE FUNCTION grants_bank_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    payment grants_disbursement;
    state text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO payment FROM grants_disbursement WHERE id = NEW.disbursement_id FOR SHARE;
        SELECT p.status INTO state FROM grants_project p JOIN grants_tranche t ON t.project_id = p.id
            WHERE t.id = payment.tranche_id FOR SHARE OF p;
        IF payment.status <> 'ordered' OR payment.amount <> NEW.amount OR NOT NEW.live THEN
            RAISE EXCEPTION 'A list for the bank holds what is ordered' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'bank_item_is_ordered';
        END IF;
        IF state NOT IN ('active', 'closing') THEN
            RAISE EXCEPTION 'A project that is % is paid nothing', state USING
                ERRCODE = 'check_violation', CONSTRAINT = 'bank_item_of_running_project';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR NOT OLD.live OR (to_jsonb(NEW) - 'live') <> (to_jsonb(OLD) - 'live') OR
       (SELECT status FROM grants_banklist WHERE id = NEW.bank_list_id) <> 'voided' THEN
        RAISE EXCEPTION 'What is on a list for the bank stays until it is voided' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_item_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_banklistitem
    FOR EACH ROW EXECUTE FUNCTION grants_bank_item_stays();

CREATE FUNCTION grants_bank_list_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint := NEW.bank_list_id;
BEGIN
    IF NOT EXISTS (SELECT FROM grants_banklist l WHERE l.id = which
        AND (l.count, l.total) = (SELECT count(*), sum(i.amount) FROM grants_banklistitem i WHERE i.bank_list_id = which)) THEN
        RAISE EXCEPTION 'A list for the bank says how many and how much it holds' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'bank_list_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bank_list_adds_up AFTER INSERT ON grants_banklistitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_bank_list_adds_up();
"""
TRIGGERS = {
    "grants_finalsettlement": ("settlement_stays",),
    "grants_project": ("closes_settled",),
    "grants_banklist": ("bank_list_stays",),
    "grants_banklistitem": ("bank_item_stays", "bank_list_adds_up"),
}
FUNCTIONS = ("settlement_stays", "closes_settled", "bank_list_stays", "bank_item_stays", "bank_list_adds_up")
BACKWARD = "\n".join(
    ["ALTER TABLE grants_banklist DROP CONSTRAINT bank_list_hash;"]
    + [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [f"DROP FUNCTION grants_{name}();" for name in FUNCTIONS]
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0014_settlement_and_bank_lists")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
