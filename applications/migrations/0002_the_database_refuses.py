"""What the database itself refuses (PROGRAMME 6.1, 6.4, 6.6, 6.10), whatever the code above it does; and the sequence
that numbers applications (a number may be skipped, never given twice)."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE applications_reference;

-- 6.10: what was submitted, signed, recommended, decided or committed never changes.
CREATE FUNCTION applications_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_submission
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_submissionmember
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_eligibilitysignoff
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_recommendation
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_decision
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_decisionline
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();
CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON applications_envelopeentry
    FOR EACH ROW EXECUTE FUNCTION applications_never_changes();

-- A line of a recommendation only loses its budget line, when the group deletes that.
CREATE FUNCTION applications_recommended_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.line_id IS NULL
       AND (to_jsonb(NEW) - 'line_id') = (to_jsonb(OLD) - 'line_id') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What was recommended never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER recommended_line_stays BEFORE UPDATE OR DELETE ON applications_recommendationline
    FOR EACH ROW EXECUTE FUNCTION applications_recommended_line_stays();

-- A sent review is only kept for a later version, or voided.
CREATE FUNCTION applications_sent_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE'
       AND (NEW.status = OLD.status OR (OLD.status = 'sent' AND NEW.status = 'voided'))
       AND (to_jsonb(NEW) - ARRAY['status', 'version', 'kept_for_id'])
         = (to_jsonb(OLD) - ARRAY['status', 'version', 'kept_for_id']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A review that was sent never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sent_review_stays BEFORE UPDATE OR DELETE ON applications_review
    FOR EACH ROW EXECUTE FUNCTION applications_sent_review_stays();

CREATE FUNCTION applications_score_of_open_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT status INTO state FROM applications_review WHERE id = OLD.review_id FOR SHARE;
        IF state NOT IN ('interest_declared', 'draft') THEN
            RAISE EXCEPTION 'The scores of a review that is % stay', state USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT status INTO state FROM applications_review WHERE id = NEW.review_id FOR SHARE;
    IF state NOT IN ('interest_declared', 'draft') THEN
        RAISE EXCEPTION 'A review that is % takes no scores', state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER score_of_open_review BEFORE INSERT OR UPDATE OR DELETE ON applications_reviewscore
    FOR EACH ROW EXECUTE FUNCTION applications_score_of_open_review();

-- The plan, the budget and the documents change only while it is the group's turn.
CREATE FUNCTION applications_part_of_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
    state text;
BEGIN
    whose := CASE WHEN TG_OP = 'DELETE' THEN OLD.application_id ELSE NEW.application_id END;
    IF TG_OP = 'UPDATE' AND NEW.application_id <> OLD.application_id THEN
        RAISE EXCEPTION 'Parts of an application stay with it' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT status INTO state FROM applications_application WHERE id = whose FOR SHARE;
    IF state NOT IN ('draft', 'changes_requested') THEN
        RAISE EXCEPTION 'An application that is % does not change', state USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER part_of_open BEFORE INSERT OR UPDATE OR DELETE ON applications_activity
    FOR EACH ROW EXECUTE FUNCTION applications_part_of_open();
CREATE TRIGGER part_of_open BEFORE INSERT OR UPDATE OR DELETE ON applications_budgetline
    FOR EACH ROW EXECUTE FUNCTION applications_part_of_open();
CREATE TRIGGER part_of_open BEFORE INSERT OR UPDATE OR DELETE ON applications_applicationdocument
    FOR EACH ROW EXECUTE FUNCTION applications_part_of_open();

CREATE FUNCTION applications_text_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.case_id, NEW.call_id, NEW.group_id, NEW.created_by_id, NEW.created_at)
       IS DISTINCT FROM (OLD.case_id, OLD.call_id, OLD.group_id, OLD.created_by_id, OLD.created_at)
       OR (OLD.first_submitted_at IS NOT NULL AND NEW.first_submitted_at IS DISTINCT FROM OLD.first_submitted_at)
    THEN
        RAISE EXCEPTION 'An application keeps its call, its group and its first day'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status NOT IN ('draft', 'changes_requested')
       AND (NEW.title, NEW.diagnosis, NEW.objectives, NEW.learning, NEW.prior_support, NEW.declared)
       IS DISTINCT FROM (OLD.title, OLD.diagnosis, OLD.objectives, OLD.learning, OLD.prior_support, OLD.declared)
    THEN
        RAISE EXCEPTION 'An application that is % does not change', OLD.status USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER text_stays BEFORE UPDATE ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_text_stays();

-- 6.1: enough SMEs, counted on the frozen members, which are those of the snapshot. At commit: members follow.
CREATE FUNCTION applications_enough_members() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
    least integer;
    told integer;
    smes integer;
    members integer;
BEGIN
    IF TG_TABLE_NAME = 'applications_submission' THEN
        whose := NEW.id;
    ELSE
        whose := NEW.submission_id;
    END IF;
    SELECT greatest(s.min_firms, c.min_firms, 5), coalesce(jsonb_array_length(s.snapshot -> 'members'), 0)
        INTO least, told
        FROM applications_submission s
        JOIN applications_application a ON a.id = s.application_id
        JOIN applications_call c ON c.id = a.call_id
        WHERE s.id = whose;
    SELECT count(*) FILTER (WHERE is_sme), count(*) INTO smes, members
        FROM applications_submissionmember WHERE submission_id = whose;
    IF smes < least THEN
        RAISE EXCEPTION 'A submission needs % SMEs among its members, and has %', least, smes
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_enough_smes';
    END IF;
    IF members <> told THEN
        RAISE EXCEPTION 'A submission has the members of its snapshot' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'submission_members_of_snapshot';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER enough_members AFTER INSERT ON applications_submission
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION applications_enough_members();
CREATE CONSTRAINT TRIGGER enough_members AFTER INSERT ON applications_submissionmember
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION applications_enough_members();

-- 6.6: the programme's share of each line and of the whole, as the call sets it, and the amount that they make.
CREATE FUNCTION applications_shares_of_call() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rules applications_call;
    paid numeric;
    total numeric;
BEGIN
    SELECT c.* INTO rules FROM applications_call c
        JOIN applications_application a ON a.call_id = c.id WHERE a.id = NEW.application_id;
    SELECT coalesce(sum(programme_share), 0), coalesce(sum(cost), 0) INTO paid, total
        FROM applications_budgetline WHERE application_id = NEW.application_id;
    IF paid <> NEW.amount THEN
        RAISE EXCEPTION 'The amount asked is the sum of the lines' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'submission_amount_of_lines';
    END IF;
    IF paid > round(total * rules.max_share / 100, 2) OR paid > rules.max_per_project THEN
        RAISE EXCEPTION 'The amount asked is above what the call pays' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'submission_share_of_whole';
    END IF;
    IF EXISTS (
        SELECT FROM applications_budgetline l WHERE l.application_id = NEW.application_id AND (
            NOT l.category = ANY (rules.categories)
            OR l.programme_share > round(l.cost * coalesce(
                (rules.share_by_category ->> l.category)::numeric,
                CASE WHEN l.category = 'coordination' THEN 100 ELSE rules.max_share END) / 100, 2))
    ) THEN
        RAISE EXCEPTION 'A line asks for more than the call pays of its category' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'submission_share_of_line';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER shares_of_call AFTER INSERT ON applications_submission
    FOR EACH ROW EXECUTE FUNCTION applications_shares_of_call();

-- An approval is the sum of its lines, none above what was asked for it. At commit: lines follow.
CREATE FUNCTION applications_decided_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
BEGIN
    IF TG_TABLE_NAME = 'applications_decision' THEN
        whose := NEW.id;
    ELSE
        whose := NEW.decision_id;
    END IF;
    IF EXISTS (
        SELECT FROM applications_decision d WHERE d.id = whose AND d.kind = 'approve' AND d.amount IS DISTINCT FROM
            (SELECT sum(amount) FROM applications_decisionline WHERE decision_id = d.id)
    ) THEN
        RAISE EXCEPTION 'An approval is the sum of its lines' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'decision_amount_of_lines';
    END IF;
    IF EXISTS (
        SELECT FROM applications_decisionline dl
            JOIN applications_decision d ON d.id = dl.decision_id
            JOIN applications_budgetline l ON l.id = dl.line_id
            WHERE dl.decision_id = whose
            AND (dl.amount > l.programme_share OR l.application_id <> d.application_id)
    ) THEN
        RAISE EXCEPTION 'A line is never given more than was asked for it' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'decided_line_within_asked';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER decided_amounts AFTER INSERT ON applications_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION applications_decided_amounts();
CREATE CONSTRAINT TRIGGER decided_amounts AFTER INSERT ON applications_decisionline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION applications_decided_amounts();

-- 6.4: under the call's row lock, so that two who commit at the same second queue up.
CREATE FUNCTION applications_within_envelope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limits numeric;
    committed numeric;
    mine numeric;
BEGIN
    SELECT envelope INTO limits FROM applications_call WHERE id = NEW.call_id FOR NO KEY UPDATE;
    IF NEW.call_id IS DISTINCT FROM (SELECT call_id FROM applications_application WHERE id = NEW.application_id) THEN
        RAISE EXCEPTION 'Money of a call goes to its own applications' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_own_call';
    END IF;
    SELECT coalesce(sum(amount), 0), coalesce(sum(amount) FILTER (WHERE application_id = NEW.application_id), 0)
        INTO committed, mine FROM applications_envelopeentry WHERE call_id = NEW.call_id;
    IF NEW.amount > 0 AND committed + NEW.amount > limits THEN
        RAISE EXCEPTION 'The call has % left, and % is asked', limits - committed, NEW.amount USING
            ERRCODE = 'check_violation', CONSTRAINT = 'entry_within_envelope';
    END IF;
    IF mine + NEW.amount < 0 THEN
        RAISE EXCEPTION 'No more comes back than was committed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'entry_of_committed_money';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER within_envelope BEFORE INSERT ON applications_envelopeentry
    FOR EACH ROW EXECUTE FUNCTION applications_within_envelope();

-- PROGRAMME 4: the rules of a call stand once it has applications; its days are only extended.
CREATE FUNCTION applications_call_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['status', 'version', 'closes_at', 'envelope', 'title_en', 'title_es', 'text_en', 'text_es'];
BEGIN
    IF NEW.envelope < OLD.envelope AND NEW.envelope <
       (SELECT coalesce(sum(amount), 0) FROM applications_envelopeentry WHERE call_id = NEW.id) THEN
        RAISE EXCEPTION 'The envelope is not less than what is committed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'envelope_holds_commitments';
    END IF;
    IF ((to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free)
        OR (NEW.closes_at IS NOT NULL AND (OLD.closes_at IS NULL OR NEW.closes_at < OLD.closes_at)))
       AND EXISTS (SELECT FROM applications_application WHERE call_id = NEW.id) THEN
        RAISE EXCEPTION 'A call that has applications keeps its rules; its days are only extended'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_stands BEFORE UPDATE ON applications_call
    FOR EACH ROW EXECUTE FUNCTION applications_call_stands();

CREATE FUNCTION applications_rule_of_call_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND EXISTS (SELECT FROM applications_application WHERE call_id = OLD.call_id))
       OR (TG_OP <> 'DELETE' AND EXISTS (SELECT FROM applications_application WHERE call_id = NEW.call_id)) THEN
        RAISE EXCEPTION 'A call that has applications keeps its rules' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_stands BEFORE INSERT OR UPDATE OR DELETE ON applications_criterion
    FOR EACH ROW EXECUTE FUNCTION applications_rule_of_call_stands();
CREATE TRIGGER rule_stands BEFORE INSERT OR UPDATE OR DELETE ON applications_documentrequirement
    FOR EACH ROW EXECUTE FUNCTION applications_rule_of_call_stands();
CREATE TRIGGER rule_stands BEFORE INSERT OR UPDATE OR DELETE ON applications_calltranche
    FOR EACH ROW EXECUTE FUNCTION applications_rule_of_call_stands();
CREATE TRIGGER rule_stands BEFORE INSERT OR UPDATE OR DELETE ON applications_call_sectors
    FOR EACH ROW EXECUTE FUNCTION applications_rule_of_call_stands();
"""
TRIGGERS = {
    "applications_submission": ("never_changes", "enough_members", "shares_of_call"),
    "applications_submissionmember": ("never_changes", "enough_members"),
    "applications_eligibilitysignoff": ("never_changes",),
    "applications_recommendation": ("never_changes",),
    "applications_recommendationline": ("recommended_line_stays",),
    "applications_decision": ("never_changes", "decided_amounts"),
    "applications_decisionline": ("never_changes", "decided_amounts"),
    "applications_envelopeentry": ("never_changes", "within_envelope"),
    "applications_review": ("sent_review_stays",),
    "applications_reviewscore": ("score_of_open_review",),
    "applications_activity": ("part_of_open",),
    "applications_budgetline": ("part_of_open",),
    "applications_applicationdocument": ("part_of_open",),
    "applications_application": ("text_stays",),
    "applications_call": ("call_stands",),
    "applications_criterion": ("rule_stands",),
    "applications_documentrequirement": ("rule_stands",),
    "applications_calltranche": ("rule_stands",),
    "applications_call_sectors": ("rule_stands",),
}
FUNCTIONS = (
    "never_changes", "recommended_line_stays", "sent_review_stays", "score_of_open_review", "part_of_open", "text_stays",
    "enough_members", "shares_of_call", "decided_amounts", "within_envelope", "call_stands", "rule_of_call_stands",
)  # fmt: skip
BACKWARD = "\n".join(
    [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [f"DROP FUNCTION applications_{name}();" for name in FUNCTIONS]
    + ["DROP SEQUENCE applications_reference;"]
)


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
