"""What the database itself refuses of letters and notifications: what was signed, proven or said stays (PROGRAMME 6.10, 11).

The day by which a refund is given back moves later, and only where a notification of it is proven.
"""

from django.db import migrations

FORWARD = """
-- Of a letter only its PDF is added, once.
CREATE FUNCTION grants_letter_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.document_id IS NOT NULL
       OR (to_jsonb(NEW) - 'document_id') <> (to_jsonb(OLD) - 'document_id') THEN
        RAISE EXCEPTION 'A letter stays as it was signed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_stays BEFORE UPDATE OR DELETE ON grants_projectletter
    FOR EACH ROW EXECUTE FUNCTION grants_letter_stays();

CREATE FUNCTION grants_notice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was notified or said stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER notice_stays BEFORE UPDATE OR DELETE ON grants_projectnotice
    FOR EACH ROW EXECUTE FUNCTION grants_notice_stays();
CREATE TRIGGER answer_stays BEFORE UPDATE OR DELETE ON grants_hearinganswer
    FOR EACH ROW EXECUTE FUNCTION grants_notice_stays();

-- Nobody is notified before the act, or answers what asks nothing.
CREATE FUNCTION grants_notice_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signed timestamptz;
BEGIN
    SELECT signed_at INTO signed FROM grants_projectletter WHERE id = NEW.letter_id;
    IF signed IS NULL THEN SELECT asked_at INTO signed FROM grants_refund WHERE id = NEW.refund_id; END IF;
    IF NEW.notified_on < (signed AT TIME ZONE 'America/Argentina/Buenos_Aires')::date THEN
        RAISE EXCEPTION 'Nobody is notified before the act' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'notice_follows_the_act';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_follows BEFORE INSERT ON grants_projectnotice
    FOR EACH ROW EXECUTE FUNCTION grants_notice_follows();
CREATE FUNCTION grants_answer_of_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants_projectletter WHERE id = NEW.letter_id AND kind = 'hearing') THEN
        RAISE EXCEPTION 'Only a proposal is answered' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'answer_of_hearing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_of_hearing BEFORE INSERT ON grants_hearinganswer
    FOR EACH ROW EXECUTE FUNCTION grants_answer_of_hearing();

CREATE OR REPLACE FUNCTION grants_refund_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project grants_project;
    free text[] := ARRAY['status', 'version', 'due_on'];
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
       OR (OLD.status <> 'asked' AND NEW.status <> OLD.status)
       OR NEW.due_on < OLD.due_on OR (OLD.status <> 'asked' AND NEW.due_on <> OLD.due_on)
       OR (NEW.due_on <> OLD.due_on AND NOT EXISTS (SELECT FROM grants_projectnotice WHERE refund_id = OLD.id)) THEN
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
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION grants_refund_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP TRIGGER answer_of_hearing ON grants_hearinganswer;
DROP FUNCTION grants_answer_of_hearing();
DROP TRIGGER notice_follows ON grants_projectnotice;
DROP FUNCTION grants_notice_follows();
DROP TRIGGER answer_stays ON grants_hearinganswer;
DROP TRIGGER notice_stays ON grants_projectnotice;
DROP FUNCTION grants_notice_stays();
DROP TRIGGER letter_stays ON grants_projectletter;
DROP FUNCTION grants_letter_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0024_letters_and_notices")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
