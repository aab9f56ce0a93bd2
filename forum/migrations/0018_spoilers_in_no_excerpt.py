from django.db import migrations


def cover(apps, schema_editor):
    """Excerpts of what bears a spoiler told it to every list; they are made anew."""
    from forum.writing import excerpt_of

    for name in ("Post", "Message"):
        rows = apps.get_model("forum", name).objects.filter(html__contains='<span class="spoiler">').only("html", "excerpt")
        for row in rows.iterator(500):
            row.excerpt = excerpt_of(row.html)
            row.save(update_fields=["excerpt"])


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0017_edits_where_posts_wait'),
    ]

    operations = [
        migrations.RunPython(cover, migrations.RunPython.noop),
    ]
