"""What the database itself refuses of updates of prices (PROGRAMME 6.4 and 10), whatever the code above it does: a level above
the call's cap or its index, a month twice or backwards, an amount that is not the arithmetic, money of the envelope without a
row. That the envelope holds it refuses already.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION grants_price_update_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    figure applications_indexfigure;
    call applications_call;
    free text[] := ARRAY['status', 'version', 'issued_by_id', 'issued_at', 'resolution', 'resolved_on', 'grounds'];
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.status <> 'prepared'
       OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free))) THEN
        RAISE EXCEPTION 'An update of prices stays as it was prepared and issued' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO figure FROM applications_indexfigure WHERE id = NEW.figure_id FOR SHARE;
        SELECT * INTO call FROM applications_call WHERE id = NEW.call_id;
        IF NEW.status <> 'prepared' OR figure.confirmed_at IS NULL OR figure.index_id IS DISTINCT FROM call.update_index_id
           OR figure.month <= call.update_base_month THEN
            RAISE EXCEPTION 'Prices are updated to a confirmed month of the index of the call'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'price_update_of_confirmed_month';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_update_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_priceupdate
    FOR EACH ROW EXECUTE FUNCTION grants_price_update_stays();

CREATE FUNCTION grants_price_row_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    act grants_priceupdate;
    call applications_call;
    figure applications_indexfigure;
    base numeric;
    last grants_priceupdaterow;
    project grants_project;
    entry applications_envelopeentry;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'What an update of prices gave stays on record' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO act FROM grants_priceupdate WHERE id = NEW.update_id FOR SHARE;
    SELECT * INTO call FROM applications_call WHERE id = act.call_id;
    SELECT * INTO figure FROM applications_indexfigure WHERE id = act.figure_id;
    SELECT * INTO project FROM grants_project WHERE id = NEW.project_id;
    SELECT * INTO entry FROM applications_envelopeentry WHERE id = NEW.entry_id;
    SELECT value INTO base FROM applications_indexfigure
        WHERE index_id = call.update_index_id AND month = call.update_base_month AND confirmed_at IS NOT NULL;
    SELECT * INTO last FROM grants_priceupdaterow WHERE project_id = NEW.project_id ORDER BY month DESC LIMIT 1;
    IF act.status <> 'prepared' OR NEW.month <> figure.month
       OR call.id <> (SELECT call_id FROM applications_application WHERE id = project.application_id) THEN
        RAISE EXCEPTION 'A project is updated by an act of its own call, when that is issued'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_row_of_own_call';
    END IF;
    IF base IS NULL OR NEW.level_after > 1 + call.update_cap / 100 OR NEW.level_after > round(figure.value / base, 6) THEN
        RAISE EXCEPTION 'The level % is above the index, or above the cap of % per cent', NEW.level_after, call.update_cap
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_level_within_cap';
    END IF;
    IF NEW.level_before <> coalesce(last.level_after, 1) OR NEW.month <= last.month THEN
        RAISE EXCEPTION 'One update of a project follows the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_updates_in_order';
    END IF;
    IF NEW.more <> round(NEW.rest * NEW.level_after / NEW.level_before, 2) - NEW.rest
       OR entry.why <> 'update' OR entry.amount <> NEW.more OR entry.application_id <> project.application_id
       OR project.approved_amount <> NEW.approved_before + NEW.more
       OR project.id <> (SELECT project_id FROM grants_planversion WHERE id = NEW.plan_id) THEN
        RAISE EXCEPTION 'What a project gets is its unpaid rest at the new level'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_row_adds_up';
    END IF;
    IF NEW.rest > NEW.approved_before - (
        SELECT coalesce(sum(d.amount), 0) FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
        WHERE t.project_id = NEW.project_id AND t.kind = 'grant' AND d.status IN ('ordered', 'paid')
    ) - coalesce((SELECT amount FROM grants_salaryline WHERE project_id = NEW.project_id), 0) THEN
        RAISE EXCEPTION 'What was paid, and the salary, are not updated'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_row_of_unpaid_rest';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_row_fits BEFORE INSERT OR UPDATE OR DELETE ON grants_priceupdaterow
    FOR EACH ROW EXECUTE FUNCTION grants_price_row_fits();

-- At the end of the transaction the act is issued, and nothing of the envelope went out by an update without its row.
CREATE FUNCTION grants_price_row_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT status FROM grants_priceupdate WHERE id = NEW.update_id) <> 'issued' THEN
        RAISE EXCEPTION 'A project is updated by an act that was issued'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'price_row_of_issued_act';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER price_row_issued AFTER INSERT ON grants_priceupdaterow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants_price_row_issued();

CREATE FUNCTION grants_update_has_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants_priceupdaterow WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'Prices are updated by an act, one row for each project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'envelope_update_has_row';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER update_has_row AFTER INSERT ON applications_envelopeentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.why = 'update')
    EXECUTE FUNCTION grants_update_has_row();
"""
BACKWARD = """
DROP TRIGGER update_has_row ON applications_envelopeentry;
DROP FUNCTION grants_update_has_row();
DROP TRIGGER price_row_issued ON grants_priceupdaterow;
DROP FUNCTION grants_price_row_issued();
DROP TRIGGER price_row_fits ON grants_priceupdaterow;
DROP FUNCTION grants_price_row_fits();
DROP TRIGGER price_update_stays ON grants_priceupdate;
DROP FUNCTION grants_price_update_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0022_price_updates")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
