import re

from django.db import migrations, models

A_BATCH = 1_000
AT_POST = re.compile(r"/forum/threads/(\d{1,18})/(?:\?post=(\d{1,9})\b)?")


def ask_what_points_were_for(apps, schema_editor):
    """What members were told of points for a post names the post from now on, and keeps no title of its thread."""
    Notification = apps.get_model("notifications", "Notification")
    Post, Moved = apps.get_model("forum", "Post"), apps.get_model("forum", "Moved")
    rows = Notification.objects.filter(kind="points_earned", subject="", url__startswith="/forum/threads/").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:A_BATCH]):
        last = batch[-1].pk
        places = {row.pk: (int(found[1]), int(found[2] or 1)) for row in batch if (found := AT_POST.match(row.url))}
        there = {"thread__in": {thread for thread, _no in places.values()}, "no__in": {no for _thread, no in places.values()}}
        posts = {(thread, no): pk for thread, no, pk in Moved.objects.filter(**there).values_list("thread", "no", "post")}
        posts |= {(thread, no): pk for thread, no, pk in Post.objects.filter(**there).values_list("thread", "no", "pk")}
        changed = [row for row in batch if row.pk in places]
        for row in changed:
            # Of what is not found nothing is said: not even its title.
            row.subject, row.title = f"post:{posts.get(places[row.pk], 0)}", ""
        Notification.objects.bulk_update(changed, ["subject", "title"], batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0016_moderators_notes_and_times'),
        ('notifications', '0004_subjects'),
    ]

    operations = [
        migrations.AlterField(
            model_name='review',
            name='cause',
            field=models.CharField(choices=[('reports', 'Reported'), ('approval', 'Posts are read here before they are shown'), ('words', 'Contains a watched word'), ('duplicate', 'Says what was said elsewhere'), ('burst', 'Many posts in a short time'), ('links', 'Many links by somebody new'), ('edit', 'An edit with a watched word waits'), ('poll', 'A poll waits that was added or changed later'), ('changed', 'An edit waits, as posts do here')], default='reports', max_length=10, verbose_name='why'),
        ),
        migrations.RunPython(ask_what_points_were_for, migrations.RunPython.noop),
    ]
