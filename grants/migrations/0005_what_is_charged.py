"""What the database itself refuses of expenses (PROGRAMME 6.7, 6.10 and 10), whatever the code above it does.

What is charged to a budget line is summed under the project's row lock, and what is charged of one voucher under a lock of
that voucher: two who save at the same second queue up.
"""

from django.db import migrations

FORWARD = """
-- A statement is submitted and settled once; it is settled when nothing of it waits to be judged.
CREATE FUNCTION grants_statement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
       OR (OLD.status = 'settled' AND (to_jsonb(NEW) - 'version') <> (to_jsonb(OLD) - 'version'))
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
CREATE TRIGGER statement_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_statement
    FOR EACH ROW EXECUTE FUNCTION grants_statement_stays();

-- What was handed in changes only while it is queried, and what was judged never.
CREATE FUNCTION grants_expense_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    statement grants_statement;
    judged text[] := ARRAY['status', 'version', 'remark', 'answer', 'checked_by_id', 'checked_at',
                           'related_ground', 'related_ground_by_id', 'total'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'What was handed in is never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    SELECT * INTO statement FROM grants_statement WHERE id = NEW.statement_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR statement.status <> 'open' THEN
            RAISE EXCEPTION 'An expense begins as a draft of an open statement'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_begins_as_draft';
        END IF;
    ELSE
        IF NEW.statement_id <> OLD.statement_id OR statement.status = 'settled'
           OR OLD.status IN ('verified', 'rejected')
           OR (OLD.status = 'submitted' AND (to_jsonb(NEW) - judged) <> (to_jsonb(OLD) - judged)) THEN
            RAISE EXCEPTION 'What was handed in changes only when it was asked about'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NOT EXISTS (
        SELECT FROM grants_baselineline WHERE id = NEW.line_id AND project_id = statement.project_id
    ) THEN
        RAISE EXCEPTION 'An expense is charged to a line of its own project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_of_own_line';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER expense_a_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_expense_stays();

-- 6.7: charged to a line, never above the line and the call's tolerance; to the programme, never above what was approved.
CREATE FUNCTION grants_expense_within_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project grants_project;
    line grants_baselineline;
    tolerance numeric;
    programme numeric;
    both_shares numeric;
    whole numeric;
BEGIN
    IF NEW.status = 'rejected' THEN
        RETURN NEW;
    END IF;
    SELECT p.* INTO project FROM grants_project p JOIN grants_statement s ON s.project_id = p.id
        WHERE s.id = NEW.statement_id FOR NO KEY UPDATE OF p;
    SELECT * INTO line FROM grants_baselineline WHERE id = NEW.line_id;
    SELECT c.tolerance INTO tolerance FROM applications_call c
        JOIN applications_application a ON a.call_id = c.id WHERE a.id = project.application_id;
    SELECT coalesce(sum(programme_share), 0), coalesce(sum(programme_share + group_share), 0)
        INTO programme, both_shares FROM grants_expense
        WHERE line_id = NEW.line_id AND id <> NEW.id AND status <> 'rejected';
    IF programme + NEW.programme_share > round(line.programme_share * (100 + tolerance) / 100, 2)
       OR both_shares + NEW.programme_share + NEW.group_share
          > round((line.programme_share + line.group_share) * (100 + tolerance) / 100, 2) THEN
        RAISE EXCEPTION 'More is charged to a line than it has, tolerance included'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_within_line';
    END IF;
    SELECT coalesce(sum(e.programme_share), 0) INTO whole FROM grants_expense e
        JOIN grants_statement s ON s.id = e.statement_id
        WHERE s.project_id = project.id AND e.id <> NEW.id AND e.status <> 'rejected';
    IF whole + NEW.programme_share > project.approved_amount THEN
        RAISE EXCEPTION 'More is charged to the programme than it approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expenses_within_approved_amount';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER expense_within_line BEFORE INSERT OR UPDATE ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_expense_within_line();

-- 10: the shares of one voucher across lines, firms and projects never pass 100 %. Asked at the end of the transaction,
-- when its credit notes are there.
CREATE FUNCTION grants_voucher_once(expense bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    mine grants_expense;
    smallest numeric;
    charged numeric;
BEGIN
    SELECT * INTO mine FROM grants_expense WHERE id = expense;
    IF NOT FOUND OR mine.status = 'rejected' THEN
        RETURN;
    END IF;
    IF mine.programme_share + mine.group_share > grants_counts_for(mine) THEN
        RAISE EXCEPTION 'More is charged than the voucher counts for'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_within_voucher';
    END IF;
    IF mine.kind = 'record' THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(
        concat_ws('|', mine.supplier_cuit, mine.supplier_abroad, mine.kind, mine.point_of_sale, mine.number), 0));
    SELECT min(grants_counts_for(e)), sum(e.programme_share + e.group_share) INTO smallest, charged
        FROM grants_expense e
        WHERE e.supplier_cuit = mine.supplier_cuit AND e.number = mine.number
          AND e.point_of_sale IS NOT DISTINCT FROM mine.point_of_sale AND e.kind = mine.kind
          AND e.supplier_abroad = mine.supplier_abroad AND e.status <> 'rejected';
    IF charged > smallest THEN
        RAISE EXCEPTION 'The same voucher is charged above 100 %%'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_within_itself';
    END IF;
END $$;

-- What of a voucher may be charged, in pesos: as grants.expenses.counting.countable.
CREATE FUNCTION grants_counts_for(expense grants_expense) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT round(expense.net * expense.rate, 2)
        + CASE WHEN expense.tax_counts THEN round(expense.tax * expense.rate, 2) ELSE 0 END
        - coalesce(sum(round(c.net * expense.rate, 2)
            + CASE WHEN expense.tax_counts THEN round(c.tax * expense.rate, 2) ELSE 0 END), 0)
    FROM grants_creditnote c WHERE c.expense_id = expense.id
$$;

CREATE FUNCTION grants_voucher_of_expense() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grants_voucher_once(NEW.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER voucher_once AFTER INSERT OR UPDATE ON grants_expense
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_voucher_of_expense();

-- What goes with an expense stands still with it.
CREATE FUNCTION grants_part_of_expense() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_of bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.expense_id ELSE NEW.expense_id END;
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.expense_id <> OLD.expense_id THEN
        RAISE EXCEPTION 'It belongs to its expense' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT status INTO state FROM grants_expense WHERE id = row_of FOR SHARE;
    IF state NOT IN ('draft', 'queried') THEN
        RAISE EXCEPTION 'What was handed in changes only when it was asked about'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_of_expense BEFORE INSERT OR UPDATE OR DELETE ON grants_creditnote
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_expense();
CREATE TRIGGER part_of_expense BEFORE INSERT OR UPDATE OR DELETE ON grants_expensepayment
    FOR EACH ROW EXECUTE FUNCTION grants_part_of_expense();

CREATE FUNCTION grants_credit_of_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grants_voucher_once(NEW.expense_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER credit_of_voucher AFTER INSERT OR UPDATE ON grants_creditnote
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_credit_of_voucher();
"""
TRIGGERS = {
    "grants_statement": ("statement_stays",),
    "grants_expense": ("expense_a_stays", "expense_within_line", "voucher_once"),
    "grants_creditnote": ("part_of_expense", "credit_of_voucher"),
    "grants_expensepayment": ("part_of_expense",),
}
FUNCTIONS = (
    "statement_stays()",
    "expense_stays()",
    "expense_within_line()",
    "voucher_of_expense()",
    "part_of_expense()",
    "credit_of_voucher()",
    "voucher_once(bigint)",
    "counts_for(grants_expense)",
)
BACKWARD = "\n".join(
    [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [f"DROP FUNCTION grants_{name};" for name in FUNCTIONS]
)


class Migration(migrations.Migration):
    dependencies = [("grants", "0004_expenses")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
