import core.dates
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('full_name', models.CharField(max_length=150, verbose_name='full name')),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English')], default='es', max_length=5, verbose_name='language')),
                ('is_active', models.BooleanField(default=True)),
                ('date_joined', models.DateTimeField(default=core.dates.now)),
            ],
            options={
                'indexes': [models.Index(fields=['full_name', 'id'], name='user_by_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email')))), name='user_email_in_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('adviser', 'Adviser'), ('reviewer', 'Reviewer'), ('officer', 'Programme officer'), ('approver', 'Approver'), ('finance', 'Finance officer'), ('admin', 'Programme admin'), ('auditor', 'Auditor')], max_length=20)),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, help_text='The moment from which it is over', null=True)),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seconded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['role', 'user'], name='grant_by_role')],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['admin', 'adviser', 'approver', 'auditor', 'finance', 'officer', 'reviewer'])), name='grant_of_a_staff_role'), models.CheckConstraint(condition=models.Q(('granted_by__isnull', False), ('role', 'admin'), _connector='OR'), name='grant_by_somebody'), models.CheckConstraint(condition=models.Q(('granted_by', models.F('user')), _negated=True), name='grant_not_to_oneself'), models.CheckConstraint(condition=models.Q(models.Q(('seconded_by', models.F('user')), _negated=True), models.Q(('seconded_by', models.F('granted_by')), _negated=True)), name='grant_second_is_another'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='grant_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('role', 'auditor'), _negated=True), ('valid_to__isnull', False), _connector='OR'), name='grant_of_auditor_ends'), models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('user', 'role'), name='grant_once_at_a_time')],
            },
        ),
    ]
