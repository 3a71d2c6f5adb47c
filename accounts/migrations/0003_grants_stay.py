"""The database itself keeps the record of who had which role: a grant is seconded once and ended, nothing else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_grant_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A role is ended, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.user_id, NEW.role, NEW.valid_from) IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.role, OLD.valid_from)
       OR NEW.granted_by_id IS DISTINCT FROM OLD.granted_by_id
       OR (OLD.seconded_by_id IS NOT NULL AND NEW.seconded_by_id IS DISTINCT FROM OLD.seconded_by_id)
       OR (OLD.valid_to IS NOT NULL AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN
        RAISE EXCEPTION 'A role that was given can only be seconded once, or ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_stays BEFORE UPDATE OR DELETE ON accounts_rolegrant
    FOR EACH ROW EXECUTE FUNCTION accounts_grant_stays();

CREATE FUNCTION accounts_scope_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What an auditor was given stays on record' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER scope_stays BEFORE UPDATE OR DELETE ON accounts_auditorscope
    FOR EACH ROW EXECUTE FUNCTION accounts_scope_stays();
"""
BACKWARD = """
DROP TRIGGER scope_stays ON accounts_auditorscope;
DROP FUNCTION accounts_scope_stays();
DROP TRIGGER grant_stays ON accounts_rolegrant;
DROP FUNCTION accounts_grant_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitations")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
