"""The database itself keeps the record (PROGRAMME 6.9, 6.10): the timeline only grows, a stored file stays what it was.

The application's own user owns nothing, and so cannot switch a trigger off; it is also left without the right to change
or empty the timeline. Also the table of the cache, which Django has no migration for.
"""

from django.conf import settings
from django.db import migrations, models

CACHE = (
    """
CREATE TABLE core_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
""",
    "DROP TABLE core_cache;",
)

EVENTS = (
    """
CREATE FUNCTION core_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The timeline only grows: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_event_stays();
CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_event_stays();

CREATE FUNCTION core_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    so_far record;
BEGIN
    SELECT length, head INTO so_far FROM core_case WHERE id = NEW.case_id;
    IF NEW.sequence IS DISTINCT FROM so_far.length + 1 OR NEW.previous_hash IS DISTINCT FROM so_far.head THEN
        RAISE EXCEPTION 'An event follows the last one of its case' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_follows BEFORE INSERT ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_event_follows();
""",
    """
DROP TRIGGER event_follows ON core_event;
DROP FUNCTION core_event_follows();
DROP TRIGGER event_is_not_emptied ON core_event;
DROP TRIGGER event_stays ON core_event;
DROP FUNCTION core_event_stays();
""",
)

TEXTS = (
    """
CREATE FUNCTION core_eventtext_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.text = '' AND (NEW.id, NEW.salt) = (OLD.id, OLD.salt) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The text of an event can be erased, nothing else' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER eventtext_stays BEFORE UPDATE OR DELETE ON core_eventtext
    FOR EACH ROW EXECUTE FUNCTION core_eventtext_stays();
CREATE TRIGGER eventtext_is_not_emptied BEFORE TRUNCATE ON core_eventtext
    FOR EACH STATEMENT EXECUTE FUNCTION core_eventtext_stays();
""",
    """
DROP TRIGGER eventtext_is_not_emptied ON core_eventtext;
DROP TRIGGER eventtext_stays ON core_eventtext;
DROP FUNCTION core_eventtext_stays();
""",
)

CASES = (
    """
CREATE FUNCTION core_case_head_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind <> OLD.kind OR NEW.length < OLD.length OR NEW.length > OLD.length + 1
       OR (NEW.length = OLD.length AND NEW.head <> OLD.head)
       OR (NEW.length > OLD.length AND NOT EXISTS (
            SELECT 1 FROM core_event WHERE case_id = NEW.id AND sequence = NEW.length AND hash = NEW.head)) THEN
        RAISE EXCEPTION 'The head of a case follows its events' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_head_follows BEFORE UPDATE ON core_case
    FOR EACH ROW EXECUTE FUNCTION core_case_head_follows();

CREATE FUNCTION core_case_begins_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.length <> 0 OR NEW.head <> '' THEN
        RAISE EXCEPTION 'A case begins without events' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_begins_empty BEFORE INSERT ON core_case
    FOR EACH ROW EXECUTE FUNCTION core_case_begins_empty();
""",
    """
DROP TRIGGER case_begins_empty ON core_case;
DROP FUNCTION core_case_begins_empty();
DROP TRIGGER case_head_follows ON core_case;
DROP FUNCTION core_case_head_follows();
""",
)

DOCUMENTS = (
    """
CREATE FUNCTION core_document_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.kind, NEW.file, NEW.size, NEW.sha256, NEW.content_type, NEW.content_hash, NEW.created_at)
       IS DISTINCT FROM
       (OLD.id, OLD.case_id, OLD.kind, OLD.file, OLD.size, OLD.sha256, OLD.content_type, OLD.content_hash, OLD.created_at)
    THEN
        RAISE EXCEPTION 'A stored file stays what it was: a new version is a new row' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_stays BEFORE UPDATE ON core_document
    FOR EACH ROW EXECUTE FUNCTION core_document_stays();
""",
    """
DROP TRIGGER document_stays ON core_document;
DROP FUNCTION core_document_stays();
""",
)

# Whoever the application's user is: nobody but the owner keeps the right to change what only grows.
RIGHTS = (
    """
DO $$
DECLARE
    holder record;
BEGIN
    FOR holder IN
        SELECT DISTINCT c.relname, a.grantee::regrole::text AS name
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid IN ('core_event'::regclass, 'core_eventtext'::regclass)
          AND a.grantee <> c.relowner AND a.grantee <> 0
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON %I FROM %s', holder.relname, holder.name);
        IF holder.relname = 'core_eventtext' THEN
            EXECUTE format('GRANT UPDATE (text) ON core_eventtext TO %s', holder.name);
        END IF;
    END LOOP;
    REVOKE ALL ON core_event, core_eventtext FROM PUBLIC;
END $$;
""",
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField("message", "handed_over_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("message", "doubts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "job", "askers", models.ManyToManyField(related_name="jobs", to=settings.AUTH_USER_MODEL)
        ),
        migrations.RunSQL(*CACHE),
        migrations.RunSQL(*EVENTS),
        migrations.RunSQL(*TEXTS),
        migrations.RunSQL(*CASES),
        migrations.RunSQL(*DOCUMENTS),
        migrations.RunSQL(*RIGHTS),
    ]
