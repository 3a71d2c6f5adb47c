"""Each firm's branch becomes the activity of that branch that most firms of the programme have."""

from django.db import migrations

OF_BRANCH = {"agriculture": "A", "industry_mining": "C", "commerce": "G", "services": "S", "construction": "F"}


def fill(apps, schema_editor):
    Firm = apps.get_model("groups", "Firm")
    codes = dict(apps.get_model("groups", "EconomicActivity").objects.values_list("code", "pk"))
    for branch, code in OF_BRANCH.items():
        Firm.objects.filter(branch=branch).update(activity=codes[code])


class Migration(migrations.Migration):

    dependencies = [("groups", "0003_activities")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
