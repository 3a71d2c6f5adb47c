"""A recommendation and the decision rest on reviews: none of them is voided meanwhile (PROGRAMME 6.10)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION applications_judged_review_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    SELECT status INTO state FROM applications_application WHERE id = NEW.application_id FOR SHARE;
    IF state NOT IN ('submitted', 'in_review', 'changes_requested') THEN
        RAISE EXCEPTION 'What was recommended or decided rests on this review' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER judged_review_stands BEFORE UPDATE OF status ON applications_review
    FOR EACH ROW WHEN (OLD.status = 'sent' AND NEW.status = 'voided')
    EXECUTE FUNCTION applications_judged_review_stands();
"""
BACKWARD = """
DROP TRIGGER judged_review_stands ON applications_review;
DROP FUNCTION applications_judged_review_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0011_the_reserve_list_of_a_cut_ends")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
