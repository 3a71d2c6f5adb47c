"""What 0002 holds, for the parts that came with the whole application: answers and quotes change only while it is the
group's turn; questions stand once a call has applications. A test application freezes nothing."""

from django.db import migrations

FREE = "ARRAY['status', 'version', 'closes_at', 'envelope', 'title_en', 'title_es', 'text_en', 'text_es']"


def stands(real: str) -> str:
    """The two functions of 0002 that look for applications of a call; `real` narrows which of them count."""
    return f"""
CREATE OR REPLACE FUNCTION applications_call_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := {FREE};
BEGIN
    IF NEW.envelope < OLD.envelope AND NEW.envelope <
       (SELECT coalesce(sum(amount), 0) FROM applications_envelopeentry WHERE call_id = NEW.id) THEN
        RAISE EXCEPTION 'The envelope is not less than what is committed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'envelope_holds_commitments';
    END IF;
    IF ((to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
        OR (NEW.closes_at IS NOT NULL AND (OLD.closes_at IS NULL OR NEW.closes_at < OLD.closes_at)))
       AND EXISTS (SELECT FROM applications_application WHERE call_id = NEW.id{real}) THEN
        RAISE EXCEPTION 'A call that has applications keeps its rules; its days are only extended'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION applications_rule_of_call_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND EXISTS (SELECT FROM applications_application WHERE call_id = OLD.call_id{real}))
       OR (TG_OP <> 'DELETE'
           AND EXISTS (SELECT FROM applications_application WHERE call_id = NEW.call_id{real})) THEN
        RAISE EXCEPTION 'A call that has applications keeps its rules' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""


FORWARD = stands(" AND NOT is_test") + """
CREATE TRIGGER part_of_open BEFORE INSERT OR UPDATE OR DELETE ON applications_answer
    FOR EACH ROW EXECUTE FUNCTION applications_part_of_open();
CREATE TRIGGER part_of_open BEFORE INSERT OR UPDATE OR DELETE ON applications_budgetquote
    FOR EACH ROW EXECUTE FUNCTION applications_part_of_open();
CREATE TRIGGER rule_stands BEFORE INSERT OR UPDATE OR DELETE ON applications_question
    FOR EACH ROW EXECUTE FUNCTION applications_rule_of_call_stands();
"""
BACKWARD = """
DROP TRIGGER rule_stands ON applications_question;
DROP TRIGGER part_of_open ON applications_budgetquote;
DROP TRIGGER part_of_open ON applications_answer;
""" + stands("")


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_the_whole_application")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
