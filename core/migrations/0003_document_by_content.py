from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_records_stay")]
    operations = [
        migrations.AddIndex(
            "document",
            models.Index(
                condition=models.Q(("content_hash", ""), _negated=True),
                fields=["content_hash"],
                name="document_by_content",
            ),
        ),
    ]
