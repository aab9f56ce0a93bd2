from django.db import migrations

A_BATCH = 1_000
OF_POSTS = ("reply", "mention", "reaction", "solution")


def _cause(cause):
    """`post:17:by:5` is post 17."""
    origin, pk, *_more = [*cause.split(":"), ""]
    return origin, int(pk) if pk.isdecimal() else 0


def forget_words(apps, schema_editor):
    """What members were told of the forum names its subject from now on, and keeps neither its title nor its words."""
    Notification = apps.get_model("notifications", "Notification")
    Bookmark = apps.get_model("forum", "Bookmark")
    ModerationAction = apps.get_model("forum", "ModerationAction")
    Feature = apps.get_model("forum", "Feature")
    rows = Notification.objects.filter(kind__in=[*OF_POSTS, "reminder", "message", "moderation", "feature"], subject="").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:A_BATCH]):
        last = batch[-1].pk
        about = {row.pk: _cause(row.cause) for row in batch}

        def of(kind, model, name, batch=batch, about=about):
            wanted = {about[row.pk][1] for row in batch if row.kind == kind}
            return dict(model.objects.filter(pk__in=wanted).values_list("pk", name))

        bookmarks, notes = of("reminder", Bookmark, "post"), of("reminder", Bookmark, "note")
        actions, features = of("moderation", ModerationAction, "thread"), of("feature", Feature, "thread")
        changed = []
        for row in batch:
            origin, pk = about[row.pk]
            said = row.details.pop("excerpt", "") if row.kind != "feature" else None
            row.details.pop("thread", None)
            if row.kind in OF_POSTS and origin == "post":
                row.subject = f"post:{pk}"
            elif row.kind == "message" and origin == "message":
                row.subject = f"message:{pk}"
            elif row.kind == "reminder":
                # A bookmark that was let go since leaves nothing that could be asked for.
                row.subject = f"post:{bookmarks.get(pk, 0)}"
                if notes.get(pk) and notes[pk] == said:
                    row.details["excerpt"] = said
            elif row.kind == "moderation" and actions.get(pk):
                row.subject = f"thread:{actions[pk]}"
            elif row.kind == "feature" and features.get(pk):
                row.subject = f"thread:{features[pk]}"
            else:
                continue
            row.title = ""
            changed.append(row)
        Notification.objects.bulk_update(changed, ["subject", "title", "details"], batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ('forum', '0012_answers_outlive_messages'),
        ('notifications', '0004_subjects'),
    ]

    operations = [migrations.RunPython(forget_words, migrations.RunPython.noop)]
