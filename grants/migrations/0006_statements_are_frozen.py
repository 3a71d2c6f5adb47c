
import core.money
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0006_states_by_day'),
        ('grants', '0005_what_is_charged'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExpenseQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=200, verbose_name='Supplier')),
                ('amount', core.money.MoneyField(decimal_places=2, max_digits=16, verbose_name='Amount')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='Valid until')),
            ],
            options={
                'ordering': ['amount', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_state',
        ),
        migrations.AddField(
            model_name='expense',
            name='qr',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='statement',
            name='pdf',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document'),
        ),
        migrations.AddField(
            model_name='statement',
            name='sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='statement',
            name='snapshot',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='expense',
            name='document',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('status', 'open'), ('submitted_at', None), ('submitted_by', None)), models.Q(('settled_at', None), ('status', 'submitted'), ('submitted_at__isnull', False), ('submitted_by__isnull', False)), models.Q(('settled_at__isnull', False), ('snapshot__isnull', False), ('status', 'settled'), ('submitted_at__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='statement_state'),
        ),
        migrations.AddField(
            model_name='expensequote',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.document'),
        ),
        migrations.AddField(
            model_name='expensequote',
            name='expense',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='grants.expense'),
        ),
        migrations.AddConstraint(
            model_name='expensequote',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='expense_quote_positive'),
        ),
        migrations.AddConstraint(
            model_name='expensequote',
            constraint=models.CheckConstraint(condition=models.Q(('supplier', ''), _negated=True), name='expense_quote_of_somebody'),
        ),
    ]
