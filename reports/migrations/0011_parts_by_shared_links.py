"""A firm may hand in its part by a link that the coordinator shares: it asks for a code (PROGRAMME 12)."""

from django.db import migrations, models

STAYS = """
CREATE OR REPLACE FUNCTION reports_part_link_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moments text[] := ARRAY['opened_at', 'used_at', 'revoked_at', {codes}];
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - moments) = (to_jsonb(OLD) - moments)
       AND (OLD.used_at IS NULL OR NEW.used_at = OLD.used_at)
       AND (OLD.revoked_at IS NULL OR NEW.revoked_at = OLD.revoked_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A link is used or ended once' USING ERRCODE = 'restrict_violation';
END $$;
"""
FORWARD = STAYS.replace("{codes}", "'code_digest', 'code_sent_at', 'code_tries', 'codes_sent'")
BACKWARD = STAYS.replace(", {codes}", "")


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_only_what_was_returned")]

    operations = [
        migrations.RemoveConstraint("firmpartlink", "one_open_link_of_a_part"),
        migrations.AddField("firmpartlink", "shared", models.BooleanField(default=False)),
        migrations.AddField("firmpartlink", "code_digest", models.CharField(blank=True, max_length=64)),
        migrations.AddField("firmpartlink", "code_sent_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("firmpartlink", "code_tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("firmpartlink", "codes_sent", models.PositiveSmallIntegerField(default=0)),
        migrations.AddConstraint(
            "firmpartlink",
            models.UniqueConstraint(
                condition=models.Q(("revoked_at", None), ("used_at", None)),
                fields=("part", "shared"),
                name="one_open_link_of_a_part",
            ),
        ),
        migrations.AddConstraint(
            "firmpartlink",
            models.CheckConstraint(
                condition=models.Q(("code_tries__lte", 5), ("codes_sent__lte", 3)),
                name="part_link_codes_are_few",
            ),
        ),
        migrations.AddConstraint(
            "firmpartlink",
            models.CheckConstraint(
                condition=models.Q(("shared", True), ("codes_sent", 0), _connector="OR"),
                name="part_link_code_of_shared",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
