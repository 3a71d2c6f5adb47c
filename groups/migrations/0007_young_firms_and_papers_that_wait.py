"""A young firm may say on which day it began; papers that wait for an officer are found by an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_uploads_and_scans'),
        ('groups', '0006_firms_answer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='firm',
            name='started_on',
            field=models.DateField(blank=True, null=True, verbose_name='Day on which it began, if it is younger than three years'),
        ),
        migrations.AddIndex(
            model_name='firmconfirmation',
            index=models.Index(condition=models.Q(('accepted', None), ('superseded_at', None), ('way', 'paper')), fields=['confirmed_at'], name='paper_waits'),
        ),
    ]
