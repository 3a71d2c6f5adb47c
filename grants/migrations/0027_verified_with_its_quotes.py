"""What the database refuses of quotes (PROGRAMME 10): an expense is verified with as many quotes as its call asks for, valid on
the day of the voucher, or with a ground that somebody of the programme accepted. As grants.expenses.checks.lacks_quotes.
"""

from django.db import migrations

FORWARD = """
-- Why there are fewer: said while the expense may be written, accepted while it waits, still once it was judged.
CREATE FUNCTION grants_few_quotes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_of bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.expense_id ELSE NEW.expense_id END;
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.expense_id <> OLD.expense_id THEN
        RAISE EXCEPTION 'It belongs to its expense' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT status INTO state FROM grants_expense WHERE id = row_of FOR SHARE;
    IF state IN ('verified', 'rejected') THEN
        RAISE EXCEPTION 'What was judged stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF state NOT IN ('draft', 'queried') AND (
        TG_OP <> 'UPDATE'
        OR (NEW.ground, NEW.given_by_id, NEW.given_at) IS DISTINCT FROM (OLD.ground, OLD.given_by_id, OLD.given_at)
    ) THEN
        RAISE EXCEPTION 'What was handed in changes only when it was asked about'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.accepted_by_id IS NOT NULL AND (
        TG_OP = 'INSERT' OR state NOT IN ('submitted', 'queried')
        OR (NEW.ground, NEW.given_by_id, NEW.given_at) IS DISTINCT FROM (OLD.ground, OLD.given_by_id, OLD.given_at)
    ) THEN
        RAISE EXCEPTION 'It is accepted once it was handed in, as it was said'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'few_quotes_accepted_as_said';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER few_quotes_stay BEFORE INSERT OR UPDATE OR DELETE ON grants_fewquotes
    FOR EACH ROW EXECUTE FUNCTION grants_few_quotes_stay();

CREATE FUNCTION grants_expense_shows_quotes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked record;
    shown integer;
BEGIN
    IF NEW.status <> 'verified' OR OLD.status = 'verified' OR NEW.kind = 'record' THEN
        RETURN NEW;
    END IF;
    SELECT c.quotes_from, c.quotes_needed, l.category, l.source_id INTO asked
        FROM grants_baselineline l
        JOIN grants_project p ON p.id = l.project_id
        JOIN applications_application a ON a.id = p.application_id
        JOIN applications_call c ON c.id = a.call_id WHERE l.id = NEW.line_id;
    IF asked.quotes_from IS NULL OR asked.quotes_needed = 0 OR asked.category = 'coordination'
       OR grants_counts_for(NEW) < asked.quotes_from
       OR EXISTS (SELECT FROM grants_fewquotes WHERE expense_id = NEW.id AND accepted_by_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    SELECT count(DISTINCT lower(regexp_replace(btrim(q.supplier), '\\s+', ' ', 'g'))) INTO shown FROM (
        SELECT supplier, valid_until FROM grants_expensequote WHERE expense_id = NEW.id
        UNION ALL
        SELECT supplier, valid_until FROM applications_budgetquote WHERE line_id = asked.source_id
    ) q WHERE q.valid_until IS NULL OR q.valid_until >= NEW.issued_on;
    IF shown < asked.quotes_needed THEN
        RAISE EXCEPTION 'An expense is verified with the quotes that its call asks for'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'verified_expense_shows_quotes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER expense_shows_quotes BEFORE UPDATE ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_expense_shows_quotes();
"""
BACKWARD = """
DROP TRIGGER expense_shows_quotes ON grants_expense;
DROP TRIGGER few_quotes_stay ON grants_fewquotes;
DROP FUNCTION grants_expense_shows_quotes();
DROP FUNCTION grants_few_quotes_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0026_few_quotes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
