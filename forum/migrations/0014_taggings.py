import django.db.models.deletion
from django.db import migrations, models

TABLE = "forum_thread_tags"


class Migration(migrations.Migration):
    """The table of threads' tags gets what lists by tags ask of the thread. Its triggers are laid, and its rows filled, after migrating."""

    dependencies = [
        ('forum', '0013_notices_without_words'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Tagging',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='forum.thread')),
                        ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='forum.tag')),
                    ],
                    options={'verbose_name': 'tagging', 'verbose_name_plural': 'taggings', 'db_table': TABLE, 'unique_together': {('thread', 'tag')}},
                ),
                migrations.AlterField(
                    model_name='thread',
                    name='tags',
                    field=models.ManyToManyField(blank=True, related_name='threads', through='forum.Tagging', to='forum.tag', verbose_name='tags'),
                ),
            ],
        ),
        migrations.AddField(
            model_name='tagging',
            name='board',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='forum.board'),
        ),
        migrations.AddField(model_name='tagging', name='is_open', field=models.BooleanField(default=False, editable=False)),
        migrations.AddField(model_name='tagging', name='is_pinned', field=models.BooleanField(default=False, editable=False)),
        migrations.AddField(model_name='tagging', name='place', field=models.BigIntegerField(default=0, editable=False)),
        migrations.AddIndex(
            model_name='tagging',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['tag', '-place'], name='forum_tagging_newest'),
        ),
        migrations.AddIndex(
            model_name='tagging',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['tag', 'board', '-is_pinned', '-place'], name='forum_tagging_on_board'),
        ),
        migrations.AddIndex(
            model_name='tagging',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['tag', '-thread'], name='forum_tagging_begun'),
        ),
    ]
