"""What the database itself keeps of a thread beside its tags (`Tagging`), whoever writes it: lists by tags are read in its order."""

from typing import Any

# Each trigger with its table. What a thread's place is made of moves it: `Thread.place`.
TRIGGERS = {"forum_tagging_begins": "forum_thread_tags", "forum_tagging_follows": "forum_thread"}
KEPT = {"board_id", "is_open", "is_pinned", "place"}

SQLITE = [
    """CREATE TRIGGER forum_tagging_begins AFTER INSERT ON forum_thread_tags BEGIN
    UPDATE forum_thread_tags SET (board_id, is_open, is_pinned, place) =
        (SELECT t.board_id, t.state = 'visible', t.is_pinned, t.place
        FROM forum_thread t WHERE t.id = NEW.thread_id) WHERE id = NEW.id; END""",
    """CREATE TRIGGER forum_tagging_follows AFTER UPDATE OF board_id, state, is_pinned, last_post_id, appeared_place ON forum_thread BEGIN
    UPDATE forum_thread_tags SET (board_id, is_open, is_pinned, place) =
        (SELECT t.board_id, t.state = 'visible', t.is_pinned, t.place
        FROM forum_thread t WHERE t.id = NEW.id) WHERE thread_id = NEW.id; END""",
    """UPDATE forum_thread_tags SET (board_id, is_open, is_pinned, place) =
        (SELECT t.board_id, t.state = 'visible', t.is_pinned, t.place FROM forum_thread t WHERE t.id = thread_id)
    WHERE (board_id, is_open, is_pinned, place) IS NOT
        (SELECT t.board_id, t.state = 'visible', t.is_pinned, t.place FROM forum_thread t WHERE t.id = thread_id)""",
]
POSTGRES = [
    """CREATE OR REPLACE FUNCTION forum_tagging_begins() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
    SELECT t.board_id, t.state = 'visible', t.is_pinned, t.place INTO NEW.board_id, NEW.is_open, NEW.is_pinned, NEW.place
        FROM forum_thread t WHERE t.id = NEW.thread_id;
    RETURN NEW; END $do$""",
    """CREATE TRIGGER forum_tagging_begins BEFORE INSERT ON forum_thread_tags FOR EACH ROW EXECUTE FUNCTION forum_tagging_begins()""",
    """CREATE OR REPLACE FUNCTION forum_tagging_follows() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
    UPDATE forum_thread_tags SET board_id = NEW.board_id, is_open = (NEW.state = 'visible'), is_pinned = NEW.is_pinned, place = NEW.place
        WHERE thread_id = NEW.id;
    RETURN NULL; END $do$""",
    """CREATE TRIGGER forum_tagging_follows AFTER UPDATE OF board_id, state, is_pinned, last_post_id, appeared_place ON forum_thread
    FOR EACH ROW
    WHEN ((OLD.board_id, OLD.state, OLD.is_pinned, OLD.place) IS DISTINCT FROM (NEW.board_id, NEW.state, NEW.is_pinned, NEW.place))
    EXECUTE FUNCTION forum_tagging_follows()""",
    """UPDATE forum_thread_tags g SET board_id = t.board_id, is_open = (t.state = 'visible'), is_pinned = t.is_pinned, place = t.place
    FROM forum_thread t WHERE t.id = g.thread_id
    AND (g.board_id, g.is_open, g.is_pinned, g.place) IS DISTINCT FROM (t.board_id, t.state = 'visible', t.is_pinned, t.place)""",
]


def lay(connection: Any) -> None:
    """Put the triggers in place and make right what was written without them; repeating it changes nothing."""
    lift(connection)
    with connection.cursor() as cursor:
        for statement in SQLITE if connection.vendor == "sqlite" else POSTGRES:
            cursor.execute(statement)


def lift(connection: Any) -> None:
    """Take the triggers away: SQLite remakes a table to alter it and stumbles over triggers that name it."""
    with connection.cursor() as cursor:
        for name, table in TRIGGERS.items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
