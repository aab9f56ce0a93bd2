from django.db import migrations


class Migration(migrations.Migration):
    """What the record cannot hold is read from the definition; nothing of it needs a row."""

    dependencies = [("surveys", "0004_newest_first")]

    operations = [migrations.DeleteModel(name="Loss")]
