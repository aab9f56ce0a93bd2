from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [
        migrations.AlterField(model_name="consent", name="wording", field=models.TextField()),
        migrations.AlterField(model_name="consent", name="wording_version", field=models.CharField(max_length=100)),
    ]
