"""The database refuses what the actions refuse first: a project that started ends against its group's will only when the group was
heard (PROGRAMME 5), and nothing is paid on the days of a pause (PROGRAMME 6.5)."""

from django.db import migrations

FORWARD = """
-- The last proposal that stands was notified, and the group answered or its days are over. Where they are working days, they
-- are over later still: the action counts those.
CREATE FUNCTION grants_terminated_heard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked grants_projectletter;
    told date;
BEGIN
    SELECT * INTO asked FROM grants_projectletter l WHERE l.project_id = NEW.id AND l.kind = 'hearing'
        AND NOT EXISTS (SELECT FROM grants_projectletter w WHERE w.withdraws_id = l.id) ORDER BY l.number DESC LIMIT 1;
    SELECT notified_on INTO told FROM grants_projectnotice WHERE letter_id = asked.id ORDER BY id DESC LIMIT 1;
    IF told IS NULL OR (NEW.ended_on <= told + asked.days_to_answer
        AND NOT EXISTS (SELECT FROM grants_hearinganswer WHERE letter_id = asked.id)) THEN
        RAISE EXCEPTION 'A group is heard before its project is terminated' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'terminated_when_heard';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER terminated_heard BEFORE UPDATE OF status ON grants_project FOR EACH ROW
    WHEN (NEW.status = 'terminated' AND OLD.status <> 'terminated' AND NEW.first_day IS NOT NULL AND NEW.ended_why = 'terminate')
    EXECUTE FUNCTION grants_terminated_heard();

-- A proposal of the same project is taken back, and nobody answers one that was.
CREATE FUNCTION grants_letter_withdraws() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants_projectletter l JOIN grants_project p ON p.id = l.project_id
        WHERE l.id = NEW.withdraws_id AND l.project_id = NEW.project_id AND l.kind = 'hearing'
          AND p.status NOT IN ('closed', 'terminated')) THEN
        RAISE EXCEPTION 'Only a proposal of the same open project is taken back' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'withdrawal_of_own_proposal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letter_withdraws BEFORE INSERT ON grants_projectletter FOR EACH ROW
    WHEN (NEW.withdraws_id IS NOT NULL) EXECUTE FUNCTION grants_letter_withdraws();
CREATE OR REPLACE FUNCTION grants_answer_of_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants_projectletter l WHERE l.id = NEW.letter_id AND l.kind = 'hearing'
        AND NOT EXISTS (SELECT FROM grants_projectletter w WHERE w.withdraws_id = l.id)) THEN
        RAISE EXCEPTION 'Only a proposal that stands is answered' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'answer_of_hearing';
    END IF;
    RETURN NEW;
END $$;

-- The first day of a pause still counts: its act came during that day.
CREATE FUNCTION grants_paid_outside_pauses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM grants_pause p JOIN grants_tranche t ON t.project_id = p.project_id WHERE t.id = NEW.tranche_id
        AND NEW.treasury_date > p.first_day AND NEW.treasury_date < p.first_day + p.days) THEN
        RAISE EXCEPTION 'Nothing is paid on the days of a pause' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'paid_outside_pauses';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paid_outside_pauses BEFORE UPDATE OF status ON grants_disbursement FOR EACH ROW
    WHEN (NEW.status = 'paid' AND OLD.status <> 'paid') EXECUTE FUNCTION grants_paid_outside_pauses();
"""
BACKWARD = """
DROP TRIGGER paid_outside_pauses ON grants_disbursement;
DROP FUNCTION grants_paid_outside_pauses();
CREATE OR REPLACE FUNCTION grants_answer_of_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants_projectletter WHERE id = NEW.letter_id AND kind = 'hearing') THEN
        RAISE EXCEPTION 'Only a proposal is answered' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'answer_of_hearing';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER letter_withdraws ON grants_projectletter;
DROP FUNCTION grants_letter_withdraws();
DROP TRIGGER terminated_heard ON grants_project;
DROP FUNCTION grants_terminated_heard();
"""


class Migration(migrations.Migration):
    dependencies = [("grants", "0029_proposals_taken_back")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
