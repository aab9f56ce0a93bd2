import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_whole_wording'),
    ]

    operations = [
        migrations.CreateModel(
            name='AskingLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('most', models.PositiveSmallIntegerField(default=6, help_text='To all surveys and focus groups together. Reminders count, for they ask again.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='invitations and reminders at most')),
                ('days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='within so many days')),
            ],
            options={
                'verbose_name': 'limit of asking',
                'verbose_name_plural': 'limits of asking',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='members_asking_limit_only_one'), models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 365), ('most__gte', 1), ('most__lte', 100)), name='members_asking_limit_in_bounds')],
            },
        ),
        migrations.CreateModel(
            name='AskingWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('most', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)])),
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='asking_wish', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'wish to be asked less',
                'verbose_name_plural': 'wishes to be asked less',
                'constraints': [models.CheckConstraint(condition=models.Q(('most__lte', 100)), name='members_asking_wish_in_bounds')],
            },
        ),
    ]
