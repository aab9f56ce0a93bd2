from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_badges_vouchers_and_tiers'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='subject',
            field=models.CharField(blank=True, default='', help_text='What it is about, such as post:17: its title and words are asked for when it is read.', max_length=60),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='notification',
            name='title',
            field=models.CharField(blank=True, help_text='Where there is no subject to ask.', max_length=200),
        ),
    ]
