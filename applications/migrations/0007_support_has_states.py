"""Support moves along its table: those who advise already get theirs, and so do those who did. What is over stays."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION applications_support_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status IN ('ended', 'withdrawn') THEN
        RAISE EXCEPTION 'A support that is over stays as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER support_stays BEFORE UPDATE OR DELETE ON applications_support
    FOR EACH ROW EXECUTE FUNCTION applications_support_stays();

CREATE FUNCTION applications_session_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.support_id <> OLD.support_id OR NEW.logged_by_id <> OLD.logged_by_id
       OR NEW.logged_at <> OLD.logged_at THEN
        RAISE EXCEPTION 'A session stays in the log' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER session_stays BEFORE UPDATE OR DELETE ON applications_supportsession
    FOR EACH ROW EXECUTE FUNCTION applications_session_stays();

CREATE FUNCTION applications_suggestion_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.adopted IS NOT NULL THEN
        RAISE EXCEPTION 'A suggestion is answered once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER suggestion_stays BEFORE UPDATE ON applications_suggestion
    FOR EACH ROW EXECUTE FUNCTION applications_suggestion_stays();
"""
BACKWARD = """
DROP TRIGGER suggestion_stays ON applications_suggestion;
DROP FUNCTION applications_suggestion_stays();
DROP TRIGGER session_stays ON applications_supportsession;
DROP FUNCTION applications_session_stays();
DROP TRIGGER support_stays ON applications_support;
DROP FUNCTION applications_support_stays();
"""


def give_supports(apps, schema_editor) -> None:
    """One support for everybody who was made an adviser of a group before there were states."""
    Event = apps.get_model("core", "Event")
    Group = apps.get_model("groups", "Group")
    Support = apps.get_model("applications", "Support")
    groups = dict(apps.get_model("applications", "Application").objects.values_list("pk", "group_id"))
    first, last = {}, {}
    told = Event.objects.filter(action__in=["application.adviser_assigned", "application.adviser_left"])
    for event in told.order_by("at", "pk"):
        key = (groups[event.object_id], int(event.data["adviser"]))
        if event.action == "application.adviser_assigned":
            first.setdefault(key, event)
        else:
            last[key] = event
    now = set(Group.advisers.through.objects.values_list("group_id", "user_id"))
    rows = []
    for group, adviser in sorted(now | set(first)):
        began = first.get((group, adviser))
        at = began.at if began else Group.objects.values_list("case__created_at", flat=True).get(pk=group)
        active = (group, adviser) in now
        ended = last.get((group, adviser))
        rows.append(
            Support(
                group_id=group,
                adviser_id=adviser,
                status="active" if active else "ended",
                need="",
                asked_at=at,
                assigned_by_id=began.actor_id if began else None,
                accepted_at=at,
                ended_at=None if active else (ended.at if ended else at),
            )
        )
    Support.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0006_a_call_is_written_in_parts"),
        ("core", "0003_document_by_content"),
        ("groups", "0005_firms_speak"),
    ]
    operations = [
        migrations.RunPython(give_supports, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.CheckConstraint(
                condition=~models.Q(status__in=["active", "ended"]) | models.Q(accepted_at__isnull=False),
                name="support_that_began_has_a_day",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
