"""The words by which an application is found, kept by triggers; what the office agreed on never changes; and the columns
that lists are ordered by, filled for what was there before."""

from django.db import migrations

from groups.provinces import Province

# The names of the provinces are those of the code.
NAMES = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in Province.choices)

WORDS = f"""
-- Small letters without accents, everything else a space: `applications.search.plain` does the same to what is asked.
-- Accents, which stand apart after NFKD and would part a word, go first.
CREATE FUNCTION applications_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(regexp_replace(normalize(words, NFKD), U&'[\\0300-\\036f]', '', 'g') COLLATE "C"),
                          '[^a-z0-9]+', ' ', 'g')
$$;
CREATE FUNCTION applications_find_words(applications bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO applications_applicationwords (application_id, vector)
    SELECT application.id, to_tsvector('simple', applications_plain(concat_ws(' ',
        case_.reference, application.title, grp.name, grp.value_chain, grp.locality,
        CASE grp.province {NAMES} END,
        (SELECT string_agg(concat_ws(' ', firm.name, firm.cuit, firm.locality), ' ')
           FROM groups_membership member JOIN groups_firm firm ON firm.id = member.firm_id
          WHERE member.group_id = grp.id))))
      FROM applications_application application
      JOIN core_case case_ ON case_.id = application.case_id
      JOIN groups_group grp ON grp.id = application.group_id
     WHERE application.id = ANY (applications)
     ORDER BY application.id
    ON CONFLICT (application_id) DO UPDATE SET vector = excluded.vector
$$;

CREATE FUNCTION applications_words_of_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM applications_find_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER words AFTER INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_words_of_application();
CREATE TRIGGER words_again AFTER UPDATE ON applications_application
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title)
    EXECUTE FUNCTION applications_words_of_application();

CREATE FUNCTION applications_words_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM applications_find_words(ARRAY(
        SELECT id FROM applications_application WHERE case_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER words_again AFTER UPDATE ON core_case
    FOR EACH ROW WHEN (OLD.reference IS DISTINCT FROM NEW.reference)
    EXECUTE FUNCTION applications_words_of_case();

CREATE FUNCTION applications_words_of_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM applications_find_words(ARRAY(
        SELECT id FROM applications_application WHERE group_id = NEW.id ORDER BY id));
    RETURN NULL;
END $$;
CREATE TRIGGER words_again AFTER UPDATE ON groups_group
    FOR EACH ROW WHEN ((OLD.name, OLD.value_chain, OLD.locality, OLD.province)
        IS DISTINCT FROM (NEW.name, NEW.value_chain, NEW.locality, NEW.province))
    EXECUTE FUNCTION applications_words_of_group();

CREATE FUNCTION applications_words_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM applications_find_words(ARRAY(
        SELECT id FROM applications_application WHERE group_id = coalesce(NEW.group_id, OLD.group_id) ORDER BY id));
    RETURN NULL;
END $$;
CREATE TRIGGER words_again AFTER INSERT OR DELETE ON groups_membership
    FOR EACH ROW EXECUTE FUNCTION applications_words_of_member();

CREATE FUNCTION applications_words_of_firm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM applications_find_words(ARRAY(
        SELECT application.id FROM applications_application application
          JOIN groups_membership member ON member.group_id = application.group_id
         WHERE member.firm_id = NEW.id ORDER BY application.id));
    RETURN NULL;
END $$;
CREATE TRIGGER words_again AFTER UPDATE ON groups_firm
    FOR EACH ROW WHEN ((OLD.name, OLD.cuit, OLD.locality) IS DISTINCT FROM (NEW.name, NEW.cuit, NEW.locality))
    EXECUTE FUNCTION applications_words_of_firm();

SELECT applications_find_words(ARRAY(SELECT id FROM applications_application ORDER BY id));
"""
NO_WORDS = """
DROP TRIGGER words ON applications_application;
DROP TRIGGER words_again ON applications_application;
DROP TRIGGER words_again ON core_case;
DROP TRIGGER words_again ON groups_group;
DROP TRIGGER words_again ON groups_membership;
DROP TRIGGER words_again ON groups_firm;
DROP FUNCTION applications_words_of_application();
DROP FUNCTION applications_words_of_case();
DROP FUNCTION applications_words_of_group();
DROP FUNCTION applications_words_of_member();
DROP FUNCTION applications_words_of_firm();
DROP FUNCTION applications_find_words(bigint[]);
DROP FUNCTION applications_plain(text);
"""


def call_stands(free: str) -> str:
    """The function of 0004, with the columns that may change once there are applications."""
    return f"""
CREATE OR REPLACE FUNCTION applications_call_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{free}];
BEGIN
    IF NEW.envelope < OLD.envelope AND NEW.envelope <
       (SELECT coalesce(sum(amount), 0) FROM applications_envelopeentry WHERE call_id = NEW.id) THEN
        RAISE EXCEPTION 'The envelope is not less than what is committed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'envelope_holds_commitments';
    END IF;
    IF ((to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
        OR (NEW.closes_at IS NOT NULL AND (OLD.closes_at IS NULL OR NEW.closes_at < OLD.closes_at)))
       AND EXISTS (SELECT FROM applications_application WHERE call_id = NEW.id AND NOT is_test) THEN
        RAISE EXCEPTION 'A call that has applications keeps its rules; its days are only extended'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


FREE = "'status', 'version', 'closes_at', 'envelope', 'title_en', 'title_es', 'text_en', 'text_es'"

STANDS = """
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_consensus
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
-- A condition of an approval is met once, and is otherwise what was decided.
CREATE FUNCTION applications_condition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.met_on IS NULL
       AND (to_jsonb(NEW) - ARRAY['met_on', 'met_by_id']) = (to_jsonb(OLD) - ARRAY['met_on', 'met_by_id']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What was decided never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER condition_stays BEFORE UPDATE OR DELETE ON applications_decisioncondition
    FOR EACH ROW EXECUTE FUNCTION applications_condition_stays();
"""
NO_STANDS = """
DROP TRIGGER condition_stays ON applications_decisioncondition;
DROP FUNCTION applications_condition_stays();
DROP TRIGGER never_changes ON applications_consensus;
"""

FILL = """
UPDATE applications_application application SET
    state_since = coalesce((SELECT max(event.at) FROM core_event event WHERE event.case_id = application.case_id
        AND event.object_kind = 'application' AND event.to_state = application.status), application.created_at),
    asked = coalesce((SELECT submission.amount FROM applications_submission submission
        WHERE submission.application_id = application.id ORDER BY submission.number DESC LIMIT 1), 0);
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0008_staff_decide"), ("core", "0005_the_office_reads")]
    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(STANDS, NO_STANDS),
        # The person who decides on reconsiderations may leave.
        migrations.RunSQL(call_stands(f"{FREE}, 'reconsidered_by_id'"), call_stands(FREE)),
        migrations.RunSQL(WORDS, NO_WORDS),
    ]
