"""A delegation stays what it was: who lent the power is a part of the record, like who gave the role (0003)."""

from django.db import migrations


def grant_stays(*columns: str) -> str:
    """The function of 0003, with the columns that never change besides."""
    more = "".join(f"\n       OR NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return f"""
CREATE OR REPLACE FUNCTION accounts_grant_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A role is ended, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.user_id, NEW.role, NEW.valid_from) IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.role, OLD.valid_from)
       OR NEW.granted_by_id IS DISTINCT FROM OLD.granted_by_id{more}
       OR (OLD.seconded_by_id IS NOT NULL AND NEW.seconded_by_id IS DISTINCT FROM OLD.seconded_by_id)
       OR (OLD.valid_to IS NOT NULL AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN
        RAISE EXCEPTION 'A role that was given can only be seconded once, or ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_the_office_reads")]
    operations = [migrations.RunSQL(grant_stays("delegated_by_id"), grant_stays())]
