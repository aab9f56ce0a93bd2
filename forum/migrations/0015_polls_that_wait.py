from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0014_taggings'),
    ]

    operations = [
        migrations.AddField(
            model_name='heldedit',
            name='poll',
            field=models.JSONField(help_text='A poll to put under it, or to ask anew: question, options and how they are asked.', null=True),
        ),
        migrations.AlterField(
            model_name='review',
            name='cause',
            field=models.CharField(choices=[('reports', 'Reported'), ('approval', 'First posts are read before they are shown'), ('words', 'Contains a watched word'), ('duplicate', 'Says what was said elsewhere'), ('burst', 'Many posts in a short time'), ('links', 'Many links by somebody new'), ('edit', 'An edit with a watched word waits'), ('poll', 'A poll waits that was added or changed later')], default='reports', max_length=10, verbose_name='why'),
        ),
    ]
