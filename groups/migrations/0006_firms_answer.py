"""A firm may say that it does not belong; of each kind of link one is open at a time."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_uploads_and_scans'),
        ('groups', '0005_firms_speak'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='firmconfirmation',
            name='belongs',
            field=models.BooleanField(default=True),
        ),
        migrations.AddConstraint(
            model_name='firmconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', 'paper'), _negated=True), ('belongs', True), _connector='OR'), name='paper_says_that_it_belongs'),
        ),
        migrations.AddConstraint(
            model_name='firmlink',
            constraint=models.UniqueConstraint(condition=models.Q(('request', None), ('revoked_at', None), ('used_at', None)), fields=('group', 'firm', 'shared'), name='one_link_to_confirm'),
        ),
        migrations.AddConstraint(
            model_name='firmlink',
            constraint=models.UniqueConstraint(condition=models.Q(('request__isnull', False), ('revoked_at', None), ('used_at', None)), fields=('request', 'shared'), name='one_link_to_join'),
        ),
        migrations.AddConstraint(
            model_name='firmlink',
            constraint=models.CheckConstraint(condition=models.Q(('code_tries__lte', 5), ('codes_sent__lte', 3)), name='link_codes_are_few'),
        ),
    ]
