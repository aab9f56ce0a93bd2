"""A partner's block kept the credit limit that it was opened with: bring it to the limit of today, where the balance is not below that."""

from django.db import migrations
from django.db.models import F


def follow_limits(apps, schema_editor):
    Account = apps.get_model("points", "Account")
    rows = Account.objects.filter(kind="partner", owner__partner__isnull=False)
    for pk, limit in rows.values_list("pk", "owner__partner__credit_limit_points"):
        Account.objects.filter(pk=pk, posted__gte=F("held") - limit).update(floor=-limit)


class Migration(migrations.Migration):
    dependencies = [("points", "0004_joint_versions")]

    operations = [migrations.RunPython(follow_limits, migrations.RunPython.noop)]
