"""The ledger is written by what it tells of, and always adds up (PROGRAMME 6.5, 10); refunds are never above what was paid
less what came back.

Sums are taken under the project's row lock, as those of payments. Rows that were there before the ledger are entered here.
"""

from django.db import migrations

ENTRIES = """
CREATE FUNCTION grants_ledger_write(
    project bigint, kind text, amount numeric, at timestamptz, state text,
    tranche bigint, disbursement bigint, expense bigint, receipt bigint, envelope bigint
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO grants_ledgerentry (project_id, kind, amount, at, state, tranche_id, disbursement_id, expense_id,
        receipt_id, envelope_entry_id)
    VALUES (project, kind, amount, at, state, tranche, disbursement, expense, receipt, envelope)
$$;

CREATE FUNCTION grants_ledger_of_project() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided timestamptz;
    entry applications_envelopeentry;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM grants_ledger_write(NEW.id, 'approved', NEW.approved_amount - OLD.approved_amount, now(), 'amended',
            NULL, NULL, NULL, NULL, NULL);
        RETURN NULL;
    END IF;
    SELECT decided_at INTO decided FROM applications_decision
        WHERE application_id = NEW.application_id AND kind = 'approve' ORDER BY id DESC LIMIT 1;
    PERFORM grants_ledger_write(NEW.id, 'approved', NEW.approved_amount, coalesce(decided, now()), 'approved',
        NULL, NULL, NULL, NULL, NULL);
    FOR entry IN SELECT * FROM applications_envelopeentry WHERE application_id = NEW.application_id ORDER BY id LOOP
        PERFORM grants_ledger_write(NEW.id, 'committed', entry.amount, entry.at, entry.why, NULL, NULL, NULL, NULL, entry.id);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_of_project AFTER INSERT ON grants_project
    FOR EACH ROW EXECUTE FUNCTION grants_ledger_of_project();
CREATE TRIGGER ledger_of_amount AFTER UPDATE OF approved_amount ON grants_project
    FOR EACH ROW WHEN (NEW.approved_amount <> OLD.approved_amount) EXECUTE FUNCTION grants_ledger_of_project();

CREATE FUNCTION grants_ledger_of_envelope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project bigint;
BEGIN
    SELECT id INTO project FROM grants_project WHERE application_id = NEW.application_id;
    IF FOUND THEN
        PERFORM grants_ledger_write(project, 'committed', NEW.amount, NEW.at, NEW.why, NULL, NULL, NULL, NULL, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_of_envelope AFTER INSERT ON applications_envelopeentry
    FOR EACH ROW EXECUTE FUNCTION grants_ledger_of_envelope();

CREATE FUNCTION grants_ledger_of_disbursement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project bigint;
    tranche_kind text;
BEGIN
    SELECT project_id, kind INTO project, tranche_kind FROM grants_tranche WHERE id = NEW.tranche_id;
    IF TG_OP = 'INSERT' THEN
        PERFORM grants_ledger_write(project, 'ordered', NEW.amount, NEW.ordered_at, 'ordered', NEW.tranche_id, NEW.id,
            NULL, NULL, NULL);
    ELSIF NEW.status = 'paid' THEN
        PERFORM grants_ledger_write(project, 'paid', NEW.amount, NEW.confirmed_at, 'paid', NEW.tranche_id, NEW.id,
            NULL, NULL, NULL);
        IF tranche_kind = 'salary' THEN
            PERFORM grants_ledger_write(project, 'salary', NEW.amount, NEW.confirmed_at, 'paid', NEW.tranche_id, NEW.id,
                NULL, NULL, NULL);
        END IF;
    ELSE
        PERFORM grants_ledger_write(project, 'ordered', -NEW.amount, coalesce(NEW.unpaid_at, now()), NEW.status,
            NEW.tranche_id, NEW.id, NULL, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_of_order AFTER INSERT ON grants_disbursement
    FOR EACH ROW EXECUTE FUNCTION grants_ledger_of_disbursement();
CREATE TRIGGER ledger_of_payment AFTER UPDATE OF status ON grants_disbursement
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION grants_ledger_of_disbursement();

CREATE FUNCTION grants_ledger_of_expense() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.programme_share > 0 THEN
        PERFORM grants_ledger_write((SELECT project_id FROM grants_statement WHERE id = NEW.statement_id), 'proven',
            NEW.programme_share, NEW.checked_at, 'verified', NULL, NULL, NEW.id, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_of_expense AFTER UPDATE OF status ON grants_expense
    FOR EACH ROW WHEN (NEW.status = 'verified' AND OLD.status <> 'verified')
    EXECUTE FUNCTION grants_ledger_of_expense();

CREATE FUNCTION grants_ledger_of_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refund grants_refund;
BEGIN
    SELECT * INTO refund FROM grants_refund WHERE id = NEW.refund_id;
    PERFORM grants_ledger_write(refund.project_id, CASE refund.why WHEN 'interest' THEN 'interest' ELSE 'returned' END,
        NEW.amount, NEW.checked_at, 'confirmed', NULL, NULL, NULL, NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_of_receipt AFTER UPDATE OF status ON grants_refundreceipt
    FOR EACH ROW WHEN (NEW.status = 'confirmed' AND OLD.status <> 'confirmed')
    EXECUTE FUNCTION grants_ledger_of_receipt();
"""

BEFORE = """
-- What was there before the ledger was kept.
SELECT grants_ledger_write(p.id, 'approved', p.approved_amount, coalesce((SELECT max(decided_at) FROM applications_decision d
    WHERE d.application_id = p.application_id AND d.kind = 'approve'), now()), 'approved', NULL, NULL, NULL, NULL, NULL)
    FROM grants_project p ORDER BY p.id;
SELECT grants_ledger_write(p.id, 'committed', e.amount, e.at, e.why, NULL, NULL, NULL, NULL, e.id)
    FROM grants_project p JOIN applications_envelopeentry e ON e.application_id = p.application_id ORDER BY e.id;
SELECT grants_ledger_write(t.project_id, 'ordered', d.amount, d.ordered_at, 'ordered', t.id, d.id, NULL, NULL, NULL)
    FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id ORDER BY d.id;
SELECT grants_ledger_write(t.project_id, 'ordered', -d.amount, d.ordered_at, d.status, t.id, d.id, NULL, NULL, NULL)
    FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
    WHERE d.status IN ('failed', 'cancelled') ORDER BY d.id;
SELECT grants_ledger_write(t.project_id, 'paid', d.amount, d.confirmed_at, 'paid', t.id, d.id, NULL, NULL, NULL)
    FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id WHERE d.status = 'paid' ORDER BY d.id;
SELECT grants_ledger_write(s.project_id, 'proven', e.programme_share, e.checked_at, 'verified', NULL, NULL, e.id, NULL, NULL)
    FROM grants_expense e JOIN grants_statement s ON s.id = e.statement_id
    WHERE e.status = 'verified' AND e.programme_share > 0 ORDER BY e.id;
-- What refers to other rows is asked now: triggers follow.
SET CONSTRAINTS ALL IMMEDIATE;
"""

RULES = """
-- Nobody writes the ledger but what it tells of, and what was written stays.
CREATE FUNCTION grants_ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'The ledger is written by what it tells of, and only grows' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_only_grows BEFORE INSERT OR UPDATE OR DELETE ON grants_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION grants_ledger_only_grows();

-- What does not add up in the ledger of a project; '' when all does.
CREATE FUNCTION grants_ledger_fault(which bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    project grants_project;
    approved numeric; committed numeric; ordered numeric; paid numeric; proven numeric; returned numeric; interest numeric;
    salary numeric;
    other numeric;
BEGIN
    SELECT * INTO project FROM grants_project WHERE id = which;
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'approved'), 0), coalesce(sum(amount) FILTER (WHERE kind = 'committed'), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'ordered'), 0), coalesce(sum(amount) FILTER (WHERE kind = 'paid'), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'proven'), 0), coalesce(sum(amount) FILTER (WHERE kind = 'returned'), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'interest'), 0), coalesce(sum(amount) FILTER (WHERE kind = 'salary'), 0)
        INTO approved, committed, ordered, paid, proven, returned, interest, salary
        FROM grants_ledgerentry WHERE project_id = which;
    IF approved <> project.approved_amount THEN
        RETURN format('approved %s is not the %s of the project', approved, project.approved_amount);
    END IF;
    SELECT coalesce(sum(amount), 0) INTO other FROM applications_envelopeentry WHERE application_id = project.application_id;
    IF committed <> other THEN
        RETURN format('committed %s is not the %s of the envelope', committed, other);
    END IF;
    SELECT coalesce(sum(d.amount), 0) INTO other FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
        WHERE t.project_id = which AND d.status IN ('ordered', 'paid');
    IF ordered <> other THEN
        RETURN format('ordered %s is not the %s of the payments', ordered, other);
    END IF;
    SELECT coalesce(sum(d.amount), 0) INTO other FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
        WHERE t.project_id = which AND d.status = 'paid';
    IF paid <> other THEN
        RETURN format('paid %s is not the %s of the payments', paid, other);
    END IF;
    SELECT coalesce(sum(e.programme_share), 0) INTO other FROM grants_expense e JOIN grants_statement s ON s.id = e.statement_id
        WHERE s.project_id = which AND e.status = 'verified';
    IF proven <> other THEN
        RETURN format('proven %s is not the %s of the expenses', proven, other);
    END IF;
    SELECT coalesce(sum(d.amount), 0) INTO other FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
        WHERE t.project_id = which AND t.kind = 'salary' AND d.status = 'paid';
    IF salary <> other THEN
        RETURN format('salary %s is not the %s of the payments', salary, other);
    END IF;
    SELECT coalesce(sum(c.amount), 0) INTO other FROM grants_refundreceipt c JOIN grants_refund r ON r.id = c.refund_id
        WHERE r.project_id = which AND c.status = 'confirmed';
    IF returned + interest <> other THEN
        RETURN format('given back %s is not the %s of the receipts', returned + interest, other);
    END IF;
    IF NOT (0 <= returned AND returned <= paid AND paid <= ordered AND ordered <= approved AND proven + salary <= approved) THEN
        RETURN format('approved %s, ordered %s, paid %s, proven %s, salary %s, given back %s', approved, ordered, paid, proven,
            salary, returned);
    END IF;
    RETURN '';
END $$;

CREATE FUNCTION grants_ledger_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fault text := grants_ledger_fault(NEW.project_id);
BEGIN
    IF fault <> '' THEN
        RAISE EXCEPTION 'The ledger of project % does not add up: %', NEW.project_id, fault
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_adds_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_adds_up AFTER INSERT ON grants_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_ledger_adds_up();

-- What is asked back is never above what was paid less what came back and what is asked already; what earned interest is
-- beside it.
CREATE FUNCTION grants_refund_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project grants_project;
    free text[] := ARRAY['status', 'version'];
    paid numeric;
    back numeric;
    outstanding numeric;
    announced numeric;
    confirmed numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO project FROM grants_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
        IF NEW.status <> 'asked' OR project.status NOT IN ('active', 'closing', 'suspended', 'terminated') THEN
            RAISE EXCEPTION 'A refund begins as asked, of a project that started and is not closed' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_started_project';
        END IF;
        IF NEW.expense_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM grants_expense e JOIN grants_statement s ON s.id = e.statement_id
            WHERE e.id = NEW.expense_id AND s.project_id = NEW.project_id AND e.status = 'rejected'
        ) THEN
            RAISE EXCEPTION 'Only a rejected expense of the project is asked back' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_own_expense';
        END IF;
        IF NEW.why <> 'interest' THEN
            SELECT coalesce(sum(d.amount), 0) INTO paid FROM grants_disbursement d
                JOIN grants_tranche t ON t.id = d.tranche_id WHERE t.project_id = project.id AND d.status = 'paid';
            SELECT coalesce(sum(c.amount), 0) INTO back FROM grants_refundreceipt c JOIN grants_refund r ON r.id = c.refund_id
                WHERE r.project_id = project.id AND r.why <> 'interest' AND c.status = 'confirmed';
            SELECT coalesce(sum(r.amount), 0) - coalesce(sum((SELECT sum(c.amount) FROM grants_refundreceipt c
                WHERE c.refund_id = r.id AND c.status = 'confirmed')), 0) INTO outstanding FROM grants_refund r
                WHERE r.project_id = project.id AND r.why <> 'interest' AND r.status = 'asked';
            IF NEW.amount > paid - back - outstanding THEN
                RAISE EXCEPTION 'More is asked back than was paid and has not come back' USING
                    ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_what_was_paid';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
       OR (OLD.status <> 'asked' AND NEW.status <> OLD.status) THEN
        RAISE EXCEPTION 'A refund stays as it was asked, until it is settled or cancelled'
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT coalesce(sum(amount) FILTER (WHERE status <> 'refused'), 0), coalesce(sum(amount) FILTER (WHERE status = 'confirmed'), 0)
        INTO announced, confirmed FROM grants_refundreceipt WHERE refund_id = NEW.id;
    IF (NEW.status = 'settled' AND confirmed <> NEW.amount) OR (NEW.status = 'cancelled' AND announced > 0) THEN
        RAISE EXCEPTION 'A refund is settled when all of it came back, and cancelled when nothing did' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'refund_ends_by_its_receipts';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_refund
    FOR EACH ROW EXECUTE FUNCTION grants_refund_stays();

CREATE FUNCTION grants_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refund grants_refund;
    free text[] := ARRAY['status', 'version', 'checked_by_id', 'checked_at', 'reason'];
    announced numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO refund FROM grants_refund WHERE id = NEW.refund_id FOR NO KEY UPDATE;
        SELECT coalesce(sum(amount), 0) INTO announced FROM grants_refundreceipt
            WHERE refund_id = NEW.refund_id AND status <> 'refused';
        IF NEW.status <> 'given' OR refund.status <> 'asked' THEN
            RAISE EXCEPTION 'A receipt is given of a refund that is asked, and then confirmed' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'receipt_of_asked_refund';
        END IF;
        IF announced + NEW.amount > refund.amount THEN
            RAISE EXCEPTION 'Receipts are not above what was asked' USING
                ERRCODE = 'check_violation', CONSTRAINT = 'receipts_within_refund';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.status <> 'given' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'A receipt is confirmed or refused once, and nothing else of it changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_refundreceipt
    FOR EACH ROW EXECUTE FUNCTION grants_receipt_stays();
"""

TRIGGERS = {
    "grants_project": ("ledger_of_project", "ledger_of_amount"),
    "applications_envelopeentry": ("ledger_of_envelope",),
    "grants_disbursement": ("ledger_of_order", "ledger_of_payment"),
    "grants_expense": ("ledger_of_expense",),
    "grants_refundreceipt": ("ledger_of_receipt", "receipt_stays"),
    "grants_ledgerentry": ("ledger_only_grows", "ledger_adds_up"),
    "grants_refund": ("refund_stays",),
}
FUNCTIONS = (
    "ledger_of_project()", "ledger_of_envelope()", "ledger_of_disbursement()", "ledger_of_expense()",
    "ledger_of_receipt()", "ledger_only_grows()", "ledger_adds_up()", "ledger_fault(bigint)", "refund_stays()",
    "receipt_stays()",
    "ledger_write(bigint, text, numeric, timestamptz, text, bigint, bigint, bigint, bigint, bigint)",
)  # fmt: skip
BACKWARD = "\n".join(
    [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [f"DROP FUNCTION grants_{name};" for name in FUNCTIONS]
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0010_ledger_and_refunds")]
    operations = [migrations.RunSQL(ENTRIES + BEFORE + RULES, BACKWARD)]
