from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE forum_search USING fts5(words, tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Cn'\")",
    "CREATE TRIGGER forum_moderation_only_added BEFORE UPDATE ON forum_moderationaction "
    "BEGIN SELECT RAISE(ABORT, 'a moderation action is never changed'); END",
]
POSTGRESQL = [
    "CREATE TABLE forum_search (post_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX forum_search_words ON forum_search USING gin (words)",
    "CREATE FUNCTION forum_moderation_only_added() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a moderation action is never changed'; END $$",
    "CREATE TRIGGER forum_moderation_only_added BEFORE UPDATE ON forum_moderationaction "
    "FOR EACH ROW EXECUTE FUNCTION forum_moderation_only_added()",
]
UNDO_SQLITE = ["DROP TRIGGER forum_moderation_only_added", "DROP TABLE forum_search"]
UNDO_POSTGRESQL = [
    "DROP TRIGGER forum_moderation_only_added ON forum_moderationaction",
    "DROP FUNCTION forum_moderation_only_added",
    "DROP TABLE forum_search",
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in UNDO_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else UNDO_SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
