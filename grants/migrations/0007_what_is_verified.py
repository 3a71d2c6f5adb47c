"""What the database refuses of statements besides (PROGRAMME 6.10 and 10): a settled one is frozen with its PDF, a verified
expense is paid, a counterpart in kind stays under the call's cap, a correction corrects what was rejected.
"""

from django.db import migrations

FORWARD = """
-- A settled statement takes nothing more but its PDF, once.
CREATE OR REPLACE FUNCTION grants_statement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A statement is settled, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT status INTO state FROM grants_project WHERE id = NEW.project_id FOR SHARE;
        IF NEW.status <> 'open' OR state NOT IN ('active', 'closing') THEN
            RAISE EXCEPTION 'A statement begins open, in a project that runs'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_of_running_project';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.project_id, NEW.number, NEW.opened_at, NEW.opened_by_id)
       IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.number, OLD.opened_at, OLD.opened_by_id)
       OR (OLD.status = 'settled'
           AND (to_jsonb(NEW) - ARRAY['version', 'pdf_id']) <> (to_jsonb(OLD) - ARRAY['version', 'pdf_id']))
       OR (OLD.pdf_id IS NOT NULL AND NEW.pdf_id IS DISTINCT FROM OLD.pdf_id)
       OR (OLD.status = 'submitted' AND NEW.status = 'open') THEN
        RAISE EXCEPTION 'What was submitted and settled stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'settled' AND OLD.status <> 'settled' AND EXISTS (
        SELECT FROM grants_expense WHERE statement_id = NEW.id AND status IN ('draft', 'submitted', 'queried')
    ) THEN
        RAISE EXCEPTION 'A statement is settled when each of its expenses was judged'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_settled_whole';
    END IF;
    RETURN NEW;
END $$;

-- 10: verified only when payments and withholdings cover it; cash up to the call's limit. As grants.expenses.checks.
CREATE FUNCTION grants_expense_verified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most_in_cash numeric;
    due numeric;
    paid numeric;
BEGIN
    IF NEW.status <> 'verified' OR NEW.kind = 'record' OR (TG_OP = 'UPDATE' AND OLD.status = 'verified') THEN
        RETURN NEW;
    END IF;
    SELECT c.cash_limit INTO most_in_cash FROM applications_call c
        JOIN applications_application a ON a.call_id = c.id
        JOIN grants_project p ON p.application_id = a.id
        JOIN grants_statement s ON s.project_id = p.id WHERE s.id = NEW.statement_id;
    SELECT round(NEW.net * NEW.rate, 2) + round(NEW.tax * NEW.rate, 2) + round(NEW.perceptions * NEW.rate, 2)
           - coalesce(sum(round(net * NEW.rate, 2) + round(tax * NEW.rate, 2) + round(perceptions * NEW.rate, 2)), 0)
        INTO due FROM grants_creditnote WHERE expense_id = NEW.id;
    SELECT coalesce(sum(withheld), 0) + coalesce(sum(amount) FILTER (WHERE means <> 'cash'), 0)
           + least(coalesce(sum(amount) FILTER (WHERE means = 'cash'), 0), most_in_cash)
        INTO paid FROM grants_expensepayment WHERE expense_id = NEW.id;
    IF paid < due THEN
        RAISE EXCEPTION 'What is not paid is not verified'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'verified_expense_is_paid';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER expense_verified BEFORE INSERT OR UPDATE ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_expense_verified();

-- 10: a counterpart in kind is capped by the call, in per cent of the whole counterpart.
CREATE FUNCTION grants_in_kind_within_cap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project grants_project;
    cap numeric;
    whole numeric;
    others numeric;
BEGIN
    IF NEW.kind <> 'record' OR NEW.status = 'rejected' THEN
        RETURN NEW;
    END IF;
    SELECT p.* INTO project FROM grants_project p JOIN grants_statement s ON s.project_id = p.id
        WHERE s.id = NEW.statement_id FOR NO KEY UPDATE OF p;
    SELECT c.in_kind_cap INTO cap FROM applications_call c
        JOIN applications_application a ON a.call_id = c.id WHERE a.id = project.application_id;
    SELECT coalesce(sum(group_share), 0) INTO whole FROM grants_baselineline WHERE project_id = project.id;
    SELECT coalesce(sum(e.group_share), 0) INTO others FROM grants_expense e
        JOIN grants_statement s ON s.id = e.statement_id
        WHERE s.project_id = project.id AND e.kind = 'record' AND e.id <> NEW.id AND e.status <> 'rejected';
    IF others + NEW.group_share > round(whole * cap / 100, 2) THEN
        RAISE EXCEPTION 'More is given in kind than the call takes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'in_kind_within_cap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_kind_within_cap BEFORE INSERT OR UPDATE ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_in_kind_within_cap();

-- A correction is of something rejected, in the same project.
CREATE FUNCTION grants_expense_corrects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM grants_expense e JOIN grants_statement theirs ON theirs.id = e.statement_id
            JOIN grants_statement mine ON mine.id = NEW.statement_id
            WHERE e.id = NEW.corrects_id AND e.status = 'rejected' AND theirs.project_id = mine.project_id
    ) THEN
        RAISE EXCEPTION 'A correction corrects what was rejected in the same project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'corrects_what_was_rejected';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER expense_corrects BEFORE INSERT OR UPDATE OF corrects_id ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_expense_corrects();

CREATE TRIGGER part_of_expense BEFORE INSERT OR UPDATE OR DELETE ON grants_expensequote
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_expense();
"""
BACKWARD = """
DROP TRIGGER part_of_expense ON grants_expensequote;
DROP TRIGGER expense_corrects ON grants_expense;
DROP TRIGGER in_kind_within_cap ON grants_expense;
DROP TRIGGER expense_verified ON grants_expense;
DROP FUNCTION grants_expense_corrects();
DROP FUNCTION grants_in_kind_within_cap();
DROP FUNCTION grants_expense_verified();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0006_statements_are_frozen")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
