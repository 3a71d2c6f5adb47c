"""The database refuses what the guards refuse first (PROGRAMME 10): a refund of a rejected expense names it, and the number of a
Treasury's order pays one payment in a year. Rows from before stay as they are: both are asked of what is new."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION grants_refund_names_expense() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A refund of a rejected expense names the expense' USING
        ERRCODE = 'check_violation', CONSTRAINT = 'refund_names_expense';
END $$;
CREATE TRIGGER refund_names_expense BEFORE INSERT ON grants_refund FOR EACH ROW
    WHEN (NEW.why = 'rejected' AND NEW.expense_id IS NULL) EXECUTE FUNCTION grants_refund_names_expense();

-- Two at once with the same number wait for each other.
CREATE FUNCTION grants_treasury_order_of_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    year integer := extract(year FROM NEW.treasury_date);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(year || ' ' || NEW.treasury_number, 0));
    IF EXISTS (SELECT FROM grants_disbursement d WHERE d.status = 'paid' AND d.treasury_number = NEW.treasury_number
        AND d.treasury_date >= make_date(year, 1, 1) AND d.treasury_date < make_date(year + 1, 1, 1) AND d.id <> NEW.id) THEN
        RAISE EXCEPTION 'The number of a Treasury''s order pays once in a year (treasury_order_once_a_year)' USING
            ERRCODE = 'unique_violation', CONSTRAINT = 'treasury_order_once_a_year';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER treasury_order_of_year BEFORE UPDATE OF status ON grants_disbursement FOR EACH ROW
    WHEN (NEW.status = 'paid' AND OLD.status <> 'paid') EXECUTE FUNCTION grants_treasury_order_of_year();
"""
BACKWARD = """
DROP TRIGGER treasury_order_of_year ON grants_disbursement;
DROP FUNCTION grants_treasury_order_of_year();
DROP TRIGGER refund_names_expense ON grants_refund;
DROP FUNCTION grants_refund_names_expense();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0031_saved_once_by_whoever_has_the_link")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
