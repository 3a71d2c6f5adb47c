"""What the database itself refuses of salaries, signed papers and stopped accounts (PROGRAMME 6.5, 6.8, 6.10 and 10), whatever
the code above it does. Sums are taken under the project's row lock, so that two who act at the same second queue up.

The functions of 0002 stay as they are, but for the sum of a project that starts: the triggers of tranches are parted by kind.
"""

from django.db import migrations

FORWARD = """
-- Tranches of the grant as before; a month of the salary comes while the project runs, within what the line has.
DROP TRIGGER tranche_stands ON grants_tranche;
CREATE TRIGGER tranche_stands BEFORE UPDATE OR DELETE ON grants_tranche
    FOR EACH ROW EXECUTE FUNCTION grants_tranche_stands();
CREATE TRIGGER tranche_planned BEFORE INSERT ON grants_tranche
    FOR EACH ROW WHEN (NEW.kind <> 'salary') EXECUTE FUNCTION grants_tranche_stands();

CREATE FUNCTION grants_salary_within_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    project grants_project;
    line grants_salaryline;
    before numeric;
BEGIN
    SELECT * INTO project FROM grants_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
    SELECT * INTO line FROM grants_salaryline WHERE project_id = NEW.project_id;
    IF project.status NOT IN ('active', 'closing') OR line.id IS NULL THEN
        RAISE EXCEPTION 'A salary is paid in a project that runs and has a line for it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_of_running_project';
    END IF;
    SELECT coalesce(sum(amount), 0) INTO before FROM grants_tranche
        WHERE project_id = NEW.project_id AND kind = 'salary';
    IF before + NEW.amount > line.most THEN
        RAISE EXCEPTION 'Salaries of % are above the line and its cap of %', before + NEW.amount, line.most
            USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_within_line';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER salary_within_line BEFORE INSERT ON grants_tranche
    FOR EACH ROW WHEN (NEW.kind = 'salary') EXECUTE FUNCTION grants_salary_within_line();

CREATE FUNCTION grants_salary_has_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM grants_salarymonth WHERE tranche_id = NEW.id AND status = 'accepted'
          AND project_id = NEW.project_id AND amount = NEW.amount
    ) THEN
        RAISE EXCEPTION 'A salary is paid for a month that was accepted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_of_accepted_month';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER salary_has_month AFTER INSERT ON grants_tranche
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'salary')
    EXECUTE FUNCTION grants_salary_has_month();

-- The sum of a project that starts: tranches and salary together are the approved amount.
CREATE OR REPLACE FUNCTION grants_baseline_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    salary numeric;
BEGIN
    SELECT coalesce(sum(amount), 0) INTO salary FROM grants_salaryline WHERE project_id = NEW.id;
    IF NEW.approved_amount IS DISTINCT FROM
       (SELECT sum(programme_share) FROM grants_baselineline WHERE project_id = NEW.id)
       OR NEW.approved_amount IS DISTINCT FROM
       (SELECT coalesce(sum(amount), 0) + salary FROM grants_tranche WHERE project_id = NEW.id AND kind = 'grant')
       OR (salary > 0 AND salary IS DISTINCT FROM
           (SELECT sum(programme_share) FROM grants_baselineline
            WHERE project_id = NEW.id AND category = 'coordination')) THEN
        RAISE EXCEPTION 'The budget, and the tranches with the salary, of a project are its approved amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_adds_up';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION grants_salary_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['next_month', 'next_on'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT status FROM grants_project WHERE id = NEW.project_id FOR SHARE) <> 'awaiting_agreement' THEN
            RAISE EXCEPTION 'A project that has started keeps how it pays the salary' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'The line that pays the salary stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER salary_line_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_salaryline
    FOR EACH ROW EXECUTE FUNCTION grants_salary_line_stays();

-- What was handed in changes only by being judged, and what was accepted never; never for days without an appointment.
CREATE FUNCTION grants_salary_month_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged text[] := ARRAY['status', 'version', 'remark', 'accepted_by_id', 'accepted_at', 'tranche_id'];
    in_office integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A month of the salary is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.status <> 'accrued' THEN
        RAISE EXCEPTION 'A month of the salary begins as one to hand in'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_begins_accrued';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        OLD.status = 'accepted'
        OR (NEW.project_id, NEW.person_id, NEW.number) IS DISTINCT FROM (OLD.project_id, OLD.person_id, OLD.number)
        OR (OLD.status = 'submitted' AND (to_jsonb(NEW) - judged) <> (to_jsonb(OLD) - judged))
        OR (NEW.status = 'accepted' AND OLD.status <> 'submitted')
    ) THEN
        RAISE EXCEPTION 'What was handed in stays until it is returned, and what was accepted always'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'accepted' THEN
        SELECT count(*) INTO in_office
            FROM generate_series(NEW.first_on, NEW.last_on, interval '1 day') AS days (day)
            WHERE (
                SELECT post.person_id FROM groups_appointment post
                JOIN applications_application a ON a.group_id = post.group_id
                JOIN grants_project p ON p.application_id = a.id
                WHERE p.id = NEW.project_id AND post.status IN ('confirmed', 'ended')
                  AND post.confirmed_from <= days.day::date
                  AND (post.ended_on IS NULL OR post.ended_on >= days.day::date)
                ORDER BY (post.stand_in_until IS NULL) LIMIT 1
            ) = NEW.person_id
            AND NOT EXISTS (
                SELECT FROM grants_pause pause WHERE pause.project_id = NEW.project_id
                AND days.day::date BETWEEN pause.first_day AND pause.first_day + pause.days - 1
            );
        IF NEW.days > in_office THEN
            RAISE EXCEPTION 'Nobody is paid for days without an appointment'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_of_days_in_office';
        END IF;
        IF NOT EXISTS (
            SELECT FROM grants_tranche WHERE id = NEW.tranche_id AND kind = 'salary'
              AND project_id = NEW.project_id AND amount = NEW.amount
        ) THEN
            RAISE EXCEPTION 'An accepted month is paid what it is worth'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_has_its_payment';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER salary_month_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_salarymonth
    FOR EACH ROW EXECUTE FUNCTION grants_salary_month_stays();

CREATE FUNCTION grants_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What happened stays on record' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pause_stays BEFORE UPDATE OR DELETE ON grants_pause
    FOR EACH ROW EXECUTE FUNCTION grants_row_stays();

-- A salary goes to the account of who earned it, and nobody else's account gets the grant; none that was stopped is paid.
CREATE FUNCTION grants_paid_to_whom() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    payee grants_payee;
    month grants_salarymonth;
    stopped date;
BEGIN
    SELECT * INTO payee FROM grants_payee WHERE id = NEW.payee_id FOR SHARE;
    SELECT m.* INTO month FROM grants_salarymonth m WHERE m.tranche_id = NEW.tranche_id;
    IF TG_OP = 'INSERT' AND payee.person_id IS DISTINCT FROM month.person_id THEN
        RAISE EXCEPTION 'A salary is paid to who earned it, and the grant to the payee of the project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'paid_to_whom_it_belongs';
    END IF;
    IF TG_OP = 'INSERT' AND month.accepted_by_id = NEW.ordered_by_id THEN
        RAISE EXCEPTION 'Nobody orders a salary that they accepted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_ordered_by_another';
    END IF;
    SELECT stopped_on INTO stopped FROM grants_payeestop WHERE payee_id = payee.id AND lifted_at IS NULL;
    IF stopped IS NOT NULL AND (
        NEW.status = 'ordered' OR (NEW.status = 'paid' AND (NEW.treasury_date IS NULL OR NEW.treasury_date > stopped))
    ) THEN
        RAISE EXCEPTION 'Payments to this account are stopped'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_stopped';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paid_to_whom BEFORE INSERT OR UPDATE ON grants_disbursement
    FOR EACH ROW EXECUTE FUNCTION grants_paid_to_whom();

CREATE FUNCTION grants_stop_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['lifted_by_id', 'lifted_at', 'ground'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- An order that is being placed comes first or waits.
        PERFORM FROM grants_payee WHERE id = NEW.payee_id FOR NO KEY UPDATE;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL OR (to_jsonb(NEW) - free) <> (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'A stop is lifted once, and nothing else of it changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stop_stays BEFORE INSERT OR UPDATE OR DELETE ON grants_payeestop
    FOR EACH ROW EXECUTE FUNCTION grants_stop_stays();

-- What the programme pays as a salary is not charged once more as an expense.
CREATE FUNCTION grants_salary_is_no_expense() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM grants_baselineline l JOIN grants_salaryline s ON s.project_id = l.project_id
        WHERE l.id = NEW.line_id AND l.category = 'coordination'
    ) THEN
        RAISE EXCEPTION 'The programme pays this salary itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'salary_is_no_expense';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER salary_is_no_expense BEFORE INSERT OR UPDATE OF line_id ON grants_expense
    FOR EACH ROW EXECUTE FUNCTION grants_salary_is_no_expense();

-- 6.10: a signed paper stays; another one takes its place.
CREATE FUNCTION grants_paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'current') <> (to_jsonb(OLD) - 'current') OR NOT OLD.current THEN
        RAISE EXCEPTION 'A signed paper stays on file' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_stays BEFORE UPDATE OR DELETE ON grants_signedpaper
    FOR EACH ROW EXECUTE FUNCTION grants_paper_stays();

-- Where the call asks for them, a project starts with its signed copies and with each firm's signature.
CREATE FUNCTION grants_starts_with_papers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    call applications_call;
    agreement grants_agreement;
BEGIN
    SELECT c.* INTO call FROM applications_call c
        JOIN applications_application a ON a.call_id = c.id WHERE a.id = NEW.application_id;
    SELECT * INTO agreement FROM grants_agreement WHERE project_id = NEW.id;
    IF call.agreement_copies AND (
        SELECT count(*) FROM grants_signedpaper
        WHERE agreement_id = agreement.id AND current AND kind IN ('group', 'state')
    ) < 2 THEN
        RAISE EXCEPTION 'The signed copies of the agreement are not on file'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_starts_with_copies';
    END IF;
    IF call.firms_sign AND EXISTS (
        SELECT FROM jsonb_array_elements(agreement.terms -> 'firms') AS named (firm)
        JOIN groups_firm f ON f.cuit = named.firm ->> 'cuit'
        JOIN groups_membership m ON m.firm_id = f.id AND m.left_on IS NULL
        JOIN applications_application a ON a.group_id = m.group_id
        WHERE a.id = NEW.application_id AND NOT EXISTS (
            SELECT FROM grants_signedpaper s
            WHERE s.agreement_id = agreement.id AND s.firm_id = f.id AND s.current
        )
    ) THEN
        RAISE EXCEPTION 'Not every firm has signed the agreement or a mandate'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_starts_with_every_firm';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER starts_with_papers BEFORE UPDATE OF status ON grants_project
    FOR EACH ROW WHEN (OLD.status = 'awaiting_agreement' AND NEW.status = 'active')
    EXECUTE FUNCTION grants_starts_with_papers();
"""
TRIGGERS = {
    "grants_tranche": ("tranche_planned", "salary_within_line", "salary_has_month"),
    "grants_salaryline": ("salary_line_stays",),
    "grants_salarymonth": ("salary_month_stays",),
    "grants_pause": ("pause_stays",),
    "grants_disbursement": ("paid_to_whom",),
    "grants_payeestop": ("stop_stays",),
    "grants_expense": ("salary_is_no_expense",),
    "grants_signedpaper": ("paper_stays",),
    "grants_project": ("starts_with_papers",),
}
FUNCTIONS = (
    "salary_within_line", "salary_has_month", "salary_line_stays", "salary_month_stays", "row_stays", "paid_to_whom",
    "stop_stays", "salary_is_no_expense", "paper_stays", "starts_with_papers",
)  # fmt: skip
BEFORE = """
DROP TRIGGER tranche_stands ON grants_tranche;
CREATE TRIGGER tranche_stands BEFORE INSERT OR UPDATE OR DELETE ON grants_tranche
    FOR EACH ROW EXECUTE FUNCTION grants_tranche_stands();
CREATE OR REPLACE FUNCTION grants_baseline_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_amount IS DISTINCT FROM
       (SELECT sum(programme_share) FROM grants_baselineline WHERE project_id = NEW.id)
       OR NEW.approved_amount IS DISTINCT FROM
       (SELECT sum(amount) FROM grants_tranche WHERE project_id = NEW.id) THEN
        RAISE EXCEPTION 'The budget and the tranches of a project are its approved amount'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'baseline_adds_up';
    END IF;
    RETURN NULL;
END $$;
"""
BACKWARD = "\n".join(
    [f"DROP TRIGGER {name} ON {table};" for table, names in TRIGGERS.items() for name in names]
    + [f"DROP FUNCTION grants_{name}();" for name in FUNCTIONS]
    + [BEFORE]
)


class Migration(migrations.Migration):
    dependencies = [
        ("grants", "0008_papers_stops_and_salaries"),
        ("applications", "0014_salary_scales"),
        ("groups", "0010_stand_ins"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
