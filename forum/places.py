"""Where threads stand in lists that begin with the newest: `Thread.place`."""

from django.db import connection

NEXT = {
    "postgresql": "SELECT nextval(pg_get_serial_sequence('forum_post', 'id'))",
    "sqlite": "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'forum_post' RETURNING seq",
}


def taken_now() -> int:
    """The place of what is shown at this moment: after every post that is there, before every one to come, and nobody else's.

    It is drawn from the numbers of the posts, of which one stays unused.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT[connection.vendor])
        return int(cursor.fetchone()[0])
