"""The page of a case looks for firms of one e-mail or one telephone: it must not read all firms for that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("groups", "0007_young_firms_and_papers_that_wait")]

    operations = [
        migrations.AddIndex("firm", models.Index(fields=["contact_email"], name="firm_by_email")),
        migrations.AddIndex("firm", models.Index(fields=["contact_phone"], name="firm_by_phone")),
    ]
