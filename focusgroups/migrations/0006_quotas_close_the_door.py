from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("focusgroups", "0005_seat_numbers_by_lot")]

    operations = [
        migrations.AlterField(
            model_name="group",
            name="seats_wanted",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Once so many have agreed, the door closes. Empty: as many as the quotas want together; without quotas, no limit.",
                null=True,
                verbose_name="participants wanted",
            ),
        )
    ]
