from django.db import migrations, models

import focusgroups.models.seat


class Migration(migrations.Migration):
    dependencies = [("focusgroups", "0004_codebooks")]

    operations = [
        migrations.AlterModelOptions(
            name="seat",
            options={"ordering": ["group_id", "pseudonym"], "verbose_name": "seat", "verbose_name_plural": "seats"},
        ),
        # Seats of before keep their numbers: what was said in a room is signed with them.
        migrations.AlterField(
            model_name="seat",
            name="id",
            field=models.BigIntegerField(
                default=focusgroups.models.seat.draw_number, editable=False, primary_key=True, serialize=False
            ),
        ),
    ]
