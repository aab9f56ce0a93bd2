import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('survey', '0015_question_maximum_choices'),
        ('surveys', '0005_losses_are_read'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='participation',
            name='blind',
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='is_mixed',
            field=models.BooleanField(default=True, help_text='No: anonymous, and still lying where it was written.'),
        ),
        migrations.AlterField(
            model_name='participation',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='participations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='participation',
            name='points',
            field=models.PositiveIntegerField(help_text="What was promised, where it is not the rule's amount; a blind one is silent: it could tell whose it is.", null=True),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('is_mixed', False)), fields=['questionnaire'], name='surveys_submission_unmixed'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.UniqueConstraint(condition=models.Q(('blind__isnull', False)), fields=('questionnaire', 'blind'), name='surveys_participation_once_blind'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('blind', None), ('member__isnull', False)), models.Q(('blind__isnull', False), ('is_recorded', False), ('member', None), ('points', None)), _connector='OR'), name='surveys_participation_named_or_blind'),
        ),
    ]
