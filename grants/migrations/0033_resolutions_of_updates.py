"""The database refuses what the guards refuse first: the resolution of an update of prices is of a day between its preparation and
its issue, and its number issues one update in a year. Rows from before stay as they are: this is asked of what is new."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION grants_price_update_resolved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    year integer := extract(year FROM NEW.resolved_on);
BEGIN
    IF NEW.resolved_on < (NEW.prepared_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date
       OR NEW.resolved_on > (NEW.issued_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date THEN
        RAISE EXCEPTION 'An update of prices is resolved after it was prepared, and before it is issued' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'price_update_resolved_in_time';
    END IF;
    -- Two at once with the same number wait for each other.
    PERFORM pg_advisory_xact_lock(hashtextextended('price update ' || year || ' ' || lower(NEW.resolution), 0));
    IF EXISTS (SELECT FROM grants_priceupdate u WHERE u.status = 'issued' AND lower(u.resolution) = lower(NEW.resolution)
        AND extract(year FROM u.resolved_on) = year AND u.id <> NEW.id) THEN
        RAISE EXCEPTION 'A resolution issues one update of prices' USING
            ERRCODE = 'unique_violation', CONSTRAINT = 'price_update_of_its_resolution';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_update_resolved BEFORE UPDATE OF status ON grants_priceupdate FOR EACH ROW
    WHEN (NEW.status = 'issued' AND OLD.status <> 'issued' AND NEW.resolved_on IS NOT NULL AND NEW.issued_at IS NOT NULL)
    EXECUTE FUNCTION grants_price_update_resolved();
"""
BACKWARD = """
DROP TRIGGER price_update_resolved ON grants_priceupdate;
DROP FUNCTION grants_price_update_resolved();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0032_asked_back_and_paid_by_name")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
