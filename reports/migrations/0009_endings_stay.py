"""What the database itself refuses of the closing report, and of what follows a machine (PROGRAMME 6.10, 12)."""

from django.db import migrations

FORWARD = """
-- Of a closing report only its PDF is added, once; it is of a project that closed.
CREATE FUNCTION reports_closing_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.document_id IS NOT NULL
       OR (to_jsonb(NEW) - 'document_id') <> (to_jsonb(OLD) - 'document_id') THEN
        RAISE EXCEPTION 'A closing report stays as it was frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closing_stays BEFORE UPDATE OR DELETE ON reports_closingreport
    FOR EACH ROW EXECUTE FUNCTION reports_closing_stays();
CREATE FUNCTION reports_closing_of_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants_project WHERE id = NEW.project_id AND status = 'closed') THEN
        RAISE EXCEPTION 'A closing report is of a project that closed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'closing_of_closed_project';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER closing_of_closed AFTER INSERT ON reports_closingreport
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reports_closing_of_closed();

-- An insurance takes the place of an earlier one, of a machine that counts; it stays.
CREATE FUNCTION reports_insurance_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'An insurance stays as it was written down' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM reports_machine machine JOIN reports_progressreport progress ON progress.id = machine.report_id
        WHERE machine.id = NEW.machine_id AND progress.status = 'accepted'
          AND NEW.insured_until > coalesce(machine.insured_until, '-infinity')
          AND NEW.insured_until > ALL (
              SELECT insured_until FROM reports_machineinsurance WHERE machine_id = machine.id)
    ) THEN
        RAISE EXCEPTION 'An insurance makes an accepted machine insured for longer' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'insurance_lasts_longer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER insurance_stays BEFORE INSERT OR UPDATE OR DELETE ON reports_machineinsurance
    FOR EACH ROW EXECUTE FUNCTION reports_insurance_stays();

-- An invoice that bought a machine is a voucher of fixed investment of its own project that was handed in. What was said stays,
-- once the report is not being written any more.
CREATE FUNCTION reports_invoice_of_machine() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
    project bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'An invoice stays with its machine' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        SELECT progress.status INTO state FROM reports_machine machine
            JOIN reports_progressreport progress ON progress.id = machine.report_id
            WHERE machine.id = OLD.machine_id FOR SHARE OF progress;
        IF state NOT IN ('due', 'draft', 'returned') THEN
            RAISE EXCEPTION 'An invoice stays with its machine' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    SELECT progress.status, progress.project_id INTO state, project FROM reports_machine machine
        JOIN reports_progressreport progress ON progress.id = machine.report_id
        WHERE machine.id = NEW.machine_id FOR SHARE OF progress;
    IF state NOT IN ('due', 'draft', 'returned', 'accepted') THEN
        RAISE EXCEPTION 'Nothing is added to a report that is %', state USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM grants_expense expense
        JOIN grants_statement statement ON statement.id = expense.statement_id
        JOIN grants_baselineline line ON line.id = expense.line_id
        WHERE expense.id = NEW.expense_id AND statement.project_id = project AND line.category = 'fixed_investment'
          AND expense.kind <> 'record' AND expense.status IN ('submitted', 'queried', 'verified')
    ) THEN
        RAISE EXCEPTION 'A machine was bought with an expense of fixed investment of its project that was handed in'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_of_own_machine';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_of_machine BEFORE INSERT OR UPDATE OR DELETE ON reports_machineinvoice
    FOR EACH ROW EXECUTE FUNCTION reports_invoice_of_machine();
"""
BACKWARD = """
DROP TRIGGER invoice_of_machine ON reports_machineinvoice;
DROP FUNCTION reports_invoice_of_machine();
DROP TRIGGER insurance_stays ON reports_machineinsurance;
DROP FUNCTION reports_insurance_stays();
DROP TRIGGER closing_of_closed ON reports_closingreport;
DROP FUNCTION reports_closing_of_closed();
DROP TRIGGER closing_stays ON reports_closingreport;
DROP FUNCTION reports_closing_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_endings_and_machines")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
